"""Floor 2: from files to Activity rows and rejections.

sandbox/child read hostile files apart · cells, text hold what was read · balance, long_table, mapping recognise
layouts · evidence, statements decide year, entity and what may be counted · quantities makes values exact ·
intake puts a batch of files together.
"""
