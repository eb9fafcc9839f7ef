"""A total without the electricity or heat that was used is never silent."""

from __future__ import annotations

from typing import Any

import pytest
from small import table

import accounting as ac

Row = tuple[str, str, str, str]
PACKS = ["provincial-2011", "cn-enterprise-2024", "provincial-2025", "grid-cn", "cn-heat"]
USED, DIESEL = ("industry", "electricity", "500", "MWh"), ("farming", "diesel_oil", "1", "t")
HEAT, COAL = ("industry", "heat", "500", "GJ"), ("heating_supply", "anthracite", "1", "t")


def told(*rows: Row, view: tuple[str, ...] = ("china-pilot",), **options: Any) -> list[dict[str, Any]]:
    made = ac.run(table([("330100", 2022, *row) for row in (DIESEL, *rows)]), view=view, factors=PACKS, **options)
    return made.findings.filter(code="electricity.left_out").to_dicts()


def of(category: str, quantity: str, item: str = "electricity", unit: str = "MWh") -> Row:
    return (category, item, quantity, unit)


def test_use_of_which_nothing_was_bought_is_said_with_its_tonnes() -> None:
    """500 MWh by the factor of Zhejiang in 2022, 0.5153 t/MWh."""
    (found,) = told(USED)
    assert (found["kind"], found["severity"], found["seen"]) == ("completeness", "warning", "500 MWh")
    assert (found["entity"], found["year"], found["item"]) == ("330100", 2022, "electricity")
    assert found["stake_t"] == pytest.approx(257.65)
    for part in ("china-pilot", "500 MWh", "0 MWh", "2022"):
        assert part in found["message_zh"]
        assert part in found["message_en"]


# What is given beside 500 MWh used, and what is told then.
BESIDE: list[tuple[list[Row], str | None]] = [
    ([of("purchased", "0")], "500 MWh"),
    ([of("net_import", "NO")], "500 MWh"),
    ([of("purchased", "IE")], "500 MWh"),
    ([of("purchased", "5", "heat", "GJ")], "500 MWh"),
    ([of("purchased", "5", "green_certificate")], "500 MWh"),  # refused: nothing was bought
    ([of("inflow", "500")], "500 MWh"),  # of a balance
    ([of("purchased", "499", "green_electricity_direct")], "500 MWh"),
    ([of("purchased", "500", "green_electricity_direct")], None),
    ([of("self_generated", "499")], "500 MWh"),
    ([of("self_generated", "500")], None),
    ([of("thermal_power_output", "500")], None),
    ([of("self_generated", "300"), of("thermal_power_output", "300")], "500 MWh"),  # two words for one thing
    ([of("self_generated", "500"), of("exported", "1")], "501 MWh"),
    ([of("total_consumption", "600"), of("self_generated", "500")], "600 MWh"),
    ([of("farming", "C")], "≥ 500 MWh"),
    ([of("self_generated", "C")], "500 MWh"),
    ([of("purchased", "1")], None),
    ([of("purchased", "NE")], None),
    ([of("net_import", "C", "green_electricity_contract")], None),
    ([of("net_import", "-5")], None),
]


@pytest.mark.parametrize(
    ("beside", "seen"), BESIDE, ids=[f"{n} {rows[0][0]} {rows[0][2]}" for n, (rows, _) in enumerate(BESIDE)]
)
def test_what_says_where_it_came_from(beside: list[Row], seen: str | None) -> None:
    assert [row["seen"] for row in told(USED, *beside)] == ([seen] if seen else [])


def test_a_total_alone_is_use() -> None:
    assert [row["seen"] for row in told(of("total_consumption", "0.3", unit="GWh"))] == ["300 MWh"]


@pytest.mark.parametrize("key", ["NA", "IE", "NO"])
def test_a_use_that_there_is_not_here_is_none(key: str) -> None:
    assert told(of("industry", key)) == []


def test_generation_without_an_amount_is_not_said_to_be_none() -> None:
    (found,) = told(USED, of("self_generated", "C"))
    assert "≥ 0 MWh was generated" in found["message_en"]


def test_use_by_direct_line_has_no_emission() -> None:
    assert told(of("industry", "500", "green_electricity_direct")) == []


def test_heat_is_made_where_fuel_is_burnt_for_it() -> None:
    assert [row["seen"] for row in told(HEAT)] == ["500 GJ"]
    assert told(HEAT, COAL) == []
    assert [row["seen"] for row in told(HEAT, COAL, of("heating_output", "400", "heat", "GJ"))] == ["500 GJ"]


@pytest.mark.parametrize("view", [("gpc",), ("provincial",), ("energy-balance",), ("ipcc2006",)])
def test_nothing_is_said_where_use_is_counted_or_no_electricity_is(view: tuple[str, ...]) -> None:
    assert told(USED, view=view) == []


def test_every_view_is_named_and_what_is_not_counted_is_not_said_twice() -> None:
    park = {"electricity": "zero_carbon_park"}
    (found,) = told(USED, view=("gpc", "china-pilot", "zero-carbon-park"), **park)
    assert "china-pilot, zero-carbon-park" in found["message_en"]
    assert told(USED, view=("zero-carbon-park",), **park) == []  # view.not_counted
    assert [
        row["seen"] for row in told(USED, of("purchased", "1", "green_electricity_direct"), view=("zero-carbon-park",), **park)
    ] == ["500 MWh"]
