"""Views: the cells of an inventory in a classification that people need, with totals.

A view is data: datasets/views/VIEW.csv has one row a line (row, parent, category, name_zh, name_en); a line with a
category is a leaf and holds the divisions of that category too; every category stands in exactly one leaf. Totals add cells that are not null, in account `main`
and in every other account apart; gases are added only as CO2e.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

import polars as pl

from accounting import codes, shipped
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
        """The categories that the view counts, divisions of a category among them."""
        return tuple(_rows_of_categories(self))

    def leaves_under(self, row: str) -> tuple[str, ...]:
        """The categories that make up a line."""
        by_row = {line.row: line for line in self.lines}
        if row not in by_row:
            raise UsageError("view.unknown_row", seen=row, view=self.id, rows=", ".join(by_row))
        return tuple(category for category, leaf in _rows_of_categories(self).items() if row in self.path(leaf))

    def path(self, row: str) -> tuple[str, ...]:
        """A line and the lines above it, from itself to the top."""
        parents = {line.row: line.parent for line in self.lines}
        path, above = [row], parents[row]
        while above:
            path.append(above)
            above = parents[above]
        return tuple(path)


@cache
def _rows_of_categories(shown: View) -> dict[str, str]:
    """Each counted category with the leaf that holds it: its own, else that of the nearest category above it."""
    own = {line.category: line.row for line in shown.lines if line.category}
    lineages = ((known.id, *codes.category_parents(known.id)) for known in codes.categories())
    held = ((lineage[0], next((own[above] for above in lineage if above in own), None)) for lineage in lineages)
    return {category: row for category, row in held if row is not None}


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
    """The lines of a view for each entity, year and account.

    Takes Inventory; gives the columns of tables.TABLES["view"]: for leaves each item and gas; for every line all
    items (`item` null) by gas, and with gas `CO2e` (mass null) the sum over gases. `cells` counts the cells of a line,
    `missing_cells` those without a mass; a total of which no cell has one is null, never 0.
    """
    place = ["entity", "year", "account", "row"]
    leaves = inventory.join(_leaves(shown), on="category", how="inner")
    by_item = _totals(leaves, [*place, "item", "gas"])
    whole = _totals(leaves.rename({"row": "leaf"}), ["entity", "year", "account", "leaf", "gas"])
    counted = whole.join(_lines_of_leaves(shown), on="leaf", how="inner")
    by_gas = _added(counted, [*place, "gas"]).with_columns(pl.lit(None, pl.String).alias("item"))
    all_gases = _added(by_gas, place).with_columns(
        pl.lit(None, pl.String).alias("item"),
        pl.lit(ALL_GASES).alias("gas"),
        pl.lit(None, TABLES["view"]["mass_t"]).alias("mass_t"),
    )
    columns = list(TABLES["view"])
    return pl.concat([part.select(columns) for part in (by_item, by_gas, all_gases)])


def _leaves(shown: View) -> pl.LazyFrame:
    """Categories with the line that holds them."""
    pairs = list(_rows_of_categories(shown).items())
    return pl.LazyFrame(pairs, schema={"category": pl.String, "row": pl.String}, orient="row")


def _lines_of_leaves(shown: View) -> pl.LazyFrame:
    """Each leaf with itself and every line above it."""
    pairs = [(line.row, row) for line in shown.lines if line.category for row in shown.path(line.row)]
    return pl.LazyFrame(pairs, schema={"leaf": pl.String, "row": pl.String}, orient="row")


def _added(totals: pl.LazyFrame, by: list[str]) -> pl.LazyFrame:
    """Totals of totals: exact, with their counts."""
    return totals.group_by(by).agg(*_SUMS, pl.col("cells", "missing_cells").sum()).with_columns(_AS_DECIMALS)


def _totals(counted: pl.LazyFrame, by: list[str]) -> pl.LazyFrame:
    """Exact sums of cells; null where no cell has a mass."""
    counts = (
        pl.len().cast(pl.Int64).alias("cells"),
        pl.col("mass_t").null_count().cast(pl.Int64).alias("missing_cells"),
    )
    return counted.group_by(by).agg(*_SUMS, *counts).with_columns(_AS_DECIMALS)


_SUMS = [pl.when(pl.col(mass).count() > 0).then(integers(pl.col(mass)).sum()).alias(mass) for mass in ("mass_t", "co2e_t")]
_AS_DECIMALS = decimals(pl.col("mass_t", "co2e_t"), MASS_DIGITS)
