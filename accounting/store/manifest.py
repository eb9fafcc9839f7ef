"""manifest.json: what a run says of itself. No clock, host, user or path: those are no part of a result.

`files` holds the size and SHA-256 of every other file of the run, `seal` the SHA-256 of the manifest itself (as
canonical JSON, less `seal`), so that a flipped digit is seen wherever it lies.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from accounting import hashing
from accounting.store.digest import canonical_json
from accounting.tables import SCHEMA_VERSION
from accounting.version import __version__

FILE_NAME = "manifest.json"
DEMANDED: dict[str, type] = {
    "schema_version": int, "engine": dict, "digest": str, "settings": dict, "packs": list, "gwp": dict, "inputs": list,
    "stages": list, "conservation": list, "files": dict,
}  # fmt: skip


def record(**known: Any) -> dict[str, Any]:
    """The manifest of a run before its files are written: schema and engine version, and what the run gives."""
    return {"schema_version": SCHEMA_VERSION, "engine": {"name": "tanfeng", "version": __version__}, **known}


def sealed(written: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The manifest with the size and SHA-256 of every file in the folder, and its own seal."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != FILE_NAME)
    with ThreadPoolExecutor() as pool:
        hashed = pool.map(hashing.hashed, files)
        listed = {
            path.relative_to(folder).as_posix(): {"size": size, "sha256": sha256}
            for path, (sha256, size) in zip(files, hashed, strict=True)
        }
    whole = {**written, "files": listed}
    return {**whole, "seal": own_hash(whole)}


def own_hash(written: Mapping[str, Any]) -> str:
    """SHA-256 of a manifest without its seal.

    >>> own_hash({"digest": "ab"}) == own_hash({"digest": "ab", "seal": "cd"})
    True
    """
    bare = {name: value for name, value in written.items() if name != "seal"}
    return hashlib.sha256(canonical_json(bare).encode()).hexdigest()


def text(written: Mapping[str, Any]) -> str:
    """The manifest as it is stored: sorted keys, UTF-8, no NaN."""
    return json.dumps(written, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"


def fault(told: Any) -> str | None:
    """Why what was read cannot be a manifest; nothing where it can. Raises ValueError for a NaN in it."""
    if not isinstance(told, dict):
        return f"{FILE_NAME}: no object"
    for name, kind in DEMANDED.items():
        if not isinstance(told.get(name), kind):
            return f"{FILE_NAME}: no `{name}`"
    if not all(isinstance(entry, dict) for entry in told["files"].values()):
        return f"{FILE_NAME}: files"
    return None if told.get("seal") == own_hash(told) else f"{FILE_NAME}: seal"
