"""One digest: whatever the threads, the hash seed, the time zone, the locale, the folder or the order of files."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

from small import ROWS, table

PROGRAM = """
import sys, json, accounting as ac
run = ac.run(sys.argv[1:], factors=["ceads-2018"])
print(json.dumps([run.digest, run.inventory.hash_rows(seed=1).to_list()[:1] and [str(v) for v in run.inventory["mass_t"]]]))
"""
SURROUNDINGS = [
    {"POLARS_MAX_THREADS": "1"},
    {"POLARS_MAX_THREADS": "2"},
    {"POLARS_ENGINE_AFFINITY": "in-memory"},
    {"PYTHONHASHSEED": "0"},
    {"PYTHONHASHSEED": "12345"},
    {"TZ": "Asia/Shanghai"},
    {"TZ": "America/St_Johns", "LC_ALL": "C"},
]


def answer(paths: list[Path], cwd: Path, **surroundings: str) -> str:
    made = subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, paths)],
        capture_output=True, text=True, check=True, cwd=cwd, env={**os.environ, **surroundings},
    )  # fmt: skip
    return json.dumps(json.loads(made.stdout))


def test_one_digest_everywhere(tmp_path: Path) -> None:
    files = []
    for number, row in enumerate(ROWS):
        files.append(tmp_path / f"file-{number}.csv")
        table([row]).write_csv(files[-1])
    (tmp_path / "elsewhere").mkdir()
    answers = {answer(files, tmp_path, **around) for around in SURROUNDINGS}
    answers |= {answer(list(order), tmp_path / "elsewhere") for order in itertools.permutations(files)}
    assert len(answers) == 1
