"""A writer killed at any moment leaves a whole run or none, and the next writer clears up."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from accounting.runs import open_run
from accounting.store.verify import verified

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kill -9 is a POSIX signal")

WRITER = """
import sys
sys.path[:0] = {paths!r}
from small import run
made = run([("110000", 2007, "transport", "diesel_oil", str(n), "t") for n in range(1, 2)])
print("ready", flush=True)
number = 0
while True:
    made.save({folder!r} + f"/run-{{number}}")
    number += 1
"""


def test_kill_nine_during_commit_tears_nothing(tmp_path: Path) -> None:
    seeded = random.Random(20230707)
    whole = 0
    for attempt in range(10):
        folder = tmp_path / f"attempt-{attempt}"
        folder.mkdir()
        program = WRITER.format(paths=[str(Path(__file__).parents[1])], folder=str(folder))
        writer = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(seeded.uniform(0.005, 0.15))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        whole += _only_whole_runs(folder)
        _next_writer_clears_up(folder)
    assert whole > 0, "no commit was ever finished: the test watched nothing"


def _only_whole_runs(folder: Path) -> int:
    runs = [entry for entry in folder.iterdir() if not entry.name.startswith(".tmp-")]
    for entry in runs:
        assert {level.state for level in verified(entry)} <= {"checked", "not_checked"}
    return len(runs)


def _next_writer_clears_up(folder: Path) -> None:
    from small import run

    run().save(folder / "after")
    assert open_run(folder / "after").inventory.height == 3
    assert not [entry for entry in folder.iterdir() if entry.name.startswith(".tmp-")]
