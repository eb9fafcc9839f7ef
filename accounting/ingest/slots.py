"""Rows of packed keys added up by direct address: every key that could be has a slot, and no key is ever looked for.

Only where the slots are no more than the rows, as in the tables of a region's years; others are grouped by hashing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from accounting.ingest.packed import BITS, DEMANDED, Packing, placed

PIECE = 2**15  # rows at a time: what is made of them stays in the cache
_HALF = 32  # integers are added in halves, so that sums of 2^31 of them have room
_LOW = 2**_HALF - 1
Ranges = Mapping[str, tuple[int, int]]  # of year and month, by their places


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a key: the places that it takes (`size` from `least` on), and how many slots lie between two of them."""

    name: str
    least: int
    size: int
    stride: int

    @property
    def most(self) -> int:
        return self.least + self.size - 1


class Slots:
    """The sums of all keys whose places lie in `fields`, the last of a key first."""

    def __init__(self, fields: list[Field]) -> None:
        self.fields = fields
        self.rows, self.low, self.high = (np.zeros(fields[-1].stride * fields[-1].size, np.int64) for _ in range(3))

    @classmethod
    def of(cls, packing: Packing, numbers: Ranges, most: int) -> Slots | None:
        """Slots for all keys of the words met and of numbers in these ranges; None where they are more than `most`.

        Up to `most` there is room for keys that differ from them in the first field alone.
        """
        fields = _fields(packing, numbers)
        *others, first = fields
        room = most // first.stride - first.size if first.stride else -1
        if room < 0 or any(field.most >= 2 ** BITS[field.name] for field in fields):
            return None
        return cls([*others, replace(first, size=min(first.size + room, 2 ** BITS[first.name] - first.least))])

    def hold(self, packing: Packing, numbers: Ranges) -> bool:
        """Whether every key of the words met and of numbers in these ranges has a slot."""
        return all(
            mine.least <= theirs.least and theirs.most <= mine.most
            for mine, theirs in zip(self.fields, _fields(packing, numbers), strict=True)
        )

    def slot(self) -> pl.Expr:
        """The slot of placed rows, their places as the digits of one number; null where a demanded place is null."""
        told = [field for field in self.fields if field.size > 1 or field.name in DEMANDED]
        first = pl.lit(-sum(field.least * field.stride for field in told), pl.Int64)
        return pl.sum_horizontal(
            first, *(pl.col(placed(field.name)).cast(pl.Int64) * field.stride for field in told), ignore_nulls=False
        )

    def add(self, slots: pl.Series, integers: pl.Series) -> None:
        """Add each integer (Int64) to its slot; neither has nulls."""
        at, whole = slots.to_numpy(), integers.to_numpy()
        for start in range(0, len(at), PIECE):
            to, piece = at[start : start + PIECE], whole[start : start + PIECE]
            np.add.at(self.rows, to, 1)
            np.add.at(self.low, to, piece & _LOW)
            np.add.at(self.high, to, piece >> _HALF)

    def groups(self) -> pl.DataFrame:
        """What was added, by packed `key` in order: `sum` (Int128), `rows`, and of rows `left` and `rounded` none."""
        used = np.flatnonzero(self.rows)
        columns = {"slot": used, "rows": self.rows[used], "low": self.low[used], "high": self.high[used]}
        total = pl.col("high").cast(pl.Int128) * 2**_HALF + pl.col("low")
        none = pl.lit(0, pl.UInt32)
        return pl.DataFrame(columns).select(
            self._key(), total.alias("sum"), pl.col("rows").cast(pl.UInt32), none.alias("left"), none.alias("rounded")
        )

    def _key(self) -> pl.Expr:
        """The packed key of a slot."""
        key, shift = pl.lit(0, pl.UInt64), 0
        for field in self.fields:
            place = pl.col("slot") // field.stride % field.size + field.least
            key = key + place.cast(pl.UInt64) * 2**shift
            shift += BITS[field.name]
        return key.alias("key")


def _fields(packing: Packing, numbers: Ranges) -> list[Field]:
    """The fields of a key, the last first."""
    fields: list[Field] = []
    stride = 1
    for name in reversed(list(packing.columns)):
        least, most = numbers[name] if packing.is_number(name) else (1 if name in DEMANDED else 0, packing.most(name))
        fields.append(Field(name, least, most - least + 1, stride))
        stride *= fields[-1].size
    return fields
