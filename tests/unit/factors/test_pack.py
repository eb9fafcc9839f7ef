"""Packs are known by their content and refused when it is not what they say."""

import json
import shutil
from pathlib import Path

import packs
import polars as pl
import pytest

from accounting import shipped
from accounting.errors import UsageError
from accounting.exact import holds
from accounting.factors import check, pack
from accounting.factors.effective import factors
from accounting.factors.values import value
from accounting.methods import method


def test_the_shipped_research_pack_says_what_it_is() -> None:
    loaded = pack.load("ceads-2018")
    assert (loaded.kind, loaded.label_zh) == ("research", "研究数据反推因子, 非官方核算口径")
    assert loaded.parameters["citation"].null_count() == 0


def test_no_shipped_pack_has_a_coal_factor_for_industry_power_or_heat() -> None:
    coal = pack.load("ceads-2018").parameters.filter(item="raw_coal")
    assert set(coal["category"]) == {
        "farming", "construction", "transport", "wholesale_retail", "other_services", "urban_residential",
        "rural_residential",
    }  # fmt: skip


@pytest.mark.parametrize("name", pack.shipped_packs())
def test_a_shipped_pack_is_sound(name: str) -> None:
    assert check.problems(name) == []


@pytest.mark.parametrize("name", pack.shipped_packs())
def test_every_value_has_its_source_its_edition_and_the_figure_as_printed(name: str) -> None:
    rows = pack.load(name).parameters
    for column in ("citation", "edition", "published", "unit", "tier"):
        assert rows[column].null_count() == 0, column
    unprinted = rows.filter(pl.col("original_value").is_null() | pl.col("original_unit").is_null())
    assert all(" ÷ " in (row["note"] or "") for row in unprinted.to_dicts())  # what is a quotient of printed figures says so
    assert all(value(row["parameter"], row["value"], row["unit"]).exact is not None for row in rows.to_dicts())


def test_every_factor_of_every_pack_keeps_nine_significant_digits() -> None:
    for name in pack.shipped_packs():
        for row in pack.load(name).parameters.filter(parameter="co2_factor").to_dicts():
            (factor,) = factors(method("combustion.co2_factor"), {"co2_factor": value("co2_factor", row["value"], row["unit"])})
            assert factor >= 10**-7, row  # 15 decimals keep nine digits of it
            assert holds(factor, 15), row


def test_the_content_hash_is_of_the_content_not_of_the_place(tmp_path: Path) -> None:
    copy = shutil.copytree(shipped.factors() / "ceads-2018", tmp_path / "elsewhere")
    assert pack.load(copy).content_hash == pack.load("ceads-2018").content_hash


def test_an_edited_pack_is_refused(tmp_path: Path) -> None:
    folder = packs.write(tmp_path / "mine", {})
    with (folder / "parameters.csv").open("a") as target:
        target.write("\n")
    with pytest.raises(UsageError, match="pack.damaged"):
        pack.load(folder)


@pytest.mark.parametrize("name", ["ceads-2019", "/nowhere"])
def test_an_unknown_pack_is_named_with_the_nearest(name: str) -> None:
    with pytest.raises(UsageError, match="pack.unknown"):
        pack.load(name)


def test_a_pack_without_its_description_or_a_column_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    with pytest.raises(UsageError, match="pack.unreadable"):
        pack.load(tmp_path / "bare")


def test_gwp_sets_tell_two_methanes_apart() -> None:
    assert [(str(s["CH4_fossil"]), str(s["CH4_biogenic"])) for s in map(pack.gwp, ("AR4", "AR5", "AR6"))] == [
        ("25", "25"), ("30", "28"), ("149/5", "27"),
    ]  # fmt: skip
    with pytest.raises(UsageError, match="gwp.unknown"):
        pack.gwp("AR7")


SLIPS = [
    ("pack.no_citation", [{"citation": " "}]),
    ("pack.unknown_id", [{"item": "diesel"}]),
    ("pack.unknown_id", [{"category": "somewhere"}]),
    ("pack.unknown_id", [{"region": "999999"}]),
    ("pack.number", [{"value": "3,1"}]),
    ("pack.number", [{"value": "3e0"}]),
    ("parameter.unit", [{"unit": "GJ/t"}]),
    ("parameter.unit", [{"unit": "tCO2"}]),
    ("parameter.unknown", [{"parameter": "luck"}]),
    ("unit.unknown", [{"unit": "tCO2/桶"}]),
    ("pack.dimension", [{"unit": "tCO2/10^4 m3"}]),
    ("pack.range", [{"value": "3.7"}]),
    ("pack.range", [{"parameter": "oxidation_factor", "unit": "1", "value": "98"}]),
    ("pack.range", [{"parameter": "ncv", "unit": "GJ/t", "value": "42652"}]),
    ("pack.original", [{"original_value": "3.1", "original_unit": "tCO2/t"}]),
    ("pack.original", [{"original_value": "3", "original_unit": "kgCO2/t"}]),
    ("pack.original", [{"original_value": "2～4", "original_unit": "tCO2/t"}]),
    ("pack.bounds", [{"lower": "3.1"}]),
    ("pack.bounds", [{"upper": "2.9"}]),
    ("pack.bounds", [{"parameter": "u_factor", "unit": "%", "value": "150", "lower": "-70", "upper": "140"}]),
    ("pack.bounds", [{"parameter": "u_factor", "unit": "%", "value": "5"}]),
    ("pack.bounds", [{"parameter": "u_factor", "unit": "%", "value": "5", "lower": "1", "upper": "5"}]),
    ("parameter.unit", [{"parameter": "u_factor", "unit": "tCO2/t", "value": "5", "lower": "-5", "upper": "5"}]),
    ("pack.validity", [{"valid_from": "2010", "valid_to": "2009"}]),
    ("pack.overlap", [{"valid_to": "2010"}, {"valid_from": "2010"}]),
    ("pack.gap", [{"valid_to": "2010"}, {"valid_from": "2012"}]),
]


@pytest.mark.parametrize(("code", "rows"), SLIPS, ids=[f"{code}-{n}" for n, (code, _) in enumerate(SLIPS)])
def test_each_slip_is_found_by_its_line(tmp_path: Path, code: str, rows: list[dict]) -> None:
    found = check.problems(str(packs.write(tmp_path / "mine", *rows)))
    assert [problem["code"] for problem in found] == [code]
    assert found[0]["cell"] == f"line {len(rows) + 1}"


def test_a_sound_pack_of_one_s_own_has_no_problem(tmp_path: Path) -> None:
    years = ({"valid_to": "2010", "lower": "2.9", "upper": "3.1"}, {"valid_from": "2011", "value": "3.05"})
    assert check.problems(str(packs.write(tmp_path / "mine", *years))) == []


def test_a_file_that_is_read_and_not_sealed_is_refused(tmp_path: Path) -> None:
    folder = packs.write(tmp_path / "mine", {})
    told = json.loads((folder / "datapackage.json").read_text())
    told["resources"] = [one for one in told["resources"] if one["path"] != "parameters.csv"]
    (folder / "datapackage.json").write_text(json.dumps(told))
    with pytest.raises(UsageError, match="pack.damaged"):
        pack.load(folder)


@pytest.mark.parametrize("row", [{"valid_from": "2000-07-01"}, {"valid_from": "gestern"}, {"tier": "first"}])
def test_a_date_that_no_year_begins_with_and_a_word_for_a_number_are_refused(tmp_path: Path, row: dict) -> None:
    with pytest.raises(UsageError, match="pack.unreadable"):
        pack.load(packs.write(tmp_path / "mine", row))


def test_a_tier_has_its_own_years(tmp_path: Path) -> None:
    rows = (
        {"tier": "1", "valid_from": "1990", "valid_to": "2020"},
        {"tier": "2", "valid_from": "2000", "valid_to": "2005"},
        {"tier": "1", "valid_from": "2010", "valid_to": "2030"},
    )
    assert [row["code"] for row in check.problems(str(packs.write(tmp_path / "mine", *rows)))] == ["pack.overlap"]
