"""The reading child is bounded, and the parent survives whatever becomes of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import time
import weakref
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from accounting.ingest import sandbox
from accounting.ingest.cells import Document
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


def test_few_documents_are_read_ahead_of_the_one_that_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(sandbox, "read_workbook", lambda path, limits, encoding, name: read.append(name) or Document())
    asked = [(tmp_path / f"{number}.csv", f"{number}.csv", None) for number in range(200)]
    ahead = 0
    for taken, _ in enumerate(sandbox.read_workbooks(asked, LIMITS)):
        time.sleep(0.001)
        ahead = max(ahead, len(read) - taken)
    assert len(read) == 200
    assert ahead <= sandbox.AHEAD * (os.cpu_count() or 1) + 1


def test_a_document_that_was_taken_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Weighty(Document):
        pass

    alive: list[weakref.ref[Weighty]] = []

    def reading(*_: Any) -> Weighty:
        document = Weighty()
        alive.append(weakref.ref(document))
        return document

    monkeypatch.setattr(sandbox, "read_workbook", reading)
    asked = [(tmp_path / f"{number}.csv", f"{number}.csv", None) for number in range(100)]
    most = 0
    for _ in sandbox.read_workbooks(asked, LIMITS):
        most = max(most, sum(one() is not None for one in alive))
    assert most <= sandbox.AHEAD * (os.cpu_count() or 1) + 2


@pytest.mark.parametrize(
    "last_words", ["memory allocation of 8388608 bytes failed", "Traceback (most recent call last):\\n  …\\nMemoryError"]
)
def test_a_child_that_ends_for_lack_of_memory_says_so(impostor, tmp_path: Path, last_words: str) -> None:
    impostor(f"import os, sys; sys.stderr.write('{last_words}'); sys.stderr.flush(); os.abort()")
    document = sandbox.read_workbook(tmp_path / "a.csv", LIMITS)
    assert [(problem["code"], problem["seen"]) for problem in document.problems] == [("file.budget_memory", "1000 MiB")]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    one = pl.DataFrame({"entity": ["370200"], "year": [2022], "category": ["industry"], "item": ["raw_coal"],
                        "quantity": [1.0], "unit": ["t"]})  # fmt: skip
    one.write_parquet(tmp_path / "a.parquet")
    return tmp_path / "a.parquet"


def read_table(table: Path, limits: Limits) -> dict[str, Any]:
    rest = {"out": str(table.with_name("out")), "file": "a", "sha256": "5a" * 32, "evidence": []}
    return sandbox.spawn("table", table, limits.for_tables(), rest=rest)


def test_a_large_table_keeps_to_the_memory_that_is_asked_for(table: Path) -> None:
    assert read_table(table, Limits())["accepted"] == 1
    assert read_table(table, Limits(memory_bytes=64 * MEBIBYTE))["problem"]["code"] == "file.budget_memory"


def test_a_table_that_was_begun_is_read_by_the_child_that_began(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox.begin(table)
    monkeypatch.setattr(subprocess, "Popen", None)
    assert read_table(table, Limits())["accepted"] == 1


def test_a_table_that_was_begun_within_other_bounds_is_read_anew(table: Path) -> None:
    sandbox.begin(table)
    assert read_table(table, Limits(memory_bytes=64 * MEBIBYTE))["problem"]["code"] == "file.budget_memory"
    sandbox.dismiss()


def test_children_that_nobody_asked_are_dismissed(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[subprocess.Popen[bytes]] = []
    started = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *given, **rest: begun.append(started(*given, **rest)) or begun[-1])
    sandbox.begin(table)
    sandbox.dismiss()
    assert [child.poll() is not None for child in begun] == [True]


def test_a_table_that_changed_since_it_was_begun_is_read_anew(table: Path) -> None:
    sandbox.begin(table)
    other = table.with_name("b.parquet")
    pl.concat([pl.read_parquet(table)] * 3).write_parquet(other)
    os.replace(other, table)
    assert read_table(table, Limits())["accepted"] == 3


def test_a_table_is_known_by_any_of_its_paths(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox.begin(table)
    monkeypatch.setattr(subprocess, "Popen", None)
    assert read_table(table.parent / ".." / table.parent.name / table.name, Limits())["accepted"] == 1


def test_a_child_whose_parent_is_gone_ends(table: Path) -> None:
    limits = asdict(Limits().for_tables())
    request = json.dumps({"task": "table", "path": str(table), "limits": limits, "encoding": None})
    command = [sys.executable, "-m", "accounting.ingest.child", request]
    assert subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=30).stdout == b""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ends a child with its parent")
def test_a_child_is_gone_with_a_parent_that_was_killed(table: Path) -> None:
    program = f"""
        import pathlib, time
        from accounting.ingest import sandbox
        sandbox.begin(pathlib.Path({str(table)!r}))
        print(next(iter(sandbox._begun.values())).child.pid, flush=True)
        time.sleep(60)
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = Path("/proc") / parent.stdout.readline().strip()
        time.sleep(1)  # it is on its way
        parent.kill()
    until = time.monotonic() + 10
    while child.exists() and "zombie" not in (child / "status").read_text() and time.monotonic() < until:
        time.sleep(0.05)
    assert time.monotonic() < until


def test_an_engine_without_room_for_its_threads_lacks_memory(impostor, tmp_path: Path) -> None:
    impostor('import sys; sys.exit("OS can\'t spawn worker thread: Resource temporarily unavailable (os error 11)")')
    document = sandbox.read_workbook(tmp_path / "a.csv", LIMITS)
    assert [problem["code"] for problem in document.problems] == ["file.budget_memory"]


def test_a_file_that_vanishes_is_a_refusal(tmp_path: Path) -> None:
    document = sandbox.read_workbook(tmp_path / "gone.xlsx", LIMITS)
    assert [problem["code"] for problem in document.problems] == ["file.damaged"]
    assert json.dumps(document.problems)
