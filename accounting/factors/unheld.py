"""What no chosen pack serves at all, though a method does: missing for each gas that it is known to give, never silence.

Which gases those are, a method says itself (`Method.gives_all`), else the shipped packs do: for the item or one above it,
for all its kinds alike, or for the category where the method names categories. Where nobody names a gas, none is guessed:
such a row has a finding and no cell.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

import polars as pl

from accounting import codes
from accounting.factors.pack import load, shipped_packs
from accounting.methods import Method, methods_for
from accounting.tables import NO_CATEGORY, frame

_REASON = "所选因子包没有该部门与品种的任何因子 / the chosen packs hold no factor of this category and item"
_WHY = {"severity": "warning", "code": NO_CATEGORY, "reason": _REASON}
Scopes = Collection[tuple[str, int]]


def is_something() -> pl.Expr:
    """Whether a key says that there is something: no zero, no NO. Only that can lack a factor."""
    return pl.col("quantity").ne_missing(0) & pl.col("notation_key").ne_missing("NO")


def unheld(silent: pl.DataFrame, counted: Scopes, policy: str | None, gases: Collection[str]) -> pl.DataFrame:
    """Rows of table `missing` for classes that are neither resolved nor missing already.

    `silent` has `class` and CLASS_KEY, of keys that are something; `counted` are pairs of category and scope, `policy` is
    the market policy of electricity, `gases` those that the set of potentials knows.
    """
    forms = ["category", "item", "unit"]
    rows: list[dict[str, Any]] = []
    for (category, item, unit), group in silent.group_by(forms, maintain_order=True):
        named = _demanded(str(category), str(item), str(unit), counted, policy)
        told = [(gas, scope, account) for gas, scope, account in named if gas in gases]
        rows += [
            {"class": number, "gas": gas, "scope": scope, "account": account, **_WHY}
            for number in group["class"]
            for gas, scope, account in told
        ]
    return frame("missing", rows)


def _demanded(category: str, item: str, unit: str, counted: Scopes, policy: str | None) -> list[tuple[str, int, str]]:
    """Gas, scope and account of the cells that a quantity should have; of another unit, where no method takes its own."""
    serving = [
        method
        for method in methods_for(category, item)
        if (category, method.scope) in counted and method.policy in (None, policy)
    ]
    able = [method for method in serving if method.measures in (None, unit)] or serving
    return sorted({(gas, method.scope, method.account) for method in able for gas in _gases(method, category, item)})


def _gases(method: Method, category: str, item: str) -> Collection[str]:
    """The gases that a method is known to give there: of kinds of the item those that all of them give."""
    if method.gives_all:
        return method.gases
    read = method.of_items.get(method.decisive or "", item)
    categories = {category, *codes.category_parents(category)}
    named = _named(method, {*categories, None}, {read, *codes.item_parents(read)})
    if named:
        return named
    kinds = (known.id for known in codes.items() if read in codes.item_parents(known.id))
    of_kinds = [of_kind for kind in kinds if (of_kind := _named(method, {*categories, None}, {kind}))]
    if of_kinds:
        return set[str].intersection(*of_kinds)
    return _named(method, categories, None) if method.categories else ()


def _named(method: Method, categories: Collection[str | None], items: Collection[str] | None) -> set[str]:
    """The gases of a method that the shipped packs name for categories and items, or for any item."""
    fitting = [
        gas for category, item, gas in _held(method.decisive) if category in categories if items is None or item in items
    ]
    only = set(method.gases) if None in fitting and len(method.gases) == 1 else set[str]()
    return only | (set(method.gases) & set(fitting))


@cache
def _held(parameter: str | None) -> tuple[tuple[str | None, str | None, str | None], ...]:
    """Category, item and gas of which the shipped packs hold a parameter."""
    tables = [load(name).parameters.filter(pl.col("parameter") == parameter) for name in shipped_packs()]
    return tuple(pl.concat([table.select("category", "item", "gas") for table in tables]).unique().rows())
