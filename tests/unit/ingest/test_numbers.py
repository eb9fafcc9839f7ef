"""One grammar for numbers: what is read, with which fix, and what is refused by which name."""

from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accounting import tables
from accounting.ingest import numbers

READ = {
    "5": ("5", ()), "0": ("0", ()), "-5.50": ("-5.50", ()), "-0": ("0", ()), "-0.00": ("0.00", ()), " 5 ": ("5", ("spaces",)),
    "１２３": ("123", ("full_width",)), "－５": ("-5", ("full_width",)), "1,234": ("1234", ("thousands",)),
    "1，234，567.5": ("1234567.5", ("full_width", "thousands")), "1 234": ("1234", ("thousands",)), "+5": ("5", ("plus",)),
    "'5": ("5", ("apostrophe",)), "1E3": ("1000", ("power_of_ten",)), "1.50e2": ("150", ("power_of_ten",)),
    "1e-05": ("0.00001", ("power_of_ten",)), "—": ("0", ("dash",)), "-": ("0", ("dash",)), "——": ("0", ("dash",)),
    "−5": ("-5", ()), ".5": ("0.5", ("point",)), "5.": ("5", ("point",)), "007": ("007", ()),
}  # fmt: skip
REFUSED = {
    "123①": "footnote", "5²": "footnote", "12.3*": "footnote", "nan": "not_finite", "-inf": "not_finite", "1e400": "exponent",
    "1e-99": "exponent", "3–5": "range", "3~5": "range", "约12": "approximate", "<0.01": "approximate", "12左右": "approximate",
    "12%": "percent", "12‰": "percent", "1.2万": "scaled", "3亿": "scaled", "(5)": "parentheses", "（5）": "parentheses",
    "3,5": "decimal_comma", "十二": "chinese_numeral", "12 t": "trailing_unit", "12吨": "trailing_unit", "…": "withheld",
    "abc": "unreadable", "1_000": "unreadable", "٣": "unreadable", "1.2.3": "unreadable", "--5": "unreadable",
    "1,23,456": "unreadable", "1" * 39: "too_long", "1\u200b5": "invisible", "\u202e51": "invisible", "无": "unreadable",
}  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_a_number_is_read_exactly_and_the_fix_is_told(text: str) -> None:
    decimal, fixes = READ[text]
    found = numbers.read(text)
    assert found.decimal is not None
    assert (Decimal(found.decimal), found.fixes) == (Decimal(decimal), fixes)
    assert not found.decimal.startswith("-0") or Decimal(found.decimal) < 0


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_plain_number_is_refused_by_name(text: str) -> None:
    assert numbers.read(text).code == f"number.{REFUSED[text]}"


@pytest.mark.parametrize("text", ["", " ", "\t", "　"])
def test_blank_is_nothing_at_all(text: str) -> None:
    assert numbers.read(text) == numbers.Reading()


@pytest.mark.parametrize("key", tables.NOTATION_KEYS)
def test_a_notation_key_is_kept(key: str) -> None:
    assert numbers.read(f" {key} ").notation_key == key


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_a_decimal_keeps_its_value(value: Decimal) -> None:
    assert Fraction(numbers.read(f"{value:f}").decimal) == Fraction(value)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e20, max_value=1e20))
@example(0.0200199999999995)
@example(1e-05)
@example(5.42000000000001)
def test_the_shortest_decimal_gives_the_float_back(value: float) -> None:
    text = numbers.shortest(value)
    assert float(text) == value
    assert "e" not in text.lower()
    assert len(text.lstrip("-0.").replace(".", "")) <= 17 + (21 if abs(value) >= 1e16 else 0)


@given(
    st.lists(st.text(alphabet="0123456789.,-+eE１① 万%—xNOE'", max_size=9) | st.sampled_from([*READ, *REFUSED]), max_size=30)
)
def test_a_column_is_read_as_its_texts_are(texts: list[str]) -> None:
    rows = numbers.read_column(pl.Series(texts, dtype=pl.String)).to_dicts()
    alone = [numbers.read(text) for text in texts]
    assert [(r["decimal"], r["notation_key"], r["code"], r["fixes"]) for r in rows] == [
        (one.decimal, one.notation_key, one.code, "|".join(one.fixes)) for one in alone
    ]


def test_a_null_is_blank() -> None:
    assert numbers.read_column(pl.Series([None, "5"], dtype=pl.String))["decimal"].to_list() == [None, "5"]
