"""tanfeng, imported as accounting: from a statistics bureau's workbooks to an inventory that adds up.

>>> import accounting as ac
>>> ac.convert("1.5", "万吨标准煤", "GJ")
Fraction(439614, 1)

`run` computes, `open` reads a stored run, `convert` converts a quantity exactly. Every error is a `TanfengError` with
`.code`, `.where` and `.remedy`. Names are resolved when they are used, so importing this package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from accounting.version import __version__

if TYPE_CHECKING:
    from accounting.errors import Refused, TanfengError, UsageError
    from accounting.explain import Explanation, recomputed
    from accounting.project import Project
    from accounting.project import load as load_project
    from accounting.runs import Run, run
    from accounting.runs import open_run as open
    from accounting.units import convert

_HOMES = {
    "Explanation": ("accounting.explain", "Explanation"),
    "Project": ("accounting.project", "Project"),
    "Refused": ("accounting.errors", "Refused"),
    "Run": ("accounting.runs", "Run"),
    "TanfengError": ("accounting.errors", "TanfengError"),
    "UsageError": ("accounting.errors", "UsageError"),
    "convert": ("accounting.units", "convert"),
    "load_project": ("accounting.project", "load"),
    "open": ("accounting.runs", "open_run"),
    "recomputed": ("accounting.explain", "recomputed"),
    "run": ("accounting.runs", "run"),
}

__all__ = [
    "Explanation",
    "Project",
    "Refused",
    "Run",
    "TanfengError",
    "UsageError",
    "__version__",
    "convert",
    "load_project",
    "open",
    "recomputed",
    "run",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'accounting' has no attribute {name!r}")
    home, attribute = _HOMES[name]
    return getattr(import_module(home), attribute)
