"""What is counted and not told one by one: one finding a code and file, its first cells listed (contract §2).

Sheets, columns of a block and slices of a large table each give their count; counts of one file are added up before a
finding is made of them, so that two of equal size are never taken for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from accounting.errors import Where, finding
from accounting.ingest import cell_lists

CELLS = 20
KINDS = {  # and severity
    "quantity.rounded": ("rounding", "info"),
    "number.tidied": ("correction", "info"),
    "text.tidied": ("correction", "info"),
    "mapping.footnotes_stripped": ("correction", "info"),
    "row.copy": ("duplicate", "warning"),
}
FIXES = {
    "spaces": ("空格", "spaces"),
    "full_width": ("全角", "full-width digits"),
    "apostrophe": ("撇号", "an apostrophe"),
    "plus": ("加号", "a plus"),
    "thousands": ("千分位", "separators of thousands"),
    "power_of_ten": ("科学计数", "powers of ten"),
    "point": ("省略的 0", "a bare decimal point"),
    "dash": ("破折号", "a dash"),
}


@dataclass(frozen=True, slots=True)
class Counted:
    """How many values of a file it concerns, the first of their cells, and what was taken off them."""

    code: str
    file: str | None
    count: int
    cells: Sequence[str]
    fixes: Sequence[str] = ()

    def with_more(self, other: Counted) -> Counted:
        """Both as one: this one's cells stand first.

        >>> Counted("text.tidied", "a.csv", 2, ["A1", "A2"]).with_more(Counted("text.tidied", "a.csv", 1, ["B1"]))
        Counted(code='text.tidied', file='a.csv', count=3, cells=['A1', 'A2', 'B1'], fixes=[])
        """
        return replace(
            self,
            count=self.count + other.count,
            cells=[*self.cells, *other.cells][:CELLS],
            fixes=list(dict.fromkeys([*self.fixes, *other.fixes])),
        )

    def finding(self) -> dict[str, Any]:
        told = cell_lists.first(self.cells, CELLS, of=self.count)
        zh, en = ([FIXES[fix][language] for fix in self.fixes] for language in (0, 1))
        facts: dict[str, Any] = {"count": self.count, "cells": told, "fixes_zh": "、".join(zh), "fixes_en": ", ".join(en)}
        return finding(self.code, *KINDS[self.code], where=Where(self.file), seen=self.count, used=told, **facts)


def added(counts: Iterable[Counted]) -> list[Counted]:
    """One count a code and file, in the order in which they were first met."""
    found: dict[tuple[str, str | None], Counted] = {}
    for one in counts:
        key = (one.code, one.file)
        found[key] = found[key].with_more(one) if key in found else one
    return list(found.values())


def in_sheet(sheet: str | None, cells: Iterable[str]) -> list[str]:
    """The first cells as they are named within a file: F17, or 工业!F17.

    >>> in_sheet("工业", ["F17"]), in_sheet("", ["F17"])
    (['工业!F17'], ['F17'])
    """
    first = islice(cells, CELLS)
    return [f"{sheet}!{cell}" for cell in first] if sheet else list(first)
