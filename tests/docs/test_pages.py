"""Documents that are made from tables say what the tables say."""

import csv

import pytest
from docs.messages_page import PAGE, page

from accounting import shipped

WORDS = {
    "activity data": "活动数据", "emission factor": "排放因子", "NCV": "低位发热量", "carbon content": "单位热值含碳量",
    "oxidation factor": "碳氧化率", "inventory": "排放清单", "run": "核算批次", "finding": "问题提示",
    "rejection": "未采用数据", "accept": "确认", "default": "缺省值", "fallback": "替代取值", "own value": "实测值",
    "correction": "更正", "reconcile": "对账", "verify": "复核", "recalculation": "重算", "boundary": "核算边界",
    "scope": "范围", "verdict": "研判结果", "fragility": "结论稳健性", "NE": "未估算", "NO": "不存在",
    "IE": "已含于他处", "NA": "不适用", "C": "保密",
}  # fmt: skip


def glossary() -> dict[str, dict[str, str]]:
    with (shipped.datasets() / "codes" / "glossary.csv").open(encoding="utf-8", newline="") as source:
        return {row["word"]: row for row in csv.DictReader(source)}


def test_every_message_stands_in_its_page() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("word", WORDS)
def test_a_word_has_one_chinese_term(word: str) -> None:
    assert glossary()[word]["zh"] == WORDS[word]


def test_the_glossary_page_has_every_word() -> None:
    text = (PAGE.parent / "术语.md").read_text(encoding="utf-8")
    for word, row in glossary().items():
        assert f"| {word} | {row['zh']} | {row['meaning_zh']} | {row['meaning_en']} |" in text
