"""The places above an entity: by GB/T 2260 and the grid, and by what a project says of its own parks and facilities.

    facility F → park P1 → 330100 → 330000 → GRID_EAST → CN

The values of every place on the way serve the entity, the nearest first. `place` names the code that decides factors;
where it is blank, the nearest code above does.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import Any

from accounting.codes.regions import NATION, ancestors, is_place
from accounting.codes.spans import FIRST_YEAR, LAST_YEAR, holds_in


@dataclass(frozen=True, slots=True)
class Belonging:
    """One entity inside another, for the years `since` to `until` (inclusive), wholly or for a share."""

    parent: str | None
    share: Fraction = Fraction(1)
    place: str | None = None
    since: int = FIRST_YEAR
    until: int = LAST_YEAR

    def valid_in(self, year: int) -> bool:
        """Whether it holds in the year."""
        return holds_in(year, self.since, self.until)


@dataclass(frozen=True)
class Lineages:
    """What a project says of where its entities belong; of every other entity GB/T 2260 knows.

    >>> inside = Lineages({"F": (Belonging("P1"),), "P1": (Belonging("330100"),)})
    >>> inside.above("F", 2022)
    ('P1', '330100', '330000', 'GRID_EAST', 'GRID6_EAST', 'CN')
    >>> inside.above("110105", 2022), inside.above("park-7", 2022)
    (('110000', 'GRID_NORTH_CHINA', 'GRID6_NORTH_CHINA', 'CN'), ('CN',))
    """

    belongings: Mapping[str, Sequence[Belonging]] = field(default_factory=dict)
    _known: dict[tuple[str, int], tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)

    def told(self) -> dict[str, list[dict[str, Any]]]:
        """The belongings as a JSON object, by entity.

        >>> inside = Lineages({"P1": (Belonging("330100", Fraction(1, 3)),)})
        >>> inside.told()
        {'P1': [{'parent': '330100', 'share': '1/3', 'place': None, 'since': 0, 'until': 9999}]}
        >>> lineages_told(inside.told()).within("P1", 2022)
        (Belonging(parent='330100', share=Fraction(1, 3), place=None, since=0, until=9999),)
        """
        return {
            entity: [
                {"parent": row.parent, "share": str(row.share), "place": row.place, "since": row.since, "until": row.until}
                for row in rows
            ]
            for entity, rows in self.belongings.items()
        }

    def above(self, entity: str, year: int) -> tuple[str, ...]:
        """The places above an entity in a year, nearest first, the nation last."""
        if entity not in self.belongings or is_place(entity):
            return ancestors(entity)
        key = (entity, self._era(year))
        if key not in self._known:
            self._known[key] = self._above(entity, year)
        return self._known[key]

    def _above(self, entity: str, year: int) -> tuple[str, ...]:
        rows = self.within(entity, year)
        if len(rows) == 1 and rows[0].place is None and rows[0].parent and not is_place(rows[0].parent):
            return (rows[0].parent, *self.above(rows[0].parent, year))
        decides = self.deciding(entity, year)
        own = [parent for parent in self._own_above(entity, year) if self.deciding(parent, year) == decides]
        return tuple(dict.fromkeys((*own, *((decides, *ancestors(decides)) if decides else (NATION,)))))

    def within(self, entity: str, year: int) -> tuple[Belonging, ...]:
        """Where an own entity belongs in a year: one row, several with shares, none."""
        return tuple(row for row in self.belongings.get(entity, ()) if row.valid_in(year))

    def deciding(self, entity: str, year: int) -> str | None:
        """The code that decides the factors of an entity; none where no code stands above it, or two do."""
        if is_place(entity):
            return entity
        rows = self.within(entity, year)
        given = {row.place for row in rows} - {None}
        codes = given or {self.deciding(row.parent, year) for row in rows if row.parent}
        return codes.pop() if len(codes) == 1 else None

    def _own_above(self, entity: str, year: int) -> tuple[str, ...]:
        rows = self.within(entity, year)
        if len(rows) != 1 or rows[0].parent is None or is_place(rows[0].parent):
            return ()
        return (rows[0].parent, *self._own_above(rows[0].parent, year))

    def eras(self, years: Iterable[int]) -> list[list[int]]:
        """The years in groups within which nothing changes.

        >>> Lineages({"P1": (Belonging("330100", until=2019), Belonging("330200", since=2020))}).eras([2018, 2019, 2020])
        [[2018, 2019], [2020]]
        """
        grouped: dict[int, list[int]] = {}
        for year in sorted(years):
            grouped.setdefault(self._era(year), []).append(year)
        return list(grouped.values())

    def _era(self, year: int) -> int:
        return bisect_right(self._changes, year)

    @cached_property
    def _changes(self) -> list[int]:
        """The years in which something begins, or is over."""
        spans = set(map(attrgetter("since", "until"), chain.from_iterable(self.belongings.values())))
        return sorted({since for since, _ in spans} | {until + 1 for _, until in spans})


def lineages_told(told: Mapping[str, Sequence[Mapping[str, Any]]]) -> Lineages:
    """The lineages that `Lineages.told` gave as JSON."""
    return Lineages({entity: [_belonging(**row) for row in rows] for entity, rows in told.items()})


def _belonging(parent: str | None, share: str, place: str | None, since: int, until: int) -> Belonging:
    return Belonging(parent, Fraction(share), place, since, until)
