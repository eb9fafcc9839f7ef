"""A project in a folder from a few rows of its tables, for tests of what a project says of its own."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import accounting as ac

COLUMNS = {
    "data": "entity year month category item quantity unit",
    "entities": "entity name kind parent share place valid_from valid_to",
    "parameters": "entity parameter item category year month value unit basis tier samples measured_from measured_to lower "
    "upper source reason author gas",
    "splits": "entity year_from year_to item into share source",
}
MEASURED = {"source": "化验室 2022 年报", "reason": "逐日化验", "author": "李四", "tier": "3"}
OFFICIAL = "provincial-2011,cn-enterprise-2024"


def written(folder: Path, more: str = "", *, packs: str = OFFICIAL, view: str = "china-pilot", **tables: Sequence) -> Path:
    """`tanfeng.toml` with the tables given as rows, tuples in the order of COLUMNS or dictionaries; gives its path."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        columns = COLUMNS[name].split()
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(row if isinstance(row, dict) else dict(zip(columns, row, strict=False)) for row in rows)
    listed = "".join(f'{name} = "{name}.csv"\n' for name in tables if name != "data")
    chosen = ", ".join(f'"{pack}"' for pack in packs.split(","))
    text = f'view = "{view}"\n[[inputs]]\npath = "data.csv"\n[factors]\npacks = [{chosen}]\n[tables]\n{listed}\n{more}\n'
    (folder / "tanfeng.toml").write_text(text, encoding="utf-8")
    return folder / "tanfeng.toml"


def run(folder: Path, more: str = "", **tables: object) -> ac.Run:
    return ac.run(written(folder, more, **tables))  # type: ignore[arg-type]


def measured(entity: str, parameter: str, item: str, value: str, unit: str, **more: object) -> dict:
    """One row of the table of parameters."""
    return {
        "entity": entity,
        "parameter": parameter,
        "item": item,
        "year": 2022,
        "value": value,
        "unit": unit,
        **MEASURED,
        **more,
    }


def parts(whole: str, *of: str, adds: bool = False) -> str:
    """A [[parts]] table."""
    listed = ", ".join(f'"{part}"' for part in of)
    return f'[[parts]]\nwhole = "{whole}"\nof = [{listed}]\n' + ("adds = true\n" if adds else "")
