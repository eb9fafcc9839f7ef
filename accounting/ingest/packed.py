"""The words of a row as one integer: what millions of rows are grouped by.

Each word column becomes the places of its distinct texts, numbered as they are met; year and month are themselves.
The fields lie side by side in 64 bits, blank is 0. `unpacked` and `words` turn the integers back into texts once they
are few. A row whose word has a number beyond the bits of its field has no key: it is read like a row of any sheet.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import polars as pl

BITS = {"entity": 21, "category": 10, "item": 10, "unit": 7, "basis": 3, "year": 9, "month": 4}
DEMANDED = ("entity", "year", "category", "item", "unit")
FIRST_YEAR = 1899  # the year 1900 is 1: 0 is blank
Words = TypeVar("Words", pl.Expr, pl.Series)


@dataclass(frozen=True, slots=True)
class Packing:
    """The key columns of one table: `columns` by field, `dtypes` as the file has them; `numbering` of the words met."""

    columns: Mapping[str, str]
    dtypes: Mapping[str, pl.DataType]
    numbering: dict[str, pl.Series] = field(default_factory=dict)

    def number(self, name: str, words: Words) -> Words:
        """The place of each word of a field, a new one's the next; null where there is no word."""
        return words.cast(pl.String).cast(self._numbered(name)).to_physical().cast(pl.UInt32) + 1

    def _numbered(self, name: str) -> pl.DataType:
        """The type that numbers a field's words; polars forgets the numbers unless a series of it lives."""
        if name not in self.numbering:
            self.numbering[name] = pl.Series([], dtype=pl.Categorical(pl.Categories.random()))
        return self.numbering[name].dtype

    def placed(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """The rows with the place of each field's word beside them: what `key` and `unit` look at.

        Made first and once: polars would cast the words again in every expression that names them.
        """
        return rows.with_columns(self._place(name).alias(placed(name)) for name in self.columns)

    def _place(self, name: str) -> pl.Expr:
        if self.is_number(name):
            return self.place_of_number(name)
        return blank_is_zero(name, self.number(name, pl.col(self.columns[name])))

    def place_of_number(self, name: str) -> pl.Expr:
        """The place of a year or month that stands as a number; null where it is none."""
        column, first = pl.col(self.columns[name]), FIRST_YEAR if name == "year" else 0
        number = column.cast(pl.Int64, strict=False)
        whole = pl.lit(value=True) if self.dtypes[self.columns[name]].is_integer() else number == column
        place = pl.when(whole & number.is_between(first + 1, first + 2 ** BITS[name] - 1)).then(
            (number - first).cast(pl.UInt32)
        )
        return place if name in DEMANDED else pl.when(column.is_null()).then(0).otherwise(place)

    def range(self, name: str, least: float | None, most: float | None) -> tuple[int, int]:
        """The places that years or months from the least to the most may have, blank included where it may be."""
        first, end = FIRST_YEAR if name == "year" else 0, 2 ** BITS[name] - 1
        if least is None or most is None or not least <= most:  # no number, or none but NaN
            return 0, 0
        low, high = (math.floor(min(max(number - first, 1), end)) for number in (least, most))
        return (low if name in DEMANDED else 0), high

    def unit(self) -> pl.Expr:
        """The place of the unit in placed rows; 0 where the unit stands in the head."""
        return pl.col(placed("unit")) if "unit" in self.columns else pl.lit(0)

    def key(self) -> pl.Expr:
        """The packed key of placed rows; null where a demanded word is blank, a year or month is none, or one is beyond."""
        key = pl.lit(0, pl.UInt64)
        for name in self.columns:
            key = key * (2 ** BITS[name]) + pl.col(placed(name)).cast(pl.UInt64)
        return pl.when(~self.beyond()).then(key) if self._beyond() else key

    def beyond(self) -> pl.Expr:
        """Whether a word of a placed row has a number beyond the bits of its field."""
        beyond = [pl.col(placed(name)) >= 2 ** BITS[name] for name in self._beyond()]
        return pl.any_horizontal(beyond).fill_null(value=False) if beyond else pl.lit(value=False)

    def _beyond(self) -> list[str]:
        return [name for name in self.numbering if len(_categories(self._numbered(name))) >= 2 ** BITS[name]]

    def is_number(self, name: str) -> bool:
        """Whether a year or month column holds numbers; any other field is a word, whatever its type."""
        return name in ("year", "month") and self.dtypes[self.columns[name]].is_numeric()

    def most(self, name: str) -> int:
        """The largest place of a field that can be."""
        return 2 ** BITS[name] - 1 if self.is_number(name) else len(_categories(self._numbered(name)))

    def unpacked(self, keys: pl.Series) -> pl.DataFrame:
        """The places of each field, one column a field, in the order of `keys`."""
        places: dict[str, pl.Series] = {}
        rest = keys
        for name in reversed(list(self.columns)):
            places[name] = (rest % 2 ** BITS[name]).cast(pl.UInt32)
            rest = rest // 2 ** BITS[name]
        return pl.DataFrame(places)

    def words(self, name: str) -> pl.Series:
        """The words of a field by place; place 0 is blank."""
        if self.is_number(name):
            first = FIRST_YEAR if name == "year" else 0
            words = [str(first + place) for place in range(1, 2 ** BITS[name])]
        else:
            words = _categories(self._numbered(name)).to_list()
        return pl.Series(name, [None, *words], dtype=pl.String)


def blank_is_zero(name: str, places: Words) -> Words:
    """The places of a field, 0 where its word may be blank and is."""
    return places if name in DEMANDED else places.fill_null(0)


def placed(name: str) -> str:
    """The column of a field's place."""
    return f"{name} (place)"


def _categories(dtype: pl.DataType) -> pl.Series:
    assert isinstance(dtype, pl.Categorical)
    return dtype.categories.to_series()
