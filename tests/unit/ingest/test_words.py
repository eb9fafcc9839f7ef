"""The words of a table: judged as typed, codes never numbers."""

from __future__ import annotations

import polars as pl
import pytest

from accounting.errors import DataRefused, Where
from accounting.ingest import words
from accounting.ingest.headers import head, heading, named
from accounting.ingest.judged import judged
from accounting.ingest.words import Word


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("110000", "text", "110000"),
        ("110000", "number", "110000"),
        (" １１００００ ", "text", "110000"),
        ("北京市", "text", "110000"),
        ("Zhejiang", "text", "330000"),
        ("park-7", "text", "park-7"),
        ("华东\u200b园区", "text", "华东园区"),
        ("913702001234567890", "text", "913702001234567890"),
        ("91370200MA3C1234XY", "text", "91370200MA3C1234XY"),
    ],
)
def test_an_entity_is_a_region_or_an_own_id(text: str, kind: str, value: str) -> None:
    assert words.entity(text, kind).value == value


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("0110", "text", "entity.code_shape"),
        ("110", "number", "entity.code_shape"),
        ("11000", "text", "entity.code_shape"),
        ("1100001", "text", "entity.code_shape"),
        ("913702001234567936", "number", "entity.code_shape"),
        ("990000", "text", "entity.unknown_code"),
        ("鼓楼区", "text", "entity.ambiguous_name"),
        ("2023-01-03", "date", "code.date"),
        ("\u200b", "text", "row.incomplete"),
        ("x" * 300, "text", "entity.too_long"),
    ],
)
def test_what_is_no_entity_is_refused(text: str, kind: str, code: str) -> None:
    with pytest.raises(DataRefused) as raised:
        words.entity(text, kind)
    assert raised.value.code == code


@pytest.mark.parametrize("text", ["2023/13", "2023-05", "23", "20230", "3023", "2023.5", "二〇二三", ""])
def test_what_is_no_year_is_refused(text: str) -> None:
    with pytest.raises(DataRefused):
        words.year(text)


@pytest.mark.parametrize("text", ["0", "13", "1.5", "-1", "2023-05"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(DataRefused):
        words.month(text)


def test_only_what_was_typed_otherwise_is_tidied() -> None:
    assert words.year("2023") == Word(2023)
    assert words.year("2023年") == Word(2023, tidied=True)
    assert words.month("05").tidied


def test_a_distinct_text_is_judged_once_and_each_row_gets_its_verdict() -> None:
    asked: list[str] = []

    def judge(text: str, kind: str) -> Word:
        asked.append(text)
        return words.year(text, kind)

    texts = pl.Series(["2023", "x", None, "2023", "x"])
    found = judged(texts, pl.Series([None] * 5, dtype=pl.String), judge, pl.Int16)
    assert (found.values.to_list(), asked) == ([2023, None, None, 2023, None], ["2023", "x"])
    problems = found.problems(pl.Series([2, 3, 4, 5, 6]), lambda row: Where("f", None, f"B{row}"))
    assert [(row, problem["cell"]) for row, problem in problems] == [(3, "B3"), (6, "B6")]


def test_headings_are_known_in_both_languages_and_with_a_unit() -> None:
    texts = ("行政区划代码", "年 度", "行业", "Fuel type", "能源消费量（万吨）", "计量单位", "月份", "备注")
    found = [heading(n, f"A{n}", text) for n, text in enumerate(texts, 1)]
    fields = ["entity", "year", "category", "item", "quantity", "unit", "month", "note"]
    assert [one.field for one in found] == fields
    assert found[4].unit == "万吨"


def test_columns_of_our_own_runs_are_known_and_no_stranger_is_used() -> None:
    names = ["entity", "quantity", "row_id", "reported_value", "sha256", "税号"]
    found = head([named(n, name) for n, name in enumerate(names, 1)], Where("f"))
    assert ([one.text for one in found.extra], list(found.fields)) == (["税号"], ["entity", "quantity"])
