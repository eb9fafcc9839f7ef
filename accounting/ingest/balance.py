"""The provincial energy balance sheet, taken apart: titles, rows, columns, figures (contract §3, §4).

Whose it is, of which year and whether it counts is decided elsewhere. Every cell with a figure becomes an
entry or a refusal with its address: none is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from accounting import codes
from accounting.errors import Where, did_you_mean, finding, rejection
from accounting.exact import plain
from accounting.ingest import balance_head, cell_lists, labels
from accounting.ingest.balance_head import Column, Grid, Head, is_value
from accounting.ingest.cells import Cell, Sheet
from accounting.ingest.numbers import decimal_of

Measure = Literal["physical", "standard_coal"]
FEWEST_ROWS = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One figure of the table: its cell, the row it stands in and the column it stands under."""

    cell: Cell
    row: labels.RowLabel
    column: Column

    @property
    def counted(self) -> bool:
        return self.row.role == "row" and self.column.item is not None


@dataclass(slots=True)
class Balance:
    """A sheet in balance layout, taken apart: titles, figures, and what could not be read.

    `read` = entries + `refused` cells, those of `continued` sheets (续表) included; `lost` are refused entries of
    known row and column.
    """

    sheet: Sheet
    titles: list[Cell]
    measure: Measure
    own_units: dict[tuple[int, int], str] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    lost: list[Entry] = field(default_factory=list)
    refused: int = 0
    rejections: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    continued: tuple[Balance, ...] = ()

    @property
    def read_here(self) -> int:
        return len(self.entries) + self.refused

    @property
    def read(self) -> int:
        return self.read_here + sum(sheet.read for sheet in self.continued)

    @property
    def columns(self) -> set[str]:
        """The items and subtotals of which there are figures."""
        own = {entry.column.id for entry in self.entries}
        return own.union(*(sheet.columns for sheet in self.continued))

    def with_continuation(self, other: Balance, told: dict[str, Any]) -> Balance:
        """This sheet with another that continues it; what is said of either is said here, its cells stay there."""
        return replace(
            self,
            rejections=[*self.rejections, *other.rejections],
            findings=[*self.findings, *other.findings, told],
            continued=(*self.continued, replace(other, rejections=[], findings=[])),
        )

    def refuse(self, code: str, where: Where, seen: str, cells: list[Cell], **facts: Any) -> None:
        """One rejection for these cells; every address and figure stands in it."""
        self.refused += len(cells)
        self.rejections.append(rejection(code, where, seen, count=len(cells), cells=cell_lists.figures(cells), **facts))

    def figures(self) -> dict[tuple[str, str], str]:
        """The counted figures by row and item, as text: what two statements are compared by."""
        own = {(e.row.id, str(e.column.item)): _canonical(e.cell.text) for e in self.entries if e.counted}
        return own | {key: text for sheet in self.continued for key, text in sheet.figures().items()}


def recognised(sheet: Sheet, file: str, units: Mapping[tuple[int, int], str] | None = None) -> Balance | None:
    """The sheet as a balance, or None where it is not in balance layout.

    A balance has a row with three or more item headings, and four or more rows whose labels belong to a
    balance. `units` are those of corrected cells, by row and column.
    """
    grid = Grid(sheet)
    heads = balance_head.heads(grid)
    if not heads:
        return None
    tables = [_Table(grid, head, _end(grid, heads, place)) for place, head in enumerate(heads)]
    if len({row.id for table in tables for row in table.known_rows()}) < FEWEST_ROWS:
        return None
    titles = [cell for row in grid.rows if row < heads[0].first for cell in grid.row(row)]
    titles += [cell for cell in grid.row(heads[0].first) if cell.column in heads[0].label_columns]
    balance = Balance(sheet, titles, _measure(sheet, titles, heads), own_units=dict(units or {}))
    place = Where(file, sheet.name or None)
    for table in tables:
        _collect(balance, table, place)
    _refuse_repeated(balance, place)
    balance.findings += _hidden(balance, place)
    return balance


def _end(grid: Grid, heads: list[Head], place: int) -> int:
    """The last row of a table: before the next head, or before the notes that have no figures."""
    return heads[place + 1].first - 1 if place + 1 < len(heads) else (grid.rows[-1] if grid.rows else 0)


@dataclass(slots=True)
class _Line:
    """One row of the body: its label as written, what it means (or names that disagree), and its figures."""

    text: str
    address: str
    label: labels.RowLabel | None
    names: labels.Names | None
    cells: list[Cell]


class _Table:
    """The body under one head, row by row; the section is the last one that a known label named."""

    def __init__(self, grid: Grid, head: Head, last: int) -> None:
        self.head = head
        self.columns = dict(head.columns)
        body = [row for row in grid.rows if head.last < row <= last]
        beside = _label_columns_beside(grid, head, body)
        self.lines = list(self._read(grid, body, {*head.label_columns, *beside}))
        for number in beside:
            self.columns.pop(number, None)

    def known_rows(self) -> Iterator[labels.RowLabel]:
        return (line.label for line in self.lines if line.label is not None)

    def _read(self, grid: Grid, body: list[int], label_columns: set[int]) -> Iterator[_Line]:
        section: str | None = None
        for row in body:
            cells = grid.row(row)
            named = [cell for cell in cells if cell.column in label_columns and cell.kind == "text"]
            label, names = labels.row_labels((cell.text for cell in named), section)
            section = label.section if label else section
            figures = [cell for cell in cells if cell.column not in label_columns]
            first = named[0] if named else None
            yield _Line(
                labels.folded(first.text) if first else "",
                first.address if first else f"A{row}",
                label,
                names,
                figures,
            )


def _label_columns_beside(grid: Grid, head: Head, body: list[int]) -> set[int]:
    """Columns further right that repeat the row labels (tables printed on two pages)."""
    counts: dict[int, int] = {}
    for row in body:
        for cell in grid.row(row):
            if cell.column not in head.label_columns and cell.kind == "text" and labels.row_label(cell.text, None):
                counts[cell.column] = counts.get(cell.column, 0) + 1
    return {column for column, count in counts.items() if count >= FEWEST_ROWS}


def _collect(balance: Balance, table: _Table, place: Where) -> None:
    """Sort the figures of a table: entries under known rows and columns, everything else refused with its address."""
    strangers: dict[int, list[Cell]] = {}
    merged = _merged_cells(balance.sheet)
    lines = _without_notes(table.lines)
    for line in lines:
        if not line.cells:
            continue
        if line.label is None:
            _refuse_row(balance, line, place)
            continue
        for cell in line.cells:
            column = table.columns.get(cell.column)
            if column is None or (column.item is None and column.subtotal is None):
                strangers.setdefault(cell.column, []).append(cell)
            elif (code := _unreadable(cell, merged)) is not None:
                balance.refuse(code, Where(place.file, place.sheet, cell.address), cell.text, [cell])
                balance.lost.append(Entry(cell, line.label, column))
            else:
                balance.entries.append(Entry(cell, line.label, column))
    for number, cells in sorted(strangers.items()):
        _refuse_column(balance, table.columns.get(number), cells, place)
    _refuse_without_unit(balance, table, place)
    for column in table.columns.values():
        where = Where(place.file, place.sheet, column.unit_cell or column.address)
        balance.findings += balance_head.unit_findings(column, where)


def _without_notes(lines: list[_Line]) -> list[_Line]:
    """The lines up to the last with a known label; below it only those that hold figures."""
    last = max((place for place, line in enumerate(lines) if line.label), default=-1)
    below = [line for line in lines[last + 1 :] if any(is_value(cell) for cell in line.cells)]
    return [*lines[: last + 1], *below]


def _unreadable(cell: Cell, merged: set[tuple[int, int]]) -> str | None:
    if cell.kind in {"error", "formula", "date", "bool"}:
        return f"cell.{cell.kind}"
    return "cell.merged" if (cell.row, cell.column) in merged else None


def _merged_cells(sheet: Sheet) -> set[tuple[int, int]]:
    return {(top, left) for top, left, bottom, right in sheet.merged if (bottom, right) != (top, left)}


def _refuse_row(balance: Balance, line: _Line, place: Where) -> None:
    where = Where(place.file, place.sheet, line.address)
    if line.names is not None:
        _refuse_names(balance, line.names, line.cells, where)
        return
    close = did_you_mean(labels.chinese(line.text) or labels.english(line.text), labels.row_words())
    balance.refuse("balance.unknown_row", where, line.text, line.cells, close=close or "–")


def _refuse_column(balance: Balance, column: Column | None, cells: list[Cell], place: Where) -> None:
    heading = column.heading if column else ""
    where = Where(place.file, place.sheet, column.address if column else cells[0].address)
    if column and column.names is not None:
        _refuse_names(balance, column.names, cells, where)
        return
    close = codes.near_items(labels.chinese(heading) or heading) if heading else ""
    balance.refuse("balance.unknown_column", where, heading or cells[0].text, cells, close=close or "–")


def _refuse_names(balance: Balance, names: labels.Names, cells: list[Cell], where: Where) -> None:
    """Figures under a Chinese and an English name that do not mean the same: neither name can be preferred."""
    balance.refuse("balance.names_differ", where, f"{names.zh} / {names.en}", cells, **asdict(names))


def _refuse_without_unit(balance: Balance, table: _Table, place: Where) -> None:
    for column in table.columns.values():
        if column.item is None or column.unit is not None:
            continue
        cells = [entry.cell for entry in balance.entries if entry.column is column]
        if not cells:
            continue
        balance.entries = [entry for entry in balance.entries if entry.column is not column]
        where = Where(place.file, place.sheet, column.address)
        if column.disagreeing:
            seen = " / ".join(column.disagreeing)
            balance.refuse("balance.unit_conflict", where, seen, cells, heading=column.heading)
        else:
            balance.refuse("balance.no_unit", where, column.heading, cells)


def _refuse_repeated(balance: Balance, place: Where) -> None:
    """Two figures for one row and one item: neither can be preferred."""
    by_key: dict[tuple[str, str], list[Entry]] = {}
    for entry in balance.entries:
        by_key.setdefault((entry.row.id, entry.column.id), []).append(entry)
    repeated = [entries for entries in by_key.values() if len(entries) > 1]
    if not repeated:
        return
    balance.lost += [entry for entries in repeated for entry in entries]
    gone = {id(entry) for entries in repeated for entry in entries}
    balance.entries = [entry for entry in balance.entries if id(entry) not in gone]
    by_heading: dict[tuple[str, ...], list[Cell]] = {}
    for entries in repeated:
        if len({entry.column.number for entry in entries}) > 1:
            heading = tuple(dict.fromkeys(f"{e.column.heading} ({e.column.address})" for e in entries))
        else:
            heading = (entries[0].row.id, *(str(entry.cell.row) for entry in entries))
        by_heading.setdefault(heading, []).extend(entry.cell for entry in entries)
    for heading, cells in by_heading.items():
        where = Where(place.file, place.sheet, cells[0].address)
        balance.refuse("balance.repeated", where, ", ".join(heading), cells)


def _measure(sheet: Sheet, titles: list[Cell], heads: list[Head]) -> Measure:
    """实物量 or 标准量: what the title says, else the sheet's name, else the units of its columns."""
    for text in (" ".join(cell.text for cell in titles), sheet.name):
        said = labels.folded(text).lower()
        if "实物量" in said or "physical" in said:
            return "physical"
        if "标准量" in said or "standard quantity" in said or "coal equivalent" in said:
            return "standard_coal"
    stated = {column.unit for head in heads for column in head.columns.values() if column.item and column.unit}
    known = [balance_head.units.unit(unit) for unit in stated if balance_head.known_unit(unit)]
    return "standard_coal" if known and all(unit.equivalent for unit in known) else "physical"


def _hidden(balance: Balance, place: Where) -> Iterator[dict[str, Any]]:
    """Figures in hidden rows or columns are read like all others, and listed."""
    rows, columns = set(balance.sheet.hidden_rows), set(balance.sheet.hidden_columns)
    cells = [e.cell for e in balance.entries if e.cell.row in rows or e.cell.column in columns]
    if cells:
        where = Where(place.file, place.sheet, cells[0].address)
        listed = cell_lists.first([cell.address for cell in cells])
        yield finding("sheet.hidden_cells", "plausibility", "warning", where=where, seen=len(cells), cells=listed)


def _canonical(text: str) -> str:
    value = decimal_of(text)
    return text.strip() if value is None else plain(value)
