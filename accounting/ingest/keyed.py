"""Key sums that know how many rows are in them: what a key takes out of a table's account when it is refused."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from accounting import ledger
from accounting.ingest.transfers import is_transfer
from accounting.tables import KEY, TABLES

SUMS = {name: TABLES["sums"][name] for name in (*KEY, "quantity", "notation_key")}
COUNTS = {"rows": pl.UInt32(), "transfers": pl.UInt32()}  # rows as read; rows made beside them
COUNTED = {**SUMS, **COUNTS}


def key_sums(activity: pl.DataFrame) -> pl.DataFrame:
    """The key sums of rows of Activity (`COUNTED`)."""
    made = is_transfer().sum()
    counts = activity.lazy().group_by(KEY).agg((pl.len() - made).alias("rows"), made.alias("transfers"))
    return _beside(ledger.key_sums(activity.lazy()), counts)


def united(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The sums of several parts of a table as one."""
    every = [part.lazy() for part in parts]
    return _beside(ledger.united(every), pl.concat(every).group_by(KEY).agg(pl.col(*COUNTS).sum()))


def _beside(sums: pl.LazyFrame, counts: pl.LazyFrame) -> pl.DataFrame:
    joined = sums.join(counts, on=KEY, how="left", nulls_equal=True)
    return joined.select(pl.col(name).cast(dtype) for name, dtype in COUNTED.items()).collect()
