"""The year whose electricity factor a year takes: three named policies, for electricity alone."""

from __future__ import annotations

from pathlib import Path

import packs
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
        ("fixed:2017", 2013, "200"), ("fixed:2017", 2015, "200"), ("fixed:2015", 2013, None),
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
