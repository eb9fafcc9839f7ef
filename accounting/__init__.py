"""tanfeng, imported as accounting."""
