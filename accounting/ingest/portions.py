"""What a source gives to the key sums: one portion a key, made of many rows or of one.

`rows` counts what was read, `made` sets transfers apart from it, and a written notation key stands apart from
quantities: refusals, transfers and contradictions can still be told where the rows themselves are not at hand.
"""

from __future__ import annotations

import polars as pl

from accounting.exact import QUANTITY_DIGITS, decimals, integers
from accounting.ingest.transfers import is_transfer
from accounting.tables import KEY, TABLES

SUMS = {name: TABLES["sums"][name] for name in (*KEY, "quantity", "notation_key")}
PORTION = {**SUMS, "rows": pl.UInt32(), "made": pl.Boolean()}
PLAIN = pl.Schema({name: dtype for name, dtype in PORTION.items() if dtype == pl.String})


def of_rows(activity: pl.LazyFrame) -> pl.LazyFrame:
    """Each row of Activity as a portion of its own."""
    return activity.select(*SUMS, pl.lit(1, PORTION["rows"]).alias("rows"), is_transfer().alias("made"))


def added(portions: pl.LazyFrame) -> pl.LazyFrame:
    """Portions of one key, notation key and making as one: sums of sums are exact, in any order."""
    quantity = pl.col("quantity")
    total = pl.when(quantity.count() > 0).then(integers(quantity).sum())
    whole = portions.group_by(*KEY, "notation_key", "made").agg(total.alias("quantity"), pl.col("rows").sum())
    return whole.with_columns(decimals(quantity, QUANTITY_DIGITS)).select(list(PORTION))
