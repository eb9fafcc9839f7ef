"""Exact decimals: the only home of scaling and rounding.

Quantities have 9 decimals, effective factors 15, their products 24, inventory masses 12. A frame holds them as
`Decimal`; arithmetic is done on the integers beneath (Int128), because Decimal × Decimal drops digits. Int128 sums
wrap without an error, so every sum is guarded first, in floats (`within_range`).

Rounding is half away from zero everywhere. Convention: design §2.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

QUANTITY_DIGITS = 9
FACTOR_DIGITS = 15
MASS_DIGITS = 12
PRODUCT_DIGITS = QUANTITY_DIGITS + FACTOR_DIGITS
PRECISION = 38
SAFE_MAGNITUDE = 1e38  # below Int128's 1.7e38: room for the float guard's own error

_PLAIN_DECIMAL = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_RATIO = re.compile(r"[0-9]{1,9}/[1-9][0-9]{0,8}")


def fraction(text: str) -> Fraction:
    """The exact value of a plain decimal.

    >>> fraction("0.0202")
    Fraction(101, 5000)
    """
    if not _PLAIN_DECIMAL.fullmatch(text):
        raise ValueError(f"not a plain decimal: {text!r}")
    return Fraction(text)


def fractions(*texts: str) -> tuple[Fraction, ...]:
    """Exact values of plain decimals, in order.

    >>> fractions("42.652", "0.98")
    (Fraction(10663, 250), Fraction(49, 50))
    """
    return tuple(fraction(text) for text in texts)


def share(text: str) -> Fraction:
    """The exact value of a share, a plain decimal or a ratio of whole numbers.

    >>> share("0.35"), share("1/3")
    (Fraction(7, 20), Fraction(1, 3))
    """
    if _RATIO.fullmatch(text):
        numerator, _, denominator = text.partition("/")
        return Fraction(int(numerator), int(denominator))
    return fraction(text)


def scaled(value: Fraction, digits: int) -> int:
    """`value` × 10^digits as an integer, rounded half away from zero.

    >>> scaled(Fraction(-5, 1000), 2), scaled(Fraction(1, 3), 3)
    (-1, 333)
    """
    numerator, denominator = abs(value.numerator) * 10**digits, value.denominator
    magnitude = (2 * numerator + denominator) // (2 * denominator)
    return -magnitude if value < 0 else magnitude


def rounded(value: Fraction, digits: int = FACTOR_DIGITS) -> Decimal:
    """`value` with `digits` decimals, rounded half away from zero; never a negative zero.

    >>> rounded(Fraction(3), 2), rounded(Fraction(-1, 8), 2)
    (Decimal('3.00'), Decimal('-0.13'))
    """
    return unscaled(scaled(value, digits), digits)


def significant(value: Fraction, digits: int) -> Decimal:
    """`value` with `digits` significant digits at most, rounded half away from zero, without trailing zeros.

    >>> significant(Fraction(2, 3000), 3), significant(Fraction(20), 9), significant(Fraction(0), 9)
    (Decimal('0.000667'), Decimal('20'), Decimal('0'))
    """
    if not value:
        return Decimal(0)
    decimals = digits - 1
    while abs(value) * 10**decimals < 10 ** (digits - 1):
        decimals += 1
    while abs(value) * 10**decimals >= 10**digits and decimals > 0:
        decimals -= 1
    return Decimal(plain(rounded(value, decimals)))


def unscaled(integer: int, digits: int) -> Decimal:
    """The decimal whose integer at `digits` decimals is `integer`.

    >>> unscaled(-1250, 3)
    Decimal('-1.250')
    """
    sign = 1 if integer < 0 else 0
    return Decimal((sign, tuple(int(d) for d in str(abs(integer))), -digits))


def holds(value: Fraction, digits: int) -> bool:
    """Whether `value` fits `digits` decimals without rounding.

    >>> holds(Fraction(1, 8), 3), holds(Fraction(1, 3), 9)
    (True, False)
    """
    return (value * 10**digits).denominator == 1


def exp_minus(rate: Fraction) -> Fraction:
    """e^−rate as given to 15 decimals: a parameter that no decimal is counts as the decimal that is printed.

    >>> plain(exp_minus(Fraction("0.09")))
    '0.913931185271228'
    """
    exact = Context(prec=60).exp(Context(prec=60).divide(Decimal(-rate.numerator), Decimal(rate.denominator)))
    return Fraction(rounded(Fraction(exact)))


def decimal_type(digits: int) -> pl.Decimal:
    """The column type that holds exact numbers with `digits` decimals."""
    import polars as pl

    return pl.Decimal(PRECISION, digits)


def integers(column: pl.Expr) -> pl.Expr:
    """The Int128 beneath a Decimal column."""
    return column.to_physical()


def decimals(integers: pl.Expr, digits: int) -> pl.Expr:
    """Int128 read as a Decimal with `digits` decimals; nothing is rescaled."""
    return integers.reinterpret(dtype=decimal_type(digits))


def rounded_integers(column: pl.Expr, from_digits: int, to_digits: int) -> pl.Expr:
    """Int128 at `from_digits` decimals rounded, half away from zero, to Int128 at `to_digits`."""
    import polars as pl

    step = pl.lit(10 ** (from_digits - to_digits), dtype=pl.Int128)
    half = pl.lit(10 ** (from_digits - to_digits) // 2, dtype=pl.Int128)
    return ((column.abs() + half) // step) * column.sign()


def magnitude(column: pl.Expr) -> pl.Expr:
    """Σ|x| of an Int128 column as a float: what `within_range` looks at before the integers are added."""
    import polars as pl

    return column.cast(pl.Float64).abs().sum()


def within_range(total_magnitude: float) -> bool:
    """Whether a sum whose Σ|x| is `total_magnitude` (scaled) cannot wrap in Int128.

    >>> within_range(1e37), within_range(2e38), within_range(float("nan"))
    (True, False, False)
    """
    return total_magnitude < SAFE_MAGNITUDE


def plain(value: Decimal | Fraction) -> str:
    """A number as people write it: plain digits, no exponent, no trailing zeros, never -0.

    >>> plain(Decimal("1.2500")), plain(Decimal("-0.000")), plain(Fraction(44, 12))
    ('1.25', '0', '11/3')
    """
    if isinstance(value, Fraction):
        return _plain_fraction(value)
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _plain_fraction(value: Fraction) -> str:
    denominator, twos, fives = value.denominator, 0, 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    if denominator != 1:
        return f"{value.numerator}/{value.denominator}"
    return plain(rounded(value, max(twos, fives)))
