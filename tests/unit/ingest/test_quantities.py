"""Quantities: exact in the base unit, or refused with what is wrong."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting import exact, units
from accounting.ingest import quantities
from accounting.ingest.quantities import LARGEST, converted
from accounting.tables import check

NUMBERS = st.builds(
    lambda integer, digits: f"{Decimal(integer).scaleb(-digits):f}",
    st.integers(-(10**18), 10**18),
    st.integers(0, 18),
)
FACTORS = st.sampled_from([Fraction(1), Fraction(10_000), Fraction(1, 1000), units.unit("tce").factor, Fraction(1, 3)])


def row(**said: Any) -> pl.DataFrame:
    whole = {
        "row_id": "r1", "entity": "370200", "year": 2022, "category": "industry", "item": "raw_coal",
        "value": "12.5", "reported_unit": "万吨", "file": "a.csv", "sheet": "", "cell": "E2", "unit_cell": "F2",
        "sha256": "5a" * 32, **said,
    }  # fmt: skip
    return pl.DataFrame([whole], schema={name: quantities.RAW[name] for name in whole})


def codes_of(**said: Any) -> list[tuple[str, str]]:
    made = converted(row(**said))
    assert len(made.rejected_rows) == bool(made.rejections) == 1 - made.activity.height
    return [(problem["code"], problem["cell"]) for problem in made.rejections]


@pytest.mark.parametrize(
    ("value", "unit", "item", "quantity", "base"),
    [
        ("12.5", "万吨", "raw_coal", "125000.000000000", "t"),
        ("12.5", "万立方米", "natural_gas", "125.000000000", "10^3 m3"),
        ("1", "tce", "raw_coal", "29.307600000", "GJ"),
        ("—", "万吨", "raw_coal", "0.000000000", "t"),
        ("1e-05", "t", "raw_coal", "0.000010000", "t"),
        ("0.0200199999999995", "万吨", "raw_coal", "200.199999999995", "t"),
    ],
)  # fmt: skip
def test_a_quantity_is_exact_in_its_base_unit(value: str, unit: str, item: str, quantity: str, base: str) -> None:
    made = check("activity", converted(row(value=value, reported_unit=unit, item=item)).activity)
    assert made.select("quantity", "unit", "reported_value", "reported_unit").row(0) == (
        exact.rounded(Fraction(quantity), 9), base, value, unit,
    )  # fmt: skip


@given(st.lists(st.tuples(NUMBERS, FACTORS), min_size=1, max_size=30))
def test_products_equal_those_of_plain_fractions(pairs: list[tuple[str, Fraction]]) -> None:
    rows = pl.DataFrame({"number": [number for number, _ in pairs], "factor": [str(factor) for _, factor in pairs]})
    made = rows.select(quantities.quantities(rows))
    for (number, factor), (quantity, inexact, beyond) in zip(pairs, made.rows(), strict=True):
        value = Fraction(number) * factor
        assert beyond is (abs(exact.scaled(value, 9)) >= LARGEST * 10**9)
        assert quantity is None if beyond else quantity == exact.rounded(value, 9)
        assert inexact is (not exact.holds(value, 9))


def test_more_than_nine_decimals_are_rounded_once_counted_and_listed() -> None:
    made = converted(row(value="0.00000000005", reported_unit="t"))
    assert made.activity["quantity"][0] == 0
    counts = quantities.counted(made.odd, made.activity)
    assert [(c.code, c.count, c.cells) for c in counts] == [("quantity.rounded", 1, ["E2"])]
    assert not list(quantities.counted(made.odd, made.activity.head(0)))


@pytest.mark.parametrize(
    ("said", "code", "cell"),
    [
        ({"value": "123①"}, "number.footnote", "E2"),
        ({"value": "nan"}, "number.not_finite", "E2"),
        ({"value": None}, "quantity.missing", "E2"),
        ({"value": "-5"}, "quantity.negative", "E2"),
        ({"value": "1e15"}, "number.too_large", "E2"),
        ({"reported_unit": None}, "unit.missing", "F2"),
        ({"reported_unit": "furlong"}, "unit.unknown", "F2"),
        ({"reported_unit": "MWh"}, "unit.dimension", "F2"),
        ({"basis": "gross"}, "basis.unknown", "F2"),
        ({"reported_unit": "万Nm3", "item": "natural_gas", "basis": "stp20"}, "basis.conflict", "F2"),
        ({"notation_key": "NE"}, "notation.conflict", "E2"),
        ({"value": None, "notation_key": "XX"}, "notation.unknown", "E2"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_cell(said: dict[str, Any], code: str, cell: str) -> None:
    assert codes_of(**said) == [(code, cell)]


def test_all_that_is_wrong_with_a_row_is_said_and_the_row_counts_once() -> None:
    made = converted(row(value="12①", reported_unit="furlong"))
    assert [problem["code"] for problem in made.rejections] == ["number.footnote", "unit.unknown"]
    assert made.rejected_rows.to_list() == ["r1"]


def test_a_notation_key_is_no_zero_and_needs_no_unit() -> None:
    made = check("activity", converted(row(value="NE", reported_unit=None)).activity)
    assert made.select("quantity", "notation_key", "unit").row(0) == (None, "NE", "t")


@pytest.mark.parametrize("category", ["stock_change", "loss", "statistical_difference"])
def test_stocks_losses_and_differences_may_be_negative(category: str) -> None:
    assert converted(row(value="-5", category=category)).activity["quantity"][0] == Decimal(-50000)


def test_a_transfer_may_be_negative() -> None:
    assert converted(row(value="-5", note="transfer")).activity.height == 1
    assert converted(row(value="-5"), negative_allowed=True).activity.height == 1


def test_the_basis_is_that_of_the_unit_or_of_its_column() -> None:
    of_unit = converted(row(item="natural_gas", reported_unit="万Nm3")).activity["basis"][0]
    of_column = converted(row(basis="wet")).activity["basis"][0]
    assert (of_unit, of_column) == ("stp0", "wet")


def test_listing_is_bounded_but_refusing_is_not() -> None:
    rows = pl.concat([row(row_id=f"r{n}", value="x") for n in range(5)])
    made = converted(rows, list_at_most=2)
    assert (len(made.rejections), len(made.rejected_rows), made.activity.height) == (2, 5, 0)
