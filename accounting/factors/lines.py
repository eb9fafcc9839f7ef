"""Lines of places: an entity and the places above it. Entities of which a project says the same share one."""

from __future__ import annotations

from itertools import chain
from operator import attrgetter

import polars as pl

from accounting import codes
from accounting.ranks import words_of

LINE = "line"
_SAID = {"parent": pl.String, "place": pl.String, "since": pl.Int32, "until": pl.Int32}
Lines = dict[int, tuple[str, ...]]  # by number, nearest place first


def lined(sums: pl.DataFrame, lineages: codes.Lineages, homes: pl.Series) -> tuple[pl.DataFrame, Lines]:
    """Key sums, their entities coded, with the number of their line in their year, and the lines.

    `homes` are entities that have a line of their own whatever is said of them.
    """
    entities = words_of(sums["entity"])
    eras = lineages.eras(sums["year"].unique())
    said, parts, lines = _said(lineages), [], Lines()
    for number, years in enumerate(eras):
        part = sums if len(eras) == 1 else sums.filter(pl.col("year").is_in(years))
        firsts = _alike(entities, said.filter(pl.col("since") <= years[0], pl.col("until") >= years[0]), homes)
        numbers = (firsts + number * len(entities)).alias(LINE)
        parts.append(part.with_columns(numbers.gather(part["entity"].to_physical())))
        heads = firsts.unique()
        for first, entity in zip(heads.to_list(), entities.gather(heads).to_list(), strict=True):
            lines[first + number * len(entities)] = (entity, *lineages.above(entity, years[0]))
    return pl.concat(parts) if parts else sums.with_columns(pl.lit(0, pl.Int64).alias(LINE)), lines


def _said(lineages: codes.Lineages) -> pl.DataFrame:
    """What a project says of its entities, one row each saying."""
    entities = pl.DataFrame(
        {"entity": list(lineages.belongings), "rows": list(map(len, lineages.belongings.values()))},
        schema={"entity": pl.String, "rows": pl.UInt32},
    )
    rows = list(chain.from_iterable(lineages.belongings.values()))
    columns = [pl.Series(name, list(map(attrgetter(name), rows)), dtype=dtype) for name, dtype in _SAID.items()]
    return entities.select(pl.col("entity").repeat_by("rows").explode(empty_as_null=False)).with_columns(columns)


def _alike(entities: pl.Series, said: pl.DataFrame, homes: pl.Series) -> pl.Series:
    """For each entity the position of the first of which the same is said; homes, places and what is divided stand alone."""
    divided = said["entity"].is_duplicated()
    places = pl.Series([*codes.regions(), *codes.grid_regions(), codes.NATION])
    alone = pl.concat([homes, places, said.filter(divided)["entity"]]).implode()
    numbered = entities.to_frame().with_row_index("first")
    told = numbered.join(said.filter(~divided), on="entity", how="left").sort("first")
    same = (pl.when(pl.col("entity").is_in(alone)).then("entity"), "parent", "place")
    return told.select(pl.col("first").cast(pl.Int64).first().over(same))["first"]
