"""Cells as a message names them: every one with its figure where it is lost, the first of them where it is not."""

from __future__ import annotations

from collections.abc import Iterable

from accounting.ingest.cells import Cell

MOST = 12


def figures(cells: Iterable[Cell]) -> str:
    """Every cell with what stands in it: a figure that is not counted must be found again in the list.

    >>> figures([Cell(19, 4, "number", "816.17"), Cell(19, 5, "text", "n/a")])
    'D19 816.17, E19 n/a'
    """
    return ", ".join(f"{cell.address} {cell.text.strip()}" for cell in cells)


def first(addresses: Iterable[str], at_most: int = MOST, *, of: int | None = None) -> str:
    """The first addresses, and how many more there are; `of` counts all where only the first are given.

    >>> first(["D19", "E19"]), first(["D19", "E19", "F19"], 2), first(["D19"], of=7)
    ('D19, E19', 'D19, E19 … +1', 'D19 … +6')
    """
    given = list(addresses)
    more = (len(given) if of is None else of) - len(given[:at_most])
    return ", ".join(given[:at_most]) + (f" … +{more}" if more > 0 else "")
