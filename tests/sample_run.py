"""A small run held in memory, for tests of what is printed, exported and reported."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import polars as pl

from accounting import views
from accounting.tables import TABLES, frame, ordered

HOSTILE = "<script>alert(1)</script>"


@dataclass
class SampleRun:
    """Tables, views and manifest of a run; `digest` is that of the manifest."""

    tables: dict[str, pl.DataFrame]
    views: dict[str, pl.DataFrame]
    manifest: dict[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        return str(self.manifest["digest"])


def cell(entity: str, category: str, item: str, mass: str | None, **more: Any) -> dict[str, Any]:
    tonnes = None if mass is None else Decimal(mass)
    return {
        "entity": entity, "year": 2007, "category": category, "item": item, "gas": "CO2", "scope": 1,
        "account": "main", "mass_t": tonnes, "co2e_t": tonnes, "notation_key": None if mass else "NE",
        "method": "combustion.co2_factor" if mass else None, "pack": "ceads-2018" if mass else None,
        "reason": None if mass else "ceads-2018: 没有共同的因子 / no common factor", **more,
    }  # fmt: skip


def sample_run(cells: list[dict[str, Any]] | None = None, **tables: list[dict[str, Any]]) -> SampleRun:
    """Two provinces, three cells with a mass and one without, a refused cell and findings, unless others are given."""
    inventory = ordered("inventory", frame("inventory", CELLS if cells is None else cells))
    rows: dict[str, list[dict[str, Any]]] = {"rejections": REJECTIONS, "findings": FINDINGS, **tables}
    made = {name: frame(name, rows.get(name, [])) for name in TABLES if name != "view"}
    made["inventory"] = inventory
    made["resolution"] = frame("resolution", tables.get("resolution", RESOLUTION))
    shown = {"energy-balance": views.view_table(inventory, views.view("energy-balance"))}
    return SampleRun(made, shown, dict(MANIFEST))


CELLS = [
    cell("110000", "transport", "diesel_oil", "3175186.439700000001"),
    cell("110000", "transport", "gasoline", "1537712.3484"),
    cell("110000", "industry", "raw_coal", None),
    cell("370000", "transport", "diesel_oil", "21659826.8"),
]
REJECTIONS = [
    {
        "code": "number.footnote", "severity": "error", "file": "=cmd|' /C calc'!A0.xlsx", "sheet": HOSTILE,
        "cell": "O20", "seen": "-35.73①", "message_zh": "数值带脚注符号：不能当作数", "message_en": "a number with a mark: no number",
        "remedy_zh": "删去①", "remedy_en": "take the mark away",
    }
]  # fmt: skip
FINDINGS = [
    {
        "id": "aaaaaaaaaaaa", "code": "factor.missing", "kind": "missing_factor", "severity": "warning",
        "category": "industry", "item": "raw_coal", "seen": "6842600 t", "used": "NE", "stake_t": None,
        "message_zh": "没有因子：原煤", "message_en": "no factor: raw coal", "remedy_zh": "另选因子包", "remedy_en": "choose a pack",
    },
    {
        "id": "bbbbbbbbbbbb", "code": "balance.total_differs", "kind": "plausibility", "severity": "warning",
        "entity": "110000", "year": 2007, "file": "beijing.xlsx", "sheet": "Sheet1", "cell": "M31", "seen": "324.72",
        "stake_t": 1500.0, "message_zh": "合计与分项不符：差 1", "message_en": "a total differs: by 1",
        "remedy_zh": "核对", "remedy_en": "look", "accepted_by": "王", "accepted_on": "2026-11-24", "reason": "原表如此",
    },
]  # fmt: skip
RESOLUTION = [
    {
        "class": 7, "place": "CN", "category": "transport", "item": "diesel_oil", "year": 2007, "unit": "t",
        "gas": "CO2", "parameter": "co2_factor", "pack": "ceads-2018", "value": "3.093819", "value_unit": "tCO2/t",
        "region": "CN", "parameter_item": "diesel_oil", "tier": 2, "citation": "Shan et al. 2018", "rank": "CN",
        "reason": "only one",
    }
]  # fmt: skip
MANIFEST = {
    "digest": "1b173efab271cc175b191b277a7bd3b934ac6414b13447827785b10e4c093a45",
    "engine": {"name": "tanfeng", "version": "0.1.0"},
    "settings": {"views": ["energy-balance"], "gwp": "AR5"},
    "packs": [
        {
            "id": "ceads-2018",
            "content_hash": "4f79",
            "kind": "research",
            "label_zh": "研究数据反推因子, 非官方核算口径",
            "label_en": "research factors implied by published results, not an official method",
        }
    ],
    "inputs": [{"name": "beijing-2007.xlsx", "size": 10428, "sha256": "3b1a7ad388da", "refused": False, "sheets": []}],
    "stages": [{"stage": "read", "read": 871, "accepted": 500, "rejected": 1, "subtotals": 370, "set_aside": 0}],
    "coverage": {
        "uncovered_share": 0.59,
        "energy_tce": [
            {"category": "industry", "item": "raw_coal", "covered": False, "tce": 4887669.0},
            {"category": "transport", "item": "diesel_oil", "covered": True, "tce": 1495422.0},
        ],
    },
}
