"""Which year's electricity factor a year takes: a named policy, part of the settings, printed with every result.

    strict       the factor of the year itself; a year without a published one is NE (the default)
    nearest      such a year takes the nearest published year of the same place and kind; of two as near, the earlier
    fixed:YEAR   every year takes the factor of that one

Only the emission factors of electricity are chosen so; every other parameter is chosen by its validity alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

import polars as pl

from accounting.errors import UsageError
from accounting.factors.candidates import OTHER_YEAR, Choice, Index, Key, nearest_year
from accounting.factors.pack import Pack
from accounting.methods.electricity_heat import FACTOR_ITEMS

STRICT, NEAREST, FIXED = "strict", "nearest", "fixed:YEAR"
POLICIES = (STRICT, NEAREST, FIXED)
_FIRST, _LAST = 1900, 2099


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


def served(policy: str, packs: Iterable[Pack]) -> str:
    """The policy, where a pack has an electricity factor of the year that it fixes, or none has one of any year at all.

    A value that holds in every year is of no year. Raises UsageError (`electricity.no_such_year`) with the years there are.
    """
    year = fixed_year(policy)
    spans = _spans(packs)
    if year is None or not spans or any(since <= year <= until for since, until in spans):
        return policy
    years = {of for since, until in spans for of in range(max(since, _FIRST), min(until, _LAST) + 1)}
    near = sorted(years, key=lambda known: (abs(known - year), known))[:1]
    raise UsageError("electricity.no_such_year", seen=policy, year=year, years=_told(years), near=f"fixed:{near[0]}")


def _spans(packs: Iterable[Pack]) -> set[tuple[int, int]]:
    """First and last year of every electricity factor that is of certain years."""
    dated = pl.col("valid_from").is_not_null() | pl.col("valid_to").is_not_null()
    of_power = (pl.col("parameter") == "emission_factor") & pl.col("item").is_in(FACTOR_ITEMS) & dated
    since, until = pl.col("valid_from").fill_null(_FIRST), pl.col("valid_to").fill_null(_LAST)
    return {span for pack in packs for span in pack.parameters.filter(of_power).select(since, until).rows()}


def _told(years: Iterable[int]) -> str:
    """Years in a row as a span.

    >>> _told({2012, 2021, 2022, 2023})
    '2012, 2021–2023'
    """
    spans: list[list[int]] = []
    for year in sorted(years):
        if spans and year == spans[-1][-1] + 1:
            spans[-1] = [spans[-1][0], year]
        else:
            spans.append([year])
    return ", ".join("–".join(map(str, span)) for span in spans)


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
    fixed = fixed_year(policy)
    meant = own if fixed is None else of_year(fixed)
    why = f"{OTHER_YEAR}: --electricity-year" if fixed is None else f"{OTHER_YEAR} than {policy}"
    hinted: dict[Choice, Choice] = {}

    def of_another_year(place: str) -> Choice:
        choice = meant(place)
        if choice.chosen is not None or choice.tied:
            return choice
        if policy == NEAREST:
            year = nearest_year(index, parameter, gas, key | {"place": place}, reads_activity)
            if year is not None:
                return of_year(year)(place)
        if choice not in hinted:
            told = (replace(one, why=why) if one.why == OTHER_YEAR else one for one in choice.passed_over)
            hinted[choice] = replace(choice, passed_over=tuple(told))
        return hinted[choice]

    return of_another_year
