"""A series with electricity given twice: worked by hand, with what is missing named."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import packs
import polars as pl
import pytest
from small import table

import accounting as ac
from accounting import views
from accounting.errors import DataRefused
from accounting.quality import electricity_series
from accounting.tables import CELL

VIEW = "china-pilot"
ROWS = [
    ("330000", 2020, "purchased", "electricity", "1000", "MWh"),
    ("330000", 2021, "purchased", "electricity", "1000", "MWh"),
    ("330000", 2021, "exported", "electricity", "100", "MWh"),
    ("330000", 2023, "purchased", "electricity", "1000", "MWh"),
    ("330000", 2023, "purchased", "green_electricity_contract", "200", "MWh"),
    ("330000", 2023, "purchased", "green_electricity_direct", "50", "MWh"),
    ("330000", 2021, "transport", "diesel_oil", "10", "t"),
]


def made(rows: list[tuple] = ROWS, **options: Any) -> ac.Run:
    return ac.run(table(rows), **{"view": VIEW, **options})


def series(run: ac.Run, view: str = VIEW, most: int = 9) -> list[tuple]:
    told = electricity_series.of_run(run.tables, run.manifest, views.view(view), most)
    return told.select("year", "co2_t", "missing_cells", "factor_year", "fixed_co2_t", "fixed_missing_cells").rows()


def one(run: ac.Run) -> electricity_series.OneFactor:
    gwp = {gas: Fraction(text) for gas, text in run.manifest["gwp"].items()}
    return electricity_series.one_factor(run.tables, gwp, run.manifest["settings"]["electricity"])


DIESEL = Decimal("30.959096373333")  # 10 t × 42.652 × 0.0202 × 0.98 × 44 ÷ 12


def test_each_year_with_its_factor_and_with_that_of_the_latest_year() -> None:
    assert series(made()) == [
        (2020, None, 1, 2023, Decimal("497.4"), 0),  # NE by its year; 1000 × 0.4974
        (2021, Decimal("487.98") + DIESEL, 0, 2023, Decimal("447.66") + DIESEL, 0),  # 900 × 0.5422 and 900 × 0.4974
        (2023, Decimal("596.88"), 0, 2023, Decimal("596.88"), 0),  # 1200 × 0.4974, the direct line is 0
    ]


def test_only_electricity_cells_are_exchanged_and_none_is_lost() -> None:
    run = made()
    exchanged = electricity_series.with_one_factor(run.inventory, one(run))
    key = list(CELL)
    assert exchanged.select(key).sort(key).equals(run.inventory.select(key).sort(key))
    other = pl.col("category") == "transport"
    assert exchanged.filter(other).equals(run.inventory.filter(other))


def test_the_account_of_the_market_has_its_own_year_and_factor() -> None:
    cells = one(made()).cells.filter(account="market", category="purchased", item="electricity").sort("year")
    assert cells["mass_t"].to_list() == [Decimal("609.6")] * 3  # 2023: 0.6096, for 2020 and 2021 too


def test_a_product_that_would_wrap_is_refused_by_name() -> None:
    run = made()
    huge = run.sums.with_columns(pl.lit(10**28, run.sums.schema["quantity"]).alias("quantity"))
    with pytest.raises(DataRefused, match="sum.overflow"):
        electricity_series.of_run({**run.tables, "sums": huge}, run.manifest, views.view(VIEW), 9)


def test_under_a_fixed_policy_both_are_the_same() -> None:
    told = series(made(electricity_year="fixed:2022"))
    assert [row[1] for row in told] == [row[4] for row in told]
    assert {row[3] for row in told} == {2022}


def test_the_park_method_has_one_factor_anyway() -> None:
    told = series(made(view="zero-carbon-park"), "zero-carbon-park")
    assert [row[1] for row in told] == [row[4] for row in told]


def test_an_entity_without_any_factor_has_no_figure() -> None:
    rows = [("330000", year, "purchased", "electricity", "1", "MWh") for year in (2015, 2016)]
    assert series(made(rows)) == [(2015, None, 1, None, None, 1), (2016, None, 1, None, None, 1)]


def test_one_year_alone_makes_no_series() -> None:
    assert series(made([ROWS[1], ("330100", 2022, *ROWS[1][2:])])) == []


def test_entities_are_told_apart_and_counted_off() -> None:
    rows = [("310000", year, "purchased", "electricity", "1000", "MWh") for year in (2021, 2022)]
    told = series(made([*rows, *ROWS]), most=1)
    assert [(row[0], row[3], row[4]) for row in told] == [(2021, 2022, Decimal("584.9")), (2022, 2022, Decimal("584.9"))]


def test_a_latest_factor_that_differs_by_category_serves_its_own_only(tmp_path: Path) -> None:
    own = {"parameter": "emission_factor", "item": "electricity", "unit": "tCO2/MWh", "region": "330000"}
    by_category = [
        own | {"valid_from": "2023", "valid_to": "2023", "value": value, "category": category}
        for category, value in (("purchased", "0.1"), ("industry", "0.2"))
    ]
    pack = str(packs.write(tmp_path / "own", *by_category))
    rows = [
        ("330000", year, category, "electricity", "10", "MWh")
        for year in (2022, 2023)
        for category in ("purchased", "industry")
    ]
    run = made([*rows, ("330000", 2022, "exported", "electricity", "5", "MWh")], factors=[pack, "grid-cn"])
    cells = one(run).cells.filter(account="main", year=2022).sort("category")
    assert cells.select("category", "mass_t", "notation_key").rows() == [
        ("exported", None, "NE"),  # 2023 has no factor for what is sold, and two for the rest: none is guessed
        ("industry", Decimal("2.0"), None),
        ("purchased", Decimal("1.0"), None),
    ]


def test_electricity_in_heat_units_stays_without_a_factor() -> None:
    rows = [*ROWS[1:2], ("330000", 2023, "purchased", "electricity", "10", "GJ"), ("330000", 2022, *ROWS[1][2:])]
    cells = one(made(rows)).cells.filter(account="main", year=2023)
    assert cells["notation_key"].to_list() == ["NE"]


@pytest.mark.parametrize("view", ["china-pilot", "gpc"])
def test_a_stored_run_gives_the_same_series(tmp_path: Path, view: str) -> None:
    rows = [
        *ROWS,
        ("330000", 2021, "industry", "electricity", "7", "MWh"),
        ("330000", 2023, "industry", "electricity", "7", "MWh"),
    ]
    run = made(rows, view=view)
    run.save(tmp_path / "run")
    assert series(ac.open(tmp_path / "run"), view) == series(run, view) != []
