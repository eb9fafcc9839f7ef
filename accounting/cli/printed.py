"""A run as a terminal shows it: what has no factor first, totals in 万吨CO₂, then what waits for somebody."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from accounting import codes
from accounting.cli import electricity
from accounting.cli.talk import Talk
from accounting.codes.columns import marks
from accounting.errors import Lang
from accounting.quality.coverage import of_reported_years
from accounting.ranks import uncoded
from accounting.runs import Run
from accounting.tables import as_made
from accounting.views import ALL_GASES, View, view

WHOLE_TABLES = 3
SHORT_LINES = 20
SHOWN_REFUSALS = 5
NAME_WIDTH = 44


def run_text(run: Run, talk: Talk) -> str:
    """The answer of `tanfeng run`: packs, share without factor, totals, refusals, findings, where it lies."""
    blocks = [*pack_lines(run, talk), *coverage_lines(run, talk), *electricity.policy_lines(run, talk), ""]
    for name in run.views:
        blocks += view_lines(run, view(name), talk)
    blocks += electricity.series_lines(run, talk)
    return "\n".join([*blocks, *refusal_lines(run, talk), *ending(run, talk)])


def pack_lines(run: Run, talk: Talk) -> list[str]:
    """The packs in force in their order, each with its kind; then the label of each that has one."""
    packs, kinds = run.manifest["packs"], marks("pack_kind", talk.lang)
    listed = talk.say("、", ", ").join(f"{p['id']} {kinds[p['kind']]}" for p in packs)
    labels = [f"{p['id']}  {p[f'label_{talk.lang}']}" for p in packs if p[f"label_{talk.lang}"]]
    return [talk.say(f"因子包（先者优先）  {listed}", f"packs (the first wins)  {listed}"), *labels]


def coverage_lines(run: Run, talk: Talk) -> list[str]:
    """Which part of the energy has no factor in the chosen packs: said before any total."""
    share = run.manifest["coverage"]["uncovered_share"]
    if not share:
        return []
    rows = [r for r in run.manifest["coverage"]["energy_tce"] if not r["covered"] and (r["tce"] or 0) > 0]
    largest = sorted(rows, key=lambda r: -r["tce"])[:3]
    separator = talk.say("、", ", ")
    named = separator.join(f"{_category(r['category'], talk.lang)} {_item(r['item'], talk.lang)}" for r in largest)
    return [
        talk.say(
            f"所计能源的 {share:.1%}（按折标准煤）在所选因子包中没有因子，记为 NE，未计入合计；最大的是 {named}",
            f"{share:.1%} of the energy counted (standard coal) has no factor in these packs: NE, not in any total; "
            f"the largest are {named}",
        )
    ]


def view_lines(run: Run, shown: View, talk: Talk) -> list[str]:
    """Totals of a view: whole tables for a few entity-years, one line each for more, and a count of the rest."""
    whole = as_made(run.views)[shown.id]
    every = uncoded(whole.filter(pl.col("item").is_null() & (pl.col("gas") == ALL_GASES)))
    totals = of_reported_years(every, run.tables)
    pairs = totals.filter(account="main").select("entity", "year").unique()
    lines = [f"{shown.id}  {_unit(whole, run, talk)}"]
    if pairs.height > WHOLE_TABLES:
        lines += _short_lines(totals.filter(account="main"), shown, talk, run.names)
    else:
        for entity, year in pairs.sort("entity", "year").iter_rows():
            own = totals.filter(entity=entity, year=year)
            lines += [
                f"{entity_label(entity, talk.lang, run.names)} · {year}",
                *_table_lines(own.filter(account="main"), shown, talk),
            ]
            lines += _lines_apart(own, shown, talk)
    return [*lines, *_only_lasting(every, totals, talk)]


def _unit(table: pl.DataFrame, run: Run, talk: Talk) -> str:
    """万吨CO₂, or CO2 equivalent with the set of potentials where a view holds other gases."""
    if set(table["gas"].unique().cast(pl.String)) <= {"CO2", ALL_GASES}:
        return talk.say("万吨CO₂", "10^4 t CO2")
    gwp = run.manifest["settings"]["gwp"]
    return talk.say(f"万吨CO₂当量（{gwp}）", f"10^4 t CO2e ({gwp})")


def _short_lines(totals: pl.DataFrame, shown: View, talk: Talk, own: Mapping[str, str]) -> list[str]:
    """The totals of the largest entity-years, a line each, named where the view has several."""
    names = {line.row: line.name(talk.lang) for line in shown.lines if line.parent is None and not line.apart}
    order = pl.col("row").replace_strict(list(names), list(range(len(names))))
    short = totals.filter(pl.col("row").is_in(list(names)))
    size = pl.col("co2e_t").cast(pl.Float64).abs().sum().fill_null(0).alias("size")
    pairs = short.group_by("entity", "year").agg(size).sort("size", "entity", "year", descending=[True, False, False])
    largest = short.join(pairs.head(max(1, SHORT_LINES // len(names))), on=["entity", "year"], how="semi")
    lines = [
        _short_line(row, names[row["row"]] if len(names) > 1 else "", talk, own)
        for row in largest.sort("entity", "year", order).to_dicts()
    ]
    hidden = short.join(largest, on=["entity", "year"], how="anti")
    rest = hidden.select("entity", "year").n_unique()
    lacking = hidden.filter(pl.col("missing_cells") > 0).select("entity", "year").n_unique()
    if rest:
        zh, en = (f"，其中 {lacking} 个不完整", f", of which {lacking} incomplete") if lacking else ("", "")
        lines.append(talk.say(f"  …另有 {rest} 个较小的地区·年份{zh}", f"  … and {rest} smaller entity-years{en}"))
    return lines


def _short_line(row: dict[str, Any], line: str, talk: Talk, own: Mapping[str, str]) -> str:
    name = f"{entity_label(row['entity'], talk.lang, own)} · {row['year']} {line}".rstrip()
    return f"  {padded(name)}{amount(row, talk)}"


def _lines_apart(own: pl.DataFrame, shown: View, talk: Talk) -> list[str]:
    """What the view says beside its totals, by account: removals, memo items, electricity by the market."""
    names, told = {line.row: line.name(talk.lang) for line in shown.leaves()}, marks("account", talk.lang)
    rows = own.filter((pl.col("account") != "main") & pl.col("row").is_in(list(names)))
    order = list(names)
    listed = sorted(rows.to_dicts(), key=lambda row: (row["account"], order.index(row["row"])))
    lines = [
        f"    {padded(told[row['account']] + ' · ' + names[row['row']], NAME_WIDTH - 2)}{amount(row, talk)}" for row in listed
    ]
    return [talk.say("  另列，不计入以上合计：", "  apart, in no total above:"), *lines] if lines else []


def _only_lasting(every: pl.DataFrame, shown: pl.DataFrame, talk: Talk) -> list[str]:
    if every is shown:
        return []
    years = every.join(shown, on=["entity", "year"], how="anti").select("entity", "year").unique()
    if years.is_empty():
        return []
    n = years.height
    return [
        talk.say(
            f"  另有 {n} 个地区·年份只有历年填埋垃圾的排放，见 views",
            f"  and {n} entity-years that hold only what waste laid down over the years gives off: see views",
        )
    ]


def _table_lines(own: pl.DataFrame, shown: View, talk: Talk) -> list[str]:
    rows = {row["row"]: row for row in own.to_dicts()}
    lines: list[str] = []
    for line in shown.lines:
        if line.row in rows:
            indent = "  " * len(shown.path(line.row))
            name = line.name_zh if talk.lang == "zh" else line.name_en
            lines.append(f"{padded(indent + name)}{amount(rows[line.row], talk)}")
    return lines


def amount(row: dict[str, Any], talk: Talk) -> str:
    """A total in 万吨CO₂, with 不完整 (缺 n 项) in the same line where cells are missing."""
    mark = ""
    if row["missing_cells"]:
        n = row["missing_cells"]
        mark = talk.say(f"  不完整 (缺 {n} 项)", f"  incomplete ({n} missing)")
    return f"{ten_thousand_tonnes(row['co2e_t']):>14}{mark}"


def ten_thousand_tonnes(tonnes: Decimal | None) -> str:
    """Tonnes as 万吨 with two decimals; NE where there is no number."""
    return "NE" if tonnes is None else f"{tonnes / 10000:.2f}".replace("-0.00", "0.00")


def refusal_lines(run: Run, talk: Talk) -> list[str]:
    """How many cells were refused, and the first of them."""
    refused = run.tables["rejections"]
    if refused.is_empty():
        return []
    lines = ["", talk.say(f"未采用数据 {refused.height} 项，未计入以上合计：", f"refused, in no total above: {refused.height}")]
    for row in refused.head(SHOWN_REFUSALS).to_dicts():
        address = " › ".join(p for p in (row["file"], row["sheet"], row["cell"]) if p)
        lines.append(f"  {row['code']}  {address}  {row['seen'] or ''}  {row[f'message_{talk.lang}']}")
    if refused.height > SHOWN_REFUSALS:
        rest, place = refused.height - SHOWN_REFUSALS, run.path or "RUN"
        command = f"tanfeng export {place} --table rejections --out DIR"
        lines.append(talk.say(f"  …其余 {rest} 项：{command}", f"  … {rest} more: {command}"))
    return lines


def ending(run: Run, talk: Talk) -> list[str]:
    """Where the run lies, its digest, and what waits: 采用缺省 n 项, 替代取值 n 项, 待确认 n 项."""
    found = run.tables["findings"]
    defaults = found.filter(pl.col("kind") == "default").height
    fallbacks = found.filter(pl.col("kind") == "fallback").height
    place = str(run.path) if run.path else talk.say("（未保存）", "(not saved)")
    return [
        "",
        talk.say(f"核算批次 {place}  摘要 {run.digest[:16]}", f"run {place}  digest {run.digest[:16]}"),
        talk.say(
            f"采用缺省 {defaults} 项, 替代取值 {fallbacks} 项, 待确认 {run.waiting.height} 项：tanfeng findings {place}",
            f"defaults {defaults}, fallbacks {fallbacks}, waiting {run.waiting.height}: tanfeng findings {place}",
        ),
    ]


def entity_label(entity: str, lang: Lang, own: Mapping[str, str] | None = None) -> str:
    """北京 110000; an own id without a name stands by itself."""
    name = codes.entity_name(entity, lang, own)
    return entity if name == entity else f"{name} {entity}"


def _category(category: str, lang: Lang) -> str:
    return codes.category(category).name(lang)


def _item(item: str, lang: Lang) -> str:
    return codes.item(item).name(lang)


def padded(text: str, width: int = NAME_WIDTH) -> str:
    """Padded to a column, counting a Chinese character as two."""
    shown = sum(2 if ord(character) > 0x2E7F else 1 for character in text)
    return text + " " * max(1, width - shown)
