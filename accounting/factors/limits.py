"""What a value can be at all: datasets/limits, for own measured values by item, for packs by parameter alone."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from accounting import codes, shipped
from accounting.exact import share
from accounting.factors.values import value


@dataclass(frozen=True, slots=True)
class Limits:
    """The least and the most that a parameter can be, in base units, as they are printed, and where that is said."""

    least: Fraction
    most: Fraction
    printed: str
    source: str

    def hold(self, exact: Fraction) -> bool:
        """Whether a value in base units is within them."""
        return self.least <= exact <= self.most


@cache
def _table() -> dict[tuple[str, str | None, str | None], Limits]:
    """Limits by parameter, item and what the parameter is a value of (its base unit, if any)."""
    with (shipped.datasets() / "limits" / "limits.csv").open(encoding="utf-8", newline="") as source:
        return {_key(row): _limits(row) for row in csv.DictReader(source)}


def _key(row: dict[str, str]) -> tuple[str, str | None, str | None]:
    return row["parameter"], row["item"] or None, value(row["parameter"], "1", row["unit"]).measures


def _limits(row: dict[str, str]) -> Limits:
    step = value(row["parameter"], "1", row["unit"]).step
    printed = f"{row['least']}–{row['most']}" + ("" if row["unit"] == "1" else f" {row['unit']}")
    return Limits(share(row["least"]) * step, share(row["most"]) * step, printed, row["source"])


def limits(parameter: str, item: str | None, measures: str | None) -> Limits | None:
    """The limits of a parameter of an item, per base unit `measures`; None where nothing bounds it.

    >>> limits("ncv", "lignite", "t").most, limits("oxidation_factor", "lng", None).least
    (Fraction(161, 4), Fraction(1, 2))
    """
    lineage = (item, *codes.item_parents(item)) if item else ()
    fitting = (_table().get((parameter, name, measures)) for name in (*lineage, None))
    return next((bounds for bounds in fitting if bounds is not None), None)
