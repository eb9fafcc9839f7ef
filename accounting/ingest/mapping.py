"""`map.toml`: a layout that nobody knows, described by the person who has it.

    sheet = "分行业.*消费"            # regex over the sheet's name; other sheets are listed and not read
    header = [3, 4]                  # rows of the head, 1-based; texts of one column are joined by a space
    skip = ["^其中", "^合计"]          # rows whose first text matches are skipped and listed
    footnotes = "strip"              # 12.3① is read as 12.3, each one listed
    industry = "net"                 # industry does not contain non-energy use (default: gross)

    [columns]                        # field = regex over the head
    category = "^行业"

    [constants]                      # field = text for every row
    entity = "370200"
    year = "2023"

    [wide]                           # a block of columns, each with one item (or year, month, category)
    columns = "^(.+?)\\\\((.+)\\\\)$"    # the first group is the word, the second the unit
    are = "item"
    unit_row = 5                     # or: the row in which the units stand

Fields: entity, year, month, category, item, quantity, unit, basis, notation_key, note. Words, numbers and units are
judged as in every table; a key that is not known is refused with the nearest.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from accounting.errors import UsageError, Where, did_you_mean, finding, rejection
from accounting.ingest import cell_lists, evidence, headers, long_table
from accounting.ingest.cells import Cell, Sheet, column_letters
from accounting.ingest.counts import Counted, in_sheet
from accounting.ingest.evidence import Evidence
from accounting.ingest.headers import Head, Heading
from accounting.ingest.labels import folded
from accounting.ingest.long_table import LongTable, Units
from accounting.ingest.reading import Reading
from accounting.ingest.sources import Source
from accounting.tables import empty

FIELDS = tuple(headers.HEADINGS)
ACROSS = ("item", "year", "month", "category")
KEYS: dict[str, dict[str, tuple[type, ...]]] = {
    "": {
        "sheet": (str,), "header": (int, list), "skip": (list,), "footnotes": (str,), "industry": (str,),
        "columns": (dict,), "constants": (dict,), "wide": (dict,),
    },
    "columns": dict.fromkeys(FIELDS, (str,)),
    "constants": dict.fromkeys(FIELDS, (str, int)),
    "wide": {"columns": (str,), "are": (str,), "unit_row": (int,)},
}  # fmt: skip
_MARKS = r"\s*[①-⓿²³¹⁰⁴-⁹₀-₉*＊†‡]+\s*$"


@dataclass(frozen=True, slots=True)
class Wide:
    """A block of columns that hold one word each: which, and what the word is."""

    columns: re.Pattern[str]
    are: str
    unit_row: int | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """One mapping file; `content_hash` is part of a run's settings."""

    file: Path
    content_hash: str
    header: tuple[int, ...]
    sheet: re.Pattern[str] | None = None
    skip: tuple[re.Pattern[str], ...] = ()
    columns: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    wide: Wide | None = None
    strip_footnotes: bool = False
    industry_is_net: bool = False


def load(path: Path) -> Layout:
    """The layout of a mapping file.

    Raises UsageError: `mapping.missing`, `mapping.syntax`, `mapping.unknown_key`, `mapping.kind`, `mapping.pattern`,
    `mapping.header`.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError("mapping.missing", where=Where(str(path)), path=str(path)) from error
    return _layout(path, content)


@cache
def _layout(path: Path, content: bytes) -> Layout:
    try:
        whole = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError("mapping.syntax", where=Where(str(path)), seen=str(error)) from error
    _known(path, whole, "")
    for name in ("columns", "constants", "wide"):
        _known(path, whole.get(name, {}), name)
    header = whole.get("header", 1)
    rows = tuple(header) if isinstance(header, list) else (header,)
    if not rows or not all(isinstance(row, int) and row > 0 for row in rows):
        raise UsageError("mapping.header", where=Where(str(path)), seen=str(header))
    words = {"footnotes": ("strip",), "industry": ("net", "gross"), "are": ACROSS}
    wide = whole.get("wide")
    for key, given in (*whole.items(), *(wide or {}).items()):
        if key in words and given not in words[key]:
            raise UsageError("mapping.kind", where=Where(str(path)), seen=f"{key} = {given!r}", kinds=", ".join(words[key]))
    return Layout(
        path,
        hashlib.sha256(content).hexdigest(),
        rows,
        sheet=_pattern(path, whole["sheet"]) if "sheet" in whole else None,
        skip=tuple(_pattern(path, text) for text in whole.get("skip", ())),
        columns={name: _pattern(path, text) for name, text in whole.get("columns", {}).items()},
        constants={name: str(text) for name, text in whole.get("constants", {}).items()},
        wide=_wide(path, wide) if wide is not None else None,
        strip_footnotes=whole.get("footnotes") == "strip",
        industry_is_net=whole.get("industry") == "net",
    )


def _wide(path: Path, table: Mapping[str, Any]) -> Wide:
    if "columns" not in table:
        raise UsageError("mapping.kind", where=Where(str(path)), seen="[wide]", kinds="columns")
    return Wide(_pattern(path, table["columns"]), table.get("are", "item"), table.get("unit_row"))


def _known(path: Path, table: Mapping[str, Any], name: str) -> None:
    for key, value in table.items():
        if key not in KEYS[name]:
            close = did_you_mean(key, KEYS[name]) or ", ".join(KEYS[name])
            raise UsageError("mapping.unknown_key", where=Where(str(path)), seen=key, key=key, close=close)
        if not isinstance(value, KEYS[name][key]) or isinstance(value, bool):
            kinds = ", ".join(kind.__name__ for kind in KEYS[name][key])
            raise UsageError("mapping.kind", where=Where(str(path)), seen=f"{key} = {value!r}", kinds=kinds)


def _pattern(path: Path, text: object) -> re.Pattern[str]:
    try:
        return re.compile(str(text), re.IGNORECASE)
    except re.error as error:
        raise UsageError("mapping.pattern", where=Where(str(path)), seen=str(text), reason=str(error)) from error


def read_mapped(sheet: Sheet, source: Source, said: Sequence[Evidence], own_units: Units | None = None) -> Reading:
    """Activity rows of a sheet as the mapping that its source declares describes it.

    A sheet that the mapping does not name is listed and not read. Refused whole are a field without its column, or
    with two (`mapping.no_column`, `mapping.several_columns`).
    """
    assert source.declared.map is not None, "a source without a mapping is read by its own layout"
    layout = load(source.declared.map)
    place = Where(source.name, sheet.name or None)
    if layout.sheet is not None and not layout.sheet.search(sheet.name):
        aside = finding("mapping.other_sheet", "completeness", "info", where=place, seen=sheet.name)
        return Reading("mapping", empty("activity"), findings=[aside])
    heads = _heads(sheet, layout)
    cells = long_table.body(sheet, max(layout.header))
    skipped = _skipped(cells, layout)
    fields, problems = _fields(heads, layout, place)
    across = _across(heads, sheet, layout)
    if layout.wide is not None and not across:
        problems.append(rejection("mapping.no_column", place, layout.wide.columns.pattern, column="wide"))
    if problems:
        count = cells["row"].n_unique()
        return Reading("mapping", empty("activity"), problems, read=count, rejected=count)
    every = [*_titles(sheet, layout, place), *said]
    unit_row = [layout.wide.unit_row] if layout.wide and layout.wide.unit_row else []
    kept = cells.filter(~pl.col("row").is_in([*skipped, *unit_row]))
    readings = [_read(sheet, kept, {**fields, **one}, layout, every, source, own_units) for one in (across or [{}])]
    used = {one.column for named in (fields, *across) for one in named.values() if isinstance(one, Heading)}
    return _together(readings, [*_skipped_finding(skipped, place), *_not_read(heads, used, kept, place)])


def _not_read(heads: Mapping[int, str], used: Collection[int], cells: pl.DataFrame, place: Where) -> Iterable[dict[str, Any]]:
    """Columns with figures that the mapping does not name are listed."""
    filled = set(cells["column"].unique()) - set(used)
    if filled:
        told = [f"{heads.get(column, '')} ({column_letters(column)})".strip() for column in sorted(filled)]
        seen = cell_lists.first(told)
        yield finding("header.not_read", "completeness", "info", where=place, seen=seen, count=len(told))


def _heads(sheet: Sheet, layout: Layout) -> dict[int, str]:
    """The text over each column: its head cells joined, a merged one over all its columns."""
    texts: dict[tuple[int, int], str] = {
        (cell.row, cell.column): folded(cell.text) for cell in sheet.cells if cell.row in layout.header
    }
    for merged in sheet.merged:
        text = texts.get((merged.top, merged.left))
        for row in range(merged.top, min(merged.bottom, max(layout.header)) + 1) if text else ():
            for column in range(merged.left, merged.right + 1):
                texts.setdefault((row, column), text or "")
    heads: dict[int, list[str]] = {}
    for (row, column), text in sorted(texts.items()):
        if row in layout.header and text and text not in heads.setdefault(column, []):
            heads[column].append(text)
    return {column: " ".join(parts) for column, parts in heads.items()}


def _fields(heads: Mapping[int, str], layout: Layout, place: Where) -> tuple[dict[str, Heading | str], list[dict[str, Any]]]:
    """The column of each field that the mapping names, constants as texts."""
    fields: dict[str, Heading | str] = dict(layout.constants)
    problems: list[dict[str, Any]] = []
    for name, pattern in layout.columns.items():
        found = [column for column, text in heads.items() if pattern.search(text)]
        if len(found) == 1:
            fields[name] = _heading(name, found[0], heads[found[0]], layout)
            continue
        code = "mapping.several_columns" if found else "mapping.no_column"
        seen = ", ".join(f"{heads[column]} ({column_letters(column)})" for column in found) or pattern.pattern
        problems.append(rejection(code, place, seen, column=name, pattern=pattern.pattern))
    return fields, problems


def _heading(name: str, column: int, text: str, layout: Layout, unit: str | None = None) -> Heading:
    letters = column_letters(column)
    return Heading(column, f"{letters}{max(layout.header)}", text, name, unit, before=letters)


def _across(heads: Mapping[int, str], sheet: Sheet, layout: Layout) -> list[dict[str, Heading | str]]:
    """One set of fields for each column of the block: its word, and the quantity below it."""
    wide = layout.wide
    if wide is None:
        return []
    units = {cell.column: cell.text.strip() for cell in sheet.cells if cell.row == wide.unit_row}
    found: list[dict[str, Heading | str]] = []
    for column, text in sorted(heads.items()):
        match = wide.columns.search(text)
        if match is None:
            continue
        groups = [group for group in match.groups() if group is not None]
        unit = groups[1].strip() if len(groups) > 1 else units.get(column)
        word = groups[0].strip() if groups else text
        quantity = _heading("quantity", column, text, layout, unit)
        found.append({"quantity": quantity, wide.are: word})
    return found


def _skipped(cells: pl.DataFrame, layout: Layout) -> list[int]:
    """Rows whose first text matches one of the mapping's skip patterns."""
    if not layout.skip:
        return []
    firsts = cells.sort("row", "column").group_by("row", maintain_order=True).agg(pl.col("text").first())
    return [row for row, text in firsts.rows() if any(pattern.search(text.strip()) for pattern in layout.skip)]


def _skipped_finding(rows: Sequence[int], place: Where) -> Iterable[dict[str, Any]]:
    if rows:
        listed = cell_lists.first(map(str, rows))
        where = Where(place.file, place.sheet, f"A{rows[0]}")
        yield finding("mapping.rows_skipped", "completeness", "info", where=where, seen=len(rows), rows=listed)


def _titles(sheet: Sheet, layout: Layout, place: Where) -> list[Evidence]:
    above: list[Cell] = [cell for cell in sheet.cells if cell.row < min(layout.header) and cell.text.strip()]
    told = [e for cell in above for e in evidence.of_title(cell.text, Where(place.file, place.sheet, cell.address))]
    return evidence.settled_titles(told).evidence


def _read(
    sheet: Sheet,
    cells: pl.DataFrame,
    fields: Mapping[str, Heading | str],
    layout: Layout,
    said: Sequence[Evidence],
    source: Source,
    own_units: Units | None,
) -> tuple[Reading, dict[int, str]]:
    """One table of the mapping: all its columns, or one column of a block with its figures by row.

    A blank cell of a block is no row.
    """
    columns = {name: one for name, one in fields.items() if isinstance(one, Heading)}
    constants = {name: one for name, one in fields.items() if isinstance(one, str)}
    rows = long_table.field_rows(cells, columns)
    if layout.wide is not None:
        rows = rows.filter(pl.col("quantity").is_not_null())
    rows = rows.with_columns(
        expression
        for name, text in constants.items()
        for expression in (pl.lit(text).alias(name), pl.lit("text").alias(f"{name}_kind"))
    )
    at = columns["quantity"] if "quantity" in columns else next(iter(columns.values()))
    told = {name: replace(at, text=text, field=name, unit=None, said_once=True) for name, text in constants.items()}
    table = LongTable(sheet, Head({**columns, **told}), max(layout.header), [], rows)
    place = Where(source.name, sheet.name or None)
    long_table.set_apart(table, place)
    stripped = list(_stripped(table, columns["quantity"], place)) if layout.strip_footnotes else []
    made = long_table.reading(
        table, evidence=said, file=source.name, sha256=source.sha256, own_units=own_units,
        industry_is_net=layout.industry_is_net,
    )  # fmt: skip
    figures = {row: f"{columns['quantity'].cell(row)} {text}" for row, text in table.rows.select("row", "quantity").iter_rows()}
    return replace(made, counts=[*stripped, *made.counts]), figures if layout.wide else {}


def _stripped(table: LongTable, quantity: Heading, place: Where) -> Iterable[Counted]:
    """Take marks such as ① off the quantities, as the mapping permits, and count where."""
    marked = table.rows.filter(pl.col("quantity").str.contains(_MARKS) & (pl.col("quantity_kind") == "text"))
    if marked.is_empty():
        return
    table.rows = table.rows.with_columns(pl.col("quantity").str.replace(_MARKS, ""))
    cells = in_sheet(place.sheet, (quantity.cell(row) for row in marked["row"]))
    yield Counted("mapping.footnotes_stripped", place.file, marked.height, cells)


def _together(tables: Sequence[tuple[Reading, dict[int, str]]], findings: list[dict[str, Any]]) -> Reading:
    """The readings of the columns of a block as one; what concerns all of them is told once."""
    readings = [reading for reading, _ in tables]
    noticed = {row["id"]: row for one in readings for row in one.findings}
    return Reading(
        "mapping",
        pl.concat([empty("activity"), *(one.activity for one in readings)]),
        _told_once(tables),
        [*findings, *noticed.values()],
        [counted for one in readings for counted in one.counts],
        read=sum(one.read for one in readings),
        accepted=sum(one.accepted for one in readings),
        rejected=sum(one.rejected for one in readings),
        transfers=sum(one.transfers for one in readings),
    )


def _told_once(tables: Sequence[tuple[Reading, dict[int, str]]]) -> list[dict[str, Any]]:
    """The rejections of all columns; one that concerns a row of several lists the figures that are lost by it."""
    told: dict[tuple[Any, ...], dict[str, Any]] = {}
    lost: dict[tuple[Any, ...], list[str]] = {}
    for reading, figures in tables:
        for row in reading.rejections:
            key = (row["code"], row["cell"], row["seen"])
            told.setdefault(key, row)
            figure = figures.get(int(re.sub(r"\D", "", row["cell"] or "") or 0), "")
            if figure and not figure.startswith(f"{row['cell']} "):
                lost.setdefault(key, []).append(figure)
    return [
        {**row, "seen": f"{row['seen'] or ''} ({', '.join(lost[key])})".strip()} if key in lost else row
        for key, row in told.items()
    ]
