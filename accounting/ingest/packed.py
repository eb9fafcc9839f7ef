"""The words of a row as one integer: what millions of rows are grouped by.

Each word column becomes the places of its distinct texts, numbered as they are met; year and month are themselves.
The fields lie side by side in 64 bits, blank is 0. `unpacked` and `words` turn the integers back into texts once they
are few. A row whose word has a number beyond the bits of its field has no key: it is read like a row of any sheet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

BITS = {"entity": 21, "category": 10, "item": 10, "unit": 7, "basis": 3, "year": 9, "month": 4}
DEMANDED = ("entity", "year", "category", "item", "unit")
FIRST_YEAR = 1899  # the year 1900 is 1: 0 is blank


@dataclass(frozen=True, slots=True)
class Packing:
    """The key columns of one table: `columns` by field, `dtypes` as the file has them.

    `bounded` says that a field has more words than bits: then each row is looked at for it.
    """

    columns: Mapping[str, str]
    dtypes: Mapping[str, pl.DataType]
    numbering: dict[str, pl.Series] = field(default_factory=dict)
    bounded: bool = False

    def placed(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """The rows with the place of each field's word beside them: what `key` and `unit` look at.

        Made first and once: polars would cast the words again in every expression that names them.
        """
        return rows.with_columns(self._place(name).alias(_placed(name)) for name in self.columns)

    def _place(self, name: str) -> pl.Expr:
        """The number of a field's word in its row (from 1); null where it is blank, or a year that is none."""
        column = pl.col(self.columns[name])
        if self.is_number(name):
            first = FIRST_YEAR if name == "year" else 0
            number = column.cast(pl.Int64, strict=False) - first
            exact = (column.cast(pl.Int64, strict=False) == column) & number.is_between(1, 2 ** BITS[name] - 1)
            place = pl.when(exact).then(number)
        else:
            place = column.cast(pl.String).cast(self._numbered(name)).to_physical().cast(pl.Int64) + 1
        if name in DEMANDED:
            return place
        return pl.when(column.is_null()).then(0).otherwise(place)

    def unit(self) -> pl.Expr:
        """The place of the unit in placed rows; 0 where the unit stands in the head."""
        return pl.col(_placed("unit")) if "unit" in self.columns else pl.lit(0)

    def key(self) -> pl.Expr:
        """The packed key of placed rows; null where a demanded word is blank, a year or month is none, or one is beyond."""
        key = pl.lit(0, pl.UInt64)
        for name in self.columns:
            key = key * (2 ** BITS[name]) + pl.col(_placed(name)).cast(pl.UInt64)
        return pl.when(~self.beyond()).then(key) if self.bounded else key

    def beyond(self) -> pl.Expr:
        """Whether a word of a placed row has a number beyond the bits of its field."""
        if not self.bounded:
            return pl.lit(value=False)
        return pl.any_horizontal(pl.col(_placed(name)) >= 2 ** BITS[name] for name in self.numbering).fill_null(value=False)

    def overflows(self) -> bool:
        """Whether a field has met more words than its bits can number."""
        return any(len(self.words(name)) > 2 ** BITS[name] for name in self.numbering)

    def _numbered(self, name: str) -> pl.DataType:
        """The type that numbers a field's words; polars forgets the numbers unless a series of it lives."""
        if name not in self.numbering:
            self.numbering[name] = pl.Series([], dtype=pl.Categorical(pl.Categories.random()))
        return self.numbering[name].dtype

    def place_in_key(self, name: str) -> pl.Expr:
        """The place of a field, taken from a column `key`."""
        below = list(self.columns)[list(self.columns).index(name) + 1 :]
        shift = 2 ** sum(BITS[after] for after in below)
        return (pl.col("key") // shift % 2 ** BITS[name]).cast(pl.Int64)

    def number_first(self, name: str, words: pl.Series) -> None:
        """Give these words of a field the places 1, 2, 3, … before any row is met."""
        words.cast(self._numbered(name))

    def is_number(self, name: str) -> bool:
        """Whether a year or month column holds numbers; any other field is a word, whatever its type."""
        return name in ("year", "month") and self.dtypes[self.columns[name]].is_numeric()

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


def _placed(name: str) -> str:
    return f"{name} (place)"


def _categories(dtype: pl.DataType) -> pl.Series:
    assert isinstance(dtype, pl.Categorical)
    return dtype.categories.to_series()
