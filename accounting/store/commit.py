"""Writing a run whole or not at all: a temporary sibling, everything brought to the disk, one rename.

A reader sees the finished folder or none. A folder that holds another run is never touched; one that holds the same
result, intact, is the answer already.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import os
import re
import shutil
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from accounting import hashing, system
from accounting.errors import EnvironmentFault, UsageError, VerificationFailed, Where
from accounting.store import manifest, opened
from accounting.tables import TABLES, as_made

_TEMPORARY = re.compile(r"\.tmp-([0-9]+)-[0-9a-f]{8}")
_OS_ERROR = re.compile(r"os error (\d+)")
_HELD_IN_PLACE = (errno.EBUSY, errno.EXDEV)
ROW_GROUP = 250_000


class Written(NamedTuple):
    """Where a run lies, its manifest as stored, and whether it lay there before."""

    folder: Path
    manifest: dict[str, Any]
    already_there: bool


def write_run(
    folder: Path,
    tables: Mapping[str, pl.DataFrame],
    view_tables: Mapping[str, pl.DataFrame],
    written: dict[str, Any],
    inputs: Mapping[str, Path] | None = None,
) -> Written:
    """The run in `folder`, which must not exist, be empty, or hold the same result intact.

    `inputs` are files to keep with the run, by their names in its manifest. Raises UsageError `out.other_run` or
    `out.not_empty` (exit 2), EnvironmentFault for disk, permission and changed inputs (exit 6); nothing torn is left.
    """
    try:
        place = folder.resolve()
        there = _same_run(place, folder, str(written["digest"]))
        if there is not None:
            return Written(folder, there, already_there=True)
        return _written(place, folder, tables, view_tables, written, inputs or {})
    except OSError as error:
        raise system.file_fault(error, folder) from error
    except pl.exceptions.ComputeError as error:
        raise system.file_fault(_os_error(error), folder) from error


def refuse_foreign(folder: Path) -> None:
    """Refuse (`out.not_empty`) a folder that can hold no run whatever its result: to be asked before long work."""
    try:
        if folder.exists() and not _is_free(folder) and not _is_run(folder):
            raise UsageError("out.not_empty", where=Where(str(folder)), free=str(next_free(folder)))
    except OSError as error:
        raise system.file_fault(error, folder) from error


def next_free(folder: Path) -> Path:
    """The next name in the row that is not taken: result, result-2, result-3."""
    named = folder if folder.name not in ("", "..") else folder.resolve()
    if not named.name:
        return named / "run"
    number = 2
    while (candidate := named.with_name(f"{named.name}-{number}")).exists():
        number += 1
    return candidate


def _same_run(place: Path, folder: Path, digest: str) -> dict[str, Any] | None:
    """The manifest of the same result, intact, if it lies there; nothing where the place is free."""
    refuse_foreign(folder)
    if not place.exists() or _is_free(place):
        return None
    with contextlib.suppress(VerificationFailed, UsageError):
        told = opened.open_run(place).manifest
        if told["digest"] == digest and not opened.broken_files(place, told):
            return told
    raise UsageError("out.other_run", where=Where(str(folder)), free=str(next_free(folder)))


def _is_free(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def _is_run(folder: Path) -> bool:
    return (folder / manifest.FILE_NAME).is_file()


def _written(
    place: Path,
    folder: Path,
    tables: Mapping[str, pl.DataFrame],
    view_tables: Mapping[str, pl.DataFrame],
    written: dict[str, Any],
    inputs: Mapping[str, Path],
) -> Written:
    place.parent.mkdir(parents=True, exist_ok=True)
    _sweep(place.parent)
    temporary = place.parent / f".tmp-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    temporary.mkdir()
    try:
        stored = _fill(temporary, tables, view_tables, written, inputs)
        there = _name(temporary, place, folder, stored["digest"])
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return Written(folder, there or stored, already_there=there is not None)


def _fill(
    temporary: Path,
    tables: Mapping[str, pl.DataFrame],
    view_tables: Mapping[str, pl.DataFrame],
    written: dict[str, Any],
    inputs: Mapping[str, Path],
) -> dict[str, Any]:
    """Every file of the run, brought to the disk; the manifest last. Gives the manifest as stored."""
    for name, table in as_made(tables).items():
        _write_table(table, name, temporary / f"{name}.parquet")
    (temporary / opened.VIEWS).mkdir()
    for name, table in as_made(view_tables).items():
        _write_table(table, "view", temporary / opened.VIEWS / f"{name}.parquet")
    hashes = {str(entry["name"]): entry["sha256"] for entry in written["inputs"]}
    for name, path in inputs.items():
        _keep(path, temporary / "inputs" / name, hashes[name])
    _flush(temporary)
    stored = manifest.sealed(written, temporary)
    file = temporary / manifest.FILE_NAME
    file.write_text(manifest.text(stored), encoding="utf-8", newline="\n")
    system.flush_file(file)
    system.flush_folder(temporary)
    return stored


def _flush(folder: Path) -> None:
    every = list(folder.rglob("*"))
    with ThreadPoolExecutor() as pool:
        list(pool.map(system.flush_file, (path for path in every if not path.is_dir())))
    for path in every:
        if path.is_dir():
            system.flush_folder(path)


def _write_table(table: pl.DataFrame, name: str, path: Path) -> None:
    """One table as the contract types it: plain strings, decimals, no Int128.

    Coded words go into the dictionaries of the file as they are. What polars would note beside them makes whoever opens
    the file find categoricals: the note says strings.
    """
    schema = table.schema
    types = {c: schema[c] if isinstance(schema[c], pl.Enum) else dtype for c, dtype in TABLES[name].items()}
    table.select(list(types)).cast(types).write_parquet(  # type: ignore[arg-type]
        path, compression="zstd", compression_level=1, row_group_size=ROW_GROUP, statistics=False,
        metadata={"ARROW:schema": _noted(name)},
    )  # fmt: skip


@cache
def _noted(name: str) -> str:
    """The types of a table as Parquet files note them for Arrow."""
    schema: Any = pl.DataFrame(schema=TABLES[name]).to_arrow(compat_level=pl.CompatLevel.oldest()).schema
    return base64.b64encode(schema.serialize().to_pybytes()).decode("ascii")


def _keep(path: Path, target: Path, sha256: str) -> None:
    """A copy of an input, if it is still what was read."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
    if hashing.hashed(target)[0] != sha256:
        raise EnvironmentFault("input.changed", where=Where(str(path)))


def _name(temporary: Path, place: Path, folder: Path, digest: str) -> dict[str, Any] | None:
    """Give the finished folder its name; where somebody was faster with the same result, theirs stands."""
    try:
        system.rename_whole(temporary, place)
    except OSError as error:
        if error.errno in _HELD_IN_PLACE and _is_free(place):
            raise UsageError("out.mount_point", where=Where(str(folder)), inside=str(folder / "run")) from error
        there = _same_run(place, folder, digest)
        if there is None:
            raise
        shutil.rmtree(temporary)
        return there
    system.flush_folder(place.parent)
    return None


def _sweep(parent: Path) -> None:
    """Remove what writers that no longer live have left."""
    for entry in parent.iterdir():
        left = _TEMPORARY.fullmatch(entry.name)
        if left and entry.is_dir() and not system.process_lives(int(left[1])):
            with contextlib.suppress(OSError):
                shutil.rmtree(entry)


def _os_error(error: pl.exceptions.ComputeError) -> OSError:
    """The system's error inside that of a Parquet writer, which gives it as text only."""
    found = _OS_ERROR.search(str(error))
    if found is None:
        raise error
    return system.os_error(int(found[1]), str(error))
