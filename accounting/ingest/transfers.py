"""Non-energy use: industry is gross in sheets and tables and contains it, so it is taken out by a row of its own.

    non_energy_use 12 t   →   non_energy_use 12 t   and   industry −12 t, same source, note `transfer`

No reported row is edited, and nothing is taken out of an industry that nobody reports: see `settling`. Contract §4.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from accounting.exact import QUANTITY_DIGITS, decimals, integers
from accounting.ingest.quantities import TRANSFER

SOURCE, TARGET = "non_energy_use", "industry"
TRANSFER_ROW = ":industry"  # how the row_id of the negative in industry ends


def with_transfers(activity: pl.DataFrame, items: Collection[str] | None = None) -> tuple[pl.DataFrame, int]:
    """The rows with their transfers behind them, and how many: of these items, or of all.

    A row that bears the note already is left alone.
    """
    moved = (pl.col("category") == SOURCE) & pl.col("quantity").is_not_null()
    moved &= pl.col("note").is_null() | (pl.col("note") != TRANSFER)
    if items is not None:
        moved &= pl.col("item").is_in(list(items))
    made = activity.filter(moved).with_columns(
        (pl.col("row_id") + TRANSFER_ROW).alias("row_id"),
        pl.lit(TARGET).alias("category"),
        decimals(integers(pl.col("quantity")) * pl.lit(-1, pl.Int128), QUANTITY_DIGITS).alias("quantity"),
        pl.lit(TRANSFER).alias("note"),
    )
    if made.is_empty():
        return activity, 0
    noted = pl.when(moved).then(pl.lit(TRANSFER)).otherwise(pl.col("note"))
    return pl.concat([activity.with_columns(noted.alias("note")), made]), made.height


def is_transfer() -> pl.Expr:
    """Whether a row of Activity was made here, beside the one that was read."""
    return pl.col("row_id").str.ends_with(TRANSFER_ROW)


def without_mark(activity: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    """The rows without the note of a transfer that is not made after all."""
    sources = gone["row_id"].str.strip_suffix(TRANSFER_ROW)
    kept = pl.when(~pl.col("row_id").is_in(sources.implode())).then("note")
    return activity.with_columns(kept.alias("note"))
