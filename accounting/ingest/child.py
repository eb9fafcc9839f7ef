"""The child process that reads one file: bounded before it reads, then one JSON answer on stdout.

    python -m accounting.ingest.child REQUEST

The request is JSON: `task`, `path`, `limits`, `encoding`. Tasks: `cells` (a workbook or text file as cells) and `table`
(a Parquet table as key sums), which asks for the rest of its request, one JSON line on stdin, once it has read the
file. A file that cannot be used is an answer with a problem; whatever else happens, the parent survives it.
"""

from __future__ import annotations

import gc
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from accounting import system
from accounting.errors import DataRefused, Where
from accounting.ingest.cells import as_lists
from accounting.ingest.limits import TABLE_LEAST_MEMORY, Limits

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_TABLES = (".et", ".ods", ".xlsb", ".wps", ".numbers", ".docx", ".zip")
_TEXT_SUFFIXES = (".csv", ".tsv", ".txt")


def answered(request: dict[str, Any]) -> dict[str, Any]:
    """The answer to one request, in this process."""
    limits = Limits(**request["limits"])
    try:
        if request["task"] == "table":
            return _table_sums(Path(request["path"]), limits)
        return _cells(Path(request["path"]), limits, request["encoding"])
    except DataRefused as refused:
        return {"problem": {"code": refused.code, "seen": refused.seen, "facts": _plain(refused.facts_but_seen()),
                            "sheet": refused.where.sheet, "cell": refused.where.cell}}  # fmt: skip
    except MemoryError:
        return _problem("file.budget_memory", limits.memory_text)
    except Exception as error:  # a reader that a hostile file has led astray: this process ends here anyway
        return _problem("file.damaged", f"{type(error).__name__}: {error}"[:200])


def _table_sums(path: Path, limits: Limits) -> dict[str, Any]:
    """The engine is loaded only where it fits: short of memory its threads would wait for one another."""
    if limits.memory < TABLE_LEAST_MEMORY:
        raise MemoryError
    from accounting.ingest import columnar

    return columnar.intake_parquet(path, _asked)


def _asked() -> dict[str, Any]:
    """The rest of the request; nobody who could say it is there any more where stdin is at its end."""
    line = sys.stdin.buffer.readline()
    if not line:
        raise SystemExit(0)
    return json.loads(line)


def _problem(code: str, seen: str | None) -> dict[str, Any]:
    return {"problem": {"code": code, "seen": seen, "facts": {}, "sheet": None, "cell": None}}


def _plain(facts: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in facts.items()}


def _cells(path: Path, limits: Limits, encoding: str | None) -> dict[str, Any]:
    size = path.stat().st_size
    if size == 0:
        raise DataRefused("file.empty", where=Where())
    if size > limits.file_bytes:
        raise DataRefused("file.too_large", seen=f"{size >> 20} MiB", limit=f"{limits.file_bytes >> 20} MiB")
    with path.open("rb") as stream:
        head = stream.read(4096)
    suffix = path.suffix.lower()
    if suffix in _OTHER_TABLES:
        raise DataRefused("file.kind", seen=suffix)
    if head.startswith(_ZIP):
        return _zip_cells(path, suffix, limits)
    if head.startswith(_OLE):
        return _ole_cells(path, suffix, limits)
    if suffix in _TEXT_SUFFIXES:
        return _text_cells(path, limits, encoding)
    raise DataRefused(_why_not(head), seen=suffix or path.name)


def _zip_cells(path: Path, suffix: str, limits: Limits) -> dict[str, Any]:
    from accounting.ingest.xlsx import read_xlsx

    sheets, notes = read_xlsx(path, limits)
    if suffix not in (".xlsx", ".xlsm"):
        notes.append(f"a workbook named {suffix or 'without ending'}")
    return {"sheets": as_lists(sheets), "encoding": None, "notes": notes}


def _ole_cells(path: Path, suffix: str, limits: Limits) -> dict[str, Any]:
    from accounting.ingest.xls import read_xls

    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise DataRefused("file.encrypted", seen=suffix)
    notes = [] if suffix == ".xls" else [f"an .xls workbook named {suffix or 'without ending'}"]
    return {"sheets": as_lists(read_xls(path, limits)), "encoding": None, "notes": notes}


def _text_cells(path: Path, limits: Limits, encoding: str | None) -> dict[str, Any]:
    from accounting.ingest.text import read_text

    sheet, name = read_text(path.read_bytes(), limits, encoding)
    return {"sheets": as_lists([sheet]), "encoding": name, "notes": []}


def _why_not(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml")):
        return "file.html"
    return "file.damaged"


def main() -> None:
    """Bound this process, read, answer, and end without giving back memory piece by piece.

    The engine that a table needs is loaded before the bounds are set: it reserves more address space than it uses.
    """
    request = json.loads(sys.argv[1])
    limits = Limits(**request["limits"])
    if request["task"] == "table":
        system.end_with_parent()
    if request["task"] == "table" and limits.memory >= TABLE_LEAST_MEMORY:
        gc.disable()
        import_module("accounting.ingest.columnar")
    system.limit_this_process(limits.memory, limits.seconds, limits.answer_bytes)
    answer = json.dumps(answered(request), ensure_ascii=False, separators=(",", ":"))
    sys.stdout.buffer.write(answer.encode("utf-8", errors="surrogatepass"))
    system.end_this_process(0)


if __name__ == "__main__":
    main()
