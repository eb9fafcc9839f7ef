"""What the words of a table mean: entity, year, month, category, item, judged once for each distinct text.

A word is read as it was typed but for spaces, full-width letters and invisible characters; what was read otherwise
than written is told, so that it can be listed. Codes are never numbers: `110` is not 000110, and a date is no code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from accounting import codes
from accounting.errors import DataRefused, Lang
from accounting.ingest import labels, places

Judge = Callable[[str, str], "Word"]
YEARS = (1900, 2200)
LONGEST = 200
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_YEAR = re.compile(r"((?:19|20|21)[0-9]{2})(\.0+|\s*年度?)?")
_MONTH = re.compile(r"(0?[1-9]|1[0-2])(\.0+|\s*月份?)?")
_DIGITS = re.compile(r"[0-9]+(\.0+)?")
_OWN_DIGITS = 15  # registration numbers; shorter runs of digits are damaged region codes
_CHARACTERS_OF_A_NAME = "LMNPSZ"  # general categories; C (control, format, unassigned) is removed and told
_KIND_OF_REGION = re.compile(r"\s+(province|municipality|city|prefecture|county|district)$", re.IGNORECASE)
_PART = re.compile(r"(其中\s*[:：]?|[#＃])\s*(.*)")
BETWEEN: tuple[tuple[Lang, str], ...] = (("zh", "、"), ("en", ", "))
_KEPT_APART = "non_energy_use"  # a part of industry that is taken out of it, wherever it stands


@dataclass(frozen=True, slots=True)
class Word:
    """What a text means, and whether it was written otherwise."""

    value: str | int
    tidied: bool = False


def tidy(text: str) -> str:
    """The text without what typing adds: outer spaces, full-width letters, invisible characters.

    >>> tidy(" ２０２３年\\u200b "), tidy("华东 园区")
    ('2023年', '华东 园区')
    """
    kept = "".join(c for c in text if unicodedata.category(c)[0] in _CHARACTERS_OF_A_NAME or c in "\t\n")
    return " ".join(kept.translate(_FULL_WIDTH).split())


def year(text: str, kind: str = "text") -> Word:
    """A calendar year.

    >>> year("２０２３年").value, year("2023.0").value
    (2023, 2023)

    Raises DataRefused (`year.shape`) for anything else, `2023/13` and a date included.
    """
    plain = tidy(text)
    match = _YEAR.fullmatch(plain)
    if match is None or kind not in ("text", "number"):
        raise DataRefused("year.shape", seen=text)
    return Word(int(match[1]), text != match[1])


def month(text: str, kind: str = "text") -> Word:
    """A month of the year, 1 to 12. Raises DataRefused (`month.range`).

    >>> month("5月").value, month("12").value
    (5, 12)
    """
    plain = tidy(text)
    match = _MONTH.fullmatch(plain)
    if match is None or kind not in ("text", "number"):
        raise DataRefused("month.range", seen=text)
    return Word(int(match[1]), text != str(int(match[1])))


def category(text: str, kind: str = "text") -> Word:
    """The id of a category, by id, name, or the words of a balance sheet.

    >>> category("交通运输、仓储和邮政业").value, category("其他").value, category("#用作原料、材料").value
    ('transport', 'other_services', 'non_energy_use')

    Raises DataRefused: `category.unknown`, `category.sum` (生活消费 is two of them), `row.total`, `row.part`, `code.date`.
    """
    _no_date(text, kind)
    plain = tidy(text)
    part = _PART.fullmatch(plain)
    if part is not None and codes.find_category(part[2]) != _KEPT_APART:
        raise DataRefused("row.part", seen=text)
    named = codes.find_category(part[2] if part else plain) or _of_balance(plain)
    return Word(codes.category(named or plain).id, text != plain)


def _of_balance(plain: str) -> str | None:
    """The category that a row of final consumption counts under, None where the words are no such row."""
    row = labels.row_label(plain, "final")
    if row is None or row.role == "part":
        return None
    if row.id == "residential":
        parts = [codes.category(name) for name in ("urban_residential", "rural_residential")]
        names: dict[str, Any] = {f"parts_{lang}": mark.join(part.name(lang) for part in parts) for lang, mark in BETWEEN}
        raise DataRefused("category.sum", seen=plain, ids=", ".join(part.id for part in parts), **names)
    if row.role == "total":
        raise DataRefused("row.total", seen=plain, word=plain)
    return row.category


def item(text: str, kind: str = "text") -> Word:
    """The id of an item, by id or name. Raises DataRefused (`item.unknown`, `row.part`, `code.date`).

    >>> item(" 原煤 ")
    Word(value='raw_coal', tidied=True)
    """
    _no_date(text, kind)
    plain = tidy(text)
    if _PART.fullmatch(plain):
        raise DataRefused("row.part", seen=text)
    return Word(codes.item(plain).id, text != plain)


def entity(text: str, kind: str = "text") -> Word:
    """A region's code, or an own id as it is written.

    >>> entity("北京").value, entity("110000", "number").value, entity("park-7").value
    ('110000', '110000', 'park-7')
    >>> entity("浙江省杭州市").value, entity("Zhejiang Province").value, entity("苏州工业园区").value
    ('330100', '330000', '苏州工业园区')

    Raises DataRefused: `entity.code_shape` (digits that are no six-digit code: 0110, 110), `entity.unknown_code`,
    `entity.ambiguous_name`, `code.date`. Whether a code stands in its year is asked with `codes.stands`.
    """
    _no_date(text, kind)
    plain = tidy(text)
    if not plain:
        raise DataRefused("row.incomplete", seen=repr(text), columns="entity")
    if codes.is_region_code(plain):
        return Word(codes.region(plain).code, text != plain)
    if kind != "text" or (_DIGITS.fullmatch(plain) and len(plain) < _OWN_DIGITS):
        raise DataRefused("entity.code_shape", seen=text)
    if len(plain) > LONGEST:
        raise DataRefused("entity.too_long", seen=plain[:40] + "…", longest=LONGEST)
    name = _KIND_OF_REGION.sub("", plain) if " " in plain else plain
    if _bare(name) in _region_names():
        return Word(codes.region(name).code, text != plain)
    return Word(places.chained(plain) or plain, text != plain)


@cache
def _region_names() -> frozenset[str]:
    """Every name of a region, so that any other word is an own id without a search for near names."""
    known = codes.regions().values()
    return frozenset(_bare(name) for r in known for name in (r.name_zh, r.short_zh, r.name_en, *r.aliases) if name)


def _bare(name: str) -> str:
    return "".join(name.split()).casefold()


def _no_date(text: str, kind: str) -> None:
    if kind == "date":
        raise DataRefused("code.date", seen=text)
