"""What the page draws, as SVG that holds everything it needs; colours are those of Okabe and Ito (2008), two more of Tol.

energy: what has a factor and what has none, by category · emissions: what was estimated, by category and kind of item
for a few entity-years, by category for many, over the years where a series is there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from accounting import codes, views
from accounting.report.subject import Result, shown_view, unit
from accounting.report.words import Words, entity_name, entity_year

FEW = 4  # entity-years that are drawn each in a panel of its own
MOST_BARS = 24
SERIES = 3  # years that make a series
MOST_PANELS = 6
FONT = "'Microsoft YaHei','PingFang SC','Noto Sans CJK SC','Source Han Sans SC',SimHei,sans-serif"
PALETTE = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#F0E442",
    "#000000",
    "#999999",
    "#882255",
    "#44AA99",
)
COVERED, UNCOVERED = "#0072B2", "#D55E00"
_KINDS = {
    "coal": ("煤炭", "coal"),
    "coke_gas": ("焦炭与煤气", "coke and coal gas"),
    "oil": ("油品", "oil products"),
    "natural_gas": ("天然气", "natural gas"),
    "electricity_heat": ("电力与热力", "electricity and heat"),
    "other": ("其他", "other"),
}
_MEMBERS = {
    "coal": "raw_coal cleaned_coal other_washed_coal briquettes gangue anthracite bituminous_coal lignite",
    "coke_gas": "coke coke_oven_gas blast_furnace_gas converter_gas other_gas other_coking_products",
    "oil": "crude_oil gasoline kerosene diesel_oil fuel_oil naphtha lubricants paraffin_wax solvent_oil bitumen "
    "petroleum_coke lpg refinery_gas other_petroleum_products",
    "natural_gas": "natural_gas lng",
    "electricity_heat": "electricity green_electricity_direct green_electricity_contract green_certificate heat",
}
_KIND_OF = {item: kind for kind, items in _MEMBERS.items() for item in items.split()}
_LABEL_SPACE = 230
_WIDTH = 740


def energy(run: Result, words: Words) -> str:
    """Shares of the energy counted with and without a factor; empty where nothing can be said."""
    rows = run.manifest.get("coverage", {}).get("energy_tce", [])
    sums: dict[tuple[str, bool], float] = {}
    for row in rows:
        if row["tce"] and row["tce"] > 0:
            key = row["category"], bool(row["covered"])
            sums[key] = sums.get(key, 0.0) + row["tce"]
    if not sums:
        return ""
    whole = sum(sums.values())
    names = _category_names(run, words)
    order = [name for category, name in names.items() if any(c == category for c, _ in sums)]
    states = [words.with_factor, words.without_factor]
    values = [
        {"line": names[category], "state": states[0 if covered else 1], "amount": 100 * amount / whole}
        for (category, covered), amount in sums.items()
    ]
    return _bars(values, order, states, (COVERED, UNCOVERED), words.energy_axis, "e-" + words.lang)


def _category_names(run: Result, words: Words) -> dict[str, str]:
    """Every category by name, as the first view calls it where it has a line for it."""
    names = {category.id: category.name(words.lang) for category in codes.categories()}
    lines = views.view(next(iter(run.views))).lines
    return {
        **names,
        **{line.category: (line.name_zh if words.lang == "zh" else line.name_en) for line in lines if line.category},
    }


def emissions(run: Result, words: Words) -> tuple[str, int, int]:
    """The emissions estimated; how many entity-years are drawn, and how many there are."""
    shown, table = shown_view(run)
    added = [line.row for line in shown.added_leaves()]
    leaves = table.filter(pl.col("row").is_in(added) & pl.col("co2e_t").is_not_null())
    pairs = leaves.select("entity", "year").unique().sort("entity", "year").rows()
    if not pairs:
        return "", 0, 0
    names = {line.row: line.name_zh if words.lang == "zh" else line.name_en for line in shown.lines}
    if len(pairs) <= FEW:
        return _panels(leaves, pairs, names, words, unit(run, words)), len(pairs), len(pairs)
    years = leaves.group_by("entity").agg(pl.col("year").n_unique())
    if max(years["year"].to_list()) >= SERIES and years.height <= MOST_PANELS:
        return _series(leaves, names, words, unit(run, words)), len(pairs), len(pairs)
    return _ranked(leaves, names, words, unit(run, words)), min(MOST_BARS, len(pairs)), len(pairs)


def _panels(leaves: pl.DataFrame, pairs: Sequence[tuple[str, int]], names: Mapping[str, str], words: Words, axis: str) -> str:
    """One panel an entity-year: its categories, split by kind of item."""
    kinds = {kind: both[0 if words.lang == "zh" else 1] for kind, both in _KINDS.items()}
    cells = leaves.filter(pl.col("item").is_not_null()).to_dicts()
    sums: dict[tuple[str, str, str], float] = {}
    for row in cells:
        key = entity_year(row["entity"], row["year"], words), names[row["row"]], _kind(row["item"])
        sums[key] = sums.get(key, 0.0) + float(row["co2e_t"]) / 10_000
    present = [kind for kind in kinds if any(k == kind for _, _, k in sums)]
    values = [{"panel": p, "line": line, "state": kinds[k], "amount": amount} for (p, line, k), amount in sums.items()]
    order = [name for name in names.values() if any(line == name for _, line, _ in sums)]
    panels = [entity_year(*pair, words) for pair in pairs]
    return _bars(values, order, [kinds[k] for k in present], PALETTE, axis, "p-" + words.lang, panels)


def _kind(item: str) -> str:
    return next((_KIND_OF[name] for name in (item, *codes.item_parents(item)) if name in _KIND_OF), "other")


def _ranked(leaves: pl.DataFrame, names: Mapping[str, str], words: Words, axis: str) -> str:
    """The largest entity-years, one bar each, split by category."""
    totals = leaves.filter(pl.col("item").is_null() & (pl.col("gas") == views.ALL_GASES))
    size = pl.col("co2e_t").cast(pl.Float64).sum()
    largest = totals.group_by("entity", "year").agg(size.alias("size")).sort("size", "entity", "year", descending=True)
    kept = largest.head(MOST_BARS)
    rows = totals.join(kept, on=["entity", "year"], how="semi").to_dicts()
    values = [
        {
            "line": entity_year(row["entity"], row["year"], words),
            "state": names[row["row"]],
            "amount": float(row["co2e_t"]) / 10_000,
        }
        for row in rows
    ]
    order = [entity_year(row["entity"], row["year"], words) for row in kept.to_dicts()]
    states = [name for name in names.values() if any(value["state"] == name for value in values)]
    return _bars(values, order, states, PALETTE, axis, "r-" + words.lang)


def _series(leaves: pl.DataFrame, names: Mapping[str, str], words: Words, axis: str) -> str:
    """Years side by side, one panel an entity, split by category."""
    import altair as alt

    rows = leaves.filter(pl.col("item").is_null() & (pl.col("gas") == views.ALL_GASES))
    values = [
        {
            "panel": entity_name(row["entity"], words),
            "line": str(row["year"]),
            "state": names[row["row"]],
            "amount": float(row["co2e_t"]) / 10_000,
        }
        for row in rows.sort("entity", "year", "row").to_dicts()
    ]
    states = [name for name in names.values() if any(value["state"] == name for value in values)]
    chart = (
        alt.Chart(alt.Data(values=_numbered(values, states)))
        .mark_bar()
        .encode(
            x=alt.X("line:O", title=None),
            y=alt.Y("amount:Q", title=axis),
            color=_color(states, PALETTE),
            order=alt.Order("place:Q"),
        )
        .properties(width=420, height=220)
        .facet(_facet(list(dict.fromkeys(str(value["panel"]) for value in values))), columns=2)
    )
    return _svg(chart, "s-" + words.lang)


def _bars(
    values: Sequence[Mapping[str, Any]],
    order: Sequence[str],
    states: Sequence[str],
    palette: Sequence[str],
    axis: str,
    prefix: str,
    panels: Sequence[str] = (),
) -> str:
    """Horizontal stacked bars in a given order, in panels below each other where there are any."""
    import altair as alt

    bars = (
        alt.Chart(alt.Data(values=_numbered(values, states)))
        .mark_bar(height={"band": 0.8})
        .encode(
            x=alt.X("amount:Q", title=axis, axis=alt.Axis(format=",~f", grid=True, tickCount=8)),
            y=alt.Y(
                "line:N",
                title=None,
                sort=list(order),
                axis=alt.Axis(labelLimit=_LABEL_SPACE, minExtent=_LABEL_SPACE),
            ),
            color=_color(states, palette),
            order=alt.Order("place:Q"),
        )
        .properties(width=_WIDTH, height={"step": 21})
    )
    if len(panels) <= 1:
        return _svg(bars, prefix)
    return _svg(bars.facet(_facet(panels), columns=1), prefix)


def _facet(panels: Sequence[str]) -> Any:
    import altair as alt

    header = alt.Header(labelAnchor="start", labelFontSize=14, labelFontWeight="bold")
    return alt.Facet("panel:N", title=None, sort=list(panels), header=header)


def _numbered(values: Sequence[Mapping[str, Any]], states: Sequence[str]) -> list[dict[str, Any]]:
    """Values with the place of their colour, so that bars are stacked as the legend reads."""
    return [{**value, "place": states.index(value["state"])} for value in values]


def _color(states: Sequence[str], palette: Sequence[str]) -> Any:
    import altair as alt

    colours = [palette[place % len(palette)] for place in range(len(states))]
    legend = alt.Legend(title=None, orient="top", columns=4, labelLimit=260, symbolType="square")
    return alt.Color("state:N", sort=list(states), scale=alt.Scale(domain=list(states), range=colours), legend=legend)


def _svg(chart: Any, prefix: str) -> str:
    import vl_convert

    spec = (
        chart.configure(font=FONT, background="transparent")
        .configure_view(strokeWidth=0)
        .configure_axis(labelFontSize=13, titleFontSize=13, titleFontWeight="normal")
        .configure_legend(labelFontSize=13)
        .to_dict()
    )
    return _own_ids(vl_convert.vegalite_to_svg(spec), prefix)


def _own_ids(svg: str, prefix: str) -> str:
    """Ids that no other drawing of the page has, and a size that follows the page."""
    named = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', svg)
    named = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", named)
    named = re.sub(r' xmlns(:xlink)?="[^"]+"', "", named)
    return re.sub(r'<svg([^>]*?) width="(\d+)" height="\d+"', r'<svg\1 style="width:100%;max-width:\2px;height:auto"', named)
