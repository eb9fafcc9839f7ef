"""A balance sheet as Activity rows: signs, non-energy use, and what its figures say of themselves (contract §4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from accounting import codes
from accounting.errors import Where, finding, rejection
from accounting.exact import QUANTITY_DIGITS, decimals, integers, plain
from accounting.ingest import balance_sums
from accounting.ingest.balance import Balance, Entry
from accounting.ingest.numbers import decimal_of
from accounting.ingest.quantities import RAW, converted
from accounting.ingest.reading import Reading

OUTPUTS = {"thermal_power": "thermal_power_output", "heating_supply": "heating_output"}
SPLIT_OF_RESIDENTIAL = {"urban_residential", "rural_residential"}
TRANSFER = "transfer"
TRANSFER_ROW = ":industry"  # how the row_id of the negative in industry ends


def reading(balance: Balance, *, entity: str, year: int, file: str, sha256: str) -> Reading:
    """Activity rows of a balance for its entity and year.

    Inputs to power and heat become positive (`reported_value` keeps the sign), positive entries there
    are outputs; non-energy use is counted under its own category and taken out of industry by a
    transfer row with the same cell.
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
        decimals(pl.when(burnt).then(quantity.abs()).otherwise(quantity), QUANTITY_DIGITS).alias("quantity"),
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
        decimals(integers(pl.col("quantity")) * pl.lit(-1, dtype=pl.Int128), QUANTITY_DIGITS).alias("quantity"),
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
        if e.row.id == "residential" and e.column.item and e.column.number not in split and decimal_of(e.cell.text) != 0
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
    final = [category.id for category in codes.categories() if category.role == "final_consumption"]
    below = rows.filter(pl.col("category").is_in(final) & (pl.col("quantity") < 0))
    for row in below.to_dicts():
        yield finding(
            "balance.negative_use", "plausibility", "warning", where=Where(file, sheet, row["cell"]), entity=entity,
            year=year, category=row["category"], item=row["item"], seen=row["reported_value"],
        )  # fmt: skip
    industry = activity.filter(pl.col("category") == "industry")
    net = industry.group_by("item", "unit", maintain_order=True).agg(
        integers(pl.col("quantity")).sum().alias("net"), pl.col("cell").last(), pl.len().alias("rows")
    )
    for row in (
        net.filter((pl.col("net") < 0) & (pl.col("rows") > 0)).with_columns(decimals(pl.col("net"), QUANTITY_DIGITS)).to_dicts()
    ):
        if row["item"] in set(below.filter(pl.col("category") == "industry")["item"]):
            continue
        yield finding(
            "balance.negative_net", "plausibility", "warning", where=Where(file, sheet, row["cell"]), entity=entity,
            year=year, category="industry", item=row["item"], seen=f"{plain(row['net'])} {row['unit']}",
        )  # fmt: skip
