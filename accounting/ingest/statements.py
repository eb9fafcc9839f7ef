"""What may be counted beside what, so that no total is ever double (contract §3).

A balance sheet is a statement: at most one supplies an (entity, year). 标准量 serves reconciliation while 实物量 is
there. Two that compete are both refused until the project says which to use. Long tables add up; a key that a
statement also gives is refused unless the project says that the table adds to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import polars as pl

from accounting import codes
from accounting.errors import Where, finding, rejection
from accounting.exact import decimals, integers, plain
from accounting.ingest.balance import Balance
from accounting.ingest.sources import Source
from accounting.tables import KEY, TABLES

SHARED_AT_LEAST = 0.5
LISTED = 12


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
    for statement in statements:
        groups.setdefault((statement.entity, statement.year), []).append(statement)
    result = Chosen()
    for group in groups.values():
        _choose(group, result)
    return result


def _choose(group: list[Statement], result: Chosen) -> None:
    put_aside = [s for s in group if s.source.declared.use is False]
    rest = [s for s in group if s.source.declared.use is not False]
    preferred = [s for s in rest if s.source.declared.use is True]
    by_measure = {m: [s for s in rest if s.balance.measure == m] for m in ("physical", "standard_coal")}
    candidates = by_measure["physical"] or by_measure["standard_coal"]
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
    item: a monthly table beside an annual statement is the same energy.
    """
    rejections: list[dict[str, Any]] = []
    nested_pairs = _nested_pairs(_pairs_of(supplies))
    if not nested_pairs and not any(supply.is_statement for supply in supplies):
        return Refusals([pl.DataFrame(schema=_PAIR_TYPES)] * len(supplies), rejections)
    held = pl.concat(
        [
            supply.sums.lazy()
            .select("entity", "year", "category", "item")
            .unique()
            .with_columns(
                pl.lit(place, dtype=pl.UInt32).alias("supply"),
                pl.lit(supply.is_statement).alias("statement"),
                pl.lit(supply.source.declared.adds).alias("adds"),
            )
            for place, supply in enumerate(supplies)
        ]
    ).collect()
    shared = _shared_with_statement(held)
    nested = _nested(held, nested_pairs)
    for row in shared.sort("entity", "year", "category", "item", "supply").to_dicts():
        rejections.append(_shared_rejection(row, held, supplies))
    for row in nested.to_dicts():
        rejections.append(_nested_rejection(row, supplies))
    both = nested.select("entity", "year", pl.col("category").alias("category"), "item", "supply")
    children = nested.select(
        "entity", "year", pl.col("child_category").alias("category"), pl.col("child_item").alias("item"),
        pl.col("child_supply").alias("supply"),
    )  # fmt: skip
    gone = pl.concat([shared.select(both.columns), both, children]).unique()
    return Refusals([gone.filter(pl.col("supply") == place).drop("supply") for place in range(len(supplies))], rejections)


PAIR = ["entity", "year", "category", "item"]
_PAIR_TYPES = {name: TABLES["sums"][name] for name in PAIR}


def _shared_with_statement(held: pl.DataFrame) -> pl.DataFrame:
    """Rows of `held` whose key a statement and a table that does not add both give."""
    by_statement = held.filter("statement").select(PAIR).unique()
    by_table = held.filter(~pl.col("statement") & ~pl.col("adds")).select(PAIR).unique()
    shared = by_statement.join(by_table, on=PAIR, how="inner")
    return held.filter(~pl.col("adds")).join(shared, on=PAIR, how="semi")


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


def _shared_rejection(row: dict[str, Any], held: pl.DataFrame, supplies: Sequence[Supply]) -> dict[str, Any]:
    key = {name: row[name] for name in PAIR}
    others = held.filter(pl.all_horizontal(pl.col(name) == value for name, value in key.items()))["supply"].to_list()
    names = [supplies[place].source.name for place in others if place != row["supply"]]
    where, seen = _address(supplies[row["supply"]], key)
    return rejection("statement.and_table", where, seen, **_key_names(key), other=", ".join(dict.fromkeys(names)))


def _nested_rejection(row: dict[str, Any], supplies: Sequence[Supply]) -> dict[str, Any]:
    parent = {name: row[name] for name in PAIR}
    child = {**parent, "category": row["child_category"], "item": row["child_item"]}
    where, seen = _address(supplies[row["supply"]], parent)
    child_where, child_seen = _address(supplies[row["child_supply"]], child)
    names = {f"child_{name}": value for name, value in _key_names(child).items()}
    return rejection(
        "key.parent_and_child",
        where,
        seen,
        **_key_names(parent),
        **names,
        child=str(child_where),
        child_seen=child_seen,
    )


def _address(supply: Supply, key: dict[str, Any]) -> tuple[Where, str]:
    """Where the first row of a key stands and what it says; for a referenced table the file and the key sum."""
    wanted = [pl.col(name) == value for name, value in key.items()]
    if supply.rows is not None and (rows := supply.rows.filter(*wanted)).height:
        row = rows.row(0, named=True)
        return Where(row["file"], row["sheet"], row["cell"]), f"{row['reported_value'] or ''} {row['reported_unit'] or ''}"
    sums = supply.sums.filter(*wanted).row(0, named=True)
    value = plain(sums["quantity"]) if sums["quantity"] is not None else sums["notation_key"]
    return Where(supply.source.name), f"{value} {sums['unit']}"


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
