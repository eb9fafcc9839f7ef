"""The run as the page sees it: its first view, its entity-years, and how many rows a table may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import polars as pl

from accounting import views
from accounting.report.words import Words

MOST_ROWS = 200


class Result(Protocol):
    """What is told of a run."""

    tables: Mapping[str, pl.DataFrame]
    views: Mapping[str, pl.DataFrame]
    manifest: dict[str, Any]


def shown_view(run: Result) -> tuple[views.View, pl.DataFrame]:
    """The first view with its lines in account `main`, gases together."""
    name = next(iter(run.views))
    table = run.views[name].filter(pl.col("account") == "main")
    return views.view(name), table


def tops(run: Result) -> pl.DataFrame:
    """The totals of each entity-year: the lines without a parent."""
    shown, table = shown_view(run)
    top = [line.row for line in shown.lines if line.parent is None]
    return table.filter(pl.col("row").is_in(top) & pl.col("item").is_null() & (pl.col("gas") == views.ALL_GASES))


def more(shown: int, total: int, words: Words) -> str:
    return words("not_all", shown=shown, all=total) if shown < total else ""
