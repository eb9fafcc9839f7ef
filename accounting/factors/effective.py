"""Effective factors: the parameters of a class multiplied into tonnes of gas per base unit, rounded once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from accounting.exact import FACTOR_DIGITS, rounded
from accounting.factors.values import Value
from accounting.methods import Method


def effective_factor(method: Method, values: Mapping[str, Value]) -> Fraction:
    """The exact product of a method, in t of gas per base unit."""
    return method.formula(**{name: values[name].exact for name in method.reads})


def formula_text(method: Method, values: Mapping[str, Value]) -> str:
    """The method's formula with its printed numbers: 42.652 × 0.0202 × 0.98 × 44 ÷ 12."""
    names = re.compile("|".join(sorted(method.reads, key=len, reverse=True)))
    return names.sub(lambda found: values[found.group()].written(), method.written)


def row(method: Method, values: Mapping[str, Value]) -> dict[str, object]:
    """The columns of Effective that follow from method and values."""
    return {
        "gas": method.gas,
        "scope": method.scope,
        "account": method.account,
        "lag": 0,
        "effective_factor": rounded(effective_factor(method, values), FACTOR_DIGITS),
        "method": method.id,
        "formula": formula_text(method, values),
    }
