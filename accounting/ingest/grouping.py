"""Millions of rows added up by packed key: batch by batch, each row's quantity an exact integer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from accounting import units
from accounting.errors import DataRefused
from accounting.ingest.ahead import ahead
from accounting.ingest.fixed_point import doubles, first_look, second_look
from accounting.ingest.headers import Head
from accounting.ingest.judged import Judged, judged
from accounting.ingest.packed import Packing
from accounting.ingest.row_checks import JUDGES
from accounting.ingest.row_groups import AHEAD, RowGroups
from accounting.ingest.slots import Ranges, Slots

BATCH = 12_000_000
PlacedRows = Callable[[], pl.DataFrame]
PACKED = ("entity", "year", "month", "category", "item", "unit", "basis")


@dataclass(frozen=True, slots=True)
class Grouped:
    """All rows of a table by packed key.

    `groups`: `key`, `sum` (Int128 at 9 decimals), `rows` that are in the sum, `left` (rows that are not) and
    `rounded` (rows that were rounded). `places`: the place of each field's word, in that order; `judged` are the
    verdicts that were asked for.
    """

    scan: pl.LazyFrame
    head: Head
    packing: Packing
    factors: Mapping[int, Fraction]
    groups: pl.DataFrame
    places: pl.DataFrame
    judged: dict[str, Judged] = field(default_factory=dict)

    def verdicts(self, name: str) -> Judged:
        """The verdict on each word of a field, by its place."""
        if name not in self.judged:
            self.judged[name] = self._verdicts(name)
        return self.judged[name]

    def _verdicts(self, name: str) -> Judged:
        words = self.packing.words(name)
        used = pl.int_range(len(words), eager=True).is_in(self.places[name].unique().implode())
        kinds = pl.repeat("text", len(words), dtype=pl.String, eager=True)
        judge, dtype = JUDGES[name]
        return judged(words.to_frame("word").select(pl.when(used).then("word")).to_series(), kinds, judge, dtype)

    def values(self, name: str) -> list[str | int]:
        """The distinct values of a field that can be read; none where there is no such column."""
        if name not in self.packing.columns:
            return []
        return self.verdicts(name).values.drop_nulls().unique().sort().to_list()


def grouped(path: Path, scan: pl.LazyFrame, head: Head, schema: Mapping[str, pl.DataType]) -> Grouped:
    """Group all rows of the table in the file that `scan` reads."""
    packing = Packing({name: head.fields[name].text for name in PACKED if name in head.fields}, schema)
    beside = [head.fields[name].text for name in ("quantity", "notation_key") if name in head.fields]
    table = RowGroups(path, packing, beside, pq.read_metadata(path))
    parts: list[pl.DataFrame] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for groups in table.batches(BATCH):
            with_slots = _with_slots(table.placed(groups, pool), packing, table.rows(groups))
            asked = ((rows, _factors(head, packing), slots) for rows, slots in with_slots)
            taken = ahead(pool, lambda one: _taken(one[0], head, packing, *one[1:]), asked, AHEAD)
            parts += _added(taken)
    groups = parts[0] if len(parts) == 1 else _summed(pl.concat(parts))
    return Grouped(scan, head, packing, _factors(head, packing), groups, packing.unpacked(groups["key"].fill_null(0)))


def _factors(head: Head, packing: Packing) -> dict[int, Fraction]:
    """Base units in one of each unit that was met, by the place of its spelling; none for a spelling that is refused."""
    if "unit" not in packing.columns:
        in_head = head.fields["quantity"].unit
        return {0: units.unit(in_head).factor} if in_head and is_unit(in_head) else {}
    words = enumerate(packing.words("unit"))
    return {place: units.unit(word).factor for place, word in words if word is not None and is_unit(word)}


def is_unit(spelling: str) -> bool:
    """Whether a spelling is one of the closed list."""
    try:
        units.unit(spelling)
    except DataRefused:
        return False
    return True


def untaken(head: Head, packing: Packing, factors: Mapping[int, Fraction]) -> pl.Expr:
    """Whether a placed row is left for `leftover`: the same decision as that of the batches."""
    integer = _first(head, packing, factors)
    if not _is_float(head, packing):
        return integer.is_null()
    more, _ = second_look(_quantity(head, packing), packing.unit(), factors)
    return integer.is_null() & ~_without_key(head, more.is_not_null())


def rounded(head: Head, packing: Packing, factors: Mapping[int, Fraction]) -> pl.Expr:
    """Whether a placed row was taken rounded."""
    _, near = second_look(_quantity(head, packing), packing.unit(), factors)
    return _first(head, packing, factors).is_null() & _without_key(head, near)


def _quantity(head: Head, packing: Packing) -> pl.Expr:
    column = head.fields["quantity"].text
    return doubles(column, packing.dtypes[column])


def _is_float(head: Head, packing: Packing) -> bool:
    return packing.dtypes[head.fields["quantity"].text].is_float()


def _first(head: Head, packing: Packing, factors: Mapping[int, Fraction]) -> pl.Expr:
    column = head.fields["quantity"].text
    integer = first_look(column, packing.dtypes[column], packing.unit(), factors)
    return integer if "notation_key" not in head.fields else pl.when(_without_key(head, pl.lit(value=True))).then(integer)


def _without_key(head: Head, taken: pl.Expr) -> pl.Expr:
    """A row with a notation key of its own is never taken."""
    if "notation_key" not in head.fields:
        return taken
    written = pl.col(head.fields["notation_key"].text).cast(pl.String).str.strip_chars()
    return taken & (written.is_null() | (written == ""))


def _with_slots(
    placed: Iterable[tuple[PlacedRows, Ranges]], packing: Packing, most: int
) -> Iterator[tuple[PlacedRows, Slots | None]]:
    """Rows with the slots of their keys, of which there may be so many; new ones where keys outgrow them."""
    slots: Slots | None = None
    for rows, numbers in placed:
        if slots is None or not slots.hold(packing, numbers):
            slots = Slots.of(packing, numbers, most)
        yield rows, slots


@dataclass(frozen=True, slots=True)
class _Taken:
    """Rows of a row group: the `integer` of those taken at first look, by slot or else by `key`, and the others by key.

    Of the others `integer` or `key` may be null, and `rounded` says whether the row was rounded.
    """

    slots: Slots | None
    first: pl.DataFrame
    others: pl.DataFrame


def _taken(rows: PlacedRows, head: Head, packing: Packing, factors: Mapping[int, Fraction], slots: Slots | None) -> _Taken:
    placed = rows()
    where = packing.key() if slots is None else slots.slot()
    looked = placed.select(where.alias("at"), _first(head, packing, factors).alias("integer"))
    if not any(looked[name].has_nulls() for name in looked.columns):
        return _Taken(slots, looked, pl.DataFrame())
    more, near = pl.lit(None, pl.Int64), pl.lit(value=False)
    if _is_float(head, packing):
        free = _without_key(head, pl.lit(value=True))
        more, near = (pl.when(free).then(made) for made in second_look(_quantity(head, packing), packing.unit(), factors))
    first = pl.col("integer")
    others = pl.concat([looked, placed], how="horizontal").filter(pl.any_horizontal(pl.col("at", "integer").is_null()))
    told = others.select(
        packing.key().alias("key"), pl.coalesce(first, more).alias("integer"), (near & first.is_null()).alias("rounded")
    )
    return _Taken(slots, looked.drop_nulls(), told)


def _added(taken: Iterable[_Taken]) -> Iterator[pl.DataFrame]:
    """The groups of rows, in pieces."""
    slots: Slots | None = None
    keyed: list[pl.DataFrame] = []
    others: list[pl.DataFrame] = []
    for part in taken:
        if slots is not None and part.slots is not slots:
            yield slots.groups()
        slots = part.slots
        if slots is None:
            keyed.append(part.first)
        else:
            slots.add(part.first["at"], part.first["integer"])
        if part.others.height:
            others.append(part.others)
    if slots is not None:
        yield slots.groups()
    if keyed:
        yield _hashed(keyed)
    if others:
        yield _told(pl.concat(others))


def _hashed(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """What `Slots.groups` gives, for rows of any keys; in no order."""
    rows = pl.concat(parts, rechunk=True).rename({"at": "key"})
    parts.clear()
    sums = pl.col("integer").cast(pl.Int128).sum().alias("sum"), pl.len().alias("rows")
    groups = rows.lazy().group_by("key").agg(sums).collect()
    return groups.with_columns(pl.lit(0, pl.UInt32).alias(name) for name in ("left", "rounded"))


def _told(others: pl.DataFrame) -> pl.DataFrame:
    """The groups of `_Taken.others`."""
    taken = pl.col("integer").is_not_null()
    return others.group_by("key").agg(
        pl.col("integer").cast(pl.Int128).sum().alias("sum"),
        taken.sum().alias("rows"),
        (~taken).sum().alias("left"),
        (pl.col("rounded") & taken).sum().alias("rounded"),
    )


def _summed(groups: pl.DataFrame) -> pl.DataFrame:
    """Groups of groups: sums of exact sums are exact."""
    return groups.group_by("key").agg(pl.col("sum", "rows", "left", "rounded").sum())
