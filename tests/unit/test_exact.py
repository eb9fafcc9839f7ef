"""Exact decimals: scaling, rounding half away from zero, and the guard against wrapping."""

from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting import exact

big_integers = st.integers(min_value=-(10**37), max_value=10**37)


def half_away(value: Fraction, digits: int) -> Fraction:
    """An independent rounding: floor of the magnitude plus a half."""
    magnitude = abs(value) * 10**digits
    rounded = int(magnitude + Fraction(1, 2))
    return Fraction(rounded if value >= 0 else -rounded, 10**digits)


@given(st.fractions(min_value=-(10**12), max_value=10**12), st.integers(0, 15))
def test_rounded_is_half_away_from_zero(value: Fraction, digits: int) -> None:
    assert Fraction(exact.rounded(value, digits)) == half_away(value, digits)


@given(st.lists(big_integers, min_size=1, max_size=20))
def test_rounded_integers_rounds_as_the_scalar_does(values: list[int]) -> None:
    frame = pl.DataFrame({"x": pl.Series(values, dtype=pl.Int128)})
    ours = frame.select(exact.rounded_integers(pl.col("x"), 24, 12)).to_series().to_list()
    assert ours == [exact.scaled(Fraction(v, 10**24), 12) for v in values]


@given(st.lists(big_integers, min_size=1, max_size=5))
def test_decimals_only_reads_the_integer_anew(values: list[int]) -> None:
    frame = pl.DataFrame({"x": pl.Series(values, dtype=pl.Int128)})
    ours = frame.select(exact.decimals(pl.col("x"), 12)).to_series().to_list()
    assert ours == [exact.unscaled(v, 12) for v in values]


@pytest.mark.parametrize("text", ["1e5", "nan", "", "1,000", "٣", "0x1", "1_0", " 1", "--1"])
def test_fraction_reads_plain_decimals_only(text: str) -> None:
    with pytest.raises(ValueError, match="not a plain decimal"):
        exact.fraction(text)


def test_plain_never_writes_a_negative_zero_or_an_exponent() -> None:
    assert [exact.plain(Decimal(t)) for t in ("-0.000", "1E+3", "0.10", "-1.50")] == ["0", "1000", "0.1", "-1.5"]


def test_a_sum_that_would_wrap_is_seen_before_it_is_added() -> None:
    wrapping = pl.DataFrame({"x": pl.Series([10**38, 10**38], dtype=pl.Int128)})
    assert wrapping["x"].sum() < 0  # what polars does without a word
    assert not exact.within_range(wrapping.select(exact.magnitude(pl.col("x"))).item())
