"""What a terminal shows of electricity: the policies of the run, and its series with one fixed factor beside the other."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from accounting import codes, views
from accounting.cli.talk import Talk
from accounting.quality import electricity_series
from accounting.quality.electricity import counts_electricity, policies_said
from accounting.tables import as_made

if TYPE_CHECKING:
    from accounting.runs import Run

MOST_ENTITIES = 3
MOST_LINES = 40


def policy_lines(run: Run, talk: Talk) -> list[str]:
    """The market policy and the year policy, beside every result in which electricity is counted."""
    if not counts_electricity(run.views):
        return []
    said = policies_said(run.manifest["settings"], talk.lang)
    return [talk.say(f"电力口径  {said}", f"electricity  {said}")]


def series_lines(run: Run, talk: Talk) -> list[str]:
    """Top lines with electricity, given twice, for entities with more than one year; nothing where no year repeats."""
    lines: list[str] = []
    for name in run.views:
        if counts_electricity([name]):
            shown = views.view(name)
            series = electricity_series.of_run(run.tables, run.manifest, shown, MOST_ENTITIES).to_dicts()
            rows = [_line(row, shown, talk, run.names) for row in series[:MOST_LINES]]
            lines += ["", _head(name, talk), *rows, *_cut(run, len(series), talk)] if rows else []
    return lines


def _cut(run: Run, told: int, talk: Talk) -> list[str]:
    """That more entities or lines are there than are printed."""
    entities = as_made(run.views)[next(iter(run.views))]["entity"].n_unique()
    if entities <= MOST_ENTITIES and told <= MOST_LINES:
        return []
    return [
        talk.say(
            f"  …最多印 {MOST_ENTITIES} 个主体、{MOST_LINES} 行", f"  … at most {MOST_ENTITIES} entities and {MOST_LINES} lines"
        )
    ]


def _head(name: str, talk: Talk) -> str:
    return talk.say(
        f"电力因子两种口径  {name}  万吨CO₂：各年因子 | 固定因子（年份）",
        f"electricity given twice  {name}  10^4 t CO2: factors of the year | one fixed factor (its year)",
    )


def _line(row: dict[str, Any], shown: views.View, talk: Talk, own: Mapping[str, str]) -> str:
    name = next(line.name(talk.lang) for line in shown.lines if line.row == row["row"])
    ours, fixed = _amount(row["co2_t"], row["missing_cells"]), _amount(row["fixed_co2_t"], row["fixed_missing_cells"])
    entity = codes.entity_name(row["entity"], talk.lang, own)
    return f"  {entity} · {row['year']}  {name}  {ours} | {fixed} ({row['factor_year'] or '–'})"


def _amount(tonnes: Decimal | None, missing: int) -> str:
    """万吨 with two decimals, NE where there is none, * where the total lacks cells."""
    text = "NE" if tonnes is None else f"{tonnes / 10_000:.2f}".replace("-0.00", "0.00")
    return f"{text}*" if missing and tonnes is not None else text
