"""Floor 2: methods, one file a family: formula, source, declared parameters. Functions over exact fractions."""

from accounting.methods.method import Method, borrowed_items, method, methods, methods_for

__all__ = ["Method", "borrowed_items", "method", "methods", "methods_for"]
