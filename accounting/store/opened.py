"""Reading a stored run: its manifest at once, its tables when they are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from accounting.errors import UsageError, VerificationFailed, Where
from accounting.store import manifest
from accounting.tables import SCHEMA_VERSION, TABLES


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run on disk."""

    folder: Path
    manifest: dict[str, Any]
    tables: Mapping[str, pl.DataFrame]
    views: Mapping[str, pl.DataFrame]


class _Stored(Mapping[str, pl.DataFrame]):
    """Tables of a folder, each read once; a large one may be a folder of parts."""

    def __init__(self, folder: Path, names: list[str]) -> None:
        self._folder, self._names = folder, names
        self._read: dict[str, pl.DataFrame] = {}

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._read:
            self._read[name] = _table(self._folder / f"{name}.parquet")
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _table(path: Path) -> pl.DataFrame:
    try:
        parts = sorted(path.glob("part-*.parquet")) if path.is_dir() else [path]
        return pl.concat([pl.read_parquet(part) for part in parts])
    except (OSError, pl.exceptions.PolarsError) as error:
        raise VerificationFailed("run.damaged", where=Where(str(path)), seen=str(error)[:200]) from error


def open_run(folder: Path) -> StoredRun:
    """The run in a folder. Raises UsageError `run.not_a_run`, VerificationFailed `run.damaged`, `run.newer_schema`."""
    file = folder / manifest.FILE_NAME
    if not file.is_file():
        raise UsageError("run.not_a_run", where=Where(str(folder)), path=str(folder))
    try:
        told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        version = int(told["schema_version"])
        files = list(told["files"])
    except (ValueError, KeyError, OSError) as error:
        raise VerificationFailed("run.damaged", where=Where(str(file)), seen=str(error)[:200]) from error
    if version > SCHEMA_VERSION:
        raise UsageError("run.newer_schema", where=Where(str(file)), seen=str(version), known=SCHEMA_VERSION)
    names = [name for name in TABLES if any(f.split("/")[0] == f"{name}.parquet" for f in files)]
    view_names = sorted({f.split("/")[1].removesuffix(".parquet") for f in files if f.startswith("views/")})
    return StoredRun(folder, told, _Stored(folder, names), _Stored(folder / "views", view_names))


def broken_files(folder: Path, told: Mapping[str, Any]) -> list[str]:
    """Files of the seal that are gone, changed, or not in it."""
    seal: Mapping[str, Any] = told.get("files", {})
    broken = [
        name
        for name, entry in seal.items()
        if not (folder / name).is_file()
        or (folder / name).stat().st_size != entry["size"]
        or manifest.file_hash(folder / name) != entry["sha256"]
    ]
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    extra = present - set(seal) - {manifest.FILE_NAME, "report.html"}
    return sorted([*broken, *extra])
