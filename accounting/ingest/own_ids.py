"""Entities that are no region: said once a run, those that look like a mistyped code first (contract §4)."""

from __future__ import annotations

from typing import Any

import polars as pl

from accounting import codes
from accounting.errors import finding
from accounting.ingest import cell_lists

SHOWN = 12
LENGTHS = (6, 8)  # characters of an id that may be a mistyped code, marks between its digits included
LOOK_ALIKES = {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "B": "8"}


def own_ids(entities: pl.Series) -> list[dict[str, Any]]:
    """A finding `entity.own_ids` with their number and the first of them; nothing where every entity is a region."""
    every = entities.unique()
    own = every.filter(~every.is_in([*codes.regions(), codes.NATION]))
    if own.is_empty():
        return []
    near = {own_id: f"{own_id} ({meant}?)" for own_id, meant in _near_codes(own).iter_rows()}
    order = [~pl.col("id").is_in(list(near)), pl.col("id")]
    first = own.to_frame("id").bottom_k(SHOWN, by=order).sort(order)["id"]
    told = cell_lists.first((near.get(own_id, own_id) for own_id in first), SHOWN, of=len(own))
    return [finding("entity.own_ids", "completeness", "info", seen=len(own), used=told, count=len(own), ids=told)]


def _near_codes(own: pl.Series) -> pl.DataFrame:
    """Ids that are a code once letters stand for the digits they look like, with that code: 37O200 is 370200."""
    short = own.filter(own.str.len_chars().is_between(*LENGTHS)).to_frame("id")
    plain = pl.col("id").str.to_uppercase().str.replace_all(r"[^0-9A-Z]", "")
    meant = plain.str.replace_many(list(LOOK_ALIKES), list(LOOK_ALIKES.values())).alias("meant")
    return short.with_columns(meant).filter(pl.col("meant").is_in(list(codes.regions()))).sort("id")
