"""Reading hostile files in a child process: spawned, bounded in memory, time and size; the parent survives anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from accounting.errors import Where, rejection
from accounting.ingest.cells import Document, from_lists
from accounting.ingest.limits import Limits

GRACE_SECONDS = 2
Problem = dict[str, Any]


def spawn(task: str, request: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """The answer of a child process to one request; whatever went wrong is an answer with a `problem`.

    The child gets one JSON line and gives one JSON document; what it writes to stderr is never shown.
    """
    asked = json.dumps({"task": task, "limits": asdict(limits), **request}, ensure_ascii=False) + "\n"
    child = subprocess.Popen(
        [sys.executable, "-s", "-m", "accounting.ingest.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    )
    try:
        answer, _ = child.communicate(asked.encode(), timeout=limits.seconds + GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        return _problem("file.budget_time", f"{limits.seconds} s", limit=f"{limits.seconds} s")
    return _read(answer, child.returncode, limits)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONUTF8": "1"}


def _read(answer: bytes, code: int, limits: Limits) -> dict[str, Any]:
    if code == -24 or code == 152:  # SIGXCPU
        return _problem("file.budget_time", f"{limits.seconds} s", limit=f"{limits.seconds} s")
    try:
        return json.loads(answer)
    except ValueError:
        memory = f"{limits.memory_bytes >> 20} MiB"
        return _problem("file.crashed_reader", f"exit {code}", limit=memory)


def _problem(code: str, seen: str | None, **facts: str) -> dict[str, Any]:
    return {"problem": {"code": code, "seen": seen, "facts": facts, "sheet": None, "cell": None}}


def problem_row(problem: Problem, name: str) -> dict[str, Any]:
    """A child's problem as a row of Rejections, at the file named so."""
    where = Where(name, problem["sheet"], problem["cell"])
    return rejection(problem["code"], where, problem["seen"], **problem["facts"])


def read_workbook(path: Path, limits: Limits | None = None, encoding: str | None = None, name: str | None = None) -> Document:
    """The cells of one file; never raises for a bad file, the problem is a rejection with the file's name."""
    answer = spawn("cells", {"path": str(path.absolute()), "encoding": encoding}, limits or Limits())
    if "problem" in answer:
        return Document(problems=[problem_row(answer["problem"], name or path.name)])
    return Document(from_lists(answer["sheets"]), answer["encoding"], answer["notes"])


def read_workbooks(
    asked: Sequence[tuple[Path, str, str | None]],
    limits: Limits | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Iterator[Document]:
    """The documents of (path, name, encoding) in their order, as many children at a time as there are processors."""
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        reading = [pool.submit(read_workbook, path, limits, encoding, name) for path, name, encoding in asked]
        for place, (document, (_, name, _)) in enumerate(zip(reading, asked, strict=True), 1):
            yield document.result()
            if progress is not None:
                progress(name, place, len(asked))
