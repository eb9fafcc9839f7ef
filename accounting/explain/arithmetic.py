"""A printed line of arithmetic, computed again: what `tanfeng verify-text` does.

The line is whatever stands before and after the last `=`; words and units are passed over, so a line copied out of a
report works as it is. Numbers are exact fractions; a result is right when rounding the exact value, half away from
zero, to the digits that a cell has (12) or a factor has (15) gives the printed number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from accounting import units
from accounting.errors import UsageError
from accounting.exact import FACTOR_DIGITS, MASS_DIGITS, fraction, rounded

_TOKEN = re.compile(r"\d+(?:\.\d+)?|[-+*/()^]")
LARGEST_POWER = 1000
_SIGNS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "（": "(", "）": ")", "，": ",", "＝": "=", "：": ":"})
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(\D|$))")


@dataclass(frozen=True, slots=True)
class Recomputed:
    """One line: its exact value, the value printed, and whether they agree."""

    expression: str
    exact: Fraction
    printed: Decimal
    right: bool

    @property
    def ours(self) -> Decimal:
        """The exact value rounded as a cell is, or as a factor where the line states one."""
        return rounded(self.exact, MASS_DIGITS)


def recomputed(text: str) -> Recomputed:
    """The line `text` computed again.

    >>> recomputed("北京 2007 交通 柴油：1026300 t × 3.093819 t/t = 3175186.4397 t CO2").right
    True
    >>> recomputed("1026300 × 3.093819 = 3175186.4398").right
    False
    """
    _units_agree(text.translate(_SIGNS))
    plain_text = _without_units(text.translate(_SIGNS))
    left, equals, right = plain_text.rpartition("=")
    result = re.match(r"\s*(-?\d+(?:\.\d+)?)", right)
    if not equals or result is None:
        raise UsageError("verify_text.no_equation", seen=text)
    expression = re.sub(r"(\d)\s*%", r"\1 / 100", left.rpartition(":")[2])
    exact = _Sum(_TOKEN.findall(_words_dropped(expression)), text).value()
    printed = Decimal(result.group(1))
    agrees = any(rounded(exact, digits) == printed for digits in (MASS_DIGITS, FACTOR_DIGITS))
    return Recomputed(expression.strip(), exact, printed, agrees)


_PRODUCT = re.compile(
    r"\d\s+(?P<unit>10\^\d+ \S+|[^\W\d_]\S*)\s*\*\s*[\d.]+\s+(?P<of>[^\W\d_]+)/(?P<per>10\^\d+ [^\s)+*/=-]+|[^\s)+*/=-]+)"
)
_RESULT = re.compile(r"=\s*-?[\d.,]+\s*(?P<unit>[^\W\d_]+)")


def _units_agree(text: str) -> None:
    """A factor is per the unit of its quantity, and a mass is given in tonnes: other units are not converted here."""
    for found in _PRODUCT.finditer(text):
        if found["unit"] != found["per"] or found["of"] != "t":
            raise UsageError("verify_text.units", seen=text, cause=f"{found['unit']} × {found['of']}/{found['per']}")
    result = _RESULT.search(text)
    known = units.find(result["unit"]) if result else None
    if known is not None and known.dimension == "mass" and known.factor != 1:
        raise UsageError("verify_text.units", seen=text, cause=f"= … {known.spelling}")


def _without_units(text: str) -> str:
    for base in sorted(units.base_units(), key=len, reverse=True):
        if not base.isalpha():
            text = text.replace(f"/{base}", " ").replace(base, " ")
    return _THOUSANDS.sub("", text)


def _words_dropped(expression: str) -> str:
    """Units and words without their slashes: `t/t`, `t`, `CO2` leave nothing behind."""
    return re.sub(r"[^\W\d_][\w./%]*", " ", expression)


class _Sum:
    """A reader of sums and products with brackets, over exact fractions."""

    def __init__(self, tokens: list[str], text: str) -> None:
        self.tokens, self.text = tokens, text

    def value(self) -> Fraction:
        total = self._sum()
        if self.tokens:
            raise UsageError("verify_text.unreadable", seen=self.text, at=self.tokens[0])
        return total

    def _sum(self) -> Fraction:
        total = self._product()
        while self.tokens and self.tokens[0] in "+-":
            sign = 1 if self.tokens.pop(0) == "+" else -1
            total += sign * self._product()
        return total

    def _product(self) -> Fraction:
        product = self._power()
        while self.tokens and self.tokens[0] in "*/":
            operator, operand = self.tokens.pop(0), self._power()
            if operator == "/" and operand == 0:
                raise UsageError("verify_text.unreadable", seen=self.text, at="÷ 0")
            product = product * operand if operator == "*" else product / operand
        return product

    def _power(self) -> Fraction:
        base = self._factor()
        if self.tokens[:1] != ["^"]:
            return base
        self.tokens.pop(0)
        power = self._factor()
        if power.denominator != 1 or not 0 <= power <= LARGEST_POWER:
            raise UsageError("verify_text.unreadable", seen=self.text, at="^")
        return base ** int(power)

    def _factor(self) -> Fraction:
        read = self.tokens.pop(0) if self.tokens else ""
        if read == "-":
            return -self._factor()
        if read == "(":
            inner = self._sum()
            if not self.tokens or self.tokens.pop(0) != ")":
                raise UsageError("verify_text.unreadable", seen=self.text, at="(")
            return inner
        if not read or not read[0].isdigit():
            raise UsageError("verify_text.unreadable", seen=self.text, at=read or "=")
        return fraction(read)
