"""Classes: keys that have the same factors, whoever they belong to (design §1.3).

The place of a key is the nearest of its entity and that entity's ancestors for which the chosen packs hold any value
of its own for the category and item, else the nation; entities without values of their own share a class. A class has
the first 63 bits of the SHA-256 of its key in canonical text: the seven parts of CLASS_KEY joined by U+001F, null as
nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

import polars as pl

from accounting import codes
from accounting.errors import InvariantBroken
from accounting.factors.pack import Pack
from accounting.methods import borrowed_items
from accounting.ranks import RANK, Rank, coded, uncoded
from accounting.tables import CLASS_KEY, KEY, TABLES

_TYPES = pl.Schema({name: TABLES["effective"][name] for name in CLASS_KEY})


def classed(
    sums: pl.DataFrame, packs: Sequence[Pack], parents: Mapping[str, Sequence[str]]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Key sums with their class, and the classes: columns `class` and CLASS_KEY, one row each.

    `parents` gives the ancestors of every entity, nearest first, ending with the nation. Raises InvariantBroken
    (`class.collision`) where two class keys have one number.
    """
    placed = coded(_placed(coded(sums, KEY), packs, parents), ("place",))
    rank = Rank.sure(placed, CLASS_KEY)
    ranked = placed.with_columns(rank.expression())
    keys = ranked.select(RANK).unique()
    class_keys = keys.select(rank.columns()).cast(_TYPES)
    numbers = pl.Series("class", [class_number(key) for key in class_keys.rows()], dtype=pl.Int64)
    if numbers.n_unique() != len(numbers):
        raise InvariantBroken("class.collision", classes=len(numbers))
    joined = ranked.join(keys.with_columns(numbers), on=RANK, how="left", maintain_order="left", validate="m:1")
    columns = [name for name in (*KEY, "quantity", "notation_key") if name in sums.columns]
    classes = class_keys.with_columns(numbers).select("class", *CLASS_KEY)
    return joined.select(*columns, "class"), classes.sort(CLASS_KEY, nulls_last=False)


def classed_by_year(sums: pl.DataFrame, packs: Sequence[Pack], lineages: codes.Lineages) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What `classed` gives, each span of years with the parents that entities have in it."""
    whole = coded(sums, KEY)
    subjects = uncoded(whole.select("entity", "year").unique())
    eras = lineages.eras(subjects["year"].unique().to_list()) if lineages.belongings else []
    if not eras:
        return classed(whole, packs, codes.ancestors_of_entities(subjects["entity"].unique()))
    made: list[tuple[pl.DataFrame, pl.DataFrame]] = []
    for years in eras:
        entities = subjects.filter(pl.col("year").is_in(years))["entity"].unique()
        parents = {entity: lineages.above(entity, years[0]) for entity in entities}
        made.append(classed(whole.filter(pl.col("year").is_in(years)), packs, parents))
    return pl.concat([one for one, _ in made]), pl.concat([one for _, one in made])


def class_number(key: Sequence[object]) -> int:
    """The number of a class key, given in the order of CLASS_KEY.

    >>> class_number(("CN", "transport", "diesel_oil", 2007, None, "t", None))
    5959735124355702181
    """
    text = "\x1f".join("" if part is None else str(part) for part in key)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 1


def _placed(sums: pl.DataFrame, packs: Sequence[Pack], parents: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """Key sums (words coded) with their place; where no pack holds a value below the nation, that is one constant."""
    own = _own_values(packs)
    if own.is_empty():
        return sums.with_columns(pl.lit(codes.NATION, pl.Enum([codes.NATION])).alias("place"))
    words = ["entity", "category", "item"]
    near = _nearest(own, sums.select("category", "item").unique().cast(pl.String), parents)
    placed = near.cast({name: sums.schema[name] for name in words}, strict=False).drop_nulls(words)
    return sums.join(placed, on=words, how="left", maintain_order="left").with_columns(pl.col("place").fill_null(codes.NATION))


def _nearest(own: pl.DataFrame, pairs: pl.DataFrame, parents: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """The nearest place with a value of its own: columns entity, category, item, place; no row where there is none.

    Entities under the same parents share their search.
    """
    able = (
        pairs.join(_lineages("category", pairs["category"], codes.category_parents), on="category")
        .join(_lineages("item", pairs["item"], _item_lineage), on="item")
        .join(own, how="cross")
        .filter(
            pl.col("own_category").is_null() | pl.col("categories").list.contains(pl.col("own_category")),
            pl.col("own_item").is_null() | pl.col("items").list.contains(pl.col("own_item")),
        )
        .select("category", "item", "place")
        .unique()
    )
    lines = {above: number for number, above in enumerate(dict.fromkeys(map(tuple, parents.values())))}
    steps = [(number, place, rank) for above, number in lines.items() for rank, place in enumerate(above)]
    upwards = (
        pl.DataFrame(steps, schema={"line": pl.Int64, "place": pl.String, "rank": pl.Int64}, orient="row")
        .join(able, on="place")
        .sort("rank")
        .unique(["line", "category", "item"], keep="first", maintain_order=True)
    )
    entities = pl.DataFrame({"entity": list(parents), "line": [lines[tuple(above)] for above in parents.values()]})
    columns = ["entity", "category", "item", "place"]
    at_home = entities.join(able.with_columns(pl.col("place").alias("entity")), on="entity").select(columns)
    above = entities.join(upwards, on="line").select(columns)
    return pl.concat([at_home, above]).unique(columns[:3], keep="first", maintain_order=True)


def _item_lineage(item: str) -> tuple[str, ...]:
    """The items above an item, and those whose values its methods borrow: the density of the fuel of a car."""
    return (*codes.item_parents(item), *borrowed_items(item))


def _lineages(name: str, words: pl.Series, parents: Callable[[str], Sequence[str]]) -> pl.DataFrame:
    """Each word with itself and those for which a value also serves it."""
    known = words.unique().cast(pl.String).sort().to_list()
    plural = {"category": "categories", "item": "items"}[name]
    return pl.DataFrame({name: known, plural: [[word, *parents(word)] for word in known]})


def _own_values(packs: Sequence[Pack]) -> pl.DataFrame:
    """What packs hold for a place of its own: columns place, own_category, own_item."""
    tables = [
        pack.parameters.select(
            pl.coalesce("entity", "region").alias("place"),
            pl.col("category").alias("own_category"),
            pl.col("item").alias("own_item"),
        ).filter(pl.col("place").is_not_null() & (pl.col("place") != codes.NATION))
        for pack in packs
    ]
    return pl.concat(tables).unique() if tables else pl.DataFrame(schema={"place": pl.String})
