"""Factors of other years, breaks of method, certificates sold: each said once, with years, factors and tonnes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import packs
import polars as pl
import pytest
from small import table

import accounting as ac
from accounting import codes
from accounting.codes.columns import marks
from accounting.errors import Lang
from accounting.factors.electricity_years import POLICIES
from accounting.methods.electricity_heat import FACTOR_ITEMS, MARKET_POLICIES
from accounting.quality import electricity

YEARS = (2012, 2020, 2021, 2022)


def rows(*years: int, entity: str = "330000", quantity: str = "1000") -> list[tuple]:
    return [(entity, year, "purchased", "electricity", quantity, "MWh") for year in years]


def found(made: ac.Run, code: str) -> list[dict[str, Any]]:
    return made.findings.filter(code=code).to_dicts()


def run(given: list[tuple], **options: Any) -> ac.Run:
    return ac.run(table(given), **{"view": "china-pilot", **options})


def test_a_factor_of_another_year_is_a_warning_with_years_and_tonnes() -> None:
    made = run(rows(2020, 2021), electricity_year="nearest")
    located, market_2020, market_2021 = found(made, "electricity.other_year")
    assert (located["kind"], located["severity"], located["year"], located["used"]) == ("fallback", "warning", 2020, "2021")
    assert located["stake_t"] == pytest.approx(542.2)
    assert "2020" in located["message_zh"]
    assert "2021" in located["message_zh"]
    assert "nearest" in located["message_zh"]
    assert [(row["year"], row["used"]) for row in (market_2020, market_2021)] == [(2020, "2022"), (2021, "2022")]


def test_a_factor_of_the_year_itself_is_none() -> None:
    assert found(run(rows(2022, 2023), electricity_year="nearest"), "electricity.other_year") == []
    assert found(run(rows(2020, 2021)), "electricity.other_year") == []  # strict: 2020 is NE


def test_several_places_with_one_pair_of_years_are_one_finding() -> None:
    given = [*rows(2020), *rows(2020, entity="310000"), *rows(2020, entity="440000")]
    listed = [
        row for row in found(run(given, electricity_year="nearest"), "electricity.other_year") if row["item"] == "electricity"
    ]
    assert len(listed) == 1
    assert "3 entities" in listed[0]["message_en"]
    assert listed[0]["stake_t"] == pytest.approx(1000 * (0.5422 + 0.5834 + 0.4715))


def test_from_the_regions_of_2012_to_the_province_is_a_break_that_names_both_factors() -> None:
    (broken,) = found(run(rows(2012, 2020, 2021, 2022)), "electricity.method_break")
    assert (broken["kind"], broken["severity"], broken["entity"], broken["year"]) == ("completeness", "warning", "330000", 2021)
    for part in ("2012", "0.7035 kgCO2/kWh", "六区", "2021", "0.5422 kgCO2/kWh", "省级平均"):
        assert part in broken["message_zh"]
    for part in ("2012", "0.7035", "six regions", "2021", "0.5422", "provincial"):
        assert part in broken["message_en"]
    assert broken["stake_t"] == pytest.approx(542.2)


def test_a_scheme_of_regions_is_a_kind_of_its_own() -> None:
    (broken,) = found(run(rows(2012, 2021, entity="GRID6_EAST") + rows(2021, entity="GRID_EAST")), "electricity.method_break")
    assert broken["entity"] == "GRID6_EAST"  # six regions, then the nation: nothing of its own in 2021
    assert "national average 0.5568" in broken["message_en"]


def test_the_same_kind_over_the_years_is_no_break() -> None:
    assert found(run(rows(2021, 2022, 2023)), "electricity.method_break") == []
    assert found(run(rows(2012, 2021), electricity_year="fixed:2022"), "electricity.method_break") == []


def test_an_own_factor_between_published_ones_breaks_twice(tmp_path: Path) -> None:
    own = {"parameter": "emission_factor", "item": "electricity", "unit": "tCO2/MWh", "entity": "330000", "region": None,
           "valid_from": "2022", "valid_to": "2022", "value": "0.4"}  # fmt: skip
    pack = str(packs.write(tmp_path / "own", own | {"region": "330100", "entity": None}))
    given = rows(2021, 2022, 2023, entity="330100")
    breaks = [row for row in found(run(given, factors=[pack, "grid-cn"]), "electricity.method_break") if "main" in row["seen"]]
    assert [row["year"] for row in breaks] == [2022, 2023]


def test_a_switch_of_policy_between_two_runs_is_a_break() -> None:
    runs = [run(rows(2022), electricity="market_residual"), run(rows(2023), electricity="market_average")]
    together = pl.concat([electricity.factors(one.sums, one.effective, one.resolution) for one in runs])
    (broken,) = electricity.method_breaks(together)
    assert "market_residual" in broken["message_zh"]
    assert "market_average" in broken["message_zh"]
    assert electricity.method_breaks(together.filter(account="main")) == []


SOLD = [
    ([("self_generated", "green_electricity_direct", "50"), ("exported", "green_certificate", "50")], None),
    ([("self_generated", "green_electricity_direct", "50"), ("exported", "green_certificate", "50.001")], "50.001 MWh"),
    ([("self_generated", "electricity", "50"), ("exported", "green_certificate", "1")], "1 MWh"),  # not known to be green
]


@pytest.mark.parametrize(("given", "seen"), SOLD)
def test_certificates_sold_are_those_of_own_power(given: list[tuple[str, str, str]], seen: str | None) -> None:
    made = run([("park-7", 2023, category, item, quantity, "MWh") for category, item, quantity in given])
    listed = found(made, "electricity.certificates_sold")
    assert [row["seen"] for row in listed] == ([seen] if seen else [])
    assert all(row["severity"] == "warning" for row in listed)


def test_the_power_of_one_year_does_not_back_another() -> None:
    given = [
        ("park-7", 2022, "self_generated", "green_electricity_direct", "50", "MWh"),
        ("park-7", 2023, "exported", "green_certificate", "5", "MWh"),
    ]
    (sold,) = found(run(given), "electricity.certificates_sold")
    assert (sold["year"], sold["seen"], sold["used"]) == (2023, "5 MWh", "0 MWh")


def test_own_generation_is_said_and_has_no_cell() -> None:
    made = run([*rows(2023), ("330000", 2023, "self_generated", "electricity", "70", "MWh")])
    (own,) = found(made, "electricity.own_generation")
    assert (own["severity"], own["seen"]) == ("info", "70 MWh")
    assert made.inventory.filter(category="self_generated").is_empty()


def test_nothing_is_said_where_no_view_counts_electricity() -> None:
    given = [*rows(2012, 2021), ("330000", 2021, "exported", "green_certificate", "9999", "MWh"),
             ("330000", 2021, "transport", "diesel_oil", "1", "t")]  # fmt: skip
    made = ac.run(table(given), factors=["ceads-2018"])
    assert not [code for code in made.findings["code"] if code.startswith("electricity.")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_policy_and_kind_of_factor_has_a_word(lang: Lang) -> None:
    schemes = {f"regional {grid.scheme}" for grid in codes.grid_regions().values()}
    kinds = {"national", "provincial", "own", *schemes, *FACTOR_ITEMS} - {"electricity"}
    assert set(marks("factor_kind", lang)) == kinds
    assert set(marks("electricity", lang)) == {"location", *MARKET_POLICIES}
    assert set(marks("electricity_year", lang)) == {policy.partition(":")[0] for policy in POLICIES}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_both_policies_are_said_in_one_line(lang: Lang) -> None:
    said = electricity.policies_said({"electricity": "market_residual", "electricity_year": "fixed:2023"}, lang)
    assert "market_residual · fixed:2023" in said
    assert "strict" in electricity.policies_said({}, lang)  # a run of before the policy
