"""The run as the page sees it: its views, its entity-years, and how many rows a table may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import polars as pl

from accounting import views
from accounting.quality.coverage import reported_years
from accounting.report.words import Words

MOST_ROWS = 200


class Result(Protocol):
    """What is told of a run."""

    tables: Mapping[str, pl.DataFrame]
    views: Mapping[str, pl.DataFrame]
    manifest: dict[str, Any]


def shown_view(run: Result, name: str | None = None) -> tuple[views.View, pl.DataFrame]:
    """A view, the first where none is named, with its lines in account `main`: of years with reports of their own."""
    name = name or next(iter(run.views))
    table = run.views[name].filter(pl.col("account") == "main")
    return views.view(name), table.join(years(run), on=["entity", "year"], how="semi")


def years(run: Result) -> pl.DataFrame:
    """The entity-years of the page: a year in which only older waste still gives gas has none of its own."""
    return reported_years(run.tables["inventory"], run.tables["effective"])


def unit(run: Result, words: Words, name: str | None = None) -> str:
    """The unit of a view: 万吨CO₂ where it counts no other gas, else its equivalent."""
    gases = set(run.views[name or next(iter(run.views))]["gas"].unique())
    return words.unit if gases <= {"CO2", views.ALL_GASES} else words.unit_e


def lasting_years(run: Result) -> int:
    """How many entity-years hold only what earlier years laid down."""
    return run.tables["inventory"].select("entity", "year").n_unique() - years(run).height


def tops(run: Result, name: str | None = None) -> pl.DataFrame:
    """The totals of each entity-year: the lines without a parent, those apart left out."""
    shown, table = shown_view(run, name)
    top = [line.row for line in shown.lines if line.parent is None and not line.apart]
    return table.filter(pl.col("row").is_in(top) & pl.col("item").is_null() & (pl.col("gas") == views.ALL_GASES))


def more(shown: int, total: int, words: Words) -> str:
    return words("not_all", shown=shown, all=total) if shown < total else ""
