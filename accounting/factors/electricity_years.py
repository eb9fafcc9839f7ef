"""Which year's electricity factor a year takes: a named policy, part of the settings, printed with every result.

    strict       the factor of the year itself; a year without a published one is NE (the default)
    nearest      such a year takes the nearest published year of the same place and kind; of two as near, the earlier
    fixed:YEAR   every year takes the factor of that one

Only the emission factors of electricity are chosen so; every other parameter is chosen by its validity alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from accounting.errors import UsageError
from accounting.factors.candidates import Choice, Index, Key, nearest_year
from accounting.methods.electricity_heat import FACTOR_ITEMS

STRICT, NEAREST, FIXED = "strict", "nearest", "fixed:YEAR"
POLICIES = (STRICT, NEAREST, FIXED)
_OTHER_YEAR, _HINT = "(other year)", "(other year: --electricity-year)"


def checked(policy: str) -> str:
    """The policy as it enters the settings. Raises UsageError (`electricity.year_policy`).

    >>> checked(" fixed:2023 ")
    'fixed:2023'
    """
    plain = policy.strip()
    if plain in (STRICT, NEAREST) or fixed_year(plain) is not None:
        return plain
    raise UsageError("electricity.year_policy", seen=policy, policies=", ".join(POLICIES))


def fixed_year(policy: str) -> int | None:
    """The year of `fixed:YEAR`, else none.

    >>> fixed_year("fixed:2023"), fixed_year("nearest"), fixed_year("fixed:23")
    (2023, None, None)
    """
    found = re.fullmatch(r"fixed:((?:19|20)[0-9]{2})", policy)
    return int(found[1]) if found else None


def is_factor(parameter: str, item: str) -> bool:
    """Whether a parameter of an item is an emission factor of electricity."""
    return parameter == "emission_factor" and item in FACTOR_ITEMS


def choices(index: Index, parameter: str, gas: str, key: Key, reads_activity: bool, policy: str) -> Callable[[str], Choice]:
    """The value that applies to a class key at a place; `key["item"]` is the item whose value is read."""

    def of_year(year: int) -> Callable[[str], Choice]:
        standing = index.standing(parameter, gas, key | {"year": year}, reads_activity)
        return lambda place: standing.choice(index.places(place, year))

    own = of_year(key["year"])
    if not is_factor(parameter, key["item"]):
        return own
    if fixed := fixed_year(policy):
        return of_year(fixed)

    hinted: dict[Choice, Choice] = {}

    def of_another_year(place: str) -> Choice:
        choice = own(place)
        if choice.chosen is not None or choice.tied:
            return choice
        if policy == NEAREST:
            year = nearest_year(index, parameter, gas, key | {"place": place}, reads_activity)
            if year is not None:
                return of_year(year)(place)
        if choice not in hinted:
            passed_over = tuple(passed.replace(_OTHER_YEAR, _HINT) for passed in choice.passed_over)
            hinted[choice] = replace(choice, passed_over=passed_over)
        return hinted[choice]

    return of_another_year
