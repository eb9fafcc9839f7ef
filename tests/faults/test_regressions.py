"""Slips that happened in other programs, by their number; regressions.csv says which test guards each of them."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from packs import write
from small import COLUMNS

import accounting as ac
from accounting import units
from accounting.errors import DataRefused
from accounting.factors import check, pack
from accounting.factors.values import value

TESTS = Path(__file__).parents[1]
TABLE = list(csv.DictReader((Path(__file__).parent / "regressions.csv").open(encoding="utf-8", newline="")))


def one(category: str, item: str, quantity: str, unit: str, entity: str = "370200") -> pl.DataFrame:
    return pl.DataFrame([(entity, 2022, category, item, quantity, unit)], schema=COLUMNS, orient="row")


def problems(folder: Path, *rows: dict[str, str]) -> set[str]:
    return {problem["code"] for problem in check.problems(str(write(folder, *rows)))}


def test_every_number_has_a_test_or_a_reason() -> None:
    assert [row["number"] for row in TABLE] == [f"R{number:02}" for number in range(1, 81)]
    for row in TABLE:
        assert bool(row["test"]) != bool(row["not_here"]), row["number"]
        for named in filter(None, row["test"].split("; ")):
            file, _, name = named.partition("::")
            assert re.search(rf"^def {name}\b", (TESTS / file).read_text(encoding="utf-8"), re.MULTILINE), named


@pytest.mark.parametrize(
    ("number", "amount", "source", "target", "expected"),
    [
        ("R01", "1000000", "g", "t", 1),
        ("R05", "1", "Gg", "kg", 10**6),
        ("R09", "1", "MJ", "GJ", Fraction(1, 1000)),
        ("R14", "1", "kt", "t", 1000),
        ("R16", "1", "MtCO2", "GtCO2", Fraction(1, 1000)),
    ],
)
def test_a_unit_is_what_it_says(number: str, amount: str, source: str, target: str, expected: Fraction) -> None:
    assert units.convert(amount, source, target) == expected
    assert units.convert(expected, target, source) == Fraction(amount)


@pytest.mark.parametrize(("number", "spelling"), [("R06", "ton"), ("R15", "C"), ("R64", "MW"), ("R80", "kW"), ("R10", "mmBtu")])
def test_a_unit_of_two_readings_or_of_a_rate_is_refused(number: str, spelling: str) -> None:
    with pytest.raises(DataRefused):
        units.unit(spelling)


@pytest.mark.parametrize(
    ("number", "parameter", "printed", "unit", "exact"),
    [
        ("R03", "emission_factor", "0.581", "kg/kWh", "0.581"),
        ("R04", "emission_factor", "581", "kg/MWh", "0.581"),
        ("R07", "emission_factor", "1.5", "g/kg", "0.0015"),
        ("R19", "oxidation_factor", "91.3", "%", "0.913"),
        ("R23", "emission_factor", "581000", "g/MWh", "0.581"),
    ],
)
def test_a_factor_is_read_in_the_unit_beside_it(number: str, parameter: str, printed: str, unit: str, exact: str) -> None:
    assert value(parameter, printed, unit).exact == Fraction(exact)


@pytest.mark.parametrize(
    ("number", "row", "code"),
    [
        ("R10", {"unit": "tCO2/mmBtu"}, "unit.not_used"),
        ("R13", {"parameter": "ncv", "gas": "", "value": "20908", "unit": "GJ/t", "item": "anthracite"}, "pack.range"),
        ("R17", {"parameter": "density", "gas": "", "value": "1.2", "unit": "m3/kg"}, "parameter.unit"),
        ("R18", {"parameter": "ncv", "gas": "", "value": "0.02", "unit": "t/GJ"}, "parameter.unit"),
        ("R19", {"parameter": "oxidation_factor", "gas": "", "value": "91.3", "unit": "1"}, "pack.range"),
        ("R20", {"parameter": "ncv", "gas": "", "value": "42652", "unit": "GJ/t"}, "pack.range"),
        ("R21", {"parameter": "emission_factor", "item": "bus", "category": "road_vkt", "unit": "g/kg"}, "pack.dimension"),
        ("R22", {"parameter": "emission_factor", "item": "heat", "unit": "kg/MWh", "value": "110"}, "pack.dimension"),
        ("R26", {"unit": "tCO2/m3"}, "pack.dimension"),
        ("R37", {"gas": "NOx"}, "pack.unknown_id"),
        ("R42", {"parameter": "emission_factor", "item": "electricity", "unit": "t/MWh", "value": "1188"}, "pack.range"),
        ("R48", {"item": "fuel_oil", "value": "4.321"}, "pack.range"),
        ("R73", {"parameter": "destruction", "gas": "", "value": "1.2", "unit": "1", "item": "nitric_acid"}, "pack.range"),
    ],
)  # fmt: skip
def test_a_slip_in_a_pack_is_found(number: str, row: dict[str, str], code: str, tmp_path: Path) -> None:
    assert code in problems(tmp_path / "own", row)


@pytest.mark.parametrize("number", ["R45", "R47"])
def test_two_values_of_one_year_are_found_whatever_their_unit(number: str, tmp_path: Path) -> None:
    assert "pack.overlap" in problems(tmp_path / "own", {}, {"unit": "kgCO2/kg", "value": "3.1", "valid_from": "2005"})


@pytest.mark.parametrize(
    ("number", "edition", "expected"),
    [
        ("R33", "AR5", {"CH4_biogenic": "28", "N2O": "265"}),
        ("R31", "AR6", {"CH4_biogenic": "27", "N2O": "273"}),
        ("R36", "AR6", {"CH4_fossil": "29.8", "CH4_biogenic": "27"}),
        ("R32", "AR6", {"N2O": "273"}),
    ],
)
def test_potentials_are_those_of_their_report(number: str, edition: str, expected: dict[str, str]) -> None:
    known = pack.gwp(edition)
    assert {gas: known[gas] for gas in expected} == {gas: Fraction(text) for gas, text in expected.items()}


def test_r27_one_basis_never_becomes_another() -> None:
    with pytest.raises(DataRefused, match=r"unit\.basis"):
        units.convert("1", "GJ(GCV)", "GJ(NCV)")


def test_r28_blast_furnace_gas_is_no_natural_gas(tmp_path: Path) -> None:
    own = write(tmp_path / "own", {"item": "natural_gas", "unit": "tCO2/10^4 m3", "value": "21"})
    made = ac.run(one("industry", "blast_furnace_gas", "1", "万立方米"), factors=[str(own)], view="ipcc2006")
    assert made.inventory["notation_key"].to_list() == ["NE"]


def test_r29_heat_is_not_heated_again(tmp_path: Path) -> None:
    ncv = {"parameter": "ncv", "gas": "", "value": "42.652", "unit": "GJ/t"}
    factor = {"parameter": "energy_emission_factor", "value": "74.1", "unit": "kgCO2/GJ"}
    made = ac.run(
        one("industry", "diesel_oil", "10", "GJ"), factors=[str(write(tmp_path / "own", ncv, factor))], view="ipcc2006"
    )
    assert made.inventory["mass_t"].to_list() == [Decimal("0.741")]


def test_r38_columns_are_found_by_their_names() -> None:
    table = one("farming", "diesel_oil", "10", "t")
    turned = table.select(reversed(table.columns))
    assert ac.run(table, factors=["ceads-2018"]).digest == ac.run(turned, factors=["ceads-2018"]).digest


def test_r40_r41_r44_another_value_is_another_pack_and_another_result(tmp_path: Path) -> None:
    old, new = (write(tmp_path / name / "own", {"value": text}) for name, text in (("old", "3"), ("new", "3.1")))
    first, second = (ac.run(one("farming", "diesel_oil", "10", "t"), factors=[str(folder)]) for folder in (old, new))
    assert first.digest != second.digest
    totals = [made.views["energy-balance"].filter(row="total", gas="CO2")["mass_t"].item() for made in (first, second)]
    assert totals == [Decimal(30), Decimal(31)]


def test_r49_location_and_market_are_never_one_total() -> None:
    made = ac.run(one("purchased", "electricity", "100", "MWh"), view="china-pilot")
    location, market = (made.inventory.filter(account=name)["mass_t"].item() for name in ("main", "market"))
    table = made.views["china-pilot"].filter(pl.col("item").is_null(), gas="CO2")
    assert set(table.filter(account="main")["mass_t"]) == {location}
    assert set(table.filter(account="market")["mass_t"]) == {market}


def test_r50_a_value_of_one_region_serves_no_other(tmp_path: Path) -> None:
    own = write(tmp_path / "own", {"region": "370000"})
    made = ac.run(one("farming", "diesel_oil", "10", "t", "110000"), factors=[str(own)])
    assert made.inventory["notation_key"].to_list() == ["NE"]


def test_r69_a_fuel_without_a_factor_is_never_zero() -> None:
    made = ac.run(one("industry", "raw_coal", "10", "t"), factors=["ceads-2018"])
    assert made.inventory.select("mass_t", "notation_key").rows() == [(None, "NE")]
