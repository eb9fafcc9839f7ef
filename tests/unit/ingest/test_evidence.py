"""Evidence for year and place: what counts, in which order, and what is refused."""

from __future__ import annotations

import pytest

from accounting.errors import UsageError, Where
from accounting.ingest import evidence
from accounting.ingest.evidence import Evidence

HERE = Where("a.xlsx", "Sheet1")


@pytest.mark.parametrize(
    ("text", "years", "editions"),
    [
        ("6-15 山东能源平衡表(实物量)-2007", [2007], []),
        ("6-1  北京能源平衡表(实物量)-2007", [2007], []),
        ("表6-1 2013年", [2013], []),
        ("中国能源统计年鉴2014", [], ["2014"]),
        ("年鉴2014", [], ["2014"]),
        ("《中国能源统计年鉴（2014）》", [], ["2014"]),
        ("2014中国能源统计年鉴", [], ["2014"]),
        ("China Energy Statistical Yearbook 2008", [], ["2008"]),
        ("yearbook-2007", [], ["2007"]),
        ("2008年版", [], ["2008"]),
        ("2013年山东能源平衡表（2014年修订）", [2013], ["2014"]),
        ("二〇〇七年", [2007], []),
        ("２００７年", [2007], []),
        ("2005-2010年能源平衡表", [], []),
        ("110000", [], []),
        ("20130506", [], []),
        ("6-2007", [2007], []),
        ("", [], []),
    ],
)
def test_a_year_is_told_from_an_edition_a_range_and_a_table_number(text: str, years: list[int], editions: list[str]) -> None:
    assert evidence.years(text) == years
    assert evidence.editions(text) == editions


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("6-15 山东能源平衡表(实物量)-2007", "370000"),
        ("6-5 内蒙古能源平衡表(实物量)-2007", "150000"),
        ("6-22 重庆能源平衡表（实物量）—2007", "500000"),
        ("附表1-2 青岛市综合能源平衡表 2013年", "370200"),
        ("ENERGY BALANCE OF BEIJING-2007 (PHYSICAL QUANTITY)", "110000"),
        ("ENERGY BALANCE OF SICHUAN -2007 (PHYSICAL QUANTITY)", "510000"),
        ("地区：山东省", "370000"),
        ("浙江省杭州市能源平衡表(实物量)-2015", "330100"),
        ("浙江省宁波市鄞州区能源平衡表(实物量)-2015", "330212"),
        ("吉林省吉林市能源平衡表", "220200"),
        ("2015年广东省全社会能源平衡表", "440000"),
        ("单位：万吨标准煤", None),
        ("项        目", None),
    ],
)
def test_a_title_names_its_place(title: str, code: str | None) -> None:
    assert evidence.entity_of_title(title) == code


@pytest.mark.parametrize(
    "title",
    ["广东省(不含深圳)能源平衡表(实物量)-2015", "广东能源平衡表(不含深圳)", "新疆兵团能源平衡表(实物量)-2015", "苏州工业园区能源平衡表",
     "浙江省宁波市某某区能源平衡表", "地区：广东省(不含深圳)"],
)  # fmt: skip
def test_a_part_of_a_region_is_refused_and_never_the_whole(title: str) -> None:
    assert evidence.entity_of_title(title) is None
    said = [*evidence.of_title(title, HERE), place("440000", evidence.FILE_NAME)]
    assert (evidence.decided("entity", said, HERE).rejection or {})["code"] == "evidence.part_of_region"


def test_a_part_of_a_region_is_counted_under_the_own_id_that_is_declared() -> None:
    said = [*evidence.of_title("广东省(不含深圳)能源平衡表", HERE), place("guangdong-rest", evidence.DECLARED)]
    assert evidence.decided("entity", said, HERE).value == "guangdong-rest"


def test_a_file_name_that_leaves_a_region_out_is_no_region() -> None:
    said = evidence.of_path("广东(不含深圳)2015.xlsx", HERE)
    assert (evidence.decided("entity", said, HERE).rejection or {})["code"] == "evidence.part_of_region"


def test_a_title_of_two_years_is_refused_as_that() -> None:
    refused = evidence.decided("year", evidence.of_title("浙江2014-2015年能源平衡表", HERE), HERE).rejection or {}
    assert refused["code"] == "evidence.several_years"
    assert "2014-2015" in refused["message_zh"]


def test_an_option_may_say_which_year_of_two() -> None:
    said = [*evidence.of_title("浙江2014-2015年能源平衡表", HERE), year(2015, evidence.DECLARED)]
    assert evidence.decided("year", said, HERE).value == 2015


@pytest.mark.parametrize(
    ("name", "code"),
    [("110000", "110000"), ("山东2007", "370000"), ("370200_2013", "370200"), ("6-15", None), ("Sheet1", None),
     ("999999", None), ("6-15 山东能源平衡表(实物量)-2007", "370000")],
)  # fmt: skip
def test_a_file_name_may_name_its_place(name: str, code: str | None) -> None:
    assert evidence.entity_of_name(name) == code


def year(value: int, rank: int) -> Evidence:
    return Evidence("year", value, rank, f"seen {value}", HERE)


def place(value: str, rank: int) -> Evidence:
    return Evidence("entity", value, rank, f"seen {value}", HERE)


def test_two_years_that_disagree_are_refused_with_both_and_where_they_stand() -> None:
    decided = evidence.decided("year", [year(2012, evidence.FILE_NAME), year(2013, evidence.TITLE)], HERE)
    assert decided.value is None
    assert decided.rejection is not None
    assert decided.rejection["code"] == "evidence.year_conflict"
    assert decided.rejection["seen"] == "2013 / 2012"
    assert "标题" in decided.rejection["message_zh"]
    assert "文件名" in decided.rejection["message_zh"]


def test_no_evidence_is_a_refusal_of_its_own() -> None:
    assert (evidence.decided("year", [], HERE).rejection or {})["code"] == "evidence.no_year"
    assert (evidence.decided("entity", [], HERE).rejection or {})["code"] == "evidence.no_entity"


def test_a_province_that_a_folder_names_does_not_contradict_its_city() -> None:
    said = [place("370200", evidence.TITLE), place("370000", evidence.FOLDER_NAME)]
    assert evidence.decided("entity", said, HERE).value == "370200"


def test_a_city_that_a_file_name_says_contradicts_the_province_of_the_title() -> None:
    said = [place("370000", evidence.TITLE), place("370200", evidence.FILE_NAME)]
    assert (evidence.decided("entity", said, HERE).rejection or {})["code"] == "evidence.entity_conflict"


def test_a_year_from_a_file_name_is_listed() -> None:
    decided = evidence.decided("year", [year(2013, evidence.FILE_NAME)], HERE)
    assert [(row["code"], row["severity"]) for row in decided.findings] == [("evidence.year_from_name", "info")]


def test_a_year_from_the_title_is_not_listed() -> None:
    said = [year(2013, evidence.TITLE), year(2013, evidence.FILE_NAME)]
    assert evidence.decided("year", said, HERE).findings == ()


def test_of_folders_the_nearest_that_speaks_counts() -> None:
    said = evidence.of_path("年鉴2014/2013/x.xls", Where("年鉴2014/2013/x.xls"))
    assert [(e.subject, e.value) for e in said] == [("year", 2013), ("edition", "2014")]


def test_an_option_labels_one_sheet_only() -> None:
    evidence.one_unlabelled([HERE])
    with pytest.raises(UsageError) as raised:
        evidence.one_unlabelled([HERE, Where("b.xlsx")])
    assert raised.value.exit_code == 2


def test_an_english_title_that_names_another_place_is_a_warning() -> None:
    said = [
        *evidence.of_title("6-26 陕西能源平衡表(实物量)-2007", HERE),
        *evidence.of_title("ENERGY BALANCE OF SHANXI-2007 (PHYSICAL QUANTITY)", HERE),
    ]
    heard = evidence.settled_titles(said)
    assert {e.value for e in heard.evidence if e.subject == "entity"} == {"610000"}
    assert [row["code"] for row in heard.findings] == ["evidence.translation_differs"]
