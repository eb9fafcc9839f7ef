"""Tables as people read them: names beside ids, 万吨 beside tonnes, headings in one language, no text that runs.

A text that a spreadsheet would take for a formula (= + - @, their full-width forms, tab, return) stands behind an
apostrophe; plain numbers stay numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import polars as pl

from accounting import codes, views
from accounting.codes.columns import column_name, marks
from accounting.errors import Lang
from accounting.exact import MASS_DIGITS, decimals, integers, rounded_integers
from accounting.quality.electricity import counts_electricity, policies_said
from accounting.quality.reconcile import STATUSES

WAN_DIGITS = 4
_FORMULA = r"^[\s\p{Cf}]*[=+\-@\t\r\n＝＋－＠]"
_PLAIN_NUMBER = r"^[+-]?[0-9]+(\.[0-9]+)?$"
_NAMES: Mapping[str, Callable[[str, Lang], str]] = {
    "entity": codes.entity_name,
    "category": lambda word, lang: codes.category(word).name(lang),
    "item": lambda word, lang: codes.item(word).name(lang),
    "gas": lambda word, lang: "CO₂e" if word == views.ALL_GASES else codes.gas(word).name(lang),
}


class Result(Protocol):
    """What is exported of a run."""

    tables: Mapping[str, pl.DataFrame]
    views: Mapping[str, pl.DataFrame]
    manifest: dict[str, Any]


def for_people(
    table: pl.DataFrame, lang: Lang, view_tables: Mapping[str, pl.DataFrame] | None = None, own: Mapping[str, str] | None = None
) -> pl.DataFrame:
    """A table with names beside ids, 万吨 beside tonnes and headings in one language; every column is as printed."""
    other = "en" if lang == "zh" else "zh"
    lines = _line_names(view_tables or {}, lang)
    columns: list[pl.Expr] = []
    for name, kind in table.schema.items():
        if name.endswith(f"_{other}"):
            continue
        columns.append(_printed(name, kind, lang).alias(column_name(name, lang)))
        if name in _NAMES:
            names = {word: _name(name, word, lang) for word in table[name].drop_nulls().unique().to_list()}
            names |= {word: (own or {})[word] for word in names if name == "entity" and word in (own or {})}
            columns.append(_replaced(name, names).alias(column_name(f"{name}_name", lang)))
        if name == "row":
            columns.append(_replaced(name, lines).alias(column_name("row_name", lang)))
        if name in {"mass_t", "co2e_t"}:
            columns.append(ten_thousand_tonnes(name).alias(column_name(name.replace("_t", "_wan"), lang)))
        if name == "missing_cells":
            columns.append(_completeness(lang).alias(column_name("complete", lang)))
    return table.select(columns)


def _name(column: str, word: str, lang: Lang) -> str:
    return _NAMES[column](word, lang)


def _line_names(view_tables: Mapping[str, pl.DataFrame], lang: Lang) -> dict[str, str]:
    known = [views.view(name) for name in view_tables if name in views.views()]
    return {line.row: line.name_zh if lang == "zh" else line.name_en for view in known for line in view.lines}


def _replaced(column: str, names: Mapping[str, str]) -> pl.Expr:
    return pl.col(column).replace_strict(dict(names), default=None, return_dtype=pl.String)


def _printed(name: str, kind: pl.DataType, lang: Lang) -> pl.Expr:
    words = marks(name, lang)
    if words:
        return pl.col(name).replace(dict(words))
    if isinstance(kind, pl.Decimal):
        return pl.col(name).cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")
    return _harmless(name) if kind == pl.String else pl.col(name)


def _harmless(column: str) -> pl.Expr:
    """A text that a spreadsheet would take for a formula, behind an apostrophe; plain numbers stay."""
    risky = pl.col(column).str.contains(_FORMULA) & ~pl.col(column).str.contains(_PLAIN_NUMBER)
    return pl.when(risky).then(pl.lit("'") + pl.col(column)).otherwise(pl.col(column))


def ten_thousand_tonnes(column: str) -> pl.Expr:
    """Tonnes as 万吨 with four decimals, rounded once, half away from zero."""
    wan = rounded_integers(integers(pl.col(column)), MASS_DIGITS + 4, WAN_DIGITS)
    return decimals(wan, WAN_DIGITS).cast(pl.Float64)


def _completeness(lang: Lang) -> pl.Expr:
    missing = pl.col("missing_cells").cast(pl.String)
    parts = ("不完整 (缺 ", " 项)", "完整") if lang == "zh" else ("incomplete (", " missing)", "complete")
    lacks = pl.lit(parts[0]) + missing + pl.lit(parts[1])
    return pl.when(pl.col("missing_cells") > 0).then(lacks).otherwise(pl.lit(parts[2]))


def about(run: Result, lang: Lang) -> pl.DataFrame:
    """What the files are: packs, their kinds and uses, policies of electricity, energy without factor, inputs, the digest."""
    zh = lang == "zh"
    told = run.manifest
    share = told.get("coverage", {}).get("uncovered_share")
    rows = [("摘要" if zh else "digest", str(told["digest"]))]
    kinds = marks("pack_kind", lang)
    rows += [("因子包" if zh else "pack", f"{p['id']} {kinds[p['kind']]} {p[f'label_{lang}']}".strip()) for p in told["packs"]]
    if counts_electricity(run.views):
        rows.append(("电力口径" if zh else "electricity", policies_said(told["settings"], lang)))
    if share:
        text = "所计能源中没有因子的部分(折标准煤)" if zh else "share of the energy counted without a factor (standard coal)"
        rows.append((text, f"{share:.1%}"))
    rows.append(("程序" if zh else "engine", f"{told['engine']['name']} {told['engine']['version']}"))
    rows.append(("GWP", str(told["settings"]["gwp"])))
    rows.append(
        ("合计", "只取视图的行；清单单元跨范围重叠，不可直接相加")
        if zh
        else ("totals", "lines of views only; cells of the inventory overlap across scopes and are not added up")
    )
    rows += [("输入" if zh else "input", f"{i['name']}  SHA-256 {i['sha256']}") for i in told["inputs"]]
    heads = ("项目", "内容") if zh else ("what", "value")
    return pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row").select(
        _harmless(head).alias(head) for head in heads
    )


def with_names(table: pl.DataFrame) -> pl.DataFrame:
    """The verdict first, in both languages, then each column as it is called, with Chinese names beside ids."""
    columns: list[pl.Expr] = []
    if "status" in table.columns:
        both = {status: f"{zh} {en}" for status, (zh, en) in STATUSES.items()}
        columns.append(_replaced("status", both).alias("verdict"))
    for name, kind in table.schema.items():
        columns.append(_printed(name, kind, "zh").alias(name))
        if name in _NAMES:
            words = table[name].drop_nulls().unique().to_list()
            names = {word: _name(name, word, "zh") for word in words if name != "category" or codes.find_category(word)}
            columns.append(_replaced(name, names).alias(f"{name}_name"))
    return table.select(columns)
