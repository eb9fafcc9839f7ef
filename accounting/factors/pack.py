"""Factor packs: a folder with datapackage.json and CSV, never edited, known by its content.

factors/ceads-2018/
  datapackage.json   id, titles, producer, issued, licence, kind, label, files with size and SHA-256
  parameters.csv     one row a value: parameter, item, category, gas, … value, unit, citation, original figure
  absences.csv       what the pack leaves out on purpose, and why (optional)
  sole_source.csv    families of methods and gases that no later pack may fill, and why (optional)
  README.md
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from accounting import codes, shipped
from accounting.errors import UsageError, Where, did_you_mean
from accounting.exact import fraction

PARAMETER_COLUMNS = (
    "parameter", "item", "category", "gas", "region", "entity", "basis", "edition", "published", "measured_from",
    "measured_to", "valid_from", "valid_to", "tier", "value", "unit", "lower", "upper", "distribution",
    "correlation_group", "citation", "original_value", "original_unit", "note",
)  # fmt: skip
ABSENCE_COLUMNS = ("item", "category", "gas", "severity", "reason_zh", "reason_en")
SOLE_COLUMNS = ("family", "gas", "reason_zh", "reason_en")
KINDS = ("official", "research", "own")
GWP_PACK = "gwp"
PARAMETERS_FILE, ABSENCES_FILE, SOLE_FILE = "parameters.csv", "absences.csv", "sole_source.csv"
_NUMBERS = {"valid_from": pl.Int16, "valid_to": pl.Int16, "tier": pl.Int8}
_SHAPES = {"valid_from": r"^[0-9]{4}(-01-01)?$", "valid_to": r"^[0-9]{4}(-12-31)?$", "tier": r"^[0-9]$"}


@dataclass(frozen=True, eq=False)
class Pack:
    """A loaded pack; `parameters` has the columns of the CSV as text, years and tier as integers.

    `sole` says of which family of methods and gas the pack is the only source: packs after it are not asked.
    `content_hash` is the SHA-256 over the names and SHA-256 of its files: the same values have the same hash wherever
    the folder lies.
    """

    id: str
    folder: Path
    title_zh: str
    title_en: str
    kind: str
    label_zh: str
    label_en: str
    content_hash: str
    parameters: pl.DataFrame
    absences: pl.DataFrame
    sole: pl.DataFrame
    producer: str = ""
    issued: str = ""
    accessed: str = ""
    licence: str = ""


@cache
def shipped_packs() -> tuple[str, ...]:
    """The ids of the packs that travel with the engine."""
    return tuple(sorted(folder.parent.name for folder in shipped.factors().glob("*/datapackage.json")))


def load(name: str | Path) -> Pack:
    """The pack of an id, or of a folder.

    Raises UsageError: `pack.unknown`, `pack.unreadable` (no datapackage.json, a missing column), `pack.damaged` (a
    file that differs from its hash).

    >>> load("ceads-2018").kind
    'research'
    """
    folder = folder_of(str(name))
    described = _described(folder)
    files = [_sound(folder, entry) for entry in _resources(folder, described)]
    content = hashlib.sha256(json.dumps(sorted(files), separators=(",", ":")).encode()).hexdigest()
    return Pack(
        id=described["name"],
        folder=folder,
        title_zh=described["title_zh"],
        title_en=described["title_en"],
        kind=described["kind"],
        label_zh=described.get("label_zh", ""),
        label_en=described.get("label_en", ""),
        content_hash=content,
        parameters=_table(folder / PARAMETERS_FILE, PARAMETER_COLUMNS),
        absences=_table(folder / ABSENCES_FILE, ABSENCE_COLUMNS, optional=True),
        sole=_table(folder / SOLE_FILE, SOLE_COLUMNS, optional=True),
        **{name: str(described.get(name) or "") for name in ("producer", "issued", "accessed", "licence")},
    )


def folder_of(name: str) -> Path:
    """Where a pack lies: shipped by its id, else the folder of that name. Raises UsageError `pack.unknown`."""
    if name in shipped_packs():
        return shipped.factors() / name
    folder = Path(name)
    if not folder.is_dir():
        near = did_you_mean(name, shipped_packs())
        raise UsageError("pack.unknown", seen=name, close=near or ", ".join(shipped_packs()))
    return folder


def _described(folder: Path) -> dict[str, Any]:
    file = folder / "datapackage.json"
    try:
        described: dict[str, Any] = dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise UsageError("pack.unreadable", where=Where(str(file)), seen=str(error)[:200]) from error
    for demanded in ("name", "title_zh", "title_en", "kind"):
        if not isinstance(described.get(demanded), str):
            raise UsageError("pack.unreadable", where=Where(str(file)), seen=demanded)
    if described["kind"] not in KINDS:
        raise UsageError("pack.unreadable", where=Where(str(file)), seen=f"kind {described['kind']}: {', '.join(KINDS)}")
    return described


def _resources(folder: Path, described: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The files that datapackage.json names: with path and hash each, and every file that is read among them."""
    told: Any = described.get("resources")
    entries: list[Mapping[str, Any]] = told if isinstance(told, list) else []
    if not entries or not all(isinstance(one, dict) and {"path", "hash"} <= set(one) for one in entries):
        raise UsageError("pack.unreadable", where=Where(str(folder / "datapackage.json")), seen="resources: path, hash")
    named = {str(entry["path"]) for entry in entries}
    for file in (PARAMETERS_FILE, ABSENCES_FILE, SOLE_FILE):
        if file not in named and (file == PARAMETERS_FILE or (folder / file).is_file()):
            raise UsageError("pack.damaged", where=Where(str(folder / "datapackage.json")), seen=f"resources: {file}")
    return entries


def _sound(folder: Path, entry: Mapping[str, Any]) -> list[str]:
    """Name and hash of one file, after comparing it with what datapackage.json says."""
    name = str(entry["path"])
    path = folder / name
    if "/" in name or "\\" in name or not path.is_file():
        raise UsageError("pack.damaged", where=Where(str(path)), seen=name)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != str(entry["hash"]).removeprefix("sha256:"):
        raise UsageError("pack.damaged", where=Where(str(path)), seen=f"sha256:{found}")
    return [name, found]


def _table(path: Path, columns: tuple[str, ...], *, optional: bool = False) -> pl.DataFrame:
    if optional and not path.is_file():
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    try:
        text = pl.read_csv(path.read_bytes(), infer_schema=False, null_values=[""])
    except pl.exceptions.PolarsError as error:
        raise UsageError("pack.unreadable", where=Where(str(path)), seen=str(error).splitlines()[0][:200]) from error
    lacking = set(columns) - set(text.columns)
    if lacking:
        raise UsageError("pack.unreadable", where=Where(str(path)), seen=", ".join(sorted(lacking)))
    for name, shape in _SHAPES.items():
        if name in columns:
            wrong = text.with_row_index("line", offset=2).filter(~pl.col(name).str.contains(shape))
            if wrong.height:
                seen = f"line {wrong['line'][0]}: {name} {wrong[name][0]}"
                raise UsageError("pack.unreadable", where=Where(str(path)), seen=seen)
    return text.select(columns).with_columns(
        pl.col(name).str.slice(0, 4).cast(dtype) for name, dtype in _NUMBERS.items() if name in columns
    )


@cache
def gwp(edition: str) -> dict[str, Fraction]:
    """The global warming potentials of one assessment report, by gas: exact, from the pack `gwp`.

    >>> gwp("AR5")["CO2"]
    Fraction(1, 1)
    """
    values = load(GWP_PACK).parameters.filter((pl.col("parameter") == "gwp") & (pl.col("edition") == edition))
    if values.is_empty():
        editions = load(GWP_PACK).parameters["edition"].unique().sort()
        raise UsageError("gwp.unknown", seen=edition, sets=", ".join(editions))
    return {row["gas"]: fraction(row["value"]) for row in values.to_dicts()}


def place_of(row: Mapping[str, Any]) -> str:
    """The entity or region that the value of a row is of, else the nation."""
    return str(row["entity"] or row["region"] or codes.NATION)


def is_valid(row: Mapping[str, Any], year: int) -> bool:
    """Whether a year is within the validity of a row; measured and published do not matter.

    >>> is_valid({"valid_from": 2020, "valid_to": None}, 2019), is_valid({"valid_from": None, "valid_to": 2020}, 2020)
    (False, True)
    """
    return codes.holds_in(year, row["valid_from"], row["valid_to"])


def years_of(row: Mapping[str, Any]) -> str:
    """The validity of a row as it is printed, nothing where it is open.

    >>> years_of({"valid_from": 2020, "valid_to": None})
    '2020–'
    """
    return f"{row['valid_from'] or ''}–{row['valid_to'] or ''}"
