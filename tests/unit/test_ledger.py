"""Key sums: exact, in any order, and silent about nothing."""

from decimal import Decimal

import polars as pl

from accounting import ledger, tables

ROW = {"entity": "110000", "year": 2007, "category": "farming", "item": "diesel_oil", "unit": "t", "row_id": "r", "sha256": "s"}


def activity(*rows: dict) -> pl.LazyFrame:
    return tables.frame("activity", [ROW | row for row in rows]).lazy()


def test_rows_of_one_key_add_exactly() -> None:
    sums = ledger.key_sums(activity({"quantity": "0.1"}, {"quantity": "0.2"}, {"quantity": "-0.000000001"})).collect()
    assert sums["quantity"].to_list() == [Decimal("0.299999999")]


def test_basis_month_and_unit_keep_sums_apart() -> None:
    rows = [
        {"quantity": "1"},
        {"quantity": "1", "basis": "wet"},
        {"quantity": "1", "month": 3},
        {"quantity": "1", "unit": "GJ"},
    ]
    assert ledger.key_sums(activity(*rows)).collect().height == 4


def test_a_written_notation_key_stays_and_gives_way_to_a_number() -> None:
    rows = [{"notation_key": "NO"}, {"item": "lpg", "notation_key": "NE"}, {"item": "lpg", "quantity": "3"}]
    sums = ledger.key_sums(activity(*rows)).collect().sort("item")
    assert sums.select("item", "quantity", "notation_key").rows() == [
        ("diesel_oil", None, "NO"),
        ("lpg", Decimal("3.000000000"), None),
    ]


def test_sums_of_sums_are_the_sums() -> None:
    left, right = activity({"quantity": "1.5"}), activity({"quantity": "2.25"}, {"item": "coke", "quantity": "7"})
    once = ledger.key_sums(pl.concat([left, right])).collect().sort("item")
    twice = ledger.key_sums(pl.concat([ledger.key_sums(left), ledger.key_sums(right)])).collect().sort("item")
    assert once.equals(twice)


def test_quantity_sums_equal_key_sums_where_every_row_has_a_quantity() -> None:
    rows = activity({"quantity": "1"}, {"quantity": "2"}, {"item": "coke", "quantity": "3"})
    assert (
        ledger.quantity_sums(rows)
        .collect()
        .sort("item")
        .equals(ledger.key_sums(rows).drop("notation_key").collect().sort("item"))
    )
