"""A pack that is the only source of a gas: packs behind it fill no gap, packs before it come first, nothing is mixed."""

from pathlib import Path

import packs
import polars as pl
import pytest

import accounting as ac
from accounting import tables
from accounting.factors import check, classes, pack, resolver

SOLE = {"family": "combustion", "gas": "CO2", "reason_zh": "只取本包", "reason_en": "this pack alone"}
BY_HEAT = (
    {"parameter": "ncv", "gas": None, "unit": "GJ/t", "value": "43"},
    {"parameter": "energy_emission_factor", "gas": "CO2", "unit": "t/GJ", "value": "0.07"},
    {"parameter": "energy_emission_factor", "gas": "N2O", "unit": "t/GJ", "value": "0.0000006"},
)
KEY = {"entity": "370203", "year": 2015, "category": "transport", "item": "diesel_oil", "unit": "t", "quantity": "1"}


def first(tmp_path: Path, item: str = "diesel_oil", **more: tuple) -> pack.Pack:
    return pack.load(packs.write(tmp_path / "first", {"item": item}, sole=(SOLE,), **more))


def behind(tmp_path: Path) -> pack.Pack:
    return pack.load(packs.write(tmp_path / "behind", *BY_HEAT))


def resolved(chosen: list[pack.Pack], counted: tuple = (("transport", 1),), **key: object) -> resolver.Resolved:
    sums = tables.frame("sums", [KEY | key]).drop("class")
    _, class_frame = classes.classed(sums, chosen)
    return resolver.resolve(class_frame, chosen, counted)


def test_a_gap_of_the_only_source_is_not_filled_and_says_why(tmp_path: Path) -> None:
    found = resolved([first(tmp_path, "gasoline"), behind(tmp_path)])
    assert found.effective["gas"].to_list() == ["N2O"]
    assert found.missing.select("gas", "severity", "reason").rows() == [
        ("CO2", "warning", "first: 只取本包 / this pack alone"),
    ]


def test_without_the_statement_the_same_gap_is_filled(tmp_path: Path) -> None:
    plain = pack.load(packs.write(tmp_path / "plain", {"item": "gasoline"}))
    assert resolved([plain, behind(tmp_path)]).effective.filter(gas="CO2")["pack"].to_list() == ["behind"]


def test_a_pack_before_the_only_source_comes_first(tmp_path: Path) -> None:
    found = resolved([behind(tmp_path), first(tmp_path)]).effective.filter(gas="CO2")
    assert found["method"].to_list() == ["combustion.co2_factor"]
    own = pack.load(packs.write(tmp_path / "own", {"value": "2.5"}))
    assert resolved([own, first(tmp_path)]).effective["pack"].to_list() == ["own"]


def test_its_own_absence_is_said_before_the_statement(tmp_path: Path) -> None:
    absence = {"item": "diesel_oil", "severity": "info", "reason_zh": "不计", "reason_en": "not counted"}
    found = resolved([first(tmp_path, "gasoline", absences=(absence,)), behind(tmp_path)])
    assert found.missing["reason"].to_list() == ["first: 不计 / not counted"]


def test_other_families_and_gases_are_open(tmp_path: Path) -> None:
    process = {"parameter": "emission_factor", "item": "lime", "unit": "t/t", "value": "0.7"}
    chosen = [first(tmp_path), pack.load(packs.write(tmp_path / "behind", process))]
    found = resolved(chosen, (("process", 1),), category="process", item="lime")
    assert found.effective["pack"].to_list() == ["behind"]


@pytest.mark.parametrize(("slip", "seen"), [({"family": "fire"}, "fire"), ({"gas": "CO3"}, "CO3"), ({"reason_en": " "}, " ")])
def test_a_statement_about_nothing_is_a_problem(tmp_path: Path, slip: dict, seen: str) -> None:
    found = check.problems(str(packs.write(tmp_path / "mine", {}, sole=(SOLE | slip,))))
    assert [(problem["code"], problem["seen"], problem["file"]) for problem in found] == [
        ("pack.unknown_id", seen, "sole_source.csv"),
    ]


def test_by_default_co2_of_the_balance_is_of_ceads_alone() -> None:
    rows = [
        ("110000", 2007, category, item, "1", unit)
        for category in ("industry", "transport", "thermal_power", "heating_supply")
        for item, unit in (("raw_coal", "t"), ("diesel_oil", "t"), ("lng", "t"), ("refinery_gas", "t"))
    ]
    table = pl.DataFrame(rows, schema=["entity", "year", "category", "item", "quantity", "unit"], orient="row")
    inventory = ac.run(table).inventory.filter(pl.col("account") == "main")
    assert inventory["gas"].unique().sort().to_list() == ["CH4_fossil", "CO2", "N2O"]
    with_mass = inventory.filter(pl.col("mass_t").is_not_null())
    assert with_mass.filter(gas="CO2")["pack"].unique().to_list() == ["ceads-2018"]
    assert with_mass.filter(pl.col("gas") != "CO2")["pack"].unique().to_list() == ["ipcc-2006"]
    coal = inventory.filter(pl.col("item") == "raw_coal", pl.col("category") != "transport")
    assert coal["notation_key"].unique().to_list() == ["NE"]
    assert inventory.filter(item="lng", gas="CO2")["notation_key"].unique().to_list() == ["NE"]


def test_the_co2_of_the_default_packs_is_that_of_ceads_alone() -> None:
    rows = [("110000", 2007, "transport", item, "12.5", "万吨") for item in ("diesel_oil", "gasoline", "raw_coal")]
    table = pl.DataFrame(rows, schema=["entity", "year", "category", "item", "quantity", "unit"], orient="row")
    cells = [ac.run(table, factors=names).inventory.filter(gas="CO2") for names in ((), ("ceads-2018",))]
    assert cells[0].drop("reason").equals(cells[1].drop("reason"))
