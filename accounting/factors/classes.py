"""Classes: keys that have the same factors, whoever they belong to (design §1.3).

The place of a key is the nearest of its entity and that entity's ancestors for which the chosen packs hold any value
of its own for the category and item, else the nation; entities without values of their own share a class. A class has
the first 63 bits of the SHA-256 of its key in canonical text: the seven parts of CLASS_KEY joined by U+001F, null as
nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import polars as pl

from accounting import codes
from accounting.errors import InvariantBroken
from accounting.factors.lines import LINE, Lines, lined
from accounting.factors.pack import Pack
from accounting.methods import borrowed_items
from accounting.ranks import RANK, Rank, coded
from accounting.tables import CLASS_KEY, KEY, TABLES

_TYPES = pl.Schema({name: TABLES["effective"][name] for name in CLASS_KEY})
_NO_VALUES = pl.DataFrame(schema=dict.fromkeys(("place", "own_category", "own_item"), pl.String))


def classed(
    sums: pl.DataFrame, packs: Sequence[Pack], lineages: codes.Lineages | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Key sums with their class, and the classes: columns `class` and CLASS_KEY, one row each.

    `lineages` is what a project says of where its entities belong. Raises InvariantBroken (`class.collision`) where two
    class keys have one number.
    """
    own = _own_values(packs)
    numbered, lines = lined(coded(sums, KEY), lineages or codes.Lineages(), own["place"].unique())
    rank = Rank.sure(numbered, (LINE, *CLASS_KEY[1:]))
    ranked = numbered.with_columns(rank.expression())
    keys = ranked.select(RANK).unique().select(RANK, *rank.columns())
    placed = _placed(keys.cast({"category": pl.String, "item": pl.String}), own, lines)
    classes = placed.select(CLASS_KEY).cast(_TYPES).unique().sort(CLASS_KEY, nulls_last=False)
    classes.insert_column(0, pl.Series("class", [class_number(key) for key in classes.rows()], dtype=pl.Int64))
    if classes["class"].n_unique() != classes.height:
        raise InvariantBroken("class.collision", classes=classes.height)
    numbers = placed.cast(_TYPES).join(classes, on=list(CLASS_KEY), nulls_equal=True).select(RANK, "class")
    joined = ranked.join(numbers, on=RANK, how="left", maintain_order="left", validate="m:1")
    return joined.select(*[name for name in (*KEY, "quantity", "notation_key") if name in sums.columns], "class"), classes


def class_number(key: Sequence[object]) -> int:
    """The number of a class key, given in the order of CLASS_KEY.

    >>> class_number(("CN", "transport", "diesel_oil", 2007, None, "t", None))
    5959735124355702181
    """
    text = "\x1f".join("" if part is None else str(part) for part in key)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 1


def _placed(keys: pl.DataFrame, own: pl.DataFrame, lines: Lines) -> pl.DataFrame:
    """Keys with the nearest place of their line that has a value of its own for their category and item, else the nation."""
    able = _able(own, keys.select("category", "item").unique())
    homes = set(able["place"])
    steps = [(line, step, place) for line, places in lines.items() for step, place in enumerate(places) if place in homes]
    near = (
        pl.DataFrame(steps, schema={LINE: pl.Int64, "step": pl.Int64, "place": pl.String}, orient="row")
        .join(able, on="place")
        .sort("step")
        .unique([LINE, "category", "item"], keep="first", maintain_order=True)
    )
    placed = keys.join(near, on=[LINE, "category", "item"], how="left")
    return placed.with_columns(pl.col("place").fill_null(codes.NATION))


def _able(own: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """The places with a value of their own that serves a pair: columns category, item, place."""
    serves = ["own_category", "own_item"]
    serving = (
        pairs.join(_lineages("category", pairs["category"], codes.category_parents), on="category")
        .join(_lineages("item", pairs["item"], _item_lineage), on="item")
        .join(own.select(serves).unique(), how="cross")
        .filter(
            pl.col("own_category").is_null() | pl.col("categories").list.contains(pl.col("own_category")),
            pl.col("own_item").is_null() | pl.col("items").list.contains(pl.col("own_item")),
        )
    )
    return serving.join(own, on=serves, nulls_equal=True).select("category", "item", "place").unique()


def _item_lineage(item: str) -> tuple[str, ...]:
    """The items above an item, and those whose values its methods borrow: the density of the fuel of a car."""
    return (*codes.item_parents(item), *borrowed_items(item))


def _lineages(name: str, words: pl.Series, parents: Callable[[str], Sequence[str]]) -> pl.DataFrame:
    """Each word with itself and those for which a value also serves it."""
    known = words.unique().sort().to_list()
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
    return pl.concat([_NO_VALUES, *tables]).unique()
