"""A basis serves itself: net heat is not gross, dry coal is not wet, a cubic metre at 20 °C is none at 0 °C."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import own_project
import polars as pl
import pytest
from packs import write
from small import COLUMNS

import accounting as ac
from accounting.defaults import DEFAULT_PACKS
from accounting.factors import check, pack

IPCC = ["ipcc-2006", "gbt-2589-2020"]
HEAT = ("natural_gas", "1000", "GJ")


def run(
    *given: tuple[str, str, str, str], category: str = "industry", factors: list[str] = IPCC, view: str = "ipcc2006"
) -> ac.Run:
    rows = [("370200", "2022", category, *one) for one in given]
    return ac.run(pl.DataFrame(rows, schema=[*COLUMNS, "basis"], orient="row"), factors=factors, view=view)


def mass(result: ac.Run, gas: str = "CO2") -> Decimal | None:
    return result.inventory.filter(gas=gas, scope=1, account="main")["mass_t"].item()


@pytest.mark.parametrize(
    "given", [(*HEAT, "gcv"), ("natural_gas", "1000", "GJ(GCV)", ""), ("natural_gas", "1", "TJ(高位)", "")]
)
def test_gross_heat_is_never_multiplied_by_a_factor_of_net_heat(given: tuple[str, str, str, str]) -> None:
    result = run(given)
    assert [mass(result, gas) for gas in ("CO2", "CH4_fossil", "N2O")] == [None] * 3
    told = result.findings.filter(code="factor.other_basis")
    assert told.select("file", "cell", "used").rows() == [("frame/table.csv", "E2", "NE")] * 3
    lines = result.views["ipcc2006"].filter(pl.col("gas") == "CO2")
    assert set(lines["missing_cells"]) == {1}


@pytest.mark.parametrize("basis", ["", "ncv"])
def test_net_heat_and_heat_as_statistics_state_it_take_the_factor(basis: str) -> None:
    assert mass(run((*HEAT, basis))) == Decimal("56.1")  # 1000 × 56100 kg/TJ


def test_the_address_is_that_of_the_row_that_states_the_other_basis() -> None:
    result = run((*HEAT, ""), (*HEAT, "gcv"))
    assert mass(result) is None
    assert set(result.findings.filter(code="factor.other_basis")["cell"]) == {"E3"}


@pytest.mark.parametrize(("parameter", "value", "unit"), [
    ("carbon_content", "0.0138", "tC/GJ"), ("carbon_content", "0.0138", "tC/GJ(GCV)"),
])  # fmt: skip
def test_an_own_value_of_gross_heat_serves_gross_heat_and_no_other(
    parameter: str, value: str, unit: str, tmp_path: Path
) -> None:
    own = own_project.measured("370200", parameter, "natural_gas", value, unit, basis="" if "(" in unit else "gcv")
    rows = [
        ("370200", "2022", "", category, *HEAT[:2], unit)
        for category, unit in (("industry", "GJ(GCV)"), ("farming", "GJ"), ("transport", "GJ(NCV)"))
    ]
    result = own_project.run(tmp_path, data=rows, parameters=[own])
    masses = dict(result.inventory.filter(gas="CO2", scope=1, account="main").select("category", "mass_t").rows())
    assert masses == {
        "industry": Decimal("50.094"),  # 1000 × 0.0138 × 0.99 × 44 ÷ 12
        "farming": Decimal("55.539"),  # 1000 × 0.0153 × 0.99 × 44 ÷ 12
        "transport": Decimal("55.539"),
    }


@pytest.mark.parametrize(("unit", "basis"), [("GJ/10^3 m3", "gcv"), ("GJ(GCV)/10^3 m3", "")])
def test_a_gross_calorific_value_asks_for_a_carbon_content_of_gross_heat(unit: str, basis: str, tmp_path: Path) -> None:
    gross = own_project.measured("370200", "ncv", "natural_gas", "43", unit, basis=basis)
    carbon = own_project.measured("370200", "carbon_content", "natural_gas", "0.0138", "tC/GJ", basis="gcv")
    rows = [("370200", "2022", "", "industry", "natural_gas", "100", "万m3")]
    alone = own_project.run(tmp_path / "alone", data=rows, parameters=[gross])
    assert alone.missing["code"].item() == "factor.other_basis"
    both = own_project.run(tmp_path / "both", data=rows, parameters=[gross, carbon])
    assert mass(both) == Decimal("2154.042")  # 1000 × 43 × 0.0138 × 0.99 × 44 ÷ 12


def test_an_own_net_value_may_say_so(tmp_path: Path) -> None:
    own = own_project.measured("370200", "ncv", "bituminous_coal", "21.35", "GJ/t", basis="ncv")
    carbon = own_project.measured("370200", "carbon_content", "bituminous_coal", "0.0261", "tC/GJ", basis="ncv")
    rows = [("370200", "2022", "", "industry", "bituminous_coal", "100", "t")]
    assert mass(own_project.run(tmp_path, data=rows, parameters=[own, carbon])) == Decimal("190.017135")


def test_a_unit_and_a_column_that_disagree_are_refused(tmp_path: Path) -> None:
    own = own_project.measured("370200", "carbon_content", "natural_gas", "0.0138", "tC/GJ(GCV)", basis="ncv")
    with pytest.raises(ac.Refused) as refused:
        own_project.run(tmp_path / "own", data=[("370200", "2022", "", "industry", *HEAT)], parameters=[own])
    assert refused.value.rejections.select("code", "seen").rows() == [("basis.conflict", "tC/GJ(GCV), ncv")]
    unsound = write(tmp_path / "pack", {"unit": "tCO2/GJ(GCV)", "value": "0.05", "basis": "ncv"})
    assert [row["code"] for row in check.problems(str(unsound))] == ["basis.conflict"]


def test_heat_that_is_bought_has_no_calorific_basis() -> None:
    result = run(("heat", "1000", "GJ", "gcv"), category="purchased", factors=["cn-heat"], view="china-pilot")
    assert result.inventory["mass_t"].to_list() == [Decimal("110")]


@pytest.mark.parametrize(("unit", "basis", "served"), [
    ("万m3", "", True), ("万Nm3", "", True), ("万m3", "stp0", True), ("万m3", "stp20", False), ("万m3(20℃)", "", False),
])  # fmt: skip
def test_a_calorific_value_a_normal_cubic_metre_serves_no_volume_at_20_degrees(unit: str, basis: str, served: bool) -> None:
    for name in ("cn-enterprise-2015", "cn-enterprise-2024", "provincial-2025"):
        found = mass(run(("natural_gas", "1", unit, basis), factors=[name]))
        assert (found is not None) == served, name


@pytest.mark.parametrize(("unit", "basis", "pack"), [
    ("万m3", "", "provincial-2011"), ("万Nm3", "", "cn-enterprise-2024"), ("万m3", "stp0", "cn-enterprise-2024"),
])  # fmt: skip
def test_a_normal_cubic_metre_passes_over_the_cubic_metre_that_states_no_condition(unit: str, basis: str, pack: str) -> None:
    result = run(("natural_gas", "1", unit, basis), factors=[], view="china-pilot")
    assert mass(result) == Decimal("21.62188809")  # 10 × 38.931 × 0.0153 × 0.99 × 44 ÷ 12, the figure of both
    heat = result.resolution.filter(parameter="ncv")
    assert heat["pack"].to_list() == [pack]
    assert ("provincial-2011: 38931 kJ/m3 (other basis)" in heat["passed_over"].item()) == (unit != "万m3" or basis != "")


@pytest.mark.parametrize(("unit", "basis"), [("万m3(20℃)", ""), ("万m3", "stp20")])
@pytest.mark.parametrize("view", sorted({packs: view for view, packs in DEFAULT_PACKS.items()}.values()))
def test_gas_at_20_degrees_has_no_factor_in_the_default_packs_of_any_view(view: str, unit: str, basis: str) -> None:
    result = run(("natural_gas", "1", unit, basis), factors=[], view=view)
    assert mass(result) is None
    told = result.findings.filter(code="factor.other_basis")
    assert ("frame/table.csv", "E2", "NE") in told.select("file", "cell", "used").rows()


@pytest.mark.parametrize("factors", [["gbt-2589-2020", "ipcc-2006"], ["ceads-2018"], ["provincial-2011"]])
@pytest.mark.parametrize(("unit", "served"), [("万m3", True), ("万Nm3", False), ("万m3(20℃)", False)])
def test_a_cubic_metre_without_a_condition_serves_no_volume_that_states_one(
    factors: list[str], unit: str, served: bool
) -> None:
    assert (mass(run(("natural_gas", "1", unit, ""), factors=factors)) is not None) == served


@pytest.mark.parametrize(("unit", "printed", "served"), [
    ("万Nm3", "GJ/10^3 m3", False), ("万Nm3", "GJ/10^3 Nm3", True), ("万m3(20℃)", "GJ/10^3 m3(20℃)", True),
    ("万m3", "GJ/10^3 m3", True),
])  # fmt: skip
def test_an_own_value_a_cubic_metre_states_its_condition_where_the_quantity_does(
    unit: str, printed: str, served: bool, tmp_path: Path
) -> None:
    own = own_project.measured("370200", "ncv", "natural_gas", "36", printed)
    rows = [("370200", "2022", "", "industry", "natural_gas", "100", unit)]
    found = mass(own_project.run(tmp_path, data=rows, parameters=[own]))
    assert (found == Decimal("1999.404")) == served  # 1000 × 36 × 0.0153 × 0.99 × 44 ÷ 12


@pytest.mark.parametrize(("unit", "served"), [("万m3", True), ("万m3(20℃)", True), ("万Nm3", False)])
def test_methane_weighed_at_20_degrees_serves_no_normal_cubic_metre(unit: str, served: bool) -> None:
    result = run(("methane_recovered", "1", unit, ""), category="coal_mining", factors=["ipcc-2006"])
    assert result.inventory["mass_t"].to_list() == ([Decimal("-6.7")] if served else [None])


@pytest.mark.parametrize(("basis", "served"), [("", True), ("wet", True), ("dry", False)])
def test_fuel_and_waste_are_weighed_as_received(basis: str, served: bool) -> None:
    coal = run(("bituminous_coal", "1", "t", basis), factors=["cn-enterprise-2024"])
    waste = run(("msw_food", "1", "t", basis), category="landfill", factors=["ipcc-2006"])
    assert (mass(coal) is not None) == served
    assert ("factor.other_basis" in waste.missing.filter(gas="CH4_biogenic")["code"]) == (not served)


def test_the_shipped_packs_state_the_cubic_metre_that_their_source_prints() -> None:
    for name in ("cn-enterprise-2015", "cn-enterprise-2024", "provincial-2025"):
        volumes = pack.load(name).parameters.filter(pl.col("original_unit").str.contains("Nm3"))
        assert volumes.height >= 4
        assert set(volumes["unit"]) == {"GJ/10^4 Nm3"}
