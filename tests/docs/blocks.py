"""The console blocks of a document: commands behind `$ ` and the output that must follow; `…` stands for any lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

_FENCE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass
class Command:
    """One command with the lines that the document prints below it."""

    text: str
    expected: list[str] = field(default_factory=list)


def commands(document: Path) -> list[Command]:
    """Every command of a document, in order."""
    found: list[Command] = []
    for block in _FENCE.findall(document.read_text(encoding="utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append(Command(line[2:]))
            else:
                found[-1].expected.append(line.rstrip())
    return found


def fits(expected: list[str], printed: list[str]) -> bool:
    """Whether the printed lines are the expected ones, `…` taking any number of lines."""
    if not expected:
        return not printed
    if expected[0] == "…":
        return any(fits(expected[1:], printed[skipped:]) for skipped in range(len(printed) + 1))
    return bool(printed) and expected[0] == printed[0] and fits(expected[1:], printed[1:])
