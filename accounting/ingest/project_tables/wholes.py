"""Wholes made from parts: a city whose figures are those of its parks, because the project says so (`[[parts]]`).

    [[parts]]
    whole = "330100"
    of = ["P1", "P2"]

A park's inventory is its own; only so do its rows enter a city's. Which share of a part lies in the whole is what the
table `entities` says, or GB/T 2260 for a code inside a code. What a whole must not have of its own beside its parts is
judged in `twice`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
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
    problems += [rejection("parts.cycle", Where(FILE_NAME, cell="[[parts]]"), whole) for whole in on_circles(made_of(found))]
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


def made_of(found: Sequence[Part]) -> dict[str, set[str]]:
    """Each whole with its parts."""
    made_of: dict[str, set[str]] = {}
    for part in found:
        made_of.setdefault(part.whole, set()).add(part.part)
    return made_of


def with_parts(entities: Iterable[str], within: Mapping[str, Collection[str]]) -> list[str]:
    """The entities and, of those that are made of others (`within`), all of these.

    >>> with_parts(["330100"], {"330100": ["330102"], "330102": ["P1"]})
    ['330100', '330102', 'P1']
    """
    every = list(dict.fromkeys(entities))
    for entity in every:
        every += [part for part in within.get(entity, ()) if part not in every]
    return every


def rounded(sums: pl.DataFrame, found: Sequence[Part]) -> tuple[int, str]:
    """How many pieces needed more than nine decimals, and of which parts."""
    inexact = ledger.cut(sums.filter(pl.col("quantity").is_not_null()), found).filter("inexact")
    shares = {part.part: plain(part.share) for part in found}
    names = [f"{name} ({shares[name]})" for name in inexact["part"].unique().sort().to_list()]
    return inexact.height, ", ".join(names)
