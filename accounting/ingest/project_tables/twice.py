"""What a whole has of its own beside what it gets from its parts: nothing of it is counted twice.

    parts.counted_twice   the same figure, or one that contains it
    parts.exclusive       two ways to say one thing: a city's net import beside what its park bought (rules `apart`)
    parts.ceiling         together more than there can be: a city's purchases that contain its park's power (rules `within`)

The rules are those of one entity (datasets/codes/exclusive.csv): what a whole says of itself holds for the places of its
parts too, unless `adds = true` says that its figures are others. Two parts are two places: a park that measures its CO2
may stand beside one that burns coal, and nothing is refused for them. Rules that factors decide are judged on the cells
of wholes as on any (quality/claims.py).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from accounting import codes, ledger
from accounting.codes import Pair
from accounting.errors import LANGS, Where, rejection, title
from accounting.ingest import ceilings, cell_lists
from accounting.ingest.contested import apart_pairs
from accounting.ingest.project_tables.wholes import made_of, with_parts
from accounting.ingest.words import BETWEEN
from accounting.ledger import FIGURE, PAIR, SUBJECT, Part, named, pairs_of
from accounting.project import FILE_NAME, Whole

LISTED = 200
Problem = dict[str, Any]
_OTHER = {"category": "o_category", "item": "o_item"}
_SUMMED = [*FIGURE, "month", "unit", "quantity", "notation_key"]


@dataclass(frozen=True, slots=True)
class _Sides:
    """The figures of wholes: what they have of their `own`, and the `pieces` (with their `part`) of their parts."""

    own: pl.DataFrame
    pieces: pl.DataFrame

    def pairs(self) -> set[Pair]:
        """Every category and item of either side."""
        return pairs_of(self.own) | pairs_of(self.pieces)


def told(
    before: pl.DataFrame, after: pl.DataFrame, parts: Sequence[Part], wholes: Sequence[Whole], activity: pl.DataFrame
) -> tuple[list[Problem], list[Problem]]:
    """What wholes and their parts contradict, as rejections; and findings where that cannot be decided.

    `before` and `after` are the key sums without the wholes and with them; `activity` gives addresses. A zero and a
    notation key are no figures; C and NE leave a ceiling undecided.
    """
    silent = [one.whole for one in wholes if not one.adds]
    every = _Sides(
        before.filter(pl.col("entity").is_in(silent)), ledger.cut(after, [part for part in parts if part.whole in silent])
    )
    sides = _Sides(*(figures.filter(pl.col("quantity") != 0) for figures in (every.own, every.pieces)))
    cells = _Cells(activity, made_of(parts))
    over = [(rule, _over(rule, every)) for rule in codes.rules("within")]
    problems = [
        *_same(sides, cells),
        *_apart(sides, cells),
        *(problem for rule, met in over for problem in _passed(rule, met, sides, cells)),
    ]
    return problems, [doubt for rule, met in over for doubt in ceilings.undecided(rule, met)]


def _same(sides: _Sides, cells: _Cells) -> Iterator[Problem]:
    """Each figure of a whole that a part has as well; a category or item above or below another counts as the same."""
    same = _rooted(sides.own).join(_rooted(sides.pieces, "part"), on=[*SUBJECT, *_ROOTS], suffix="_of_part")
    for column, parents in _PARENTS.items():
        pairs = same.select(column, f"{column}_of_part").unique()
        one_line = [pair for pair in pairs.rows() if codes.in_one_line(*pair, parents)]
        same = same.join(pl.DataFrame(one_line, schema=pairs.schema, orient="row"), on=pairs.columns, how="semi")
    met = same.rename({f"{name}_of_part": other for name, other in _OTHER.items()}).with_columns(pl.lit("").alias("rule"))
    yield from _met("parts.counted_twice", met, cells)


def _apart(sides: _Sides, cells: _Cells) -> Iterator[Problem]:
    """Each figure of a whole that says in another way what a part says."""
    listed = [
        (*pair, *other, code)
        for code, met in apart_pairs(sides.pairs()).items()
        for one, two in met
        for pair, other in ((one, two), (two, one))
    ]
    schema = dict.fromkeys((*PAIR, *_OTHER.values(), "rule"), pl.String())
    against = pl.DataFrame(listed, schema=schema, orient="row").unique(maintain_order=True)
    own = sides.own.select(FIGURE).unique().join(against, on=PAIR)
    pieces = sides.pieces.select(*FIGURE, "part").unique().rename(_OTHER)
    yield from _met("parts.exclusive", own.join(pieces, on=[*SUBJECT, *_OTHER.values()]), cells)


def _met(code: str, met: pl.DataFrame, cells: _Cells) -> Iterator[Problem]:
    """One rejection a figure of a whole, part and rule, with the figures of the part that it meets."""
    by = [*FIGURE, "part", "rule"]
    others = pl.struct(pl.col(other).alias(name) for name, other in _OTHER.items()).unique().sort().alias("others")
    found = met.group_by(by).agg(others).sort(by)
    for row in found.head(LISTED).iter_rows(named=True):
        pairs: list[Pair] = [(one["category"], one["item"]) for one in row["others"]]
        facts: dict[str, Any] = {}
        for lang, mark in BETWEEN:
            facts[f"key_{lang}"] = codes.pair_name(row["category"], row["item"], lang)
            facts[f"others_{lang}"] = mark.join(codes.pair_name(*pair, lang) for pair in pairs)
        yield _problem(
            code, f"{row['entity']} {row['year']} {row['category']} {row['item']}", row["rule"],
            whole=row["entity"], year=row["year"], part=row["part"], count=found.height,
            own_at=cells.of([row["entity"]], row["year"], [(row["category"], row["item"])]),
            part_at=cells.of_parts([row["part"]], row["year"], pairs), **facts,
        )  # fmt: skip


def _over(rule: codes.Rule, sides: _Sides) -> pl.DataFrame:
    """Places and years that pass a ceiling because a whole's own figures meet its parts'; what `ceilings.over` gives.

    Where the parts alone pass it, each has been judged for itself, and they are different places; what was undecided of
    the whole alone has been said. What parts use is no whole of it: that the whole itself must report.
    """
    meant = ceilings.sides_of(rule, sides.pairs())
    own, pieces = (figures.select(_SUMMED).lazy() for figures in (sides.own, sides.pieces))
    together = ceilings.over(rule, meant, pl.concat([own, pieces]), said=own)
    of_parts, alone = (ceilings.over(rule, meant, figures) for figures in (pieces, own))
    told_alone = alone.with_columns(pl.lit(value=True).alias("undecided"))
    return (
        together.join(of_parts, on=SUBJECT, how="anti").join(told_alone, on=[*SUBJECT, "undecided"], how="anti").sort(SUBJECT)
    )


def _passed(rule: codes.Rule, over: pl.DataFrame, sides: _Sides, cells: _Cells) -> Iterator[Problem]:
    """One rejection a place and year in which the figures of both sides pass a ceiling together."""
    pairs = [pair for side in ceilings.sides_of(rule, sides.pairs()).values() for pair in side]
    meant = sides.pieces.join(named(pairs).unique(), on=PAIR, how="semi")
    for row in over.filter(~pl.col("undecided")).iter_rows(named=True):
        parts = meant.filter((pl.col("entity") == row["entity"]) & (pl.col("year") == row["year"]))["part"].unique().sort()
        claimed, there = ceilings.amount(rule, row["part"]), ceilings.amount(rule, ceilings.ceiling(row))
        yield _problem(
            "parts.ceiling", f"{row['entity']} {row['year']} {claimed}", rule.code, whole=row["entity"], year=row["year"],
            part=cell_lists.first(parts), claimed=claimed, there=there,
            own_at=cells.of([row["entity"]], row["year"], pairs), part_at=cells.of_parts(parts, row["year"], pairs),
        )  # fmt: skip


def _problem(code: str, seen: str, rule: str, **facts: Any) -> Problem:
    told = {f"rule_{lang}": title(rule, lang) for lang in LANGS} if rule else {}
    return rejection(code, Where(FILE_NAME, cell="[[parts]]"), seen, rule=rule, **told, **facts)


@dataclass(frozen=True, slots=True)
class _Cells:
    """Where figures stand in what was read; `within` are the parts of each whole."""

    activity: pl.DataFrame
    within: Mapping[str, Collection[str]]

    def of(self, entities: Iterable[str], year: int, pairs: Iterable[Pair]) -> str:
        """The first cells of these figures that are the entities' own; `–` where no row is at hand."""
        whose = pl.col("entity").is_in(list(entities)) & (pl.col("year") == year)
        rows = self.activity.filter(whose).join(named(pairs), on=PAIR, how="semi", maintain_order="left")
        places = [
            f"{Where(row['file'], row['sheet'], row['cell'])} {row['reported_value'] or ''} {row['reported_unit'] or ''}".strip()
            for row in rows.head(cell_lists.MOST).iter_rows(named=True)
        ]
        return cell_lists.first(places, of=rows.height) or "–"

    def of_parts(self, parts: Iterable[str], year: int, pairs: Iterable[Pair]) -> str:
        """The first cells of these figures of parts, of one made of others theirs as well."""
        return self.of(with_parts(parts, self.within), year, pairs)


_PARENTS: dict[str, Callable[[str], Sequence[str]]] = {"category": codes.category_parents, "item": codes.item_parents}
_ROOTS = [f"{column}_root" for column in _PARENTS]


def _rooted(figures: pl.DataFrame, *more: str) -> pl.DataFrame:
    """Which figures there are, with the topmost category and item of each."""
    distinct = figures.select(*FIGURE, *more).unique()
    return distinct.with_columns(_root(distinct, column, parents) for column, parents in _PARENTS.items())


def _root(figures: pl.DataFrame, column: str, parents: Callable[[str], Sequence[str]]) -> pl.Expr:
    roots = {word: (word, *parents(word))[-1] for word in figures[column].unique().to_list()}
    return pl.col(column).replace_strict(roots, return_dtype=pl.String).alias(f"{column}_root")
