"""Which parameter rows fit a class, and in which order: the seven ranks of design §1.3.

1 place (own, then its ancestors, the nation, international) · 2 order of the packs · 3 category given before null ·
4 own item before its parent · 5 highest tier · 6 latest valid_from · 7 published date. Validity alone selects a year;
when a figure was measured or printed does not.

Since place ranks first, the nearest place with a row that fits decides; the rows of one place stand in one order for all
classes that differ in place alone, and are judged once for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from accounting import codes
from accounting.errors import DataRefused
from accounting.factors import bases
from accounting.factors.own import OWN, SHARE, SPLITS
from accounting.factors.pack import Pack, is_valid, place_of
from accounting.factors.values import Value, value
from accounting.tables import CLASS_KEY

INTERNATIONAL = "WORLD"
OTHER_YEAR = "other year"
ASIDE_FROM_PLACE = CLASS_KEY[1:]
Key = dict[str, Any]


@dataclass(frozen=True, eq=False)
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


ByPlace = dict[str, list[Candidate]]


@dataclass(frozen=True, slots=True)
class Passed:
    """A row that was passed over, and why."""

    row: str
    why: str

    def __str__(self) -> str:
        return f"{self.row} ({self.why})"


@dataclass(frozen=True, eq=False)
class Choice:
    """The value that applies, why, and what was passed over; `chosen` is None where nothing fits or a tie is left.

    Classes that choose alike have the same one.
    """

    chosen: Candidate | None
    rank: tuple[Any, ...]
    passed_over: tuple[Passed, ...]
    tied: tuple[str, ...] = ()

    def passed_for(self, why: str) -> Passed | None:
        """The first row that was passed over for that reason."""
        return next((passed for passed in self.passed_over if passed.why == why), None)


class Index:
    """The parameter rows of the chosen packs by parameter, gas, item and place: what a class looks through is short."""

    def __init__(self, packs: Sequence[Pack], lineages: codes.Lineages | None = None) -> None:
        self._lineages = lineages or codes.Lineages()
        self._places: dict[tuple[str, int], tuple[str, ...]] = {}
        self._rows: dict[tuple[str, str | None, str | None], ByPlace] = {}
        self._serving: dict[tuple[str, str, str], ByPlace] = {}
        self._standings: dict[tuple[Any, ...], Standing] = {}
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

    def of(self, parameter: str, gas: str, item: str) -> ByPlace:
        """Rows of a parameter by place, for a gas or no gas in particular, for an item, its parents, or none."""
        asked = (parameter, gas, item)
        if asked not in self._serving:
            serving = self._serving[asked] = {}
            for name in (item, *codes.item_parents(item), None):
                for kind in (gas, None):
                    for place, rows in self._rows.get((parameter, kind, name), {}).items():
                        serving.setdefault(place, []).extend(rows)
        return self._serving[asked]

    def standing(self, parameter: str, gas: str, key: Key, reads_activity: bool) -> Standing:
        """How the rows of a parameter stand to a class key, and to all that differ from it in place alone."""
        asked = (parameter, gas, reads_activity, *(key[name] for name in ASIDE_FROM_PLACE))
        if asked not in self._standings:
            self._standings[asked] = Standing(self.of(parameter, gas, key["item"]), key, reads_activity)
        return self._standings[asked]

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


@dataclass(frozen=True, slots=True)
class _Judged:
    """The rows of one place: those that fit with their rank, the best first; what is said of those that do not."""

    fitting: list[tuple[tuple[Any, ...], Candidate]]
    passed: list[Passed]


class Standing:
    """Rows by place as they stand to class keys that differ in place alone: each is judged once for all of them."""

    def __init__(self, rows: ByPlace, key: Key, reads_activity: bool) -> None:
        self._rows, self._key, self._reads_activity = rows, key, reads_activity
        self._judged: dict[str, _Judged] = {}
        self._passed: dict[tuple[str, ...], tuple[Passed, ...]] = {}
        self._choices: dict[tuple[tuple[int, str], ...], Choice] = {}

    def choice(self, places: Sequence[str]) -> Choice:
        """The one row that applies where these places may serve, nearest first; the order of rows never decides."""
        held = tuple([(step, place) for step, place in enumerate(places) if place in self._rows])
        if held not in self._choices:
            self._choices[held] = self._choice(held)
        return self._choices[held]

    def _choice(self, held: tuple[tuple[int, str], ...]) -> Choice:
        nearest = next(((step, place) for step, place in held if self._at(place).fitting), None)
        if nearest is None:
            return Choice(None, (), self._passed_at(tuple(place for _, place in held)))
        step, home = nearest
        (rank, best), *others = self._at(home).fitting
        if tied := [candidate for equal, candidate in others if equal == rank]:
            passed = sorted((one for _, place in held for one in self._at(place).passed), key=str)
            named = sorted(candidate.row["citation"] or "" for candidate in (best, *tied))
            return Choice(None, (step, *rank), tuple(passed), tuple(named))
        beside = [*self._at(home).passed, *(_said(candidate, "rank") for _, candidate in others)]
        beyond = self._passed_at(tuple(place for _, place in held if place != home))
        return Choice(best, (step, *rank), tuple(sorted((*beyond, *beside), key=str)) if beside else beyond)

    def _at(self, place: str) -> _Judged:
        if place not in self._judged:
            obstacles = [(one, _obstacle(one, self._key, self._reads_activity)) for one in self._rows[place]]
            fitting = [(_rank(one, self._key), one) for one, obstacle in obstacles if obstacle is None]
            self._judged[place] = _Judged(
                sorted(fitting, key=lambda pair: pair[0]),
                [_said(one, obstacle) for one, obstacle in obstacles if obstacle is not None],
            )
        return self._judged[place]

    def _passed_at(self, places: tuple[str, ...]) -> tuple[Passed, ...]:
        """What is said of all rows of places of which none is taken."""
        if places not in self._passed:
            judged = [self._at(place) for place in places]
            beaten = (_said(candidate, "rank") for one in judged for _, candidate in one.fitting)
            self._passed[places] = tuple(sorted((*(passed for one in judged for passed in one.passed), *beaten), key=str))
        return self._passed[places]


def _said(candidate: Candidate, why: str) -> Passed:
    return Passed(f"{candidate.pack}: {candidate.row['value']} {candidate.row['unit']}", why)


def nearest_year(index: Index, parameter: str, gas: str, key: Key, reads_activity: bool) -> int | None:
    """The year nearest to that of a key in which the nearest place that has a value has one; of two, the earlier."""
    by_place = index.of(parameter, gas, key["item"])
    found: list[tuple[int, int, int]] = []
    for step, place in enumerate(index.places(key["place"], key["year"])):
        for candidate in by_place.get(place, ()):
            row = candidate.row
            since, until = codes.span(row["valid_from"], row["valid_to"])
            year = min(max(key["year"], since), until)
            if _obstacle(candidate, key | {"year": year}, reads_activity) is None:
                found.append((step, abs(year - key["year"]), year))
    return min(found)[2] if found else None


def _obstacle(candidate: Candidate, key: Key, reads_activity: bool) -> str | None:
    row = candidate.row
    if row["category"] is not None and row["category"] not in (key["category"], *codes.category_parents(key["category"])):
        return "other category"
    if not is_valid(row, key["year"]):
        return OTHER_YEAR
    if row.get("month") not in (None, key["month"]):
        return "other month"
    try:
        measures = candidate.value.measures
    except DataRefused as refused:
        return refused.code
    if reads_activity and measures != key["unit"]:
        return "other unit"
    return bases.obstacle(row, candidate.value, key, is_own=candidate.is_own)


def _rank(candidate: Candidate, key: Key) -> tuple[Any, ...]:
    """The order of rows of one place: the ranks from the second on."""
    row = candidate.row
    own_items = (key["item"], *codes.item_parents(key["item"]), None)
    own_categories = (key["category"], *codes.category_parents(key["category"]), None)
    return (
        candidate.pack_order,
        own_categories.index(row["category"]),
        own_items.index(row["item"]),
        -(row["tier"] or 0),
        -(row["valid_from"] or 0),
        _latest_first(row["published"]),
    )


@cache
def _latest_first(date: str | None) -> tuple[int, ...]:
    """Later dates first; a date without month or day counts as the first of its year or month."""
    parts = [-int(part) for part in (date or "0").split("-") if part.isdigit()]
    return (*parts, *(-1 for _ in range(3 - len(parts))))
