"""A balance on several sheets of one workbook is one statement; a sheet of standard coal alone is none."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from balance_sheets import COLUMNS_2007, Balance, write

from accounting.ingest.intake import Intake, intake, sources

TITLE = "6-15  山东能源平衡表(实物量)-2007"
COAL, OIL = COLUMNS_2007[:8], COLUMNS_2007[8:]
FIGURES = {("建筑业", "原煤"): 2, ("建筑业", "油品合计"): 18.68, ("建筑业", "柴油"): 18.68}


def page(name: str, title: str, columns: tuple[tuple[str, str, str], ...]) -> Balance:
    shown = {key: value for key, value in FIGURES.items() if key[1] in {zh for zh, _, _ in columns}}
    return Balance(title, shown, name=name, columns=columns)


def taken(path: Path) -> Intake:
    return intake(sources([path]))


@pytest.mark.parametrize(
    ("second", "listed"),
    [
        (f"{TITLE} 续表", ["statement.continued"]),
        (TITLE, ["statement.continued"]),
        ("6-15 续表", ["evidence.continued", "statement.continued"]),
    ],
)
def test_a_table_over_two_sheets_is_read_like_one(tmp_path: Path, second: str, listed: list[str]) -> None:
    whole = taken(write(tmp_path / "1" / "a.xlsx", page("6-15", TITLE, COLUMNS_2007)))
    parts = taken(write(tmp_path / "2" / "a.xlsx", page("6-15", TITLE, COAL), page("6-15续", second, OIL)))
    assert parts.rejections.is_empty()
    assert sorted(parts.findings["code"]) == listed
    assert parts.sums.drop("class", strict=False).equals(whole.sums.drop("class", strict=False))
    assert sorted(set(parts.activity["sheet"])) == ["6-15", "6-15续"]


def test_a_subtotal_may_have_its_parts_on_the_other_sheet(tmp_path: Path) -> None:
    with_oil = page("6-15", TITLE, COLUMNS_2007[:9])
    rest = page("6-15续", f"{TITLE} 续表", COLUMNS_2007[9:])
    assert taken(write(tmp_path / "a.xlsx", with_oil, rest)).findings["code"].to_list() == ["statement.continued"]


def test_two_sheets_with_a_column_in_common_still_compete(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", page("1", TITLE, COLUMNS_2007), page("2", f"{TITLE} 续表", OIL))
    assert taken(path).rejections["code"].to_list() == ["statement.twice"] * 2


def test_a_continuation_takes_nothing_from_a_sheet_that_is_not_just_before_it(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", page("1", TITLE, COAL), page("2", "能源平衡表", OIL), page("3", "续表", OIL))
    assert set(taken(path).rejections["code"]) == {"evidence.no_entity", "evidence.no_year"}


def test_standard_coal_alone_is_no_activity_data(tmp_path: Path) -> None:
    sheet = Balance("6-15 山东能源平衡表(标准量)-2007", FIGURES, unit="万吨标准煤")
    found = taken(write(tmp_path / "a.xlsx", sheet))
    assert found.rejections.select("code", "severity").rows() == [("statement.standard_only", "warning")]
    assert found.findings.is_empty()
    assert found.sums.is_empty()
    assert found.activity.filter(pl.col("entity") == "370000").is_empty()
