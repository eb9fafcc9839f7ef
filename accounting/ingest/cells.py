"""What was read of a workbook: sheets of cells with their addresses, before anything is understood.

Blank cells are absent, blank rows keep their numbers. Plain standard library: the child process that reads hostile
files and the parent share this module.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple


class Cell(NamedTuple):
    """One cell, at the row and column that a spreadsheet shows (1-based).

    `kind` is text, number (text = shortest decimal of the stored float), error (#DIV/0!), formula (no cached value),
    date (ISO text) or bool; `format` is the number format where it is not General. A number that is shown as a
    percentage is the text that people see: 15%.
    """

    row: int
    column: int
    kind: str
    text: str
    format: str = ""

    @property
    def address(self) -> str:
        """The address as people see it: F17."""
        return column_letters(self.column) + str(self.row)


class Merged(NamedTuple):
    """A merged range, 1-based and inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Sheet:
    """One sheet: its cells row by row, merged ranges, what is hidden, and notes on how it was read."""

    name: str
    index: int
    hidden: bool = False
    cells: list[Cell] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Document:
    """One file as it was read: its sheets, its encoding where it is text, notes, and why nothing was read.

    `problem` is that of the child (sandbox.Problem), `problems` the same as rows of Rejections.
    """

    sheets: list[Sheet] = field(default_factory=list)
    encoding: str | None = None
    notes: list[str] = field(default_factory=list)
    problem: dict[str, Any] | None = None
    problems: list[dict[str, Any]] = field(default_factory=list)


def number_cell(row: int, column: int, decimal: str, shown: str) -> Cell:
    """A numeric cell; under a percent format it is the percentage as text.

    >>> number_cell(1, 1, "0.15", "0%").text, number_cell(1, 1, "0.15", "").kind
    ('15%', 'number')
    """
    if "%" not in shown:
        return Cell(row, column, "number", decimal, shown)
    return Cell(row, column, "text", f"{(Decimal(decimal) * 100).normalize():f}%", shown)


def column_letters(column: int) -> str:
    """The letters of a column number.

    >>> column_letters(1), column_letters(27), column_letters(16384)
    ('A', 'AA', 'XFD')
    """
    letters = ""
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(65 + place) + letters
    return letters


def column_number(letters: str) -> int:
    """The number of a column.

    >>> column_number("XFD")
    16384
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def as_lists(sheets: list[Sheet]) -> list[list[Any]]:
    """Sheets as plain lists, for the way between processes."""
    return [[s.name, s.index, s.hidden, s.cells, s.merged, s.hidden_rows, s.hidden_columns, s.notes] for s in sheets]


def from_lists(listed: list[list[Any]]) -> list[Sheet]:
    """What `as_lists` gave, as sheets again."""
    return [
        Sheet(name, index, hidden, [Cell(*cell) for cell in cells], [Merged(*m) for m in merged], rows, columns, notes)
        for name, index, hidden, cells, merged, rows, columns, notes in listed
    ]
