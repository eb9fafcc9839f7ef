"""Corrections: a value in a sheet that somebody has proved wrong, replaced where it stands, in the open.

    [[correction]]
    file = "370200.xls"            # as the run names it (or how that ends), or the file's SHA-256
    sheet = "实物量"                # "" for a CSV file
    cell = "F17"                   # or row = 17, column = 6
    expect = "4126.4"              # what stands there today; where it no longer does, nothing is replaced
    use = "412.64"
    unit = "万吨"                  # only where the sheet's own unit does not hold for this value
    reason = "小数点错位"
    source = "市统计局 2024-03-02 函"
    by = "张三"
    on = 2024-03-05

A correction is never a guess: one that is stale refuses its cell until it is mended, one that fits two sheets must be
told more exactly, and each applied one is listed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accounting.errors import UsageError, Where, did_you_mean, finding, rejection

if TYPE_CHECKING:
    from accounting.ingest.cells import Cell, Sheet

KNOWN = (
    "file", "sheet", "cell", "row", "column", "expect", "use", "unit", "reason", "source", "by", "on",
)  # fmt: skip
DEMANDED = ("file", "sheet", "expect", "use", "reason", "source", "by", "on")
_ADDRESS = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class Correction:
    """One `[[correction]]`: where, what is expected there, what is used instead, and who answers for it."""

    file: str
    sheet: str
    row: int
    column: int
    expect: str
    use: str
    unit: str | None
    reason: str
    source: str
    by: str
    on: str

    @property
    def cell(self) -> str:
        return address(self.row, self.column)

    def among(self, files: Mapping[str, str]) -> list[str]:
        """Which of these files (SHA-256 by name) it is about: by content, by the whole name, else by how names end."""
        if _SHA256.fullmatch(self.file):
            return [name for name, sha256 in files.items() if sha256 == self.file.lower()]
        written = self.file.replace("\\", "/")
        if written in files:
            return [written]
        return [name for name in files if name.replace("\\", "/").endswith("/" + written)]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A sheet as it is read on, and what was done to it.

    `refused` counts cells that a stale correction has taken out; `units` holds the unit of a corrected cell by its
    row and column; `applied` rows belong to tables.TABLES["corrections"].
    """

    sheet: Sheet
    findings: list[dict[str, Any]] = field(default_factory=list)
    rejections: list[dict[str, Any]] = field(default_factory=list)
    applied: list[dict[str, Any]] = field(default_factory=list)
    units: dict[tuple[int, int], str] = field(default_factory=dict)
    used: tuple[Correction, ...] = ()


def load(file: Path) -> tuple[Correction, ...]:
    """The corrections of a `corrections.toml`.

    Raises UsageError: `correction.file_missing`, `correction.syntax`, `correction.unknown_key`,
    `correction.demanded`, `correction.kind`, `correction.date`, `correction.address`, `correction.twice`.
    """
    try:
        whole = tomllib.loads(file.read_bytes().decode("utf-8-sig"), parse_float=str)
    except FileNotFoundError as error:
        raise UsageError("correction.file_missing", where=Where(file=str(file))) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError("correction.syntax", where=Where(file=str(file)), seen=str(error)) from error
    unknown = next((key for key in whole if key != "correction"), None)
    if unknown is not None:
        raise _unknown(file, unknown, ("[[correction]]",))
    listed = whole.get("correction", [])
    if not isinstance(listed, list):
        raise _unknown(file, "[correction]", ("[[correction]]",))
    read = tuple(_correction(file, number, table) for number, table in enumerate(listed, 1))
    _one_each(((c.file, c.sheet, c.row, c.column), c) for c in read)
    return read


def of_files(corrections: Iterable[Correction], files: Mapping[str, str]) -> dict[str, tuple[Correction, ...]]:
    """The corrections that concern each file, `files` being SHA-256 by name."""
    found: dict[str, tuple[Correction, ...]] = dict.fromkeys(files, ())
    for correction in corrections:
        for name in correction.among(files):
            found[name] += (correction,)
    return found


def one_place_each(used: Iterable[tuple[Correction, Where]]) -> None:
    """Nothing where each correction fits one sheet of one file; else UsageError (`correction.ambiguous`)."""
    places: dict[Correction, list[Where]] = {}
    for correction, where in used:
        places.setdefault(correction, []).append(where)
    for correction, found in places.items():
        if len(found) > 1:
            where = Where(correction.file, correction.sheet, correction.cell)
            raise UsageError("correction.ambiguous", where=where, seen="; ".join(map(str, found)), count=len(found))


def corrected(sheet: Sheet, corrections: Sequence[Correction], *, file: str, sha256: str) -> Corrected:
    """The sheet with each of its file's corrections that is about it applied where its `expect` still stands.

    An applied one is a finding `correction.applied` (info). A stale one is a rejection `correction.stale`, and its
    cell becomes an error cell: it is counted neither as it stands nor as it was to be. Raises UsageError
    (`correction.twice`) where two that name the file differently are about one cell.
    """
    ours = tuple(correction for correction in corrections if correction.sheet.strip() == sheet.name.strip())
    _one_each(((correction.row, correction.column), correction) for correction in ours)
    result = Corrected(sheet, used=ours)
    if not ours:
        return result
    cells = {(cell.row, cell.column): cell for cell in sheet.cells}
    for correction in ours:
        place = (correction.row, correction.column)
        where = Where(file, sheet.name, correction.cell)
        standing = cells.get(place)
        if not _stands(standing, correction.expect):
            seen = standing.text if standing else ""
            result.rejections.append(rejection("correction.stale", where, seen, expect=correction.expect, use=correction.use))
            cells[place] = _cell(sheet, standing, place, "error", seen)
            continue
        cells[place] = _cell(sheet, standing, place, "text", correction.use)
        result.applied.append(_applied(correction, file, sha256))
        result.findings.append(_finding(correction, where))
        if correction.unit is not None:
            result.units[place] = correction.unit
    return replace(result, sheet=replace(sheet, cells=[cells[place] for place in sorted(cells)]))


def unused(corrections: Sequence[Correction], used: Iterable[Correction]) -> list[dict[str, Any]]:
    """A finding `correction.unused` for each correction whose file or sheet was not in the run."""
    kept = set(used)
    return [
        finding(
            "correction.unused", "correction", "warning",
            where=Where(correction.file, correction.sheet, correction.cell), seen=correction.expect,
            used=correction.use, by=correction.by,
        )
        for correction in corrections
        if correction not in kept
    ]  # fmt: skip


def address(row: int, column: int) -> str:
    """A cell as a spreadsheet names it.

    >>> address(17, 6), address(1, 703)
    ('F17', 'AAA1')
    """
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


def _place(cell: str) -> tuple[int, int] | None:
    match = _ADDRESS.fullmatch(cell.strip())
    if match is None:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column


def _stands(standing: Cell | None, expect: str) -> bool:
    """Whether what stands there is what was expected: the same text, or for a number cell the same number."""
    if standing is None:
        return not expect.strip()
    if standing.text.strip() == expect.strip():
        return True
    if standing.kind != "number":
        return False
    try:
        return Decimal(standing.text) == Decimal(expect.strip())
    except InvalidOperation:
        return False


def _cell(sheet: Sheet, standing: Cell | None, place: tuple[int, int], kind: str, text: str) -> Cell:
    if standing is not None:
        return standing._replace(kind=kind, text=text)
    from accounting.ingest.cells import Cell

    return Cell(row=place[0], column=place[1], kind=kind, text=text, format="")


def _applied(correction: Correction, file: str, sha256: str) -> dict[str, Any]:
    kept = ("sheet", "expect", "use", "unit", "reason", "source", "by", "on")
    row = {name: getattr(correction, name) for name in kept}
    return {"file": file, "sha256": sha256, "cell": correction.cell, **row}


def _finding(correction: Correction, where: Where) -> dict[str, Any]:
    return finding(
        "correction.applied", "correction", "info",
        where=where, seen=correction.expect, used=correction.use,
        by=correction.by, on=correction.on, source=correction.source, why=correction.reason,
    )  # fmt: skip


def _correction(file: Path, number: int, table: dict[str, Any]) -> Correction:
    where = Where(file=str(file), cell=f"[[correction]] {number}")
    for key in table:
        if key not in KNOWN:
            raise _unknown(file, key, KNOWN, where)
    missing = [key for key in DEMANDED if key not in table]
    if missing:
        raise UsageError("correction.demanded", where=where, seen=", ".join(table), keys=", ".join(missing))
    texts = {key: _text(key, table[key], where) for key in table if key not in ("row", "column")}
    for key in ("file", "use", "reason", "source", "by", "on"):
        if not texts[key].strip():
            raise UsageError("correction.demanded", where=where, seen=f'{key} = ""', keys=key)
    if not _is_date(texts["on"]):
        raise UsageError("correction.date", where=where, seen=f'on = "{texts["on"]}"')
    row, column = _row_and_column(table, where)
    return Correction(
        row=row, column=column, unit=texts.get("unit"),
        **{key: texts[key] for key in DEMANDED},
    )  # fmt: skip


def _text(key: str, value: object, where: Where) -> str:
    """Numbers keep the digits that were written; a date may stand without quotes."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and key in ("expect", "use"):
        return str(value)
    if isinstance(value, date) and key == "on":
        return value.isoformat()
    raise UsageError("correction.kind", where=where, seen=f"{key} = {value!r}", key=key)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text.strip())
    except ValueError:
        return False
    return True


def _row_and_column(table: dict[str, Any], where: Where) -> tuple[int, int]:
    row, column, cell = table.get("row"), table.get("column"), table.get("cell")
    numbered = (row, column) if isinstance(row, int) and isinstance(column, int) else None
    named = _place(cell) if isinstance(cell, str) else None
    if cell is None and numbered and min(numbered) > 0:
        return numbered
    if named and row is None and column is None:
        return named
    raise UsageError("correction.address", where=where, seen=f"cell = {cell!r}, row = {row!r}, column = {column!r}")


def _one_each(placed: Iterable[tuple[object, Correction]]) -> None:
    """Nothing where no two corrections have one place."""
    first: dict[object, Correction] = {}
    for place, correction in placed:
        earlier = first.setdefault(place, correction)
        if earlier is not correction:
            where = Where(correction.file, correction.sheet, correction.cell)
            raise UsageError("correction.twice", where=where, seen=f"{earlier.use} / {correction.use}")


def _unknown(file: Path, key: str, known: Sequence[str], where: Where | None = None) -> UsageError:
    close = did_you_mean(key, known) or ", ".join(known)
    return UsageError("correction.unknown_key", where=where or Where(file=str(file)), seen=key, key=key, close=close)
