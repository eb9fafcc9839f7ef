"""Figures that cannot be more than others of the same place and year: certificates, exports, purchases.

    ceiling.certificates      more green certificates than electricity bought
    ceiling.exports           more sold than bought and generated
    ceiling.gross_purchases   more bought and generated than used, sold and lost: the purchases contain own generation

The rules of kind `within` in datasets/codes/exclusive.csv. Compared are sums of a place and year over all parts, in
GJ; what is too much is refused, with the address of each cell. Where generation is burnt fuel of which no output is
reported, where of what was used neither a total nor every sector is reported, or a figure is C or NE or cannot be
compared, nothing is refused and a warning says so (`ceiling.undecided`). A whole that a project makes from parts is
judged with what it gets from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import polars as pl

from accounting import codes, ledger
from accounting.codes import Pair, Rule
from accounting.errors import Where, finding, rejection
from accounting.exact import QUANTITY_DIGITS, integers, plain
from accounting.ingest import cell_lists
from accounting.ingest.account import LISTED, unlisted
from accounting.ingest.batch import PLACE, PLACES, Part
from accounting.ingest.contested import Refusals, count_of, refused_cells, reported, reported_pairs
from accounting.ingest.project_tables.wholes import made_of, with_parts
from accounting.ledger import PAIR, SUBJECT, is_there, named

COMPARED = {"MWh": 36, "GJ": 10}  # tenths of a GJ in one; 1 MWh is 3.6 GJ
ABOVE = ("whole", "total", "lost", "more")  # what a claim is held against
SUMMED = ("part", *ABOVE, "less")
SIDES = (*SUMMED, "every", "open", "closed")
NOTHING = ("NO", "NA")
MONTHS = 12
Sides = dict[str, tuple[Pair, ...]]


def over_ceilings(parts: Sequence[Part], belonging: Sequence[ledger.Part] = ()) -> Refusals:
    """Which places of which parts are more than they can be; `belonging` says of which others wholes are made."""
    none = pl.DataFrame(schema=PLACES)
    found = Refusals([none] * len(parts), [], [])
    pairs = reported_pairs(parts)
    for rule in codes.rules("within"):
        sides = sides_of(rule, pairs)
        if sides["part"]:
            _judge(rule, sides, parts, belonging, found)
    return found


def sides_of(rule: Rule, pairs: Iterable[Pair]) -> Sides:
    """Which of these pairs each side of a rule means."""
    return {name: rule.of(name, pairs) for name in SIDES}


def undecided(rule: Rule, judged: pl.DataFrame) -> list[dict[str, Any]]:
    """A warning for each place and year of what `over` gives in which nobody can say whether the ceiling holds."""
    doubtful = judged.filter("undecided").sort(SUBJECT)
    listed = [
        finding(
            "ceiling.undecided", "plausibility", "warning", seen=f"{rule.code} {amount(rule, row['part'])}",
            **_facts(rule, row, ""),
        )
        for row in doubtful.head(LISTED).iter_rows(named=True)
    ]  # fmt: skip
    return [*listed, *unlisted(f"ceiling.undecided {rule.code} {rule.group}", doubtful.height - LISTED, "warning")]


def _judge(rule: Rule, sides: Sides, parts: Sequence[Part], belonging: Sequence[ledger.Part], found: Refusals) -> None:
    figures = pl.concat([reported(part) for part in parts])
    judged = over(rule, sides, figures)
    if not judged.filter(_is_whole(belonging)).is_empty():
        judged = pl.concat([judged.filter(~_is_whole(belonging)), _with_parts(rule, sides, figures, belonging, judged)])
    found.findings += undecided(rule, judged)
    refused = judged.filter(~pl.col("undecided"))
    if refused.is_empty():
        return
    others = _first_cells(parts, (*sides["whole"], *sides["total"]), refused, belonging)
    for number, part in enumerate(parts):
        places = _places(part, sides["part"], refused)
        if not places.is_empty():
            found.places[number] = pl.concat([found.places[number], places]).unique()
            found.rejections += _told(rule, part, places, refused, others)


def _is_whole(belonging: Sequence[ledger.Part]) -> pl.Expr:
    return pl.col("entity").is_in([one.whole for one in belonging])


def _with_parts(
    rule: Rule, sides: Sides, figures: pl.LazyFrame, belonging: Sequence[ledger.Part], alone: pl.DataFrame
) -> pl.DataFrame:
    """Those of the wholes which are over a ceiling `alone` that are over it with what they get from their parts, too.

    What only their parts decide is a contradiction between both and told as such (`parts.ceiling`).
    """
    meant = figures.join(_of_sides(sides).unique(PAIR), on=PAIR, how="semi")
    together = ledger.with_wholes(ledger.key_sums(meant).collect(), belonging).filter(_is_whole(belonging))
    decided = alone.filter(~pl.col("undecided"))
    found = over(rule, sides, together.lazy(), said=figures).join(alone, on=SUBJECT, how="semi")
    return pl.concat([found.filter("undecided"), found.filter(~pl.col("undecided")).join(decided, on=SUBJECT, how="semi")])


def _of_sides(sides: Sides) -> pl.LazyFrame:
    return pl.concat([named(own).select(pl.lit(side).alias("side"), *PAIR) for side, own in sides.items()]).lazy()


def _subjects(figures: pl.LazyFrame, sides: Sides) -> pl.DataFrame:
    """By place and year: Σ of each side in tenths of a GJ (`whole` with what was lost, or the total), which sides are there,
    whether any unit is another (`odd`) and whether what a claim is held against is C or NE (`unsaid`).
    """
    given = figures.filter(is_there())
    scale = pl.col("unit").replace_strict(COMPARED, default=None, return_dtype=pl.Int128)
    size = (integers(pl.col("quantity")) * scale).alias("size")
    sized = given.join(_of_sides(sides), on=PAIR, how="inner").select(
        *SUBJECT, "side", size, pl.col("quantity").is_null().alias("no")
    )
    of = {side: pl.col("side") == side for side in SIDES}
    return (
        sized.group_by(SUBJECT)
        .agg(
            *(pl.col("size").filter(of[side]).sum().alias(side) for side in SUMMED),
            *(of[side].any().alias(f"has_{side}") for side in SIDES),
            (pl.col("size").is_null() & ~pl.col("no") & pl.col("side").is_in(SUMMED)).any().alias("odd"),
            (pl.col("no") & pl.col("side").is_in((*ABOVE, "less"))).any().alias("unsaid"),
        )
        .with_columns(pl.max_horizontal(pl.col("whole") + pl.col("lost"), "total").alias("whole"))
        .collect()
    )


def over(rule: Rule, sides: Sides, figures: pl.LazyFrame, said: pl.LazyFrame | None = None) -> pl.DataFrame:
    """Places and years that are over the ceiling: SUBJECT, the sums of SUMMED in tenths of a GJ, `undecided` or not.

    `figures` has entity, year, category, item, unit, quantity and notation_key. A rule with `less` is judged where that and
    the whole are reported; of the others an absent whole is no whole at all, unless the rule knows of sources that are not
    reported as such (`open`). A rule with `every` is undecided where neither the total nor each of these is in `said`, the
    figures of the places themselves where `figures` holds those of their parts as well.
    """
    names = {side.name for side in rule.sides}
    judged = pl.col("has_part")
    if "less" in names:
        judged &= pl.col("has_less") & (pl.col("has_whole") | pl.col("has_total"))
    above = (pl.col("part") > 0) & (pl.col("part") > pl.col("whole") + pl.col("more") - pl.col("less"))
    doubtful = pl.col("odd") | pl.col("unsaid") | (pl.col("has_open") & ~pl.col("has_closed"))
    if "open" in names:
        doubtful |= ~pl.col("has_whole")
    found = _subjects(figures, sides).filter(judged & (above | pl.col("odd"))).with_columns(doubtful.alias("undecided"))
    if "every" not in names or found.is_empty():
        return found
    whole = _whole_is_said(rule, sides, figures if said is None else said).select(*SUBJECT, pl.lit(value=True).alias("is_said"))
    told = found.join(whole, on=SUBJECT, how="left", maintain_order="left")
    return told.with_columns(pl.col("undecided") | pl.col("is_said").is_null()).drop("is_said")


def _whole_is_said(rule: Rule, sides: Sides, figures: pl.LazyFrame) -> pl.DataFrame:
    """Places and years that report a total, or each category of `every`: a quantity, were it 0, or that there is none.

    A figure of some months is none of the year.
    """
    is_total, is_sector = (pl.col("side") == side for side in ("total", "every"))
    given = pl.col("quantity").is_not_null()
    known = figures.join(_of_sides(sides), on=PAIR, how="inner").filter(
        (is_total & (pl.col("quantity") != 0)) | (is_sector & (given | pl.col("notation_key").is_in(NOTHING)))
    )
    of_year = pl.col("month").is_null().any() | (pl.col("month").n_unique() == MONTHS)
    years = known.group_by(*SUBJECT, "side", "category").agg(of_year.alias("of_year")).filter("of_year")
    sectors = pl.col("category").filter(is_sector).n_unique() == len(rule.side("every").categories)
    return years.group_by(SUBJECT).agg((is_total.any() | sectors).alias("said")).filter("said").select(SUBJECT).collect()


def _places(part: Part, pairs: Sequence[Pair], subjects: pl.DataFrame) -> pl.DataFrame:
    own = reported(part).join(named(pairs).lazy(), on=PAIR, how="semi")
    return own.select(PLACE).unique().collect().join(subjects, on=SUBJECT, how="semi").cast(PLACES)  # type: ignore[arg-type]


def _first_cells(
    parts: Sequence[Part], pairs: Sequence[Pair], subjects: pl.DataFrame, belonging: Sequence[ledger.Part]
) -> dict[tuple[Any, ...], list[str]]:
    """The cells of the whole by place and year, those of its parts among them: what the other side of a refusal is."""
    within = made_of(belonging)
    of = [(place, year, one) for place, year in subjects.select(SUBJECT).rows() for one in with_parts([place], within)]
    whose = pl.DataFrame(of, schema={"of": pl.String, "year": subjects.schema["year"], "entity": pl.String}, orient="row")
    found: dict[tuple[Any, ...], list[str]] = {}
    for part in parts:
        cells = refused_cells(part, _places(part, pairs, whose)).join(whose, on=SUBJECT, maintain_order="left")
        for cell in cells.iter_rows(named=True):
            found.setdefault((cell["of"], cell["year"]), []).append(f"{Where(**cell['where'])} {cell['seen']}")
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
    more = count_of(part, places) - cells.height
    if more > 0:
        yield rejection("key.unlisted", part.where, more, listed=LISTED)


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
