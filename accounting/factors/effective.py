"""Effective factors: the parameters of a class multiplied into tonnes of gas per base unit, rounded once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from accounting.exact import FACTOR_DIGITS, rounded
from accounting.factors.values import Value
from accounting.methods import Method

LAG = "lag"


def factors(method: Method, values: Mapping[str, Value]) -> tuple[Fraction, ...]:
    """The exact products of a method, in t of gas per base unit: one, or one for each year from that of the activity."""
    product = method.formula(**{name: values[name].exact for name in method.reads})
    return product if isinstance(product, tuple) else (product,)


def formula_text(method: Method, values: Mapping[str, Value], lag: int = 0) -> str:
    """The method's formula with its printed numbers: 42.652 × 0.0202 × 0.98 × 44 ÷ 12."""

    def number(found: re.Match[str]) -> str:
        name = found.group()
        if name == LAG:
            return str(lag - 1)
        shown = method.shows.get(name)
        return shown(values[name].exact) if shown else values[name].written()

    names = re.compile("|".join(rf"\b{name}\b" for name in (*method.reads, LAG)))
    return names.sub(number, method.written)


def rows(method: Method, values: Mapping[str, Value]) -> list[dict[str, Any]]:
    """The columns of Effective that follow from method and values, one row a lag that is not 0.

    What is spread over later years begins in the year after: that of the activity itself has 0, and says 0.
    """
    products = factors(method, values)
    spreads = len(products) > 1 and not products[0]
    return [
        {
            "scope": method.scope,
            "account": method.account,
            "lag": lag,
            "effective_factor": rounded(factor, FACTOR_DIGITS),
            "method": method.id,
            "formula": formula_text(method, values, lag) if lag or not spreads else "0",
        }
        for lag, factor in enumerate(products)
        if factor or not lag
    ]
