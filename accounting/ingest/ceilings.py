"""Figures that cannot be more than others of the same place and year: certificates, exports, purchases.

    ceiling.certificates      more green certificates than electricity bought
    ceiling.exports           more sold than bought and generated
    ceiling.gross_purchases   more bought and generated than used, sold and lost: the purchases contain own generation

The rules of kind `within` in datasets/codes/exclusive.csv. Compared are sums of a place and year over all parts, in
GJ; what is too much is refused, with the address of each cell. Where generation is burnt fuel of which no output is
reported, or a figure cannot be compared, nothing is refused and a warning says so (`ceiling.undecided`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import polars as pl

from accounting import codes
from accounting.codes import Pair, Rule
from accounting.errors import Where, finding, rejection
from accounting.exact import QUANTITY_DIGITS, integers, plain
from accounting.ingest import cell_lists
from accounting.ingest.account import LISTED
from accounting.ingest.batch import PLACE, PLACES, Part
from accounting.ingest.contested import Refusals, count_of, refused_cells, reported, reported_pairs
from accounting.ledger import PAIR, SUBJECT, named

COMPARED = {"MWh": 36, "GJ": 10}  # tenths of a GJ in one; 1 MWh is 3.6 GJ
SUMMED = ("part", "whole", "more", "less")
SIDES = (*SUMMED, "open", "closed")
Sides = dict[str, tuple[Pair, ...]]


def over_ceilings(parts: Sequence[Part]) -> Refusals:
    """Which places of which parts are more than they can be."""
    none = pl.DataFrame(schema=PLACES)
    found = Refusals([none] * len(parts), [], [])
    pairs = reported_pairs(parts)
    for rule in codes.rules("within"):
        sides = sides_of(rule, pairs)
        if sides["part"]:
            _judge(rule, sides, parts, found)
    return found


def sides_of(rule: Rule, pairs: Iterable[Pair]) -> Sides:
    """Which of these pairs each side of a rule means."""
    return {name: rule.of(name, pairs) for name in SIDES}


def undecided(rule: Rule, judged: pl.DataFrame) -> list[dict[str, Any]]:
    """A warning for each place and year of what `over` gives in which nobody can say whether the ceiling holds."""
    return [
        finding(
            "ceiling.undecided", "plausibility", "warning", seen=f"{rule.code} {amount(rule, row['part'])}",
            **_facts(rule, row, ""),
        )
        for row in judged.filter("undecided").sort(SUBJECT).head(LISTED).iter_rows(named=True)
    ]  # fmt: skip


def _judge(rule: Rule, sides: Sides, parts: Sequence[Part], found: Refusals) -> None:
    judged = over(rule, sides, pl.concat([reported(part) for part in parts]))
    found.findings += undecided(rule, judged)
    refused = judged.filter(~pl.col("undecided"))
    if refused.is_empty():
        return
    others = _first_cells(parts, sides["whole"], refused)
    for number, part in enumerate(parts):
        places = _places(part, sides["part"], refused)
        if not places.is_empty():
            found.places[number] = pl.concat([found.places[number], places]).unique()
            found.rejections += _told(rule, part, places, refused, others)


def _subjects(figures: pl.LazyFrame, sides: Sides) -> pl.DataFrame:
    """By place and year: Σ of each side in tenths of a GJ, which sides are there, and whether any unit is another."""
    of_sides = pl.concat([named(own).select(pl.lit(side).alias("side"), *PAIR) for side, own in sides.items()]).lazy()
    given = figures.filter(pl.col("quantity") != 0)
    scale = pl.col("unit").replace_strict(COMPARED, default=None, return_dtype=pl.Int128)
    size = (integers(pl.col("quantity")) * scale).alias("size")
    sized = given.join(of_sides, on=PAIR, how="inner").select(*SUBJECT, "side", size)
    of = {side: pl.col("side") == side for side in SIDES}
    return (
        sized.group_by(SUBJECT)
        .agg(
            *(pl.col("size").filter(of[side]).sum().alias(side) for side in SUMMED),
            *(of[side].any().alias(f"has_{side}") for side in SIDES),
            (pl.col("size").is_null() & pl.col("side").is_in(SUMMED)).any().alias("odd"),
        )
        .collect()
    )


def over(rule: Rule, sides: Sides, figures: pl.LazyFrame) -> pl.DataFrame:
    """Places and years that are over the ceiling: SUBJECT, the sums of SUMMED in tenths of a GJ, `undecided` or not.

    `figures` has entity, year, category, item, unit and quantity. A rule with `less` is judged where that and the whole
    are reported; of the others an absent whole is no whole at all, unless the rule knows of sources that are not
    reported as such (`open`).
    """
    names = {side.name for side in rule.sides}
    judged = pl.col("has_part")
    if "less" in names:
        judged &= pl.col("has_less") & pl.col("has_whole")
    above = (pl.col("part") > 0) & (pl.col("part") > pl.col("whole") + pl.col("more") - pl.col("less"))
    unsaid = pl.col("odd") | (pl.col("has_open") & ~pl.col("has_closed"))
    if "open" in names:
        unsaid |= ~pl.col("has_whole")
    return _subjects(figures, sides).filter(judged & (above | pl.col("odd"))).with_columns(unsaid.alias("undecided"))


def _places(part: Part, pairs: Sequence[Pair], subjects: pl.DataFrame) -> pl.DataFrame:
    own = reported(part).join(named(pairs).lazy(), on=PAIR, how="semi")
    return own.select(PLACE).unique().collect().join(subjects, on=SUBJECT, how="semi").cast(PLACES)  # type: ignore[arg-type]


def _first_cells(parts: Sequence[Part], pairs: Sequence[Pair], subjects: pl.DataFrame) -> dict[tuple[Any, ...], list[str]]:
    """The cells of the whole by place and year: what the other side of a refusal is."""
    found: dict[tuple[Any, ...], list[str]] = {}
    for part in parts:
        for cell in refused_cells(part, _places(part, pairs, subjects)).iter_rows(named=True):
            found.setdefault((cell["entity"], cell["year"]), []).append(f"{Where(**cell['where'])} {cell['seen']}")
    return found


def _told(
    rule: Rule, part: Part, places: pl.DataFrame, subjects: pl.DataFrame, others: dict[tuple[Any, ...], list[str]]
) -> Iterator[dict[str, Any]]:
    sums = {(row["entity"], row["year"]): row for row in subjects.iter_rows(named=True)}
    cells = refused_cells(part, places).head(LISTED)
    for cell in cells.iter_rows(named=True):
        subject = (cell["entity"], cell["year"])
        other = cell_lists.first(others.get(subject, [])) or "–"
        yield rejection(rule.code, Where(**cell["where"]), cell["seen"], **_facts(rule, sums[subject], other))
    unlisted = count_of(part, places) - cells.height
    if unlisted > 0:
        yield rejection("key.unlisted", part.where, unlisted, listed=LISTED)


def _facts(rule: Rule, row: dict[str, Any], other: str) -> dict[str, Any]:
    return {
        "entity": row["entity"],
        "year": row["year"],
        "part": amount(rule, row["part"]),
        "whole": amount(rule, ceiling(row)),
        "other": other,
        "rule": rule.code,
    }


def ceiling(row: dict[str, Any]) -> int:
    """What a claim is held against."""
    return int(row["whole"] + row["more"] - row["less"])


def amount(rule: Rule, size: int) -> str:
    """Tenths of a GJ as they are told: MWh, or GJ of heat."""
    unit = "GJ" if rule.group == "heat" else "MWh"
    return f"{plain(Fraction(size, COMPARED[unit] * 10**QUANTITY_DIGITS))} {unit}"
