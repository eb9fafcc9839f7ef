"""Key sums: quantities added up exactly by what decides their factor (design §1.2).

Pure: lazy frame in, lazy frame out; nothing is read, written or collected here. Integer sums wrap without an error,
so guard the rows with `magnitudes` before they are added.
"""

from __future__ import annotations

import polars as pl

from accounting.exact import QUANTITY_DIGITS, decimals, integers, magnitude
from accounting.tables import KEY

QUANTITY = pl.col("quantity")


def quantity_sums(activity: pl.LazyFrame) -> pl.LazyFrame:
    """Exact sums of `quantity` by key, for rows that all have one: the key columns and `quantity`, in no order."""
    return (
        activity.group_by(KEY).agg(integers(QUANTITY).sum().alias("quantity")).with_columns(decimals(QUANTITY, QUANTITY_DIGITS))
    )


def key_sums(activity: pl.LazyFrame) -> pl.LazyFrame:
    """Exact sums of `quantity` by entity, year, month, category, item, unit and basis.

    Takes the key columns, `quantity` (Decimal(38,9), base unit) and `notation_key`; gives the same columns, one row a
    key, in no particular order. A key of which no row has a quantity keeps the notation key that was written for it.
    """
    total = pl.when(QUANTITY.count() > 0).then(integers(QUANTITY).sum())
    written = pl.when(QUANTITY.count() == 0).then(pl.col("notation_key").min())
    return (
        activity.group_by(KEY)
        .agg(total.alias("quantity"), written.alias("notation_key"))
        .with_columns(decimals(QUANTITY, QUANTITY_DIGITS))
    )


def magnitudes(activity: pl.LazyFrame) -> pl.LazyFrame:
    """Σ|quantity| a unit (scaled to 9 decimals, float): columns `unit`, `magnitude`, for the overflow guard."""
    return activity.group_by("unit").agg(magnitude(integers(QUANTITY)).alias("magnitude"))


def unit_totals(table: pl.LazyFrame) -> pl.LazyFrame:
    """Exact Σ quantity a unit of rows or of key sums: what must be equal on both sides of the ledger."""
    return (
        table.group_by("unit")
        .agg(integers(QUANTITY).sum().alias("quantity"))
        .with_columns(decimals(QUANTITY, QUANTITY_DIGITS))
        .sort("unit")
    )
