"""Totals by category and by item for each entity-year; nothing is added over entities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from accounting import codes, views
from accounting.codes.columns import marks
from accounting.report.subject import MOST_ROWS, Result, more, shown_view, tops, years
from accounting.report.words import Words, entity_year, wan

MOST_COLUMNS = 12  # entity-years side by side; more stand below each other


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as it is printed: the amount, and how many cells it lacks."""

    text: str
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """Figures by line and column; `more` says what is not shown."""

    corner: str
    heads: tuple[str, ...]
    lines: tuple[tuple[str, int, tuple[Figure, ...]], ...]
    more: str = ""


def entity_years(run: Result) -> list[tuple[str, int]]:
    """The entity-years that are shown: in order where they fit, else the largest."""
    sizes = tops(run).group_by("entity", "year").agg(pl.col("co2e_t").cast(pl.Float64).sum().alias("size"))
    every = years(run).join(sizes, on=["entity", "year"], how="left").sort("entity", "year")
    kept = every.sort("size", descending=True, nulls_last=True, maintain_order=True).head(MOST_ROWS)
    pairs = kept.select("entity", "year").rows()
    return pairs if every.height > MOST_ROWS else sorted(pairs)


def by_category(run: Result, words: Words, view: str | None = None) -> Grid:
    """The lines of a view for each entity-year."""
    shown, table = shown_view(run, view)
    figures = _figures(table.filter(pl.col("item").is_null() & (pl.col("gas") == views.ALL_GASES)), "row", words)
    present = {row for _, _, row in figures}
    lines = [
        (line.row, line.name_zh if words.lang == "zh" else line.name_en, len(shown.path(line.row)) - 1)
        for line in shown.lines
        if line.row in present
    ]
    return _grid(run, words, figures, lines, words.category)


def by_item(run: Result, words: Words) -> Grid:
    """The items of the whole view for each entity-year, in the order of the balance; gases together."""
    shown, table = shown_view(run)
    leaves = [line.row for line in shown.added_leaves()]
    items = table.filter(pl.col("row").is_in(leaves) & pl.col("item").is_not_null())
    united = (
        items.group_by("entity", "year", "item")
        .agg(
            pl.when(pl.col("co2e_t").count() > 0).then(pl.col("co2e_t").sum()).alias("co2e_t"),
            pl.col("missing_cells").sum(),
        )
        .sort("entity", "year", "item")
    )
    figures = _figures(united, "item", words)
    present = {item for _, _, item in figures}
    lines = [(item.id, item.name(words.lang), 0) for item in codes.items() if item.id in present]
    return _grid(run, words, figures, lines, words.item)


def beside(run: Result, words: Words, view: str) -> Grid:
    """What a view says beside its totals: removals, memo items and the other account of electricity, by line."""
    shown = views.view(view)
    told = marks("account", words.lang)
    table = run.views[view].join(years(run), on=["entity", "year"], how="semi").filter(pl.col("account") != "main")
    table = table.filter(pl.col("item").is_null() & (pl.col("gas") == views.ALL_GASES))
    named = table.with_columns((pl.col("account") + "/" + pl.col("row")).alias("line"))
    figures = _figures(named, "line", words)
    present = {line for _, _, line in figures}
    lines = [
        (f"{account}/{line.row}", f"{told[account]} · {line.name(words.lang)}", 0)
        for account in told
        for line in shown.leaves()
        if f"{account}/{line.row}" in present
    ]
    return _grid(run, words, figures, lines, words.beside)


Figures = dict[tuple[str, int, str], Figure]


def _figures(table: pl.DataFrame, line: str, words: Words) -> Figures:
    kept = table.select("entity", "year", line, "co2e_t", "missing_cells")
    return {
        (row["entity"], row["year"], row[line]): Figure(_amount(row["co2e_t"], words), row["missing_cells"])
        for row in kept.to_dicts()
    }


def _amount(tonnes: Decimal | None, words: Words) -> str:
    return words.ne if tonnes is None else wan(tonnes)


def _grid(run: Result, words: Words, figures: Figures, lines: Sequence[tuple[str, str, int]], corner: str) -> Grid:
    """Lines × entity-years where they fit side by side, else entity-years × lines, the largest first."""
    pairs, total = entity_years(run), years(run).height
    if total <= MOST_COLUMNS:
        heads = tuple(entity_year(entity, year, words) for entity, year in pairs)
        kept = lines[:MOST_ROWS]
        rows = tuple(
            (name, depth, tuple(figures.get((*pair, line), Figure("")) for pair in pairs)) for line, name, depth in kept
        )
        return Grid(corner, heads, rows, more(len(kept), len(lines), words))
    rows = tuple(
        (entity_year(*pair, words), 0, tuple(figures.get((*pair, line), Figure("")) for line, _, _ in lines))
        for pair in pairs
        if corner != words.beside or any((*pair, line) in figures for line, _, _ in lines)
    )
    return Grid(words.entity_year, tuple(name for _, name, _ in lines), rows, more(len(pairs), total, words))
