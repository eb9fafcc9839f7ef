"""Writing a run whole or not at all: a temporary sibling, everything brought to the disk, one rename.

A reader sees the finished folder or none. A folder that holds another run is never touched; one that holds the same
result, intact, is the answer already.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from accounting import system
from accounting.errors import UsageError, Where
from accounting.store import manifest, opened
from accounting.tables import TABLES

_TEMPORARY = re.compile(r"\.tmp-([0-9]+)-[0-9a-f]{8}")
ROW_GROUP = 250_000


def write_run(
    folder: Path,
    tables: Mapping[str, pl.DataFrame],
    view_tables: Mapping[str, pl.DataFrame],
    written: dict[str, Any],
    inputs: Mapping[str, Path] | None = None,
) -> Path:
    """The run in `folder`, which must not exist, be empty, or hold the same result intact; gives the folder.

    Raises UsageError `out.other_run` or `out.not_empty` (exit 2), EnvironmentFault for disk and permission (exit 6);
    nothing torn is left.
    """
    if _holds_already(folder, str(written["digest"])):
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder.parent)
        temporary = folder.parent / f".tmp-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        temporary.mkdir()
        try:
            _fill(temporary, tables, view_tables, written, inputs or {})
            _name(temporary, folder, str(written["digest"]))
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
    except OSError as error:
        raise system.file_fault(error, folder) from error
    return folder


def _holds_already(folder: Path, digest: str) -> bool:
    if not folder.exists():
        return False
    if not folder.is_dir():
        raise UsageError("out.not_empty", where=Where(str(folder)), free=str(next_free(folder)))
    if not any(folder.iterdir()):
        return False
    if not (folder / manifest.FILE_NAME).is_file():
        raise UsageError("out.not_empty", where=Where(str(folder)), free=str(next_free(folder)))
    there = opened.open_run(folder)
    if there.manifest.get("digest") == digest and not opened.broken_files(folder, there.manifest):
        return True
    raise UsageError("out.other_run", where=Where(str(folder)), free=str(next_free(folder)))


def next_free(folder: Path) -> Path:
    """The next name in the row that is not taken: result, result-2, result-3."""
    number = 2
    while (candidate := folder.with_name(f"{folder.name}-{number}")).exists():
        number += 1
    return candidate


def _fill(
    folder: Path,
    tables: Mapping[str, pl.DataFrame],
    view_tables: Mapping[str, pl.DataFrame],
    written: dict[str, Any],
    inputs: Mapping[str, Path],
) -> None:
    for name in tables:
        _write_table(tables[name], name, folder / f"{name}.parquet")
    (folder / "views").mkdir()
    for name in view_tables:
        _write_table(view_tables[name], "view", folder / "views" / f"{name}.parquet")
    for name, path in inputs.items():
        target = folder / "inputs" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    stored = manifest.sealed(written, folder)
    (folder / manifest.FILE_NAME).write_text(manifest.text(stored), encoding="utf-8", newline="\n")
    for path in folder.rglob("*"):
        system.flush_folder(path) if path.is_dir() else system.flush_file(path)
    system.flush_folder(folder)


def _write_table(table: pl.DataFrame, name: str, path: Path) -> None:
    """One table as the contract types it: plain strings, decimals, no Int128."""
    table.select(list(TABLES[name])).cast(TABLES[name]).write_parquet(  # type: ignore[arg-type]
        path, compression="zstd", compression_level=1, row_group_size=ROW_GROUP, statistics=False
    )


def _name(temporary: Path, folder: Path, digest: str) -> None:
    """Give the finished folder its name; where somebody was faster with the same result, theirs stands."""
    try:
        system.rename_whole(temporary, folder)
    except OSError:
        if folder.is_dir() and any(folder.iterdir()) and _holds_already(folder, digest):
            shutil.rmtree(temporary)
            return
        raise
    system.flush_folder(folder.parent)


def _sweep(parent: Path) -> None:
    """Remove what writers that no longer live have left."""
    for entry in parent.iterdir():
        left = _TEMPORARY.fullmatch(entry.name)
        if left and entry.is_dir() and not system.process_lives(int(left[1])):
            with contextlib.suppress(OSError):
                shutil.rmtree(entry)
