"""Key sums: exact, in any order, and silent about nothing."""

from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest

from accounting import ledger, tables
from accounting.errors import DataRefused, InvariantBroken
from accounting.quality import conservation

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


THIRD = Fraction("0." + "3" * 30)
CITIES = (ledger.Part("330100", "P1", high=THIRD), ledger.Part("330600", "P1", low=THIRD))


def summed(*rows: dict) -> pl.DataFrame:
    return ledger.key_sums(activity(*rows)).collect()


@pytest.mark.parametrize(
    ("quantity", "part"),
    [("1000000", CITIES[0]), ("1000000", CITIES[1]), ("1", ledger.Part("330100", "P1", low=Fraction(1, 10**50)))],
)
def test_a_cut_that_would_wrap_is_refused_on_either_side(quantity: str, part: ledger.Part) -> None:
    with pytest.raises(DataRefused, match="sum.overflow"):
        ledger.cut(summed({"entity": "P1", "quantity": quantity}), [part])


def test_pieces_that_are_not_their_shares_break_the_run() -> None:
    third = ledger.Part("330100", "P1", high=Fraction(1, 3))
    sums = summed({"entity": "P1", "quantity": "1000000"})
    pieces = ledger.cut(sums, [third])
    assert conservation.pieces_are_shares(sums, pieces, [third])["compared"] == 1
    for wrong in ("333333.333333335", "-333333.333333333", "999999.957", "1000001"):
        with pytest.raises(InvariantBroken, match="conservation.sums"):
            conservation.pieces_are_shares(
                sums, pieces.with_columns(pl.lit(Decimal(wrong)).cast(pl.Decimal(38, 9)).alias("quantity")), [third]
            )


PARKS = (ledger.Part("330100", "P1"), ledger.Part("330100", "P2"))


def of_city(*rows: dict) -> list[tuple]:
    made = ledger.with_wholes(summed(*rows), PARKS).filter(pl.col("entity") == "330100")
    return made.sort("month").select("quantity", "notation_key").rows()


@pytest.mark.parametrize("key", ["NE", "C"])
def test_a_whole_of_which_a_part_is_not_estimated_has_no_quantity(key: str) -> None:
    rows = [{"entity": "P1", "quantity": "1000"}, {"entity": "P2", "notation_key": key}]
    assert of_city(*rows) == [(None, key)]
    silent = ledger.silent_parts(summed(*rows), ledger.with_wholes(summed(*rows), PARKS), PARKS)
    assert silent.rows() == [("330100", 2007, "farming", "diesel_oil", "P2", key)]


def test_a_part_that_is_not_estimated_leaves_no_month_of_the_whole() -> None:
    months = [{"entity": "P1", "quantity": "1", "month": month} for month in (1, 2)]
    assert of_city(*months, {"entity": "P2", "notation_key": "NE"}) == [(None, "NE")] * 3


def test_a_part_that_does_not_occur_adds_nothing() -> None:
    assert of_city({"entity": "P1", "quantity": "1000"}, {"entity": "P2", "notation_key": "NO"}) == [
        (Decimal("1000.000000000"), None)
    ]


def test_a_whole_of_a_whole_that_is_not_estimated_is_not_either() -> None:
    rows = [{"entity": "P1", "quantity": "1"}, {"entity": "P2", "notation_key": "NE"}, {"entity": "330600", "quantity": "5"}]
    parts = (*PARKS, ledger.Part("330000", "330100"), ledger.Part("330000", "330600"))
    made = ledger.with_wholes(summed(*rows), parts)
    assert made.filter(pl.col("entity") == "330000").select("quantity", "notation_key").rows() == [(None, "NE")]
    assert conservation.wholes_are_their_parts(summed(*rows), made, parts)[1]["stage"] == "parts"
