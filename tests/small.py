"""A small run that any test may use: three rows, two cells, one of them without a factor."""

from __future__ import annotations

import polars as pl

import accounting as ac

ROWS = [
    ("110000", 2007, "transport", "diesel_oil", "102.63", "万吨"),
    ("110000", 2007, "urban_residential", "natural_gas", "8.48", "亿立方米"),
    ("110000", 2007, "industry", "raw_coal", "684.26", "万吨"),
]
COLUMNS = ["entity", "year", "category", "item", "quantity", "unit"]


def table(rows: list[tuple] = ROWS) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def run(rows: list[tuple] = ROWS, **options: object) -> ac.Run:
    return ac.run(table(rows), factors=["ceads-2018"], **options)
