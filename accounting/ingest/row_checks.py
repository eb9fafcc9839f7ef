"""What can be wrong with a row of a long table besides its numbers and units.

Each check gives (row, rejection) pairs; the address is that of the cell that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from accounting import codes, units
from accounting.errors import DataRefused, Where, finding, rejection
from accounting.ingest import cell_lists, words
from accounting.ingest.cells import Sheet, column_letters
from accounting.ingest.counts import Counted, in_sheet
from accounting.ingest.headers import Heading
from accounting.ingest.judged import Judged, judged
from accounting.ingest.transfers import is_transfer
from accounting.tables import KEY

Problem = tuple[int, dict[str, Any]]
UNREADABLE = ("error", "formula", "bool")
MERGED_IN_VAIN = ("quantity", "month", "basis", "notation_key")  # a blank in these would say something else
JUDGES: dict[str, tuple[Callable[[str, str], words.Word], Any]] = {
    "entity": (words.entity, pl.String),
    "year": (words.year, pl.Int16),
    "month": (words.month, pl.Int8),
    "category": (words.category, pl.String),
    "item": (words.item, pl.String),
}
_TOTAL = r"(?i)^\s*(.{0,6}(合\s*计|总\s*计|小\s*计|共\s*计)|((grand|sub)[\s-]*)?totals?|sum|[全本]\s*[国省市区县州盟旗])\s*[:：]?\s*$"


@dataclass(frozen=True, slots=True)
class Fields:
    """Where the fields of a table stand: headings by field, within a sheet."""

    headings: Mapping[str, Heading]
    place: Where

    def where(self, name: str, row: int) -> Where:
        heading = self.headings.get(name) or self.headings["quantity"]
        return Where(self.place.file, self.place.sheet, heading.cell(row))


def words_judged(rows: pl.DataFrame) -> dict[str, Judged]:
    """The verdicts on entity, year, month, category and item of every row."""
    return {name: judged(rows[name], rows[f"{name}_kind"], judge, dtype) for name, (judge, dtype) in JUDGES.items()}


def is_total(texts: pl.Series) -> pl.Series:
    """Whether a text announces a sum of others: 合计, 小计, 全省, Total.

    >>> is_total(pl.Series(["合 计", "全市合计:", "Grand total", "全市", "合计电力"])).to_list()
    [True, True, True, True, False]
    """
    return texts.str.contains(_TOTAL)


def total_words(rows: pl.DataFrame, found: Mapping[str, Judged]) -> pl.DataFrame:
    """Rows that add up others: `row`, and the `field` whose word is 合计, 小计, Total and no name of its own."""
    unknown = {"category": found["category"].values.is_null(), "item": found["item"].values.is_null()}
    marked = rows.select(
        "row",
        *(
            (pl.col(name).str.contains(_TOTAL).fill_null(value=False) & unknown.get(name, True)).alias(name)
            for name in ("entity", "category", "item")
        ),
    )
    field = pl.coalesce(pl.when(name).then(pl.lit(name)) for name in ("entity", "category", "item"))
    return marked.select("row", field.alias("field")).filter(pl.col("field").is_not_null())


def total_problems(rows: pl.DataFrame, marked: pl.DataFrame, fields: Fields) -> Iterator[Problem]:
    for row in rows.join(marked, on="row", how="inner", maintain_order="left").to_dicts():
        word = row[row["field"]]
        seen = f"{word} {row['quantity'] or ''}".strip()
        yield row["row"], rejection("row.total", fields.where(row["field"], row["row"]), seen, word=word)


def word_problems(rows: pl.DataFrame, found: Mapping[str, Judged], fields: Fields) -> Iterator[Problem]:
    """Words that mean nothing here, in the fields that the table has."""
    for name, column in found.items():
        if name in fields.headings:
            yield from column.problems(rows["row"], lambda row, name=name: fields.where(name, row))


def stray_problems(sheet: Sheet, rows: pl.DataFrame, columns: Collection[int] | None, fields: Fields) -> Iterator[Problem]:
    """Values under no heading: the row may be shifted, so it is refused and nothing of it is counted."""
    if columns is None:
        return
    known = set(rows["row"])
    for cell in sheet.cells:
        if cell.row in known and cell.column not in columns and cell.text.strip():
            where = Where(fields.place.file, fields.place.sheet, cell.address)
            yield cell.row, rejection("row.beyond_head", where, cell.text)


def merged_problems(sheet: Sheet, rows: pl.DataFrame, fields: Fields) -> Iterator[Problem]:
    """Rows under a merged figure: nobody says how much each has; under another merged cell the rows below its first.

    What a table demands and a merged cell leaves blank is told by `blank_problems`.
    """
    known = set(rows["row"])
    columns = {heading.column: name for name, heading in fields.headings.items() if name in MERGED_IN_VAIN}
    for merged in sheet.merged:
        touched = {columns[column] for column in range(merged.left, merged.right + 1) if column in columns}
        if not touched:
            continue
        address = f"{column_letters(merged.left)}{merged.top}:{column_letters(merged.right)}{merged.bottom}"
        for row in range(merged.top if "quantity" in touched else merged.top + 1, merged.bottom + 1):
            if row in known:
                where = Where(fields.place.file, fields.place.sheet, f"{column_letters(merged.left)}{row}")
                yield row, rejection("cell.merged", where, address)


def hidden_findings(sheet: Sheet, rows: pl.DataFrame, fields: Fields) -> list[dict[str, Any]]:
    """Hidden rows and columns that hold data are read like the others, and said."""
    known, columns = set(rows["row"]), {heading.column for heading in fields.headings.values()}
    hidden = [
        cell.address
        for cell in sheet.cells
        if cell.row in known
        and cell.column in columns
        and (cell.row in sheet.hidden_rows or cell.column in sheet.hidden_columns)
    ]
    if not hidden:
        return []
    place = Where(fields.place.file, fields.place.sheet)
    listed = cell_lists.first(hidden)
    return [finding("sheet.hidden_cells", "completeness", "warning", where=place, seen=len(hidden), cells=listed)]


def copies(sheet: Sheet, activity: pl.DataFrame, known: Collection[int], place: Where) -> Iterator[Counted]:
    """Rows that equal an earlier one in every word and figure, unread columns included; a zero adds nothing."""
    words = [*KEY, "quantity", "note"]
    row = pl.col("row_id").str.split(":").list.get(2).cast(pl.UInt32).alias("row")
    figures = activity.filter((pl.col("quantity") != 0) & ~is_transfer()).select(*words, "cell", row)
    twins = figures.filter(pl.len().over(words) > 1)
    if twins.is_empty():
        return
    rows = set(twins["row"])
    beside = [(cell.row, f"{cell.column} {cell.text}") for cell in sheet.cells if cell.row in rows and cell.column not in known]
    texts = (
        pl.DataFrame(beside, schema={"row": pl.UInt32, "beside": pl.String}, orient="row")
        .group_by("row")
        .agg(pl.col("beside").sort())
    )
    again = twins.join(texts, on="row", how="left", maintain_order="left").filter(
        ~pl.struct(*words, "beside").is_first_distinct()
    )
    if again.height:
        yield Counted("row.copy", place.file, again.height, in_sheet(place.sheet, again["cell"]))


def cell_problems(rows: pl.DataFrame, fields: Fields) -> Iterator[Problem]:
    """Error cells, formulas without a value, truth values; a date where a quantity should stand."""
    for name in fields.headings:
        unreadable = (*UNREADABLE, "date") if name in ("quantity", "unit", "basis") else UNREADABLE
        if name in ("note", "notation_key"):
            continue
        bad = rows.filter(pl.col(f"{name}_kind").is_in(unreadable)).select("row", name, f"{name}_kind")
        for row, text, kind in bad.rows():
            yield row, rejection(f"cell.{kind}", fields.where(name, row), text)


def blank_problems(rows: pl.DataFrame, fields: Fields) -> Iterator[Problem]:
    """Rows that leave out what the table has a column for."""
    demanded = [name for name in ("entity", "year", "category", "item") if name in fields.headings]
    blank = rows.filter(pl.any_horizontal(pl.col(name).is_null() for name in demanded))
    for row in blank.to_dicts():
        lacking = [name for name in demanded if row[name] is None]
        seen = ", ".join(str(row[name]) for name in fields.headings if row[name] is not None)
        where = fields.where(lacking[0], row["row"])
        yield row["row"], rejection("row.incomplete", where, seen, columns=", ".join(lacking))


def standing_problems(rows: pl.DataFrame, entity: pl.Series, year: pl.Series, fields: Fields) -> Iterator[Problem]:
    """Codes that do not stand in the year of their row, with the successor where there is one."""
    pairs = pl.DataFrame({"row": rows["row"], "entity": entity, "year": year}).drop_nulls()
    coded = pairs.filter(pl.col("entity").str.contains(codes.REGION_CODE))
    for code, at, held in coded.group_by("entity", "year", maintain_order=True).agg("row").rows():
        try:
            codes.stands(code, at)
        except DataRefused as refusal:
            for row in held:
                yield row, refusal.as_rejection(fields.where("entity", row))


def unit_problems(rows: pl.DataFrame, fields: Fields) -> Iterator[Problem]:
    """A unit in the row that differs from the one in the head of the quantity."""
    in_head = fields.headings["quantity"].unit
    if in_head is None or "unit" not in fields.headings:
        return
    written = rows.filter(pl.col("unit").is_not_null()).select("row", "unit")
    differing = {text for text in written["unit"].unique() if units.normal(text) != units.normal(in_head)}
    for row, text in written.filter(pl.col("unit").is_in(list(differing))).rows():
        yield (
            row,
            rejection("unit.conflict", fields.where("unit", row), f"{text} / {in_head}", head=in_head, unit=text),
        )
