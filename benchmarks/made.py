"""Inputs of the benchmarks, made by a seeded script: an Activity table of any size as Parquet."""

from __future__ import annotations

from pathlib import Path

import polars as pl

ITEMS = ("gasoline", "diesel_oil", "kerosene", "fuel_oil", "lpg", "coke")
CATEGORIES = ("farming", "industry", "construction", "transport", "wholesale_retail", "other_services")
YEARS = 16
PAIRS = 20


def activity_table(path: Path, rows: int, keys: int, seed: int = 20230707) -> Path:
    """`rows` rows over about `keys` keys: own ids × 16 years × 20 pairs of category and item, quantities with 3 decimals."""
    entities = max(1, keys // (YEARS * PAIRS))
    pairs = pl.Series("pair", range(len(ITEMS) * len(CATEGORIES)))
    number = pl.int_range(rows, eager=True)
    entity = number.hash(seed) % entities
    slot = number.hash(seed + 1) % PAIRS
    pair = (entity * 7 + slot) % pairs.len()
    frame = pl.DataFrame(
        {
            "entity": "P" + entity.cast(pl.String).str.zfill(6),
            "year": (2005 + number.hash(seed + 2) % YEARS).cast(pl.Int16),
            "category": pl.Series(CATEGORIES)[(pair // len(ITEMS)).cast(pl.UInt32)],
            "item": pl.Series(ITEMS)[(pair % len(ITEMS)).cast(pl.UInt32)],
            "quantity": (number.hash(seed + 3) % 10_000_000).cast(pl.Int64),
            "unit": pl.repeat("t", rows, eager=True),
        }
    )
    quantity = frame["quantity"] / pl.repeat(
        1000.0, rows, eager=True
    )  # a column: polars turns x / literal into x × (1 / literal)
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.with_columns(quantity).write_parquet(path, row_group_size=500_000)
    return path
