"""A balance sheet as Activity rows: signs, non-energy use, and what its figures say of themselves (contract §4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from accounting import codes
from accounting.errors import Where, finding, rejection
from accounting.ingest import balance_signs, balance_sums, cell_lists
from accounting.ingest.balance import Balance, Entry
from accounting.ingest.cells import Cell
from accounting.ingest.numbers import decimal_of
from accounting.ingest.quantities import RAW, converted
from accounting.ingest.quantities import counted as counted_odd
from accounting.ingest.reading import Reading
from accounting.ingest.transfers import with_transfers

SPLIT_OF_RESIDENTIAL = {"urban_residential", "rural_residential"}


def reading(balance: Balance, *, entity: str, year: int, file: str, sha256: str) -> Reading:
    """Activity rows of a balance for its entity and year, those of its continuation sheets included.

    Inputs to power and heat become positive (`reported_value` keeps the sign), positive entries there
    are outputs; non-energy use is counted under its own category and taken out of industry by a
    transfer row with the same cell.
    """
    sheets = [balance, *balance.continued]
    return _united([
        _of_sheet(one, [e for other in sheets if other is not one for e in other.entries], entity, year, file, sha256)
        for one in sheets
    ])  # fmt: skip


def _united(readings: list[Reading]) -> Reading:
    """The readings of several sheets as one statement's."""
    count = {
        name: sum(getattr(one, name) for one in readings) for name in ("read", "accepted", "rejected", "subtotals", "transfers")
    }
    return Reading(
        layout="balance",
        activity=pl.concat([one.activity for one in readings]),
        rejections=[row for one in readings for row in one.rejections],
        findings=[row for one in readings for row in one.findings],
        counts=[counted for one in readings for counted in one.counts],
        **count,
    )


def _of_sheet(balance: Balance, beside: list[Entry], entity: str, year: int, file: str, sha256: str) -> Reading:
    """The reading of one sheet; totals may have parts on the sheets beside it."""
    place = Where(file, balance.sheet.name or None)
    parent_only, refused_entries = _parent_only(balance, file)
    counted = [entry for entry in balance.entries if entry.counted]
    raw = pl.DataFrame([_raw(e, balance, entity, year, file, sha256) for e in counted], schema=RAW, orient="row")
    made = converted(raw, negative_allowed=True)
    signed = balance_signs.signed(made.activity, place, entity, year)
    rows = signed.rows
    activity, transfers = with_transfers(rows, _items(counted, rows))
    rejected = balance.refused + len(made.rejected_rows) + refused_entries + signed.refused
    return Reading(
        layout="balance",
        activity=activity,
        rejections=[*balance.rejections, *parent_only, *made.rejections, *signed.rejections],
        findings=[
            *balance.findings,
            *signed.findings,
            *_negative_findings(rows, entity, year, file, balance.sheet.name),
            *balance_sums.differences(balance.entries, place, entity, year, beside),
        ],
        counts=list(counted_odd(made.odd, rows)),
        read=balance.read_here,
        accepted=rows.height,
        rejected=rejected,
        subtotals=len(balance.entries) - len(counted) - refused_entries,
        transfers=transfers,
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
        "sha256": sha256,
    }
    return tuple(values.get(name) for name in RAW)


def _items(counted: list[Entry], rows: pl.DataFrame) -> list[str]:
    """Items whose industry cell was accepted or is blank; where it was refused, nothing is taken out of it."""
    given = {str(entry.column.item) for entry in counted if entry.row.category == "industry"}
    accepted = set(rows.filter(pl.col("category") == "industry")["item"])
    return sorted({str(entry.column.item) for entry in counted} - (given - accepted))


def _parent_only(balance: Balance, file: str) -> tuple[list[dict[str, Any]], int]:
    """生活消费 with a figure while 城镇 and 乡村 have none to count: it is not split here, so it is refused and said."""
    split = {e.column.number for e in balance.entries if e.row.id in SPLIT_OF_RESIDENTIAL}
    alone = [
        e
        for e in balance.entries
        if e.row.id == "residential" and e.column.item and e.column.number not in split and decimal_of(e.cell.text) != 0
    ]
    rows = [
        rejection(
            "balance.parent_only", Where(file, balance.sheet.name or None, entry.cell.address), entry.cell.text,
            heading=entry.column.heading, **_split_told([e.cell for e in balance.lost if _splits(e, entry)]),
        )
        for entry in alone
    ]  # fmt: skip
    return rows, len(rows)


def _splits(part: Entry, whole: Entry) -> bool:
    return part.row.id in SPLIT_OF_RESIDENTIAL and part.column.number == whole.column.number


def _split_told(refused: list[Cell]) -> dict[str, str]:
    """Why 城镇 and 乡村 give nothing: blank, or their figures were refused."""
    if not refused:
        return {"split_zh": "城镇、乡村两行为空", "split_en": "urban and rural are blank"}
    cells = cell_lists.figures(refused)
    return {"split_zh": f"城镇、乡村的格未采用（{cells}）", "split_en": f"the urban and rural cells are refused ({cells})"}


def _negative_findings(rows: pl.DataFrame, entity: str, year: int, file: str, sheet: str) -> Iterator[dict[str, Any]]:
    """Final uses below zero as reported."""
    final = [category.id for category in codes.categories() if category.role == "final_consumption"]
    below = rows.filter(pl.col("category").is_in(final) & (pl.col("quantity") < 0))
    for row in below.to_dicts():
        yield finding(
            "balance.negative_use", "plausibility", "warning", where=Where(file, sheet, row["cell"]), entity=entity,
            year=year, category=row["category"], item=row["item"], seen=row["reported_value"],
        )  # fmt: skip
