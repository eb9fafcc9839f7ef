"""Cells of a `.xlsx` or `.xlsm` workbook, read as a stream: one pass, bounded before anything is expanded.

The parts of the zip are counted while they are unpacked (its directory is never trusted); a document type is refused
before it is parsed; only cells that hold something are kept, so a lone cell at XFD1048576 costs one cell. Macros,
images and external links are passed over and noted. ECMA-376 Part 1 §18 names the elements.
"""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from accounting.errors import DataRefused
from accounting.ingest.cells import Cell, Merged, Sheet, column_number, number_cell
from accounting.ingest.limits import Limits
from accounting.ingest.numbers import shortest

_CHUNK = 1 << 16
_FREE, _DENSEST = 1 << 25, 150  # bytes that any part may unpack to, and how dense a sheet can be packed
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_BUILT_IN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 49: "@"}
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


def read_xlsx(path: Path, limits: Limits) -> tuple[list[Sheet], list[str]]:
    """The sheets of a workbook and notes on what was passed over.

    Raises DataRefused: `file.damaged`, `file.doctype`, `file.too_large`, `sheet.too_large`, `sheet.merge_too_large`,
    `sheet.too_many`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _Workbook(archive, limits).read()
    except (zipfile.BadZipFile, EOFError, ParseError, KeyError, ValueError, NotImplementedError, OSError) as error:
        raise DataRefused("file.damaged", seen=f"{type(error).__name__}: {error}"[:200]) from error
    except RuntimeError as error:  # zipfile: a part that needs a password
        raise DataRefused("file.encrypted", seen=str(error)[:200]) from error


class _Workbook:
    """One open archive with the budget of bytes that is left."""

    def __init__(self, archive: zipfile.ZipFile, limits: Limits) -> None:
        self.archive, self.limits = archive, limits
        self.left = limits.unpacked_bytes
        self.cells_left = limits.cells
        self.notes: list[str] = []

    def read(self) -> tuple[list[Sheet], list[str]]:
        names = set(self.archive.namelist())
        book = self._part_of_type("officeDocument") or "xl/workbook.xml"
        if book not in names:
            raise DataRefused("file.damaged", seen=f"no {book}")
        for name, note in (("vbaProject", "macros passed over"), ("cellimages", "cell images passed over"),
                           ("externalLink", "external links passed over")):  # fmt: skip
            if any(name.lower() in part.lower() for part in names):
                self.notes.append(note)
        targets = self._relations(book)
        shared = self._shared_strings(targets.get("sharedStrings", {}), names)
        formats = self._formats(targets.get("styles", {}), names)
        sheets, epoch = self._listed_sheets(book)
        if len(sheets) > self.limits.sheets:
            raise DataRefused("sheet.too_many", seen=str(len(sheets)), limit=self.limits.sheets)
        paths = targets.get("worksheet", {})
        read = [
            self._sheet(paths[relation], name, place, hidden, shared, formats, epoch)
            for place, (name, relation, hidden) in enumerate(sheets)
            if relation in paths and paths[relation] in names
        ]
        return read, self.notes

    def _part_of_type(self, kind: str) -> str | None:
        if "_rels/.rels" not in self.archive.namelist():
            return None
        for element in self._elements("_rels/.rels"):
            if _local(element) == "Relationship" and element.get("Type", "").endswith("/" + kind):
                return element.get("Target", "").lstrip("/")
        return None

    def _relations(self, book: str) -> dict[str, dict[str, str]]:
        """Targets of the workbook by kind and id, as names of parts."""
        folder = PurePosixPath(book).parent
        name = str(folder / "_rels" / (PurePosixPath(book).name + ".rels"))
        found: dict[str, dict[str, str]] = {}
        for element in self._elements(name):
            if _local(element) == "Relationship" and element.get("TargetMode") != "External":
                kind, target = element.get("Type", "").rpartition("/")[2], element.get("Target", "")
                part = target.lstrip("/") if target.startswith("/") else _joined(folder, target)
                found.setdefault(kind, {})[element.get("Id", "")] = part
        return found

    def _listed_sheets(self, book: str) -> tuple[list[tuple[str, str, bool]], datetime.datetime]:
        sheets: list[tuple[str, str, bool]] = []
        epoch = datetime.datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's dates have no zone
        for element in self._elements(book):
            if _local(element) == "sheet":
                relation = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
                sheets.append((element.get("name", ""), relation, element.get("state", "visible") != "visible"))
            elif _local(element) == "workbookPr" and element.get("date1904") in ("1", "true"):
                epoch = datetime.datetime(1904, 1, 1)  # noqa: DTZ001
        return sheets, epoch

    def _shared_strings(self, targets: dict[str, str], names: set[str]) -> list[str]:
        strings: list[str] = []
        for part in targets.values():
            if part in names:
                strings += [
                    "".join(t.text or "" for t in _texts(element))
                    for element in self._elements(part)
                    if _local(element) == "si"
                ]
        return strings

    def _formats(self, targets: dict[str, str], names: set[str]) -> list[tuple[str, bool]]:
        """For each cell style its number format and whether it shows a date."""
        own: dict[int, str] = {}
        formats: list[tuple[str, bool]] = []
        for part in targets.values():
            if part not in names:
                continue
            for element in self._elements(part, clear=False):
                if _local(element) == "numFmt":
                    own[int(element.get("numFmtId", "0"))] = element.get("formatCode", "")
                elif _local(element) == "cellXfs":
                    formats = [_format(int(xf.get("numFmtId", "0")), own) for xf in element]
        return formats

    def _sheet(
        self, part: str, name: str, place: int, hidden: bool, shared: list[str], formats: list[tuple[str, bool]],
        epoch: datetime.datetime,
    ) -> Sheet:  # fmt: skip
        sheet = Sheet(name=name, index=place, hidden=hidden)
        row = 0
        column = 0
        for event, element in self._events(part):
            tag = _local(element)
            if event == "start":
                if tag == "row":
                    row, column = int(element.get("r") or row + 1), 0
                    if element.get("hidden") in ("1", "true"):
                        sheet.hidden_rows.append(row)
                continue
            if tag == "c":
                row, column = _position(element.get("r"), row, column)
                cell = _cell(element, row, column, shared, formats, epoch)
                if cell is not None:
                    self._count(cell, name)
                    sheet.cells.append(cell)
            elif tag == "mergeCell":
                sheet.merged.append(_merged(element.get("ref", ""), name, self.limits))
            elif tag == "col" and element.get("hidden") in ("1", "true"):
                last = min(int(element.get("max", "0")), self.limits.columns)
                sheet.hidden_columns += range(int(element.get("min", "0")), last + 1)
            if tag in ("c", "row", "mergeCell"):
                element.clear()
        return sheet

    def _count(self, cell: Cell, sheet: str) -> None:
        self.cells_left -= 1
        if self.cells_left < 0 or cell.column > self.limits.columns:
            raise DataRefused("sheet.too_large", seen=cell.address, sheet=sheet)
        if len(cell.text) > self.limits.text_length:
            raise DataRefused("cell.too_long", seen=f"{cell.address}: {len(cell.text)}", sheet=sheet)

    def _elements(self, part: str, *, clear: bool = True) -> Iterator[Element]:
        for event, element in self._events(part):
            if event == "end":
                yield element
                if clear and _local(element) not in ("t", "r", "rPh"):
                    element.clear()

    def _events(self, part: str) -> Iterator[tuple[str, Element]]:
        """Parse events of a part; every unpacked byte is counted and a document type never reaches the parser."""
        parser = XMLPullParser(["start", "end"])
        packed = self.archive.getinfo(part).compress_size
        with self.archive.open(part) as stream:
            for chunk in self._chunks(stream, part, packed):
                parser.feed(chunk)
                yield from parser.read_events()  # type: ignore[misc]
        parser.close()
        yield from parser.read_events()  # type: ignore[misc]

    def _chunks(self, stream: IO[bytes], part: str, packed: int) -> Iterator[bytes]:
        tail, unpacked = b"", 0
        while chunk := stream.read(_CHUNK):
            self.left -= len(chunk)
            unpacked += len(chunk)
            if self.left < 0 or unpacked > _FREE + _DENSEST * packed:
                raise DataRefused("file.too_large", seen=part, limit=f"{self.limits.unpacked_bytes >> 20} MiB")
            bare = (tail + chunk).replace(b"\0", b"")  # UTF-16 hides it between zeros
            if b"<!DOCTYPE" in bare or b"<!ENTITY" in bare:
                raise DataRefused("file.doctype", seen=part)
            tail = chunk[-32:]
            yield chunk


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _joined(folder: PurePosixPath, target: str) -> str:
    parts: list[str] = []
    for part in (folder / target).parts:
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _texts(element: Element) -> Iterator[Element]:
    """The texts of a string without its phonetic runs."""
    for child in element:
        if _local(child) == "t":
            yield child
        elif _local(child) == "r":
            yield from (text for text in child if _local(text) == "t")


def _format(number: int, own: dict[int, str]) -> tuple[str, bool]:
    code = own.get(number, _BUILT_IN.get(number, ""))
    bare = _NOT_SHOWN.sub("", code).lower()
    is_date = number in _DATE_FORMATS or (number in own and bool(re.search(r"[ymdhs]", bare)) and "general" not in bare)
    return ("" if code == "General" else code), is_date


def _position(reference: str | None, row: int, column: int) -> tuple[int, int]:
    if reference is None:
        return row, column + 1
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ValueError(f"cell reference {reference!r}")
    return int(match[2]), column_number(match[1])


def _merged(reference: str, sheet: str, limits: Limits) -> Merged:
    first, _, last = reference.partition(":")
    top, left = _position(first, 0, 0)
    bottom, right = _position(last or first, 0, 0)
    if (bottom - top + 1) * (right - left + 1) > limits.merged_cells:
        raise DataRefused("sheet.merge_too_large", seen=reference, sheet=sheet)
    return Merged(top, left, bottom, right)


def _cell(
    element: Element, row: int, column: int, shared: list[str], formats: list[tuple[str, bool]],
    epoch: datetime.datetime,
) -> Cell | None:  # fmt: skip
    kind, style = element.get("t", "n"), int(element.get("s", "0"))
    shown, is_date = formats[style] if style < len(formats) else ("", False)
    value = formula = inline = None
    for child in element:
        tag = _local(child)
        if tag == "v":
            value = child.text
        elif tag == "f":
            formula = child.text or ""
        elif tag == "is":
            inline = "".join(t.text or "" for t in _texts(child))
    if formula is not None and "DISPIMG" in formula:
        return None
    if formula is not None and value is None:
        return Cell(row, column, "formula", "=" + formula, shown)
    known = _meant(kind, inline if kind == "inlineStr" else value, shared, is_date, epoch)
    if known is None:
        return None
    return number_cell(row, column, known[1], shown) if known[0] == "number" else Cell(row, column, *known, shown)


def _meant(kind: str, value: str | None, shared: list[str], is_date: bool, epoch: datetime.datetime) -> tuple[str, str] | None:
    if value is None or value == "":
        return None
    if kind == "s":
        place = int(value)
        if not 0 <= place < len(shared):
            raise ValueError(f"shared string {value}")
        return ("text", shared[place]) if shared[place].strip() else None
    if kind in ("str", "inlineStr"):
        return ("text", value) if value.strip() else None
    if kind == "e":
        return "error", value
    if kind == "b":
        return "bool", "TRUE" if value == "1" else "FALSE"
    if kind == "d":
        return "date", value
    number = float(value)
    if number != number or number in (float("inf"), float("-inf")):
        return "error", value
    return ("date", _date(number, epoch)) if is_date else ("number", shortest(number))


def _date(serial: float, epoch: datetime.datetime) -> str:
    try:
        return (epoch + datetime.timedelta(days=serial)).isoformat()
    except OverflowError:
        return shortest(serial)
