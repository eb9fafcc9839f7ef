"""Which balance sheets count, so that no total is ever double (contract §3).

A balance sheet is a statement: at most one supplies an (entity, year); 标准量 serves reconciliation only. Two that
compete are both refused until the project says which to use.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounting.errors import Where, finding, rejection
from accounting.ingest.balance import Balance
from accounting.ingest.continued import joined
from accounting.ingest.sources import Source


@dataclass(frozen=True, slots=True)
class Statement:
    """A balance sheet of known entity and year."""

    source: Source
    balance: Balance
    entity: str
    year: int
    edition: str | None = None

    @property
    def where(self) -> Where:
        return Where(self.source.name, self.balance.sheet.name or None)

    @property
    def name(self) -> str:
        edition = f" [{self.edition}]" if self.edition else ""
        return f"{self.where}{edition}"


@dataclass(slots=True)
class Chosen:
    """Which statements count, which are set aside (with the finding that says so), which are refused."""

    counted: list[Statement] = field(default_factory=list)
    set_aside: list[tuple[Statement, dict[str, Any]]] = field(default_factory=list)
    refused: list[tuple[Statement, dict[str, Any]]] = field(default_factory=list)


def chosen(statements: Iterable[Statement]) -> Chosen:
    """At most one statement an (entity, year), as the project decides; else none of the competing ones."""
    groups: dict[tuple[str, int], list[Statement]] = {}
    for statement in joined(statements):
        groups.setdefault((statement.entity, statement.year), []).append(statement)
    result = Chosen()
    for group in groups.values():
        _choose(group, result)
    return result


def _choose(group: list[Statement], result: Chosen) -> None:
    put_aside = [s for s in group if s.source.declared.use is False]
    rest = [s for s in group if s.source.declared.use is not False]
    preferred = [s for s in rest if s.source.declared.use is True]
    candidates = [s for s in rest if s.balance.measure == "physical"]
    if not candidates:
        result.refused += [(s, _standard_only(s)) for s in rest]
        rest = []
    asked = [s for s in candidates if s in preferred]
    if asked and len(candidates) > len(asked):
        put_aside += [s for s in candidates if s not in asked]
        candidates = asked
    others = [s for s in rest if s not in candidates and s not in put_aside]
    used = candidates[0] if len(candidates) == 1 else None
    if used is not None:
        result.counted.append(used)
    else:
        result.refused += [(s, _twice(s, candidates)) for s in candidates]
    result.set_aside += [(s, _aside("statement.set_aside", s, used)) for s in others]
    result.set_aside += [(s, _aside("statement.not_used", s, used)) for s in put_aside]


def _standard_only(statement: Statement) -> dict[str, Any]:
    """标准量 without 实物量: its tonnes of standard coal are no activity data of any fuel."""
    return rejection(
        "statement.standard_only", statement.where, statement.name, severity="warning", entity=statement.entity,
        year=statement.year, cells=statement.balance.read,
    )  # fmt: skip


def _twice(statement: Statement, group: Sequence[Statement]) -> dict[str, Any]:
    rival = next(other for other in group if other is not statement)
    return rejection(
        "statement.twice", statement.where, statement.name, entity=statement.entity, year=statement.year,
        statements="; ".join(s.name for s in group), rival=rival.name, count=len(group),
        differ=differing_cells(statement.balance, rival.balance),
    )  # fmt: skip


def _aside(code: str, statement: Statement, used: Statement | None) -> dict[str, Any]:
    return finding(
        code, "duplicate", "info", where=statement.where, entity=statement.entity, year=statement.year,
        seen=statement.name, used=used.name if used else None, cells=statement.balance.read,
        other=used.name if used else "–",
    )  # fmt: skip


def differing_cells(one: Balance, other: Balance) -> int:
    """In how many cells (row × item) two statements differ; a cell that only one of them fills differs."""
    first, second = one.figures(), other.figures()
    return sum(first.get(key) != second.get(key) for key in first.keys() | second.keys())
