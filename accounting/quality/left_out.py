"""Electricity and heat that was used and is in no total, because nothing says where it came from.

A view that counts what crossed a boundary, and what sectors used at most beside its totals, has totals without electricity
where nothing was net imported or bought from a grid. Heat does not come from afar: where fuel is burnt for it and no output
is given, it was made there.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import polars as pl

from accounting import codes
from accounting.errors import LANGS, finding
from accounting.exact import QUANTITY_DIGITS, integers, plain
from accounting.ingest.ceilings import COMPARED
from accounting.ledger import is_there
from accounting.methods.electricity_heat import BOUGHT, SOLD
from accounting.quality.crossing import categories_of_use, not_crossed, with_carrier
from accounting.ranks import uncoded
from accounting.views import View

UNITS = {"electricity": "MWh", "heat": "GJ"}
DIRECT = ("green_electricity_direct", "heat_non_fossil")  # bought without a grid: its factor is 0
TOTAL, MADE = ("total_consumption",), ("self_generated",)
SUPPLIED = ("production", "thermal_power_output", "heating_output")
BURNT_FOR_HEAT = ("heating_supply", "thermal_power")
_SUBJECT = ["entity", "year", "carrier"]


def left_out(sums: pl.DataFrame, shown: Sequence[View]) -> list[dict[str, Any]]:
    """One warning a place, year and carrier of which more was used and sold than made within or got by a direct line, where
    nothing came from a grid; what `view.not_counted` tells is not told again.

    `sums` are the key sums. A quantity that is not 0, C and NE say that something came from a grid; 0, NO, NA and IE do not.
    """
    views = ", ".join(view.id for view in shown if _counts_only_bought(view))
    if not views:
        return []
    figures = with_carrier(sums.lazy().filter(is_there())).filter(pl.col("carrier").is_not_null())
    used = figures.filter(pl.col("category").is_in([*categories_of_use(), *TOTAL]))
    lacking = not_crossed(used, sums.lazy().filter(~pl.col("item").is_in(DIRECT)), BOUGHT)
    subjects = with_carrier(lacking).select(_SUBJECT).unique()
    if not any(line.scope == 2 and line.category in categories_of_use() for view in shown for line in view.leaves()):
        of_sectors = used.filter(pl.col("category").is_in(categories_of_use()))
        subjects = subjects.join(with_carrier(not_crossed(of_sectors, sums.lazy(), BOUGHT)), on=_SUBJECT, how="anti")
    found = _amounts(figures.join(subjects, on=_SUBJECT, how="semi"))
    unmet = found.filter(pl.col("unknown") | (pl.col("need") > pl.col("own"))).join(_heat_made(sums), on=_SUBJECT, how="left")
    told = unmet.filter(pl.col("made").is_null() | (pl.col("own") > 0)).sort(_SUBJECT)
    return [_told(row, views) for row in uncoded(told.collect()).iter_rows(named=True)]


def _counts_only_bought(shown: View) -> bool:
    """Whether its totals count what was bought and not what was used."""
    added = {line.category for line in shown.added_leaves() if line.scope == 2}
    return not added.isdisjoint(BOUGHT) and added.isdisjoint(categories_of_use())


def _heat_made(sums: pl.DataFrame) -> pl.LazyFrame:
    """Places and years that burn fuel for heat."""
    burnt = sums.lazy().filter(pl.col("category").is_in(BURNT_FOR_HEAT) & (pl.col("quantity") != 0))
    return burnt.select("entity", "year", pl.lit("heat").alias("carrier"), pl.lit(value=True).alias("made")).unique()


def _amounts(figures: pl.LazyFrame) -> pl.LazyFrame:
    """What was needed (used and sold) and what was there (`own`) in tenths of a GJ; `unknown` and `own_unknown` where one
    has no amount.

    A total stands for the sectors, and what was generated for what a balance says of it: of two the larger.
    """
    scale = pl.col("unit").cast(pl.String).replace_strict(COMPARED, default=None, return_dtype=pl.Int128)
    size, uses = integers(pl.col("quantity")) * scale, [*categories_of_use(), *TOTAL]

    def of(*categories: str, direct: bool = False) -> pl.Expr:
        meant = pl.col("category").is_in(categories)
        return size.filter(meant & pl.col("item").is_in(DIRECT) if direct else meant).sum()

    return figures.group_by(_SUBJECT).agg(
        (pl.max_horizontal(of(*categories_of_use()), of(*TOTAL)) + of(*SOLD)).alias("need"),
        (
            pl.max_horizontal(of(*MADE), of(*SUPPLIED)) + pl.max_horizontal(of(*BOUGHT, direct=True), of(*uses, direct=True))
        ).alias("own"),
        (size.is_null() & pl.col("category").is_in(uses)).any().alias("unknown"),
        (size.is_null() & pl.col("category").is_in([*MADE, *SUPPLIED])).any().alias("own_unknown"),
    )


def _told(row: dict[str, Any], views: str) -> dict[str, Any]:
    carrier = row["carrier"]
    unit = UNITS[carrier]
    need, own = (f"{plain(Fraction(row[side], COMPARED[unit] * 10**QUANTITY_DIGITS))} {unit}" for side in ("need", "own"))
    seen, own = (f"≥ {amount}" if row[of] else amount for amount, of in ((need, "unknown"), (own, "own_unknown")))
    names: dict[str, Any] = {f"entity_{lang}": codes.entity_name(row["entity"], lang) for lang in LANGS}
    names |= {f"item_{lang}": codes.item(carrier).name(lang) for lang in LANGS}
    return finding(
        "electricity.left_out", "completeness", "warning", entity=row["entity"], year=row["year"], item=carrier,
        seen=seen, need=seen, own=own, views=views, **names,
    )  # fmt: skip
