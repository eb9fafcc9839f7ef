"""Inventory cells: exact products, one rounding, absence as a state of its own."""

from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest

from accounting import inventory, tables
from accounting.errors import DataRefused

KEY = {"entity": "110000", "year": 2007, "category": "farming", "item": "diesel_oil", "unit": "t"}
MISSING = {"class": pl.Int64, "gas": pl.String, "scope": pl.Int8, "account": pl.String, "reason": pl.String}
GWP = {"CO2": Fraction(1), "CH4_fossil": Fraction("27.9")}


def sums(*rows: dict) -> pl.LazyFrame:
    return tables.frame("sums", [KEY | {"class": 1} | row for row in rows]).lazy()


def effective(*rows: dict) -> pl.LazyFrame:
    one = {"class": 1, "gas": "CO2", "scope": 1, "account": "main", "lag": 0, "method": "m", "pack": "p"}
    return tables.frame("effective", [one | row for row in rows]).lazy()


def missing(*rows: dict) -> pl.LazyFrame:
    one = {"class": 1, "gas": "CO2", "scope": 1, "account": "main", "reason": "no value"}
    return pl.DataFrame([one | row for row in rows], schema=MISSING).lazy()


def cells(*tables_given: pl.LazyFrame) -> pl.DataFrame:
    return tables.ordered("inventory", inventory.cells(*tables_given, GWP).collect())


def test_a_cell_is_rounded_once_over_all_its_products() -> None:
    third = {"effective_factor": "0.333333333333333"}
    january = {"quantity": "0.0000005", "month": 1, "class": 2}
    two = cells(sums({"quantity": "0.0000005"}, january), effective(third, third | {"class": 2}), missing())
    assert two["mass_t"].to_list() == [Decimal("0.000000333333")]  # one by one each half would round up: …334


def test_half_of_a_microgram_rounds_away_from_zero_on_both_sides() -> None:
    half = {"effective_factor": "0.000000000000500"}
    plus = cells(sums({"quantity": "1"}), effective(half), missing())
    minus = cells(sums({"quantity": "-1"}), effective(half), missing())
    assert (plus["mass_t"].item(), minus["mass_t"].item()) == (Decimal("0.000000000001"), Decimal("-0.000000000001"))


def test_co2e_can_be_redone_from_the_printed_mass() -> None:
    table = cells(sums({"quantity": "2"}), effective({"gas": "CH4_fossil", "effective_factor": "0.1"}), missing())
    assert table.select("mass_t", "co2e_t").row(0) == (Decimal("0.200000000000"), Decimal("5.580000000000"))


def test_a_gas_without_gwp_has_no_co2e() -> None:
    table = cells(sums({"quantity": "2"}), effective({"gas": "SF6", "effective_factor": "0.1"}), missing())
    assert table["co2e_t"].to_list() == [None]


def test_a_missing_factor_is_ne_with_its_reason() -> None:
    table = tables.check("inventory", cells(sums({"quantity": "2"}), effective(), missing({})))
    assert table.select("mass_t", "co2e_t", "notation_key", "reason").row(0) == (None, None, "NE", "no value")


def test_a_cell_that_lacks_a_part_is_ne_whole() -> None:
    parts = sums({"quantity": "2"}, {"quantity": "5", "unit": "GJ", "class": 2})
    table = cells(parts, effective({"effective_factor": "3"}), missing({"class": 2}))
    assert table.select("mass_t", "notation_key").rows() == [(None, "NE")]


def test_a_written_notation_key_is_kept() -> None:
    table = cells(sums({"notation_key": "NO"}), effective({"effective_factor": "3"}), missing())
    assert table.select("mass_t", "notation_key", "reason").rows() == [(None, "NO", None)]


def test_a_number_beside_a_written_notation_key_stands() -> None:
    both = sums({"quantity": "2"}, {"notation_key": "NO", "basis": "wet", "class": 2})
    table = cells(both, effective({"effective_factor": "3"}, {"effective_factor": "3", "class": 2}), missing())
    assert table.select("mass_t", "notation_key").rows() == [(Decimal("6.000000000000"), None)]


def test_a_lag_falls_into_a_later_year() -> None:
    lagged = effective({"effective_factor": "1"}, {"effective_factor": "0.5", "lag": 3})
    table = cells(sums({"quantity": "2"}), lagged, missing())
    assert table.select("year", "mass_t").rows() == [(2007, Decimal(2)), (2010, Decimal(1))]


def test_methods_and_packs_of_a_cell_are_joined_in_order() -> None:
    parts = sums({"quantity": "1"}, {"quantity": "1", "unit": "GJ", "class": 2})
    factors = effective({"effective_factor": "1", "pack": "b"}, {"effective_factor": "1", "class": 2, "pack": "a"})
    assert cells(parts, factors, missing())["pack"].to_list() == ["a+b"]


def test_a_cell_that_would_wrap_is_refused_by_name() -> None:
    huge = sums({"quantity": "10000000000000000"})
    with pytest.raises(DataRefused) as caught:
        inventory.products_within_range(huge, effective({"effective_factor": "100000"}))
    assert caught.value.code == "sum.overflow"
    assert caught.value.facts["name"] == "110000/2007/farming/diesel_oil/CO2"
