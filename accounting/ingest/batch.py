"""What an intake holds on its way: a part for each sheet or referenced table, and everything listed so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from accounting.corrections import Correction
from accounting.errors import TanfengError, Where
from accounting.ingest import portions, transfers
from accounting.ingest.counts import Counted
from accounting.ingest.reading import Reading
from accounting.ingest.sources import Source
from accounting.ingest.statements import Statement
from accounting.ledger import FIGURE
from accounting.tables import TABLES, empty

ACCOUNT = ("read", "accepted", "rejected", "subtotals", "set_aside", "transfers")
PLACE = [*FIGURE, "monthly"]  # figures of one kind, whatever their unit and basis
PLACES = {name: pl.Boolean() if name == "monthly" else TABLES["sums"][name] for name in PLACE}
TRANSFERRED = ["entity", "year", "item"]


@dataclass(slots=True)
class Part:
    """One sheet, or one referenced table, of a source on its way: what it is and what it gave.

    `account` counts its cells or rows; a Parquet table gives `portions` without rows, `by_key` where each is a whole
    key sum.
    """

    source: Source
    sheet: str
    layout: str
    account: dict[str, int]
    rows: pl.DataFrame = field(default_factory=lambda: empty("activity"))
    portions: pl.DataFrame | None = None
    by_key: bool = False
    entity: str | None = None
    year: int | None = None
    edition: str | None = None
    measure: str | None = None

    @property
    def where(self) -> Where:
        return Where(self.source.name, self.sheet or None)

    @property
    def is_statement(self) -> bool:
        """Whether it is a balance sheet, and no table that adds up with others."""
        return self.layout == "balance"

    @property
    def made(self) -> pl.Expr:
        """Whether a row of it is a transfer."""
        return transfers.is_transfer().alias("made")

    def given(self) -> pl.LazyFrame:
        """What it gives to the key sums, as portions; words are plain strings."""
        return self.as_made().cast(portions.PLAIN)

    def as_made(self) -> pl.LazyFrame:
        """What `given` gives, the words of a table coded as its reader coded them."""
        return portions.of_rows(self.rows.lazy()) if self.portions is None else self.portions.lazy()

    def held(self) -> tuple[int, int]:
        """How many rows as read, and how many transfers, it gives."""
        made = pl.col("made")
        counts = self.as_made().select(pl.col("rows").filter(~made).sum().alias("read"), pl.col("rows").filter(made).sum())
        return counts.collect().row(0)

    def refuse(self, places: pl.DataFrame) -> None:
        """Take the figures of places (`PLACE`) out, and the transfers made of them; their rows become rejected rows."""
        reported = pl.when("made").then(pl.lit(transfers.SOURCE)).otherwise("category").alias("reported")
        self._take_out(places.rename({"category": "reported"}), reported, pl.col("month").is_not_null().alias("monthly"))

    def withdraw_transfers(self, of: pl.DataFrame) -> pl.DataFrame:
        """Take the transfers of these entities, years and items (`TRANSFERRED`) back; gives what was taken back."""
        gone = self._take_out(of.select(TRANSFERRED).with_columns(pl.lit(value=True).alias("made")))
        if self.portions is None and gone.height:
            self.rows = transfers.without_mark(self.rows, gone)
        return gone

    def _take_out(self, those: pl.DataFrame, *beside: pl.Expr) -> pl.DataFrame:
        """Take rows or portions out that agree with one of those; the account follows."""
        before = self.held()
        if those.is_empty():
            return those
        own = self.rows.with_columns(self.made) if self.portions is None else self.given().collect()
        told = own.with_columns(beside)
        gone = told.join(those, on=those.columns, how="semi", maintain_order="left")
        kept = told.join(those, on=those.columns, how="anti", maintain_order="left")
        if self.portions is None:
            self.rows = kept.select(self.rows.columns)
        else:
            self.portions = kept.select(own.columns)
        accepted, made = (was - left for was, left in zip(before, self.held(), strict=True))
        self.account["accepted"] -= accepted
        self.account["rejected"] += accepted
        self.account["transfers"] -= made
        return gone


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

    def refusals(self) -> list[dict[str, Any]]:
        """Every rejection, one a fact: the cell of a stale correction reads as an error and is told as stale alone."""
        stale = {_address(row) for row in self.rejections if row["code"] == "correction.stale"}
        return [row for row in self.rejections if row["code"] != "cell.error" or _address(row) not in stale]

    def leave_out(self, source: Source, why: TanfengError) -> None:
        """A source that cannot be read at all, for a reason that does not lie in what it says."""
        self.unread[source] = why
        self.rejections.append(why.as_rejection(Where(source.name)))


def _address(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["file"], row["sheet"], row["cell"]
