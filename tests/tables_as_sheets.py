"""Long tables for tests: the same rows as a sheet of cells and as a Parquet file."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from accounting import ledger
from accounting.ingest import columnar, long_table
from accounting.ingest.cells import Cell, Sheet
from accounting.ingest.numbers import shortest
from accounting.ingest.reading import Reading

SHA = "5a" * 32


def sheet(text: str, name: str = "") -> Sheet:
    """A sheet of text cells from lines of comma-separated words; an empty word is a blank cell."""
    lines = text.strip("\n").split("\n")
    cells = [
        Cell(row, column, "text", word)
        for row, line in enumerate(lines, 1)
        for column, word in enumerate(line.split(","), 1)
        if word
    ]
    return Sheet(name, 0, cells=cells)


def read(text: str, **options: Any) -> Reading:
    """The reading of a long table written as lines."""
    table = long_table.recognised(sheet(text), "table.csv")
    assert table is not None
    return long_table.reading(table, file="table.csv", sha256=SHA, **options)


def refused(reading: Reading) -> list[tuple[str, str | None]]:
    return [(row["code"], row["cell"]) for row in reading.rejections]


def cells_of(frame: pl.DataFrame) -> Sheet:
    """The cells that a workbook with this frame would hold, the head in row 1."""
    cells = [Cell(1, column, "text", name) for column, name in enumerate(frame.columns, 1)]
    for row, values in enumerate(frame.rows(), 2):
        for column, value in enumerate(values, 1):
            if value is None or value == "":
                continue
            cells.append(Cell(row, column, *_kind_and_text(value)))
    return Sheet("", 0, cells=cells)


def _kind_and_text(value: object) -> tuple[str, str]:
    if isinstance(value, float):
        return "number", shortest(value)
    if isinstance(value, Decimal):
        return "number", f"{value:f}"
    return ("number", str(value)) if isinstance(value, int) else ("text", str(value))


def sums_of_sheet(frame: pl.DataFrame) -> tuple[pl.DataFrame, Reading]:
    table = long_table.recognised(cells_of(frame), "table")
    assert table is not None
    reading = long_table.reading(table, file="table", sha256=SHA)
    return in_order(ledger.key_sums(reading.activity.lazy()).collect()), reading


def sums_of_parquet(frame: pl.DataFrame, folder: Path, **options: Any) -> tuple[pl.DataFrame, dict[str, Any]]:
    """The key sums and the answer that the reading child makes of the frame as a Parquet file."""
    path, out = folder / "table.parquet", folder / "sums.arrow"
    frame.write_parquet(path, **options)
    answer = columnar.intake_parquet(path, lambda: {"out": str(out), "file": "table", "sha256": SHA, "evidence": []})
    return in_order(ledger.key_sums(pl.read_ipc(out.read_bytes()).lazy()).collect()), answer


def in_order(sums: pl.DataFrame) -> pl.DataFrame:
    return sums.select(list(columnar.SUMS)).sort(list(columnar.SUMS)[:7], nulls_last=True)
