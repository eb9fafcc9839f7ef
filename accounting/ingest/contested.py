"""Figures that stand for the same energy: refused on both sides, each cell once, with the address of the other side.

    statement.and_table       a balance sheet and a table give one key, and no project says that the table adds
    key.parent_and_child      a whole beside its parts: industry and industry/C30, raw coal and anthracite
    key.month_and_year        the months of a year beside the year
    exclusive.*               two ways to say one thing: fuel sold and vehicle-kilometres (datasets/codes/exclusive.csv)

Compared is what was reported, by entity, year, category and item, whatever its unit and basis; transfers follow the
figures that they were made of.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from typing import Any

import polars as pl

from accounting import codes
from accounting.codes import Pair
from accounting.errors import LANGS, Where, finding, rejection
from accounting.exact import QUANTITY_DIGITS, decimals, integers, plain
from accounting.ingest import cell_lists
from accounting.ingest.account import LISTED
from accounting.ingest.batch import PLACE, PLACES, Part
from accounting.ingest.words import BETWEEN
from accounting.ledger import PAIR

KINDS = ("statement.and_table", "key.parent_and_child", "key.month_and_year")  # and those of rules; the first that fits is told
KEY = [*PLACE, "part"]
_OTHER = {"category": "o_category", "item": "o_item", "monthly": "o_monthly", "part": "o_part"}
_MEETING = ["entity", "year", "o_category", "o_item"]
_EDGE = [*KEY, *_OTHER.values()]
_MONTHLY = pl.col("month").is_not_null().alias("monthly")


@dataclass(slots=True)
class Refusals:
    """Places (`PLACE`) that must not be counted, per part in order; the rejections that say so; what is only noticed."""

    places: list[pl.DataFrame]
    rejections: list[dict[str, Any]]
    findings: list[dict[str, Any]]


def contested(parts: Sequence[Part]) -> Refusals:
    """Which figures of which parts stand against others.

    At most 10,000 cells are listed, a file's others are counted. A rest (other gas) beside what it leaves out (blast
    furnace gas) is right in a balance sheet, and a finding in a table, which may mean either.
    """
    none = pl.DataFrame(schema=PLACES)
    pairs = reported_pairs(parts)
    wholes, rests = _nested_pairs(pairs)
    apart = apart_pairs(pairs)
    if not (wholes or rests or apart or any(part.is_statement for part in parts) or _months_and_years(parts)):
        return Refusals([none] * len(parts), [], [])
    held = _held(parts)
    beside_rest = _containing(held, rests)
    in_one = pl.col("part") == pl.col("o_part")
    nested = pl.concat([_containing(held, wholes), beside_rest.filter(~in_one)])
    counting = held.filter("counts") if apart else held.clear()
    told_twice = [_containing(counting, apart.get(code, [])) for code in _rule_codes()]
    edges = _first_kind([_both_ways(one) for one in (_shared(held), nested, _months(held), *told_twice)])
    by_part = edges.select(KEY).unique().partition_by("part", as_dict=True, include_key=False)
    places = [by_part.get((number,), none) for number in range(len(parts))]
    return Refusals(places, list(_told(edges, places, parts)), list(_rests(beside_rest.filter(in_one), parts)))


def reported(part: Part) -> pl.LazyFrame:
    return part.given().filter(~pl.col("made")).with_columns(_MONTHLY)


def reported_pairs(parts: Sequence[Part]) -> set[Pair]:
    """Every category and item that is reported."""
    own = (part.as_made().filter(~pl.col("made")).select("category", "item").unique() for part in parts)
    return {pair for table in pl.collect_all([pairs.cast(pl.String) for pairs in own]) for pair in table.iter_rows()}


def _nested_pairs(pairs: set[Pair]) -> tuple[list[tuple[Pair, Pair]], list[tuple[Pair, Pair]]]:
    """Pairs of which the first contains the second; apart from them those whose first may be only the rest."""
    wholes: list[tuple[Pair, Pair]] = []
    rests: list[tuple[Pair, Pair]] = []
    for part in sorted(pairs):
        for whole in _lineage(part):
            if whole != part and whole in pairs:
                (rests if whole[1].startswith("other_") and whole[0] == part[0] else wholes).append((whole, part))
    return wholes, rests


@cache
def _rule_codes() -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule.code for rule in codes.rules("apart")))


def apart_pairs(pairs: Collection[Pair]) -> dict[str, list[tuple[Pair, Pair]]]:
    """By the code of a rule, the pairs that say one thing in two ways."""
    found: dict[str, set[tuple[Pair, Pair]]] = {}
    for rule in codes.rules("apart"):
        sides = {name: rule.of(name, pairs) for name in dict.fromkeys(side.name for side in rule.sides)}
        for one, other in combinations(sides.values(), 2):
            met = {(a, b) for a, b in product(one, other) if rule.stand_against(a, b)}
            if met:
                found.setdefault(rule.code, set()).update(met)
    return {code: sorted(met) for code, met in found.items()}


def _lineage(pair: Pair) -> list[Pair]:
    """A pair and all that contain it."""
    return [
        (category, item) for category in _line(pair[0], codes.category_parents) for item in _line(pair[1], codes.item_parents)
    ]


def _line(id: str, parents: Callable[[str], Sequence[str]]) -> list[str]:  # noqa: A002 - the field's word
    return [id, *parents(id)]


def _months_and_years(parts: Sequence[Part]) -> bool:
    found = pl.collect_all([part.as_made().select(_MONTHLY.filter(~pl.col("made")).unique()) for part in parts])
    return len({kind for table in found for kind in table["monthly"]}) > 1


def _held(parts: Sequence[Part]) -> pl.DataFrame:
    """The places of every part: whether in a statement, in a table that adds, with any quantity, with any but 0."""
    every = [
        reported(part)
        .group_by(PLACE)
        .agg(
            pl.col("quantity").is_not_null().any().alias("filled"),
            (pl.col("quantity") != 0).any().alias("counts"),
        )
        .with_columns(
            pl.lit(number, pl.UInt32).alias("part"),
            pl.lit(part.is_statement).alias("statement"),
            pl.lit(part.source.declared.adds and not part.is_statement).alias("adds"),
        )
        for number, part in enumerate(parts)
    ]
    return pl.concat(every).collect()


def _against(places: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Edges between places (which name the category and item that they meet) and the others that are so."""
    return places.join(others.rename(_OTHER).select(*_MEETING, "o_monthly", "o_part"), on=_MEETING, how="inner").select(_EDGE)


def _same(places: pl.DataFrame) -> pl.DataFrame:
    return places.with_columns(pl.col("category").alias("o_category"), pl.col("item").alias("o_item"))


def _shared(held: pl.DataFrame) -> pl.DataFrame:
    """A statement against the tables that give one of its keys and do not add to it."""
    return _against(_same(held.filter("statement")), held.filter(~pl.col("statement") & ~pl.col("adds")))


def _months(held: pl.DataFrame) -> pl.DataFrame:
    """The year against its months, in one part or in two of which neither adds."""
    filled = held.filter("filled")
    found = _against(_same(filled.filter(~pl.col("monthly"))), filled.filter("monthly"))
    adding = filled.filter("adds")["part"].unique().implode()
    neither = ~pl.col("part").is_in(adding) & ~pl.col("o_part").is_in(adding)
    return found.filter((pl.col("part") == pl.col("o_part")) | neither)


def _containing(held: pl.DataFrame, pairs: list[tuple[Pair, Pair]]) -> pl.DataFrame:
    """A whole against each of its parts."""
    schema: dict[str, Any] = dict.fromkeys(("category", "item", "o_category", "o_item"), pl.String)
    table = pl.DataFrame([(*whole, *part) for whole, part in pairs], schema=schema, orient="row")
    return _against(held.join(table, on=PAIR, how="inner"), held)


def _both_ways(edges: pl.DataFrame) -> pl.DataFrame:
    turned = edges.rename({**_OTHER, **{other: name for name, other in _OTHER.items()}})
    return pl.concat([edges, turned.select(_EDGE)])


def _first_kind(kinds: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """All edges with their `kind`; a place that has edges of two kinds keeps those of the first."""
    every = pl.concat([edges.with_columns(pl.lit(kind, pl.UInt8).alias("kind")) for kind, edges in enumerate(kinds)])
    return every.filter(pl.col("kind") == pl.col("kind").min().over(KEY))


def _told(edges: pl.DataFrame, places: Sequence[pl.DataFrame], parts: Sequence[Part]) -> Iterator[dict[str, Any]]:
    """One rejection a refused cell (of a referenced table: a key), up to a bound; a file's further ones are counted."""
    listed: list[pl.DataFrame] = []
    room = LISTED
    for number, (part, refused) in enumerate(zip(parts, places, strict=True)):
        count = count_of(part, refused)
        cells = refused_cells(part, refused).head(room).with_columns(pl.lit(number, pl.UInt32).alias("part"))
        listed.append(cells)
        room -= cells.height
        if count > cells.height:
            yield rejection("key.unlisted", part.where, count - cells.height, listed=LISTED)
    cells = pl.concat(listed)
    partners = _partners(edges.join(cells, on=KEY, how="semi"), parts)
    for cell in cells.iter_rows(named=True):
        yield _rejection(cell, partners[tuple(cell[name] for name in KEY)])


def count_of(part: Part, places: pl.DataFrame) -> int:
    if part.portions is not None or places.is_empty():
        return places.height
    return _rows(part).join(places, on=PLACE, how="semi").height


def _rows(part: Part) -> pl.DataFrame:
    return part.rows.filter(~part.made).with_columns(_MONTHLY)


def refused_cells(part: Part, places: pl.DataFrame) -> pl.DataFrame:
    """`PLACE`, `cell` (with its sheet) and what is `seen` there: of rows each, of a referenced table the sum of a place."""
    if part.portions is None:
        rows = _rows(part).join(places, on=PLACE, how="semi", maintain_order="left")
        seen = pl.concat_str(pl.col("reported_value", "reported_unit").fill_null(""), separator=" ")
        return rows.select(*PLACE, pl.struct("file", "sheet", "cell").alias("where"), seen.alias("seen"))
    first = places.sort(PLACE).head(LISTED)
    found = reported(part).collect().join(first, on=PLACE, how="semi")
    amounts = found.group_by(*PLACE, "unit").agg(
        integers(pl.col("quantity")).sum(), pl.col("notation_key").min(), pl.col("quantity").count().alias("filled")
    )
    told = amounts.with_columns(decimals(pl.col("quantity"), QUANTITY_DIGITS)).sort(*PLACE, "unit")
    texts = [f"{plain(r['quantity']) if r['filled'] else r['notation_key']} {r['unit']}" for r in told.iter_rows(named=True)]
    seen = told.with_columns(pl.Series("seen", texts, dtype=pl.String)).group_by(PLACE, maintain_order=True)
    where = pl.struct(file=pl.lit(part.source.name), sheet=pl.lit(None, pl.String), cell=pl.lit(None, pl.String))
    return seen.agg(pl.col("seen").str.join(", ")).select(*PLACE, where.alias("where"), "seen")


def _partners(edges: pl.DataFrame, parts: Sequence[Part]) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
    """For each place what stands against it: kind, category, item, and where its first cell stands."""
    others = edges.select(*PLACE[:2], *_OTHER.values()).unique().rename({other: name for name, other in _OTHER.items()})
    by_part = others.partition_by("part", as_dict=True, include_key=False)
    first: dict[tuple[Any, ...], str] = {}
    for (number,), places in sorted(by_part.items()):
        for cell in refused_cells(parts[number], places).unique(PLACE, keep="first", maintain_order=True).iter_rows(named=True):
            first[*(cell[name] for name in PLACE), number] = f"{Where(**cell['where'])} {cell['seen']}"
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for edge in edges.sort(*KEY, *_OTHER.values()).iter_rows(named=True):
        other = (edge["entity"], edge["year"], *(edge[name] for name in _OTHER.values()))
        told = {
            "kind": edge["kind"],
            "pair": (edge["o_category"], edge["o_item"]),
            "at": first.get(other, parts[edge["o_part"]].where),
        }
        found.setdefault(tuple(edge[name] for name in KEY), []).append(told)
    return found


def _rejection(cell: dict[str, Any], partners: list[dict[str, Any]]) -> dict[str, Any]:
    own: Pair = (cell["category"], cell["item"])
    others: list[Pair] = [p["pair"] for p in partners]
    inside = [pair for pair in others if own in _lineage(pair)]
    wholes, within = ([own], inside) if inside else (others, [own])
    facts: dict[str, Any] = {
        "entity": cell["entity"],
        "year": cell["year"],
        "other": cell_lists.first([str(p["at"]) for p in partners]),
    }
    for lang, mark in BETWEEN:
        facts[f"key_{lang}"] = codes.pair_name(*own, lang)
        facts[f"whole_{lang}"] = mark.join(dict.fromkeys(codes.pair_name(*pair, lang) for pair in wholes))
        facts[f"parts_{lang}"] = mark.join(dict.fromkeys(codes.pair_name(*pair, lang) for pair in within))
    kind = (*KINDS, *_rule_codes())[partners[0]["kind"]]
    return rejection(kind, Where(**cell["where"]), cell["seen"], **facts)


def _rests(edges: pl.DataFrame, parts: Sequence[Part]) -> Iterator[dict[str, Any]]:
    """A warning a table and pair of items: a rest and what it may leave out or contain, both counted."""
    tables = pl.Series([number for number, part in enumerate(parts) if not part.is_statement], dtype=pl.UInt32)
    pairs = (
        edges.filter(pl.col("part").is_in(tables.implode()))
        .group_by("part", "item", "o_item")
        .agg(pl.len(), pl.col("category").unique().sort())
    )
    for number, rest, item, count, categories in pairs.sort("part", "item", "o_item").iter_rows():
        names: dict[str, Any] = {
            f"{what}_{lang}": codes.item(one).name(lang) for what, one in (("rest", rest), ("item", item)) for lang in LANGS
        }
        yield finding(
            "key.rest_and_part", "duplicate", "warning", where=parts[number].where, item=rest, seen=f"{rest} {item} {count}",
            count=count, categories=", ".join(categories), **names,
        )  # fmt: skip
