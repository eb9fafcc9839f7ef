"""Start-up, and the ten workbooks of a yearbook to a committed run."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.measured import Subject, best

IMPORT_RUNS = 7


def version(tanfeng: Path) -> Subject:
    return Subject("tanfeng --version", best([str(tanfeng), "--version"], times=IMPORT_RUNS), seconds_at_most=0.25)


def import_weight() -> Subject:
    ours, theirs = (best([sys.executable, "-c", f"import {name}"], times=IMPORT_RUNS) for name in ("accounting", "polars"))
    return Subject("import accounting", ours, theirs, "import polars", 1.3)


def workbooks(folder: Path, tanfeng: Path, books: Path) -> Subject:
    out = folder / "books"
    command = [str(tanfeng), "run", str(books), "--factors", "ceads-2018", "--out", str(out)]
    return Subject(
        f"run, {len(list(books.glob('*.xls*')))} workbooks", best(command, before=["rm", "-rf", str(out)]), seconds_at_most=5.0
    )
