"""Which parameter rows fit a class, and in which order: the seven ranks of design §1.3.

1 place (own, then its ancestors, the nation, international) · 2 order of the packs · 3 category given before null ·
4 own item before its parent · 5 highest tier · 6 latest valid_from · 7 published date. Validity alone selects a year;
when a figure was measured or printed does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from accounting import codes
from accounting.errors import DataRefused
from accounting.factors import bases
from accounting.factors.own import OWN, SHARE, SPLITS
from accounting.factors.pack import Pack, is_valid, place_of
from accounting.factors.values import Value, value

INTERNATIONAL = "WORLD"
Key = dict[str, Any]


@dataclass(frozen=True)
class Candidate:
    """One row of a pack with its place in the order of packs."""

    row: dict[str, Any]
    pack: str
    pack_order: int

    @cached_property
    def value(self) -> Value:
        return value(self.row["parameter"], self.row["value"], self.row["unit"])

    @property
    def is_own(self) -> bool:
        """Whether the project measured it itself."""
        return self.pack == OWN


@dataclass(frozen=True)
class Choice:
    """The value that applies, why, and what was passed over; `chosen` is None where nothing fits or a tie is left."""

    chosen: Candidate | None
    rank: tuple[Any, ...]
    passed_over: tuple[str, ...]
    tied: tuple[str, ...] = ()
    needs_basis: bool = False


class Index:
    """The parameter rows of the chosen packs by parameter, gas, item and place: what a class looks through is short."""

    def __init__(self, packs: Sequence[Pack], lineages: codes.Lineages | None = None) -> None:
        self._lineages = lineages or codes.Lineages()
        self._places: dict[tuple[str, int], tuple[str, ...]] = {}
        self._rows: dict[tuple[str, str | None, str | None], dict[str, list[Candidate]]] = {}
        self._held: dict[tuple[str, str, str, str | None], bool] = {}
        for order, pack in enumerate(packs):
            for row in pack.parameters.to_dicts():
                by_place = self._rows.setdefault((row["parameter"], row["gas"], row["item"]), {})
                candidate = Candidate(row, pack.id, order)
                by_place.setdefault(place_of(row), []).append(candidate)

    def places(self, place: str, year: int) -> tuple[str, ...]:
        """The places whose values may serve a place in a year, nearest first, international values last."""
        if (place, year) not in self._places:
            above = self._lineages.above(place, year) if place != codes.NATION else ()
            self._places[place, year] = (*dict.fromkeys((place, *above, codes.NATION)), INTERNATIONAL)
        return self._places[place, year]

    def parts(self, key: Key) -> tuple[Candidate, ...]:
        """The shares into which the nearest split cuts the item of a class, in the order of their kinds; none without one."""
        by_place = self._rows.get((SHARE, None, key["item"]), {})
        for place in self.places(key["place"], key["year"]):
            able = [one for one in by_place.get(place, ()) if one.pack == SPLITS and is_valid(one.row, key["year"])]
            if able:
                return tuple(sorted(able, key=lambda one: one.row["into"]))
        return ()

    def of(self, parameter: str, gas: str, item: str, places: Sequence[str]) -> Iterator[Candidate]:
        """Rows of a parameter at these places, for a gas or no gas in particular, for an item, its parents, or none."""
        for name in (item, *codes.item_parents(item), None):
            for kind in (gas, None):
                by_place = self._rows.get((parameter, kind, name), {})
                for place in places if by_place else ():
                    yield from by_place.get(place, ())

    def holds(self, parameter: str, gas: str, category: str, item: str | None) -> bool:
        """Whether the packs hold any value of a parameter for a gas that may serve a category, and an item if one is named."""
        asked = (parameter, gas, category, item)
        if asked not in self._held:
            self._held[asked] = self._look(parameter, gas, category, item)
        return self._held[asked]

    def _look(self, parameter: str, gas: str, category: str, item: str | None) -> bool:
        categories = {category, *codes.category_parents(category), None}
        items = None if item is None else {item, *codes.item_parents(item), None}
        return any(
            candidate.row["category"] in categories
            for (name, kind, of_item), by_place in self._rows.items()
            if name == parameter and kind in (gas, None) and (items is None or of_item in items)
            for rows in by_place.values()
            for candidate in rows
        )


def chosen(index: Index, parameter: str, gas: str, key: Key, reads_activity: bool) -> Choice:
    """The one value of a parameter that applies to a class key; the order of rows never decides."""
    places = index.places(key["place"], key["year"])
    fitting: list[tuple[tuple[Any, ...], Candidate]] = []
    passed: list[str] = []
    based = False
    for candidate in index.of(parameter, gas, key["item"], places):
        obstacle = _obstacle(candidate, key, reads_activity)
        if obstacle is None:
            fitting.append((_rank(candidate, key, places), candidate))
        else:
            based = based or obstacle == bases.UNSTATED
            passed.append(f"{candidate.pack}: {candidate.row['value']} {candidate.row['unit']} ({obstacle})")
    if not fitting:
        return Choice(None, (), tuple(sorted(passed)), needs_basis=based)
    fitting.sort(key=lambda pair: pair[0])
    best = [candidate for rank, candidate in fitting if rank == fitting[0][0]]
    if len(best) > 1:
        return Choice(None, fitting[0][0], tuple(sorted(passed)), tuple(sorted(c.row["citation"] or "" for c in best)))
    beaten = [f"{c.pack}: {c.row['value']} {c.row['unit']} (rank)" for _, c in fitting[1:]]
    return Choice(best[0], fitting[0][0], tuple(sorted(passed + beaten)))


def nearest_year(index: Index, parameter: str, gas: str, key: Key, reads_activity: bool) -> int | None:
    """The year nearest to that of a key in which the nearest place that has a value has one; of two, the earlier."""
    places = index.places(key["place"], key["year"])
    found: list[tuple[int, int, int]] = []
    for candidate in index.of(parameter, gas, key["item"], places):
        row = candidate.row
        year = min(max(key["year"], row["valid_from"] or 0), row["valid_to"] or 9999)
        if _obstacle(candidate, key | {"year": year}, reads_activity) is None:
            found.append((places.index(place_of(row)), abs(year - key["year"]), year))
    return min(found)[2] if found else None


def _obstacle(candidate: Candidate, key: Key, reads_activity: bool) -> str | None:
    row = candidate.row
    if row["category"] is not None and row["category"] not in (key["category"], *codes.category_parents(key["category"])):
        return "other category"
    if not is_valid(row, key["year"]):
        return "other year"
    if row.get("month") not in (None, key["month"]):
        return "other month"
    try:
        measures = candidate.value.measures
    except DataRefused as refused:
        return refused.code
    if reads_activity and measures != key["unit"]:
        return "other unit"
    return bases.obstacle(row, candidate.value, key, is_own=candidate.is_own)


def _rank(candidate: Candidate, key: Key, places: Sequence[str]) -> tuple[Any, ...]:
    row = candidate.row
    own_items = (key["item"], *codes.item_parents(key["item"]), None)
    own_categories = (key["category"], *codes.category_parents(key["category"]), None)
    return (
        places.index(place_of(row)),
        candidate.pack_order,
        own_categories.index(row["category"]),
        own_items.index(row["item"]),
        -(row["tier"] or 0),
        -(row["valid_from"] or 0),
        _latest_first(row["published"]),
    )


def _latest_first(date: str | None) -> tuple[int, ...]:
    """Later dates first; a date without month or day counts as the first of its year or month."""
    parts = [-int(part) for part in (date or "0").split("-") if part.isdigit()]
    return (*parts, *(-1 for _ in range(3 - len(parts))))
