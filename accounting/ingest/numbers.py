"""Numbers as text: one grammar, shared by single cells and by whole columns.

A plain decimal is taken as it is. What typing adds (outer spaces, full-width digits, well-placed thousands
separators, a leading plus or apostrophe, a power of ten) is read exactly and listed as a fix. Everything else is
refused with the reason a person can act on. Marks such as ① and ² are found before any width is folded: folding
would make digits of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

MOST_DIGITS = 38
MOST_EXPONENT = 30
PLAIN = r"^-?[0-9]{1,20}(\.[0-9]{1,18})?$"

_PLAIN = re.compile(PLAIN)
_SCIENTIFIC = re.compile(r"(-?)([0-9]+)(?:\.([0-9]*))?[eE]([+-]?[0-9]+)")
_GROUPED = re.compile(r"-?[0-9]{1,3}([,，' ’ ])[0-9]{3}(?:\1[0-9]{3})*(?:\.[0-9]+)?")
_DASHES = frozenset("-–—－―─ー−‐")
_NOTATION = {
    "NO": "NO", "NE": "NE", "NA": "NA", "IE": "IE", "C": "C",
    "N.O.": "NO", "N.E.": "NE", "N.A.": "NA", "N/A": "NA", "I.E.": "IE", "n.a.": "NA", "n/a": "NA",
    "未估算": "NE", "不存在": "NO", "不适用": "NA", "已含于他处": "IE", "保密": "C",
}  # fmt: skip
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_UNSEEN = re.compile(r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_REASONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("number.footnote", re.compile(r"[①-⓿²³¹⁰⁴-⁹₀-₉*＊†‡]|\[[0-9a-z]\]$")),
    ("number.not_finite", re.compile(r"(?i)^[+-]?(nan|inf(inity)?|1\.#.*|∞)$")),
    ("number.withheld", re.compile(r"^(…+|\.{2,}|x|X|\*+)$")),
    ("number.percent", re.compile(r"[%％‰]")),
    ("number.approximate", re.compile(r"^(约|大约|近|<|>|≤|≥|＜|＞|~|～|±|ca\.?|about)|(左右|以上|以下|多)$")),
    ("number.parentheses", re.compile(r"^[(（].*[)）]$")),
    ("number.range", re.compile(r"[0-9]\s*[-–—~～至到]\s*[0-9]")),
    ("number.scaled", re.compile(r"^-?[0-9.,]+\s*[百千万亿]+$")),
    ("number.chinese_numeral", re.compile(r"^[零〇一二两三四五六七八九十百千万亿点]+$")),
    ("number.decimal_comma", re.compile(r"^-?[0-9]+[,，][0-9]{1,2}$")),
    ("number.trailing_unit", re.compile(r"^-?[0-9.,]+\s*[^\W\d_][\w³²/·^\s]*$")),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text is: an exact `decimal` (plain digits), a notation key, blank (all None), or a refusal `code`."""

    decimal: str | None = None
    notation_key: str | None = None
    code: str | None = None
    fixes: tuple[str, ...] = ()


def read(text: str) -> Reading:
    """One text by the grammar.

    >>> read("１２３").decimal, read("1,234.50").decimal, read("—").decimal, read("1e-05").decimal
    ('123', '1234.50', '0', '0.00001')
    >>> read("123①").code, read("NE").notation_key, read(" ")
    ('number.footnote', 'NE', Reading(decimal=None, notation_key=None, code=None, fixes=()))
    """
    if _PLAIN.fullmatch(text):
        return Reading(_without_negative_zero(text))
    if not text.strip():
        return Reading()
    if _UNSEEN.search(text):
        return Reading(code="number.invisible")
    bare = text.strip()
    if bare in _NOTATION:
        return Reading(notation_key=_NOTATION[bare])
    if bare in _DASHES or (len(bare) > 1 and set(bare) <= _DASHES):
        return Reading("0", fixes=("dash",))
    if _REASONS[0][1].search(bare):
        return Reading(code="number.footnote")
    return _tidied(text, bare)


def _tidied(text: str, bare: str) -> Reading:
    fixes = ["spaces"] if bare != text else []
    wide = bare.translate(_WIDE).strip()
    if wide != bare:
        fixes.append("full_width")
    number = wide
    for lead, fix in (("'", "apostrophe"), ("’", "apostrophe"), ("+", "plus")):
        if number.startswith(lead):
            number, fixes = number[1:].strip(), [*fixes, fix]
    number = number.replace("−", "-")
    if _GROUPED.fullmatch(number):
        number, fixes = re.sub(r"[,，' ’ ]", "", number), [*fixes, "thousands"]
    if match := _SCIENTIFIC.fullmatch(number):
        return _expanded(match, (*fixes, "power_of_ten"))
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", number):
        return _sized(number, tuple(fixes))
    if re.fullmatch(r"-?\.[0-9]+|-?[0-9]+\.", number):
        return _sized(number.replace("-.", "-0.") if "-." in number else f"0{number}" if number[0] == "." else number[:-1],
                      (*fixes, "point"))  # fmt: skip
    return Reading(code=next((code for code, seen in _REASONS if seen.search(wide)), "number.unreadable"))


def _expanded(match: re.Match[str], fixes: tuple[str, ...]) -> Reading:
    sign, whole, part, exponent = match[1], match[2], match[3] or "", match[4]
    if len(exponent) > 4 or abs(int(exponent)) > MOST_EXPONENT:
        return Reading(code="number.exponent")
    value = Decimal(f"{sign}{whole}.{part}").scaleb(int(exponent))
    return _sized(f"{value:f}", fixes)


def _sized(number: str, fixes: tuple[str, ...]) -> Reading:
    whole, point, part = number.partition(".")
    if point and len(part) > 18:
        part = part.rstrip("0")
    sign, digits = ("-" if whole.startswith("-") else ""), whole.lstrip("-").lstrip("0") or "0"
    if len(digits) + len(part) > MOST_DIGITS:
        return Reading(code="number.too_long")
    return Reading(_without_negative_zero(sign + digits + (f".{part}" if part else "")), fixes=fixes)


def _without_negative_zero(number: str) -> str:
    return number.lstrip("-") if number.startswith("-") and not number.strip("-0.") else number


def decimal_of(text: str) -> Decimal | None:
    """The exact value of a text, None where it is blank, a notation key or refused.

    >>> decimal_of("1e-05"), decimal_of("x")
    (Decimal('0.00001'), None)
    """
    found = read(text).decimal
    return None if found is None else Decimal(found)


def shortest(value: float) -> str:
    """The shortest decimal that gives the stored float back, in plain digits.

    >>> shortest(0.0200199999999995), shortest(1e-05), shortest(300.0)
    ('0.0200199999999995', '0.00001', '300')
    """
    text = f"{Decimal(repr(value)):f}"
    return text[:-2] if text.endswith(".0") else text


def read_column(texts: pl.Series) -> pl.DataFrame:
    """The readings of a column: `text`, `decimal`, `notation_key`, `code`, `fixes` (joined by `|`), one row each.

    Plain decimals are matched at once by the grammar's own expression; any other text is read once, however often
    it stands. A null is blank.
    """
    import polars as pl

    column = texts.cast(pl.String).rename("text").to_frame()
    is_plain = pl.col("text").str.contains(PLAIN)
    others = column.lazy().filter(~is_plain).unique().collect()["text"]
    readings = [read(text) for text in others]
    table = pl.DataFrame(
        {
            "text": others,
            "decimal": pl.Series([r.decimal for r in readings], dtype=pl.String),
            "notation_key": pl.Series([r.notation_key for r in readings], dtype=pl.String),
            "code": pl.Series([r.code for r in readings], dtype=pl.String),
            "fixes": pl.Series(["|".join(r.fixes) for r in readings], dtype=pl.String),
        }
    )
    positive = pl.col("text").str.strip_chars_start("-")
    is_zero = pl.col("text").str.contains(r"^-[0.]+$")
    taken = pl.when(is_plain).then(pl.when(is_zero).then(positive).otherwise(pl.col("text")))
    return (
        column.join(table, on="text", how="left", maintain_order="left")
        .with_columns(pl.coalesce(taken, "decimal").alias("decimal"), pl.col("fixes").fill_null(""))
        .select("text", "decimal", "notation_key", "code", "fixes")
    )
