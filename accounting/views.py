"""Views: the cells of an inventory in a classification that people need, with totals.

A view is data: datasets/views/VIEW.csv has one row a line (row, parent, category, name_zh, name_en); a line with a
category is a leaf, every category stands in exactly one leaf. Totals add cells that are not null, in account `main`
and in every other account apart; gases are added only as CO2e.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

import polars as pl

from accounting import shipped
from accounting.errors import UsageError, did_you_mean
from accounting.exact import MASS_DIGITS, decimals, integers
from accounting.tables import TABLES

ALL_GASES = "CO2e"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a view; `category` is given on leaves only."""

    row: str
    parent: str | None
    category: str | None
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class View:
    """A classification: its lines in printing order."""

    id: str
    lines: tuple[Line, ...]

    def categories(self) -> tuple[str, ...]:
        """The categories that the view counts."""
        return tuple(line.category for line in self.lines if line.category)

    def leaves_under(self, row: str) -> tuple[str, ...]:
        """The categories that make up a line."""
        by_row = {line.row: line for line in self.lines}
        if row not in by_row:
            raise UsageError("view.unknown_row", seen=row, view=self.id, rows=", ".join(by_row))
        return tuple(line.category for line in self.lines if line.category and row in self.path(line.row))

    def path(self, row: str) -> tuple[str, ...]:
        """A line and the lines above it, from itself to the top."""
        parents = {line.row: line.parent for line in self.lines}
        path, above = [row], parents[row]
        while above:
            path.append(above)
            above = parents[above]
        return tuple(path)


@cache
def view(name: str) -> View:
    """The view of that name.

    >>> view("energy-balance").categories()[:2]
    ('farming', 'industry')
    """
    path = shipped.datasets() / "views" / f"{name}.csv"
    if name not in views():
        raise UsageError("view.unknown", seen=name, views=", ".join(views()), close=did_you_mean(name, views()))
    with path.open(encoding="utf-8", newline="") as source:
        lines = tuple(
            Line(r["row"], r["parent"] or None, r["category"] or None, r["name_zh"], r["name_en"])
            for r in csv.DictReader(source)
        )
    return View(name, lines)


@cache
def views() -> tuple[str, ...]:
    """The names of all views."""
    return tuple(sorted(path.stem for path in (shipped.datasets() / "views").glob("*.csv")))


def view_table(inventory: pl.LazyFrame, shown: View) -> pl.LazyFrame:
    """Every line of a view for each entity, year and account, by item and for all items (`item` null).

    Takes Inventory; gives the columns of tables.TABLES["view"]. By item and for all items a line is given for each
    gas; for all items also with gas `CO2e` (mass null), the sum over gases. `cells` counts the cells of a line,
    `missing_cells` those without a mass; a total of which no cell has one is null, never 0.
    """
    counted = inventory.join(_lines_of_categories(shown), on="category", how="inner")
    place = ["entity", "year", "account", "row"]
    by_item = _totals(counted, [*place, "item", "gas"])
    by_gas = _totals(counted, [*place, "gas"]).with_columns(pl.lit(None, pl.String).alias("item"))
    all_gases = _totals(counted, place).with_columns(
        pl.lit(None, pl.String).alias("item"),
        pl.lit(ALL_GASES).alias("gas"),
        pl.lit(None, TABLES["view"]["mass_t"]).alias("mass_t"),
    )
    columns = list(TABLES["view"])
    return pl.concat([part.select(columns) for part in (by_item, by_gas, all_gases)])


def _lines_of_categories(shown: View) -> pl.LazyFrame:
    pairs = [(line.category, row) for line in shown.lines if line.category for row in shown.path(line.row)]
    return pl.LazyFrame(pairs, schema={"category": pl.String, "row": pl.String}, orient="row")


def _totals(counted: pl.LazyFrame, by: list[str]) -> pl.LazyFrame:
    sums = [
        pl.when(pl.col(mass).count() > 0).then(integers(pl.col(mass)).sum()).alias(mass) for mass in ("mass_t", "co2e_t")
    ]
    return (
        counted.group_by(by)
        .agg(
            *sums,
            pl.len().cast(pl.Int64).alias("cells"),
            pl.col("mass_t").null_count().cast(pl.Int64).alias("missing_cells"),
        )
        .with_columns(decimals(pl.col("mass_t", "co2e_t"), MASS_DIGITS))
    )
