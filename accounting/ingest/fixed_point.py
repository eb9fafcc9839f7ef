"""Quantities of a column as integers at 9 decimals of the base unit, millions at a time.

A float is what its shortest decimal says. `first_look` takes a float that a whole number of steps gives back: with
steps of 10^-p that float arithmetic keeps apart, that number of steps is the shortest decimal. `second_look` takes

    |frac(y) − ½| > y·2^-51 with y = x·c, c = 10^9 base units in one unit  ⇒  round(y) is right: y is off by < 3·2^-53
    x < 2^33 that a multiple of 10^-6 gives back: no two such multiples share a float

What neither takes is null; the caller reads it by its digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from accounting.exact import QUANTITY_DIGITS

LARGEST = 9 * 10**18  # an Int64 at 9 decimals: 9·10^9 base units
USUAL_DIGITS = 6
_APART_BELOW = 2.0**50
_UNIQUE_BELOW = 2.0**33
_PLAIN = r"^[0-9]{1,9}(\.[0-9]{1,9})?$"
Value = int | float | None


@dataclass(frozen=True, slots=True)
class Steps:
    """A unit's factor at 9 decimals, c = step × 10^digits: numbers of so many decimals need no rounding.

    Six decimals are enough for nearly every number and leave room for large ones. `step` is None where c is no
    whole number: then nothing is taken.
    """

    c: Fraction
    digits: int
    step: int | None

    @classmethod
    def of(cls, factor: Fraction) -> Steps:
        c = factor * 10**QUANTITY_DIGITS
        digits = 0
        while digits < USUAL_DIGITS and (c / 10 ** (digits + 1)).denominator == 1:
            digits += 1
        step = c / 10**digits
        return cls(c, digits, step.numerator if step.denominator == 1 else None)

    @property
    def c_of_tens(self) -> float | None:
        """c where it is a power of ten: then a number times c says how many decimals the number has."""
        return float(self.c) if self.step is not None and set(str(self.c)[1:]) <= {"0"} and str(self.c)[0] == "1" else None


def first_look(column: str, dtype: pl.DataType, unit: pl.Expr, factors: Mapping[int, Fraction]) -> pl.Expr:
    """A quantity column in base units, for rows whose `unit` is a place in `factors`; never negative, never rounded.

    >>> rows = pl.DataFrame({"q": [1.5, 0.1, 1e-20, -1.0]})
    >>> rows.select(first_look("q", pl.Float64(), pl.lit(0), {0: Fraction(10)})).to_series().to_list()
    [15000000000, 1000000000, None, None]
    """
    quantity = pl.col(column)
    if dtype.is_float():
        return _steps(doubles(column, dtype), unit, {place: Steps.of(factor) for place, factor in factors.items()})
    if isinstance(dtype, pl.Decimal):
        return _multiplied(quantity.to_physical().cast(pl.Int64, strict=False), dtype.scale, unit, factors)
    if dtype.is_integer():
        return _multiplied(quantity.cast(pl.Int64, strict=False), 0, unit, factors)
    text = quantity.cast(pl.String)
    plain = pl.when(text.str.contains(_PLAIN)).then(text).cast(pl.Decimal(38, QUANTITY_DIGITS), strict=False)
    return _multiplied(plain.to_physical().cast(pl.Int64, strict=False), QUANTITY_DIGITS, unit, factors)


def doubles(column: str, dtype: pl.DataType) -> pl.Expr:
    """A float column as doubles of the same shortest decimals: the single float 0.1 is 0.1, not 0.10000000149."""
    quantity = pl.col(column)
    return quantity if isinstance(dtype, pl.Float64) else quantity.cast(pl.String).cast(pl.Float64, strict=False)


def _steps(x: pl.Expr, unit: pl.Expr, factors: Mapping[int, Steps]) -> pl.Expr:
    """Floats that so many whole steps of 10^-digits give back."""
    power = _chosen(unit, {p: 10.0**s.digits if s.step else None for p, s in factors.items()}, pl.Float64)
    step = _chosen(unit, {p: s.step for p, s in factors.items()}, pl.Int64)
    below = _chosen(unit, {p: min(_APART_BELOW, LARGEST / (s.step or 1)) for p, s in factors.items()}, pl.Float64)
    y = x * power
    whole = (y + 0.5).cast(pl.Int64, strict=False)
    taken = (y >= 0.0) & (y < below) & _gives_back(whole.cast(pl.Float64), power, x)
    return pl.when(taken).then(whole * step if any(s.step != 1 for s in factors.values()) else whole)


def _gives_back(whole: pl.Expr, power: pl.Expr, x: pl.Expr) -> pl.Expr:
    """Whether whole / power is x. The divisor is made a column: polars turns x / literal into x × (1 / literal)."""
    return whole / (whole * 0.0 + power) == x


def _multiplied(integer: pl.Expr, digits: int, unit: pl.Expr, factors: Mapping[int, Fraction]) -> pl.Expr:
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


def second_look(x: pl.Expr, unit: pl.Expr, factors: Mapping[int, Fraction]) -> tuple[pl.Expr, pl.Expr]:
    """Floats that `first_look` did not take: the integer (null where not taken here either), and whether rounded.

    >>> made, rounded = second_look(pl.col("q"), pl.lit(0), {0: Fraction(1)})
    >>> pl.DataFrame({"q": [1e-10, 12345678.9, 5e-10]}).select(made.alias("q"), rounded.alias("r")).rows()
    [(0, True), (12345678900000000, False), (None, False)]
    """
    steps = {place: Steps.of(factor) for place, factor in factors.items()}
    c = _chosen(unit, {place: s.c_of_tens for place, s in steps.items()}, pl.Float64)
    y = x * c
    nearest = y.round(mode="half_away_from_zero")
    sure = (y >= 0.0) & (y < _APART_BELOW) & ((y - y.floor() - 0.5).abs() > y * 2.0**-51)
    near = sure.fill_null(value=False)
    rounded = near & ~_gives_back(nearest, c, x).fill_null(value=False)
    whole = {place: s.c / 10**6 for place, s in steps.items()}
    step = _chosen(unit, {p: w.numerator if w.denominator == 1 else None for p, w in whole.items()}, pl.Int64)
    most = _chosen(unit, {p: float(LARGEST // max(1, w.numerator)) for p, w in whole.items()}, pl.Float64)
    millionths = (x * 1e6).round(mode="half_away_from_zero")
    in_range = (x >= 0.0) & (x < _UNIQUE_BELOW) & (millionths <= most)
    large = (in_range & _gives_back(millionths, pl.lit(1e6), x)).fill_null(value=False)
    made = pl.when(near).then(nearest.cast(pl.Int64, strict=False))
    return made.when(large).then(millionths.cast(pl.Int64, strict=False) * step), rounded


def _chosen(unit: pl.Expr, values: Mapping[int, Value], dtype: type[pl.DataType]) -> pl.Expr:
    """The value of each row's unit, the commonest where the unit has none (such a row is refused for its unit)."""
    places: dict[Value, list[int]] = {}
    for place, value in values.items():
        places.setdefault(value, []).append(place)
    most = max(places, key=lambda value: len(places[value]), default=None)
    if len(places) <= 1:
        return pl.lit(most, dtype)
    chain = pl.when(pl.lit(value=False)).then(pl.lit(None, dtype))
    for value, of_value in places.items():
        for place in of_value if value != most else ():
            chain = chain.when(unit == place).then(pl.lit(value, dtype))
    return chain.otherwise(pl.lit(most, dtype))
