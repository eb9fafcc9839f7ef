"""Inventory cells: key sums × effective factors, each cell rounded once (design §1.4, §2).

Expressions over frames; nothing is read or written here. Products are Int128 at 24 decimals, added without rounding;
a cell is their exact sum rounded half away from zero to 12 decimals of a tonne. CO2e is the printed mass × GWP,
rounded once, so that it can be redone from the table alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import polars as pl

from accounting import codes
from accounting.errors import DataRefused
from accounting.exact import (
    MASS_DIGITS,
    PRODUCT_DIGITS,
    decimals,
    holds,
    integers,
    rounded_integers,
    scaled,
    within_range,
)
from accounting.tables import CELL, TABLES

GWP_DIGITS = 6
DIRECT = "direct"


def boundary() -> pl.Expr:
    """Which cells of an account may be added to each other, column `boundary`; those of two boundaries overlap.

    `direct` is scope 1; one kWh is bought `across` the boundary, `used` by a sector (scope 2) and in part `lost` on its way
    (scope 3), and where its fuel was burnt within, it is direct as well. Which of them a total adds, a view says.
    """
    across = pl.col("category").cast(pl.String).is_in(codes.of_role("boundary_energy"))
    return (
        pl.when(pl.col("scope") == 1)
        .then(pl.lit(DIRECT))
        .when(pl.col("scope") == 3)
        .then(pl.lit("lost"))
        .otherwise(pl.when(across).then(pl.lit("across")).otherwise(pl.lit("used")))
        .alias("boundary")
    )


def cells(sums: pl.LazyFrame, effective: pl.LazyFrame, missing: pl.LazyFrame, gwp: Mapping[str, Fraction]) -> pl.LazyFrame:
    """The inventory of key sums whose class has factors, or misses them.

    `sums` is the table of that name; `effective` gives `class`, `gas`, `scope`, `account`, `lag`, `effective_factor`,
    `method`, `pack`; `missing` gives `class`, `gas`, `scope`, `account`, `reason` for what should have a factor and
    has none; `gwp` the GWP of each gas. A cell of which any key sum has no factor is NE whole: an understated mass
    is never shown. A written notation key stays where nothing was reported. Gives Inventory, in no particular order;
    words that are coded, alike in both tables, stay so.
    """
    marked = sums.join(_single(sums, effective), on="class", how="left", maintain_order="left").with_columns(
        pl.col("single").fill_null(value=False)
    )
    products, absent = _products(marked, effective), _absent(marked, effective, missing)
    single = pl.concat([_rounded(products.filter("single")), absent.filter("single").select(ABSENT)], how="diagonal")
    shared = _of_several_keys(products.filter(~pl.col("single")), absent.filter(~pl.col("single")))
    united = pl.concat([single, shared], how="diagonal")
    return _with_co2e(united, gwp).select(list(TABLES["inventory"]))


ABSENT = [*CELL, "notation_key", "reason"]
_KIND = ("class", "gas", "scope", "account")


def _single(sums: pl.LazyFrame, effective: pl.LazyFrame) -> pl.LazyFrame:
    """Classes whose keys are cells by themselves: one unit, month and basis a category, item and year, and no lag.

    Nothing has to be added up for them, and that is nearly every key of annual statistics.
    """
    forms = sums.unique("class").select("class", "category", "item", "year", pl.struct("month", "unit", "basis").alias("form"))
    lags = effective.filter(pl.col("lag") != 0).select(pl.len().alias("lags"))
    return (
        forms.with_columns((pl.col("form").n_unique().over("category", "item", "year") == 1).alias("single"))
        .join(lags, how="cross")
        .select("class", pl.col("single") & (pl.col("lags") == 0))
    )


def _products(sums: pl.LazyFrame, effective: pl.LazyFrame) -> pl.LazyFrame:
    factors = effective.select(*_KIND, "lag", "effective_factor", "method", "pack")
    product = integers(pl.col("quantity")) * integers(pl.col("effective_factor"))
    return (
        sums.filter(pl.col("quantity").is_not_null())
        .select("class", "entity", "year", "category", "item", "quantity", "single")
        .join(factors, on="class", how="inner", maintain_order="left")
        .select(
            "entity",
            (pl.col("year") + pl.col("lag")).cast(pl.Int16).alias("year"),
            *("category", "item", "gas", "scope", "account", "method", "pack", "single"),
            product.alias("product"),
        )
    )


def _rounded(products: pl.LazyFrame) -> pl.LazyFrame:
    """Products that are cells by themselves."""
    mass = rounded_integers(pl.col("product"), PRODUCT_DIGITS, MASS_DIGITS)
    return products.select(*CELL, decimals(mass, MASS_DIGITS).alias("mass_t"), "method", "pack")


def _of_several_keys(products: pl.LazyFrame, absent: pl.LazyFrame) -> pl.LazyFrame:
    """Cells of several key sums: added exactly, rounded once; missing whole where any key has no factor."""
    mass = rounded_integers(pl.col("product").sum(), PRODUCT_DIGITS, MASS_DIGITS)
    together = [pl.col(name).unique().sort().str.join("+") for name in ("method", "pack")]
    masses = products.group_by(CELL).agg(decimals(mass, MASS_DIGITS).alias("mass_t"), *together)
    named = absent.group_by(CELL).agg(
        pl.col("notation_key").sort_by(~pl.col("lacks"), "notation_key").first(),
        pl.when(pl.col("reason").count() > 0).then(pl.col("reason").drop_nulls().unique().sort().str.join("; ")),
        pl.col("lacks").any(),
    )
    whole = pl.col("mass_t").is_not_null() & ~pl.col("lacks").fill_null(value=False)
    shown = [pl.when(whole).then(pl.col(name)).alias(name) for name in ("mass_t", "method", "pack")]
    hidden = [pl.when(~whole).then(pl.col(name)).alias(name) for name in ("notation_key", "reason")]
    united = masses.join(named, on=list(CELL), how="full", coalesce=True, nulls_equal=True)
    return united.with_columns(*shown, *hidden).drop("lacks")


def _absent(sums: pl.LazyFrame, effective: pl.LazyFrame, missing: pl.LazyFrame) -> pl.LazyFrame:
    """Keys without a mass: their notation key (NE where a factor is missing), the reason, and which of the two."""
    lacking = (
        sums.filter(pl.col("quantity").is_not_null())
        .join(missing.select(*_KIND, "reason"), on="class", how="inner")
        .with_columns(pl.lit("NE").alias("notation_key"), pl.lit(value=True).alias("lacks"))
    )
    gases = pl.concat([missing.select(_KIND), effective.select(_KIND)])
    written = (
        sums.filter(pl.col("notation_key").is_not_null())
        .join(gases.unique(), on="class", how="inner")
        .with_columns(pl.lit(None, pl.String).alias("reason"), pl.lit(value=False).alias("lacks"))
    )
    columns = [*ABSENT, "lacks", "single"]
    return pl.concat([lacking.select(columns), written.select(columns)])


def _with_co2e(united: pl.LazyFrame, gwp: Mapping[str, Fraction]) -> pl.LazyFrame:
    for gas, value in gwp.items():
        if not holds(value, GWP_DIGITS):
            raise ValueError(f"GWP of {gas} needs more than {GWP_DIGITS} decimals")
    known = pl.LazyFrame(
        {
            "gas": pl.Series([*gwp]).cast(united.collect_schema()["gas"], strict=False),
            "gwp": pl.Series([scaled(value, GWP_DIGITS) for value in gwp.values()], dtype=pl.Int128),
        }
    )
    weighted = rounded_integers(integers(pl.col("mass_t")) * pl.col("gwp"), MASS_DIGITS + GWP_DIGITS, MASS_DIGITS)
    return united.join(known, on="gas", how="left", maintain_order="left").with_columns(
        decimals(weighted, MASS_DIGITS).alias("co2e_t")
    )


def products_within_range(sums: pl.LazyFrame, effective: pl.LazyFrame) -> None:
    """Refuse (`sum.overflow`) a cell whose Σ|key sum × factor| could wrap in Int128, by name."""
    size = pl.col("product").abs()
    quick = pl.collect_all([
        sums.select(integers(pl.col("quantity")).cast(pl.Float64).abs().sum()),
        effective.select(integers(pl.col("effective_factor")).cast(pl.Float64).abs().max()),
    ])  # fmt: skip
    bound = (quick[0].item() or 0.0) * (quick[1].item() or 0.0)
    if within_range(bound):
        return
    factors = effective.select("class", "gas", "effective_factor")
    product = integers(pl.col("quantity")).cast(pl.Float64) * integers(pl.col("effective_factor")).cast(pl.Float64)
    by_cell = (
        sums.join(factors, on="class", how="inner")
        .with_columns(product.alias("product"))
        .group_by("entity", "year", "category", "item", "gas")
        .agg(size.sum().alias("magnitude"))
        .sort("magnitude", descending=True)
        .head(1)
        .collect()
    )
    if not by_cell.is_empty() and not within_range(by_cell["magnitude"][0]):
        name = "/".join(str(part) for part in by_cell.row(0)[:-1])
        raise DataRefused("sum.overflow", name=name, magnitude=f"{by_cell['magnitude'][0]:.2e}")
