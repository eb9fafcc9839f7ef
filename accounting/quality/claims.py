"""Cells that would count something twice, or take off more than there is: they are NE, with the reason.

    exclusive.landfill_method   first-order decay and mass balance in one place and year
    exclusive.feedstock         a product's factor holds the carbon of a feedstock that counts as one as well
    exclusive.reductant         a product's factor holds the carbon of a reductant that is burnt as energy as well
    ceiling.recovered           more methane recovered than generated
    ceiling.switchgear          more SF6 recovered than equipment held
    ceiling.raw_meal            more taken off for non-carbonate material than clinker emits
    ceiling.fixed_carbon        more carbon kept in products than went in
    ceiling.uptake              more CO2 taken up by urea than its ammonia gave
    ceiling.captured            more CO2 captured than emitted
    quantity.below_zero         more non-energy use than consumption; a use that a sheet states below zero
    parts.struck                a whole gets from a part what cannot stand in the part

Which they are depends on factors, so they are judged on cells; the rules stand in datasets/codes/exclusive.csv. The key
sums stay as they were read: who mends the table or adds a row gets the cell. Expressions over frames, exact.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from typing import Any

import polars as pl

from accounting import codes, ledger
from accounting.codes import Pair, Rule
from accounting.errors import LANGS, Where, finding, title
from accounting.exact import MASS_DIGITS, QUANTITY_DIGITS, integers, plain
from accounting.ingest.account import LISTED, unlisted
from accounting.ledger import FIGURE, PAIR, SUBJECT, named, pairs_of
from accounting.ranks import typed_as, uncoded
from accounting.tables import CELL, TABLES

NO_WHOLE = "ceiling.no_whole"
OF_A_PART = "parts.struck"
USES = ("final_consumption", "burnt_transformation", "transport_fuel")
_CLAIM = {**{name: TABLES["inventory"][name] for name in CELL}, **dict.fromkeys(("code", "part", "whole"), pl.String())}


def claims(cells: pl.DataFrame, sums: pl.DataFrame, parts: Sequence[ledger.Part] = ()) -> pl.DataFrame:
    """The cells that cannot stand: their identity, the `code` of the rule, what is claimed (`part`) and what there is (`whole`).

    `cells` is Inventory, `sums` the key sums, words coded or not, `parts` those of which wholes are made. Cells of code
    `ceiling.no_whole` are doubtful and stand: what they are taken off is not reported at all.
    """
    pairs = pairs_of(sums)
    concerned = pairs_of(_uses_below_zero(sums)).union(
        *(_meant_at_all(rule, pairs) for kind in _CLAIMING for rule in codes.rules(kind))
    )
    if not concerned:
        return pl.DataFrame(schema=_CLAIM)
    cells, sums = (_of_pairs(table, concerned) for table in (cells, sums))
    found = [
        *_below_zero(cells, sums),
        *(table for rule in codes.rules("one_method") for table in _of_two_methods(rule, cells, pairs)),
        *(table for rule in codes.rules("instead") for table in _in_energy_too(rule, cells, sums, pairs)),
        *(table for rule in codes.rules("taken_off") for table in _taken_off(rule, cells, pairs)),
    ]
    empty = pl.DataFrame(schema=_CLAIM)
    every = pl.concat([empty, *(table.select(pl.col(name).cast(dtype) for name, dtype in _CLAIM.items()) for table in found)])
    once = _once(every)
    for level in ledger.levels(parts):
        once = _once(pl.concat([once, _of_wholes(once, cells, level)]))
    return once


def _once(claimed: pl.DataFrame) -> pl.DataFrame:
    return claimed.sort(pl.col("code") == NO_WHOLE, maintain_order=True).unique(CELL, keep="first", maintain_order=True)


def _of_wholes(claimed: pl.DataFrame, cells: pl.DataFrame, parts: Sequence[ledger.Part]) -> pl.DataFrame:
    """The cells of wholes that hold a part's cell which cannot stand: what it claims is claimed in the whole as well."""
    belonging = pl.DataFrame(
        [(one.part, one.whole, one.since, one.until) for one in parts],
        schema={"entity": pl.String, "of": pl.String, "since": pl.Int16, "until": pl.Int16},
        orient="row",
    )
    struck = claimed.filter(pl.col("code") != NO_WHOLE).join(belonging, on="entity", how="inner")
    held = struck.filter(pl.col("year").is_between("since", "until")).select(
        pl.col("of").alias("entity"), *CELL[1:], pl.lit(OF_A_PART).alias("code"),
        pl.col("entity").alias("part"), pl.col("code").alias("whole"),
    )  # fmt: skip
    named = (pl.col(name).unique().sort().str.join(", ") for name in ("part", "whole"))
    return (
        held.group_by(*CELL, "code", maintain_order=True)
        .agg(*named)
        .join(cells, on=list(CELL), how="semi")
        .select(list(_CLAIM))
    )


_CLAIMING = {"one_method": None, "instead": "process", "taken_off": "part"}  # the side that claims; None: each side


def _meant_at_all(rule: Rule, pairs: set[Pair]) -> set[Pair]:
    """The pairs that a rule means; none where nothing is claimed."""
    means = {side.name: set(rule.of(side.name, pairs)) for side in rule.sides}
    claiming = _CLAIMING[rule.kind]
    claimed = all(means.values()) if claiming is None else means[claiming]
    return set[Pair]().union(*means.values()) if claimed else set()


def _of_pairs(table: pl.DataFrame, pairs: Collection[Pair]) -> pl.DataFrame:
    """The rows of these categories and items, in plain words."""
    return uncoded(table.join(typed_as(named(pairs), table, PAIR), on=PAIR, how="semi", maintain_order="left"))


def _uses_below_zero(sums: pl.DataFrame) -> pl.DataFrame:
    uses = [category.id for category in codes.categories() if category.role in USES]
    return sums.filter(pl.col("quantity") < 0).filter(pl.col("category").cast(pl.String).is_in(uses))


def without(cells: pl.DataFrame, claimed: pl.DataFrame) -> pl.DataFrame:
    """The cells, those that cannot stand without a mass: NE, with the reason; in the order in which they are given.

    Their words are plain where any cannot stand.
    """
    struck = claimed.filter(pl.col("code") != NO_WHOLE)
    if struck.is_empty():
        return cells
    reasons = struck["code"].unique().to_list()
    texts = {code: f"{code}: {title(code, 'zh')} / {title(code, 'en')}" for code in reasons}
    why = pl.col("code").replace_strict(texts, return_dtype=pl.String)
    marked = uncoded(cells).join(struck.select(*CELL, why.alias("why")), on=list(CELL), how="left", maintain_order="left")
    gone = pl.col("why").is_not_null()
    return marked.with_columns(
        *(pl.when(~gone).then(name).alias(name) for name in ("mass_t", "co2e_t", "method", "pack")),
        pl.when(gone).then(pl.lit("NE")).otherwise("notation_key").alias("notation_key"),
        pl.coalesce("why", "reason").alias("reason"),
    ).select(cells.columns)


def findings(claimed: pl.DataFrame, cells: pl.DataFrame, activity: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """One finding a place, year, category and item: `error` for cells that cannot stand, `warning` for doubtful ones.

    `cells` still have their masses: the stake is what they were; the address is that of the first row of the key. The first
    10,000 are listed, the others counted by code.
    """
    if claimed.is_empty():
        return
    stake = pl.col("co2e_t").cast(pl.Float64).abs().sum().alias("stake")
    told = (
        claimed.join(uncoded(cells).select(*CELL, "co2e_t"), on=list(CELL), how="left", maintain_order="left")
        .group_by(*FIGURE, "code", maintain_order=True)
        .agg(stake, pl.col("part", "whole").first())
    )
    first = activity.select(*FIGURE, "file", "sheet", "cell").unique(FIGURE, keep="first", maintain_order=True)
    for row in told.head(LISTED).join(first, on=FIGURE, how="left", maintain_order="left").iter_rows(named=True):
        facts: dict[str, Any] = {f"key_{lang}": codes.pair_name(row["category"], row["item"], lang) for lang in LANGS}
        facts |= {name: row[name] for name in (*FIGURE, "part", "whole")}
        doubtful = row["code"] == NO_WHOLE
        yield finding(
            row["code"], "plausibility" if doubtful else "assertion", "warning" if doubtful else "error",
            where=Where(row["file"], row["sheet"], row["cell"]), seen=row["part"], used=None if doubtful else "NE",
            stake_t=row["stake"], **facts,
        )  # fmt: skip
    rest = told[LISTED:]
    yield from unlisted(", ".join(rest["code"].unique().sort()), rest.height, "error")


def _below_zero(cells: pl.DataFrame, sums: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Uses whose sum over months and bases is negative."""
    below = _uses_below_zero(sums).select(FIGURE).unique()
    if below.is_empty():
        return
    size = integers(pl.col("quantity")).sum().alias("size")
    added = sums.join(below, on=FIGURE, how="semi").group_by(*FIGURE, "unit").agg(size)
    whole = added.filter(pl.col("size") < 0).sort(*FIGURE, "unit")
    told = [f"{plain(Fraction(size, 10**QUANTITY_DIGITS))} {unit}" for unit, size in whole.select("unit", "size").iter_rows()]
    marked = whole.select(FIGURE).with_columns(pl.Series("part", told, dtype=pl.String))
    marked = marked.group_by(FIGURE, maintain_order=True).agg(pl.col("part").str.join(", "))
    yield cells.join(marked, on=FIGURE, how="inner").with_columns(
        pl.lit("quantity.below_zero").alias("code"), pl.lit("0").alias("whole")
    )


def _meant(rule: Rule, side: str, cells: pl.DataFrame, pairs: set[Pair]) -> pl.DataFrame:
    """The cells in scope 1 that a side of a rule means: of its gas, and of its method and pack where it names them."""
    own = rule.of(side, pairs)
    of = rule.side(side)
    if not own:
        return cells.clear()
    kept = cells.filter((pl.col("scope") == 1) & (pl.col("gas") == (of.gas or "CO2")))
    for column, word in (("pack", of.pack), ("method", of.method)):
        if word is not None:
            kept = kept.filter(pl.col(column).str.split("+").list.contains(word))
    return kept.join(named(own), on=PAIR, how="semi")


def _of_two_methods(rule: Rule, cells: pl.DataFrame, pairs: set[Pair]) -> Iterator[pl.DataFrame]:
    sides = [_meant(rule, side.name, cells, pairs).filter(_KNOWN) for side in rule.sides]
    both = sides[0].select(SUBJECT).unique().join(sides[1].select(SUBJECT).unique(), on=SUBJECT, how="inner")
    for own, of in zip(sides, rule.sides, strict=True):
        yield own.join(both, on=SUBJECT, how="semi").with_columns(
            pl.lit(rule.code).alias("code"), pl.lit(of.method).alias("part"), pl.lit(None, pl.String).alias("whole")
        )


def _in_energy_too(rule: Rule, cells: pl.DataFrame, sums: pl.DataFrame, pairs: set[Pair]) -> Iterator[pl.DataFrame]:
    """Products whose reductant is burnt in the same place and year, and nobody says how much was taken out of energy."""
    process = _meant(rule, "process", cells, pairs).filter(_KNOWN)
    if process.is_empty():
        return
    energy = _meant(rule, "energy", cells, pairs).filter(pl.col("mass_t") > 0)
    told = _told_apart(rule, sums, pairs)
    names = pl.concat_str("category", "item", separator=" ").unique().sort().str.join(", ")
    burnt = energy.join(told, on=SUBJECT, how="anti").group_by(SUBJECT).agg(names.alias("whole"))
    yield process.join(burnt, on=SUBJECT, how="inner").with_columns(
        pl.lit(rule.code).alias("code"), (_MASS + " t CO2").alias("part")
    )


_KNOWN = pl.col("mass_t").is_not_null()
_MASS = pl.col("mass_t").cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")


def _told_apart(rule: Rule, sums: pl.DataFrame, pairs: set[Pair]) -> pl.DataFrame:
    return sums.join(named(rule.of("told", pairs)), on=PAIR, how="semi").select(SUBJECT).unique()


def _taken_off(rule: Rule, cells: pl.DataFrame, pairs: set[Pair]) -> Iterator[pl.DataFrame]:
    """What is taken off, where it is more than what it is taken off, or where that is not reported or lacks a part."""
    part = _meant(rule, "part", cells, pairs).filter(pl.col("mass_t") < 0)
    if part.is_empty():
        return
    beside = cells.filter(pl.col("account") != "removal").join(part.select(SUBJECT).unique(), on=SUBJECT, how="semi")
    whole = _meant(rule, "whole", beside, pairs)
    mass = integers(pl.col("mass_t")).sum()
    there = whole.group_by(SUBJECT).agg(mass.alias("there"), pl.col("mass_t").null_count().alias("lacking"))
    off = part.group_by(SUBJECT).agg((mass * pl.lit(-1, pl.Int128)).alias("off")).join(there, on=SUBJECT, how="left")
    more = pl.col("off") > pl.col("there")
    nothing, over = pl.col("there").is_null() | ((pl.col("lacking") > 0) & more), (pl.col("lacking") == 0) & more
    judged = off.filter(nothing | over)
    sizes: Sequence[tuple[int, int | None]] = judged.select("off", "there").rows()
    judged = judged.select(
        *SUBJECT,
        pl.when(nothing).then(pl.lit(NO_WHOLE)).otherwise(pl.lit(rule.code)).alias("code"),
        pl.Series("part", [_tonnes(off) for off, _ in sizes], dtype=pl.String),
        pl.Series("whole", [_tonnes(there or 0) for _, there in sizes], dtype=pl.String),
    )
    yield part.join(judged, on=SUBJECT, how="inner")


def _tonnes(size: int) -> str:
    return f"{plain(Fraction(size, 10**MASS_DIGITS))} t"
