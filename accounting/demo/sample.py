"""Energy balance workbooks in the yearbook's layout, made from the figures in datasets/balances-2007.

    6-1  北京能源平衡表(实物量)-2007
    项目 | Item | 煤合计 原煤 … 其他能源      headings in two languages, units in rows of their own
    一.可供本地区消费的能源量 …              subtotals, # sub-rows, signs, blanks as printed

One figure is spoiled on purpose, in a row that serves reconciliation only: a demonstration shows a refusal,
and the emissions stay comparable with the published ones. The same figures give the same bytes.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from accounting import codes, shipped

LABELS = 2  # columns before the first item: 项目, Item
HEAD, BODY = 3, 10  # 0-based rows of the first heading and the first figure
_MADE = datetime.datetime(2008, 12, 1)  # noqa: DTZ001 - a constant of the file, not a moment


@dataclass(frozen=True, slots=True)
class Planted:
    """A figure that the workbook shows otherwise than the yearbook does."""

    entity: str
    row: str
    item: str
    printed: str
    shown: str


PLANTED = Planted("370000", "stock_change", "diesel_oil", "-35.73", "-35.73①")


def lay_out(folder: Path, *, planted: Planted | None = PLANTED) -> list[Path]:
    """Write the three workbooks into a folder that is there; gives their paths.

    Without `planted` every figure is the printed one.
    """
    figures = _figures()
    paths: list[Path] = []
    for sheet in _rows("sheets.csv"):
        name = f"{codes.entity_name(sheet['entity'], 'en').lower()}-{sheet['year']}.xlsx"
        own = dict(figures[sheet["entity"]])
        if planted is not None and planted.entity == sheet["entity"]:
            own[planted.row, planted.item] = planted.shown
        _write(folder / name, sheet, own)
        paths.append(folder / name)
    return paths


def published() -> Path:
    """The published CO2 of these provinces, cell by cell: a table for `tanfeng reconcile`."""
    return shipped.datasets() / "ceads-series" / "published-2007.csv"


def _rows(name: str) -> list[dict[str, str]]:
    with (shipped.datasets() / "balances-2007" / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def _figures() -> dict[str, dict[tuple[str, str], str]]:
    """The printed figures of each province by row and item."""
    figures: dict[str, dict[tuple[str, str], str]] = {}
    for row in _rows("balances.csv"):
        figures.setdefault(row["entity"], {})[row["row"], row["item"]] = row["value"]
    return figures


def _write(path: Path, sheet: Mapping[str, str], figures: Mapping[tuple[str, str], str]) -> None:
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"title": sheet["title_zh"], "created": _MADE})
    page = book.add_worksheet("Sheet1")
    columns, rows = _rows("columns.csv"), _rows("rows.csv")
    _write_titles(book, page, sheet, LABELS + len(columns) - 1)
    heading = book.add_format({"align": "center", "font_name": "宋体", "font_size": 10})
    for place, column in enumerate(columns, LABELS):
        units = f"({column['unit_zh']})", f"({column['unit_en']})"
        lines = [column["heading_zh"], units[0], *column["heading_en"].split("|"), units[1]]
        for below, line in enumerate(lines):
            page.write_string(HEAD + below, place, line, heading)
    text = book.add_format({"font_name": "宋体", "font_size": 10})
    number = book.add_format({"font_name": "Times New Roman", "font_size": 10, "num_format": "0.00"})
    for place, row in enumerate(rows, BODY):
        page.write_string(place, 0, row["label_zh"], text)
        page.write_string(place, 1, row["label_en"], text)
        for across, column in enumerate(columns, LABELS):
            _write_figure(page, place, across, figures.get((row["row"], column["item"])), number)
    page.freeze_panes(BODY, LABELS)
    book.close()


def _write_titles(book: Any, page: Any, sheet: Mapping[str, str], last: int) -> None:
    title = book.add_format({"align": "center", "bold": True, "font_name": "黑体", "font_size": 16})
    middle = book.add_format({"align": "center", "valign": "vcenter", "font_name": "宋体", "font_size": 10})
    page.merge_range(0, 0, 0, last, sheet["title_zh"], title)
    page.merge_range(1, 0, 1, last, sheet["title_en"], middle)
    page.merge_range(HEAD, 0, BODY - 2, 0, "项        目", middle)
    page.merge_range(HEAD, 1, BODY - 2, 1, "Item", middle)
    page.set_column(0, 0, 30)
    page.set_column(1, 1, 54)
    page.set_column(LABELS, last, 12)


def _write_figure(page: Any, row: int, column: int, printed: str | None, number: Any) -> None:
    """A figure as a number, a figure with a mark as text, nothing where the yearbook prints nothing."""
    if printed is None:
        return
    try:
        page.write_number(row, column, float(printed), number)
    except ValueError:
        page.write_string(row, column, printed, number)
