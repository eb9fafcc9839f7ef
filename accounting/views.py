"""Views: the cells of an inventory in a classification that people need, with totals.

A view is data: datasets/views/VIEW.csv has one row a line. A line with a category is a leaf: it holds the cells of that
category (and of its divisions) in its scope and account, of the items it names (and their parts) or of all. A cell stands
in one leaf at most: the leaf of the nearest item, else of the nearest category. Totals add cells that are not null; cells
of an account that no leaf claims (memo, removal, market) stand apart, under their own account; gases are added only as
CO2e.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

import polars as pl

from accounting import codes, shipped
from accounting.errors import Lang, UsageError, did_you_mean
from accounting.exact import MASS_DIGITS, decimals, integers
from accounting.tables import TABLES

ALL_GASES = "CO2e"
DEFAULT_VIEW = "energy-balance"
SCOPES = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a view; category, scope and account are given on leaves only, items where the leaf takes just these."""

    row: str
    parent: str | None
    category: str | None
    items: tuple[str, ...]
    scope: int
    account: str
    name_zh: str
    name_en: str
    apart: bool = False  # what stands under it is said beside the other lines and never added to them

    def name(self, lang: Lang) -> str:
        """Its name in one language."""
        return self.name_zh if lang == "zh" else self.name_en


@dataclass(frozen=True, slots=True)
class View:
    """A classification: its lines in printing order."""

    id: str
    lines: tuple[Line, ...]

    def leaves(self) -> tuple[Line, ...]:
        """The lines that hold cells."""
        return tuple(line for line in self.lines if line.category)

    def added_leaves(self) -> tuple[Line, ...]:
        """The leaves that may be added to each other: none that stands under a line apart."""
        apart = {line.row for line in self.lines if line.apart}
        return tuple(line for line in self.leaves() if apart.isdisjoint(self.path(line.row)))

    def categories(self) -> tuple[str, ...]:
        """The categories that the view counts in any scope, divisions of a category among them."""
        return tuple(dict.fromkeys(category for category, _ in self.counted()))

    def counted(self) -> tuple[tuple[str, int], ...]:
        """The pairs of category and scope that the view counts."""
        return tuple(dict.fromkeys((category, scope) for category, _, scope, _, _ in _held(self)))

    def path(self, row: str) -> tuple[str, ...]:
        """A line and the lines above it, from itself to the top."""
        parents = {line.row: line.parent for line in self.lines}
        path, above = [row], parents[row]
        while above:
            path.append(above)
            above = parents[above]
        return tuple(path)


@cache
def _held(shown: View) -> tuple[tuple[str, str | None, int, str, str], ...]:
    """What the leaves hold: category, item (null where no leaf of the view names items), scope, account, row."""
    named = any(line.items for line in shown.leaves())
    held: list[tuple[str, str | None, int, str, str]] = []
    for category in codes.categories():
        for item in codes.items() if named else (None,):
            for scope in SCOPES:
                leaf = _leaf(shown, (category.id, *codes.category_parents(category.id)), item, scope)
                if leaf is not None:
                    held.append((category.id, item.id if item else None, scope, leaf.account, leaf.row))
    return tuple(held)


def _leaf(shown: View, lineage: tuple[str, ...], item: codes.Item | None, scope: int) -> Line | None:
    """The leaf of the nearest category that has one, and there of the nearest item."""
    items = (item.id, *codes.item_parents(item.id)) if item else ()
    for category in lineage:
        able = [line for line in shown.leaves() if line.category == category and line.scope == scope]
        for name in items:
            for line in able:
                if name in line.items:
                    return line
        whole = [line for line in able if not line.items]
        if whole:
            return whole[0]
    return None


def held(shown: View, row: str | None = None) -> pl.LazyFrame:
    """The cells that the leaves of a view, or those under one line, hold: category, item, scope, claimed account, row.

    `item` is missing from the columns where no leaf of the view names items. Raises UsageError (`view.unknown_row`).
    """
    rows = {line.row for line in shown.lines}
    if row is not None and row not in rows:
        raise UsageError("view.unknown_row", seen=row, view=shown.id, rows=", ".join(line.row for line in shown.lines))
    kept = [one for one in _held(shown) if row is None or row in shown.path(one[4])]
    schema = {"category": pl.String, "item": pl.String, "scope": pl.Int8, "claimed": pl.String, "row": pl.String}
    frame = pl.LazyFrame(kept, schema=schema, orient="row")
    return frame if any(line.items for line in shown.leaves()) else frame.drop("item")


def placed(inventory: pl.LazyFrame, shown: View, row: str | None = None) -> pl.LazyFrame:
    """Inventory cells with the leaf (`row`) that holds them, and the account under which they are shown."""
    where = held(shown, row)
    keys = [name for name in where.collect_schema().names() if name not in ("claimed", "row")]
    return (
        inventory.join(where, on=keys, how="inner")
        .filter((pl.col("account") == pl.col("claimed")) | (pl.col("account") != "main"))
        .with_columns(
            pl.when(pl.col("account") == pl.col("claimed")).then(pl.lit("main")).otherwise("account").alias("account")
        )
        .drop("claimed")
    )


@cache
def view(name: str) -> View:
    """The view of that name. Raises UsageError (`view.unknown`).

    >>> view("energy-balance").categories()[:2]
    ('farming', 'industry')
    """
    path = shipped.datasets() / "views" / f"{name}.csv"
    if name not in views():
        raise UsageError("view.unknown", seen=name, views=", ".join(views()), close=did_you_mean(name, views()))
    with path.open(encoding="utf-8", newline="") as source:
        return View(name, tuple(_line(row, name) for row in csv.DictReader(source)))


@cache
def _apart() -> frozenset[tuple[str, str]]:
    with (shipped.datasets() / "codes" / "lines_apart.csv").open(encoding="utf-8", newline="") as source:
        return frozenset((row["view"], row["row"]) for row in csv.DictReader(source))


def _line(row: dict[str, str], view: str) -> Line:
    return Line(
        row=row["row"],
        parent=row["parent"] or None,
        category=row["category"] or None,
        items=tuple(item for item in row["items"].split("|") if item),
        scope=int(row["scope"] or 1),
        account=row["account"] or "main",
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        apart=(view, row["row"]) in _apart(),
    )


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
    leaves = placed(inventory, shown)
    by_item = _by_item(leaves, shown)
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


def _by_item(leaves: pl.LazyFrame, shown: View) -> pl.LazyFrame:
    """Each leaf's items and gases; where a leaf holds one category its cells are these already, nothing is to be added."""
    held_by: dict[str, set[str]] = {}
    for category, _, _, _, row in _held(shown):
        held_by.setdefault(row, set()).add(category)
    several = sorted(row for row, categories in held_by.items() if len(categories) > 1)
    missing = pl.col("mass_t").is_null().cast(pl.Int64)
    columns = ["entity", "year", "account", "row", "item", "gas", "mass_t", "co2e_t"]
    single = leaves.filter(~pl.col("row").is_in(several)).select(
        *columns, pl.lit(1, pl.Int64).alias("cells"), missing.alias("missing_cells")
    )
    added = _totals(leaves.filter(pl.col("row").is_in(several)), columns[:6])
    return pl.concat([single, added.select(*columns, "cells", "missing_cells")])


def _lines_of_leaves(shown: View) -> pl.LazyFrame:
    """Each leaf with itself and every line above it."""
    pairs = [(line.row, row) for line in shown.leaves() for row in shown.path(line.row)]
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
