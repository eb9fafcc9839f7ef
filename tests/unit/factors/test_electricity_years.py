"""The year whose electricity factor a year takes: three named policies, for electricity alone."""

from __future__ import annotations

from pathlib import Path

import packs
import polars as pl
import pytest
from small import table

import accounting as ac
from accounting.errors import UsageError
from accounting.factors import electricity_years

POWER = {"parameter": "emission_factor", "item": "electricity", "unit": "tCO2/MWh"}
BOUGHT = ("330000", 2015, "purchased", "electricity", "100", "MWh")


def of_year(year: str, value: str, **more: str) -> dict:
    return POWER | {"valid_from": year, "valid_to": year, "value": value} | more


def tonnes(folder: Path, *rows: dict, policy: str, row: tuple = BOUGHT) -> str | None:
    pack = packs.write(folder / "own", *rows)
    made = ac.run(table([row]), factors=[str(pack)], view="china-pilot", electricity_year=policy)
    cell = made.inventory.filter(account="main")["mass_t"].item()
    return None if cell is None else f"{cell.normalize():f}"


GAP = [of_year("2013", "1"), of_year("2017", "2")]  # as far from 2015 on either side


@pytest.mark.parametrize(
    ("policy", "year", "expected"),
    [
        ("strict", 2015, None), ("strict", 2017, "200"),
        ("nearest", 2015, "100"),  # of two as near the earlier
        ("nearest", 2016, "200"), ("nearest", 2024, "200"), ("nearest", 1999, "100"), ("nearest", 2017, "200"),
        ("fixed:2017", 2013, "200"), ("fixed:2017", 2015, "200"),
    ],
)  # fmt: skip
def test_a_policy_says_which_year_serves(tmp_path: Path, policy: str, year: int, expected: str | None) -> None:
    assert tonnes(tmp_path, *GAP, policy=policy, row=(BOUGHT[0], year, *BOUGHT[2:])) == expected


def test_the_place_comes_before_the_year(tmp_path: Path) -> None:
    rows = [of_year("2021", "0.3", region="330000"), of_year("2016", "0.4", region="GRID_EAST")]
    assert tonnes(tmp_path, *rows, policy="nearest") == "30"


def test_a_value_for_the_year_itself_at_a_wider_place_is_no_stand_in(tmp_path: Path) -> None:
    rows = [of_year("2021", "0.3", region="330000"), of_year("2015", "0.4", region="CN")]
    assert tonnes(tmp_path, *rows, policy="nearest") == "40"


def test_a_value_that_is_valid_always_stays(tmp_path: Path) -> None:
    rows = [POWER | {"valid_from": "", "value": "0.5", "region": "330000"}, of_year("2017", "2")]
    assert tonnes(tmp_path, *rows, policy="nearest") == tonnes(tmp_path / "b", *rows, policy="fixed:2017") == "50"


@pytest.mark.parametrize("policy", ["nearest", "fixed:2013"])
def test_no_other_parameter_is_carried_over_to_another_year(tmp_path: Path, policy: str) -> None:
    fuel = {"valid_from": "2013", "valid_to": "2013", "value": "3"}
    row = ("330000", 2015, "transport", "diesel_oil", "100", "t")
    assert tonnes(tmp_path, fuel, policy=policy, row=row) is None
    heat = {"parameter": "emission_factor", "item": "heat", "unit": "tCO2/GJ", "value": "0.1"} | {
        "valid_from": "2013", "valid_to": "2013"}  # fmt: skip
    assert tonnes(tmp_path / "h", heat, policy=policy, row=("330000", 2015, "purchased", "heat", "100", "GJ")) is None


@pytest.mark.parametrize("word", ["closest", "fixed", "fixed:", "fixed:23", "fixed:3023", "Nearest", "", "2023"])
def test_another_word_is_a_usage_error_that_names_the_policies(word: str) -> None:
    with pytest.raises(UsageError) as caught:
        electricity_years.checked(word)
    assert caught.value.code == "electricity.year_policy"
    assert caught.value.facts["policies"] == "strict, nearest, fixed:YEAR"


@pytest.mark.parametrize(
    ("year", "near"), [(2015, "fixed:2014"), (2018, "fixed:2017"), (2016, "fixed:2017"), (1950, "fixed:2013")]
)
def test_a_fixed_year_that_no_pack_has_is_refused_with_the_years_that_there_are(tmp_path: Path, year: int, near: str) -> None:
    with pytest.raises(UsageError) as caught:
        tonnes(tmp_path, *GAP, of_year("2014", "1.5"), policy=f"fixed:{year}")
    assert (caught.value.code, caught.value.exit_code) == ("electricity.no_such_year", 2)
    assert (caught.value.facts["years"], caught.value.facts["near"]) == ("2013–2014, 2017", near)


def test_the_years_are_those_of_the_packs_in_force_and_of_the_project_file() -> None:
    with pytest.raises(UsageError, match="2012, 2021–2023"):
        ac.run(table([BOUGHT]), view="china-pilot", electricity_year="fixed:2015")
    fuel = ("330000", 2015, "transport", "diesel_oil", "100", "t")
    assert ac.run(
        table([fuel]), factors=["ceads-2018"], electricity_year="fixed:2015"
    ).inventory.height  # no factor of any year


def test_the_year_of_a_project_file_is_refused_too(tmp_path: Path) -> None:
    table([BOUGHT]).write_csv(tmp_path / "power.csv")
    project = tmp_path / "tanfeng.toml"
    project.write_text(
        'view = "china-pilot"\nelectricity_year = "fixed:2015"\n[inputs]\npaths = ["power.csv"]\n', encoding="utf-8"
    )
    with pytest.raises(UsageError, match="electricity.no_such_year"):
        ac.run(project)


def test_a_value_of_every_year_is_of_no_year(tmp_path: Path) -> None:
    rows = [POWER | {"valid_from": "", "value": "0.5", "region": "330000"}, of_year("2017", "2")]
    with pytest.raises(UsageError, match="electricity.no_such_year"):
        tonnes(tmp_path, *rows, policy="fixed:2015")
    assert tonnes(tmp_path / "b", rows[0], policy="fixed:2015") == "50"


def test_a_place_that_alone_lacks_the_fixed_year_is_a_finding(tmp_path: Path) -> None:
    pack = packs.write(tmp_path / "own", of_year("2017", "2", region="330000"), of_year("2016", "1", region="310000"))
    rows = [(place, 2015, *BOUGHT[2:]) for place in ("310000", "330000")]
    made = ac.run(table(rows), factors=[str(pack)], view="china-pilot", electricity_year="fixed:2017")
    missing = made.findings.filter((pl.col("code") == "factor.missing") & (pl.col("severity") == "warning"))
    assert [told for told in missing["message_en"] if "100 MWh (1 entities" in told and "other year than fixed:2017" in told]
    cells = made.inventory.filter(account="main").sort("entity")
    assert cells["notation_key"].to_list() == ["NE", None]


def test_the_policy_is_part_of_the_digest_and_of_the_manifest() -> None:
    runs = {p: ac.run(table([BOUGHT]), view="china-pilot", electricity_year=p) for p in ("strict", "nearest", "fixed:2022")}
    assert len({made.digest for made in runs.values()}) == 3
    assert [made.manifest["settings"]["electricity_year"] for made in runs.values()] == list(runs)


def test_a_year_without_a_factor_says_which_option_there_is() -> None:
    made = ac.run(table([BOUGHT]), view="china-pilot")
    assert all("--electricity-year" in reason for reason in made.inventory["reason"])


@pytest.mark.parametrize("policy", ["strict", "nearest", "fixed:2022"])
def test_a_run_of_every_policy_verifies(tmp_path: Path, policy: str) -> None:
    from accounting.store.verify import verified

    years = [(BOUGHT[0], year, *BOUGHT[2:]) for year in (2012, 2020, 2022)]
    ac.run(table(years), view="china-pilot", electricity_year=policy).save(tmp_path / "run")
    assert {level.state for level in verified(tmp_path / "run")} <= {"checked", "not_checked"}
