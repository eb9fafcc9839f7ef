"""What is reported for information and enters no inventory, as data: datasets/codes/information.csv.

rule            holds
reconciliation  always: supply, transformation, losses, totals serve checks and are never multiplied
own_generation  always: electricity and heat made within have no scope 2
use             of what sectors use of electricity and heat, where no view counts scope 2, or where the same place and
                year says what it bought or net imported of the same carrier, and a view counts that: a quantity, or C or
                NE; what was sold or made within, and NO, NA and IE, say nothing of it

A role of categories (or one category of it), and kinds of items; anything else that enters no cell is told.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

from accounting import shipped
from accounting.codes.words import category, item, item_parents
from accounting.errors import Lang

USE = "use"
_HEAT = ("heat", "heat_non_fossil", "waste_heat")
_NO_ENERGY = ("green_certificate",)  # counted in units of electricity


def information_rule(of_category: str, of_item: str) -> str | None:
    """The rule by which a category and item is information only, if any.

    >>> information_rule("production", "raw_coal"), information_rule("industry", "electricity"), information_rule("landfill", "electricity")
    ('reconciliation', 'use', None)
    >>> information_rule("self_generated", "heat"), information_rule("self_generated", "clinker")
    ('own_generation', None)
    """
    row = _row(of_category, of_item)
    return row["rule"] if row else None


def information_reason(of_category: str, of_item: str, lang: Lang) -> str | None:
    """Why a category and item is information only, if it is.

    >>> information_reason("loss", "coke", "en")
    'losses serve reconciliation (GPC counts those of the grid in scope 3)'
    """
    row = _row(of_category, of_item)
    return row[f"reason_{lang}"] if row else None


@cache
def carrier(of_item: str) -> str | None:
    """Which energy an item is: `electricity`, `heat` or neither; a certificate is no energy.

    >>> carrier("green_electricity_contract"), carrier("steam"), carrier("green_certificate"), carrier("other_energy")
    ('electricity', 'heat', None, None)
    """
    known = item(of_item)
    if known.kind != "energy" or known.id in _NO_ENERGY:
        return None
    if "electricity" in known.dimensions:
        return "electricity"
    return None if {known.id, *item_parents(known.id)}.isdisjoint(_HEAT) else "heat"


@cache
def _row(of_category: str, of_item: str) -> Mapping[str, str] | None:
    role, kind = category(of_category).role, item(of_item).kind
    meant = ((role, ""), (role, of_category))
    return next((row for row in _rows() if (row["role"], row["category"]) in meant and kind in row["kinds"].split("|")), None)


@cache
def _rows() -> tuple[Mapping[str, str], ...]:
    with (shipped.datasets() / "codes" / "information.csv").open(encoding="utf-8", newline="") as source:
        return tuple(csv.DictReader(source))
