"""Entities that are no region: said once a run, and what may be a slip in a code or a name (contract §4)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import polars as pl

from accounting import codes
from accounting.errors import finding
from accounting.ingest import cell_lists
from accounting.ingest.account import LISTED

SHOWN = 12
LENGTHS = (6, 8)  # characters of an id that may be a mistyped code, marks between its digits included
LOOK_ALIKES = {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "B": "8"}
SHORT = 2  # characters: so short are the names of provinces and cities, of counties only in full
LONGEST = 12
_GAP = "□"


def own_ids(entities: pl.Series) -> list[dict[str, Any]]:
    """A finding `entity.own_ids` with their number and the first of them, those that look like a code before others.

    A warning `entity.near_region` for each that is one character away from the Chinese name of a region.
    """
    every = entities.unique()
    own = every.filter(~every.is_in([*codes.regions(), codes.NATION]))
    if own.is_empty():
        return []
    near = {own_id: f"{own_id} ({meant}?)" for own_id, meant in _near_codes(own).iter_rows()}
    order = [~pl.col("id").is_in(list(near)), pl.col("id")]
    first: list[str] = own.to_frame("id").bottom_k(SHOWN, by=order).sort(order)["id"].to_list()
    told = cell_lists.first((near.get(own_id, own_id) for own_id in first), SHOWN, of=len(own))
    whole = finding("entity.own_ids", "completeness", "info", seen=len(own), used=told, count=len(own), ids=told)
    return [whole, *_near_regions(own)]


def _near_codes(own: pl.Series) -> pl.DataFrame:
    """Ids that are a code once letters stand for the digits they look like, with that code: 37O200 is 370200."""
    short = own.filter(own.str.len_chars().is_between(*LENGTHS)).to_frame("id")
    plain = pl.col("id").str.to_uppercase().str.replace_all(r"[^0-9A-Z]", "")
    meant = plain.str.replace_many(list(LOOK_ALIKES), list(LOOK_ALIKES.values())).alias("meant")
    return short.with_columns(meant).filter(pl.col("meant").is_in(list(codes.regions()))).sort("id")


def _near_regions(own: pl.Series) -> Iterator[dict[str, Any]]:
    """One character more, less or other than a region's name: 浙汪, 浙江江, 山西身."""
    chinese = own.filter(own.str.contains(rf"^[㐀-鿿]{{{SHORT},{LONGEST}}}$")).sort().to_frame("id")
    if chinese.is_empty():
        return
    marked, known = pl.col("id"), _names()
    near = marked.is_in(list(_shortened()))
    for place in range(LONGEST):
        before, after = marked.str.slice(0, place), marked.str.slice(place + 1)
        inside = marked.str.len_chars() > place
        near |= inside & ((before + after).is_in(list(known)) | (before + _GAP + after).is_in(list(_gapped())))
    for own_id in chinese.filter(near)["id"].head(LISTED):
        names = sorted(name for name in known if _one_apart(own_id, name))
        told = cell_lists.first(f"{name} {known[name]}" for name in names)
        yield finding("entity.near_region", "plausibility", "warning", entity=own_id, seen=own_id, near=told)


@cache
def _names() -> dict[str, str]:
    """Chinese names of regions in force, with their codes; of counties the full ones of three characters and more."""
    found: dict[str, str] = {}
    for region in codes.regions().values():
        if region.valid_to is None:
            for name in {region.name_zh, region.short_zh} - {""}:
                if region.kind != "county" or len(name) > SHORT:
                    found.setdefault(name, region.code)
    return found


@cache
def _shortened() -> frozenset[str]:
    """Names with one character left out, where two or more are left."""
    return frozenset(name[:at] + name[at + 1 :] for name in _names() for at in range(len(name)) if len(name) > SHORT)


@cache
def _gapped() -> frozenset[str]:
    """Names with a gap for each character."""
    return frozenset(name[:at] + _GAP + name[at + 1 :] for name in _names() for at in range(len(name)))


def _one_apart(text: str, name: str) -> bool:
    """Whether one character put in, left out or changed makes the two equal."""
    if len(text) == len(name):
        return sum(one != other for one, other in zip(text, name, strict=True)) == 1
    short, long = sorted((text, name), key=len)
    return len(long) == len(short) + 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
