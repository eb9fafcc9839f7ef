"""Golden cases in plain text: one notation for input and expectation, read here.

== title
given     ENTITY YEAR CATEGORY ITEM  NUMBER UNIT      one or more rows; YEAR-MONTH for a month
entity    ID KIND PARENT [SHARE PLACE]                a row of the project's table of entities
own       ENTITY YEAR PARAMETER ITEM  NUMBER UNIT     an own measured value; YEAR-MONTH for a month
split     PLACE ITEM  SHARE KIND + SHARE KIND …       what the raw coal of a place is
coal      KIND                                        the short cut of the project file
part      WHOLE PART                                  a whole made from a part
finding   CODE  seen "TEXT"                           a finding that the run must have
view      VIEW                                        default energy-balance
policy    POLICY                                      of the electricity market, default that of the view
years     POLICY                                      of the year of electricity factors, default strict
pack      PACK[,PACK…]                                default ceads-2018; golden-own lies beside the cases
quantity  NUMBER UNIT                                 the key sum, in the base unit
method    ID                                          a method that gives a cell of the case, or stands in its reason
factor    GAS  NUMBER t/UNIT                          the effective factor
cell      GAS  NUMBER t [YEAR] [ACCOUNT]              the inventory cell, or NE; a year where the gas comes later
co2e      GAS  ARITHMETIC = NUMBER                    the CO2e of a gas over the cells of the case, AR5
by hand   ARITHMETIC = NUMBER                         one for each cell with a mass, never rewritten
reject    CODE  seen "TEXT"                           a refusal
cells     none                                        nothing was counted
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path


@dataclass
class Case:
    """One golden case; the lists hold the rest of each line in order."""

    title: str
    file: str
    lines: dict[str, list[str]] = field(default_factory=dict)

    def all(self, word: str) -> list[str]:
        return self.lines.get(word, [])

    def one(self, word: str, default: str = "") -> str:
        return self.all(word)[0] if self.all(word) else default


WORDS = (
    "given",
    "entity",
    "own",
    "split",
    "coal",
    "part",
    "finding",
    "view",
    "policy",
    "years",
    "pack",
    "quantity",
    "method",
    "factor",
    "cell",
    "co2e",
    "by hand",
    "reject",
    "cells",
    "source",
)


@dataclass(frozen=True)
class Cell:
    """One printed cell; year and account are None where the case does not say them."""

    gas: str
    number: str
    year: int | None
    account: str | None

    @property
    def is_absent(self) -> bool:
        """Whether a notation key stands in place of a mass."""
        return self.number.isalpha()


def cell(line: str) -> Cell:
    """A cell line: GAS NUMBER t [YEAR] [ACCOUNT], or GAS NE [YEAR] [ACCOUNT].

    >>> cell("CO2  24870 t 2024 market")
    Cell(gas='CO2', number='24870', year=2024, account='market')
    """
    gas, number, *rest = line.split()
    words = [word for word in rest if word != "t"]
    years = [int(word) for word in words if word.isdigit()]
    accounts = [word for word in words if not word.isdigit()]
    return Cell(gas, number, years[0] if years else None, accounts[0] if accounts else None)


def read(file: Path) -> list[Case]:
    cases: list[Case] = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("== "):
            cases.append(Case(line[3:].strip(), f"{file.name}:{number}"))
        elif line.strip() and not line.startswith("#"):
            word = next((w for w in WORDS if line.startswith(w + " ")), None)
            if word is None or not cases:
                raise ValueError(f"{file.name}:{number}: {line!r} is no line of a golden case")
            cases[-1].lines.setdefault(word, []).append(line[len(word) :].strip())
    return cases


def by_hand(line: str) -> tuple[Fraction, Fraction]:
    """Both sides of a line of arithmetic with + − × ÷ and brackets, as fractions."""
    left, _, right = line.rpartition("=")
    return _sum(_tokens(left)), _sum(_tokens(right))


def _tokens(text: str) -> list[str]:
    return re.findall(r"[0-9]+(?:\.[0-9]+)?|[-+−×÷()]", text)


def _sum(tokens: list[str]) -> Fraction:
    total = _product(tokens)
    while tokens and tokens[0] in "+-−":
        total += _product(tokens) if tokens.pop(0) == "+" else -_product(tokens)
    return total


def _product(tokens: list[str]) -> Fraction:
    product = _number(tokens)
    while tokens and tokens[0] in "×÷":
        product = product * _number(tokens) if tokens.pop(0) == "×" else product / _number(tokens)
    return product


def _number(tokens: list[str]) -> Fraction:
    token = tokens.pop(0)
    if token in "-−":
        return -_number(tokens)
    if token == "(":
        inner = _sum(tokens)
        assert tokens.pop(0) == ")"
        return inner
    return Fraction(token)
