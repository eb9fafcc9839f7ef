"""Key sums: quantities added up exactly by what decides their factor (design §1.2).

Pure: lazy frame in, lazy frame out; nothing is read, written or collected here.
"""

from __future__ import annotations

import polars as pl

from accounting.exact import QUANTITY_DIGITS, decimals, integers, magnitude
from accounting.tables import KEY


def key_sums(activity: pl.LazyFrame) -> pl.LazyFrame:
    """Exact sums of `quantity` by entity, year, month, category, item, unit and basis.

    Takes at least the key columns and `quantity` (Decimal(38,9), base unit); rows without a quantity (a notation key
    stands for it) carry no sum. Gives the key columns, `quantity` and nothing else, in no particular order. Guard the
    input with `magnitudes` first: integer sums wrap without an error.
    """
    return (
        activity.filter(pl.col("quantity").is_not_null())
        .group_by(KEY)
        .agg(integers(pl.col("quantity")).sum().alias("quantity"))
        .with_columns(decimals(pl.col("quantity"), QUANTITY_DIGITS))
    )


def united(sums: list[pl.LazyFrame]) -> pl.LazyFrame:
    """The key sums of several files as one: sums of sums are exact, in any order."""
    return key_sums(pl.concat(sums))


def magnitudes(activity: pl.LazyFrame) -> pl.LazyFrame:
    """Σ|quantity| a unit (scaled to 9 decimals, float): columns `unit`, `magnitude`, for the overflow guard."""
    return activity.group_by("unit").agg(magnitude(integers(pl.col("quantity"))).alias("magnitude"))


def unit_totals(table: pl.LazyFrame) -> pl.LazyFrame:
    """Exact Σ quantity a unit of rows or of key sums: what must be equal on both sides of the ledger."""
    return (
        table.group_by("unit")
        .agg(integers(pl.col("quantity")).sum().alias("quantity"))
        .with_columns(decimals(pl.col("quantity"), QUANTITY_DIGITS))
        .sort("unit")
    )
