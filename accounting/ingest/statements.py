"""What may be counted beside what, so that no total is ever double (contract §3).

A balance sheet is a statement: at most one supplies an (entity, year); 标准量 serves reconciliation only. Two that
compete are both refused until the project says which to use. Long tables add up; a key that a statement also gives is
refused unless the project says that the table adds to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import polars as pl

from accounting import codes
from accounting.errors import Where, finding, rejection
from accounting.exact import decimals, integers, plain
from accounting.ingest import cell_lists
from accounting.ingest.account import LISTED
from accounting.ingest.balance import Balance
from accounting.ingest.continued import joined
from accounting.ingest.sources import Source
from accounting.tables import KEY, TABLES

SHARED_AT_LEAST = 0.5


@dataclass(frozen=True, slots=True)
class Statement:
    """A balance sheet of known entity and year."""

    source: Source
    balance: Balance
    entity: str
    year: int
    edition: str | None = None

    @property
    def where(self) -> Where:
        return Where(self.source.name, self.balance.sheet.name or None)

    @property
    def name(self) -> str:
        edition = f" [{self.edition}]" if self.edition else ""
        return f"{self.where}{edition}"


@dataclass(slots=True)
class Chosen:
    """Which statements count, which are set aside (with the finding that says so), which are refused."""

    counted: list[Statement] = field(default_factory=list)
    set_aside: list[tuple[Statement, dict[str, Any]]] = field(default_factory=list)
    refused: list[tuple[Statement, dict[str, Any]]] = field(default_factory=list)


def chosen(statements: Iterable[Statement]) -> Chosen:
    """At most one statement an (entity, year), as the project decides; else none of the competing ones."""
    groups: dict[tuple[str, int], list[Statement]] = {}
    for statement in joined(statements):
        groups.setdefault((statement.entity, statement.year), []).append(statement)
    result = Chosen()
    for group in groups.values():
        _choose(group, result)
    return result


def _choose(group: list[Statement], result: Chosen) -> None:
    put_aside = [s for s in group if s.source.declared.use is False]
    rest = [s for s in group if s.source.declared.use is not False]
    preferred = [s for s in rest if s.source.declared.use is True]
    candidates = [s for s in rest if s.balance.measure == "physical"]
    if not candidates:
        result.refused += [(s, _standard_only(s)) for s in rest]
        rest = []
    asked = [s for s in candidates if s in preferred]
    if asked and len(candidates) > len(asked):
        put_aside += [s for s in candidates if s not in asked]
        candidates = asked
    others = [s for s in rest if s not in candidates and s not in put_aside]
    used = candidates[0] if len(candidates) == 1 else None
    if used is not None:
        result.counted.append(used)
    else:
        result.refused += [(s, _twice(s, candidates)) for s in candidates]
    result.set_aside += [(s, _aside("statement.set_aside", s, used)) for s in others]
    result.set_aside += [(s, _aside("statement.not_used", s, used)) for s in put_aside]


def _standard_only(statement: Statement) -> dict[str, Any]:
    """标准量 without 实物量: its tonnes of standard coal are no activity data of any fuel."""
    return rejection(
        "statement.standard_only", statement.where, statement.name, severity="warning", entity=statement.entity,
        year=statement.year, cells=statement.balance.read,
    )  # fmt: skip


def _twice(statement: Statement, group: Sequence[Statement]) -> dict[str, Any]:
    rival = next(other for other in group if other is not statement)
    return rejection(
        "statement.twice", statement.where, statement.name, entity=statement.entity, year=statement.year,
        statements="; ".join(s.name for s in group), rival=rival.name, count=len(group),
        differ=differing_cells(statement.balance, rival.balance),
    )  # fmt: skip


def _aside(code: str, statement: Statement, used: Statement | None) -> dict[str, Any]:
    return finding(
        code, "duplicate", "info", where=statement.where, entity=statement.entity, year=statement.year,
        seen=statement.name, used=used.name if used else None, cells=statement.balance.read,
        other=used.name if used else "–",
    )  # fmt: skip


def differing_cells(one: Balance, other: Balance) -> int:
    """In how many cells (row × item) two statements differ; a cell that only one of them fills differs."""
    first, second = one.figures(), other.figures()
    return sum(first.get(key) != second.get(key) for key in first.keys() | second.keys())


@dataclass(frozen=True, slots=True)
class Supply:
    """What one file gives to the batch: its key sums, its rows (none for a Parquet table), and what it is.

    `rows` is Activity where the rows are at hand; `is_statement` tells balance sheets from tables that add up.
    """

    source: Source
    sums: pl.DataFrame
    rows: pl.DataFrame | None
    is_statement: bool


@dataclass(slots=True)
class Refusals:
    """Keys that must not be counted, per supply (in order), and the rejections that say so."""

    keys: list[pl.DataFrame]
    rejections: list[dict[str, Any]]


def contested(supplies: Sequence[Supply]) -> Refusals:
    """Keys given by a statement and by a table at once, and parents beside their children.

    A table whose source says `adds` may share keys with a statement. Comparison is by entity, year, category and
    item: a monthly table beside an annual statement is the same energy. At most 10,000 are listed, the others counted.
    """
    nested_pairs = _nested_pairs(_pairs_of(supplies))
    none = pl.DataFrame(schema=_PAIR_TYPES)
    if not nested_pairs and not any(supply.is_statement for supply in supplies):
        return Refusals([none] * len(supplies), [])
    held = pl.concat(
        [
            supply.sums.lazy()
            .select(PAIR)
            .unique()
            .with_columns(
                pl.lit(place, dtype=pl.UInt32).alias("supply"),
                pl.lit(supply.is_statement).alias("statement"),
                pl.lit(supply.source.declared.adds).alias("adds"),
            )
            for place, supply in enumerate(supplies)
        ]
    ).collect()
    shared, nested = _shared_with_statement(held), _nested(held, nested_pairs)
    children = nested.select(*PAIR[:2], *(pl.col(name).alias(as_key) for name, as_key in _CHILD.items()))
    gone = pl.concat([shared.select(_HELD), nested.select(_HELD), children.select(_HELD)]).unique()
    by_supply = gone.partition_by("supply", as_dict=True, include_key=False)
    keys = [by_supply.get((place,), none) for place in range(len(supplies))]
    return Refusals(keys, [*_told(shared, nested, held, supplies)])


PAIR = ["entity", "year", "category", "item"]
_HELD = [*PAIR, "supply"]
_CHILD = {"child_category": "category", "child_item": "item", "child_supply": "supply"}
_PAIR_TYPES = {name: TABLES["sums"][name] for name in PAIR}


def _shared_with_statement(held: pl.DataFrame) -> pl.DataFrame:
    """Rows of `held`, in order, whose key a statement and a table that does not add both give."""
    by_statement = held.filter("statement").select(PAIR).unique()
    by_table = held.filter(~pl.col("statement") & ~pl.col("adds")).select(PAIR).unique()
    shared = by_statement.join(by_table, on=PAIR, how="inner")
    return held.filter(~pl.col("adds")).join(shared, on=PAIR, how="semi").sort(_HELD)


def _nested(held: pl.DataFrame, pairs: list[tuple[tuple[str, str], tuple[str, str]]]) -> pl.DataFrame:
    """Pairs of keys of one entity and year of which one contains the other.

    Columns entity, year, category, item, supply (the parent) and child_category, child_item, child_supply. Items
    that only hold the rest (other gas, other petroleum products) stand beside their siblings within one file.
    """
    nested = [(*parent, *child, _is_rest(parent[1]) and parent[0] == child[0]) for parent, child in pairs]
    schema = {"category": pl.String, "item": pl.String, "child_category": pl.String, "child_item": pl.String,
              "siblings": pl.Boolean}  # fmt: skip
    table = pl.DataFrame(nested, schema=schema, orient="row")
    left = held.drop("statement", "adds").join(table, on=["category", "item"], how="inner")
    right = held.select(
        "entity", "year", pl.col("category").alias("child_category"), pl.col("item").alias("child_item"),
        pl.col("supply").alias("child_supply"),
    )  # fmt: skip
    found = left.join(right, on=["entity", "year", "child_category", "child_item"], how="inner")
    return found.filter(~(pl.col("siblings") & (pl.col("supply") == pl.col("child_supply")))).sort(
        *PAIR, "child_category", "child_item", "supply", "child_supply"
    )


def _pairs_of(supplies: Sequence[Supply]) -> list[tuple[str, str]]:
    """Every category and item that is supplied."""
    return sorted({pair for supply in supplies for pair in supply.sums.select("category", "item").unique().rows()})


def _nested_pairs(pairs: list[tuple[str, str]]) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """Pairs (category, item) of which the first contains the second."""
    known = set(pairs)
    found: list[tuple[tuple[str, str], tuple[str, str]]] = []
    for category, item in pairs:
        wider = [(c, i) for c in _lineage(category, codes.category_parents) for i in _lineage(item, codes.item_parents)]
        found += [(pair, (category, item)) for pair in wider if pair != (category, item) and pair in known]
    return sorted(found)


def _lineage(id: str, parents: Callable[[str], Sequence[str]]) -> list[str]:  # noqa: A002 - the field's word
    return [id, *parents(id)]


def _is_rest(item: str) -> bool:
    return item.startswith("other_")


def _told(
    shared: pl.DataFrame, nested: pl.DataFrame, held: pl.DataFrame, supplies: Sequence[Supply]
) -> Iterator[dict[str, Any]]:
    """One rejection a contested key or pair with both addresses, up to a bound; a file's further ones are counted."""
    listed, pairs = shared.head(LISTED), nested.head(max(0, LISTED - shared.height))
    children = pairs.select(*PAIR[:2], *(pl.col(name).alias(as_key) for name, as_key in _CHILD.items()))
    addresses = _addresses(pl.concat([listed.select(_HELD), pairs.select(_HELD), children.select(_HELD)]).unique(), supplies)
    partners = held.join(listed, on=PAIR, how="semi").group_by(PAIR).agg(pl.col("supply").sort().alias("partners"))
    rows = listed.join(addresses, on=_HELD, how="left", maintain_order="left").join(
        partners, on=PAIR, how="left", maintain_order="left"
    )
    for row in rows.iter_rows(named=True):
        yield _shared_rejection(row, supplies)
    of_child = addresses.rename(
        {as_key: name for name, as_key in _CHILD.items()} | {"where": "child_where", "seen": "child_seen"}
    )
    both = pairs.join(addresses, on=_HELD, how="left", maintain_order="left")
    both = both.join(of_child, on=[*PAIR[:2], *_CHILD], how="left", maintain_order="left")
    for row in both.iter_rows(named=True):
        yield _nested_rejection(row)
    further = pl.concat([shared["supply"].slice(LISTED), nested["supply"].slice(pairs.height)])
    for place, count in further.value_counts().sort("supply").iter_rows():
        yield rejection("key.unlisted", Where(supplies[place].source.name), count, listed=LISTED)


def _addresses(keys: pl.DataFrame, supplies: Sequence[Supply]) -> pl.DataFrame:
    """For each key of a supply where its first row stands (`where`: file, sheet, cell), and what it says (`seen`)."""
    held = keys.partition_by("supply", as_dict=True, include_key=False)
    found = [
        _first_rows(supplies[place], own).with_columns(pl.lit(place, pl.UInt32).alias("supply"))
        for (place,), own in held.items()
    ]
    return pl.concat([pl.DataFrame(schema=_ADDRESSED), *found], how="diagonal")


_ADDRESSED = {**_PAIR_TYPES, "where": pl.Struct({"file": pl.String, "sheet": pl.String, "cell": pl.String}), "seen": pl.String,
              "supply": pl.UInt32}  # fmt: skip


def _first_rows(supply: Supply, keys: pl.DataFrame) -> pl.DataFrame:
    """The first row of each key as it was reported; of a referenced table its first key sum."""
    if supply.rows is not None:
        rows = supply.rows.join(keys, on=PAIR, how="semi", maintain_order="left").unique(
            PAIR, keep="first", maintain_order=True
        )
        return rows.select(
            *PAIR,
            pl.struct("file", "sheet", "cell").alias("where"),
            pl.concat_str(pl.col("reported_value", "reported_unit").fill_null(""), separator=" ").alias("seen"),
        )
    sums = supply.sums.join(keys, on=PAIR, how="semi").sort(KEY).unique(PAIR, keep="first", maintain_order=True)
    amounts = [None if quantity is None else plain(quantity) for quantity in sums["quantity"]]
    return sums.select(
        *PAIR,
        pl.struct(
            pl.lit(supply.source.name).alias("file"),
            pl.lit(None, pl.String).alias("sheet"),
            pl.lit(None, pl.String).alias("cell"),
        ).alias("where"),
        pl.concat_str(pl.coalesce(pl.Series(amounts, dtype=pl.String), "notation_key"), "unit", separator=" ").alias("seen"),
    )


def _shared_rejection(row: dict[str, Any], supplies: Sequence[Supply]) -> dict[str, Any]:
    others = dict.fromkeys(supplies[place].source.name for place in row["partners"] if place != row["supply"])
    return rejection(
        "statement.and_table", Where(**row["where"]), row["seen"], **_key_names(row), other=cell_lists.first(others)
    )


def _nested_rejection(row: dict[str, Any]) -> dict[str, Any]:
    child = _key_names({**row, "category": row["child_category"], "item": row["child_item"]})
    return rejection(
        "key.parent_and_child",
        Where(**row["where"]),
        row["seen"],
        **_key_names(row),
        **{f"child_{name}": value for name, value in child.items()},
        child=str(Where(**row["child_where"])),
        child_seen=row["child_seen"],
    )


def _key_names(key: dict[str, Any]) -> dict[str, Any]:
    category, item = codes.category(key["category"]), codes.item(key["item"])
    return {
        "entity": key["entity"], "year": key["year"], "category_zh": category.name_zh, "category_en": category.name_en,
        "item_zh": item.name_zh, "item_en": item.name_en,
    }  # fmt: skip


def repeated(supplies: Sequence[Supply]) -> list[dict[str, Any]]:
    """Warnings `table.repeated`: two tables with the same non-zero key sums in half of the smaller one's keys."""
    tables = [supply for supply in supplies if not supply.is_statement]
    sums = [
        supply.sums.lazy()
        .filter(pl.col("quantity").is_not_null() & (integers(pl.col("quantity")) != 0))
        .select(*KEY, "quantity", pl.lit(place, dtype=pl.UInt32).alias("supply"))
        for place, supply in enumerate(tables)
    ]
    if len(sums) < 2:
        return []
    every = pl.concat(sums)
    counts = dict(every.group_by("supply").len().collect().iter_rows())
    pairs = (
        every.join(every, on=[*KEY, "quantity"], how="inner", nulls_equal=True, suffix="_other")
        .filter(pl.col("supply") < pl.col("supply_other"))
        .group_by("supply", "supply_other", "unit")
        .agg(pl.len().alias("keys"), integers(pl.col("quantity")).abs().sum().alias("quantity"))
        .with_columns(decimals(pl.col("quantity"), 9))
        .sort("supply", "supply_other", "unit")
        .collect()
    )
    return list(_repeated_findings(pairs, counts, tables))


def _repeated_findings(pairs: pl.DataFrame, counts: dict[int, int], tables: Sequence[Supply]) -> Iterable[dict[str, Any]]:
    for one, other in combinations(range(len(tables)), 2):
        shared = pairs.filter((pl.col("supply") == one) & (pl.col("supply_other") == other))
        smaller = min(counts.get(one, 0), counts.get(other, 0))
        if not smaller or shared["keys"].sum() < SHARED_AT_LEAST * smaller:
            continue
        amounts = ", ".join(f"{plain(row['quantity'])} {row['unit']}" for row in shared.to_dicts())
        yield finding(
            "table.repeated", "duplicate", "warning", where=Where(tables[other].source.name), seen=amounts,
            other=tables[one].source.name, keys=shared["keys"].sum(), smaller=smaller, amounts=amounts,
        )  # fmt: skip


def same_bytes(sources: Sequence[Source]) -> list[tuple[Source, dict[str, Any]]]:
    """Sources that hold the same bytes as an earlier one, with the rejection that names it."""
    first: dict[str, Source] = {}
    again: list[tuple[Source, dict[str, Any]]] = []
    for source in sources:
        earlier = first.setdefault(source.sha256, source)
        if earlier is not source:
            again.append((source, rejection("file.twice", Where(source.name), source.sha256[:12], other=earlier.name)))
    return again
