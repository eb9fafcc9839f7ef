"""SHA-256 of files, read in pieces; of a large one it may be begun before anybody asks."""

from __future__ import annotations

import contextlib
import hashlib
import os
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

_CHUNK = 1 << 20
_begun: dict[str, tuple[tuple[int, int], Future[tuple[str, int]]]] = {}


def begin(file: Path) -> None:
    """Begin to hash a file beside other work; what stands in the way of it is said to whoever asks."""
    pool = ThreadPoolExecutor(max_workers=1)
    with contextlib.suppress(OSError):
        _begun[os.path.realpath(file)] = (stamp(file), pool.submit(_read, file))
    pool.shutdown(wait=False)


def hashed(file: Path) -> tuple[str, int]:
    """SHA-256 and size of a file. Raises OSError."""
    before, begun = _begun.pop(os.path.realpath(file), (None, None))
    if begun is not None:
        with contextlib.suppress(OSError):
            found = begun.result()
            if stamp(file) == before:
                return found
    return _read(file)


def stamp(file: Path) -> tuple[int, int]:
    """What changes when a file does: its size and when it was written. Raises OSError."""
    told = file.stat()
    return told.st_size, told.st_mtime_ns


def _read(file: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size
