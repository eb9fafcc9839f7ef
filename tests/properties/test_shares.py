"""Shares: pieces add up to their whole whatever the decimals, a split lies between its kinds, forms change nothing."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from own_project import parts, written

import accounting as ac
from accounting import ledger, tables
from accounting.exact import plain, rounded
from accounting.factors.effective import Part, split_rows
from accounting.factors.values import value
from accounting.methods import method

few = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
weights = st.lists(st.integers(1, 10**6), min_size=2, max_size=6)
quantities = st.lists(st.decimals(-(10**9), 10**9, places=9), min_size=1, max_size=8)


def shares_of(drawn: list[int]) -> list[Fraction]:
    return [Fraction(weight, sum(drawn)) for weight in drawn]


def sums(drawn: list) -> pl.DataFrame:
    rows = [
        {"entity": "P1", "year": 2000 + number, "category": "industry", "item": "lpg", "unit": "t", "quantity": quantity}
        for number, quantity in enumerate(drawn)
    ]
    return tables.frame("sums", rows).drop("class")


def cut_of(drawn: list[int]) -> list[ledger.Part]:
    low, found = Fraction(0), []
    for number, share in enumerate(shares_of(drawn)):
        found.append(ledger.Part(f"W{number}", "P1", low, low + share))
        low += share
    return found


@given(quantities, weights)
def test_the_pieces_of_a_quantity_add_up_to_it(drawn: list, weight: list[int]) -> None:
    whole = sums(drawn)
    pieces = ledger.cut(whole, cut_of(weight))
    again = pieces.group_by("year").agg(pl.col("quantity").sum()).sort("year")["quantity"].to_list()
    assert again == whole.sort("year")["quantity"].to_list()
    share = dict(zip((f"W{n}" for n in range(len(weight))), shares_of(weight), strict=True))
    before = dict(whole.select("year", "quantity").rows())
    for row in pieces.to_dicts():
        exact = Fraction(before[row["year"]]) * share[row["entity"]]
        assert abs(Fraction(row["quantity"]) - exact) < Fraction(1, 10**9)
        assert row["inexact"] or Fraction(row["quantity"]) == exact


@given(quantities, weights)
def test_a_whole_of_every_piece_is_the_part_again(drawn: list, weight: list[int]) -> None:
    inner = cut_of(weight)
    outer = [ledger.Part("ALL", part.whole) for part in inner]
    made = ledger.with_wholes(sums(drawn), [*outer, *inner])
    assert made.filter(pl.col("entity") == "ALL").sort("year")["quantity"].to_list() == sums(drawn)["quantity"].to_list()


@given(st.lists(st.tuples(st.integers(1, 99), st.decimals("0.1", 3, places=6)), min_size=2, max_size=5))
def test_a_split_is_the_exact_mean_and_lies_between_its_kinds(drawn: list) -> None:
    shares = shares_of([weight for weight, _ in drawn])
    kinds = [Part(f"k{n}", plain(s), {"co2_factor": value("co2_factor", f"{f:f}", "tCO2/t")})
             for n, (s, (_, f)) in enumerate(zip(shares, drawn, strict=True))]  # fmt: skip
    (row,) = split_rows(method("combustion.co2_factor"), kinds)
    exact = sum((share * Fraction(factor) for share, (_, factor) in zip(shares, drawn, strict=True)), Fraction(0))
    assert row["effective_factor"] == rounded(exact)
    assert min(f for _, f in drawn) <= row["effective_factor"] <= max(f for _, f in drawn)
    assert ac.recomputed(f"{row['formula']} = {plain(row['effective_factor'])}").right


@given(st.integers(1, 999))
@few
def test_shares_that_do_not_add_up_exactly_are_always_refused(
    tmp_path_factory: pytest.TempPathFactory, thousandth: int
) -> None:
    assume(thousandth != 300)
    rows = [("140000", "", "", "raw_coal", "lignite", "0.7", "函"),
            ("140000", "", "", "raw_coal", "anthracite", f"0.{thousandth:03d}", "函")]  # fmt: skip
    data = [("140000", 2020, "", "industry", "raw_coal", "1", "t")]
    with pytest.raises(ac.Refused, match="project_table.unusable") as refusal:
        ac.run(written(tmp_path_factory.mktemp("split"), data=data, splits=rows))
    assert refusal.value.rejections is not None
    assert refusal.value.rejections["code"].to_list() == ["splits.shares"]


@given(st.decimals(0, 10**6, places=4), st.integers(1, 99))
@few
def test_a_park_is_what_its_cities_have_of_it(tmp_path_factory: pytest.TempPathFactory, quantity, percent: int) -> None:
    shares = (f"0.{percent:02d}", f"0.{100 - percent:02d}")
    entities = [("P1", "园区", "park", city, share, "330100") for city, share in zip(("330100", "330600"), shares, strict=True)]
    data = [("P1", 2020, "", "industry", "lpg", f"{quantity:f}", "t")]
    folder = tmp_path_factory.mktemp("park")
    made = ac.run(written(folder, parts("330100", "P1") + parts("330600", "P1"), data=data, entities=entities))
    of = dict(made.sums.select("entity", "quantity").rows())
    assert of["330100"] + of["330600"] == of["P1"]
    mass = dict(made.inventory.select("entity", "mass_t").rows())
    assert abs(mass["330100"] + mass["330600"] - mass["P1"]) <= Fraction(3, 2 * 10**12)
