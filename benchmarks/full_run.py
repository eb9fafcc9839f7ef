"""From a Parquet Activity table to the committed run, beside hand-written DuckDB that writes the same cells."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from accounting.factors import pack
from benchmarks.made import ITEMS, activity_table
from benchmarks.measured import Subject, best

PACK = "ceads-2018"


def measured(folder: Path, rows: int, keys: int, tanfeng: Path, at_most: float, mebibytes: float) -> Subject:
    """`tanfeng run` on `rows` rows and about `keys` keys, both sides as whole processes."""
    table = activity_table(folder / f"activity-{rows}.parquet", rows, keys)
    out, cells = folder / "run", folder / "cells.parquet"
    ours = best([str(tanfeng), "run", str(table), "--factors", PACK, "--out", str(out)], before=["rm", "-rf", str(out)])
    factors = [f"{item}={value}" for item, value in _factors().items()]
    theirs = best([sys.executable, "-m", "benchmarks.duckdb_full_run", str(table), str(cells), *factors])
    _same_cells(out / "inventory.parquet", cells)
    return Subject(f"run, {rows:.0e} rows, {keys:.0e} keys", ours, theirs, "hand-written DuckDB", at_most, mebibytes)


def _factors() -> dict[str, str]:
    rows = pack.load(PACK).parameters.filter(pl.col("item").is_in(ITEMS) & (pl.col("parameter") == "co2_factor"))
    return {row["item"]: row["value"] for row in rows.to_dicts()}


def _same_cells(ours: Path, theirs: Path) -> None:
    """The two sides wrote equal cells, else the comparison means nothing."""
    sums = [
        pl.scan_parquet(path).select(pl.len().alias("cells"), pl.col("mass_t").sum()).collect().row(0)
        for path in (ours, theirs)
    ]
    if sums[0] != sums[1]:
        raise SystemExit(f"the cells differ: {sums}")
