"""Wholes made from parts: a city whose figures are those of its parks, because the project says so (`[[parts]]`).

    [[parts]]
    whole = "330100"
    of = ["P1", "P2"]

A park's inventory is its own; only so do its rows enter a city's. Which share of a part lies in the whole is what the
table `entities` says, or GB/T 2260 for a code inside a code. A whole that has figures of its own for what a part has
already would count the park twice: it is refused, unless `adds = true` says that the figures are others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import polars as pl

from accounting import codes, ledger
from accounting.errors import Where, rejection
from accounting.exact import plain
from accounting.ingest.project_tables.circles import on_circles
from accounting.ledger import Part
from accounting.project import FILE_NAME, Whole

LISTED = 200
Problem = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a faulty table of entities leaves open: `names` of which it is not known where they lie, `more` there may be."""

    names: frozenset[str] = frozenset()
    more: bool = False


def parts(wholes: Sequence[Whole], lineages: codes.Lineages, doubt: Doubt = Doubt()) -> tuple[tuple[Part, ...], list[Problem]]:
    """The parts of each whole with their shares, and what is wrong with them; of what is in doubt nothing is said.

    `parts.unknown`, `parts.outside`, `parts.twice`, `parts.nested`, `parts.cycle`.
    """
    found: list[Part] = []
    problems: list[Problem] = []
    for number, one in enumerate(wholes, 1):
        where = Where(FILE_NAME, cell=f"[[parts]] {number}")
        names = [one.whole, *one.of]
        problems += [
            rejection("parts.unknown", where, name)
            for name in names
            if not codes.is_place(name) and name not in lineages.belongings and not doubt.more
        ]
        problems += [rejection("parts.twice", where, name) for name in sorted({n for n in one.of if one.of.count(n) > 1})]
        if any(earlier.whole == one.whole for earlier in wholes[: number - 1]):
            problems.append(rejection("parts.twice", where, one.whole))
        for name in (name for name in dict.fromkeys(one.of) if name not in doubt.names):
            inside = [other for other in one.of if other != name and _is_inside(name, other, lineages)]
            problems += [rejection("parts.nested", where, name, other=other, whole=one.whole) for other in inside]
            own = list(_shares(name, one.whole, lineages))
            known = codes.is_place(name) or name in lineages.belongings
            if not own and known:
                problems.append(rejection("parts.outside", where, name, whole=one.whole))
            found += own
    problems += [rejection("parts.cycle", Where(FILE_NAME, cell="[[parts]]"), whole) for whole in on_circles(_made_of(found))]
    return tuple(found), problems


def _shares(part: str, whole: str, lineages: codes.Lineages) -> Iterable[Part]:
    """How much of a part lies in a whole, for each span of years in which that is one and the same."""
    if codes.is_place(part):
        if whole in codes.ancestors(part):
            yield Part(whole, part)
        return
    rows = lineages.belongings.get(part, ())
    bounds = sorted({row.since for row in rows} | {row.until + 1 for row in rows})
    for since, after in pairwise(bounds):
        low = Fraction(0)
        for row in lineages.within(part, since):
            if row.parent is not None and _is_wholly(row.parent, whole, since, lineages):
                yield Part(whole, part, low, low + row.share, since, after - 1)
            low += row.share


def _is_wholly(entity: str, whole: str, year: int, lineages: codes.Lineages) -> bool:
    """Whether an entity is the whole, or lies in it with nothing outside."""
    if entity == whole:
        return True
    if codes.is_place(entity):
        return whole in codes.ancestors(entity)
    rows = lineages.within(entity, year)
    return bool(rows) and all(row.parent is not None and _is_wholly(row.parent, whole, year, lineages) for row in rows)


def _is_inside(entity: str, other: str, lineages: codes.Lineages) -> bool:
    """Whether an entity lies in another, in any year and with any share."""
    if codes.is_place(entity):
        return other in codes.ancestors(entity)
    parents = {row.parent for row in lineages.belongings.get(entity, ()) if row.parent}
    return other in parents or any(_is_inside(parent, other, lineages) for parent in parents)


def _made_of(found: Sequence[Part]) -> dict[str, set[str]]:
    """Each whole with its parts."""
    made_of: dict[str, set[str]] = {}
    for part in found:
        made_of.setdefault(part.whole, set()).add(part.part)
    return made_of


def counted_twice(before: pl.DataFrame, after: pl.DataFrame, found: Sequence[Part], wholes: Sequence[Whole]) -> list[Problem]:
    """`parts.counted_twice` for each figure that a whole has of its own and gets from a part as well.

    `before` and `after` are the key sums without the wholes and with them. A category or item above or below another
    counts as the same: what a city has of industry holds what its park has of a division. A zero and a notation key are
    no figures.
    """
    silent = [one.whole for one in wholes if not one.adds]
    own = _figures(before.filter((pl.col("quantity") != 0) & pl.col("entity").is_in(silent)))
    figures = after.filter(pl.col("quantity") != 0)
    made = _figures(ledger.cut(figures, [part for part in found if part.whole in silent]), "part")
    same = own.join(made, on=["entity", "year", "category_root", "item_root"], suffix="_of_part")
    for column, parents in (("category", codes.category_parents), ("item", codes.item_parents)):
        pairs = same.select(column, f"{column}_of_part").unique()
        one_line = [pair for pair in pairs.rows() if codes.in_one_line(*pair, parents)]
        same = same.join(pl.DataFrame(one_line, schema=pairs.schema, orient="row"), on=pairs.columns, how="semi")
    listed = ["entity", "year", "category", "item", "part"]
    twice = same.select(listed).unique().sort(listed)
    return [_told_twice(row, twice.height) for row in twice.head(LISTED).to_dicts()]


def _told_twice(row: dict[str, Any], count: int) -> Problem:
    category, item = codes.category(row["category"]), codes.item(row["item"])
    return rejection(
        "parts.counted_twice", Where(FILE_NAME, cell="[[parts]]"),
        f"{row['entity']} {row['year']} {row['category']} {row['item']}", whole=row["entity"], part=row["part"], count=count,
        category_zh=category.name_zh, category_en=category.name_en, item_zh=item.name_zh, item_en=item.name_en, year=row["year"],
    )  # fmt: skip


def _figures(rows: pl.DataFrame, *more: str) -> pl.DataFrame:
    """Which figures there are, with the topmost category and item of each."""
    distinct = rows.select("entity", "year", "category", "item", *more).unique()
    return distinct.with_columns(
        _replaced(distinct, "category", lambda word: (word, *codes.category_parents(word))[-1]),
        _replaced(distinct, "item", lambda word: (word, *codes.item_parents(word))[-1]),
    )


def _replaced(rows: pl.DataFrame, column: str, root: Callable[[str], str]) -> pl.Expr:
    names = {word: root(word) for word in rows[column].unique().to_list()}
    return pl.col(column).replace_strict(names, return_dtype=pl.String).alias(f"{column}_root")


def rounded(sums: pl.DataFrame, found: Sequence[Part]) -> tuple[int, str]:
    """How many pieces needed more than nine decimals, and of which parts."""
    inexact = ledger.cut(sums.filter(pl.col("quantity").is_not_null()), found).filter("inexact")
    shares = {part.part: plain(part.share) for part in found}
    names = [f"{name} ({shares[name]})" for name in inexact["part"].unique().sort().to_list()]
    return inexact.height, ", ".join(names)
