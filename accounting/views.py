"""Views: the cells of an inventory in a classification that people need, with totals.

A view is data: datasets/views/VIEW.csv has one row a line. A line with a category is a leaf: it holds the cells of that
category (and of its divisions) in its scope and account, of the items it names (and their parts) or of all. A cell stands
in one leaf at most: the leaf of the nearest item, else of the nearest category. Totals add cells that are not null; cells
of an account that no leaf claims (memo, removal, market) stand apart, under their own account; gases are added only as
CO2e.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from accounting import codes, shipped
from accounting.errors import Lang, UsageError, did_you_mean
from accounting.exact import MASS_DIGITS, decimals, integers
from accounting.ranks import RANK, Rank, coded, enum, typed_as
from accounting.tables import ACCOUNTS, CELL, ORDER, TABLES, plain

ALL_GASES = "CO2e"
DEFAULT_VIEW = "energy-balance"
SCOPES = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a view; category, scope and account are given on leaves only, items and gases where it takes just these."""

    row: str
    parent: str | None
    category: str | None
    items: tuple[str, ...]
    scope: int
    account: str
    gases: tuple[str, ...]
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
    leaves = shown.leaves()
    items = codes.items() if any(line.items for line in leaves) else (None,)
    held: list[tuple[str, str | None, int, str, str]] = []
    for category in codes.categories():
        lineage = (category.id, *codes.category_parents(category.id))
        for scope in SCOPES:
            levels = [[line for line in leaves if (line.category, line.scope) == (one, scope)] for one in lineage]
            for item in items if any(levels) else ():
                leaf = _leaf(levels, item)
                if leaf is not None:
                    held.append((category.id, item.id if item else None, scope, leaf.account, leaf.row))
    return tuple(held)


def _leaf(levels: Sequence[Sequence[Line]], item: codes.Item | None) -> Line | None:
    """The leaf of the nearest category that has one, and there of the nearest item."""
    names = (item.id, *codes.item_parents(item.id)) if item else ()
    for able in levels:
        for name in names:
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
    is_coded = isinstance(inventory.collect_schema()["account"], pl.Enum)
    accounts = enum(pl.Series(ACCOUNTS)) if is_coded else pl.String()
    keys = [name for name in where.collect_schema().names() if name not in ("claimed", "row")]
    known = typed_as(where, inventory, keys)
    claimed = pl.col("account") == pl.col("claimed")
    return (
        inventory.with_columns(pl.col("account").cast(accounts))
        .join(known.with_columns(pl.col("claimed").cast(accounts)), on=keys, how="inner", maintain_order="left")
        .filter(claimed | (pl.col("account") != "main"), _of_its_gases(shown))
        .with_columns(pl.when(claimed).then(pl.lit("main", accounts)).otherwise("account").alias("account"))
        .drop("claimed")
    )


def _of_its_gases(shown: View) -> pl.Expr:
    """Whether a cell is of a gas that its leaf takes: a few leaves name theirs, the others take all."""
    rows_of: dict[tuple[str, ...], list[str]] = {}
    for line in shown.leaves():
        rows_of.setdefault(line.gases, []).append(line.row)
    fits = pl.lit(value=True)
    for gases, rows in rows_of.items():
        if gases:
            fits = fits & (pl.col("gas").is_in(gases) | ~pl.col("row").is_in(rows))
    return fits


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
        gases=tuple(gas for gas in (row.get("gases") or "").split("|") if gas),
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        apart=(view, row["row"]) in _apart(),
    )


@cache
def views() -> tuple[str, ...]:
    """The names of all views."""
    return tuple(sorted(path.stem for path in (shipped.datasets() / "views").glob("*.csv")))


def view_table(inventory: pl.DataFrame, shown: View) -> pl.DataFrame:
    """The lines of a view for each entity, year and account, in their order.

    Takes Inventory; gives the columns of tables.TABLES["view"]: for leaves each item and gas; for every
    line all items (`item` null) by gas, and with gas `CO2e` (mass null) the sum over gases. `cells` counts the cells of
    a line, `missing_cells` those without a mass; a total of which no cell has one is null, never 0.
    """
    return plain("view", coded_table(inventory, shown))


def coded_table(inventory: pl.DataFrame, shown: View) -> pl.DataFrame:
    """What `view_table` gives, its words coded.

    A line is one integer until it is shown: its rank in the order of the view.
    """
    leaves = _leaves(inventory, shown)
    rank = Rank.sure(leaves, ORDER["view"])
    cells = leaves.select(rank.expression(), *_MASSES, *_COUNTS)
    several = rank.coded("row").is_in([rank.code("row", row) for row in _of_several_categories(shown)])
    by_item = [cells.filter(~several), _added(cells.filter(several))]
    of_leaves = _added(cells.with_columns(rank.instead("item", pl.lit(0))))
    of_lines = _added(_upwards(of_leaves, rank, shown))
    in_co2e = _added(of_lines.with_columns(rank.instead("gas", pl.lit(rank.code("gas", ALL_GASES))))).with_columns(_NO_MASS)
    table = pl.concat([*by_item, of_lines, in_co2e]).sort(RANK)
    return table.with_columns(decimals(pl.col(_MASSES), MASS_DIGITS), *rank.columns()).select(list(TABLES["view"]))


def _leaves(inventory: pl.DataFrame, shown: View) -> pl.DataFrame:
    """The cells that the leaves hold, each with its counts; every word that the view may show is coded."""
    known = coded(inventory, CELL)
    kind = Rank.sure(known, _KIND)
    cells = known.select("entity", "year", kind.expression(), *_MASSES)
    kinds = placed(cells.lazy().select(RANK).unique().select(RANK, *kind.columns()), shown).collect()
    words = {"gas": [*kinds["gas"].unique().cast(pl.String), ALL_GASES], "row": [line.row for line in shown.lines]}
    types = pl.Schema({name: enum(pl.Series(every)) for name, every in words.items()})
    shown_as = coded(kinds.cast(types), ("account", "item")).select(RANK, "account", "row", "item", "gas")
    counts = pl.lit(1, pl.Int64).alias("cells"), pl.col("mass_t").is_null().cast(pl.Int64).alias("missing_cells")
    return cells.join(shown_as, on=RANK).with_columns(integers(pl.col(_MASSES)), *counts)


def _of_several_categories(shown: View) -> list[str]:
    """Leaves whose cells must be added up before they are shown item by item."""
    held_by: dict[str, set[str]] = {}
    for category, _, _, _, row in _held(shown):
        held_by.setdefault(row, set()).add(category)
    return [row for row, categories in held_by.items() if len(categories) > 1]


def _upwards(of_leaves: pl.DataFrame, rank: Rank, shown: View) -> pl.DataFrame:
    """The lines of leaves, for each leaf itself and every line above it."""
    lines = {line.row: rank.code("row", line.row) for line in shown.lines}
    pairs = [(lines[line.row], lines[row]) for line in shown.leaves() for row in shown.path(line.row)]
    above = pl.DataFrame(pairs, schema={"leaf": rank.dtype, "line": rank.dtype}, orient="row")
    joined = of_leaves.with_columns(rank.coded("row").alias("leaf")).join(above, on="leaf")
    return joined.with_columns(rank.instead("row", pl.col("line"))).drop("leaf", "line")


def _added(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines of one rank as one: exact sums, null where no part has any."""
    sums = (pl.when(pl.col(mass).count() > 0).then(pl.col(mass).sum()).alias(mass) for mass in _MASSES)
    return lines.lazy().group_by(RANK).agg(*sums, pl.col(_COUNTS).sum()).collect()


_KIND = ("category", "item", "gas", "scope", "account")  # decides in which leaf a cell stands
_MASSES = ["mass_t", "co2e_t"]
_COUNTS = ["cells", "missing_cells"]
_NO_MASS = pl.lit(None, pl.Int128).alias("mass_t")
