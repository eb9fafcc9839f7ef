"""The lists of the page: refused data, findings, factors with their sources, inputs; at most 200 rows each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from accounting import codes
from accounting.codes.columns import marks
from accounting.report.subject import MOST_ROWS, Result, more
from accounting.report.words import Words, entity_year, shortened

MOST_SHEETS = 8


def refused(run: Result, words: Words) -> dict[str, Any]:
    """Refused cells and rows: where, seen, why, what to do."""
    table = run.tables["rejections"]
    rows = [
        {
            "where": _where(row),
            "seen": shortened(row["seen"], 120),
            "why": shortened(row[f"message_{words.lang}"]),
            "do": shortened(row[f"remedy_{words.lang}"]),
            "code": row["code"],
        }
        for row in table.head(MOST_ROWS).to_dicts()
    ]
    return {"rows": rows, "more": more(len(rows), table.height, words)}


def findings(run: Result, words: Words) -> dict[str, Any]:
    """Findings: those that wait first, by tonnes at stake."""
    table = run.tables["findings"].sort(
        pl.col("accepted_by").is_not_null(), pl.col("severity") == "info", "stake_t", "code", "id",
        descending=[False, False, True, False, False], nulls_last=True,
    )  # fmt: skip
    severity = marks("severity", words.lang)
    rows = [
        {
            "severity": row["severity"],
            "level": severity.get(row["severity"], row["severity"]),
            "stake": "–" if row["stake_t"] is None else f"{row['stake_t']:,.0f}",
            "what": shortened(row[f"message_{words.lang}"]),
            "where": _where(row) or _key(row, words),
            "do": shortened(row[f"remedy_{words.lang}"]),
            "accepted": _accepted(row),
        }
        for row in table.head(MOST_ROWS).to_dicts()
    ]
    staked = table["stake_t"].is_not_null().any()
    return {"rows": rows, "staked": staked, "more": more(len(rows), table.height, words)}


def _where(row: Mapping[str, Any]) -> str:
    return " › ".join(shortened(row[part], 120) for part in ("file", "sheet", "cell") if row[part])


def _key(row: Mapping[str, Any], words: Words) -> str:
    lang = words.lang
    parts = [
        row["entity"] and codes.entity_name(row["entity"], lang, words.own),
        row["year"] and str(row["year"]),
        row["category"] and codes.category(row["category"]).name(lang),
        row["item"] and codes.item(row["item"]).name(lang),
    ]
    return " / ".join(shortened(part, 60) for part in parts if part)


def _accepted(row: Mapping[str, Any]) -> str:
    if row["accepted_by"] is None:
        return ""
    return shortened(f"{row['accepted_by']} {row['accepted_on']} {row['reason'] or ''}".strip(), 120)


def factors(run: Result, words: Words) -> dict[str, Any]:
    """The parameter values that were chosen, each once, with numbered sources."""
    columns = (
        "pack",
        "gas",
        "parameter_item",
        "item",
        "parameter_category",
        "region",
        "value",
        "value_unit",
        "citation",
    )
    chosen = run.tables["resolution"].select(columns).unique().sort(columns, nulls_last=False)
    order = {item.id: place for place, item in enumerate(codes.items())}
    listed = sorted(chosen.to_dicts(), key=lambda row: (row["pack"], order.get(row["item"], 0)))
    united: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in listed:
        key = tuple(row[c] for c in columns if c not in {"item", "parameter_category"})
        known = united.setdefault((*key, row["parameter_item"] or row["item"]), {**row, "categories": []})
        if row["parameter_category"] and row["parameter_category"] not in known["categories"]:
            known["categories"].append(row["parameter_category"])
    kept = list(united.values())[:MOST_ROWS]
    sources = {text: place for place, text in enumerate(dict.fromkeys(row["citation"] for row in kept), 1)}
    return {
        "rows": [_factor(row, words, sources) for row in kept],
        "sources": [(place, shortened(text, 600)) for text, place in sources.items()],
        "more": more(len(kept), len(united), words),
    }


def _factor(row: Mapping[str, Any], words: Words, sources: Mapping[str, int]) -> dict[str, Any]:
    names = [codes.category(name).name(words.lang) for name in row["categories"]]
    return {
        "item": codes.item(row["parameter_item"] or row["item"]).name(words.lang),
        "place": words.separator.join(names) or words.all_categories,
        "value": row["value"],
        "unit": row["value_unit"],
        "pack": row["pack"],
        "gas": codes.gas(row["gas"]).name(words.lang),
        "source": sources[row["citation"]],
    }


def inputs(run: Result, words: Words) -> dict[str, Any]:
    """The files that were read, with their hashes."""
    listed = run.manifest["inputs"]
    rows = [
        {
            "name": shortened(entry["name"], 160),
            "size": f"{entry['size']:,}",
            "sha256": entry["sha256"],
            "refused": bool(entry.get("refused")),
            "sheets": [_sheet(sheet, words) for sheet in (entry.get("sheets") or [])[:MOST_SHEETS]],
        }
        for entry in listed[:MOST_ROWS]
    ]
    account = next((stage for stage in run.manifest["stages"] if stage.get("stage") == "read"), None)
    return {
        "rows": rows,
        "more": more(len(rows), len(listed), words),
        "account": "" if account is None else words("rows_account", **_counts(account)),
    }


def _counts(account: Mapping[str, Any]) -> dict[str, str]:
    names = ("read", "accepted", "rejected", "subtotals", "set_aside")
    return {name: f"{account.get(name, 0):,}" for name in names}


def _sheet(sheet: Mapping[str, Any], words: Words) -> dict[str, str]:
    entity, year = sheet.get("entity"), sheet.get("year")
    subject = entity_year(entity, year, words) if entity and year else ""
    return {
        "name": shortened(sheet.get("sheet") or "", 80),
        "subject": subject,
        "counts": f"{sheet.get('read', 0):,} / {sheet.get('accepted', 0):,} / {sheet.get('rejected', 0):,}",
    }
