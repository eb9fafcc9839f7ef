"""What must not be counted beside what, as data: datasets/codes/exclusive.csv, one row a side of a rule.

kind       what the sides of one group say
apart      figures of two sides describe the same thing: none of them is counted
within     the figures of `part` cannot be more than those of `whole` with `lost`, or of `total` (and `more`, without `less`)
instead    what `process` gives is in what `energy` burns, unless `told` says what was taken out of it
one_method what the methods of two sides give of one place and year is not added
taken_off  what `part` takes off cannot be more than what `whole` gives

A category or item stands for its divisions and parts as well; `=` before it means it alone, `@` a kind of items, an
empty field all. Of `every` each category is reported where the sum of `whole` is one. The group `=item` or `=category`
holds only between figures of one item, or of one category.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from accounting import shipped
from accounting.codes.words import category_parents, in_one_line, item, item_parents

Pair = tuple[str, str]  # category and item
KINDS = ("apart", "within", "one_method", "instead", "taken_off")


@dataclass(frozen=True, slots=True)
class Side:
    """One row of the table: the figures that it means."""

    name: str
    categories: tuple[str, ...]
    items: tuple[str, ...]
    gas: str | None
    pack: str | None
    method: str | None

    def means(self, pair: Pair) -> bool:
        """Whether figures of that category and item are meant."""
        category, of_item = pair
        return _named(self.categories, category, category_parents(category)) and (
            _named(self.items, of_item, item_parents(of_item)) or f"@{item(of_item).kind}" in self.items
        )


def _named(words: tuple[str, ...], own: str, above: tuple[str, ...]) -> bool:
    return not words or f"={own}" in words or not {own, *above}.isdisjoint(words)


@dataclass(frozen=True, slots=True)
class Rule:
    """One group of a rule: its code (of messages.toml), kind and sides."""

    code: str
    kind: str
    group: str
    sides: tuple[Side, ...]

    def of(self, name: str, pairs: Iterable[Pair]) -> tuple[Pair, ...]:
        """The pairs that a side means."""
        own = [side for side in self.sides if side.name == name]
        return tuple(pair for pair in pairs if any(side.means(pair) for side in own))

    def side(self, name: str) -> Side:
        """The first row of a side."""
        return next(side for side in self.sides if side.name == name)

    def stand_against(self, one: Pair, other: Pair) -> bool:
        """Whether two pairs are on different sides of it, and on no side together."""
        first, second = ({side.name for side in self.sides if side.means(pair)} for pair in (one, other))
        return bool(first and second) and first.isdisjoint(second) and self._related(one, other)

    def _related(self, one: Pair, other: Pair) -> bool:
        if self.group == "=item":
            return in_one_line(one[1], other[1], item_parents)
        if self.group == "=category":
            return in_one_line(one[0], other[0], category_parents)
        return True


@cache
def rules(kind: str) -> tuple[Rule, ...]:
    """The groups of every rule of a kind, in the order of the table.

    >>> fuel, distance = ("road_fuel", "diesel_oil"), ("road_vkt", "heavy_truck")
    >>> [rule.code for rule in rules("apart") if rule.stand_against(fuel, distance)]
    ['exclusive.road']
    >>> [rule.code for rule in rules("apart") if rule.stand_against(("road_fuel", "gasoline"), distance)]
    []
    """
    grouped: dict[tuple[str, str], list[Side]] = {}
    with (shipped.datasets() / "codes" / "exclusive.csv").open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            if row["kind"] not in KINDS:
                raise ValueError(f"exclusive.csv: no kind of rule {row['kind']!r}")
            if row["kind"] == kind:
                grouped.setdefault((row["code"], row["group"]), []).append(_side(row))
    return tuple(Rule(code, kind, group, tuple(sides)) for (code, group), sides in grouped.items())


def _side(row: dict[str, str]) -> Side:
    categories, items = (tuple(word for word in row[name].split("|") if word) for name in ("categories", "items"))
    return Side(row["side"], categories, items, row["gas"] or None, row["pack"] or None, row["method"] or None)
