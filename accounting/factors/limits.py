"""What a measured value can be at all: datasets/limits, else the limits that packs are checked by."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from accounting import codes, shipped
from accounting.exact import fraction
from accounting.factors.check import LIMITS
from accounting.factors.values import value


@dataclass(frozen=True, slots=True)
class Limits:
    """The least and the most that a parameter can be, in base units, and where that is said."""

    least: Fraction
    most: Fraction
    source: str


@cache
def _table() -> dict[tuple[str, str | None, str | None], Limits]:
    """Limits by parameter, item and what the parameter is a value of (its base unit, if any)."""
    with (shipped.datasets() / "limits" / "limits.csv").open(encoding="utf-8", newline="") as source:
        return {_key(row): _limits(row) for row in csv.DictReader(source)}


def _key(row: dict[str, str]) -> tuple[str, str | None, str | None]:
    measured = value(row["parameter"], row["most"], row["unit"])
    return row["parameter"], row["item"] or None, measured.measures


def _limits(row: dict[str, str]) -> Limits:
    step = value(row["parameter"], row["most"], row["unit"]).step
    return Limits(fraction(row["least"]) * step, fraction(row["most"]) * step, row["source"])


def limits(parameter: str, item: str | None, measures: str | None) -> Limits | None:
    """The limits of a parameter of an item, per base unit `measures`; None where nothing bounds it.

    >>> limits("ncv", "lignite", "t").most, limits("oxidation_factor", "lng", None).least
    (Fraction(161, 4), Fraction(1, 2))
    """
    lineage = (item, *codes.item_parents(item)) if item else ()
    for name in (*lineage, None):
        if (parameter, name, measures) in _table():
            return _table()[parameter, name, measures]
    bounds = LIMITS.get((parameter, measures)) or LIMITS.get((parameter, None))
    return None if bounds is None else Limits(*bounds, source="accounting/factors/check.py")
