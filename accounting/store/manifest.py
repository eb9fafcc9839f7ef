"""manifest.json: what a run says of itself. No clock, host, user or path: those are no part of a result."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from accounting.tables import SCHEMA_VERSION
from accounting.version import __version__

FILE_NAME = "manifest.json"
_CHUNK = 1 << 20


def record(**known: Any) -> dict[str, Any]:
    """The manifest of a run before its files are written: schema and engine version, and what the run gives."""
    return {"schema_version": SCHEMA_VERSION, "engine": {"name": "tanfeng", "version": __version__}, **known}


def sealed(written: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The manifest with the size and SHA-256 of every file in the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != FILE_NAME)
    seal = {path.relative_to(folder).as_posix(): {"size": path.stat().st_size, "sha256": file_hash(path)} for path in files}
    return {**written, "files": seal}


def text(written: Mapping[str, Any]) -> str:
    """The manifest as it is stored: sorted keys, UTF-8, no NaN."""
    return json.dumps(written, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False, default=str) + "\n"


def file_hash(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    total = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            total.update(chunk)
    return total.hexdigest()
