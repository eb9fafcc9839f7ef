"""Floor 4: a run as files that people open, or with `machine` as plain tables for programs.

people: names beside ids, 万吨, headings in their language, harmless text · workbook: XLSX · files: which tables, where.
For programs: the columns of the tables and nothing else, all digits, no mark, no change of any text.
"""

from accounting.export.files import export_run, write_table

__all__ = ["export_run", "write_table"]
