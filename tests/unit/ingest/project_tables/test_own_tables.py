"""What a project says in its tables: read from any form, in either language, one content whatever the form."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from own_project import COLUMNS, measured, parts, written

from accounting import project
from accounting.ingest.project_tables.entities import years_outside
from accounting.ingest.project_tables.own import Own, own_tables
from accounting.tables import DEMANDED, PROJECT_TABLES

ENTITIES = [
    ("P1", "钱塘园区", "park", "330100", "0.6", "330100", "", 2019),
    ("P1", "钱塘园区", "park", "330600", "0.4", "330100", "", 2019),
    ("P1", "钱塘园区", "park", "330600", "", "", 2020),
    ("F1", "热电厂", "facility", "P1"),
]
VALUES = [
    measured("F1", "ncv", "bituminous_coal", "21.35", "GJ/t"),
    measured("P1", "oxidation_factor", "烟煤", "98", "%", month="3月"),
]
SPLITS = [("140000", 2015, 2020, "原煤", "烟煤", "2/3", "函"), ("140000", 2015, 2020, "raw_coal", "anthracite", "1/3", "函")]


def own(folder: Path, more: str = "", **tables: list) -> Own:
    return own_tables(project.load(written(folder, more, **tables)))


def test_without_a_project_nothing_is_said() -> None:
    said = own_tables(None)
    assert (said.names, said.before(), said.after(), said.parts) == ({}, (), (), ())
    assert said.for_digest() == {"entities": None, "parts": []}


def test_entities_belong_and_have_names(tmp_path: Path) -> None:
    said = own(tmp_path, entities=ENTITIES)
    assert said.names == {"P1": "钱塘园区", "F1": "热电厂"}
    assert said.lineages.above("F1", 2019) == ("P1", "330100", "330000", "GRID_EAST", "GRID6_EAST", "CN")
    assert said.lineages.above("F1", 2020) == ("P1", "330600", "330000", "GRID_EAST", "GRID6_EAST", "CN")
    assert said.lineages.above("P1", 2019) == ("330100", "330000", "GRID_EAST", "GRID6_EAST", "CN")


def test_a_place_of_its_own_decides_before_the_parent(tmp_path: Path) -> None:
    rows = [("F1", "厂", "facility", "P1", "", "330600"), ("P1", "园区", "park", "330100")]
    assert own(tmp_path, entities=rows).lineages.above("F1", 2020) == ("330600", "330000", "GRID_EAST", "GRID6_EAST", "CN")


def test_a_place_may_be_said_by_name(tmp_path: Path) -> None:
    said = own(tmp_path, entities=[("P1", "园区", "park", "", "", "杭州市")])
    assert said.lineages.above("P1", 2020)[:2] == ("330100", "330000")


def test_an_entity_without_parent_stands_under_the_nation(tmp_path: Path) -> None:
    assert own(tmp_path, entities=[("E1", "企业", "enterprise")]).lineages.above("E1", 2020) == ("CN",)


def test_a_code_may_be_listed_and_nothing_changes(tmp_path: Path) -> None:
    said = own(tmp_path, entities=[("330100", "杭州", "city", "330000"), ("P1", "园区", "park", "330100")])
    assert said.names == {"P1": "园区"}
    assert said.lineages.above("330100", 2020) == ("330000", "GRID_EAST", "GRID6_EAST", "CN")


def test_figures_outside_the_years_of_an_entity_are_told(tmp_path: Path) -> None:
    said = own(tmp_path, entities=[("P1", "园区", "park", "330100", "", "", 2010, 2015)])
    figures = pl.DataFrame({"entity": ["P1", "P1", "P2"], "year": [2012, 2016, 2016]})
    told = years_outside(said.entities, figures)
    assert [(row["code"], row["cell"], row["seen"]) for row in told] == [("entities.year_outside", "G2", "2016")]


def test_own_values_stand_before_every_pack_and_splits_after(tmp_path: Path) -> None:
    said = own(tmp_path, parameters=VALUES, splits=SPLITS)
    (before,), (after,) = said.before(), said.after()
    rows = before.parameters.select("entity", "parameter", "item", "value", "unit", "month", "valid_from", "citation").rows()
    assert rows == [
        ("F1", "ncv", "bituminous_coal", "21.35", "GJ/t", None, 2022, "化验室 2022 年报"),
        ("P1", "oxidation_factor", "bituminous_coal", "98", "%", 3, 2022, "化验室 2022 年报"),
    ]
    assert before.parameters["note"][0] == "逐日化验 (李四)"
    assert after.parameters.select("entity", "item", "into", "value", "valid_from", "valid_to").rows() == [
        ("140000", "raw_coal", "anthracite", "1/3", 2015, 2020), ("140000", "raw_coal", "bituminous_coal", "2/3", 2015, 2020),
    ]  # fmt: skip


CHINESE = {
    "entities": "编码 名称 类型 上级 份额 取值地区 起始年 终止年",
    "splits": "地区 起始年 终止年 品种 煤种 占比 来源",
}


def forms(folder: Path, name: str, rows: list[tuple], columns: list[str]) -> dict[str, Path]:
    """The same table as CSV, XLSX with numbers as numbers, and Parquet."""
    folder.mkdir(exist_ok=True)
    texts = [[str(value) for value in row] + [""] * (len(columns) - len(row)) for row in rows]
    frame = pl.DataFrame(texts, schema=columns, orient="row")
    paths = {form: folder / f"{name}.{form}" for form in ("csv", "xlsx", "parquet")}
    frame.write_csv(paths["csv"])
    frame.select(pl.col(pl.String).replace("", None)).write_parquet(paths["parquet"])
    with xlsxwriter.Workbook(paths["xlsx"]) as book:
        page = book.add_worksheet()
        for number, row in enumerate([columns, *texts]):
            for column, text in enumerate(row):
                plain = text.replace(".", "", 1).isdecimal() and number
                page.write_number(number, column, float(text)) if plain else page.write_string(number, column, text)
    return paths


@pytest.mark.parametrize(("name", "rows"), [("entities", ENTITIES), ("splits", SPLITS)])
def test_csv_xlsx_and_parquet_in_either_language_are_one_content(tmp_path: Path, name: str, rows: list[tuple]) -> None:
    contents = set()
    for heads in (COLUMNS[name], CHINESE[name]):
        for form, path in forms(tmp_path / "made", name, rows, heads.split()).items():
            file = written(tmp_path, **{name: []})
            path.rename(tmp_path / f"{name}-now.{form}")
            text = file.read_text(encoding="utf-8").replace(f"{name}.csv", f"{name}-now.{form}")
            file.write_text(text, encoding="utf-8")
            said = own_tables(project.load(file))
            contents.add((said.for_digest()["entities"], *(pack.content_hash for pack in said.after())))
    assert len(contents) == 1, contents


def test_the_order_of_rows_is_no_content(tmp_path: Path) -> None:
    one, other = (own(tmp_path, entities=e, splits=s) for e, s in ((ENTITIES, SPLITS), (ENTITIES[::-1], SPLITS[::-1])))
    assert one.for_digest() == other.for_digest()
    assert one.after()[0].content_hash == other.after()[0].content_hash


def test_another_value_is_another_content(tmp_path: Path) -> None:
    changed = [VALUES[0] | {"value": "21.36"}, VALUES[1]]
    one, other = (own(tmp_path, parameters=rows).before()[0].content_hash for rows in (VALUES, changed))
    assert one != other


def test_a_whole_has_the_shares_of_its_parts_in_their_years(tmp_path: Path) -> None:
    said = own(tmp_path, parts("330100", "P1") + parts("330600", "P1"), entities=ENTITIES)
    found = {(part.whole, part.since, part.until): (part.low, part.high) for part in said.parts}
    assert found == {
        ("330100", 0, 2019): (0, Fraction(3, 5)),
        ("330600", 0, 2019): (Fraction(3, 5), 1),
        ("330600", 2020, 9999): (0, 1),
    }


def test_a_code_inside_a_code_and_a_facility_inside_a_park_are_parts(tmp_path: Path) -> None:
    rows = [("P1", "园区", "park", "330100"), ("F1", "厂", "facility", "P1")]
    said = own(tmp_path, parts("330100", "F1", "330102"), entities=rows)
    assert [(part.part, part.share) for part in said.parts] == [("F1", 1), ("330102", 1)]


def test_the_demanded_columns_are_columns() -> None:
    assert set(DEMANDED) == set(PROJECT_TABLES)
    assert all(set(DEMANDED[name]) <= set(PROJECT_TABLES[name]) for name in DEMANDED)
