"""Which part of the energy has no emission factor: said first, before any total.

The energy of a key is its quantity × the yearbook's standard-coal coefficient (datasets/standard-coal), a float that
serves this one statement; no emission is computed with it. Items without a coefficient are counted apart.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

import polars as pl

from accounting import codes, shipped
from accounting.exact import QUANTITY_DIGITS, decimals, integers
from accounting.quality import crossing


@cache
def coefficients() -> pl.DataFrame:
    """Columns item, unit, tce_per_unit: tonnes of standard coal a base unit; anthracite counts as the raw coal it is."""
    with (shipped.datasets() / "standard-coal" / "coefficients.csv").open(encoding="utf-8", newline="") as source:
        printed = {(row["item"], row["unit"]): float(row["tce_per_unit"]) for row in csv.DictReader(source)}
    rows = [
        (item.id, unit, next(printed[name, unit] for name in lineage if (name, unit) in printed))
        for item in codes.items()
        for lineage in [(item.id, *codes.item_parents(item.id))]
        for unit in sorted({of for name, of in printed if name in lineage})
    ]
    return pl.DataFrame(rows, schema=["item", "unit", "tce_per_unit"], orient="row")


def reported_years(inventory: pl.DataFrame, effective: pl.DataFrame) -> pl.DataFrame:
    """The entity-years (columns entity, year) of an inventory that hold more than what earlier years laid down.

    Waste goes on giving gas for a century; a year with nothing else is no inventory of that year. All of them where
    nothing else was reported at all.
    """
    lasting = effective.filter(pl.col("lag") > 0)["category"].unique()
    of_a_year = inventory.filter(~pl.col("category").is_in(lasting.implode()))
    return (inventory if of_a_year.is_empty() else of_a_year).select("entity", "year").unique()


def of_reported_years(table: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The rows of a table whose entity and year are `reported_years` in the tables of its run."""
    if tables["effective"].filter(pl.col("lag") > 0).is_empty():
        return table
    years = reported_years(tables["inventory"], tables["effective"])
    return table.join(years, on=["entity", "year"], how="semi", maintain_order="left")


def energy(sums: pl.LazyFrame, counted: list[str], missing: pl.LazyFrame, gas: str = "CO2") -> pl.DataFrame:
    """Energy of the counted keys: columns category, item, tce (null without coefficient), covered.

    `counted` are the categories that the views count; of electricity and heat, where they count what crossed the boundary,
    only that, and what sectors use where their place and year does not say what crossed: else it is the same energy. A key
    is covered when its class does not miss a factor of `gas` (what a pack leaves out on purpose, severity info, is not
    covered either).
    """
    lacking = missing.filter(pl.col("gas") == gas).select("class").unique().with_columns(pl.lit(value=False).alias("covered"))
    across = [category for category in codes.of_role("boundary_energy") if category in counted]
    carriers = [item.id for item in codes.items() if item.kind == "energy"] if across else []
    again = pl.col("item").is_in(carriers) & ~pl.col("category").is_in(across)
    figures = sums.filter(pl.col("quantity").is_not_null())
    added = [_by_class(figures).filter(pl.col("category").is_in(counted), ~again)]
    if across:
        uses = [category for category in crossing.categories_of_use() if category in counted]
        used = figures.filter(pl.col("category").is_in(uses), pl.col("item").is_in([*crossing.carriers()]))
        added.append(_by_class(crossing.not_crossed(used, sums, counted)))
    return (
        pl.concat(added)
        .with_columns(decimals(pl.col("quantity"), QUANTITY_DIGITS))
        .join(coefficients().lazy(), on=["item", "unit"], how="left")
        .join(lacking, on="class", how="left")
        .with_columns(
            (pl.col("quantity").cast(pl.Float64) * pl.col("tce_per_unit")).alias("tce"),
            pl.col("covered").fill_null(value=True),
        )
        .group_by("category", "item", "covered")
        .agg(pl.when(pl.col("tce").count() > 0).then(pl.col("tce").sum()).alias("tce"))
        .sort("category", "item", "covered")
        .collect()
    )


def _by_class(figures: pl.LazyFrame) -> pl.LazyFrame:
    words = ("category", "item", "unit")
    return figures.group_by("class", *words).agg(integers(pl.col("quantity")).sum()).cast(dict.fromkeys(words, pl.String))


def uncovered_share(energy: pl.DataFrame) -> float | None:
    """The share of the energy (standard coal) that has no factor; null where no item has a coefficient."""
    known = energy.filter(pl.col("tce").is_not_null() & (pl.col("tce") > 0))
    total = float(known["tce"].sum())
    return float(known.filter(~pl.col("covered"))["tce"].sum()) / total if total else None
