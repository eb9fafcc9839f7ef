"""Key sums: quantities added up exactly by what decides their factor (design §1.2).

Pure: lazy frame in, lazy frame out; nothing is read, written or collected here. Integer sums wrap without an error,
so guard the rows with `magnitudes` before they are added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from accounting.codes import FIRST_YEAR, LAST_YEAR, Pair
from accounting.errors import DataRefused
from accounting.exact import QUANTITY_DIGITS, decimals, integers, magnitude, within_range
from accounting.tables import KEY

QUANTITY = pl.col("quantity")
SUBJECT = ("entity", "year")
PAIR = ("category", "item")
FIGURE = (*SUBJECT, *PAIR)
UNSAID = ("C", "NE")  # notation keys of what there is and nobody gives a quantity of
_LARGEST = 2**127 - 1  # of Int128


def is_there() -> pl.Expr:
    """Whether a row or key sum says that there is something: a quantity that is not 0, or C or NE."""
    return (pl.col("quantity") != 0) | pl.col("notation_key").is_in(UNSAID)


def pairs_of(figures: pl.DataFrame) -> set[Pair]:
    """Every category and item that there is of rows or of key sums, their words coded or not."""
    return set(figures.select(PAIR).unique().cast(pl.String).iter_rows())


def named(pairs: Iterable[Pair]) -> pl.DataFrame:
    """Pairs as a table of the columns PAIR."""
    return pl.DataFrame(list(pairs), schema=dict.fromkeys(PAIR, pl.String), orient="row")


def quantity_sums(activity: pl.LazyFrame) -> pl.LazyFrame:
    """Exact sums of `quantity` by key, for rows that all have one: the key columns and `quantity`, in no order."""
    return (
        activity.group_by(KEY).agg(integers(QUANTITY).sum().alias("quantity")).with_columns(decimals(QUANTITY, QUANTITY_DIGITS))
    )


def key_sums(activity: pl.LazyFrame) -> pl.LazyFrame:
    """Exact sums of `quantity` by entity, year, month, category, item, unit and basis.

    Takes the key columns, `quantity` (Decimal(38,9), base unit) and `notation_key`; gives the same columns, one row a
    key, in no particular order. A key of which no row has a quantity keeps the notation key that was written for it.
    """
    total = pl.when(QUANTITY.count() > 0).then(integers(QUANTITY).sum())
    written = pl.when(QUANTITY.count() == 0).then(pl.col("notation_key").min())
    return (
        activity.group_by(KEY)
        .agg(total.alias("quantity"), written.alias("notation_key"))
        .with_columns(decimals(QUANTITY, QUANTITY_DIGITS))
    )


def magnitudes(activity: pl.LazyFrame) -> pl.LazyFrame:
    """Σ|quantity| a unit (scaled to 9 decimals, float): columns `unit`, `magnitude`, for the overflow guard."""
    return activity.group_by("unit").agg(magnitude(integers(QUANTITY)).alias("magnitude"))


def unit_totals(table: pl.LazyFrame) -> pl.LazyFrame:
    """Exact Σ quantity a unit of rows or of key sums: what must be equal on both sides of the ledger."""
    return (
        table.group_by("unit")
        .agg(integers(QUANTITY).sum().alias("quantity"))
        .with_columns(decimals(QUANTITY, QUANTITY_DIGITS))
        .sort("unit")
    )


@dataclass(frozen=True, slots=True)
class Part:
    """An entity from which a whole is made, for the years `since` to `until`: what lies from `low` to `high` of it.

    The shares of a park over two cities are 0 to 3/5 and 3/5 to 1: each quantity is cut at these places, and the
    pieces add up to it whatever their decimals.
    """

    whole: str
    part: str
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(1)
    since: int = FIRST_YEAR
    until: int = LAST_YEAR

    @property
    def share(self) -> Fraction:
        """The share of the part that belongs to the whole."""
        return self.high - self.low

    def told(self) -> dict[str, Any]:
        """The part as plain values, for the settings of a run."""
        return {"whole": self.whole, "part": self.part, "low": str(self.low), "high": str(self.high),
                "since": self.since, "until": self.until}  # fmt: skip


def parts_told(told: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
    """What `Part.told` gave, as parts again.

    >>> one = Part("330100", "P1", high=Fraction(3, 5))
    >>> parts_told([one.told()]) == (one,)
    True
    """
    return tuple(
        Part(**{**one, "low": Fraction(one["low"]), "high": Fraction(one["high"])})  # type: ignore[arg-type]
        for one in told
    )


def with_wholes(sums: pl.DataFrame, parts: Sequence[Part]) -> pl.DataFrame:
    """Key sums with those of the wholes, made from their parts and what the wholes have of their own.

    `sums` has KEY, `quantity` and `notation_key`; so has the result. A whole that is part of another is made first.
    Where a part has no quantity of a category and item but NE or C, the whole has none either: what the others have would
    be an understated sum. Raises DataRefused (`sum.overflow`) for a share whose product could wrap.
    """
    for level in levels(parts):
        whole = pl.col("entity").is_in([part.whole for part in level])
        rows = _made_of(sums.filter(whole), cut(sums, level))
        for unit, size in magnitudes(rows.lazy()).collect().iter_rows():
            if not within_range(size):
                raise DataRefused("sum.overflow", seen=unit, name=unit, magnitude=f"{size / 10**QUANTITY_DIGITS:.3g}")
        made = _unsaid(key_sums(rows.lazy()).collect(), _silent(rows))
        sums = pl.concat([sums.filter(~whole), made.select(sums.columns)])
    return sums


def silent_parts(before: pl.DataFrame, after: pl.DataFrame, parts: Sequence[Part]) -> pl.DataFrame:
    """The parts for whose sake a whole has no quantity: columns FIGURE (`entity` is the whole), `part`, `notation_key`.

    `before` and `after` are the key sums without the wholes and with them.
    """
    own = before.filter(pl.col("entity").is_in([part.whole for part in parts]))
    return _silent(_made_of(own, cut(after.select(before.columns), parts))).sort(*FIGURE, "part")


def _made_of(own: pl.DataFrame, pieces: pl.DataFrame) -> pl.DataFrame:
    """What wholes are made of: their own key sums, `part` null, and the pieces of their parts."""
    columns = [*own.columns, "part"]
    return pl.concat([own.with_columns(pl.lit(None, pl.String).alias("part")).select(columns), pieces.select(columns)])


def _silent(rows: pl.DataFrame) -> pl.DataFrame:
    """The parts that give no quantity but NE or C where something else of the same whole has one."""
    unsaid = pl.col("notation_key").filter(pl.col("notation_key").is_in(UNSAID)).min()
    told = rows.group_by(*FIGURE, "part").agg(QUANTITY.count().alias("figures"), unsaid)
    silent = told.filter((pl.col("figures") == 0) & pl.col("notation_key").is_not_null() & pl.col("part").is_not_null())
    return silent.drop("figures").join(told.filter(pl.col("figures") > 0), on=FIGURE, how="semi")


def _unsaid(made: pl.DataFrame, silent: pl.DataFrame) -> pl.DataFrame:
    """Key sums of wholes without the quantities that a silent part leaves understated."""
    said = silent.group_by(FIGURE).agg(pl.col("notation_key").min().alias("unsaid"))
    return made.join(said, on=FIGURE, how="left").with_columns(
        pl.when(pl.col("unsaid").is_null()).then(QUANTITY).alias("quantity"),
        pl.coalesce("unsaid", "notation_key").alias("notation_key"),
    )


def cut(sums: pl.DataFrame, parts: Sequence[Part]) -> pl.DataFrame:
    """What of the key sums falls to each whole: `entity` is the whole, `part` whose it is, `inexact` where it was rounded.

    Each quantity is cut at `low` and `high`, both rounded once, half away from zero. Raises DataRefused (`sum.overflow`)
    where that would wrap.
    """
    _room(sums, parts)
    schema = {"whole": pl.String, "part": pl.String, **dict.fromkeys(_CUTS, pl.Int128), "since": pl.Int32, "until": pl.Int32}
    listed = [
        (p.whole, p.part, p.low.numerator, p.low.denominator, p.high.numerator, p.high.denominator, p.since, p.until)
        for p in parts
    ]
    cuts = pl.DataFrame(listed, schema=schema, orient="row")
    joined = sums.join(cuts, left_on="entity", right_on="part", how="inner").filter(
        pl.col("year").is_between(pl.col("since"), pl.col("until"))
    )
    low, high = (_at(f"{name}_over", f"{name}_under") for name in ("low", "high"))
    inexact = pl.any_horizontal(
        integers(QUANTITY) * pl.col(f"{name}_over") % pl.col(f"{name}_under") != 0 for name in ("low", "high")
    )
    return joined.select(
        pl.col("whole").alias("entity"), *(name for name in sums.columns if name not in ("entity", "quantity")),
        decimals(high - low, QUANTITY_DIGITS).alias("quantity"),
        pl.col("entity").alias("part"), inexact.fill_null(value=False).alias("inexact"),
    )  # fmt: skip


_CUTS = ("low_over", "low_under", "high_over", "high_under")


def _at(over: str, under: str) -> pl.Expr:
    """A quantity's integer × a fraction, rounded half away from zero."""
    quantity = integers(QUANTITY)
    return (2 * quantity.abs() * pl.col(over) + pl.col(under)) // (2 * pl.col(under)) * quantity.sign()


def _room(sums: pl.DataFrame, parts: Sequence[Part]) -> None:
    """Every number on the way to a piece has room in Int128, reckoned in integers that have no bound."""
    named = sums.filter(pl.col("entity").is_in([part.part for part in parts]))
    largest = dict(named.group_by("entity").agg(integers(QUANTITY).abs().max()).drop_nulls().iter_rows())
    for part in parts:
        for at in (part.low, part.high):
            most = max(2 * int(largest.get(part.part, 0)) * at.numerator + at.denominator, 2 * at.denominator)
            if most > _LARGEST:
                raise DataRefused("sum.overflow", seen=part.part, name=part.whole, magnitude=f"{Decimal(most):.3g}")


def levels(parts: Sequence[Part]) -> list[list[Part]]:
    """The parts by whole, wholes that are parts of others first; there is no cycle among them."""
    left, levels = list(parts), []
    while left:
        pending = {part.whole for part in left}
        waiting = {part.whole for part in left if part.part in pending}
        levels.append([part for part in left if part.whole not in waiting])
        left = [part for part in left if part.whole in waiting]
        if not levels[-1]:
            raise ValueError("parts in a circle")
    return levels
