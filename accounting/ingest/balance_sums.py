"""Totals of a balance sheet against their parts: what the sheet itself says must add up.

A difference is a plausibility finding, one a total row or column, with the number of cells, the largest gap and its
sign (total − parts); nothing is changed by it. Totals are often computed cells, so a gap counts only above half a
unit of the last printed digit of each figure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from accounting.errors import Where, finding
from accounting.exact import plain
from accounting.ingest import cell_lists
from accounting.ingest.balance_head import Column
from accounting.ingest.cells import Cell
from accounting.ingest.labels import RowLabel, Subtotal
from accounting.ingest.numbers import decimal_of

_DECIMALS_OF_FORMAT = re.compile(r"0\.(0+)")
_MOST_DIGITS = 9
_USUAL_DIGITS = 2  # what a sheet prints where single figures end in zeros
NET_OF_TRANSFORMATION = ("total_consumption",)  # its coal total leaves out what washing and coking pass on
OF_SUPPLY = (
    "supply",
    "statistical_difference",
)  # no counted figure is part of these totals: info, not warning


class Figure(Protocol):
    @property
    def cell(self) -> Cell: ...
    @property
    def row(self) -> RowLabel: ...
    @property
    def column(self) -> Column: ...


@dataclass(frozen=True, slots=True)
class Gap:
    """One total that differs from its parts by more than printing explains."""

    address: str
    total: Decimal
    parts: Decimal

    @property
    def size(self) -> Decimal:
        return self.total - self.parts


Values = dict[tuple[str, str], tuple[Decimal, Decimal, str]]  # number, half a unit of its last digit, address


def differences(
    entries: Iterable[Figure], place: Where, entity: str, year: int, beside: Iterable[Figure] = ()
) -> Iterator[dict[str, Any]]:
    """Findings `balance.total_differs`, one a total row, a balance identity or a subtotal column of `entries`.

    Figures `beside` them stand on other sheets of the statement and are parts only.
    """
    own = list(entries)
    usual = min(_USUAL_DIGITS, max((digits_shown(entry.cell) for entry in own), default=0))
    values: Values = {}
    sections: dict[str, str] = {}
    names: dict[str, RowLabel | Subtotal] = {}
    for entry in (*beside, *own):
        number = decimal_of(entry.cell.text)
        if number is not None:
            half = Decimal(5).scaleb(-max(digits_shown(entry.cell), usual) - 1)
            values[entry.row.id, entry.column.id] = (number, half, entry.cell.address)
        sections[entry.row.id] = entry.row.section
        names[entry.row.id] = entry.row
    columns = list(dict.fromkeys(entry.column.id for entry in own))
    rows = [row for row in dict.fromkeys(entry.row.id for entry in own) if row not in NET_OF_TRANSFORMATION]
    for total, parts in _row_rules(sections).items():
        gaps = [_gap(values, (total, column), [(sign, (row, column)) for sign, row in parts(values, column)])
                for column in columns]  # fmt: skip
        if total in names:
            yield from _told(names[total], gaps, place, entity, year)
    subtotals = {c.subtotal.id: c.subtotal for c in (entry.column for entry in own) if c.subtotal}
    for subtotal in subtotals.values():
        if subtotal.parts:
            gaps = [_gap(values, (row, subtotal.id), [(1, (row, item)) for item in subtotal.parts]) for row in rows]
            yield from _told(subtotal, gaps, place, entity, year)


Parts = Callable[[Values, str], list[tuple[int, str]]]


def _row_rules(sections: dict[str, str]) -> dict[str, Parts]:
    """Which rows a total row adds up; the rows of a section are those that the sheet has."""

    def of(section: str, *but: str) -> list[tuple[int, str]]:
        return [(1, row) for row, at in sections.items() if at == section and row not in but]

    def final(values: Values, column: str) -> list[tuple[int, str]]:
        split = any((row, column) in values for row in ("urban_residential", "rural_residential"))
        halves = ("residential",) if split else ("urban_residential", "rural_residential")
        return of("final", "final_consumption", "non_energy_use", *halves)

    return {
        "supply": lambda values, column: of("supply", "supply"),
        "transformation": lambda values, column: of("transformation", "transformation"),
        "final_consumption": final,
        "residential": lambda values, column: [(1, "urban_residential"), (1, "rural_residential")],
        "statistical_difference": lambda values, column: [
            (1, "supply"), (1, "transformation"), (-1, "loss"), (-1, "final_consumption")
        ],
    }  # fmt: skip


def _gap(values: Values, total: tuple[str, str], parts: list[tuple[int, tuple[str, str]]]) -> Gap | None:
    """The gap of one total, None where it is not there, has no parts, or agrees to the printed digits."""
    if total not in values:
        return None
    present = [(sign, *values[key]) for sign, key in parts if key in values]
    if not present:
        return None
    number, half, address = values[total]
    added = sum((sign * part for sign, part, _, _ in present), Decimal(0))
    allowed = sum((half_of_part for _, _, half_of_part, _ in present), half)
    return Gap(address, number, added) if abs(number - added) > allowed else None


def digits_shown(cell: Cell) -> int:
    """How many decimals a cell shows: those of its number format, else of its text without float noise.

    >>> digits_shown(Cell(1, 1, "number", "73.16000000000017", "General")), digits_shown(Cell(1, 1, "number", "5", "0.00"))
    (2, 2)
    """
    shown = _DECIMALS_OF_FORMAT.search(cell.format or "")
    return len(shown.group(1)) if shown else _digits(decimal_of(cell.text) or Decimal(0))


def _digits(number: Decimal) -> int:
    for digits in range(_MOST_DIGITS):
        if abs(number - round(number, digits)) < Decimal("1e-8"):
            return digits
    return _MOST_DIGITS


def _told(total: RowLabel | Subtotal, gaps: list[Gap | None], place: Where, entity: str, year: int) -> Iterator[dict[str, Any]]:
    found = [gap for gap in gaps if gap is not None]
    if not found:
        return
    largest = max(found, key=lambda gap: abs(gap.size))
    size = plain(largest.size)
    yield finding(
        "balance.total_differs", "plausibility", "info" if total.id in OF_SUPPLY else "warning", where=Where(place.file, place.sheet, largest.address),
        entity=entity, year=year, seen=plain(largest.total), used=None, total_zh=total.name_zh, total_en=total.name_en, count=len(found),
        parts=plain(largest.parts), gap=size if size.startswith("-") else f"+{size}",
        cells=cell_lists.first([gap.address for gap in found]),
    )  # fmt: skip
