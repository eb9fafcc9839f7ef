"""Tables with one quantity a row: entity, year, category, item, quantity, unit (contract §5).

The head stands within the first rows, in Chinese or English, in any order; titles may stand above it and say what no
column says. Every row below is accepted or refused with the address of what is wrong in it; a repeated head and a
foot note are listed, a total row is refused. Words are judged once each, rows gather the verdicts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import polars as pl

from accounting import units
from accounting.errors import DataRefused, Where, finding, rejection
from accounting.ingest import cell_lists, headers, row_checks
from accounting.ingest.cells import Cell, Sheet, column_letters
from accounting.ingest.counts import Counted, in_sheet
from accounting.ingest.evidence import COLUMN, FILE_NAME, Decided, Evidence, decided
from accounting.ingest.headers import Head, Heading
from accounting.ingest.judged import Judged, judged
from accounting.ingest.quantities import converted, counted
from accounting.ingest.reading import Reading
from accounting.ingest.row_checks import JUDGES, Fields
from accounting.ingest.transfers import with_transfers
from accounting.tables import empty

Subject = Literal["entity", "year"]
SUBJECTS: tuple[Subject, ...] = ("entity", "year")
Units = Mapping[tuple[int, int], str]  # by row and column
HEAD_WITHIN = 20
FEWEST_FIELDS = 3
FIELDS = tuple(headers.HEADINGS)
_UNIT_IN_TITLE = re.compile(r"(?:计量)?单位\s*[:：]\s*([^\s,，;；()（）]+)|unit\s*:\s*(\S+)", re.IGNORECASE)
_FOOT = (
    r"(?i)^\s*[(（]?(注|注释|说明|备注|资料来源|数据来源|来源|填报人|制表人?|审核人?|单位负责人|填表人|notes?|source|remarks?)"
    r"\s*[0-9①-⑳]*\s*[)）]?\s*([:：.、]|$)"
)


@dataclass(slots=True)
class LongTable:
    """A sheet taken apart: its head, its titles, and its rows as text by field.

    `rows` has `row` (1-based) and, for each field, `FIELD` (text or null) and `FIELD_kind`.
    """

    sheet: Sheet
    head: Head
    head_row: int
    titles: list[Cell]
    rows: pl.DataFrame
    findings: list[dict[str, Any]] = field(default_factory=list)
    rejections: list[dict[str, Any]] = field(default_factory=list)

    def has(self, name: str) -> bool:
        return name in self.head.fields

    @property
    def unit_above(self) -> str | None:
        """The one unit that a title states (单位：万吨), where neither a column nor the head of the quantity does."""
        if self.has("unit") or (self.has("quantity") and self.head.fields["quantity"].unit):
            return None
        stated = {unit for cell in self.titles if (unit := _stated_unit(cell.text))}
        return stated.pop() if len(stated) == 1 else None


def _stated_unit(text: str) -> str | None:
    match = _UNIT_IN_TITLE.search(text)
    if match is None:
        return None
    try:
        return units.unit(match[1]).spelling
    except DataRefused:
        return None


def recognised(sheet: Sheet, file: str) -> LongTable | None:
    """The sheet as a long table, or None where no row heads one.

    A head has three or more known headings, the item or the quantity among them.
    """
    place = Where(file, sheet.name or None)
    found = _head(sheet, place)
    if found is None:
        return None
    row, head = found
    titles = [cell for cell in sheet.cells if cell.row < row and cell.text.strip()]
    cells = body(sheet, row)
    table = LongTable(sheet, head, row, titles, field_rows(cells, head.fields))
    table.rejections += [*head.problems, *_blank_heads(cells, head, sheet, row, place)]
    table.findings += _extra_columns(table, place)
    set_apart(table, place)
    return table


def _head(sheet: Sheet, place: Where) -> tuple[int, Head] | None:
    by_row: dict[int, list[Heading]] = {}
    for cell in sheet.cells:
        if len(by_row) >= HEAD_WITHIN and cell.row not in by_row:
            break
        if cell.kind == "text" and cell.text.strip():
            by_row.setdefault(cell.row, []).append(headers.heading(cell.column, cell.address, cell.text))
    best = max(by_row, key=lambda row: len({h.field for h in by_row[row]} - {None}), default=None)
    if best is None:
        return None
    named = {heading.field for heading in by_row[best]} - {None}
    if len(named) < FEWEST_FIELDS or not named & {"item", "quantity"}:
        return None
    return best, headers.head(by_row[best], place)


def body(sheet: Sheet, head_row: int) -> pl.DataFrame:
    """The cells below a head that hold anything: `row`, `column`, `kind`, `text`."""
    below = [cell for cell in sheet.cells if cell.row > head_row and cell.text.strip()]
    return pl.DataFrame(
        {
            "row": pl.Series([cell.row for cell in below], dtype=pl.UInt32),
            "column": pl.Series([cell.column for cell in below], dtype=pl.UInt32),
            "kind": pl.Series([cell.kind for cell in below], dtype=pl.String),
            "text": pl.Series([cell.text for cell in below], dtype=pl.String),
        }
    )


def field_rows(cells: pl.DataFrame, fields: Mapping[str, Heading]) -> pl.DataFrame:
    """The rows that have anything in a known column: text and kind by field, null where blank or no such column."""
    known = [heading.column for heading in fields.values()]
    rows = cells.filter(pl.col("column").is_in(known)).select("row").unique().sort("row")
    for name, heading in fields.items():
        of_field = cells.filter(pl.col("column") == heading.column).select(
            "row", pl.col("text").alias(name), pl.col("kind").alias(f"{name}_kind")
        )
        rows = rows.join(of_field, on="row", how="left", maintain_order="left")
    absent = [name for name in FIELDS if name not in fields]
    return rows.with_columns(pl.lit(None, pl.String).alias(column) for name in absent for column in (name, f"{name}_kind"))


def _blank_heads(cells: pl.DataFrame, head: Head, sheet: Sheet, row: int, place: Where) -> Iterator[dict[str, Any]]:
    """Columns of figures between those of the table that have no heading."""
    named = {cell.column for cell in sheet.cells if cell.row == row and cell.text.strip()}
    known = [heading.column for heading in head.fields.values()]
    inside = cells.filter(pl.col("column").is_between(min(known), max(known)) & ~pl.col("column").is_in(list(named)))
    for column, count in inside.group_by("column").len().sort("column").rows():
        address = f"{column_letters(column)}{row}"
        where = Where(place.file, place.sheet, address)
        yield rejection("header.blank", where, None, first=address, count=count)


def _extra_columns(table: LongTable, place: Where) -> list[dict[str, Any]]:
    """Columns whose heading means nothing here are listed, and not read."""
    if not table.head.extra:
        return []
    named = ", ".join(f"{one.text} ({one.address})" for one in table.head.extra)
    where = Where(place.file, place.sheet, table.head.extra[0].address)
    return [finding("header.not_read", "completeness", "info", where=where, seen=named, count=len(table.head.extra))]


def set_apart(table: LongTable, place: Where) -> None:
    """Take repeated heads and foot notes out of the rows, and list them."""
    texts = [pl.col(name) for name in table.head.fields]
    same = [pl.col(name) == heading.text for name, heading in table.head.fields.items()]
    repeated = pl.all_horizontal(same)
    empty = [pl.col(name).is_null() for name in ("quantity", "notation_key")]
    foot = pl.all_horizontal(empty) & pl.coalesce(texts).str.contains(_FOOT)
    marked = table.rows.select("row", repeated.fill_null(value=False).alias("head"), foot.fill_null(value=False).alias("foot"))
    for column, code in (("head", "row.repeated_head"), ("foot", "row.foot_note")):
        rows = marked.filter(column)["row"].to_list()
        if rows:
            where = Where(place.file, place.sheet, f"A{rows[0]}")
            listed = cell_lists.first(map(str, rows))
            table.findings.append(
                finding(code, "completeness", "info", where=where, seen=len(rows), count=len(rows), rows=listed)
            )
    table.rows = table.rows.filter(~(marked["head"] | marked["foot"]))


def reading(
    table: LongTable,
    *,
    evidence: Iterable[Evidence] = (),
    file: str,
    sha256: str,
    own_units: Units | None = None,
    industry_is_net: bool = False,
) -> Reading:
    """Activity rows of a long table.

    `evidence` is what titles, names and declarations say: it fills in a year or entity that has no column, and
    what contradicts a column refuses the table (`evidence.*`). `own_units` are units of corrected cells by row
    and column. Non-energy use is taken out of industry by rows of its own, unless industry is net already.
    """
    place = Where(file, table.sheet.name or None)
    heard = list(evidence)
    said: dict[Subject, Decided] = {
        subject: settled(table.head, subject, _values(table, subject), heard, place) for subject in SUBJECTS
    }
    lacking = headers.missing(table.head, ["unit"] if table.unit_above else [], place)
    whole = [*table.rejections, *(one.rejection for one in said.values() if one.rejection)]
    whole += [lacking] if lacking else []
    findings = [*table.findings, *(found for one in said.values() for found in one.findings)]
    if whole:
        count = table.rows.height
        return Reading("long_table", empty("activity"), whole, findings, read=count, rejected=count)
    read = rows_read(table, said, place, sha256, own_units or {}, industry_is_net=industry_is_net)
    known = {heading.column for heading in table.head.fields.values()}
    copies = row_checks.copies(table.sheet, read.activity, known, place)
    return replace(read, findings=[*findings, *read.findings], counts=[*read.counts, *copies])


def _values(table: LongTable, subject: Subject) -> list[str | int]:
    """The distinct values of a column, those that can be read."""
    if not table.has(subject):
        return []
    judge, dtype = JUDGES[subject]
    found = judged(table.rows[subject], table.rows[f"{subject}_kind"], judge, dtype)
    return found.values.drop_nulls().unique(maintain_order=True).to_list()


def settled(head: Head, subject: Subject, values: Sequence[str | int], evidence: Sequence[Evidence], place: Where) -> Decided:
    """What the rows of a table share (a value where no column says it), or the contradiction.

    Each value of a column must agree with title, sheet name and declaration. File and folder names speak of one
    year or place: they are asked only where the column holds one value itself.
    """
    if subject not in head.fields:
        return decided(subject, evidence, place)
    heading = head.fields[subject]
    where = Where(place.file, place.sheet, heading.address)
    others = [e for e in evidence if e.subject == subject and (len(values) == 1 or e.rank < FILE_NAME)]
    for value in values if others else ():
        one = decided(subject, [Evidence(subject, value, COLUMN, heading.text, where), *others], place)
        if one.rejection:
            return one
    return Decided(None)


def rows_read(
    table: LongTable,
    said: Mapping[Subject, Decided],
    place: Where,
    sha256: str,
    own_units: Units,
    list_at_most: int | None = None,
    industry_is_net: bool = False,
) -> Reading:
    """The rows of a table whose head is sound, each accepted or refused; `said` fills columns that are absent."""
    rows, fields = table.rows, Fields(table.head.fields, place)
    found = row_checks.words_judged(rows)
    total = row_checks.total_words(rows, found)
    key = {name: column.values for name, column in found.items()}
    for name in SUBJECTS:
        if (value := said[name].value) is not None:
            key[name] = pl.repeat(value, rows.height, dtype=JUDGES[name][1], eager=True)
    checks = (
        row_checks.word_problems(rows, found, fields),
        row_checks.cell_problems(rows, fields),
        row_checks.blank_problems(rows, fields),
        row_checks.standing_problems(rows, key["entity"], key["year"], fields),
        row_checks.unit_problems(rows, fields),
        row_checks.stray_problems(table.sheet, rows, table.head.columns, fields),
        row_checks.merged_problems(table.sheet, rows, fields),
    )
    in_totals = set(total["row"])
    problems = [problem for check in checks for problem in check if problem[0] not in in_totals]
    problems += row_checks.total_problems(rows, total, fields)
    raw = _raw(table, key, place, sha256, own_units)
    known = pl.Series(~rows["row"].is_in(total["row"].implode())) & _legible(rows)
    known &= raw["item"].is_not_null() & raw["category"].is_not_null()
    made = converted(raw.filter(known), list_at_most=list_at_most)
    wrong = raw.filter(rows["row"].is_in([row for row, _ in problems]))["row_id"]
    refused = pl.concat([wrong, made.rejected_rows]).unique()
    accepted = made.activity.filter(~pl.col("row_id").is_in(refused.implode()))
    kept = raw["row_id"].is_in(accepted["row_id"].implode())
    activity, moved = (accepted, 0) if industry_is_net else with_transfers(accepted)
    return Reading(
        layout="long_table",
        activity=activity,
        rejections=[row for _, row in sorted(problems, key=lambda problem: problem[0])] + made.rejections,
        findings=row_checks.hidden_findings(table.sheet, rows, fields),
        counts=[*counted(made.odd, accepted), *_tidied(rows, found, kept, fields)],
        read=rows.height,
        accepted=accepted.height,
        rejected=len(refused),
        transfers=moved,
    )


def _legible(rows: pl.DataFrame) -> pl.Series:
    """Rows whose number and unit are cells with text or number: the others are refused for that already."""
    unreadable = (*row_checks.UNREADABLE, "date")
    bad = [pl.col(f"{name}_kind").is_in(unreadable).fill_null(value=False) for name in ("quantity", "unit", "basis")]
    return rows.select(~pl.any_horizontal(bad)).to_series()


def _raw(table: LongTable, key: Mapping[str, pl.Series], place: Where, sha256: str, own_units: Units) -> pl.DataFrame:
    """The rows as `quantities.RAW`, refused ones included."""
    quantity = table.head.fields["quantity"]
    unit = pl.coalesce(pl.col("own_unit"), pl.col("unit"), pl.lit(quantity.unit or table.unit_above))
    own = _own_units(own_units, quantity.column)
    rows = table.rows.join(own, on="row", how="left", maintain_order="left").with_columns(
        series.alias(name) for name, series in key.items()
    )
    begin = f"{sha256[:16]}:{table.sheet.index:03d}:"
    return rows.select(
        pl.concat_str(pl.lit(begin), pl.col("row").cast(pl.String).str.zfill(8), pl.lit(f":{quantity.column:04d}"))
        .alias("row_id"),
        *key,
        pl.col("quantity").alias("value"),
        unit.alias("reported_unit"),
        "basis",
        "notation_key",
        "note",
        pl.lit(place.file).alias("file"),
        pl.lit(table.sheet.name).alias("sheet"),
        _addresses(quantity).alias("cell"),
        (_addresses(table.head.fields["unit"]) if table.has("unit") else pl.lit(None, pl.String)).alias("unit_cell"),
        pl.lit(sha256).alias("sha256"),
    )  # fmt: skip


def _addresses(heading: Heading) -> pl.Expr:
    if heading.said_once:
        return pl.lit(heading.address)
    return pl.concat_str(pl.lit(heading.before), pl.col("row"), pl.lit(heading.after))


def _own_units(own_units: Units, column: int) -> pl.DataFrame:
    """Units that a correction gave to quantities of this table, by row."""
    ours = {row: unit for (row, at), unit in own_units.items() if at == column}
    return pl.DataFrame({"row": list(ours), "own_unit": list(ours.values())}, schema=_OWN_UNITS)


_OWN_UNITS = {"row": pl.UInt32, "own_unit": pl.String}


def _tidied(rows: pl.DataFrame, found: Mapping[str, Judged], kept: pl.Series, fields: Fields) -> Iterator[Counted]:
    """How many words of the rows kept were read otherwise than they were typed, and in which cells."""
    for name, column in found.items():
        held = rows["row"].filter(column.tidied & kept)
        if held.len():
            cells = (str(fields.where(name, row).cell) for row in held)
            yield Counted("text.tidied", fields.place.file, held.len(), in_sheet(fields.place.sheet, cells))
