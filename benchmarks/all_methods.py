"""Every method family and its gases beside combustion with one gas, on tables of the same size."""

from __future__ import annotations

from pathlib import Path

from benchmarks.made import EVERY_METHOD, activity_table
from benchmarks.measured import Subject, best

PACKS = "provincial-2011,cn-enterprise-2024,grid-cn,cn-heat,ipcc-2006"


def measured(folder: Path, rows: int, keys: int, tanfeng: Path, at_most: float) -> Subject:
    """`tanfeng run` of both, as whole processes."""

    def run(name: str, table: Path, packs: str, view: str) -> list[str]:
        return [str(tanfeng), "run", str(table), "--factors", packs, "--view", view, "--out", str(folder / name)]

    fuels = activity_table(folder / f"activity-{rows}.parquet", rows, keys)
    every = activity_table(folder / f"every-{rows}.parquet", rows, keys, EVERY_METHOD)
    ours, theirs = (
        best(command, before=["rm", "-rf", command[-1]])
        for command in (run("every", every, PACKS, "provincial"), run("fuels", fuels, "ceads-2018", "energy-balance"))
    )
    return Subject(f"every method, {rows:.0e} rows", ours, theirs, "combustion, CO2 alone", at_most)
