"""Every bad row of a project's tables: refused with its cell, its code and what to do, all of them at once."""

from __future__ import annotations

from pathlib import Path

import own_project
import polars as pl
import pytest
import xlsxwriter
from own_project import measured, parts, written

import accounting as ac
from accounting.cli.app import invoked
from accounting.errors import UsageError
from accounting.runs import taken_in

DATA = [("F1", 2022, "", "industry", "natural_gas", "10", "万立方米")]
P1 = ("P1", "园区", "park", "330100")


def refused(folder: Path, more: str = "", **tables: list) -> list[tuple[str, str, str]]:
    """Code, file and cell of every problem of a project."""
    with pytest.raises(ac.Refused) as refusal:
        ac.run(written(folder, more, **{"data": DATA, **tables}))
    rows = refusal.value.rejections
    assert rows is not None
    of_figures = set(rows["code"]) <= {"entities.year_outside", "parts.counted_twice"}
    assert refusal.value.exit_code == (3 if of_figures else 2)
    assert isinstance(refusal.value, UsageError) is not of_figures
    for row in rows.to_dicts():
        assert all(row[name] for name in ("message_zh", "message_en", "remedy_zh", "remedy_en"))
        assert "{" not in row["message_zh"] + row["message_en"] + row["remedy_zh"] + row["remedy_en"]
    return list(rows.select("code", "file", "cell").rows())


ENTITIES = [
    ([("P1", "园区", "park", "330100", "30")], "share.percent", "E2"),
    ([("P1", "园区", "park", "330100", "30%")], "share.percent", "E2"),
    ([("P1", "园区", "park", "330100", "-0.3")], "share.range", "E2"),
    ([("P1", "园区", "park", "330100", "0." + "3" * 30, "330100"), ("P1", "园区", "park", "330600", "0." + "6" * 29 + "7", "330100")],
     "share.digits", "E3"),
    ([("P1", "园区", "park", "330100", "1234567890/2469135780")], "share.digits", "E2"),
    ([("P1", "园区", "park", "330100", "一半")], "share.number", "E2"),
    ([("P1", "园区", "park", "330100", "0.6", "330100"), ("P1", "园区", "park", "330600", "0.3", "330100")], "entities.shares", "E2"),
    ([("P1", "园区", "park", "330100", "0.333", "330100"), ("P1", "园区", "park", "330600", "0.333", "330100"),
      ("P1", "园区", "park", "330200", "0.333", "330100")], "entities.shares", "E2"),
    ([("P1", "园区", "park", "330100", "0.6", "330100", "", 2019), ("P1", "园区", "park", "330600", "0.4", "330100")],
     "entities.shares", "E3"),
    ([("P1", "园区", "park", "330100", "0.5"), ("P1", "园区", "park", "330600", "0.5")], "entities.place_demanded", "F2"),
    ([("P1", "园区", "park", "330100", "0.5", "330100"), ("P1", "园区", "park", "330600", "0.5", "330600")],
     "entities.place_demanded", "F2"),
    ([("P1", "园区", "park", "P9")], "entities.parent_unknown", "D2"),
    ([("P1", "园区", "park", "330199")], "entity.unknown_code", "D2"),
    ([("P1", "园区", "park", "P2"), ("P2", "园区二", "park", "P1")], "entities.cycle", "D2"),
    ([("P1", "园区", "park", "P1")], "entities.cycle", "D2"),
    ([("P1", "园区", "park", "330100", "", "999")], "entities.place_unknown", "F2"),
    ([("P1", "园区", "park", "341400", "", "", 2010, 2015)], "entities.parent_validity", "H2"),
    ([("P1", "园区", "park", "330100", "", "", 2010, 2020), ("F1", "厂", "facility", "P1", "", "", 2005, 2020)],
     "entities.parent_validity", "G3"),
    ([("P1", "园区", "park", "330100", "", "", 2020, 2010)], "entities.validity", "H2"),
    ([("P1", "园区", "park", "330100", "", "", "20")], "year.shape", "G2"),
    ([("P1", "园区", "parc", "330100")], "project_table.word", "C2"),
    ([("P1", "园区", "", "330100")], "project_table.demanded", "C2"),
    ([("", "园区", "park", "330100")], "project_table.demanded", "A2"),
    ([("P1", "园区", "park", "330100", "0.5"), ("P1", "园区", "park", "330100", "0.5")], "entities.twice", "D3"),
    ([("P1", "园区", "park", "330100", "0.5", "330100"), ("P1", "别名", "park", "330600", "0.5", "330100")], "entities.differs", "B3"),
    ([("330100", "杭州", "city", "370000")], "entities.parent_of_code", "D2"),
    ([("F1", "厂", "facility", "330100", "", "", 2023)], "entities.year_outside", "G2"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "code", "cell"), ENTITIES, ids=[f"{code}-{n}" for n, (_, code, _) in enumerate(ENTITIES)])
def test_a_bad_row_of_entities(tmp_path: Path, rows: list, code: str, cell: str) -> None:
    assert (code, "entities.csv", cell) in refused(tmp_path, entities=rows)


VALUES = [
    (measured("F1", "oxidation_factor", "natural_gas", "98", "1"), "own_value.percent", "G2"),
    (measured("F1", "oxidation_factor", "natural_gas", "0.98", "%"), "own_value.percent", "G2"),
    (measured("F1", "oxidation_factor", "natural_gas", "-0.5", "1"), "own_value.range", "G2"),
    (measured("F1", "ncv", "bituminous_coal", "21350", "GJ/t"), "own_value.range", "G2"),
    (measured("F1", "ncv", "bituminous_coal", "21.35", "kJ/kg"), "own_value.range", "G2"),
    (measured("F1", "carbon_content", "bituminous_coal", "26.1", "tC/GJ"), "own_value.range", "G2"),
    (measured("F1", "co2_factor", "diesel_oil", "3.8", "tCO2/t"), "own_value.range", "G2"),
    (measured("F1", "ncv", "bituminous_coal", "21.35", "GJ/m3"), "own_value.dimension", "H2"),
    (measured("F1", "ncv", "bituminous_coal", "21.35", "MWh"), "parameter.unit", "H2"),
    (measured("F1", "ncv", "bituminous_coal", "21.35", "GJ/ton"), "unit.ambiguous", "H2"),
    (measured("F1", "ncv", "bituminous_coal", "约21", "GJ/t"), "own_value.number", "G2"),
    (measured("F1", "ncv", "bituminous_coal", "21.35", "GJ/t", lower="22"), "own_value.bounds", "N2"),
    (measured("F1", "ncv", "bituminous_coal", "21.35", "GJ/t", basis="damp"), "project_table.word", "I2"),
    (measured("F1", "ncv", "bituminous_coal", "21.35", "GJ/t", month="13"), "month.range", "F2"),
    (measured("F1", "ncv", "bituminous_coal", "21.35", "GJ/t", year=""), "project_table.demanded", "E2"),
    (measured("F1", "ncv", "bituminous_coal", "21.35", "GJ/t", reason=""), "project_table.demanded", "Q2"),
    (measured("F1", "ncv", "bituminous_coal", "21.35", "GJ/t", source=" "), "project_table.demanded", "P2"),
    (measured("F1", "ncv", "bituminous_coal", "21.35", "GJ/t", author=""), "project_table.demanded", "R2"),
    (measured("F1", "ncv", "bituminous_coal", "21.35", "GJ/t", tier="9"), "project_table.word", "J2"),
    (measured("F1", "ncv", "bituminous_coal", "21.35", "GJ/t", measured_from="三月"), "own_value.date", "L2"),
    (measured("F1", "nvc", "bituminous_coal", "21.35", "GJ/t"), "project_table.word", "B2"),
    (measured("F1", "gwp", "bituminous_coal", "21.35", "1"), "project_table.word", "B2"),
    (measured("F1", "ncv", "bituminus", "21.35", "GJ/t"), "item.unknown", "C2"),
    (measured("F1", "ncv", "bituminous_coal", "21.35", "GJ/t", category="industri"), "category.unknown", "D2"),
    (measured("999999", "ncv", "bituminous_coal", "21.35", "GJ/t"), "entity.unknown_code", "A2"),
    (measured("F1", "energy_emission_factor", "natural_gas", "1", "kg/TJ"), "own_value.gas", "S2"),
]


@pytest.mark.parametrize(("row", "code", "cell"), VALUES, ids=[f"{code}-{n}" for n, (_, code, _) in enumerate(VALUES)])
def test_a_bad_own_value(tmp_path: Path, row: dict, code: str, cell: str) -> None:
    assert refused(tmp_path, parameters=[row]) == [(code, "parameters.csv", cell)]


@pytest.mark.parametrize(("first", "second"), [("", ""), ("3", "3"), ("", "3"), ("3", "")])
def test_two_own_values_never_hold_at_once(tmp_path: Path, first: str, second: str) -> None:
    rows = [
        measured("F1", "ncv", "natural_gas", value, "GJ/10^3 m3", month=month)
        for value, month in (("38", first), ("39", second))
    ]
    assert refused(tmp_path, parameters=rows) == [("own_value.overlap", "parameters.csv", "G3")]


SPLITS = [
    ([("140000", "", "", "raw_coal", "bituminous_coal", "0.8", "函"), ("140000", "", "", "raw_coal", "anthracite", "0.1", "函")],
     "splits.shares", "F2"),
    ([("140000", "", "", "raw_coal", "bituminous_coal", "80", "函"), ("140000", "", "", "raw_coal", "anthracite", "20", "函")],
     "share.percent", "F2"),
    ([("140000", "", "", "raw_coal", "bituminous_coal", "0.5", "函"), ("140000", "", "", "raw_coal", "bituminous_coal", "0.5", "函")],
     "splits.twice", "E3"),
    ([("140000", 2010, 2020, "raw_coal", "lignite", "1", "函"), ("140000", 2020, 2022, "raw_coal", "anthracite", "1", "函")],
     "splits.overlap", "B3"),
    ([("140000", 2020, 2010, "raw_coal", "lignite", "1", "函")], "splits.years", "C2"),
    ([("140000", "", "", "raw_coal", "diesel_oil", "1", "函")], "splits.into", "E2"),
    ([("140000", "", "", "raw_coal", "raw_coal", "1", "函")], "splits.into", "E2"),
    ([("140000", "", "", "natural_gas", "lng", "1", "函")], "splits.not_by_mass", "D2"),
    ([("140000", "", "", "raw_coal", "lignite", "1", "")], "project_table.demanded", "G2"),
    ([("", "", "", "raw_coal", "lignite", "1", "函")], "project_table.demanded", "A2"),
    ([("149999", "", "", "raw_coal", "lignite", "1", "函")], "entity.unknown_code", "A2"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "code", "cell"), SPLITS, ids=[f"{code}-{n}" for n, (_, code, _) in enumerate(SPLITS)])
def test_a_bad_row_of_splits(tmp_path: Path, rows: list, code: str, cell: str) -> None:
    assert (code, "splits.csv", cell) in refused(tmp_path, splits=rows)


WHOLES = [
    (parts("330100", "P9"), "parts.unknown"),
    (parts("P9", "P1"), "parts.unknown"),
    (parts("330600", "P1"), "parts.outside"),
    (parts("330100", "P1", "P1"), "parts.twice"),
    (parts("330100", "P1") + parts("330100", "330102"), "parts.twice"),
    (parts("330100", "P1", "F1"), "parts.nested"),
]


@pytest.mark.parametrize(("more", "code"), WHOLES, ids=[f"{code}-{n}" for n, (_, code) in enumerate(WHOLES)])
def test_a_bad_whole(tmp_path: Path, more: str, code: str) -> None:
    rows = [P1, ("F1", "厂", "facility", "P1")]
    assert code in {found for found, file, _ in refused(tmp_path, more, entities=rows) if file == "tanfeng.toml"}


@pytest.mark.parametrize(
    ("category", "item"), [("industry", "natural_gas"), ("industry/C30", "natural_gas")], ids=["the same", "a division of it"]
)
def test_a_park_counted_in_its_city_twice(tmp_path: Path, category: str, item: str) -> None:
    data = [
        ("330100", 2022, "", "industry", "natural_gas", "9", "万立方米"),
        ("P1", 2022, "5", category, item, "1", "万立方米"),
    ]
    more = parts("330100", "P1")
    assert [found[0] for found in refused(tmp_path, more, data=data, entities=[P1])] == ["parts.counted_twice"]
    more = parts("330100", "P1", adds=True)
    assert ac.run(written(tmp_path, more, data=data, entities=[P1])).inventory.height


@pytest.mark.parametrize(
    "own", [("330100", 2021, "", "industry", "natural_gas", "9", "万立方米"), ("330100", 2022, "", "industry", "lpg", "9", "t"),
            ("330100", 2022, "", "transport", "natural_gas", "9", "万立方米"), ("330100", 2022, "", "industry", "natural_gas", "0", "万立方米"),
            ("330100", 2022, "", "industry", "natural_gas", "IE", "万立方米")],
    ids=["another year", "another item", "another category", "a zero", "a notation key"],
)  # fmt: skip
def test_figures_of_another_kind_are_not_counted_twice(tmp_path: Path, own: tuple) -> None:
    data = [own, ("P1", 2022, "", "industry", "natural_gas", "1", "万立方米")]
    result = own_project.run(tmp_path, parts("330100", "P1"), data=data, entities=[P1])
    assert result.sums.filter((pl.col("entity") == "330100") & (pl.col("quantity") == 10)).height == 1


def test_every_problem_of_every_table_is_told_at_once_and_none_twice(tmp_path: Path) -> None:
    found = refused(
        tmp_path,
        entities=[("P1", "园区", "parc", "P9", "30")],
        parameters=[measured("F1", "oxidation_factor", "natural_gas", "98", "1"), measured("F1", "ncv", "x", "1", "y")],
        splits=[("140000", "", "", "raw_coal", "lignite", "0.9", "函")],
    )
    assert ("entities.parent_unknown", "entities.csv", "D2") in found
    assert "entities.shares" not in {code for code, _, _ in found}  # the share that cannot be read is told once
    assert len(found) == len(set(found))
    assert {(code, file) for code, file, _ in found} >= {
        ("share.percent", "entities.csv"), ("project_table.word", "entities.csv"), ("own_value.percent", "parameters.csv"),
        ("item.unknown", "parameters.csv"), ("splits.shares", "splits.csv"),
    }  # fmt: skip


def test_three_faults_of_the_shares_of_splits_are_told_at_once(tmp_path: Path) -> None:
    found = refused(
        tmp_path,
        splits=[
            ("140000", "", "", "raw_coal", "lignite", "60%", "函"), ("140000", "", "", "raw_coal", "anthracite", "0.4", "函"),
            ("150000", "", "", "raw_coal", "lignite", "0.9", "函"),
            ("370000", "", "", "raw_coal", "lignite", "0.5", "函"), ("370000", "", "", "raw_coal", "lignite", "0.5", "函"),
            ("130000", 2020, 2010, "raw_coal", "lignite", "0.7", "函"),
        ],
    )  # fmt: skip
    assert sorted(found) == [
        ("share.percent", "splits.csv", "F2"), ("splits.shares", "splits.csv", "F4"), ("splits.shares", "splits.csv", "F7"),
        ("splits.twice", "splits.csv", "E6"), ("splits.years", "splits.csv", "C7"),
    ]  # fmt: skip


@pytest.mark.parametrize(("lost", "told"), [("0.1", False), ("0.05", True), ("10%", False)])
def test_a_row_of_no_readable_place_may_be_what_a_split_lacks(tmp_path: Path, lost: str, told: bool) -> None:
    rows = [("140000", "", "", "raw_coal", "lignite", "0.9", "函"), ("149999", "", "", "raw_coal", "anthracite", lost, "函")]
    assert ("splits.shares" in {code for code, _, _ in refused(tmp_path, splits=rows)}) is told


def test_faults_of_entities_wholes_and_shares_are_told_at_once(tmp_path: Path) -> None:
    found = refused(
        tmp_path,
        parts("330100", "P1", "P1") + parts("330200", "P4") + parts("330600", "P5", "P9"),
        entities=[
            ("P1", "园区一", "park", "330100", "60%", "330100"), ("P1", "园区一", "park", "330600", "0.4", "330100"),
            ("P2", "园区二", "park", "330100", "0.5", "330100"), ("P2", "园区二", "park", "330600", "0.4", "330100"),
            ("P3", "园区三", "park", "330100", "0.5"), ("P3", "园区三", "park", "330600", "0.5"),
            ("P4", "园区四", "park", "330100"), ("P5", "园区五", "park", "P8"),
        ],
    )  # fmt: skip
    assert sorted(found) == [
        ("entities.parent_unknown", "entities.csv", "D9"), ("entities.place_demanded", "entities.csv", "F6"),
        ("entities.shares", "entities.csv", "E4"), ("parts.outside", "tanfeng.toml", "[[parts]] 2"),
        ("parts.twice", "tanfeng.toml", "[[parts]] 1"), ("parts.unknown", "tanfeng.toml", "[[parts]] 3"),
        ("share.percent", "entities.csv", "E2"),
    ]  # fmt: skip


def test_of_what_a_bad_row_leaves_open_nothing_is_said(tmp_path: Path) -> None:
    rows = [
        ("P1", "园区", "park", "P2"), ("P2", "园区", "park", "P1"), ("F1", "厂", "facility", "P1"), ("", "园区", "park", "330100"),
        ("P3", "园区", "park", "330100", "0.5", "330100"), ("P4", "园区", "park", "330100", "0.5", "330100", "20x9"),
    ]  # fmt: skip
    found = {code for code, _, _ in refused(tmp_path, parts("330100", "F1", "P7"), entities=rows)}
    assert found == {"entities.cycle", "project_table.demanded", "year.shape"}


def test_the_command_ends_with_2_for_the_project_and_3_for_its_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def codes_of(folder: Path, more: str, **tables: list) -> set[int]:
        project = written(folder, more, **{"data": DATA, **tables})
        run = ["run", str(project), "--out", str(folder / "out")]
        check = ["check", str(folder / "data.csv"), "--project", str(project)]
        return {invoked(run, "zh"), invoked(check, "zh")}

    twice = [
        ("330100", 2022, "", "industry", "natural_gas", "9", "万立方米"),
        ("P1", 2022, "", "industry", "natural_gas", "1", "万立方米"),
    ]
    assert codes_of(tmp_path / "a", parts("330100", "P9"), entities=[P1]) == {2}
    assert codes_of(tmp_path / "b", "", splits=[("140000", "", "", "raw_coal", "lignite", "0.9", "函")]) == {2}
    assert codes_of(tmp_path / "c", parts("330100", "P1"), data=twice, entities=[P1]) == {3}
    assert "parts.counted_twice" in capsys.readouterr().out


@pytest.mark.parametrize("written_as", ["60%", "60 %", "60", "60％"])
def test_a_share_in_percent_is_told_with_its_number_and_one_unit(tmp_path: Path, written_as: str) -> None:
    with pytest.raises(ac.Refused) as refusal:
        ac.run(written(tmp_path, data=DATA, splits=[("140000", "", "", "raw_coal", "lignite", written_as, "函")]))
    assert refusal.value.rejections is not None
    (row,) = refusal.value.rejections.filter(code="share.percent").to_dicts()
    assert row["remedy_zh"] == "若指 60 %，写作 0.6"
    assert row["remedy_en"] == "if 60 % is meant, write 0.6"


def test_splits_that_overlap_are_told_in_words_where_they_are_open(tmp_path: Path) -> None:
    rows = [("140000", "", 2020, "raw_coal", "lignite", "1", "函"), ("140000", "", "", "raw_coal", "anthracite", "1", "函")]
    with pytest.raises(ac.Refused) as refusal:
        ac.run(written(tmp_path, data=DATA, splits=rows))
    assert refusal.value.rejections is not None
    (row,) = refusal.value.rejections.to_dicts()
    assert "这一行的各年与另一个拆分的2020 年及以前重叠" in row["message_zh"]
    assert "this row holds in every year, another split in the years up to 2020" in row["message_en"]


def heads(folder: Path, head: str, *rows: str) -> list[str]:
    project = written(folder, data=DATA, splits=[])
    (folder / "splits.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    with pytest.raises(ac.Refused) as refusal:
        ac.run(project)
    assert refusal.value.rejections is not None
    return refusal.value.rejections["code"].to_list()


def test_headings_are_all_known_each_once_none_lacking(tmp_path: Path) -> None:
    whole = "entity,item,into,share,source"
    assert heads(tmp_path, "entity,item,into,shares,source", "140000,raw_coal,lignite,1,函") == [
        "project_table.unknown_column", "project_table.columns",
    ]  # fmt: skip
    assert heads(tmp_path, whole + ",份额", "140000,raw_coal,lignite,1,函,1") == ["header.duplicate"]
    assert heads(tmp_path, whole, "140000,raw_coal,lignite,1,函,0.3") == ["project_table.no_heading"]
    assert heads(tmp_path, "") in (["project_table.empty"], ["file.empty"])


def test_a_table_that_is_not_there_is_said(tmp_path: Path) -> None:
    project = written(tmp_path, data=DATA, splits=[])
    (tmp_path / "splits.csv").unlink()
    with pytest.raises(ac.Refused) as refusal:
        ac.run(project)
    assert refusal.value.rejections is not None
    assert refusal.value.rejections["code"].to_list() == ["project_table.missing"]


def workbook(path: Path, *sheets: list[list[object]], formats: str = "") -> None:
    with xlsxwriter.Workbook(path) as book:
        percent = book.add_format({"num_format": "0%"})
        for rows in sheets:
            page = book.add_worksheet()
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    page.write(number, column, value, percent if formats and isinstance(value, float) else None)


def test_a_share_shown_as_a_percentage_and_a_second_sheet_are_refused(tmp_path: Path) -> None:
    head = ["entity", "item", "into", "share", "source"]
    row = ["140000", "raw_coal", "lignite", 0.3, "函"]
    project = written(tmp_path, data=DATA, splits=[])
    project.write_text(project.read_text(encoding="utf-8").replace("splits.csv", "splits.xlsx"), encoding="utf-8")
    workbook(tmp_path / "splits.xlsx", [head, row], formats="percent")
    with pytest.raises(ac.Refused) as refusal:
        ac.run(project)
    assert refusal.value.rejections is not None
    assert refusal.value.rejections.select("code", "cell").row(0) == ("share.percent", "D2")
    workbook(tmp_path / "splits.xlsx", [head, row], [["x"]])
    with pytest.raises(ac.Refused) as refusal:
        ac.run(project)
    assert refusal.value.rejections is not None
    assert refusal.value.rejections["code"].to_list() == ["project_table.sheets"]


def test_check_lists_the_problems_of_the_tables_beside_those_of_the_data(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    from accounting.cli import main

    project = written(tmp_path, data=[("F1", 2022, "", "industry", "natural_gas", "一", "万立方米")], splits=[("140000",)])
    with pytest.raises(SystemExit) as left:
        main(["check", str(tmp_path / "data.csv"), "--project", str(project), "--lang", "en"])
    told = capsys.readouterr().out
    assert left.value.code == 2
    assert "project_table.demanded" in told
    assert "number.chinese_numeral" in told
    assert taken_in([tmp_path / "data.csv"], None).rejections.height == 1


def test_a_parquet_table_without_columns_is_empty(tmp_path: Path) -> None:
    file = written(tmp_path, data=DATA, entities=[])
    pl.DataFrame().write_parquet(tmp_path / "entities.parquet")
    file.write_text(file.read_text(encoding="utf-8").replace("entities.csv", "entities.parquet"), encoding="utf-8")
    with pytest.raises(ac.Refused) as refusal:
        ac.run(file)
    assert refusal.value.rejections is not None
    assert refusal.value.rejections["code"].to_list() == ["project_table.empty"]


@pytest.mark.parametrize(
    ("years", "zh", "en"),
    [(("", ""), "P1 各年的份额", "of P1 in every year:"), (("", 2019), "P1 2019 年及以前的份额", "in the years up to 2019:"),
     ((2010, ""), "P1 2010 年及以后的份额", "in the years from 2010:"), ((2010, 2019), "P1 2010–2019 年的份额", "in 2010–2019:")],
)  # fmt: skip
def test_the_years_of_shares_are_said_in_words(tmp_path: Path, years: tuple, zh: str, en: str) -> None:
    with pytest.raises(ac.Refused) as refusal:
        ac.run(written(tmp_path, data=DATA, entities=[("P1", "园区", "park", "330100", "0.5", "330100", *years)]))
    assert refusal.value.rejections is not None
    (row,) = refusal.value.rejections.to_dicts()
    assert zh in row["message_zh"]
    assert en in row["message_en"]
