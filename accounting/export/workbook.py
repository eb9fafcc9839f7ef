"""Tables as one workbook: text is written as text, nothing is a formula, the same tables give the same bytes."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from accounting.errors import UsageError

MOST_ROWS = 1_048_575  # of a worksheet, less its heading
_MADE = datetime.datetime(2000, 1, 1)  # noqa: DTZ001 - a constant of the file, not a moment
_NUMBERS = (pl.Float32, pl.Float64, pl.Int8, pl.Int16, pl.Int64)


def rows_fit(chosen: Mapping[str, pl.DataFrame]) -> None:
    for name, table in chosen.items():
        if table.height > MOST_ROWS:
            raise UsageError("export.too_many_rows", seen=f"{name}: {table.height}", most=MOST_ROWS)


def write_sheets(path: Path, shown: Mapping[str, pl.DataFrame], machine: bool) -> None:
    import xlsxwriter

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    book.set_properties({"created": _MADE})
    heading = book.add_format({"bold": True, "bg_color": "#E8EEF4", "bottom": 1})
    for name, table in shown.items():
        page = book.add_worksheet(name[:31])
        for column, title in enumerate(table.columns):
            page.write_string(0, column, title, heading)
            _write_column(page, column, table[title], machine)
            page.set_column(column, column, _width(title, table[title]))
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, max(table.height, 1), max(table.width - 1, 0))
        page.ignore_errors({"number_stored_as_text": f"A1:XFD{table.height + 1}"})
    book.close()
    path.write_bytes(content.getvalue())


def _write_column(page: Any, column: int, values: pl.Series, machine: bool) -> None:
    """Floats and counts as numbers, everything else as text: exact digits do not fit a cell's float."""
    as_number = not machine and isinstance(values.dtype, _NUMBERS) and values.name != "class"
    for row, value in enumerate(values.to_list(), 1):
        if value is None:
            continue
        if as_number:
            page.write_number(row, column, value)
        else:
            page.write_string(row, column, f"{value:f}" if values.dtype.is_decimal() else str(value))


def _width(title: str, values: pl.Series) -> float:
    """Wide enough for the heading and the first rows, a Chinese character counting as two."""
    texts = [title, *(str(value) for value in values.head(50).to_list() if value is not None)]
    return min(60, max(sum(2 if ord(c) > 0x2E7F else 1 for c in text) for text in texts) + 2)
