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
from functools import cache

from accounting import shipped
from accounting.codes.words import category, item, item_parents

USE = "use"
_HEAT = ("heat", "heat_non_fossil", "waste_heat")
_NO_ENERGY = ("green_certificate",)  # counted in units of electricity


@cache
def information_rule(of_category: str, of_item: str) -> str | None:
    """The rule by which a category and item is information only, if any.

    >>> information_rule("production", "raw_coal"), information_rule("industry", "electricity"), information_rule("landfill", "electricity")
    ('reconciliation', 'use', None)
    >>> information_rule("self_generated", "heat"), information_rule("self_generated", "clinker")
    ('own_generation', None)
    """
    role, kind = category(of_category).role, item(of_item).kind
    return next((rule for rule, *meant, kinds in _rows() if meant in ([role, ""], [role, of_category]) and kind in kinds), None)


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
def _rows() -> tuple[tuple[str, str, str, tuple[str, ...]], ...]:
    with (shipped.datasets() / "codes" / "information.csv").open(encoding="utf-8", newline="") as source:
        return tuple(
            (row["rule"], row["role"], row["category"], tuple(row["kinds"].split("|"))) for row in csv.DictReader(source)
        )
