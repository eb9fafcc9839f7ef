"""The reading child is bounded, and the parent survives whatever becomes of it."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from accounting.ingest import sandbox
from accounting.ingest.limits import MEBIBYTE, Limits

LIMITS = Limits(seconds=2)


@pytest.fixture
def impostor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A child that does something else than reading."""

    def acting(program: str) -> None:
        script = tmp_path / "child.py"
        script.write_text(textwrap.dedent(program))
        started = subprocess.Popen
        monkeypatch.setattr(subprocess, "Popen", lambda _, **rest: started([sys.executable, str(script)], **rest))

    return acting


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("import os; os.abort()", "file.crashed_reader"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "file.crashed_reader"),
        ("print('not json')", "file.crashed_reader"),
        ("raise SystemExit(3)", "file.crashed_reader"),
        ("import time; time.sleep(60)", "file.budget_time"),
        ("import sys; sys.stderr.write('x' * 10**6); sys.exit(1)", "file.crashed_reader"),
    ],
)
def test_the_parent_survives_any_child(impostor, tmp_path: Path, program: str, code: str) -> None:
    impostor(program)
    (tmp_path / "a.csv").write_text("x")
    began = time.monotonic()
    document = sandbox.read_workbook(tmp_path / "a.csv", LIMITS)
    assert [problem["code"] for problem in document.problems] == [code]
    assert document.problems[0]["file"] == "a.csv"
    assert time.monotonic() - began < 10


def test_a_child_that_eats_memory_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a,b\n" + b"1,2\n" * 2_000_000)
    document = sandbox.read_workbook(tmp_path / "a.csv", Limits(memory_bytes=96 * MEBIBYTE))
    assert [problem["code"] for problem in document.problems] == ["file.budget_memory"]


def test_the_child_imports_no_engine() -> None:
    program = "import sys, accounting.ingest.child, accounting.ingest.xlsx, accounting.ingest.xls, accounting.ingest.text; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"polars", "pyarrow", "duckdb", "pandera", "pint", "numpy", "openpyxl"} & set(loaded)


def test_documents_come_in_the_order_asked(tmp_path: Path) -> None:
    asked = []
    for number in range(6):
        (tmp_path / f"{number}.csv").write_text(f"a,b\n{number},2\n")
        asked.append((tmp_path / f"{number}.csv", f"{number}.csv", None))
    documents = list(sandbox.read_workbooks(asked, LIMITS))
    assert [document.sheets[0].cells[2].text for document in documents] == [str(number) for number in range(6)]


def test_a_file_that_vanishes_is_a_refusal(tmp_path: Path) -> None:
    document = sandbox.read_workbook(tmp_path / "gone.xlsx", LIMITS)
    assert [problem["code"] for problem in document.problems] == ["file.damaged"]
    assert json.dumps(document.problems)
