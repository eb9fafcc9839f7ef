"""The provincial energy balance sheet: from cells to Activity rows (contract §3, §4).

`recognised` takes a sheet apart without deciding whose it is or whether it counts; `reading` makes Activity rows of
it for one entity and year. Every cell with a figure is accepted, refused, or serves checks only (totals, 其中 rows):
none is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

import polars as pl

from accounting import codes
from accounting.errors import Where, did_you_mean, finding, rejection
from accounting.exact import decimals, integers, plain
from accounting.ingest import balance_head, balance_sums, labels
from accounting.ingest.balance_head import Column, Grid, Head, is_value
from accounting.ingest.cells import Cell, Sheet
from accounting.ingest.numbers import decimal_of
from accounting.ingest.quantities import RAW, converted
from accounting.ingest.reading import Reading

Measure = Literal["physical", "standard_coal"]
FEWEST_ROWS = 4
OUTPUTS = {"thermal_power": "thermal_power_output", "heating_supply": "heating_output"}
FINAL = ("farming", "industry", "construction", "transport", "wholesale_retail", "other_services", "urban_residential",
         "rural_residential", "non_energy_use")  # fmt: skip
TRANSFER = "transfer"
TRANSFER_ROW = ":industry"  # how the row_id of the negative in industry ends
LISTED = 12


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

    `read` = entries + `refused` cells.
    """

    sheet: Sheet
    titles: list[Cell]
    measure: Measure
    own_units: dict[tuple[int, int], str] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    refused: int = 0
    rejections: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def read(self) -> int:
        return len(self.entries) + self.refused

    def refuse(self, code: str, where: Where, seen: str, cells: list[Cell], **facts: Any) -> None:
        """One rejection for these cells; their addresses stand in it."""
        self.refused += len(cells)
        listed = ", ".join(cell.address for cell in cells[:LISTED]) + (" …" if len(cells) > LISTED else "")
        self.rejections.append(rejection(code, where, seen, count=len(cells), cells=listed, **facts))

    def figures(self) -> dict[tuple[str, str], str]:
        """The counted figures by row and item, as text: what two statements are compared by."""
        return {
            (entry.row.id, str(entry.column.item)): _canonical(entry.cell.text)
            for entry in self.entries
            if entry.counted
        }


def recognised(sheet: Sheet, file: str, units: Mapping[tuple[int, int], str] | None = None) -> Balance | None:
    """The sheet as a balance, or None where it is not in balance layout.

    A balance has a row with three or more item headings, and four or more rows whose labels belong to a balance.
    `units` are those of corrected cells, by row and column.
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
    """One row of the body: its label as written, what it means, and its figures."""

    text: str
    address: str
    label: labels.RowLabel | None
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
            label = next((found for cell in named if (found := labels.row_label(cell.text, section))), None)
            section = label.section if label else section
            figures = [cell for cell in cells if cell.column not in label_columns]
            first = named[0] if named else None
            yield _Line(
                labels.folded(first.text) if first else "", first.address if first else f"A{row}", label, figures
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
            else:
                balance.entries.append(Entry(cell, line.label, column))
    for number, cells in sorted(strangers.items()):
        _refuse_column(balance, table.columns.get(number), cells, place)
    _refuse_without_unit(balance, table, place)
    for column in table.columns.values():
        where = Where(place.file, place.sheet, column.unit_cell or column.address)
        if (differs := balance_head.unit_finding(column, where)) is not None:
            balance.findings.append(differs)


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
    close = did_you_mean(labels.chinese(line.text) or labels.english(line.text), labels.row_words())
    balance.refuse("balance.unknown_row", where, line.text, line.cells, close=close or "–")


def _refuse_column(balance: Balance, column: Column | None, cells: list[Cell], place: Where) -> None:
    heading = column.heading if column else ""
    where = Where(place.file, place.sheet, column.address if column else cells[0].address)
    close = codes.near_items(labels.chinese(heading) or heading) if heading else ""
    balance.refuse("balance.unknown_column", where, heading or cells[0].text, cells, close=close or "–")


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
        column = entry.column.item or (entry.column.subtotal.id if entry.column.subtotal else "")
        by_key.setdefault((entry.row.id, column), []).append(entry)
    repeated = [entries for entries in by_key.values() if len(entries) > 1]
    if not repeated:
        return
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
        listed = ", ".join(cell.address for cell in cells[:LISTED])
        yield finding("sheet.hidden_cells", "plausibility", "warning", where=where, seen=len(cells), cells=listed)


def reading(balance: Balance, *, entity: str, year: int, file: str, sha256: str) -> Reading:
    """Activity rows of a balance for its entity and year.

    Inputs to power and heat become positive (`reported_value` keeps the sign), positive entries there are outputs;
    non-energy use is counted under its own category and taken out of industry by a transfer row with the same cell.
    """
    parent_only, refused_entries = _parent_only(balance, file)
    counted = [entry for entry in balance.entries if entry.counted]
    raw = pl.DataFrame([_raw(e, balance, entity, year, file, sha256) for e in counted], schema=RAW, orient="row")
    made = converted(raw, negative_allowed=True)
    rows = _signed(made.activity)
    transfers = _transfers(rows, _items(counted, rows))
    activity = pl.concat([_marked(rows, transfers), transfers])
    rejected = balance.refused + len(made.rejected_rows) + refused_entries
    return Reading(
        layout="balance",
        activity=activity,
        rejections=[*balance.rejections, *parent_only, *made.rejections],
        findings=[
            *balance.findings,
            *made.findings,
            *_negative_findings(rows, activity, entity, year, file, balance.sheet.name),
            *balance_sums.differences(balance.entries, Where(file, balance.sheet.name or None), entity, year),
        ],
        read=balance.read,
        accepted=rows.height,
        rejected=rejected,
        subtotals=len(balance.entries) - len(counted) - refused_entries,
        transfers=transfers.height,
    )


def _raw(entry: Entry, balance: Balance, entity: str, year: int, file: str, sha256: str) -> tuple[Any, ...]:
    cell, column, sheet = entry.cell, entry.column, balance.sheet
    own_unit = balance.own_units.get((cell.row, cell.column))
    values = {
        "row_id": f"{sha256[:16]}:{sheet.index:03d}:{cell.row:06d}:{cell.column:04d}",
        "entity": entity,
        "year": year,
        "category": entry.row.category,
        "item": column.item,
        "value": cell.text,
        "reported_unit": own_unit or column.unit,
        "file": file,
        "sheet": sheet.name,
        "cell": cell.address,
        "unit_cell": None if own_unit else column.unit_cell,
        "sha256": sha256,
    }
    return tuple(values.get(name) for name in RAW)


def _signed(rows: pl.DataFrame) -> pl.DataFrame:
    """Inputs to power and heat positive; what the sheet shows as positive there is an output of another category."""
    quantity, category = integers(pl.col("quantity")), pl.col("category")
    burnt = category.is_in(list(OUTPUTS))
    return rows.with_columns(
        decimals(pl.when(burnt).then(quantity.abs()).otherwise(quantity), 9).alias("quantity"),
        pl.when(burnt & (quantity > 0)).then(category.replace(OUTPUTS)).otherwise(category).alias("category"),
    )


def _items(counted: list[Entry], rows: pl.DataFrame) -> list[str]:
    """Items whose industry cell was accepted or is blank; where it was refused, nothing is taken out of it."""
    given = {str(entry.column.item) for entry in counted if entry.row.category == "industry"}
    accepted = set(rows.filter(pl.col("category") == "industry")["item"])
    return sorted({str(entry.column.item) for entry in counted} - (given - accepted))


def _transfers(rows: pl.DataFrame, items: list[str]) -> pl.DataFrame:
    """The negative of each non-energy quantity, in industry: same source cell, note `transfer`."""
    moved = (pl.col("category") == "non_energy_use") & pl.col("quantity").is_not_null() & pl.col("item").is_in(items)
    return rows.filter(moved).with_columns(
        (pl.col("row_id") + TRANSFER_ROW).alias("row_id"),
        pl.lit("industry").alias("category"),
        decimals(integers(pl.col("quantity")) * pl.lit(-1, dtype=pl.Int128), 9).alias("quantity"),
        pl.lit(TRANSFER).alias("note"),
    )


def _marked(rows: pl.DataFrame, transfers: pl.DataFrame) -> pl.DataFrame:
    """Rows of which a transfer was made bear its note too."""
    moved = pl.col("row_id").is_in(transfers["row_id"].str.strip_suffix(TRANSFER_ROW).implode())
    return rows.with_columns(pl.when(moved).then(pl.lit(TRANSFER)).otherwise(pl.col("note")).alias("note"))


def _parent_only(balance: Balance, file: str) -> tuple[list[dict[str, Any]], int]:
    """生活消费 with a figure while 城镇 and 乡村 are blank: it is not split here, so it is refused and said."""
    split = {e.column.number for e in balance.entries if e.row.id in {"urban_residential", "rural_residential"}}
    alone = [
        e
        for e in balance.entries
        if e.row.id == "residential" and e.column.item and e.column.number not in split and _value(e.cell) != 0
    ]
    rows = [
        rejection(
            "balance.parent_only", Where(file, balance.sheet.name or None, entry.cell.address), entry.cell.text,
            heading=entry.column.heading,
        )
        for entry in alone
    ]  # fmt: skip
    return rows, len(rows)


def _negative_findings(
    rows: pl.DataFrame, activity: pl.DataFrame, entity: str, year: int, file: str, sheet: str
) -> Iterator[dict[str, Any]]:
    """Final uses below zero as reported, and industry below zero once non-energy use is taken out."""
    below = rows.filter(pl.col("category").is_in(list(FINAL)) & (pl.col("quantity") < 0))
    for row in below.to_dicts():
        yield finding(
            "balance.negative_use", "plausibility", "warning", where=Where(file, sheet, row["cell"]), entity=entity,
            year=year, category=row["category"], item=row["item"], seen=row["reported_value"],
        )  # fmt: skip
    industry = activity.filter(pl.col("category") == "industry")
    net = industry.group_by("item", "unit", maintain_order=True).agg(
        integers(pl.col("quantity")).sum().alias("net"), pl.col("cell").last(), pl.len().alias("rows")
    )
    for row in net.filter((pl.col("net") < 0) & (pl.col("rows") > 0)).with_columns(decimals(pl.col("net"), 9)).to_dicts():
        if row["item"] in set(below.filter(pl.col("category") == "industry")["item"]):
            continue
        yield finding(
            "balance.negative_net", "plausibility", "warning", where=Where(file, sheet, row["cell"]), entity=entity,
            year=year, category="industry", item=row["item"], seen=f"{plain(row['net'])} {row['unit']}",
        )  # fmt: skip


def _value(cell: Cell) -> Decimal | None:
    return decimal_of(cell.text)


def _canonical(text: str) -> str:
    value = decimal_of(text)
    return text.strip() if value is None else plain(value)
