"""The words of a balance sheet: row labels and subtotal columns, in a form that ignores how they were typed.

The vocabulary is data (datasets/balance-layout); Chinese is compared by its characters, English by its words.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from accounting import shipped

Role = Literal["row", "total", "part"]

_NUMBERING = re.compile(
    r"^\s*(?:[(（][一二三四五六七八九十\d]{1,3}[)）]|(?:[一二三四五六七八九十]{1,3}|\d{1,2})\s*[、.．。:：,，]|[①-⑳⑴-⒇])\s*"
)
_PART = re.compile(r"^\s*(?:[#＃*＊]+|其\s*中\s*[:：]?|of\s+which\s*:?)\s*", re.IGNORECASE)
_SIGNS = re.compile(r"[(（]\s*[-+－−–—＋]+\s*[)）]")
_NOT_CHINESE = re.compile(r"[^㐀-鿿]+")
_NOT_ENGLISH = re.compile(r"[^a-z0-9]+")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}


@dataclass(frozen=True, slots=True)
class RowLabel:
    """What a row of the sheet is: `row` is counted under `category`, `total` and `part` serve checks only."""

    id: str
    section: str
    role: Role
    category: str | None
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Names:
    """A Chinese and an English name of which one cannot be taken: what each says, and means (– where unknown)."""

    zh: str
    zh_means: str
    en: str
    en_means: str


@dataclass(frozen=True, slots=True)
class Subtotal:
    """A column that adds up others; `parts` are the items it adds up, empty where that is not settled."""

    id: str
    parts: tuple[str, ...]
    name_zh: str
    name_en: str


def folded(text: str) -> str:
    """Full-width letters and digits as half-width, runs of space as one; markers such as ① are left alone.

    >>> folded(" 项　　目（２００７） ")
    '项 目(2007)'
    """
    return " ".join(text.translate(_FULL_WIDTH).split())


def is_part(text: str) -> bool:
    """Whether a label is marked as part of the row above (#, 其中, of which).

    >>> is_part("    ＃用作原料、材料"), is_part("工业")
    (True, False)
    """
    return _PART.match(_without_numbering(text)) is not None


def chinese(text: str) -> str:
    """The Chinese characters of a label, without numbering, marks and punctuation.

    >>> chinese("  9.库存增(-)、减(+)量"), chinese("  1.一次能源生产量"), chinese("一.可供本地区消费的能源量")
    ('库存增减量', '一次能源生产量', '可供本地区消费的能源量')
    """
    text = _SIGNS.sub("", _without_numbering(text))
    return _NOT_CHINESE.sub("", _PART.sub("", text))


def english(text: str) -> str:
    """The English words of a label in lower case, one space between them.

    >>> english("  Farming, Forestry &  Fishery"), english("      Coke Input(-)")
    ('farming forestry fishery', 'coke input')
    """
    latin = re.sub(r"[㐀-鿿]+", " ", folded(text))
    latin = _PART.sub("", _without_numbering(latin)).lower()
    return _NOT_ENGLISH.sub(" ", latin).strip()


def _without_numbering(text: str) -> str:
    text = folded(text)
    while (match := _NUMBERING.match(text)) and match.end() < len(text):
        text = text[match.end() :]
    return text


def row_label(text: str, section: str | None) -> RowLabel | None:
    """What a label means in its section: 其他 is a sector only where final consumption is listed.

    >>> row_label("5.其他", "final").category, row_label("其他", "supply")
    ('other_services', None)
    >>> row_label("Thermal Power", None).id
    'thermal_power'
    """
    return _row(chinese(text), section) or _row(english(text), section)


def row_labels(texts: Iterable[str], section: str | None) -> tuple[RowLabel | None, Names | None]:
    """What the labels of one row mean together; names where English says a row that the Chinese does not.

    >>> row_labels(["3.建筑业", "Construction"], "final")[0].id, row_labels(["3.采矿业", "Construction"], "final")[1].zh
    ('construction', '采矿业')
    """
    listed = list(texts)
    zh = next((row for text in listed if (row := _row(chinese(text), section))), None)
    en = next((row for text in listed if (row := _row(english(text), section))), None)
    said = [word for text in listed if (word := chinese(text))]
    if not said or en is None or en == zh:
        return zh or en, None
    english_said = next(folded(text) for text in listed if _row(english(text), section))
    return None, Names(" ".join(said), zh.name_zh if zh else "–", english_said, en.name_zh)


def _row(word: str, section: str | None) -> RowLabel | None:
    found = _rows_by_label().get(word, ()) if word else ()
    if len(found) == 1 and (section in {None, found[0].section} or _stands_alone(found[0])):
        return found[0]
    return next((row for row in found if row.section == section), None)


def _stands_alone(row: RowLabel) -> bool:
    """Words that mean one thing wherever they stand; 其他, 城镇 and 乡村 do not."""
    return row.id not in {"other_services", "urban_residential", "rural_residential"}


def row_words() -> list[str]:
    """Every known row label, for a did-you-mean."""
    return list(_rows_by_label())


def subtotal(text: str) -> Subtotal | None:
    """The subtotal column of a heading, if it is one.

    >>> subtotal("煤 合 计").id, subtotal("Petroleum Products Total").id, subtotal("原煤")
    ('coal_total', 'petroleum_total', None)
    """
    known = _subtotals_by_label()
    return known.get(chinese(text)) or known.get(english(text))


@cache
def _rows_by_label() -> dict[str, tuple[RowLabel, ...]]:
    known: dict[str, tuple[RowLabel, ...]] = {}
    for row in _table("rows.csv"):
        zh, en = row["zh"].split("|"), row["en"].split("|")
        label = RowLabel(row["id"], row["section"], _role(row["role"]), row["category"] or None, zh[0], en[0])
        for word in (*zh, *en):
            known[word] = (*known.get(word, ()), label)
    return known


def _role(text: str) -> Role:
    return "row" if text == "row" else "total" if text == "total" else "part"


@cache
def _subtotals_by_label() -> dict[str, Subtotal]:
    known: dict[str, Subtotal] = {}
    for row in _table("columns.csv"):
        zh, en = row["zh"].split("|"), row["en"].split("|")
        label = Subtotal(row["id"], tuple(row["parts"].split()), zh[0], en[0])
        known.update(dict.fromkeys((*zh, *en), label))
    return known


def _table(name: str) -> list[dict[str, str]]:
    with (shipped.datasets() / "balance-layout" / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))
