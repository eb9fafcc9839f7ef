"""accepted.toml: which findings a person has accepted, and why.

A finding is accepted by an entry of this form; its id is a hash of code, address or key, and value seen:

    [[accept]]
    id = "1a2b3c4d5e6f"          # the finding's id: a hash of code, address or key, and value seen
    code = "factor.missing"
    seen = "1853290 t"
    by = "李四"
    on = "2026-03-01"
    reason = "已与统计局核对"
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accounting.errors import UsageError, Where, did_you_mean

_DEMANDED = ("id", "by", "on", "reason")
_KNOWN = ("id", "code", "seen", "by", "on", "reason")


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One accepted finding; it lapses when the value seen changes, because the id does."""

    id: str
    code: str
    seen: str | None
    by: str
    on: str
    reason: str


def read_acceptances(file: Path) -> tuple[Acceptance, ...]:
    """All acceptances of a file; none where it does not exist. Raises UsageError for an unknown or missing field."""
    if not file.exists():
        return ()
    try:
        listed = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError("accepted.unreadable", where=Where(file.name), seen=str(error)) from error
    unknown = set(listed) - {"accept"}
    if unknown:
        raise UsageError("accepted.unknown_key", where=Where(file.name), seen=min(unknown), close="[[accept]]")
    return tuple(_acceptance(row, file) for row in listed.get("accept", []))


def _acceptance(row: dict[str, Any], file: Path) -> Acceptance:
    for name in row:
        if name not in _KNOWN:
            raise UsageError("accepted.unknown_key", where=Where(file.name), seen=name, close=did_you_mean(name, _KNOWN))
    for name in _DEMANDED:
        if not str(row.get(name, "")).strip():
            raise UsageError("accepted.missing_field", where=Where(file.name), seen=name, id=row.get("id", ""))
    return Acceptance(
        str(row["id"]), str(row.get("code", "")), row.get("seen"), str(row["by"]), str(row["on"]), str(row["reason"])
    )


def append_acceptances(file: Path, acceptances: Sequence[Acceptance]) -> None:
    """Add acceptances at the end of a file; what is there stays as it was written."""
    read_acceptances(file)
    blocks = [
        "\n[[accept]]\n"
        + "".join(
            f"{name} = {json.dumps(value, ensure_ascii=False)}\n"
            for name in _KNOWN
            if (value := getattr(acceptance, name)) is not None
        )
        for acceptance in acceptances
    ]
    with file.open("a", encoding="utf-8", newline="\n") as target:
        target.write("".join(blocks))
