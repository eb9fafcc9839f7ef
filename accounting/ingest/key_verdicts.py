"""The keys of a grouped table judged: words, units of items, codes in their year, each once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from accounting import codes, units
from accounting.errors import DataRefused, Where
from accounting.exact import QUANTITY_DIGITS, decimals
from accounting.ingest import row_checks
from accounting.ingest.counts import CELLS, Counted
from accounting.ingest.evidence import Decided
from accounting.ingest.grouping import Grouped
from accounting.ingest.judged import Judged
from accounting.ingest.long_table import SUBJECTS, Subject
from accounting.ingest.packed import BITS
from accounting.ingest.quantities import Measure, measure
from accounting.ingest.row_checks import JUDGES
from accounting.ingest.transfers import SOURCE
from accounting.ranks import coded, in_order
from accounting.tables import KEY, TABLES

_MEASURED = ("item", "unit", "basis")  # what decides the base unit


@dataclass(frozen=True, slots=True)
class Keys:
    """The judged keys: `sums` of the sound ones, the `bad` packed keys, and whether rows are `left`.

    Left are the rows of bad keys, of keys that are read one by one (`apart`: non-energy use, of which transfers
    are made), and rows that the fast way did not take. `distinct` says that no two packed keys became one;
    `rounded` counts rounded rows; `blanks` that rows without a key are there.
    """

    grouped: Grouped
    sums: pl.DataFrame
    bad: pl.Series
    apart: pl.Series
    left: bool
    rounded: int
    distinct: bool
    blanks: bool
    counts: list[Counted]


def judged_keys(grouped: Grouped, said: Mapping[Subject, Decided], place: Where) -> Keys:
    """Judge every key; `said` gives entity or year where no column does."""
    verdicts = {name: grouped.verdicts(name) for name in JUDGES if name in grouped.packing.columns}
    values = {name: _values(name, found) for name, found in verdicts.items()}
    for name in SUBJECTS:
        values.setdefault(name, pl.Series([said[name].value], dtype=JUDGES[name][1]))
    places = grouped.places.with_columns(
        pl.lit(0, pl.UInt32).alias(name) for name in (*values, *_MEASURED) if name not in grouped.places.columns
    )
    measures, fallen = _measures(grouped, places, values), _fallen(places, values)
    keys = pl.concat([grouped.groups, places], how="horizontal")
    keys = keys.with_columns(_together(_MEASURED).alias("measure"), _together(SUBJECTS).alias("pair"))
    keys = keys.join(measures, on="measure", how="left", maintain_order="left")
    sound = keys.select(
        pl.col("key").is_not_null()
        & pl.col("base").is_not_null()
        & ~pl.col("pair").is_in(fallen.implode())
        & pl.all_horizontal(_readable(name, by_place) for name, by_place in values.items())
    ).to_series()
    special = keys["category"].is_in(_places_of(values["category"], SOURCE).implode())
    kept, lost, apart = keys.filter(sound & ~special), keys.filter(~sound), keys.filter(sound & special)
    return Keys(
        grouped,
        sums=_sums(kept.filter(pl.col("rows") > 0), values),
        bad=lost["key"].drop_nulls(),
        apart=apart["key"],
        left=bool(lost.height or apart.height or kept["left"].sum()),
        rounded=int(kept["rounded"].sum()),
        distinct=_injective(verdicts, measures),
        blanks=bool(keys["key"].null_count()),
        counts=list(_tidied(verdicts, kept, place)),
    )


def _values(name: str, found: Judged) -> pl.Series:
    """Values by place; an entity that announces a total is none."""
    if name != "entity":
        return found.values
    total = row_checks.is_total(found.values).fill_null(value=False)
    return found.values.to_frame("value").select(pl.when(~total).then("value")).to_series()


def _readable(name: str, by_place: pl.Series) -> pl.Expr:
    readable = by_place.is_not_null().to_frame("readable").with_row_index("place").filter("readable")["place"]
    blank = pl.col(name) == 0 if name == "month" else pl.lit(value=False)
    return blank | pl.col(name).is_in(readable.implode())


def _places_of(by_place: pl.Series, value: str) -> pl.Series:
    return by_place.to_frame("value").with_row_index("place").filter(pl.col("value") == value)["place"]


def _together(names: Sequence[str]) -> pl.Expr:
    """The places of some fields as one integer."""
    together = pl.lit(0, pl.UInt64)
    for name in names:
        together = together * 2 ** BITS[name] + pl.col(name).cast(pl.UInt64)
    return together


def _measures(grouped: Grouped, places: pl.DataFrame, values: Mapping[str, pl.Series]) -> pl.DataFrame:
    """`base` unit and `basis` in force of each item, unit and basis that stand together; refused ones are absent."""
    columns = grouped.packing.columns
    spelled = {name: grouped.packing.words(name) for name in ("unit", "basis") if name in columns}
    in_head = grouped.head.fields["quantity"].unit
    triples = places.select(_together(_MEASURED).alias("measure"), *_MEASURED).unique()
    made: list[dict[str, Any]] = []
    for row in triples.rows(named=True):
        said = {name: words[row[name]] for name, words in spelled.items()}
        one = _measure(values["item"][row["item"]], said.get("unit"), said.get("basis"), in_head)
        if one is not None:
            made.append({"measure": row["measure"], "of": row["item"], "base": one.base, "in_force": one.basis})
    found = pl.DataFrame(made, schema={"measure": pl.UInt64, "of": pl.UInt32, "base": pl.String, "in_force": pl.String})
    return coded(found, ("base", "in_force"))


def _measure(item: str | None, unit: str | None, basis: str | None, in_head: str | None) -> Measure | None:
    if item is None or (unit is not None and in_head is not None and units.normal(unit) != units.normal(in_head)):
        return None
    try:
        return measure(unit or in_head, item, (basis or "").strip() or None)
    except DataRefused:
        return None


def _fallen(places: pl.DataFrame, values: Mapping[str, pl.Series]) -> pl.Series:
    """The pairs of entity and year, as one integer, whose code is not in force in the year."""
    words = values["entity"].to_frame("word").with_row_index("place")
    of_codes = words.filter(pl.col("word").str.contains(codes.REGION_CODE))["place"]
    pairs = (
        places.filter(pl.col("entity").is_in(of_codes.implode())).select(_together(SUBJECTS).alias("pair"), *SUBJECTS).unique()
    )
    fallen = [
        pair["pair"]
        for pair in pairs.rows(named=True)
        if not _stands(values["entity"][pair["entity"]], values["year"][pair["year"]])
    ]
    return pl.Series(fallen, dtype=pl.UInt64)


def _stands(code: str, year: int | None) -> bool:
    if year is None:
        return False
    try:
        codes.stands(code, year)
    except DataRefused:
        return False
    return True


def _injective(verdicts: Mapping[str, Judged], measures: pl.DataFrame) -> bool:
    """Whether different words always mean different keys: no alias beside its id, no second unit of an item."""
    values = (found.values.drop_nulls() for found in verdicts.values())
    same = measures.select("of", "base", "in_force")
    return all(value.n_unique() == len(value) for value in values) and same.n_unique() == same.height


def _sums(kept: pl.DataFrame, values: Mapping[str, pl.Series]) -> pl.DataFrame:
    """The portions of the keys in the order of their words, which are coded: nobody has to look at a text again."""
    words = [_coded(by_place).gather(kept[name]).alias(name) for name, by_place in values.items()]
    if "month" not in values:
        words.append(pl.repeat(None, kept.height, dtype=TABLES["sums"]["month"], eager=True).alias("month"))
    sums = kept.select("base", "in_force", "rows", decimals(pl.col("sum"), QUANTITY_DIGITS).alias("quantity")).select(
        *words,
        pl.col("base").alias("unit"),
        pl.col("in_force").alias("basis"),
        "quantity",
        pl.lit(None, pl.String).alias("notation_key"),
        "rows",
        pl.lit(value=False).alias("made"),
    )  # fmt: skip
    return in_order(coded(sums, KEY), KEY)


def _coded(values: pl.Series) -> pl.Series:
    return coded(values.to_frame("value"), ["value"])["value"]


def _tidied(verdicts: Mapping[str, Judged], kept: pl.DataFrame, place: Where) -> Iterator[Counted]:
    """How many words of the rows that are in the sums were read otherwise than they were typed, and which."""
    for name, one in verdicts.items():
        places = one.tidied.arg_true()
        rows = int(kept.filter(pl.col(name).is_in(places.implode()))["rows"].sum())
        if rows:
            words = one.values.gather(places).head(CELLS).cast(pl.String).to_list()
            yield Counted("text.tidied", place.file, rows, words)
