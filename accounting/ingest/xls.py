"""Cells of a `.xls` workbook (BIFF), by xlrd: values, formats, error cells, merged ranges, what is hidden.

xlrd does not tell a formula from a value; BIFF stores every formula with its last result.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from accounting.errors import DataRefused
from accounting.ingest.cells import Cell, Merged, Sheet, number_cell
from accounting.ingest.limits import Limits
from accounting.ingest.numbers import shortest


def read_xls(path: Path, limits: Limits) -> list[Sheet]:
    """The sheets of a BIFF workbook. Raises DataRefused: `file.encrypted`, `file.damaged`, `sheet.too_large`."""
    import xlrd
    from xlrd.biffh import XLRDError

    with path.open("rb") as stream, Silence() as silence:
        try:
            book = xlrd.open_workbook(file_contents=stream.read(), formatting_info=True, logfile=silence)
        except XLRDError as error:
            code = "file.encrypted" if "encrypted" in str(error).lower() else "file.damaged"
            raise DataRefused(code, seen=str(error)[:200]) from error
        return [_sheet(book, sheet, limits) for sheet in book.sheets()]


class Silence:
    """A place for xlrd's own warnings, which are no result."""

    def __enter__(self) -> Silence:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        return None


def _sheet(book: Any, sheet: Any, limits: Limits) -> Sheet:
    if sheet.ncols > limits.columns:
        raise DataRefused("sheet.too_large", seen=f"{sheet.nrows} × {sheet.ncols}", sheet=sheet.name)
    cells = [cell for row in range(sheet.nrows) for cell in _row(book, sheet, row)]
    return Sheet(
        name=sheet.name,
        index=sheet.number,
        hidden=sheet.visibility != 0,
        cells=cells,
        merged=[Merged(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells],
        hidden_rows=sorted(row + 1 for row, told in sheet.rowinfo_map.items() if told.hidden),
        hidden_columns=sorted(column + 1 for column, told in sheet.colinfo_map.items() if told.hidden),
    )


def _row(book: Any, sheet: Any, row: int) -> list[Cell]:
    cells: list[Cell] = []
    for column, cell in enumerate(sheet.row(row)):
        known = _kind_and_text(book, cell)
        if known is not None:
            shown = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
            shown = "" if shown == "General" else shown
            is_number = known[0] == "number"
            at = (row + 1, column + 1)
            cells.append(number_cell(*at, known[1], shown) if is_number else Cell(*at, *known, shown))
    return cells


def _kind_and_text(book: Any, cell: Any) -> tuple[str, str] | None:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_TEXT:
        return ("text", cell.value) if cell.value.strip() else None
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return "number", shortest(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return "error", xlrd.error_text_from_code.get(cell.value, "#ERROR")
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "bool", "TRUE" if cell.value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_DATE:
        return "date", _date(cell.value, book.datemode)
    return None


def _date(serial: float, mode: Any) -> str:
    import xlrd

    try:
        return xlrd.xldate_as_datetime(serial, mode).isoformat()
    except (xlrd.xldate.XLDateError, OverflowError, ValueError):
        return shortest(serial)
