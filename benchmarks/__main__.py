"""Every subject beside its baseline, one table, and the gates: `make bench`, exit 1 where one is crossed."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from accounting.demo.sample import lay_out
from benchmarks import all_methods, full_run, resolving, start_up
from benchmarks.measured import Subject

YEARBOOK = Path(__file__).resolve().parents[2] / "shared" / "data" / "yearbook-2007"
ROWS, KEYS = 10_000_000, 960_000


def subjects(folder: Path, rows: int, keys: int) -> Iterator[Subject]:
    tanfeng = Path(sys.executable).parent / "tanfeng"
    yield start_up.version(tanfeng)
    yield start_up.import_weight()
    if YEARBOOK.is_dir():
        yield start_up.workbooks(folder, tanfeng, YEARBOOK)
    else:
        (folder / "sample").mkdir()
        lay_out(folder / "sample")
        print(f"the ten workbooks are not at {YEARBOOK}; the three of the demonstration instead", file=sys.stderr)
        yield start_up.workbooks(folder, tanfeng, folder / "sample")
    yield full_run.measured(folder, rows, keys, tanfeng, at_most=2.5, mebibytes=2048)
    yield all_methods.measured(folder, rows, keys, tanfeng, at_most=1.3)
    yield from resolving.measured(at_most=1.0)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--keys", type=int, default=KEYS)
    given = parser.parse_args(arguments)
    print(f"{os.cpu_count()} cores; seconds and MiB of whole processes, the fastest of several runs", file=sys.stderr)
    print(Subject.head())
    crossed = 0
    with tempfile.TemporaryDirectory() as folder:
        for subject in subjects(Path(folder), given.rows, given.keys):
            print(subject.line(), flush=True)
            crossed += not subject.holds()
    return 1 if crossed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
