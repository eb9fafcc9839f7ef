"""What must be equal at every stage boundary, asserted in every run, not only in tests (design §7.1, §7.2).

A failure is a fault of tanfeng: InvariantBroken, exit 4, nothing is committed.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import polars as pl

from accounting import ledger, views
from accounting.errors import InvariantBroken
from accounting.exact import MASS_DIGITS, QUANTITY_DIGITS, decimals, integers
from accounting.ledger import Part, unit_totals
from accounting.tables import KEY


def sums_equal(before: pl.LazyFrame, after: pl.LazyFrame, stage: str) -> dict[str, Any]:
    """Key sums keep their exact total a unit through a stage."""
    ours, theirs = pl.collect_all([unit_totals(before), unit_totals(after)])
    if not ours.equals(theirs):
        raise InvariantBroken("conservation.sums", stage=stage, before=str(ours.to_dicts()), after=str(theirs.to_dicts()))
    return {"check": "sums_equal", "stage": stage, "units": ours.height}


def wholes_are_their_parts(before: pl.DataFrame, after: pl.DataFrame, parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Wholes are what they have of their own and the shares of their parts.

    `before` and `after` are the key sums without the wholes and with them. A whole that has no quantity because a part
    says NE has nothing to compare.
    """
    pieces = ledger.cut(after, parts)
    shares = pieces_are_shares(after, pieces, parts)
    rows = pl.concat([before, pieces.select(before.columns)])
    wholes = pl.col("entity").is_in([part.whole for part in parts])
    without = after.filter(wholes & pl.col("quantity").is_null()).select(KEY)
    rows = rows.join(without, on=list(KEY), how="anti", nulls_equal=True)
    return [shares, sums_equal(rows.lazy(), after.lazy(), "parts")]


def pieces_are_shares(sums: pl.DataFrame, pieces: pl.DataFrame, parts: Sequence[Part]) -> dict[str, Any]:
    """Pieces are the shares of their quantities, found by another way than the one that made them.

    `pieces` are those of `ledger.cut`. Every piece lies between zero and its quantity; the largest of each whole, part and
    year is quantity × share as fractions, to one unit of the last decimal.
    """
    key = ["part", *KEY[1:]]
    cut = pieces.filter(pl.col("quantity").is_not_null()).join(
        sums.select(*KEY, pl.col("quantity").alias("of")), left_on=key, right_on=list(KEY), nulls_equal=True
    )
    piece, whole = (integers(pl.col(name)) for name in ("quantity", "of"))
    outside = cut.filter((piece.abs() > whole.abs()) | (piece.sign() * whole.sign() < 0))
    by = ["entity", "part", "year"]
    largest = cut.sort(whole.abs(), descending=True).unique(by, keep="first").select(*by, "quantity", "of")
    shares: dict[tuple[str, str], list[Part]] = {}
    for part in parts:
        shares.setdefault((part.whole, part.part), []).append(part)
    wrong = [
        (entity, part, year, quantity)
        for entity, part, year, quantity, of in largest.iter_rows()
        if abs(Fraction(quantity) - Fraction(of) * _share(shares[entity, part], year)) > Fraction(1, 10**QUANTITY_DIGITS)
    ]
    if outside.height or wrong:
        raise InvariantBroken("conservation.sums", stage="shares", before=str(outside.head(3).to_dicts()), after=str(wrong[:3]))
    return {"check": "pieces_are_shares", "stage": "parts", "compared": largest.height}


def _share(parts: Sequence[Part], year: int) -> Fraction:
    return sum((part.share for part in parts if part.since <= year <= part.until), Fraction(0))


def cells_are_unique(inventory: pl.DataFrame, identity: tuple[str, ...]) -> dict[str, Any]:
    """No cell of the inventory, which stands in order, stands twice."""
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(1)) for name in identity)
    twice = int(inventory.lazy().select(same.slice(1).sum()).collect().item() or 0)
    if twice:
        raise InvariantBroken("conservation.cells", cells=inventory.height, distinct=inventory.height - twice)
    return {"check": "cells_are_unique", "cells": inventory.height}


def totals_equal_parts(inventory: pl.DataFrame, table: pl.DataFrame, shown: views.View) -> dict[str, Any]:
    """The top lines of a view equal the exact sum of its cells, in mass and in CO2e, a gas, entity, year and account."""
    by, words = ["entity", "year", "account", "gas"], ("entity", "account", "gas")
    masses = ("mass_t", "co2e_t")
    top = [line.row for line in shown.lines if line.parent is None]
    counted = views.placed(inventory.lazy(), shown).filter(pl.col("mass_t").is_not_null())
    lines = table.lazy().filter(pl.col("row").is_in(top) & pl.col("item").is_null() & pl.col("mass_t").is_not_null())
    ours, theirs = (
        side.group_by(by)
        .agg(integers(pl.col(name)).sum().alias(name) for name in masses)
        .with_columns(
            *(decimals(pl.col(name), MASS_DIGITS) for name in masses), *(pl.col(name).cast(pl.String) for name in words)
        )
        .sort(by)
        for side in (counted, lines)
    )
    parts, totals = pl.collect_all([ours, theirs])
    if not parts.equals(totals):
        raise InvariantBroken("conservation.totals", view=shown.id, cells=parts.height, totals=totals.height)
    return {"check": "totals_equal_parts", "view": shown.id, "totals": parts.height}
