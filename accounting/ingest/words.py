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

from accounting import codes
from accounting.errors import DataRefused

Judge = Callable[[str, str], "Word"]
YEARS = (1900, 2200)
LONGEST = 200
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_YEAR = re.compile(r"((?:19|20|21)[0-9]{2})(\.0+|\s*年度?)?")
_MONTH = re.compile(r"(0?[1-9]|1[0-2])(\.0+|\s*月份?)?")
_REGION_CODE = re.compile(r"[0-9]{6}")
_DIGITS = re.compile(r"[0-9]+(\.0+)?")
_OWN_DIGITS = 15  # registration numbers; shorter runs of digits are damaged region codes
_CHARACTERS_OF_A_NAME = "LMNPSZ"  # general categories; C (control, format, unassigned) is removed and told


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
    """The id of a category, by id or name. Raises DataRefused (`category.unknown`, `code.date`).

    >>> category("交通运输、仓储和邮政业").value
    'transport'
    """
    _no_date(text, kind)
    found = codes.category(tidy(text)).id
    return Word(found, False)


def item(text: str, kind: str = "text") -> Word:
    """The id of an item, by id or name. Raises DataRefused (`item.unknown`, `code.date`).

    >>> item(" 原煤 ").value
    'raw_coal'
    """
    _no_date(text, kind)
    return Word(codes.item(tidy(text)).id, False)


def entity(text: str, kind: str = "text") -> Word:
    """A region's code, or an own id as it is written.

    >>> entity("北京").value, entity("110000", "number").value, entity("park-7").value
    ('110000', '110000', 'park-7')

    Raises DataRefused: `entity.code_shape` (digits that are no six-digit code: 0110, 110), `entity.unknown_code`,
    `entity.ambiguous_name`, `code.date`. Whether a code stands in its year is asked with `codes.stands`.
    """
    _no_date(text, kind)
    plain = tidy(text)
    if not plain:
        raise DataRefused("row.incomplete", seen=repr(text), columns="entity")
    if _REGION_CODE.fullmatch(plain):
        return Word(codes.region(plain).code, text != plain)
    if kind != "text" or (_DIGITS.fullmatch(plain) and len(plain) < _OWN_DIGITS):
        raise DataRefused("entity.code_shape", seen=text)
    if len(plain) > LONGEST:
        raise DataRefused("entity.too_long", seen=plain[:40] + "…", longest=LONGEST)
    if _bare(plain) in _region_names():
        return Word(codes.region(plain).code)
    return Word(plain, text != plain)


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
