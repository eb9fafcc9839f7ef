"""Series with electricity, given twice: with the factors of each year, and with one fixed factor."""

from __future__ import annotations

from decimal import Decimal

from accounting import views
from accounting.quality import electricity_series
from accounting.quality.electricity import counts_electricity
from accounting.report.subject import Result
from accounting.report.totals import Figure, Grid
from accounting.report.words import Words, entity_year, wan

MOST_ENTITIES = 12


def given_twice(run: Result, words: Words) -> list[tuple[Grid, str]]:
    """A table with its title for each top line that holds electricity, of each view; none where no year repeats."""
    tables: list[tuple[Grid, str]] = []
    for name in run.views:
        if not counts_electricity([name]):
            continue
        shown = views.view(name)
        series = electricity_series.of_run(run.tables, run.manifest, shown, MOST_ENTITIES)
        names = {line.row: line.name(words.lang) for line in shown.lines}
        for (row,), lines in series.group_by("row", maintain_order=True):
            title = words("given_twice", row=names[str(row)], view=name)
            tables.append((_grid([_line(line, words) for line in lines.to_dicts()], words), title))
    return tables


def _grid(lines: list[tuple[str, int, tuple[Figure, ...]]], words: Words) -> Grid:
    return Grid(words.entity_year, (words.of_the_year, words.of_one_year, words.fixed_year), tuple(lines))


def _line(row: dict[str, object], words: Words) -> tuple[str, int, tuple[Figure, ...]]:
    figures = (
        _figure(row["co2_t"], row["missing_cells"], words),
        _figure(row["fixed_co2_t"], row["fixed_missing_cells"], words),
        Figure("–" if row["factor_year"] is None else str(row["factor_year"])),
    )
    return entity_year(str(row["entity"]), int(str(row["year"])), words), 0, figures


def _figure(tonnes: object, missing: object, words: Words) -> Figure:
    return Figure(wan(tonnes) if isinstance(tonnes, Decimal) else words.ne, int(str(missing)))
