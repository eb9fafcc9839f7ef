"""Electricity with one fixed factor: what a series needs beside the factors of each year.

The average factor of a grid falls from year to year, so a series moves even where nobody saves a kWh. Given twice, with
the factor of each year and with one for all, it shows which part is which. Everything comes from the tables of the run:
the fixed factor of an entity is the latest that the run has chosen for it, and its year is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from accounting import codes, inventory, views
from accounting.factors import effective as effective_factors
from accounting.factors.electricity_years import is_factor
from accounting.factors.values import value
from accounting.methods import Method, method, methods_for
from accounting.quality.electricity import factors
from accounting.ranks import typed_as, uncoded
from accounting.tables import CELL, TABLES, as_made

SERIES: dict[str, pl.DataType] = {
    "entity": pl.String(),
    "year": pl.Int16(),
    "row": pl.String(),
    "co2_t": TABLES["inventory"]["mass_t"],
    "missing_cells": pl.Int64(),
    "factor_year": pl.Int16(),
    "fixed_co2_t": TABLES["inventory"]["mass_t"],
    "fixed_missing_cells": pl.Int64(),
}
_LINE = ("category", "item", "scope", "account")
_ALIKE = ("entity", "account", "unit")


@dataclass(frozen=True, slots=True)
class OneFactor:
    """Electricity cells (Inventory) with one factor for all years; `years`: entity, account, factor_year."""

    cells: pl.DataFrame
    years: pl.DataFrame


def of_run(tables: Mapping[str, pl.DataFrame], record: Mapping[str, Any], shown: views.View, most: int) -> pl.DataFrame:
    """The series of a stored run (its tables and manifest) in a view, of the first `most` entities that have one."""
    power = [item.id for item in codes.items() if "electricity" in item.dimensions]
    every = as_made(tables)
    of_power = every["sums"].filter(pl.col("item").cast(pl.String).is_in(power))
    years = of_power.group_by("entity").agg(pl.col("year").n_unique())
    entities = years.filter(pl.col("year") > 1).sort("entity").head(most).select("entity").cast(pl.String)
    cells, sums = (
        uncoded(every[name].join(typed_as(entities, every[name], ["entity"]), on="entity", how="semi", maintain_order="left"))
        for name in ("inventory", "sums")
    )
    if sums.is_empty():
        return pl.DataFrame(schema=SERIES)
    gwp = {gas: Fraction(text) for gas, text in record["gwp"].items()}
    one = one_factor(
        {name: tables[name] for name in ("effective", "resolution", "missing")} | {"sums": sums},
        gwp,
        str(record["settings"].get("electricity")),
    )
    return series(cells, one, shown)


def one_factor(tables: Mapping[str, pl.DataFrame], gwp: Mapping[str, Fraction], policy: str) -> OneFactor:
    """Every electricity cell of a run with the latest factor that the run has chosen for its entity and account.

    `tables` are those of a run (sums, effective, resolution, missing), `policy` its market policy of electricity. Keys
    that lack a factor in their year have one here; a cell is NE where the latest year has no factor for its category,
    and where the run has none for the entity at all. Raises DataRefused (`sum.overflow`).
    """
    keys = _keys(tables, policy)
    chosen = factors(tables["sums"], tables["effective"], tables["resolution"])
    chosen = chosen.with_columns(_factor_year().alias("factor_year"))
    years = chosen.group_by("entity", "account").agg(pl.col("factor_year").max()).sort("entity", "account")
    latest = chosen.join(years, on=["entity", "account", "factor_year"], how="semi")
    fixed = _valued(keys, latest).with_row_index("number").with_columns(pl.col("number").cast(pl.Int64).alias("class"))
    known = fixed.filter(pl.col("value").is_not_null())
    lacking = fixed.filter(pl.col("value").is_null())
    sums, effective = fixed.select(TABLES["sums"].keys()).lazy(), _effective(known).lazy()
    inventory.products_within_range(sums, effective)
    cells = inventory.cells(
        sums,
        effective,
        lacking.select("class", "gas", "scope", "account", pl.lit("没有最近的因子 / no latest factor").alias("reason")).lazy(),
        gwp,
    )
    return OneFactor(cells.collect(), years)


def _factor_year() -> pl.Expr:
    """The year of the factor of a key: its own, or that of the factor that stands in."""
    year = pl.col("year")
    return pl.max_horizontal(pl.min_horizontal(year, "valid_to"), "valid_from").cast(pl.Int16)


def _keys(tables: Mapping[str, pl.DataFrame], policy: str) -> pl.DataFrame:
    """Key sums × scope and account whose factor is one of electricity, whether the year has it or not."""
    sums = tables["sums"].filter(pl.col("quantity").is_not_null())
    lines = _lines(sums.select("category", "item").unique(), policy)
    of_class = pl.concat([tables[name].select("class", "gas", "scope", "account") for name in ("effective", "missing")])
    return sums.join(lines, on=["category", "item"], how="inner").join(
        of_class.unique(), on=["class", "gas", "scope", "account"], how="semi"
    )


def _lines(pairs: pl.DataFrame, policy: str) -> pl.DataFrame:
    """The method of each category and item in each scope and account that reads a factor of electricity."""
    rows = [
        (category, item, known.gases[0], known.scope, known.account, known.id)
        for category, item in pairs.rows()
        if codes.item(item).kind == "energy"
        for known in methods_for(category, item)
        if known.policy in (None, policy) and _of_electricity(known, item)
    ]
    schema = {"category": pl.String, "item": pl.String, "gas": pl.String, "scope": pl.Int8, "account": pl.String,
              "method": pl.String}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row").unique(_LINE, keep="first", maintain_order=True)


def _of_electricity(known: Method, item: str) -> bool:
    return any(is_factor(name, known.of_items.get(name, item)) for name in known.reads)


def _valued(keys: pl.DataFrame, latest: pl.DataFrame) -> pl.DataFrame:
    """Keys with the latest value: that of the same category and month, else the only one of the entity and account."""
    near = (*_ALIKE, "category", "item", "month")
    own, only = (
        latest.group_by(by).agg(pl.struct("value", "value_unit").unique().alias(name)).filter(pl.col(name).list.len() == 1)
        for by, name in ((near, "own"), (_ALIKE, "only"))
    )
    joined = keys.join(own, on=list(near), how="left", nulls_equal=True).join(only, on=list(_ALIKE), how="left")
    best = pl.coalesce(pl.col("own"), pl.col("only")).list.first()
    return joined.with_columns(best.struct.field("value"), best.struct.field("value_unit"))


def _effective(known: pl.DataFrame) -> pl.DataFrame:
    """What `inventory.cells` reads of Effective, the formula evaluated once for each method and value."""
    kinds = known.select("method", "value", "value_unit").unique()
    made = pl.Series(
        "effective_factor", [_factor(*kind) for kind in kinds.rows()], dtype=TABLES["effective"]["effective_factor"]
    )
    joined = known.join(kinds.with_columns(made), on=kinds.columns, how="left")
    columns = ("class", "gas", "scope", "account", "effective_factor", "method")
    return joined.select(*columns, pl.lit(0, pl.Int16).alias("lag"), pl.lit("").alias("pack"))


def _factor(name: str, printed: str, unit: str) -> Decimal:
    of = method(name)
    made = effective_factors.rows(of, {"emission_factor": value("emission_factor", printed, unit)})
    return made[0]["effective_factor"]


def with_one_factor(cells: pl.DataFrame, one: OneFactor) -> pl.DataFrame:
    """An inventory in which the electricity cells are those with one factor."""
    rest = cells.join(one.cells, on=list(CELL), how="anti")
    return pl.concat([rest, one.cells.select(cells.columns)])


def series(cells: pl.DataFrame, one: OneFactor, shown: views.View) -> pl.DataFrame:
    """Each top line of a view that holds electricity, twice: with the factors of each year and with one fixed factor.

    `cells` is Inventory, whole or of some entities; gives CO2 in the columns of SERIES, for entities with electricity in
    more than one year. `factor_year` is the year of the fixed factor; a total is null where no cell has a mass.
    """
    rows = _tops(one.cells, shown)
    several = one.cells.group_by("entity").agg(pl.col("year").n_unique()).filter(pl.col("year") > 1)["entity"]
    kept = cells.filter(pl.col("entity").is_in(several.implode()))
    ours, fixed = (
        views.view_table(one_of, shown).filter(
            pl.col("row").is_in(rows["row"].implode()), pl.col("item").is_null(), account="main", gas="CO2"
        )
        for one_of in (kept, with_one_factor(kept, _of(one, several)))
    )
    together = ours.join(fixed, on=["entity", "year", "row"], how="full", coalesce=True, suffix="_fixed")
    of_rows = together.join(rows, on="row").join(one.years.rename({"account": "claimed"}), on=["entity", "claimed"], how="left")
    return of_rows.select(
        "entity", "year", "row",
        pl.col("mass_t").alias("co2_t"), pl.col("missing_cells").fill_null(0), "factor_year",
        pl.col("mass_t_fixed").alias("fixed_co2_t"), pl.col("missing_cells_fixed").fill_null(0).alias("fixed_missing_cells"),
    ).sort("row", "entity", "year").select(pl.col(name).cast(dtype) for name, dtype in SERIES.items())  # fmt: skip


def _of(one: OneFactor, entities: pl.Series) -> OneFactor:
    return OneFactor(one.cells.filter(pl.col("entity").is_in(entities.implode())), one.years)


def _tops(cells: pl.DataFrame, shown: views.View) -> pl.DataFrame:
    """The top lines over the leaves of electricity cells, with the account that those leaves claim: row, claimed."""
    account = {line.row: line.account for line in shown.leaves()}
    leaves = views.placed(cells.lazy(), shown).filter(pl.col("account") == "main").select("row").unique().collect()
    tops = {(shown.path(row)[-1], account[row]) for row in leaves["row"]}
    return pl.DataFrame(sorted(tops), schema={"row": pl.String, "claimed": pl.String}, orient="row")
