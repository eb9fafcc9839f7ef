"""What stands at the head of the page: what was counted, and what must be known before any total."""

from __future__ import annotations

from typing import Any

import polars as pl

from accounting import codes
from accounting.codes.columns import marks
from accounting.errors import Lang
from accounting.quality.electricity import counts_electricity, policies_said
from accounting.quality.findings import waiting
from accounting.report.subject import Result, lasting_years, tops, unit, years
from accounting.report.words import Words, both, entity_name

NAMED_ENTITIES = 8
LARGEST = 3


def head(run: Result, words: Words) -> dict[str, Any]:
    """Which entities, years, views and packs; nothing that the run does not hold."""
    pairs = years(run).sort("entity", "year")
    entities = pairs["entity"].unique().sort().to_list()
    names = [entity_name(entity, words) for entity in entities[:NAMED_ENTITIES]]
    named = words.separator.join(names)
    if len(entities) > NAMED_ENTITIES:
        named = f"{named} {words('and_more', n=len(entities))}"
    known = pairs["year"].unique().sort().to_list()
    spoken = "–".join(str(year) for year in dict.fromkeys([known[0], known[-1]])) if known else "–"
    gases = [codes.gas(gas).name(words.lang) for gas in run.tables["inventory"]["gas"].unique().sort()]
    return {
        "line": words("for", entities=named, years=spoken, views=words.separator.join(view_name(v, words) for v in run.views)),
        "packs": [
            {"id": p["id"], "label": p[f"label_{words.lang}"], "kind": marks("pack_kind", words.lang)[p["kind"]]}
            for p in run.manifest["packs"]
        ],
        "unit": unit(run, words),
        "gases": f"{words.separator.join(gases)} · {run.manifest['settings']['gwp']}",
        "engine": "{name} {version}".format(**run.manifest["engine"]),
        "digest": str(run.manifest["digest"]),
        "electricity": policies_said(run.manifest["settings"], words.lang) if counts_electricity(run.views) else "",
        "example": _example(run, words.lang),
    }


def view_name(name: str, words: Words) -> str:
    """What people call a view, with its id."""
    return words[f"view {name}"] if f"view {name}" in both() else name


def _example(run: Result, lang: Lang) -> str:
    """The path of the largest cell, as `tanfeng explain` takes it."""
    cells = run.tables["inventory"].filter(pl.col("mass_t").is_not_null())
    if cells.is_empty():
        return ""
    row = cells.sort("mass_t", "entity", "year", descending=[True, False, False]).row(0, named=True)
    names = (codes.entity_name(row["entity"], lang), codes.category(row["category"]).name(lang))
    parts = (names[0], str(row["year"]), names[1], codes.item(row["item"]).name(lang))
    if any(sign in part for part in parts for sign in '/"'):
        parts = (row["entity"], str(row["year"]), row["category"], row["item"])
    return '"' + "/".join(parts) + '"'


def first(run: Result, words: Words) -> list[str]:
    """What must be known before any total: energy without factor, totals that lack cells, what waits."""
    told: list[str] = []
    share = run.manifest.get("coverage", {}).get("uncovered_share")
    if share:
        told.append(words("uncovered", share=f"{share:.1%}") + " " + words("largest", names=_largest(run, words)))
    elif share is not None:
        told.append(words.covered_all)
    counted = years(run).height
    lacking = tops(run).filter(pl.col("missing_cells") > 0).select("entity", "year").n_unique()
    told.append(words("lacking", n=counted, k=lacking) if lacking else words("whole", n=counted))
    lasting = lasting_years(run)
    if lasting:
        told.append(words("lasting", n=lasting))
    found = run.tables["findings"]
    told.append(
        words(
            "counts",
            defaults=found.filter(pl.col("kind") == "default").height,
            fallbacks=found.filter(pl.col("kind") == "fallback").height,
            waiting=waiting(found).height,
            refused=run.tables["rejections"].height,
        )
    )
    return told


def _largest(run: Result, words: Words) -> str:
    rows = [r for r in run.manifest["coverage"]["energy_tce"] if not r["covered"] and (r["tce"] or 0) > 0]
    largest = sorted(rows, key=lambda row: -row["tce"])[:LARGEST]
    space = "" if words.lang == "zh" else " "
    names = (
        f"{codes.category(r['category']).name(words.lang)}{space or '的'}{codes.item(r['item']).name(words.lang)}"
        for r in largest
    )
    return words.separator.join(names)
