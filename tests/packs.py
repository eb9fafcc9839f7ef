"""Packs for tests, written into a folder from a few rows."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

from accounting.factors.pack import ABSENCE_COLUMNS, PARAMETER_COLUMNS, SOLE_COLUMNS

ROW = {
    "parameter": "co2_factor", "item": "diesel_oil", "gas": "CO2", "region": "CN", "valid_from": "2000", "tier": "1",
    "value": "3", "unit": "tCO2/t", "citation": "made for a test",
}  # fmt: skip


def write(
    folder: Path, *rows: dict, absences: tuple[dict, ...] = (), sole: tuple[dict, ...] = (), name: str | None = None,
    **told: object,
) -> Path:  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    _csv(folder / "parameters.csv", PARAMETER_COLUMNS, [ROW | row for row in rows])
    _csv(folder / "absences.csv", ABSENCE_COLUMNS, list(absences))
    _csv(folder / "sole_source.csv", SOLE_COLUMNS, list(sole))
    files = ("parameters.csv", "absences.csv", "sole_source.csv")
    described = {
        "name": name or folder.name, "title_zh": "试验", "title_en": "trial", "kind": "own", **told,
        "resources": [{"path": f, "hash": "sha256:" + hashlib.sha256((folder / f).read_bytes()).hexdigest()} for f in files],
    }  # fmt: skip
    (folder / "datapackage.json").write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")
    return folder


def _csv(path: Path, columns: tuple[str, ...], rows: list[dict]) -> None:
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
