"""Where the data that travels with the engine lies: in the wheel beside the modules, in a source tree at its top."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def _folder(name: str) -> Path:
    in_wheel = _PACKAGE / "_shipped" / name
    return in_wheel if in_wheel.is_dir() else _PACKAGE.parent / name


def factors() -> Path:
    """The folder of the shipped factor packs."""
    return _folder("factors")


def datasets() -> Path:
    """The folder of codes, views and published series."""
    return _folder("datasets")
