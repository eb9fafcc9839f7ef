"""Whole columns in fixed point: what is taken equals the shortest decimal times the factor, to the last digit."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from accounting import exact, units
from accounting.ingest.fixed_point import first_look, second_look

FACTORS = {
    0: Fraction(1), 1: Fraction(10), 2: Fraction(10_000), 3: Fraction(1, 1000), 4: units.unit("tce").factor,
    5: Fraction(18, 5), 6: Fraction(1, 3),
}  # fmt: skip
DECIMALS = st.builds(lambda n, digits: n / 10**digits, st.integers(0, 10**15), st.integers(0, 12))
FLOATS = st.one_of(DECIMALS, st.floats(allow_nan=True, allow_infinity=True))


def looked(values: list[float], places: list[int]) -> pl.DataFrame:
    rows = pl.DataFrame({"q": pl.Series(values, dtype=pl.Float64), "u": places})
    more, near = second_look(pl.col("q"), pl.col("u"), FACTORS)
    return rows.select(
        "q", "u",
        first_look("q", pl.Float64(), pl.col("u"), FACTORS).alias("first"),
        more.alias("second"),
        near.alias("rounded"),
    )  # fmt: skip


@settings(max_examples=150)
@given(st.lists(st.tuples(FLOATS, st.sampled_from(sorted(FACTORS))), min_size=1, max_size=50))
@example([(8388608.1, 0), (9000000.000000001, 0), (0.1 + 0.2, 0), (2.5e-9, 0), (4194304.0000000005, 3)])
def test_what_is_taken_is_exact_and_what_is_rounded_is_said(pairs: list[tuple[float, int]]) -> None:
    for q, u, first, second, rounded in looked([q for q, _ in pairs], [u for _, u in pairs]).rows():
        if first is None and second is None:
            continue
        value = Fraction(Decimal(repr(q))) * FACTORS[u]
        if first is not None:
            assert (first, exact.holds(value, 9)) == (exact.scaled(value, 9), True)
        else:
            assert (second, not rounded) == (exact.scaled(value, 9), exact.holds(value, 9))


@pytest.mark.parametrize("q", [float("nan"), float("inf"), -float("inf"), -1.0, 1e300, 1e17])
def test_what_is_no_plain_quantity_is_left_to_be_read_by_its_digits(q: float) -> None:
    assert looked([q], [0]).select("first", "second").row(0) == (None, None)


def test_ordinary_values_are_all_taken_at_first_look() -> None:
    values = [n / 1000 for n in range(0, 5_000_000, 997)]
    for place in (0, 1, 2, 3, 4):
        assert looked(values, [place] * len(values))["first"].null_count() == 0


def test_a_tie_is_never_decided_in_floats() -> None:
    assert looked([2.5e-9, 0.5e-9], [0, 0]).select("first", "second").rows() == [(None, None), (None, None)]


@pytest.mark.parametrize(
    ("values", "dtype", "taken"),
    [
        ([Decimal("1.5"), Decimal("-1"), None], pl.Decimal(38, 9), [15_000_000_000, None, None]),
        ([Decimal("0.0000000000015")], pl.Decimal(38, 13), [None]),
        ([7, -7, 2**62], pl.Int64, [70_000_000_000, None, None]),
        (["1.5", "1,5", " 1", "-", "1234567890"], pl.String, [15_000_000_000, None, None, None, None]),
    ],
)
def test_other_kinds_are_multiplied_as_integers(values: list[object], dtype: pl.DataType, taken: list[int | None]) -> None:
    rows = pl.DataFrame({"q": pl.Series(values, dtype=dtype)})
    made = rows.select(first_look("q", rows.schema["q"], pl.lit(0), {0: Fraction(10)}))
    assert made.to_series().to_list() == taken
