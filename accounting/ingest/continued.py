"""A balance printed on several sheets of one workbook (续表) is one statement.

Sheets of one workbook, entity, year and measure whose columns have nothing in common are joined before statements are
judged. A sheet that says no more than 续表 takes entity and year from the balance on the sheet before it, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from accounting.errors import Where, finding
from accounting.ingest.evidence import SHEET_NAME, TITLE, Evidence

if TYPE_CHECKING:
    from accounting.ingest.balance import Balance
    from accounting.ingest.sources import Source
    from accounting.ingest.statements import Statement

_CONTINUES = re.compile(
    r"续表|[(（]\s*续\s*[)）]|续\s*[一二三四五六七八九\d]*\s*$|\bcontinued\b|\bcont(?:'d|\.)", re.IGNORECASE
)


@dataclass(slots=True)
class TakenOver:
    """What a sheet takes from the one before it, and the finding that lists it."""

    evidence: list[Evidence] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)


def taken_over(
    found: Balance, said: Sequence[Evidence], statements: Sequence[Statement], source: Source, place: Where
) -> TakenOver:
    """Entity and year of the sheet before, where a continuation names none in its title or its sheet's name."""
    result = TakenOver()
    title = next((text for text in (*(cell.text for cell in found.titles), found.sheet.name) if _CONTINUES.search(text)), None)
    before = statements[-1] if statements else None
    if title is None or before is None or before.source is not source or before.balance.sheet.index + 1 != found.sheet.index:
        return result
    own = {e.subject for e in said if e.rank <= SHEET_NAME}
    if not own & {"entity", "part"}:
        result.evidence.append(Evidence("entity", before.entity, TITLE, title, place))
    if not own & {"year", "years"}:
        result.evidence.append(Evidence("year", before.year, TITLE, title, place))
    if result.evidence:
        used = " · ".join(str(e.value) for e in result.evidence)
        result.findings.append(
            finding("evidence.continued", "default", "info", where=place, entity=before.entity, year=before.year,
                    seen=title, used=used, other=before.name)
        )  # fmt: skip
    return result


def joined(statements: Iterable[Statement]) -> list[Statement]:
    """The statements, those that continue one another as one under the first."""
    result: list[Statement] = []
    for statement in statements:
        place = next((place for place, earlier in enumerate(result) if _continues(earlier, statement)), None)
        if place is None:
            result.append(statement)
        else:
            result[place] = _with(result[place], statement)
    return result


def _continues(first: Statement, other: Statement) -> bool:
    same = first.source is other.source and (first.entity, first.year) == (other.entity, other.year)
    return same and first.balance.measure == other.balance.measure and not first.balance.columns & other.balance.columns


def _with(first: Statement, other: Statement) -> Statement:
    told = finding("statement.continued", "default", "info", where=other.where, entity=first.entity, year=first.year,
                   seen=other.name, cells=other.balance.read, other=first.name)  # fmt: skip
    return replace(first, balance=first.balance.with_continuation(other.balance, told))
