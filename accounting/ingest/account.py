"""What became of the rows of a large table: each accepted or refused, refusals listed up to a bound, all counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from accounting.errors import finding
from accounting.ingest.counts import Counted, added

LISTED = 10_000


def unlisted(what: str, count: int, severity: str) -> list[dict[str, Any]]:
    """A finding that `count` more were found than are listed; none where all are."""
    if count <= 0:
        return []
    return [
        finding("finding.unlisted", "completeness", severity, seen=f"{what} {count}", what=what, count=count, listed=LISTED)
    ]


@dataclass(slots=True)
class Account:
    """read = accepted + rejected; `unlisted` rejections are counted but not among `rejections`.

    `by_key` says that what was accepted is one portion a key.
    """

    read: int
    rejected: int = 0
    rejections: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    counts: list[Counted] = field(default_factory=list)
    unlisted: int = 0
    transfers: int = 0
    refused_whole: bool = False
    by_key: bool = False

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

    def count(self, counts: Sequence[Counted]) -> None:
        """Add what slices of the table counted."""
        self.counts = added([*self.counts, *counts])

    def answer(self) -> dict[str, Any]:
        """The account as plain values, for the way between processes."""
        return {
            "read": self.read,
            "accepted": self.read - self.rejected,
            "rejected": self.rejected,
            "rejections": self.rejections,
            "findings": self.findings,
            "counts": [asdict(counted) for counted in self.counts],
            "unlisted": self.unlisted,
            "transfers": self.transfers,
            "by_key": self.by_key,
        }
