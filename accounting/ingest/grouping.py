"""Millions of rows added up by key in one pass, and the few keys judged afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import polars as pl

from accounting import codes, units
from accounting.errors import DataRefused, Where, finding
from accounting.exact import QUANTITY_DIGITS, decimals
from accounting.ingest import row_checks, words
from accounting.ingest.evidence import Decided
from accounting.ingest.fixed_point import Fixed, fixed
from accounting.ingest.headers import Head
from accounting.ingest.judged import Judged, judged
from accounting.ingest.long_table import SUBJECTS, Subject
from accounting.ingest.packed import Packing
from accounting.ingest.quantities import measure
from accounting.ingest.row_checks import JUDGES
from accounting.tables import TABLES

SAMPLE = 100_000
LISTED = 12
PACKED = ("entity", "year", "month", "category", "item", "unit", "basis")
_ROUNDED = 2**32  # rounded rows are counted in the upper half of one integer, rows not taken in the lower


@dataclass(frozen=True, slots=True)
class Grouped:
    """All rows of a table by packed key: `groups` has `key`, `sum` (Int128, 9 decimals), `taken` and `left`.

    `taken` counts the rows in the sum, `left` the others; the upper half of `left` those that were rounded.
    `places` has the place of each field's word, in the order of `groups`.
    """

    scan: pl.LazyFrame
    head: Head
    schema: Mapping[str, pl.DataType]
    packing: Packing
    quantity: Fixed
    groups: pl.DataFrame
    places: pl.DataFrame

    def verdicts(self, name: str) -> Judged:
        """The verdict on each word of a field, by its place."""
        words = self.packing.words(name)
        used = pl.int_range(len(words), eager=True).is_in(self.places[name].unique().implode())
        kinds = pl.repeat("text", len(words), dtype=pl.String, eager=True)
        judge, dtype = JUDGES[name]
        return judged(pl.select(pl.when(used).then(words)).to_series(), kinds, judge, dtype)

    def values(self, name: str) -> list[str | int]:
        """The distinct values of a field that can be read; none where there is no such column."""
        if name not in self.packing.columns:
            return []
        return self.verdicts(name).values.drop_nulls().unique().sort().to_list()


def grouped(scan: pl.LazyFrame, head: Head, schema: Mapping[str, pl.DataType]) -> Grouped:
    """Group all rows once; again where a unit turns up that the first rows do not show."""
    columns = {name: head.fields[name].text for name in PACKED if name in head.fields}
    packing = Packing(columns, schema)
    factors = _factors(scan.head(SAMPLE), head, packing)
    made = _pass(scan, head, packing, factors)
    if "unit" in columns and len(packing.words("unit")) - 1 > len(factors):
        every = _factors(pl.LazyFrame({columns["unit"]: packing.words("unit")}), head, packing)
        if len(every) > len(factors):
            made = _pass(scan, head, packing, every)
    return made


def _factors(shown: pl.LazyFrame, head: Head, packing: Packing) -> dict[int, Fraction]:
    """Base units in one of each unit, by the place of its spelling; none for a spelling that is refused."""
    if "unit" not in packing.columns:
        in_head = head.fields["quantity"].unit
        return {0: units.unit(in_head).factor} if in_head and _is_unit(in_head) else {}
    spelled = shown.select(pl.col(packing.columns["unit"]).cast(pl.String).unique()).collect().to_series()
    packing.number_first("unit", spelled.drop_nulls().sort())
    words = enumerate(packing.words("unit"))
    return {place: units.unit(word).factor for place, word in words if word is not None and _is_unit(word)}


def _is_unit(spelling: str) -> bool:
    try:
        units.unit(spelling)
    except DataRefused:
        return False
    return True


def _pass(scan: pl.LazyFrame, head: Head, packing: Packing, factors: Mapping[int, Fraction]) -> Grouped:
    column = head.fields["quantity"].text
    unit = packing.place("unit") if "unit" in packing.columns else pl.lit(0)
    made = fixed(column, packing.dtypes[column], unit, factors)
    integer = made.integer
    if "notation_key" in head.fields:
        written = pl.col(head.fields["notation_key"].text).cast(pl.String).str.strip_chars()
        integer = pl.when(written.is_null() | (written == "")).then(integer)
    quantity = Fixed(integer, made.rounded & integer.is_not_null())
    left = pl.col("integer").is_null().cast(pl.UInt64) + pl.col("rounded").cast(pl.UInt64) * _ROUNDED
    groups = (
        scan.select(packing.key().alias("key"), integer.alias("integer"), quantity.rounded.alias("rounded"))
        .group_by("key")
        .agg(
            pl.col("integer").cast(pl.Int128).sum().alias("sum"),
            pl.col("integer").count().alias("taken"),
            left.sum().alias("left"),
        )
        .collect()
    )
    places = packing.unpacked(groups["key"].fill_null(0))
    return Grouped(scan, head, packing.dtypes, packing, quantity, groups, places)


@dataclass(frozen=True, slots=True)
class Keys:
    """The judged keys: `sums` of the sound ones, `bad` packed keys, `left` rows still to be read one by one.

    `distinct` says that no two packed keys became one; `rounded` counts rounded rows.
    """

    grouped: Grouped
    sums: pl.DataFrame
    bad: pl.Series
    left: int
    rounded: int
    distinct: bool
    blank_keys: bool
    findings: list[dict[str, Any]] = field(default_factory=list)


def judged_keys(grouped: Grouped, said: Mapping[Subject, Decided], place: Where) -> Keys:
    """Judge every word, every unit of an item, every code in its year, once each."""
    verdicts = {name: grouped.verdicts(name) for name in JUDGES if name in grouped.packing.columns}
    keys = pl.concat([grouped.groups, grouped.places.rename("{}_place".format)], how="horizontal").with_columns(
        _values(name, found).gather(grouped.places[name]).alias(name) for name, found in verdicts.items()
    )
    keys = keys.with_columns(
        pl.lit(said[name].value, JUDGES[name][1]).alias(name) for name in SUBJECTS if name not in verdicts
    )
    measures = _measures(keys, grouped)
    keys = keys.join(measures, on=[c for c in measures.columns if c.endswith("_place")], how="left", maintain_order="left")
    keys = _with_standing(keys)
    demanded = ("key", "entity", "year", "category", "item", "base", "stands")
    sound = pl.all_horizontal(pl.col(name).is_not_null() for name in demanded)
    if "month" in verdicts:
        sound &= (pl.col("month_place") == 0) | pl.col("month").is_not_null()
    kept, lost = keys.filter(sound), keys.filter(~sound)
    return Keys(
        grouped,
        sums=_sums(kept.filter(pl.col("taken") > 0)),
        bad=lost["key"].drop_nulls(),
        left=int((kept["left"] % _ROUNDED).sum()) + lost.height,
        rounded=int((kept["left"] // _ROUNDED).sum()),
        distinct=_injective(verdicts, measures),
        blank_keys=bool(keys["key"].null_count()),
        findings=list(_tidied(verdicts, place)),
    )


def _values(name: str, found: Judged) -> pl.Series:
    """Values by place; a word that announces a total is none, whatever else it may be."""
    if name != "entity":
        return found.values
    return pl.select(pl.when(~row_checks.is_total(found.values).fill_null(value=False)).then(found.values)).to_series()


def _injective(verdicts: Mapping[str, Judged], measures: pl.DataFrame) -> bool:
    """Whether different words always mean different keys: no alias beside its id, no second unit of an item."""
    values = (found.values.drop_nulls() for found in verdicts.values())
    same = [name for name in measures.columns if name in ("item_place", "base", "basis")]
    sound = measures.filter(pl.col("base").is_not_null()).select(same)
    return all(value.n_unique() == len(value) for value in values) and sound.n_unique() == sound.height


def _measures(keys: pl.DataFrame, grouped: Grouped) -> pl.DataFrame:
    """`base` (null where the unit does not measure the item) and `basis` by the places of item, unit and basis."""
    parts = [name for name in ("item", "unit", "basis") if name in grouped.packing.columns]
    written = {name: grouped.packing.words(name) for name in parts}
    triples = keys.select(f"{name}_place" for name in parts).unique()
    in_head = grouped.head.fields["quantity"].unit
    made = [
        _measure({name: written[name][row[f"{name}_place"]] for name in parts}, in_head)
        for row in triples.rows(named=True)
    ]
    table = pl.DataFrame(made, schema={"base": pl.String, "basis": pl.String})
    return pl.concat([triples, table], how="horizontal")


def _measure(said: Mapping[str, str | None], in_head: str | None) -> dict[str, str | None]:
    none: dict[str, str | None] = {"base": None, "basis": None}
    unit = said.get("unit")
    if unit is not None and in_head is not None and units.normal(unit) != units.normal(in_head):
        return none
    try:
        item = str(words.item(said["item"] or "").value)
        found = measure(unit or in_head, item, (said.get("basis") or "").strip() or None)
    except DataRefused:
        return none
    return {"base": found.base, "basis": found.basis}


def _with_standing(keys: pl.DataFrame) -> pl.DataFrame:
    """Adds `stands`: true where the entity's code is in force in the year, else null."""
    pairs = keys.select("entity", "year").unique()
    stands = [_stands(entity, year) or None for entity, year in pairs.rows()]
    table = pairs.with_columns(pl.Series("stands", stands, dtype=pl.Boolean))
    return keys.join(table, on=["entity", "year"], how="left", nulls_equal=True, maintain_order="left")


def _stands(entity: str | None, year: int | None) -> bool:
    if entity is None or year is None:
        return False
    try:
        codes.entity(entity, year)
    except DataRefused:
        return False
    return True


def _sums(kept: pl.DataFrame) -> pl.DataFrame:
    month = pl.col("month") if "month" in kept.columns else pl.lit(None)
    columns = TABLES["sums"]
    return kept.select(
        "entity", "year",
        month.cast(columns["month"]).alias("month"),
        "category", "item",
        pl.col("base").alias("unit"),
        "basis",
        decimals(pl.col("sum"), QUANTITY_DIGITS).alias("quantity"),
        pl.lit(None, pl.String).alias("notation_key"),
    )  # fmt: skip


def _tidied(verdicts: Mapping[str, Judged], place: Where) -> Iterator[dict[str, Any]]:
    """One finding: how many different words were read otherwise than they were typed."""
    found = [str(value) for one in verdicts.values() for value in one.values.filter(one.tidied).to_list()]
    if found:
        told = ", ".join(found[:LISTED]) + (" …" if len(found) > LISTED else "")
        yield finding("text.tidied", "correction", "info", where=place, seen=len(found), count=len(found), cells=told)
