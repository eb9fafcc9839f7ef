"""What an intake holds on its way: a part for each sheet or referenced table, and everything listed so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from accounting import ledger
from accounting.corrections import Correction
from accounting.errors import TanfengError, Where
from accounting.ingest.counts import Counted
from accounting.ingest.keyed import SUMS
from accounting.ingest.reading import Reading
from accounting.ingest.sources import Source
from accounting.ingest.statements import Statement, Supply
from accounting.ingest.transfers import is_transfer
from accounting.tables import empty

ACCOUNT = ("read", "accepted", "rejected", "subtotals", "set_aside", "transfers")


@dataclass(slots=True)
class Part:
    """One sheet, or one referenced table, of a source on its way: what it is and what it gave.

    `account` counts its cells or rows; a Parquet table gives `sums` (keyed.COUNTED) without rows.
    """

    source: Source
    sheet: str
    layout: str
    account: dict[str, int]
    rows: pl.DataFrame = field(default_factory=lambda: empty("activity"))
    sums: pl.DataFrame | None = None
    entity: str | None = None
    year: int | None = None
    edition: str | None = None
    measure: str | None = None

    def refuse_keys(self, keys: pl.DataFrame) -> None:
        """Take keys (entity, year, category, item) out; their rows become rejected rows."""
        if keys.is_empty():
            return
        before = self.held()
        if self.sums is None:
            self.rows = self.rows.join(keys, on=keys.columns, how="anti", maintain_order="left")
        else:
            self.sums = self.sums.join(keys, on=keys.columns, how="anti")
        accepted, transfers = (was - left for was, left in zip(before, self.held(), strict=True))
        self.account["accepted"] -= accepted
        self.account["rejected"] += accepted
        self.account["transfers"] -= transfers

    def held(self) -> tuple[int, int]:
        """How many rows as read, and how many transfers, are in its rows or sums."""
        if self.sums is not None:
            return int(self.sums["rows"].sum()), int(self.sums["transfers"].sum())
        made = int(self.rows.select(is_transfer().sum()).item())
        return self.rows.height - made, made

    def quantities(self) -> pl.LazyFrame:
        """Unit and quantity of all that it gives, as rows or as sums."""
        return (self.rows if self.sums is None else self.sums).lazy().select("unit", "quantity")

    def summed(self) -> pl.DataFrame:
        return ledger.key_sums(self.rows.lazy()).collect() if self.sums is None else self.sums.select(list(SUMS))

    def supply(self) -> Supply:
        return Supply(self.source, self.summed(), self.rows if self.sums is None else None, self.layout == "balance")


@dataclass(slots=True)
class Batch:
    """The state of an intake: parts in the order of their sources, and everything listed so far.

    `used` are the corrections whose sheet was found, with the place of it; `unread` sources that their fault or a
    budget kept from being read at all.
    """

    parts: list[Part] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    rejections: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    counts: list[Counted] = field(default_factory=list)
    corrections: list[dict[str, Any]] = field(default_factory=list)
    used: list[tuple[Correction, Where]] = field(default_factory=list)
    unlabelled: list[Where] = field(default_factory=list)
    unread: dict[Source, TanfengError] = field(default_factory=dict)

    def add(self, source: Source, sheet: str, read: Reading, **known: Any) -> None:
        account = {name: getattr(read, name) for name in ACCOUNT}
        self.rejections += read.rejections
        self.findings += read.findings
        self.counts += read.counts
        self.parts.append(Part(source, sheet, read.layout, account, read.activity, **known))

    def leave_out(self, source: Source, why: TanfengError) -> None:
        """A source that cannot be read at all, for a reason that does not lie in what it says."""
        self.unread[source] = why
        self.rejections.append(why.as_rejection(Where(source.name)))
