"""What must be equal at every stage boundary, asserted in every run, not only in tests (design §7.1, §7.2).

A failure is a fault of tanfeng: InvariantBroken, exit 4, nothing is committed.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from accounting import views
from accounting.errors import InvariantBroken
from accounting.exact import MASS_DIGITS, decimals, integers
from accounting.ledger import unit_totals


def sums_equal(before: pl.LazyFrame, after: pl.LazyFrame, stage: str) -> dict[str, Any]:
    """Key sums keep their exact total a unit through a stage."""
    ours, theirs = pl.collect_all([unit_totals(before), unit_totals(after)])
    if not ours.equals(theirs):
        raise InvariantBroken("conservation.sums", stage=stage, before=str(ours.to_dicts()), after=str(theirs.to_dicts()))
    return {"check": "sums_equal", "stage": stage, "units": ours.height}


def cells_are_unique(inventory: pl.DataFrame, identity: tuple[str, ...]) -> dict[str, Any]:
    """No cell of the inventory, which stands in order, stands twice."""
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(1)) for name in identity)
    twice = int(inventory.lazy().select(same.slice(1).sum()).collect().item() or 0)
    if twice:
        raise InvariantBroken("conservation.cells", cells=inventory.height, distinct=inventory.height - twice)
    return {"check": "cells_are_unique", "cells": inventory.height}


def totals_equal_parts(inventory: pl.DataFrame, table: pl.DataFrame, shown: views.View) -> dict[str, Any]:
    """The top lines of a view equal the exact sum of its cells, in mass and in CO2e, a gas, entity, year and account."""
    by = ["entity", "year", "account", "gas"]
    masses = ("mass_t", "co2e_t")
    top = [line.row for line in shown.lines if line.parent is None]
    counted = views.placed(inventory.lazy(), shown).filter(pl.col("mass_t").is_not_null())
    lines = table.lazy().filter(pl.col("row").is_in(top) & pl.col("item").is_null() & pl.col("mass_t").is_not_null())
    ours, theirs = (
        side.group_by(by)
        .agg(integers(pl.col(name)).sum().alias(name) for name in masses)
        .with_columns(decimals(pl.col(name), MASS_DIGITS) for name in masses)
        .sort(by)
        for side in (counted, lines)
    )
    parts, totals = pl.collect_all([ours, theirs])
    if not parts.equals(totals):
        raise InvariantBroken("conservation.totals", view=shown.id, cells=parts.height, totals=totals.height)
    return {"check": "totals_equal_parts", "view": shown.id, "totals": parts.height}
