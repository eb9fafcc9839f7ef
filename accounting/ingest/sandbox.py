"""Reading hostile files in a child process: spawned, bounded in memory, time and size; the parent survives anything."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, NamedTuple

from accounting import hashing
from accounting.errors import BudgetExceeded, Where, rejection
from accounting.ingest.ahead import ahead
from accounting.ingest.cells import Document, from_lists
from accounting.ingest.limits import Limits, speaks_of_memory

GRACE_SECONDS = 2
BUDGETS = ("file.budget_memory", "file.budget_time", "file.too_large")
AHEAD = 2  # documents read before they are taken, for each processor
_LAST_WORDS = 4096
Problem = dict[str, Any]


class _Begun(NamedTuple):
    """A child that was begun, within which bounds, and how its file stood before."""

    limits: Limits
    stamp: tuple[int, int]
    child: subprocess.Popen[bytes]
    errors: IO[bytes]


_begun: dict[str, _Begun] = {}  # by the real path of the file


def begin(table: Path) -> None:
    """Start the child that reads a table within the usual limits before anybody asks for it. Raises OSError."""
    limits, stamp = Limits().for_tables(), hashing.stamp(table)
    _begun[os.path.realpath(table)] = _Begun(limits, stamp, *_started(_request("table", table, limits)))


def dismiss() -> None:
    """End the children that were begun and never asked."""
    while _begun:
        _end(_begun.popitem()[1])


def _taken(table: Path, limits: Limits) -> tuple[subprocess.Popen[bytes], IO[bytes]] | None:
    """The child that was begun for a table, if it reads what the file holds now within these limits."""
    begun = _begun.pop(os.path.realpath(table), None)
    if begun is None:
        return None
    with contextlib.suppress(OSError):
        if (begun.limits, begun.stamp) == (limits, hashing.stamp(table)):
            return begun.child, begun.errors
    _end(begun)
    return None


def _end(begun: _Begun) -> None:
    begun.child.kill()
    begun.child.communicate()
    begun.errors.close()


def spawn(
    task: str, path: Path, limits: Limits, *, encoding: str | None = None, rest: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The answer of a child process that reads one file; whatever went wrong is an answer with a `problem`.

    It gives one JSON document. The `rest` of what a table is asked for is one JSON line on its stdin; what it writes to
    stderr is never shown, only asked whether memory was what it lacked.
    """
    request = _request(task, path, limits, encoding)
    child, errors = (_taken(path, limits) if task == "table" else None) or _started(request)
    with errors:
        try:
            asked = None if rest is None else json.dumps(rest).encode() + b"\n"
            answer, _ = child.communicate(asked, timeout=limits.seconds + GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            return _problem("file.budget_time", f"{limits.seconds} s", limit=f"{limits.seconds} s")
        return _read(answer, child.returncode, limits, errors)


def _request(task: str, path: Path, limits: Limits, encoding: str | None = None) -> str:
    return json.dumps({"task": task, "path": str(path.absolute()), "limits": asdict(limits), "encoding": encoding})


def _started(request: str) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
    """A child for one request, and the file that takes its last words."""
    errors = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the child
    command = [sys.executable, "-s", "-m", "accounting.ingest.child", request]
    try:
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=_environment())
    except OSError:
        errors.close()
        raise
    return child, errors


def _environment() -> dict[str, str]:
    """One arena: for each of the engine's threads glibc would reserve 64 MiB of address space, all of it bounded as memory."""
    return {**os.environ, "PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "1"}


def _read(answer: bytes, code: int, limits: Limits, errors: IO[bytes]) -> dict[str, Any]:
    if code == -24 or code == 152:  # SIGXCPU
        return _problem("file.budget_time", f"{limits.seconds} s", limit=f"{limits.seconds} s")
    try:
        return json.loads(answer)
    except ValueError:
        if speaks_of_memory(_last_words(errors)):
            return _problem("file.budget_memory", limits.memory_text)
        return _problem("file.crashed_reader", f"exit {code}", limit=limits.memory_text)


def _last_words(errors: IO[bytes]) -> str:
    errors.seek(max(0, errors.seek(0, os.SEEK_END) - _LAST_WORDS))
    return errors.read().decode(errors="replace")


def _problem(code: str, seen: str | None, **facts: str) -> dict[str, Any]:
    return {"problem": {"code": code, "seen": seen, "facts": facts, "sheet": None, "cell": None}}


def problem_row(problem: Problem, name: str) -> dict[str, Any]:
    """A child's problem as a row of Rejections, at the file named so."""
    where = Where(name, problem["sheet"], problem["cell"])
    return rejection(problem["code"], where, problem["seen"], **problem["facts"])


def over_budget(problem: Problem, name: str) -> BudgetExceeded | None:
    """The same problem as an error where it is a budget that the file as a whole exceeds; None else."""
    if problem["code"] not in BUDGETS:
        return None
    return BudgetExceeded(problem["code"], where=Where(name), seen=problem["seen"], **problem["facts"])


def read_workbook(path: Path, limits: Limits | None = None, encoding: str | None = None, name: str | None = None) -> Document:
    """The cells of one file; never raises for a bad file, the problem is a rejection with the file's name."""
    answer = spawn("cells", path, limits or Limits(), encoding=encoding)
    if "problem" in answer:
        return Document(problem=answer["problem"], problems=[problem_row(answer["problem"], name or path.name)])
    return Document(from_lists(answer["sheets"]), answer["encoding"], answer["notes"])


def read_workbooks(
    asked: Sequence[tuple[Path, str, str | None]],
    limits: Limits | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Iterator[Document]:
    """The documents of (path, name, encoding) in their order, as many children at a time as there are processors.

    Few are read ahead, and none is kept once it is taken: a folder of workbooks is never in memory as a whole.
    """
    children = os.cpu_count() or 1
    with ThreadPoolExecutor(max_workers=children) as pool:
        read = ahead(pool, lambda one: read_workbook(one[0], limits, one[2], one[1]), asked, AHEAD * children)
        for place, document in enumerate(read, 1):
            yield document
            if progress is not None:
                progress(asked[place - 1][1], place, len(asked))
