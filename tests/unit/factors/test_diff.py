"""Two packs side by side: what is added, removed, changed, and what only stands in other words."""

from __future__ import annotations

from pathlib import Path

import packs
import pytest

from accounting.factors import diff, pack


def differences(tmp_path: Path, old: list[dict], new: list[dict]) -> list[dict]:
    sides = (packs.write(tmp_path / "old", *old), packs.write(tmp_path / "new", *new))
    return diff.differences(*map(pack.load, sides))


@pytest.mark.parametrize(
    ("old", "new", "changes", "percent"),
    [
        ([{"value": "3"}], [{"value": "3.0"}], [], None),
        ([{"value": "3"}], [{"value": "3.3"}], ["changed"], "10.0000"),
        ([{"value": "3"}], [{"value": "2"}], ["changed"], "-33.3333"),
        ([{"value": "0"}], [{"value": "1"}], ["changed"], None),
        ([{"value": "3"}], [{"value": "3000", "unit": "kgCO2/t"}], ["restated"], None),
        ([{"citation": "table 1"}], [{"citation": "table 2"}], ["restated"], None),
        ([{"valid_to": "2010"}], [{"valid_to": "2020"}], ["restated"], None),
        ([{}], [{}, {"item": "gasoline"}], ["added"], None),
        ([{}, {"item": "gasoline"}], [{}], ["removed"], None),
        ([{"region": ""}], [{"region": "CN"}], [], None),
        ([{"region": "CN"}], [{"region": "330000"}], ["added", "removed"], None),
        ([{"category": "transport"}], [{}], ["added", "removed"], None),
    ],
)
def test_each_kind_of_difference(tmp_path: Path, old: list, new: list, changes: list, percent: str | None) -> None:
    found = differences(tmp_path, old, new)
    assert [row["change"] for row in found] == changes
    assert [str(row["percent"]) for row in found if row["percent"] is not None] == ([percent] if percent else [])


def test_values_of_several_years_are_told_apart_by_them(tmp_path: Path) -> None:
    years = [{"valid_from": "2021", "valid_to": "2021", "value": "1"}, {"valid_from": "2022", "valid_to": "2022", "value": "2"}]
    later = [years[1] | {"value": "2.5"}, {"valid_from": "2023", "valid_to": "2023", "value": "3"}]
    found = differences(tmp_path, years, later)
    assert {(row["change"], row["old_value"], row["new_value"]) for row in found} == {
        ("changed", "2", "2.5"),
        ("changed", "1", "3"),
    }
    assert [row["old_years"] for row in found if row["old_value"] == "1"] == ["2021–2021"]


def test_a_value_that_measures_something_else_has_no_percent(tmp_path: Path) -> None:
    gas = {"item": "natural_gas", "value": "21", "unit": "tCO2/10^4 m3"}
    (row,) = differences(tmp_path, [gas], [gas | {"value": "0.056", "unit": "tCO2/GJ"}])
    assert (row["change"], row["percent"]) == ("changed", None)


def test_the_columns_are_declared_and_both_sides_are_cited() -> None:
    found = diff.differences(pack.load("cn-enterprise-2015"), pack.load("cn-enterprise-2024"))
    assert all(set(row) == set(diff.COLUMNS) for row in found)
    anthracite = next(r for r in found if (r["parameter"], r["item"]) == ("carbon_content", "anthracite"))
    assert (anthracite["old_value"], anthracite["old_unit"]) == ("0.02749", "tC/GJ")
    assert (anthracite["new_value"], anthracite["new_unit"]) == ("27.4", "tC/TJ")
    assert str(anthracite["percent"]) == "-0.3274"  # 27.4 ÷ 27.49 − 1
    assert "1722" in anthracite["old_citation"]
    assert "C.1" in anthracite["new_citation"]


@pytest.mark.parametrize("name", pack.shipped_packs())
def test_a_pack_does_not_differ_from_itself(name: str) -> None:
    assert diff.differences(pack.load(name), pack.load(name)) == []


def test_what_is_added_one_way_is_removed_the_other() -> None:
    one, other = pack.load("provincial-2011"), pack.load("provincial-2025")
    there, back = diff.differences(one, other), diff.differences(other, one)
    count = {
        way: {change: sum(r["change"] == change for r in rows) for change in diff.CHANGES}
        for way, rows in (("there", there), ("back", back))
    }
    assert (count["there"]["added"], count["there"]["removed"]) == (count["back"]["removed"], count["back"]["added"])
    assert count["there"]["changed"] == count["back"]["changed"]
