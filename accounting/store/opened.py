"""Reading a stored run: its manifest at once, its tables when they are asked for, each against the seal.

A file that is not what the seal says is never read into a number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from accounting import hashing, system
from accounting.errors import UsageError, VerificationFailed, Where
from accounting.store import manifest
from accounting.tables import SCHEMA_VERSION, STORED, TABLES, columns_of

REPORT = "report.html"
VIEWS = "views"


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run on disk."""

    folder: Path
    manifest: dict[str, Any]
    tables: Mapping[str, pl.DataFrame]
    views: Mapping[str, pl.DataFrame]


class _Stored(Mapping[str, pl.DataFrame]):
    """Tables of a run by name, each read once; `files` are the sealed files of each, a large one may have parts.

    A column that came after the schema version of the run is null.
    """

    def __init__(self, folder: Path, told: Mapping[str, Any], files: Mapping[str, Sequence[str]], schema: str | None) -> None:
        self._folder, self._told, self._files, self._schema = folder, told, files, schema
        self._read: dict[str, pl.DataFrame] = {}

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self._files:
            raise KeyError(name)
        if name not in self._read:
            self._read[name] = self._whole(name)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def _whole(self, name: str) -> pl.DataFrame:
        now = TABLES[self._schema or name]
        then = columns_of(self._schema or name, self._told["schema_version"])
        whole = pl.concat([self._part(file, then) for file in self._files[name]])
        later = [pl.lit(None, dtype).alias(column) for column, dtype in now.items() if column not in then]
        return whole.with_columns(later).select(list(now)) if later else whole

    def _part(self, file: str, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
        path = self._folder / file
        if not _is_sealed(self._folder, file, self._told["files"][file]):
            raise _damaged(path, "SHA-256")
        try:
            table = pl.read_parquet(path, glob=False, hive_partitioning=False)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            raise _damaged(path, str(error)[:200]) from error
        if dict(table.schema) != schema:
            raise _damaged(path, ", ".join(f"{c} {d}" for c, d in table.schema.items() if schema.get(c) != d) or "columns")
        return table


def _damaged(path: Path, seen: str) -> VerificationFailed:
    return VerificationFailed("run.damaged", where=Where(str(path)), seen=seen)


def open_run(folder: Path) -> StoredRun:
    """The run in a folder.

    Raises UsageError `run.not_a_run`, `run.newer_schema`; VerificationFailed `run.damaged` for a manifest, and later
    for a table, that is not as it was written.
    """
    told = _manifest(folder)
    own, shown = _files_of(told)
    gone = [name for name in STORED if name not in own]
    if gone:
        raise _damaged(folder / f"{gone[0]}.parquet", "–")
    return StoredRun(folder, told, _Stored(folder, told, own, None), _Stored(folder, told, shown, "view"))


def _manifest(folder: Path) -> dict[str, Any]:
    file = folder / manifest.FILE_NAME
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        newer = _is_newer(told)
        fault = None if newer else manifest.fault(told)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UsageError("run.not_a_run", where=Where(str(folder)), path=str(folder)) from error
    except OSError as error:
        raise system.file_fault(error, file) from error
    except (ValueError, RecursionError) as error:
        raise _damaged(file, str(error)[:200]) from error
    if newer:
        raise UsageError("run.newer_schema", where=Where(str(file)), seen=str(told["schema_version"]), known=SCHEMA_VERSION)
    if fault:
        raise _damaged(file, fault)
    return told


def _is_newer(told: Any) -> bool:
    version = told.get("schema_version") if isinstance(told, dict) else None
    return isinstance(version, int) and version > SCHEMA_VERSION


def _files_of(told: Mapping[str, Any]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The sealed Parquet files of each table and of each view."""
    own: dict[str, list[str]] = {}
    shown: dict[str, list[str]] = {}
    for file in sorted(told["files"]):
        first, *rest = file.split("/")
        into, name = (shown, rest[0]) if first == VIEWS and rest else (own, first)
        if name.endswith(".parquet") and (into is shown or name.removesuffix(".parquet") in TABLES):
            into.setdefault(name.removesuffix(".parquet"), []).append(file)
    order = [name for name in TABLES if name in own]
    asked: list[str] = told.get("settings", {}).get("views", [])
    in_order = [*(name for name in asked if name in shown), *(name for name in shown if name not in asked)]
    return {name: own[name] for name in order}, {name: shown[name] for name in in_order}


def _is_sealed(folder: Path, file: str, entry: Mapping[str, Any]) -> bool:
    """Whether a file is there as the seal says; one outside the folder is none of the run's."""
    path = folder / file
    if Path(file).is_absolute() or ".." in Path(file).parts or not path.is_file():
        return False
    return path.stat().st_size == entry.get("size") and hashing.hashed(path)[0] == entry.get("sha256")


def broken_files(folder: Path, told: Mapping[str, Any]) -> list[str]:
    """Files of the seal that are gone, changed, or not in it; a report may lie beside them."""
    broken = [file for file, entry in told["files"].items() if not _is_sealed(folder, file, entry)]
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return sorted([*broken, *(present - set(told["files"]) - {manifest.FILE_NAME, REPORT})])
