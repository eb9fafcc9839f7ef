"""Effective factors: the parameters of a class multiplied into tonnes of gas per base unit, rounded once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from accounting.exact import FACTOR_DIGITS, rounded, share
from accounting.factors.own import SHARE
from accounting.factors.values import Value, value
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


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of an item that is split: its share as it is printed, and the values of its parameters."""

    into: str
    share: str
    values: Mapping[str, Value]

    def parameter(self, name: str) -> str:
        """The name of one of its parameters in a table of the whole: bituminous_coal.ncv."""
        return f"{self.into}.{name}"


def split_rows(method: Method, parts: Sequence[Part]) -> list[dict[str, Any]]:
    """The row of Effective of an item that is split: Σ share × factor of the kind, exact, rounded once.

    >>> from accounting.factors.values import value
    >>> from accounting.methods import method
    >>> coal = {"hard": ("0.75", "2"), "brown": ("0.25", "1.2")}
    >>> parts = [Part(into, s, {"co2_factor": value("co2_factor", f, "tCO2/t")}) for into, (s, f) in coal.items()]
    >>> row = split_rows(method("combustion.co2_factor"), parts)[0]
    >>> row["effective_factor"], row["formula"]
    (Decimal('1.800000000000000'), '0.75 × (2) + 0.25 × (1.2)')
    """
    factor = sum((share(part.share) * factors(method, part.values)[0] for part in parts), Fraction(0))
    written = (f"{part.share.replace('/', ' ÷ ')} × ({formula_text(method, part.values)})" for part in parts)
    return [
        {
            "scope": method.scope,
            "account": method.account,
            "lag": 0,
            "effective_factor": rounded(factor, FACTOR_DIGITS),
            "method": method.id,
            "formula": " + ".join(written),
        }
    ]


def printed_rows(method: Method, printed: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """The rows of Effective from a class's printed values (`parameter`, `value`, `value_unit`), none where one is gone.

    This is all that a stored run needs to be computed again; of a split the parameters are `KIND.share`, `KIND.ncv`, ….
    """
    by_part: dict[str, dict[str, Mapping[str, str]]] = {} if printed else {"": {}}
    for row in printed:
        into, _, name = row["parameter"].rpartition(".")
        by_part.setdefault(into, {})[name] = row
    parts = [
        Part(into, rows_of.pop(SHARE)["value"] if into and SHARE in rows_of else "1", _values(rows_of))
        for into, rows_of in sorted(by_part.items())
    ]
    if not all(set(method.reads) <= set(part.values) for part in parts):
        return []
    return rows(method, parts[0].values) if not parts[0].into else split_rows(method, parts)


def _values(printed: Mapping[str, Mapping[str, str]]) -> dict[str, Value]:
    return {name: value(name, row["value"], row["value_unit"]) for name, row in printed.items()}
