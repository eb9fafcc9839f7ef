"""Findings name the cause of a missing factor by its code, never by what a text says."""

from pathlib import Path

import packs
import polars as pl
import pytest
from small import table

import accounting as ac
from accounting import tables

COKE = ("370200", 2022, "industry", "coke", "5", "t")
PER_HEAT = {"item": "coke", "value": "0.1", "unit": "tCO2/GJ"}
CAUSES = [
    ("factor.missing", PER_HEAT),
    ("factor.basis_unstated", {"item": "coke", "basis": "dry"}),
]


def run(folder: Path, *rows: dict, absences: tuple[dict, ...] = ()) -> ac.Run:
    diesel = ("370200", 2022, "industry", "diesel_oil", "1", "t")
    return ac.run(table([COKE, diesel]), factors=[str(packs.write(folder / "own", {}, *rows, absences=absences))])


@pytest.mark.parametrize(("code", "row"), CAUSES, ids=[case[0] for case in CAUSES])
def test_a_missing_factor_has_the_code_of_its_cause_and_its_text_has_none(code: str, row: dict, tmp_path: Path) -> None:
    made = run(tmp_path, row)
    assert made.missing["code"].to_list() == [code]
    assert not [cause for cause in tables.CAUSES if cause in made.missing["reason"].item()]
    assert made.findings.filter(kind="missing_factor", code=code).height == 1


def test_of_several_causes_the_one_is_told_that_a_table_mends(tmp_path: Path) -> None:
    heat = {"parameter": "ncv", "item": "coke", "unit": "GJ/t", "value": "28", "basis": "dry", "gas": None}
    carbon = {"parameter": "carbon_content", "item": "coke", "unit": "tC/GJ", "value": "0.03", "gas": None}
    assert run(tmp_path, heat, carbon).missing["code"].to_list() == ["factor.basis_unstated"]


@pytest.mark.parametrize("named", tables.CAUSES)
def test_a_code_in_the_words_of_a_pack_is_no_cause(named: str, tmp_path: Path) -> None:
    absence = {"item": "coke", "severity": "warning", "reason_zh": f"另见 ({named})", "reason_en": f"see ({named})"}
    made = run(tmp_path, PER_HEAT, absences=(absence,))
    assert made.missing["code"].to_list() == ["factor.missing"]
    told = made.findings.filter(pl.col("kind") == "missing_factor")
    assert told.select("code", "item").rows() == [("factor.missing", "coke")]
    assert f"see ({named})" in told["message_en"].item()


def test_a_missing_factor_stakes_nothing_that_other_gases_or_places_have() -> None:
    coal = [("370200", 2022, "industry", "anthracite", "100", "t"), ("370200", 2022, "industry", "diesel_oil", "1", "t")]
    made = ac.run(table(coal), factors=["ceads-2018", "ipcc-2006", "gwp"])
    cells = dict(made.inventory.filter(item="anthracite").select("gas", "mass_t").rows())
    assert cells["CO2"] is None
    assert cells["N2O"] is not None
    gap = made.findings.filter(kind="missing_factor", item="anthracite")
    assert gap["used"].to_list() == ["NE"]
    assert gap["stake_t"].to_list() == [None]
    assert made.findings.filter(code="factor.default", item="diesel_oil")["stake_t"].null_count() == 0
