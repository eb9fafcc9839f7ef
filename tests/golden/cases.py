"""Golden cases in plain text: one notation for input and expectation, read here.

== title
given     ENTITY YEAR CATEGORY ITEM  NUMBER UNIT      one or more rows
pack      PACK[,PACK…]                                default ceads-2018
quantity  NUMBER UNIT                                 the key sum, in the base unit
factor    GAS  NUMBER t/UNIT                          the effective factor
cell      GAS  NUMBER t                               the inventory cell, or NE
by hand   ARITHMETIC = NUMBER                         evaluated here with fractions, never rewritten
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


WORDS = ("given", "pack", "quantity", "factor", "cell", "by hand", "reject", "cells", "source")


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
