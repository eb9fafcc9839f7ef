"""The head of a balance sheet: which column holds which item, in which unit, and which columns hold labels.

A heading may stand in several rows and two languages (Coke Oven / Gas above each other), its unit in a
row of its own, behind the name, or once for the sheet. English serves where Chinese is absent; two names
that mean different items, or an unknown Chinese name beside a known English one, leave the column unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from accounting import codes, units
from accounting.errors import Where, finding
from accounting.ingest import labels
from accounting.ingest.cells import Cell, Sheet

FEWEST_ITEMS = 3
_GROUP = re.compile(r"[(（\[【]([^()（）\[\]【】]*)[)）\]】]")
_SHEET_UNIT = re.compile(r"(?:计量)?单位\s*[:：]\s*([^\s,，;；)）]+)|\bunit\s*:\s*([^,;)]+)", re.IGNORECASE)
_NUMBER = re.compile(r"[-+−－]?[\d,，]*\.?\d+(?:[eE][-+]?\d+)?")
_IN_HEADINGS = {"10000tons": "万吨", "10billionkj": "百亿千焦"}  # the yearbook's English for these, not for 吨 or US tons


@dataclass(frozen=True, slots=True)
class Written:
    """A text of the sheet and where it stands."""

    text: str
    cell: Cell


@dataclass(slots=True)
class Column:
    """One column of the table: an item, a subtotal, or neither (then its heading is not known)."""

    number: int
    heading: str
    address: str
    item: str | None = None
    subtotal: labels.Subtotal | None = None
    unit: str | None = None
    unit_cell: str | None = None
    disagreeing: tuple[str, str] | None = None
    unread: tuple[str, ...] = ()
    names: labels.Names | None = None

    @property
    def id(self) -> str:
        """The item or subtotal that stands here; empty where it is not known."""
        return self.item or (self.subtotal.id if self.subtotal else "")


@dataclass(slots=True)
class Head:
    """Rows `first` to `last` of the sheet, the columns under them and the columns of row labels beside them."""

    first: int
    last: int
    label_columns: tuple[int, ...]
    columns: dict[int, Column] = field(default_factory=dict)


class Grid:
    """The cells of a sheet by row and column, blanks left out; merged ranges know their text."""

    def __init__(self, sheet: Sheet) -> None:
        self.cells = {(cell.row, cell.column): cell for cell in sheet.cells if cell.text.strip()}
        self.rows = sorted({row for row, _ in self.cells})
        self.by_row: dict[int, list[Cell]] = {}
        for cell in self.cells.values():
            self.by_row.setdefault(cell.row, []).append(cell)
        for cells in self.by_row.values():
            cells.sort(key=lambda cell: cell.column)
        self.last_column = max((column for _, column in self.cells), default=0)

    def row(self, number: int) -> list[Cell]:
        return self.by_row.get(number, [])


def is_value(cell: Cell) -> bool:
    """Whether a cell could be a figure: anything but a text without digits that stands for nothing."""
    if cell.kind != "text":
        return True
    text = labels.folded(cell.text)
    return bool(_NUMBER.fullmatch(text.replace(" ", "")))


def item_id(text: str) -> str | None:
    """The item that a heading names, or None.

    >>> item_id("原 煤"), item_id("煤合计")
    ('raw_coal', None)
    """
    words = (labels.chinese(text), labels.english(text))
    return next((found for word in words if word and (found := codes.find_item(word))), None)


def known_unit(text: str) -> str | None:
    """The spelling under which a unit is known, None where the text is none; the yearbook's English is read as meant.

    >>> known_unit("万吨"), known_unit("10 000 tons"), known_unit("原煤")
    ('万吨', '万吨', None)
    """
    if units.find(text) is not None:
        return text.strip()
    return _IN_HEADINGS.get(re.sub(r"[\s,，]", "", labels.folded(text)).lower())


def heads(grid: Grid) -> list[Head]:
    """The heads of the balance tables in a sheet, in order; empty where there is none."""
    found: list[Head] = []
    for row in grid.rows:
        named = [cell.column for cell in grid.row(row) if _names_item(cell)]
        if len(named) < FEWEST_ITEMS or (found and row <= found[-1].last):
            continue
        head = _head(grid, row, min(named))
        if head is not None:
            found.append(head)
    return found


def _names_item(cell: Cell) -> bool:
    return cell.kind == "text" and any(map(str.isalpha, cell.text)) and _is_item_name(cell.text)


@lru_cache(maxsize=50_000)
def _is_item_name(text: str) -> bool:
    name = _GROUP.sub(" ", text)
    return item_id(name) is not None or labels.subtotal(name) is not None


def _head(grid: Grid, first: int, first_item: int) -> Head | None:
    label_columns = tuple(range(1, first_item))
    body = next((row for row in grid.rows if row > first and _begins_body(grid, row, label_columns)), None)
    if body is None or not label_columns:
        return None
    head = Head(first, body - 1, label_columns)
    sheet_unit = _sheet_unit(grid, head)
    for number in range(first_item, grid.last_column + 1):
        written = [grid.cells[row, number] for row in range(first, body) if (row, number) in grid.cells]
        texts = [cell for cell in written if cell.kind == "text"]
        if texts:
            head.columns[number] = _column(number, texts, sheet_unit)
    return head


def _begins_body(grid: Grid, row: int, label_columns: tuple[int, ...]) -> bool:
    """A row with a known label, or with figures that are not the numbering of the columns (甲 乙 1 2 3)."""
    cells = grid.row(row)
    if any(labels.row_label(cell.text, None) for cell in cells if cell.column in label_columns):
        return True
    figures = [labels.folded(cell.text) for cell in cells if cell.column not in label_columns and is_value(cell)]
    return bool(figures) and not _numbers_columns(figures)


def _numbers_columns(figures: list[str]) -> bool:
    if not all(figure.isdigit() for figure in figures):
        return False
    first = int(figures[0])
    return len(figures) > 1 and [int(figure) for figure in figures] == list(range(first, first + len(figures)))


def _column(number: int, written: list[Cell], sheet_unit: Written | None) -> Column:
    names, stated = _names_and_units(written)
    heading = " ".join(name.text for name in names)
    column = Column(number, heading, (names[0].cell if names else written[0]).address)
    zh, en = _meaning_in_chinese(names), _meaning_in_english(names)
    column.names = _at_odds(names, zh, en)
    column.item, column.subtotal = (None, None) if column.names else zh or en or (None, None)
    _choose_unit(column, stated, sheet_unit)
    return column


def _names_and_units(written: Iterable[Cell]) -> tuple[list[Written], list[Written]]:
    """Heading cells taken apart: what names the item, and what is a unit (in brackets, or a line of its own)."""
    names: list[Written] = []
    stated: list[Written] = []
    for cell in written:
        kept: list[str] = []
        for line in cell.text.splitlines():
            rest = line
            for group in _GROUP.findall(line):
                if known_unit(group) or _looks_like_unit(group):
                    stated.append(Written(group.strip(), cell))
                    rest = re.sub(r"[(（\[【]\s*" + re.escape(group) + r"\s*[)）\]】]", " ", rest)
            if known_unit(rest.strip()):
                stated.append(Written(rest.strip(), cell))
            elif rest.strip():
                kept.append(rest)
        if kept:
            names.append(Written(labels.folded(" ".join(kept)), cell))
    return names, stated


def _looks_like_unit(text: str) -> bool:
    """A bracket that is meant as a unit though its spelling is not known: it must not pass as part of a name."""
    return bool(re.match(r"\s*(?:10|[万亿百千])\S*", text)) or bool(re.search(r"吨|立方米|焦|千瓦|\bt\b|tons?\b|kJ|cu\.", text))


Meaning = tuple[str | None, labels.Subtotal | None]


def _meaning_in_chinese(names: list[Written]) -> Meaning | None:
    """Item or subtotal of a heading's Chinese: all of it together, then cell by cell."""
    words = [labels.chinese(name.text) for name in names]
    return next((found for word in ("".join(words), *words) if (found := _meaning(word))), None)


def _meaning_in_english(names: list[Written]) -> Meaning | None:
    return _meaning(" ".join(word for name in names if (word := labels.english(name.text))))


def _meaning(word: str) -> Meaning | None:
    total = labels.subtotal(word) if word else None
    item = item_id(word) if word and not total else None
    return (item, total) if item or total else None


def _at_odds(names: list[Written], zh: Meaning | None, en: Meaning | None) -> labels.Names | None:
    """The two names of a heading where English says an item that the Chinese beside it does not."""
    said = "".join(labels.chinese(name.text) for name in names)
    if not said or en is None or zh == en:
        return None
    english = " ".join(name.text for name in names if labels.english(name.text))
    return labels.Names(said, _name(zh), english, _name(en))


def _name(meaning: Meaning | None) -> str:
    item, total = meaning or (None, None)
    return codes.item(item).name_zh if item else total.name_zh if total else "–"


def _choose_unit(column: Column, stated: list[Written], sheet_unit: Written | None) -> None:
    """The unit of a column: its own heading before the sheet's; of two that disagree the one that fits the item."""
    known = [written for written in stated if known_unit(written.text)]
    usable = [w for w in known if _fits(column.item, w.text)] or known or stated
    if not usable:
        usable = [sheet_unit] if sheet_unit else []
    if not usable:
        return
    column.unit, column.unit_cell = known_unit(usable[0].text) or usable[0].text, usable[0].cell.address
    column.unread = tuple(w.text for w in stated if known and w not in known)
    other = next((w for w in known if not _same(w.text, column.unit)), None)
    if other is not None:
        column.disagreeing = (usable[0].text, other.text)
        if _fits(column.item, other.text) and _fits(column.item, column.unit):
            column.unit = None


def _fits(item: str | None, unit: str) -> bool:
    return item is None or _unit(unit).dimension in codes.item(item).dimensions


def _same(one: str, other: str) -> bool:
    first, second = _unit(one), _unit(other)
    return (first.dimension, first.factor) == (second.dimension, second.factor)


def _unit(text: str) -> units.Unit:
    return units.unit(known_unit(text) or text)


def _sheet_unit(grid: Grid, head: Head) -> Written | None:
    """The unit given once for the sheet, above the head or in its label columns."""
    for (row, column), cell in sorted(grid.cells.items()):
        if row > head.last or (row >= head.first and column not in head.label_columns):
            continue
        match = _SHEET_UNIT.search(cell.text)
        stated = next((part for part in match.groups() if part), None) if match else None
        if stated and known_unit(stated):
            return Written(stated.strip(), cell)
    return None


def unit_findings(column: Column, where: Where) -> Iterator[dict[str, Any]]:
    """What to say of a column whose two headings give different units, or one that could not be read."""
    if column.unit is None:
        return
    if column.disagreeing is not None:
        used, other = column.disagreeing
        yield finding(
            "balance.unit_headings_differ", "plausibility", "warning", where=where, item=column.item,
            seen=f"{other} / {used}", used=used, heading=column.heading, other=other,
        )  # fmt: skip
    for text in column.unread:
        yield finding(
            "balance.unit_unread", "plausibility", "warning", where=where, item=column.item, seen=text,
            used=column.unit, heading=column.heading,
        )  # fmt: skip
