"""Every class of bad input, through `ac.run`: a code, an address, a remedy; never a NaN, a 0 or a default in its place."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from packs import write
from small import COLUMNS

import accounting as ac
from accounting.errors import UsageError, messages

BASED = [*COLUMNS, "basis"]
IPCC = ["ipcc-2006", "gbt-2589-2020"]
GOOD = ("370200", "2022", "farming", "diesel_oil", "1", "t", "")


def run(*rows: tuple[str, ...], **options: object) -> ac.Run | ac.Refused:
    """The run of rows (with a basis, or without), beside one that is sound."""
    table = pl.DataFrame([GOOD, *((*row, "")[:7] for row in rows)], schema=BASED, orient="row")
    try:
        return ac.run(table, **{"view": "ipcc2006", "factors": IPCC} | options)
    except ac.Refused as refused:
        return refused


# code, the cell that is told, the row
REFUSED: list[tuple[str, str, tuple[str, ...]]] = [
    ("unit.dimension", "F3", ("370200", "2022", "industry", "coke", "5", "m3")),
    ("unit.dimension", "F3", ("370200", "2022", "industry", "natural_gas", "5", "t")),
    ("unit.dimension", "F3", ("370200", "2022", "road_vkt", "bus", "5", "万人公里")),
    ("unit.unknown", "F3", ("370200", "2022", "industry", "coke", "5", "担")),
    ("unit.ambiguous", "F3", ("370200", "2022", "industry", "coke", "5", "ton")),
    ("unit.not_used", "F3", ("370200", "2022", "industry", "electricity", "5", "MW")),
    ("unit.calorie", "F3", ("370200", "2022", "industry", "coke", "5", "kcal")),
    ("unit.co2e", "F3", ("370200", "2022", "removal", "co2", "5", "tCO2e")),
    ("basis.conflict", "F3", ("370200", "2022", "industry", "natural_gas", "5", "万Nm3", "stp20")),
    ("basis.unknown", "F3", ("370200", "2022", "industry", "coke", "5", "t", "as received")),
    ("number.percent", "E3", ("370200", "2022", "industry", "coke", "5%", "t")),
    ("number.not_finite", "E3", ("370200", "2022", "industry", "coke", "nan", "t")),
    ("quantity.negative", "E3", ("370200", "2022", "industry", "coke", "-5", "t")),
    ("quantity.negative", "E3", ("370200", "2022", "road_fuel", "gasoline", "-5", "t")),
    ("quantity.negative", "E3", ("370200", "2022", "international_water", "fuel_oil", "-5", "t")),
    ("quantity.missing", "E3", ("370200", "2022", "industry", "coke", "", "t")),
    ("year.shape", "B3", ("370200", "22", "industry", "coke", "5", "t")),
    ("entity.code_not_valid_in_year", "A3", ("371200", "2022", "industry", "coke", "5", "t")),
]


@pytest.mark.parametrize(("code", "cell", "row"), REFUSED, ids=[f"{n} {case[0]}" for n, case in enumerate(REFUSED)])
def test_a_row_is_refused_at_its_cell(code: str, cell: str, row: tuple[str, ...]) -> None:
    result = run(row)
    assert isinstance(result, ac.Run)
    told = result.rejections.row(0, named=True)
    assert (result.rejections.height, told["code"], told["file"]) == (1, code, "frame/table.csv")
    assert told["cell"] == cell or (cell == "F3" and told["cell"] in ("E3", "F3", "G3"))
    assert told["remedy_zh"]
    assert told["remedy_en"]
    assert set(result.inventory["category"]) == {"farming"}


def test_stock_change_trade_and_losses_may_be_negative() -> None:
    categories = ("stock_change", "import", "export", "inflow", "outflow", "loss", "statistical_difference")
    result = run(*(("370200", "2022", category, "coke", "-5", "t") for category in categories))
    assert result.rejections is not None
    assert result.rejections.is_empty()


@pytest.mark.parametrize("month", ["13", "0", "1.5"])
def test_a_thirteenth_month_is_refused_at_its_cell(month: str) -> None:
    table = pl.DataFrame([(*GOOD[:6], "1"), (*GOOD[:6], month)], schema=[*COLUMNS, "month"], orient="row")
    refused = ac.run(table, factors=IPCC, view="ipcc2006").rejections
    assert refused.select("code", "cell").rows() == [("month.range", "G3")]


# Wrong basis: the factor holds on one basis, the quantity stands on another or does not say. NE, never a conversion.
HEAT = {"parameter": "co2_factor", "unit": "tCO2/GJ", "value": "0.1", "basis": "ncv", "item": "coke"}
DRY = {"parameter": "co2_factor", "basis": "dry", "item": "coke"}
NORMAL = {"parameter": "co2_factor", "basis": "stp0", "item": "natural_gas", "unit": "tCO2/10^4 m3", "value": "21"}
BASES = [
    ("factor.other_basis", HEAT, ("coke", "5", "GJ(GCV)", "")),
    ("factor.other_basis", HEAT, ("coke", "5", "GJ", "gcv")),
    ("factor.basis_unstated", HEAT, ("coke", "5", "GJ", "")),
    ("factor.other_basis", DRY, ("coke", "5", "t", "wet")),
    ("factor.basis_unstated", DRY, ("coke", "5", "t", "")),
    ("factor.other_basis", NORMAL, ("natural_gas", "5", "m3", "stp20")),
    ("factor.basis_unstated", NORMAL, ("natural_gas", "5", "万立方米", "")),
]


@pytest.mark.parametrize(("code", "factor", "given"), BASES, ids=[f"{n} {case[0]}" for n, case in enumerate(BASES)])
def test_a_wrong_or_unstated_basis_is_named_at_its_cell(
    code: str, factor: dict[str, str], given: tuple[str, ...], tmp_path: Path
) -> None:
    pack = write(tmp_path / "own", factor, {})
    result = run(("370200", "2022", "industry", *given), factors=[str(pack)])
    assert isinstance(result, ac.Run)
    told = result.findings.filter(code=code).row(0, named=True)
    assert (told["severity"], told["used"], told["file"], told["cell"]) == ("warning", "NE", "frame/table.csv", "E3")
    assert told["remedy_zh"]
    assert told["remedy_en"]
    cell = result.inventory.filter(category="industry").row(0, named=True)
    assert (cell["mass_t"], cell["notation_key"]) == (None, "NE")


# What a pack of one's own may not hold: the line is named.
FACTOR = {"parameter": "oxidation_factor", "unit": "1", "gas": ""}
PACKS: list[tuple[str, list[dict[str, str]]]] = [
    ("pack.no_citation", [{"citation": ""}]),
    ("pack.overlap", [{"valid_to": "2010"}, {"valid_from": "2010"}]),
    ("pack.validity", [{"valid_from": "2020", "valid_to": "2010"}]),
    ("pack.range", [FACTOR | {"value": "98"}]),
    ("pack.range", [FACTOR | {"parameter": "methane_correction_factor", "value": "80", "category": "landfill", "item": ""}]),
    ("pack.range", [FACTOR | {"parameter": "destruction", "value": "92.5", "category": "process", "item": "nitric_acid"}]),
    ("pack.range", [FACTOR | {"parameter": "degradable_organic_carbon", "value": "15", "category": "landfill", "item": ""}]),
    ("pack.range", [{"value": "4.321"}]),
    ("pack.number", [{"value": "3,1"}]),
    ("pack.dimension", [{"unit": "tCO2/m3"}]),
    ("unit.unknown", [{"unit": "tCO2/担"}]),
    ("unit.ambiguous", [{"unit": "tCO2/ton"}]),
    ("parameter.unit", [{"unit": "m3/t"}]),
    ("parameter.unit", [FACTOR | {"value": "1", "unit": "t"}]),
    ("parameter.unknown", [{"parameter": "emision_factor"}]),
    ("pack.gas_demanded", [{"parameter": "emission_factor", "gas": "", "category": "process", "item": "lime"}]),
    ("pack.unknown_id", [{"gas": "NOx"}]),
    ("pack.unknown_id", [{"item": "coal"}]),
    ("pack.word", [{"basis": "lhv"}]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "rows"), PACKS, ids=[f"{n} {case[0]}" for n, case in enumerate(PACKS)])
def test_an_unsound_pack_is_refused_with_its_line(code: str, rows: list[dict[str, str]], tmp_path: Path) -> None:
    pack = write(tmp_path / "own", *rows)
    with pytest.raises(UsageError, match="pack.unsound") as refused:
        run(factors=[str(pack)])
    assert code in str(refused.value)
    assert f"line {len(rows) + 1}" in str(refused.value)
    assert refused.value.remedy
    assert messages()[code]["do_zh"]


def test_a_share_written_in_percent_is_a_share(tmp_path: Path) -> None:
    heat = [{"parameter": "ncv", "unit": "GJ/t", "gas": "", "value": "42.652"},
            {"parameter": "carbon_content", "unit": "tC/TJ", "gas": "", "value": "20.2"}]  # fmt: skip
    percent = write(tmp_path / "percent", *heat, FACTOR | {"value": "98", "unit": "%"})
    share = write(tmp_path / "share", *heat, FACTOR | {"value": "0.98"})
    masses = [run(factors=[str(pack)]).inventory["mass_t"].to_list() for pack in (percent, share)]
    assert masses[0] == masses[1]
    assert masses[0][0] is not None


# What a method needs and no pack gives: NE with the name of what is lacking; no default, no average, no 0.
LANDFILL = {"gas": "CH4_biogenic", "category": "landfill", "item": "", "unit": "1"}
KNOWN = {
    "degradable_organic_carbon": "0.15",
    "decomposable_fraction": "0.5",
    "methane_fraction": "0.5",
    "oxidised_in_cover": "0",
}
CAR = {"category": "road_vkt", "item": "gasoline_vehicle", "gas": "", "parameter": "fuel_consumption", "value": "9",
       "unit": "L/100 km"}  # fmt: skip
FUEL = [{"item": "gasoline", "gas": "", "parameter": name, "value": number, "unit": unit}
        for name, number, unit in (("ncv", "43.07", "GJ/t"), ("carbon_content", "18.9", "tC/TJ"), ("oxidation_factor", "0.98", "1"))]  # fmt: skip
LACKING = [
    (
        "methane_correction_factor",
        [LANDFILL | {"parameter": p, "value": v} for p, v in KNOWN.items()],
        ("landfill", "msw", "5", "t"),
    ),
    ("density", [CAR, *FUEL], ("road_vkt", "passenger_car", "5", "km")),
    ("ncv", FUEL[1:], ("industry", "gasoline", "5", "t")),
    (
        "other unit",
        [{"parameter": "co2_factor", "item": "biogas", "unit": "tCO2/t"}, {"item": "coke"}],
        ("industry", "coke", "5", "GJ"),
    ),
    ("other year", [{"valid_from": "2000", "valid_to": "2010", "item": "coke"}], ("industry", "coke", "5", "t")),
]


@pytest.mark.parametrize(("lacking", "rows", "given"), LACKING, ids=[case[0] for case in LACKING])
def test_what_is_lacking_is_named_and_nothing_stands_in(
    lacking: str, rows: list[dict[str, str]], given: tuple[str, ...], tmp_path: Path
) -> None:
    pack = write(tmp_path / "own", *rows)
    result = run(("370200", "2022", *given), factors=[str(pack)])
    assert isinstance(result, ac.Run)
    cell = result.inventory.filter(category=given[0]).row(0, named=True)
    assert (cell["mass_t"], cell["co2e_t"], cell["notation_key"]) == (None, None, "NE")
    assert lacking in cell["reason"]
    told = result.findings.filter(code="factor.missing", category=given[0]).row(0, named=True)
    assert lacking in told["message_en"]
    assert (told["item"], told["used"]) == (given[1], "NE")
    assert told["remedy_zh"]
    assert told["remedy_en"]


def test_a_gas_that_the_gwp_set_does_not_know_is_refused(tmp_path: Path) -> None:
    pack = write(tmp_path / "own", {"parameter": "emission_factor", "category": "process", "item": "glass", "gas": "NF3",
                                    "unit": "kg/t", "value": "1"})  # fmt: skip
    lime = ("370200", "2022", "process", "glass", "5", "t")
    with pytest.raises(UsageError, match="gwp.gas_missing") as refused:
        run(lime, factors=[str(pack)], gwp="SAR")
    assert refused.value.seen == "NF3"
    assert isinstance(run(lime, factors=[str(pack)], gwp="AR5"), ac.Run)


def test_a_run_has_one_gwp_set_and_a_pack_cannot_bring_another(tmp_path: Path) -> None:
    pack = write(tmp_path / "own", {"parameter": "energy_emission_factor", "gas": "CH4_fossil", "unit": "kg/TJ", "value": "1"},
                 {"parameter": "ncv", "gas": "", "unit": "GJ/t", "value": "42"},
                 {"parameter": "gwp", "gas": "CH4_fossil", "item": "", "unit": "1", "value": "21", "edition": "SAR"})  # fmt: skip
    for edition, potential in (("AR5", "30"), ("AR6", "29.8")):
        made = run(factors=[str(pack)], gwp=edition)
        assert isinstance(made, ac.Run)
        cell = made.inventory.filter(gas="CH4_fossil").row(0, named=True)
        assert cell["co2e_t"] == cell["mass_t"] * Decimal(potential)
        assert made.manifest["settings"]["gwp"] == edition
    with pytest.raises(UsageError, match="gwp.unknown"):
        run(factors=[str(pack)], gwp="AR7")


def test_no_result_of_bad_input_holds_nan_or_a_zero_in_its_place() -> None:
    result = run(*(row for _, _, row in REFUSED))
    assert isinstance(result, ac.Run)
    assert result.rejections.height == len(REFUSED)
    assert (result.inventory["mass_t"].drop_nulls() > 0).all()
    assert result.sums.height == 1
