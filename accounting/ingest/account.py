"""What became of the rows of a large table: each accepted or refused, refusals listed up to a bound, all counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounting.errors import Where, finding

LISTED = 10_000
COUNTED = ("quantity.rounded", "number.tidied", "text.tidied")  # their `seen` is a count, their `used` a list of cells


@dataclass(slots=True)
class Account:
    """read = accepted + rejected; `unlisted` rejections are counted but not among `rejections`."""

    read: int
    rejected: int = 0
    rejections: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    unlisted: int = 0
    transfers: int = 0
    refused_whole: bool = False

    @property
    def room(self) -> int:
        """How many rejections can still be listed."""
        return max(0, LISTED - len(self.rejections))

    def refuse(self, rows: int, rejections: Sequence[dict[str, Any]]) -> None:
        """Count refused rows, and list what room there is for."""
        listed = list(rejections[: self.room])
        self.rejected += rows
        self.rejections += listed
        self.unlisted += max(0, max(rows, len(rejections)) - len(listed))

    def refuse_all(self, rejections: Sequence[dict[str, Any]]) -> None:
        """Refuse every row for reasons that concern the table as a whole; nothing where there is none."""
        if rejections:
            self.rejections += rejections
            self.rejected = self.read
            self.refused_whole = True

    def notice(self, findings: Iterable[dict[str, Any]]) -> None:
        """Add findings; counts of one code become one finding."""
        for found in findings:
            same = next((place for place, one in enumerate(self.findings) if one["code"] == found["code"]), None)
            if same is None or found["code"] not in COUNTED:
                self.findings.append(found)
            else:
                self.findings[same] = _added(self.findings[same], found)

    def answer(self) -> dict[str, Any]:
        """The account as plain values, for the way between processes."""
        return {
            "read": self.read,
            "accepted": self.read - self.rejected,
            "rejected": self.rejected,
            "rejections": self.rejections,
            "findings": self.findings,
            "unlisted": self.unlisted,
            "transfers": self.transfers,
        }


def _added(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Two counts of one code as one; the cells of the first are listed."""
    count = int(first["seen"]) + int(second["seen"])
    told = f"{first['used'].removesuffix(', …').removesuffix(' …')}, …"
    where = Where(first["file"], first["sheet"], first["cell"])
    facts: dict[str, Any] = {"count": count, "cells": told, "fixes_zh": "…", "fixes_en": "…"}
    return finding(first["code"], first["kind"], first["severity"], where=where, seen=count, used=told, **facts)
