"""What is reported for information and enters no inventory, as data: datasets/codes/information.csv.

rule            holds
reconciliation  always: supply, transformation, losses, totals serve checks and are never multiplied
own_generation  always: electricity and heat made within have no scope 2
use             of what sectors use of electricity and heat, where no view counts scope 2, or where what crossed the
                boundary is reported as well

A role of categories (or one category of it), and kinds of items; anything else that enters no cell is told.
"""

from __future__ import annotations

import csv
from functools import cache

from accounting import shipped
from accounting.codes.words import category, item

USE = "use"


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
def _rows() -> tuple[tuple[str, str, str, tuple[str, ...]], ...]:
    with (shipped.datasets() / "codes" / "information.csv").open(encoding="utf-8", newline="") as source:
        return tuple(
            (row["rule"], row["role"], row["category"], tuple(row["kinds"].split("|"))) for row in csv.DictReader(source)
        )
