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
    is never shown. A written notation key stays where nothing was reported. Gives Inventory: cells of one key sum in the
    order of the key sums, their kinds within, the others after them. Words that are coded, alike in both tables, stay so.
    """
    single = _single(sums, effective)
    known = _potentials(gwp, effective.collect_schema()["gas"])
    kinds = _kinds(effective, missing).join(single, on="class", how="semi").join(known, on="gas", how="left").collect()
    rest = sums.join(single, on="class", how="anti", maintain_order="left")
    of_several = _of_several_keys(_products(rest, effective), _absent(rest, effective, missing))
    united = [_of_one_key(sums, kinds), of_several.join(known, on="gas", how="left", maintain_order="left")]
    weighted = rounded_integers(integers(pl.col("mass_t")) * pl.col("gwp"), MASS_DIGITS + GWP_DIGITS, MASS_DIGITS)
    return (
        pl.concat(united, how="diagonal")
        .with_columns(decimals(weighted, MASS_DIGITS).alias("co2e_t"))
        .select(list(TABLES["inventory"]))
    )


_KIND = ("class", "gas", "scope", "account")


def _single(sums: pl.LazyFrame, effective: pl.LazyFrame) -> pl.LazyFrame:
    """Classes whose keys are cells by themselves: one unit, month and basis a category, item and year, and no lag.

    Nothing has to be added up for them, and that is nearly every key of annual statistics.
    """
    forms = sums.unique("class").select("class", "category", "item", "year", pl.struct("month", "unit", "basis").alias("form"))
    lags = effective.filter(pl.col("lag") != 0).select(pl.len().alias("lags"))
    alone = pl.col("form").n_unique().over("category", "item", "year") == 1
    return forms.filter(alone).join(lags, how="cross").filter(pl.col("lags") == 0).select("class")


def _kinds(effective: pl.LazyFrame, missing: pl.LazyFrame) -> pl.LazyFrame:
    """What cells a key of each class gives, in their order: with a factor, or with the reason why it has none."""
    known = effective.select(*_KIND, "effective_factor", "method", "pack")
    return pl.concat([known, missing.select(*_KIND, "reason")], how="diagonal")


def _each(keys: pl.LazyFrame, kinds: pl.DataFrame) -> pl.LazyFrame:
    """Keys with each kind of their class, in the order of both. Kinds sorted by class have numbers in a row, so that a key
    is expanded by their range: an ordered join of many with many is slow.
    """
    numbered = kinds.sort(_KIND).with_row_index("kind")
    number = pl.col("kind")
    spans = numbered.lazy().group_by("class").agg(number.min().alias("first"), (number.max() + 1).alias("end"))
    ranges = pl.int_ranges("first", "end", dtype=pl.UInt32).alias("kind")
    return (
        keys.join(spans, on="class", how="inner", maintain_order="left")
        .with_columns(ranges)
        .drop("class", "first", "end")
        .explode("kind", empty_as_null=False)
        .with_columns(pl.lit(numbered[name]).gather("kind").alias(name) for name in kinds.columns if name != "class")
    )


def _of_one_key(sums: pl.LazyFrame, kinds: pl.DataFrame) -> pl.LazyFrame:
    """Cells of one key sum each: nothing but the products, rounded."""
    product = integers(pl.col("quantity")) * integers(pl.col("effective_factor"))
    mass = rounded_integers(product, PRODUCT_DIGITS, MASS_DIGITS)
    written, known = pl.col("notation_key").is_not_null(), pl.col("effective_factor").is_not_null()
    keys = sums.select("class", "entity", "year", "category", "item", "quantity", "notation_key")
    return _each(keys, kinds).select(
        *CELL,
        decimals(mass, MASS_DIGITS).alias("mass_t"),
        *(pl.when(~written).then(pl.col(name)).alias(name) for name in ("method", "pack", "reason")),
        pl.when(written | known).then("notation_key").otherwise(pl.lit("NE")).alias("notation_key"),
        "gwp",
    )


def _products(sums: pl.LazyFrame, effective: pl.LazyFrame) -> pl.LazyFrame:
    factors = effective.select(*_KIND, "lag", "effective_factor", "method", "pack")
    product = integers(pl.col("quantity")) * integers(pl.col("effective_factor"))
    return (
        sums.filter(pl.col("quantity").is_not_null())
        .select("class", "entity", "year", "category", "item", "quantity")
        .join(factors, on="class", how="inner", maintain_order="left")
        .select(
            "entity",
            (pl.col("year") + pl.col("lag")).cast(pl.Int16).alias("year"),
            *("category", "item", "gas", "scope", "account", "method", "pack"),
            product.alias("product"),
        )
    )


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
    columns = [*CELL, "notation_key", "reason", "lacks"]
    return pl.concat([lacking.select(columns), written.select(columns)])


def _potentials(gwp: Mapping[str, Fraction], gases: pl.DataType) -> pl.LazyFrame:
    """The GWP of each gas, scaled: columns gas, typed so, and gwp."""
    for gas, value in gwp.items():
        if not holds(value, GWP_DIGITS):
            raise ValueError(f"GWP of {gas} needs more than {GWP_DIGITS} decimals")
    scaled_values = pl.Series([scaled(value, GWP_DIGITS) for value in gwp.values()], dtype=pl.Int128)
    return pl.LazyFrame({"gas": pl.Series([*gwp]).cast(gases, strict=False), "gwp": scaled_values})


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
