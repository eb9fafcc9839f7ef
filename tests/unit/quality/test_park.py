"""The zero-carbon park method, row by row of annex 4: what its view counts, what it says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from small import table

import accounting as ac
from accounting import views

VIEW = "zero-carbon-park"


def park(*rows: tuple[str, str, str, str], year: int = 2023, **options: Any) -> ac.Run:
    return ac.run(table([("park-7", year, *row) for row in rows]), view=VIEW, **options)


def line(run: ac.Run, row: str) -> Decimal | None:
    found = run.views[VIEW].filter(pl.col("item").is_null(), row=row, gas="CO2e")
    return None if found.is_empty() else found["co2e_t"].item()


def said(run: ac.Run, code: str) -> list[dict[str, Any]]:
    return run.findings.filter(code=code).to_dicts()


POWER = [
    ("purchased", "electricity", "25000", "MWh"), ("purchased", "green_electricity_contract", "35000", "MWh"),
    ("exported", "electricity", "2000", "MWh"),
]  # fmt: skip


def test_the_whole_example_of_a_park_adds_up() -> None:
    """Z1 to Z6 of the worked numbers, with the packs of table C.1 and the guideline: 63 693.6 t."""
    run = park(
        ("industry", "natural_gas", "1200", "万立方米"),
        ("refining", "crude_oil", "-100000", "t"), ("refining", "gasoline", "30000", "t"),
        ("refining", "diesel_oil", "40000", "t"), ("refining", "fuel_oil", "25000", "t"), ("refining", "refinery_gas", "3000", "t"),
        *POWER,
        ("purchased", "heat", "30000", "GJ"), ("exported", "heat", "5000", "GJ"), ("purchased", "heat_non_fossil", "8000", "GJ"),
        ("process", "lime", "20000", "t"),
        factors=["cn-enterprise-2024", "provincial-2011", "grid-cn", "cn-heat"],
    )  # fmt: skip
    expected = {
        "fuel": "25946.3", "transformation": "2189.82", "indirect": "21897.5", "industrial_processes": "13660.0", "total": "63693.6",
    }  # fmt: skip
    for row, printed in expected.items():
        digits = Decimal(printed)
        assert round(line(run, row) or Decimal(0), -digits.as_tuple().exponent) == digits  # type: ignore[operator]


def test_power_is_counted_by_the_method_and_green_power_is_zero() -> None:
    run = park(*POWER)
    assert line(run, "purchased_electricity") == Decimal("20812.5")  # 25 000 × 0.8325
    assert line(run, "exported_electricity") == Decimal("-1665")  # 2 000 × 0.8325
    assert line(park(*POWER[1:2]), "total") == 0


def test_certificates_take_their_kilowatt_hours_out_of_the_line() -> None:
    run = park(POWER[0], ("purchased", "green_certificate", "5000", "MWh"))
    assert line(run, "purchased_electricity") == Decimal("16650")  # 20 000 × 0.8325


def test_all_green_power_is_no_electricity_at_all_and_exporting_it_earns_nothing() -> None:
    run = park(("purchased", "green_electricity_direct", "10", "MWh"), ("exported", "green_electricity_contract", "4", "MWh"))
    assert line(run, "indirect") == 0


@pytest.mark.parametrize("year", [2012, 2020, 2024, 2030])
def test_the_factor_is_that_of_the_method_in_every_year(year: int) -> None:
    assert line(park(POWER[0], year=year), "total") == Decimal("20812.5")


def test_the_policy_of_the_view_does_not_move_with_the_policy_of_years() -> None:
    assert line(park(POWER[0], electricity_year="fixed:2021"), "total") == Decimal("20812.5")


def test_co2_alone_is_counted() -> None:
    run = park(("process", "nitric_acid_medium_pressure", "1000", "t"), ("process", "lime", "10", "t"))
    assert set(run.inventory["gas"]) == {"CO2", "N2O"}
    assert set(run.views[VIEW]["gas"]) == {"CO2", "CO2e"}
    assert line(run, "total") == Decimal("6.83")


def test_every_leaf_takes_co2_alone() -> None:
    assert {leaf.gases for leaf in views.view(VIEW).leaves()} == {("CO2",)}


def test_fuel_of_international_transport_is_a_line_of_its_own_and_not_subtracted() -> None:
    run = park(("aviation", "jet_kerosene", "10", "t"), ("international_aviation", "jet_kerosene", "4", "t"))
    assert line(run, "aviation") == Decimal("30.179149")
    assert line(run, "international_aviation") == Decimal("12.0716596")
    assert line(run, "total") == Decimal("42.2508086")
    assert run.inventory.filter(category="international_aviation")["account"].to_list() == ["memo"]


def test_feedstock_is_no_fuel_use() -> None:
    run = park(("industry", "natural_gas", "100", "万立方米"), ("non_energy_use", "natural_gas", "100", "万立方米"))
    assert line(run, "industry") == 0


def test_transformation_that_gains_carbon_is_a_warning() -> None:
    (gained,) = said(park(("refining", "crude_oil", "100", "t"), ("refining", "gasoline", "-90", "t")), "park.carbon_gained")
    assert gained["severity"] == "warning"
    assert said(park(("refining", "crude_oil", "-100", "t"), ("refining", "gasoline", "90", "t")), "park.carbon_gained") == []


def test_other_transformation_is_said_to_be_left_out() -> None:
    run = park(
        ("coking", "coke", "5", "t"), ("coal_washing", "cleaned_coal", "5", "t"), ("industry", "natural_gas", "1", "万立方米")
    )
    assert [row["category"] for row in said(run, "park.transformation_not_counted")] == ["coal_washing", "coking"]
    assert set(run.inventory["category"]) == {"industry"}


@pytest.mark.parametrize(("direct", "told"), [("500", 0), ("499", 1), ("0", 1)])
def test_direct_supply_below_half_of_the_power_used_is_said(direct: str, told: int) -> None:
    rest = str(1000 - int(direct))
    rows = [("purchased", "electricity", rest, "MWh"), ("self_generated", "green_electricity_direct", direct, "MWh")]
    found = said(park(*rows), "park.direct_supply")
    assert len(found) == told
    assert all((row["severity"] == "info" and "49.9%" in row["message_zh"]) or direct == "0" for row in found)


def test_nothing_of_the_park_is_said_in_another_view() -> None:
    run = ac.run(table([("park-7", 2023, *POWER[0])]), view="china-pilot")
    assert not [code for code in run.findings["code"] if code.startswith("park.")]
