"""Inputs of the benchmarks, made by a seeded script: an Activity table of any size as Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

ITEMS = ("gasoline", "diesel_oil", "kerosene", "fuel_oil", "lpg", "coke")
CATEGORIES = ("farming", "industry", "construction", "transport", "wholesale_retail", "other_services")
COMBUSTION = tuple((category, item, "t") for category in CATEGORIES for item in ITEMS)
EVERY_METHOD = (  # of each family; no landfill, which spreads a key over a hundred years
    *COMBUSTION[:18], *COMBUSTION[24:],
    ("purchased", "electricity", "MWh"), ("purchased", "heat", "GJ"), ("construction", "natural_gas", "万立方米"),
    ("process", "clinker", "t"), ("process", "lime", "t"), ("process", "nitric_acid_medium_pressure", "t"),
    ("road_fuel", "diesel_oil", "t"), ("rail", "diesel_oil", "t"), ("aviation", "kerosene", "t"),
    ("incineration", "msw_continuous_stoker", "t"), ("wastewater_domestic", "bod_septic_system", "t"),
    ("coal_mining", "coal_surface_mined", "t"),
)  # fmt: skip
YEARS = 16
PAIRS = 20


def activity_table(
    path: Path, rows: int, keys: int, kinds: Sequence[tuple[str, str, str]] = COMBUSTION, seed: int = 20230707
) -> Path:
    """`rows` rows over about `keys` keys: own ids × 16 years × 20 of the kinds, quantities with 3 decimals.

    A kind is category, item and unit.
    """
    entities = max(1, keys // (YEARS * PAIRS))
    number = pl.int_range(rows, eager=True)
    entity = number.hash(seed) % entities
    slot = number.hash(seed + 1) % PAIRS
    kind = ((entity * 7 + slot) % len(kinds)).cast(pl.UInt32)
    words = {
        name: pl.Series(name, column)
        for name, column in zip(("category", "item", "unit"), zip(*kinds, strict=True), strict=True)
    }
    frame = pl.DataFrame(
        {
            "entity": "P" + entity.cast(pl.String).str.zfill(6),
            "year": (2005 + number.hash(seed + 2) % YEARS).cast(pl.Int16),
            **{name: column[kind] for name, column in words.items()},
            "quantity": (number.hash(seed + 3) % 10_000_000).cast(pl.Int64),
        }
    )
    quantity = frame["quantity"] / pl.repeat(
        1000.0, rows, eager=True
    )  # a column: polars turns x / literal into x × (1 / literal)
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.with_columns(quantity).write_parquet(path, row_group_size=500_000)
    return path
