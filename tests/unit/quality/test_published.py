"""A published table is read with its digits; what cannot be used is refused whole, row by row."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from accounting.errors import DataRefused, Refused
from accounting.quality.published import read_published

HEAD = "entity,year,category,item,view,gas,value,unit,tolerance,source,page"


def written(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "published.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def test_units_become_tonnes_with_every_digit(tmp_path: Path) -> None:
    table = read_published(
        written(
            tmp_path,
            "110000,2007,transport,diesel_oil,,CO2,3.17518743,Mt,,,",
            "110000,2007,transport,gasoline,,CO2,317.5,万吨CO2,,,",
            "110000,2007,transport,lpg,,CO2,5.1e-05,Mt,,,",
            "110000,2007,transport,kerosene,,CO2,12,t,,,",
        )
    )
    assert table["published_t"].to_list() == [Decimal("3175187.43"), Decimal(3175000), Decimal(51), Decimal(12)]


def test_names_and_chinese_headings_are_taken(tmp_path: Path) -> None:
    table = read_published(written(tmp_path, "北京,2007,交通运输,柴油,1,Mt", head="地区,年份,部门,品种,公布值,单位"))
    assert table.select("entity", "category", "item", "gas", "tolerance").row(0) == (
        "110000", "transport", "diesel_oil", "CO2", "0.000001",
    )  # fmt: skip


def test_a_star_or_a_blank_is_a_total_and_a_line_of_the_view_stays_a_line(tmp_path: Path) -> None:
    table = read_published(
        written(
            tmp_path,
            "110000,2007,,gasoline,energy-balance,CO2,1,Mt,1%,,",
            "110000,2007,*,*,energy-balance,CO2,1,Mt,1%,,",
            "110000,2007,residential,,energy-balance,CO2,1,Mt,1%,,",
        )
    )
    assert table.select("category", "item").rows() == [(None, "gasoline"), (None, None), ("residential", None)]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("110000,2007,transport,diesel_oil,,CO2,1①,Mt,,,", "published.number"),
        ("110000,2007,transport,diesel_oil,,CO2,1,MWh,,,", "published.unit"),
        ("110000,2007,transport,diesel_oil,,CO2,1,ton,,,", "unit.ambiguous"),
        ("110000,07,transport,diesel_oil,,CO2,1,Mt,,,", "published.year"),
        ("110000,2007,transport,diesl,,CO2,1,Mt,,,", "item.unknown"),
        ("110000,2007,transport,diesel_oil,,CO2,1,Mt,some,,", "published.tolerance"),
        ("999999,2007,transport,diesel_oil,,CO2,1,Mt,,,", "entity.unknown_code"),
        (",2007,transport,diesel_oil,,CO2,1,Mt,,,", "published.entity"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_its_place(tmp_path: Path, row: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_published(written(tmp_path, row))
    assert refusal.value.code == "published.unreadable"
    assert refusal.value.rejections is not None
    assert refusal.value.rejections.select("code", "cell").rows() == [(code, "row 2")]


def test_every_bad_row_is_listed_and_a_figure_twice_is_refused(tmp_path: Path) -> None:
    same = "110000,2007,transport,diesel_oil,,CO2,1,Mt,,,"
    with pytest.raises(Refused) as refusal:
        read_published(written(tmp_path, same, same, same.replace("110000", "x").replace("2007", "7")))
    assert refusal.value.rejections is not None
    assert refusal.value.rejections["code"].to_list() == ["published.year", "published.twice"]


def test_a_table_without_a_demanded_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataRefused) as refusal:
        read_published(written(tmp_path, "110000,2007,1", head="entity,year,value"))
    assert refusal.value.code == "published.columns"
    assert refusal.value.facts["missing"] == "unit"


def test_csv_xlsx_and_parquet_give_one_table(tmp_path: Path) -> None:
    row = ["110000", "2007", "transport", "diesel_oil", "", "CO2", "3.17518743", "Mt", "", "", ""]
    csv = written(tmp_path, ",".join(row))
    book = xlsxwriter.Workbook(str(tmp_path / "published.xlsx"))
    page = book.add_worksheet()
    for line, cells in enumerate([HEAD.split(","), row]):
        for column, text in enumerate(cells):
            page.write_string(line, column, text)
    book.close()
    pl.DataFrame([row], schema=HEAD.split(","), orient="row").write_parquet(tmp_path / "published.parquet")
    tables = [read_published(path) for path in (csv, tmp_path / "published.xlsx", tmp_path / "published.parquet")]
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])
