"""Quantities of a column as integers at 9 decimals of the base unit, millions at a time.

A float is what its shortest decimal says. With c = 10^9 × base units in one unit, x·c in floats is off by less than
3·2^-53 of itself; where its fraction is further than that from ½, rounding it is rounding the exact product:

    |frac(x·c) − ½| > |x·c|·2^-51   ⇒   round(x·c)  is right

For larger values a multiple of 10^-6 that gives x back is x's shortest decimal, because below 2^33 no two of them
share a float. What neither covers is null: the caller takes it by its digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from accounting.exact import QUANTITY_DIGITS

LARGEST = 9 * 10**18  # an Int64 at 9 decimals: 9·10^9 base units
_SURE_BELOW = 2.0**50
_UNIQUE_BELOW = 2.0**33
_PLAIN = r"^[0-9]{1,9}(\.[0-9]{1,9})?$"


@dataclass(frozen=True, slots=True)
class Fixed:
    """Expressions over the rows: `integer` (Int64, null where not taken; never negative) and `rounded` (truth)."""

    integer: pl.Expr
    rounded: pl.Expr


def fixed(column: str, dtype: pl.DataType, unit: pl.Expr, factors: Mapping[int, Fraction]) -> Fixed:
    """A quantity column in base units, for rows whose `unit` is a place in `factors`; other rows are null.

    >>> rows = pl.DataFrame({"q": [1.5, 0.1, 1e-10, -1.0]})
    >>> made = fixed("q", pl.Float64(), pl.lit(0), {0: Fraction(10)})
    >>> rows.select(made.integer.alias("q"), made.rounded.alias("rounded")).rows()
    [(15000000000, False), (1000000000, False), (1, False), (None, False)]
    """
    quantity = pl.col(column)
    never = pl.lit(value=False)
    if dtype.is_float():
        return _of_floats(quantity.cast(pl.Float64), unit, factors)
    if isinstance(dtype, pl.Decimal):
        return Fixed(_of_integers(quantity.to_physical().cast(pl.Int64, strict=False), dtype.scale, unit, factors), never)
    if dtype.is_integer():
        return Fixed(_of_integers(quantity.cast(pl.Int64, strict=False), 0, unit, factors), never)
    text = quantity.cast(pl.String)
    plain = pl.when(text.str.contains(_PLAIN)).then(text).cast(pl.Decimal(38, QUANTITY_DIGITS), strict=False)
    return Fixed(_of_integers(plain.to_physical().cast(pl.Int64, strict=False), QUANTITY_DIGITS, unit, factors), never)


def _of_integers(integer: pl.Expr, digits: int, unit: pl.Expr, factors: Mapping[int, Fraction]) -> pl.Expr:
    """Integers at `digits` decimals, multiplied exactly; null where the product is no whole 10^-9 base unit."""
    ratios = {place: factor * Fraction(10) ** (QUANTITY_DIGITS - digits) for place, factor in factors.items()}
    numerator = _chosen(unit, {place: ratio.numerator for place, ratio in ratios.items()}, pl.Int64)
    most = _chosen(unit, {place: LARGEST // ratio.numerator for place, ratio in ratios.items()}, pl.Int64)
    fits = (integer >= 0) & (integer <= most)
    divisors = {place: ratio.denominator for place, ratio in ratios.items()}
    if set(divisors.values()) <= {1}:
        return pl.when(fits).then(integer * numerator)
    divisor = _chosen(unit, divisors, pl.Int64)
    return pl.when(fits & (integer * numerator % divisor == 0)).then(integer * numerator // divisor)


def _of_floats(x: pl.Expr, unit: pl.Expr, factors: Mapping[int, Fraction]) -> Fixed:
    scaled = {place: factor * 10**QUANTITY_DIGITS for place, factor in factors.items()}
    y = x * _chosen(unit, {place: float(c) for place, c in scaled.items()}, pl.Float64)
    sure = (y < _SURE_BELOW) & ((y - y.floor() - 0.5).abs() > y * 2.0**-51)
    held = _held(x, unit, {place: _decimals_held(c) for place, c in scaled.items()})
    tens = _chosen(unit, {place: _is_power_of_ten(c) for place, c in scaled.items()}, pl.Boolean)
    steps = {place: c / 10**6 for place, c in scaled.items()}
    whole = {place: int(step) if step.denominator == 1 else 0 for place, step in steps.items()}
    step = _chosen(unit, whole, pl.Int64)
    most = _chosen(unit, {place: float(LARGEST // step) if step else -1.0 for place, step in whole.items()}, pl.Float64)
    millionths = _nearest(x, 1e6)
    large = (x < _UNIQUE_BELOW) & _gives_back(millionths, 1e6, x) & (millionths <= most)
    known = x.is_finite() & (x >= 0)
    near = known & sure & (tens | held)
    integer = pl.when(near).then(y.round(mode="half_away_from_zero").cast(pl.Int64, strict=False)).when(
        known & large
    ).then(millionths.cast(pl.Int64, strict=False) * step)
    return Fixed(integer, near & ~held)


def _nearest(x: pl.Expr, power: float) -> pl.Expr:
    return (x * power).round(mode="half_away_from_zero")


def _gives_back(integer: pl.Expr, power: float, x: pl.Expr) -> pl.Expr:
    """Whether integer / power is x. The divisor is made a column: polars turns x / literal into x × (1 / literal)."""
    return integer / (integer * 0.0 + power) == x


def _held(x: pl.Expr, unit: pl.Expr, digits: Mapping[int, int | None]) -> pl.Expr:
    """Whether x has at most so many decimals: then its product needs no rounding.

    Where x·10^digits is 2^53 or more, floats lie so wide apart that the shortest decimal never has more.
    """
    power = _chosen(unit, {place: None if d is None else 10.0**d for place, d in digits.items()}, pl.Float64)
    nearest = (x * power).round(mode="half_away_from_zero")
    return ((x * power >= 2.0**53) | (nearest / (nearest * 0.0 + power) == x)).fill_null(value=False)


def _decimals_held(c: Fraction) -> int | None:
    """The most decimals of a number whose product with c is always whole; None where that of 1 is not."""
    if c.denominator != 1:
        return None
    digits = 0
    while digits < 18 and (c / 10 ** (digits + 1)).denominator == 1:
        digits += 1
    return digits


def _is_power_of_ten(c: Fraction) -> bool:
    return c.denominator == 1 and str(c.numerator).strip("0") == "1"


def _chosen(unit: pl.Expr, values: Mapping[int, int | float | bool | None], dtype: type[pl.DataType]) -> pl.Expr:
    """The value of each row's unit; units that share a value are asked together, one value for all is a literal."""
    places: dict[int | float | bool | None, list[int]] = {}
    for place, value in values.items():
        places.setdefault(value, []).append(place)
    if len(places) <= 1:
        return pl.lit(next(iter(places), None), dtype)
    chain = pl.when(pl.lit(value=False)).then(pl.lit(None, dtype))
    for value, of_value in sorted(places.items(), key=lambda pair: len(pair[1])):
        chain = chain.when(unit.is_in(of_value)).then(pl.lit(value, dtype))
    return chain.otherwise(pl.lit(None, dtype))
