"""Long tables: every row is accepted or refused with the address of what is wrong in it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables_as_sheets import SHA, in_order, read, refused, sheet

from accounting import ledger
from accounting.errors import Where
from accounting.ingest import evidence, long_table
from accounting.ingest.cells import Cell, Merged, Sheet
from accounting.tables import check

HEAD = "地区,年份,部门,品种,数量,单位\n"
GOOD = "370200,2022,工业,原煤,12.5,万吨\n"


def test_a_chinese_table_is_read() -> None:
    made = read(HEAD + GOOD)
    row = check("activity", made.activity).row(0, named=True)
    assert (row["entity"], row["year"], row["category"], row["item"]) == ("370200", 2022, "industry", "raw_coal")
    assert (row["quantity"], row["unit"], row["cell"], row["sha256"]) == (Decimal(125000), "t", "E2", SHA)
    assert (made.read, made.accepted, made.rejected, made.findings) == (1, 1, 0, [])


@pytest.mark.parametrize(
    ("heading", "entity"),
    [
        ("编码", "P1"), ("编 码", "370200"), ("行政区划代码", "370200"), ("地区编码", "370200"), ("区县代码", "370203"),
        ("单位编码", "P1"), ("企业代码", "P1"), ("主体代码", "P1"), ("统一社会信用代码", "91370200MA3C1XYZ4K"), ("单位详细名称", "某厂"),
    ],
)  # fmt: skip
def test_the_usual_headings_of_an_entity_are_known(heading: str, entity: str) -> None:
    made = read(HEAD.replace("地区", heading) + GOOD.replace("370200", entity))
    assert (made.activity["entity"].to_list(), refused(made)) == ([entity], [])


@pytest.mark.parametrize(
    ("code", "name"), [("统一社会信用代码", "企业名称"), ("单位代码", "填报单位"), ("编码", "地区"), ("编码", "企业代码")]
)
def test_a_code_beside_the_name_of_the_same_entity_is_listed_and_not_read(code: str, name: str) -> None:
    for first, second in ((code, name), (name, code)):
        values = {code: "X9", name: "某厂"}
        made = read(
            f"{first},{second}," + HEAD.partition(",")[2] + f"{values[first]},{values[second]}," + GOOD.partition(",")[2]
        )
        assert made.activity["entity"].to_list() == ["某厂"]
        (told,) = (row for row in made.findings if row["code"] == "header.not_read")
        assert code in told["seen"]


@pytest.mark.parametrize(
    ("one", "other"), [("统一社会信用代码", "行政区划代码"), ("企业代码", "统一社会信用代码"), ("地区代码", "地区名称")]
)
def test_two_headings_that_may_be_two_entities_are_refused(one: str, other: str) -> None:
    made = read(f"{one},{other}," + HEAD.partition(",")[2] + "X9,370200," + GOOD.partition(",")[2])
    assert ("header.duplicate", "B1") in refused(made)


@pytest.mark.parametrize("heading", ["代码", "名称", "编号", "序号"])
def test_a_heading_that_may_be_of_an_item_is_never_the_entity(heading: str) -> None:
    made = read(HEAD.replace("地区", heading) + GOOD)
    assert "evidence.no_entity" in {code for code, _ in refused(made)}


def test_an_english_table_in_another_order_gives_the_same() -> None:
    other = read("unit,quantity,item,category,year,entity\n万吨,12.5,raw_coal,industry,2022,370200")
    key = ["entity", "year", "category", "item", "quantity", "unit"]
    assert other.activity.select(key).equals(read(HEAD + GOOD).activity.select(key))


def test_titles_may_stand_above_and_the_unit_in_the_head_or_in_a_title() -> None:
    in_head = read("青岛市能源消费\n地区,年份,部门,能源品种,消费量（万吨）\n370200,2022,工业,原煤,12.5")
    in_title = read("能源消费,,,单位：万吨\n地区,年份,部门,能源品种,消费量\n370200,2022,工业,原煤,12.5")
    assert in_head.activity["quantity"][0] == in_title.activity["quantity"][0] == Decimal(125000)
    assert in_head.activity["cell"][0] == "E3"


def test_year_and_entity_come_from_evidence_where_no_column_says_them() -> None:
    said = evidence.declared("370200", 2022, None, Where("table.csv"))
    made = read("部门,品种,数量,单位\n工业,原煤,12.5,万吨", evidence=said)
    assert made.activity.select("entity", "year").row(0) == ("370200", 2022)
    assert refused(read("部门,品种,数量,单位\n工业,原煤,12.5,万吨")) == [
        ("evidence.no_entity", None), ("evidence.no_year", None),
    ]  # fmt: skip


def test_a_declared_year_never_filters_it_refuses_the_table() -> None:
    said = evidence.declared(None, 2021, None, Where("table.csv"))
    made = read(HEAD + GOOD + GOOD.replace("2022", "2021"), evidence=said)
    assert [code for code, _ in refused(made)] == ["evidence.year_conflict"]
    assert (made.read, made.rejected, made.activity.height) == (2, 2, 0)


def test_a_file_name_speaks_only_of_a_table_of_one_year() -> None:
    said = evidence.of_path("export-2024.csv", Where("table.csv"))
    assert read(HEAD + GOOD, evidence=said).rejected == 1
    assert read(HEAD + GOOD + GOOD.replace("2022", "2021"), evidence=said).rejected == 0


@pytest.mark.parametrize(
    ("row", "code", "cell"),
    [
        ("0110,2022,工业,原煤,1,t", "entity.code_shape", "A2"),
        ("110,2022,工业,原煤,1,t", "entity.code_shape", "A2"),
        ("999999,2022,工业,原煤,1,t", "entity.unknown_code", "A2"),
        ("鼓楼区,2022,工业,原煤,1,t", "entity.ambiguous_name", "A2"),
        ("341400,2022,工业,原煤,1,t", "entity.code_not_valid_in_year", "A2"),
        ("370200,2023/13,工业,原煤,1,t", "year.shape", "B2"),
        ("370200,2022年5月,工业,原煤,1,t", "year.shape", "B2"),
        ("370200,2022,第九产业,原煤,1,t", "category.unknown", "C2"),
        ("370200,2022,工业,木头,1,t", "item.unknown", "D2"),
        ("370200,2022,工业,原煤,1①,t", "number.footnote", "E2"),
        ("370200,2022,工业,原煤,-1,t", "quantity.negative", "E2"),
        ("370200,2022,工业,原煤,,t", "quantity.missing", "E2"),
        ("370200,2022,工业,原煤,1,MWh", "unit.dimension", "F2"),
        ("370200,2022,工业,原煤,1,", "unit.missing", "F2"),
        ("370200,2022,工业,,1,t", "row.incomplete", "D2"),
        ("370200,2022,合计,原煤,1,t", "row.total", "C2"),
        ("全市总计,2022,工业,原煤,1,t", "row.total", "A2"),
        ("370200,2022,工业,小 计,1,t", "row.total", "D2"),
    ],
)
def test_what_is_wrong_has_its_code_and_cell(row: str, code: str, cell: str) -> None:
    made = read(HEAD + row + "\n" + GOOD)
    assert refused(made) == [(code, cell)]
    assert (made.read, made.accepted, made.rejected) == (2, 1, 1)


def test_several_problems_of_a_row_are_all_said_and_the_row_counts_once() -> None:
    made = read(HEAD + "0110,2023/13,工业,原煤,1①,t")
    assert sorted(refused(made)) == [("entity.code_shape", "A2"), ("number.footnote", "E2"), ("year.shape", "B2")]
    assert (made.read, made.rejected) == (1, 1)


@pytest.mark.parametrize("year", ["2022", "2022年", "2022.0", "２０２２"])
def test_a_year_may_be_typed_in_these_ways_each_of_them_listed(year: str) -> None:
    made = read(HEAD + GOOD.replace("2022", year))
    assert made.activity["year"][0] == 2022
    assert [(c.code, c.count, c.cells) for c in made.counts] == ([] if year == "2022" else [("text.tidied", 1, ["B2"])])


@pytest.mark.parametrize(
    ("row", "code", "cell"),
    [
        ("370200,2022,其中：工业,原煤,1,t", "row.part", "C2"),
        ("370200,2022,#工业,原煤,1,t", "row.part", "C2"),
        ("370200,2022,工业,其中:原煤,1,t", "row.part", "D2"),
        ("全省,2022,工业,原煤,1,t", "row.total", "A2"),
        ("370200,2022,生活消费,原煤,1,t", "category.sum", "C2"),
        ("370200,2022,终端消费量,原煤,1,t", "row.total", "C2"),
    ],
)
def test_what_is_part_or_sum_of_others_is_refused_and_the_others_are_read(row: str, code: str, cell: str) -> None:
    made = read(f"{HEAD}{row}\n{GOOD}")
    assert refused(made) == [(code, cell)]
    assert (made.read, made.accepted, made.rejected) == (2, 1, 1)


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("浙江省杭州市", "330100"),
        ("Zhejiang Province", "330000"),
        ("浙江省宁波市鄞州区", "330212"),
        ("苏州工业园区", "苏州工业园区"),
    ],
)
def test_a_place_is_the_most_specific_that_its_words_name(place: str, code: str) -> None:
    assert read(HEAD + GOOD.replace("370200", place)).activity["entity"].to_list() == [code]


def test_the_words_of_a_balance_sheet_are_categories() -> None:
    made = read(HEAD + GOOD.replace("工业", "其他") + GOOD.replace("工业", "#用作原料、材料"))
    assert made.activity["category"].to_list() == ["other_services", "non_energy_use", "industry"]


def test_rows_equal_in_everything_are_added_and_said() -> None:
    made = read(HEAD + GOOD * 3 + GOOD.replace("12.5", "0") * 2 + GOOD.replace("12.5", "12.50"))
    assert (made.accepted, sum(made.activity["quantity"])) == (6, Decimal(500000))
    assert [(c.code, c.count, c.cells) for c in made.counts] == [("row.copy", 3, ["E3", "E4", "E7"])]


def test_rows_that_differ_in_a_column_that_is_not_read_are_no_copies() -> None:
    head, good = HEAD.replace("单位", "单位,税号"), GOOD.strip()
    made = read(f"{head}{good},1\n{good},2\n{good},2\n")
    assert [(c.code, c.count, c.cells) for c in made.counts] == [("row.copy", 1, ["E4"])]


def test_under_a_merged_label_the_first_row_is_whole_and_the_others_are_told_once() -> None:
    table = sheet(HEAD + "370200,2022,工业,原煤,1,t\n,,农业,原煤,2,t\n")
    table.merged = [Merged(2, 1, 3, 1), Merged(2, 2, 3, 2)]
    found = long_table.recognised(table, "table.csv")
    assert found is not None
    made = long_table.reading(found, file="table.csv", sha256=SHA)
    assert refused(made) == [("row.incomplete", "A3")]
    assert made.activity["category"].to_list() == ["industry"]


def test_a_month_that_is_merged_over_rows_is_no_annual_figure() -> None:
    table = sheet(HEAD.replace("年份", "年份,月份") + "370200,2022,3,工业,原煤,1,t\n370200,2022,,农业,原煤,2,t\n")
    table.merged = [Merged(2, 3, 3, 3)]
    found = long_table.recognised(table, "table.csv")
    assert found is not None
    made = long_table.reading(found, file="table.csv", sha256=SHA)
    assert refused(made) == [("cell.merged", "C3")]
    assert made.activity["month"].to_list() == [3]


def test_repeated_heads_and_foot_notes_are_no_rows_and_are_listed() -> None:
    made = read(HEAD + GOOD + "\n" + HEAD + GOOD + "注：初步数据\n")
    assert (made.read, made.accepted) == (2, 2)
    assert made.activity["cell"].to_list() == ["E2", "E5"]
    assert [(f["code"], f["cell"]) for f in made.findings] == [("row.repeated_head", "A4"), ("row.foot_note", "A6")]


def test_an_unknown_column_is_listed_and_not_read() -> None:
    made = read("地区,年份,部门,品种,数量,单位,税号\n370200,2022,工业,原煤,12.5,万吨,77")
    assert [(f["code"], f["severity"], f["seen"]) for f in made.findings] == [("header.not_read", "info", "税号 (G1)")]
    assert made.accepted == 1


@pytest.mark.parametrize(
    ("head", "code", "cell"),
    [
        ("地区,年份,部门,品种,数量,单位,年度", "header.duplicate", "G1"),
        ("地区,年份,部门,品种,数量,单位,税号,税号", "header.duplicate", "H1"),
        ("地区,年份,部门,,数量,单位", "header.blank", "D1"),
    ],
)
def test_a_head_that_can_be_read_in_two_ways_refuses_the_table(head: str, code: str, cell: str) -> None:
    made = read(head + "\n370200,2022,工业,原煤,12.5,万吨,1,1")
    assert (code, cell) in refused(made)
    assert (made.read, made.rejected, made.activity.height) == (1, 1, 0)


def test_a_missing_column_is_named_once() -> None:
    made = read("地区,年份,品种,数量\n370200,2022,原煤,12.5")
    assert [code for code, _ in refused(made)] == ["header.missing"]
    assert "category, unit" in made.rejections[0]["message_en"]


def test_two_units_that_contradict_are_refused() -> None:
    made = read("地区,年份,部门,品种,数量(万吨),单位\n370200,2022,工业,原煤,1,吨\n370200,2022,工业,原煤,1,万吨")
    assert refused(made) == [("unit.conflict", "F2")]


@pytest.mark.parametrize(
    ("kind", "column", "code"),
    [
        ("error", 5, "cell.error"),
        ("formula", 5, "cell.formula"),
        ("date", 5, "cell.date"),
        ("date", 1, "code.date"),
        ("date", 2, "year.shape"),
        ("error", 4, "cell.error"),
    ],
)
def test_cells_that_are_no_text_or_number_are_refused(kind: str, column: int, code: str) -> None:
    whole = sheet(HEAD + GOOD)
    whole.cells = [cell._replace(kind=kind) if (cell.row, cell.column) == (2, column) else cell for cell in whole.cells]
    table = long_table.recognised(whole, "t.xlsx")
    assert table is not None
    assert code in [c for c, _ in refused(long_table.reading(table, file="t.xlsx", sha256=SHA))]


def test_a_six_digit_code_stored_as_a_number_is_the_code() -> None:
    whole = sheet(HEAD + GOOD)
    whole.cells = [cell._replace(kind="number") if cell.text == "370200" else cell for cell in whole.cells]
    table = long_table.recognised(whole, "t.xlsx")
    assert table is not None
    assert long_table.reading(table, file="t.xlsx", sha256=SHA).accepted == 1


def test_a_corrected_cell_keeps_its_own_unit() -> None:
    made = read(HEAD + GOOD, own_units={(2, 5): "吨"})
    assert made.activity.select("quantity", "reported_unit").row(0) == (Decimal("12.5"), "吨")


def test_non_energy_use_is_taken_out_of_industry_by_a_row_of_its_own() -> None:
    made = read(HEAD + GOOD + "370200,2022,用作原料、材料,原煤,2,万吨\n".replace("、", ""))
    assert (made.read, made.accepted, made.transfers, made.activity.height) == (2, 2, 1, 3)
    net = ledger.key_sums(made.activity.lazy()).collect().filter(pl.col("category") == "industry")
    assert net["quantity"].to_list() == [Decimal(105000)]
    assert read(HEAD + GOOD + "370200,2022,non_energy_use,原煤,2,万吨", industry_is_net=True).transfers == 0


def test_a_sheet_without_a_head_is_no_long_table() -> None:
    assert long_table.recognised(sheet("能源平衡表\n项目,原煤,柴油\n工业,1,2"), "x.csv") is None
    assert long_table.recognised(Sheet("", 0), "x.csv") is None


LINES = st.lists(
    st.sampled_from(
        [
            GOOD.strip(),
            "370200,2022,交通,柴油,1.5,吨",
            "park-1,2021,农业,汽油,3,kg",
            "x,2022,工业,木头,1,t",
            "合计,,,,9,t",
        ]
    ),
    min_size=1,
    max_size=12,
)


@given(LINES, st.randoms())
def test_the_order_of_rows_changes_nothing(lines: list[str], random: object) -> None:
    shuffled = list(lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = read(HEAD + "\n".join(lines)), read(HEAD + "\n".join(shuffled))
    sums = [in_order(ledger.key_sums(one.activity.lazy()).collect()) for one in (first, second)]
    assert sums[0].equals(sums[1])
    assert sorted(code for code, _ in refused(first)) == sorted(code for code, _ in refused(second))


@given(LINES)
def test_no_row_is_lost(lines: list[str]) -> None:
    made = read(HEAD + "\n".join(lines))
    assert made.read == made.accepted + made.rejected == len(lines)
    assert made.activity.height == made.accepted + made.transfers


def test_addresses_count_blank_rows() -> None:
    whole = sheet(HEAD + GOOD)
    lower = replace(whole, cells=[Cell(c.row + 7 * (c.row > 1), c.column, c.kind, c.text) for c in whole.cells])
    table = long_table.recognised(lower, "t.csv")
    assert table is not None
    assert long_table.reading(table, file="t.csv", sha256=SHA).activity["cell"][0] == "E9"
