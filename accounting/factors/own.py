"""What a project says itself, as packs: its own measured values before all others, its splits after them.

A value of an own pack has besides the columns of a pack `month`, null where it holds all year; a split has `into`, the
kind of which a share is. Both are known by their content, so that a result says which it rests on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from accounting.factors.pack import ABSENCE_COLUMNS, PARAMETER_COLUMNS, SOLE_COLUMNS, Pack

OWN = "own-values"
SPLITS = "splits"
SHARE = "share"
_INTEGERS = {"valid_from": pl.Int16, "valid_to": pl.Int16, "tier": pl.Int8, "month": pl.Int8}
_TITLES = {OWN: ("实测值", "own measured values"), SPLITS: ("煤种拆分", "splits of raw coal by kind")}


def own_values(rows: Iterable[Mapping[str, Any]]) -> Pack:
    """The pack of own measured values, in the columns of a pack and `month`."""
    return _pack(OWN, (*PARAMETER_COLUMNS, "month"), rows)


def splits(rows: Iterable[Mapping[str, Any]]) -> Pack:
    """The pack of splits: for an `entity`, years and an `item` its shares `value` of the kinds `into`."""
    return _pack(SPLITS, (*PARAMETER_COLUMNS, "into"), ({"parameter": SHARE, "unit": "1", **row} for row in rows))


def _pack(name: str, columns: tuple[str, ...], rows: Iterable[Mapping[str, Any]]) -> Pack:
    listed = sorted(({column: row.get(column) for column in columns} for row in rows), key=_text)
    frame = pl.DataFrame(
        {
            column: pl.Series(column, [row[column] for row in listed], dtype=_INTEGERS.get(column, pl.String))
            for column in columns
        }
    )
    return Pack(
        id=name, folder=Path(name), title_zh=_TITLES[name][0], title_en=_TITLES[name][1], kind="own", label_zh="", label_en="",
        content_hash=hashlib.sha256(_text(listed).encode()).hexdigest(), parameters=frame,
        absences=pl.DataFrame(schema=dict.fromkeys(ABSENCE_COLUMNS, pl.String)),
        sole=pl.DataFrame(schema=dict.fromkeys(SOLE_COLUMNS, pl.String)),
    )  # fmt: skip


def _text(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
