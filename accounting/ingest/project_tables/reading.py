"""One table of a project, read cell by cell: CSV, XLSX or Parquet, headings in Chinese or English (contract §5).

The first row that holds anything is the head. A heading that is not known is refused, as a key of the project file is:
a share under `shares` would be a share that nobody reads. Every problem is listed with its cell; nothing is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl

from accounting import codes, exact
from accounting.errors import DataRefused, Where, did_you_mean, rejection
from accounting.ingest import words
from accounting.ingest.cells import Cell, Sheet, column_letters
from accounting.ingest.headers import bare
from accounting.ingest.sandbox import read_workbook
from accounting.tables import DEMANDED, PROJECT_TABLES

HEADINGS: dict[str, dict[str, str]] = {
    "entities": {
        "entity": "编码 代码 主体 主体编码 主体代码 园区 企业 地区 id",
        "name": "名称 主体名称 园区名称 企业名称 单位名称",
        "kind": "类型 类别 主体类型",
        "parent": "上级 上级编码 上级代码 所属 所属地区 所在地区",
        "share": "份额 占比 比例 分摊比例",
        "place": "取值地区 因子地区 因子取值地区",
        "valid_from": "起始年 起始年份 开始年份 有效期起",
        "valid_to": "终止年 终止年份 结束年份 有效期止",
    },
    "parameters": {
        "entity": "编码 代码 主体 主体编码 主体代码 园区 企业 地区",
        "parameter": "参数 参数名称",
        "item": "品种 能源品种 燃料 燃料品种",
        "category": "部门 行业",
        "year": "年份 年 年度",
        "month": "月份 月",
        "value": "数值 值 实测值 检测值",
        "unit": "单位 计量单位",
        "basis": "基准",
        "tier": "层级 方法层级",
        "samples": "样本数 检测次数",
        "measured_from": "检测起始 测量起始 检测开始日期",
        "measured_to": "检测终止 测量终止 检测结束日期",
        "lower": "下限",
        "upper": "上限",
        "source": "来源 出处 数据来源 资料来源",
        "reason": "理由 原因 采用理由",
        "author": "填报人 编制人 责任人 作者",
        "gas": "气体 温室气体",
    },
    "splits": {
        "entity": "地区 编码 代码 地区代码 主体",
        "year_from": "起始年 起始年份 开始年份",
        "year_to": "终止年 终止年份 结束年份",
        "item": "品种 能源品种 燃料",
        "into": "拆分为 分解为 煤种 分品种",
        "share": "份额 占比 比例",
        "source": "来源 出处 数据来源 资料来源",
    },
}
NOTE = "备注 说明 注释 remark"
HUNDRED = 100
SHARE_DECIMALS = 15
_LONG_SHARE = re.compile(rf"[0-9]*\.[0-9]{{{SHARE_DECIMALS + 1},}}|[0-9]{{10,}}/[0-9]+|[0-9]+/[0-9]{{10,}}")
_UNREADABLE = ("error", "formula", "bool")
Problem = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what stands in its filled cells by column, and where each column stands."""

    number: int
    texts: Mapping[str, str]
    kinds: Mapping[str, str]
    file: str
    sheet: str | None
    letters: Mapping[str, str]

    def text(self, column: str) -> str:
        """What is written, without what typing adds; empty where blank."""
        return words.tidy(self.texts.get(column, ""))

    def where(self, column: str | None = None) -> Where:
        """The address of a cell of the row: B7 in a sheet, `row 7, share` where columns have no letters."""
        letters = self.letters.get(column or "")
        if letters:
            return Where(self.file, self.sheet, f"{letters}{self.number}")
        return Where(self.file, self.sheet, f"row {self.number}" + (f", {column}" if column else ""))


@dataclass(slots=True)
class Table:
    """The rows of one table of a project and all that is wrong with it; `faulty` are the numbers and columns of its cells."""

    name: str
    file: str
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    faulty: set[tuple[int, str | None]] = field(default_factory=set)

    def refuse(self, code: str, row: Row, column: str | None, seen: object = None, /, **facts: Any) -> None:
        """List a problem at a cell of a row; what is seen is its text unless something else is."""
        shown = row.text(column or "") if seen is None else seen
        self.problems.append(rejection(code, row.where(column), shown, **facts))
        self.faulty.add((row.number, column))

    def is_sound(self, row: Row, *columns: str) -> bool:
        """Whether nothing was found wrong with these cells of a row."""
        return not any((row.number, column) in self.faulty for column in columns)

    def is_whole(self, *columns: str) -> bool:
        """Whether every row could be read, and these cells of each of them."""
        return bool(self.rows or not self.problems) and all(self.is_sound(row, *columns) for row in self.rows)

    def could_lack(self, rows: Iterable[Row]) -> Fraction:
        """What rows that could not be placed may add to a whole at most; a share that is blank or not read may be all."""
        return sum((exact.share(row.text("share")) if self.has_share(row) else Fraction(1) for row in rows), Fraction(0))

    def has_share(self, row: Row) -> bool:
        """Whether the share of a row could be read."""
        return bool(row.text("share")) and self.is_sound(row, "share")

    def judged(self, row: Row, column: str, judge: Callable[[str], Any]) -> Any:
        """What a cell means, None where it is blank or refused; a refusal is listed at the cell."""
        text = row.text(column)
        if not text:
            return None
        try:
            return judge(text)
        except DataRefused as refused:
            self.problems.append(refused.as_rejection(row.where(column)))
            self.faulty.add((row.number, column))
            return None

    def word(self, row: Row, column: str, known: Iterable[str]) -> str | None:
        """One of a closed list of words."""
        listed, text = tuple(known), row.text(column)
        if not text or text in listed:
            return text or None
        near = did_you_mean(text, listed) or "–"
        self.refuse("project_table.word", row, column, column=column, known=", ".join(listed), close=near)
        return None

    def entity(self, row: Row, column: str) -> str | None:
        """A region's code, the nation, or an own id."""
        kind = row.kinds.get(column, "text")
        return self.judged(row, column, lambda text: text if text == "CN" else str(words.entity(text, kind).value))

    def year(self, row: Row, column: str) -> int | None:
        """A calendar year."""
        kind = row.kinds.get(column, "text")
        return self.judged(row, column, lambda text: words.year(text, kind).value)

    def share(self, row: Row) -> Fraction | None:
        """A share above 0 and at most 1, as a decimal or a ratio (1/3); a percentage is refused, never divided.

        A decimal has 15 decimals at most, a ratio nine digits on either side, so that quantities can be cut exactly.
        """
        text = row.text("share")
        if not text:
            return None
        if _LONG_SHARE.fullmatch(text):
            self.refuse("share.digits", row, "share", decimals=SHARE_DECIMALS)
            return None
        number = text.removesuffix("%").removesuffix("％").strip()
        try:
            value = exact.share(number)
        except ValueError:
            self.refuse("share.number", row, "share")
            return None
        if number != text or 1 < value <= HUNDRED:
            self.refuse("share.percent", row, "share", percent=number, fraction=exact.plain(value / HUNDRED))
            return None
        if not 0 < value <= 1:
            self.refuse("share.range", row, "share")
            return None
        return value


def years_told(spans: Iterable[tuple[int, int]], name: str = "years") -> dict[str, str]:
    """The years of spans in both languages, as facts `years_zh` and `years_en` of a problem."""
    told = [_span(*span) for span in spans]
    return {f"{name}_zh": "、".join(zh for zh, _ in told), f"{name}_en": ", ".join(en for _, en in told)}


def _span(since: int, until: int) -> tuple[str, str]:
    if (since, until) == codes.OPEN:
        return "各年", "every year"
    if since == codes.FIRST_YEAR:
        return f"{until} 年及以前", f"the years up to {until}"
    if until == codes.LAST_YEAR:
        return f"{since} 年及以后", f"the years from {since}"
    return f"{since}–{until} 年", f"{since}–{until}"


def read_table(path: Path, name: str) -> Table:
    """The table of that name in a file; problems are listed, never raised.

    `project_table.missing`, `project_table.empty`, `project_table.sheets`, `project_table.columns`,
    `project_table.unknown_column`, `project_table.no_heading`, `project_table.demanded`, `header.duplicate`, `cell.*`,
    and what the reader of files refuses.
    """
    table = Table(name, path.name)
    if not path.is_file():
        table.problems.append(rejection("project_table.missing", Where(str(path)), path.name, table=name))
        return table
    sheet, lettered = _parquet(table, path) if path.suffix.lower() in (".parquet", ".pq") else _sheet(table, path)
    if sheet is not None:
        _take(table, sheet, lettered=lettered)
    return table


def _sheet(table: Table, path: Path) -> tuple[Sheet | None, bool]:
    document = read_workbook(path)
    table.problems += document.problems
    filled = [sheet for sheet in document.sheets if any(cell.text.strip() for cell in sheet.cells)]
    if len(filled) > 1:
        names = ", ".join(sheet.name for sheet in filled)
        table.problems.append(rejection("project_table.sheets", Where(path.name), names, table=table.name))
    elif not filled and not document.problems:
        table.problems.append(rejection("project_table.empty", Where(path.name), None, table=table.name))
    return (filled[0] if len(filled) == 1 and not document.problems else None), True


def _parquet(table: Table, path: Path) -> tuple[Sheet | None, bool]:
    """A Parquet table as a sheet: the names of its columns as the head, rows from 1 as in its addresses."""
    try:
        read = pl.read_parquet(path, glob=False, hive_partitioning=False)
        texts = read.cast(pl.String)
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        table.problems.append(rejection("file.damaged", Where(path.name), str(error).splitlines()[0][:200]))
        return None, False
    if not texts.columns:
        table.problems.append(rejection("project_table.empty", Where(path.name), None, table=table.name))
        return None, False
    head = [Cell(0, column, "text", name) for column, name in enumerate(texts.columns, 1)]
    body = [
        Cell(number, column, "text", text)
        for number, row in enumerate(texts.rows(), 1)
        for column, text in enumerate(row, 1)
        if text is not None
    ]
    return Sheet("", 0, cells=[*head, *body]), False


def _take(table: Table, sheet: Sheet, *, lettered: bool) -> None:
    """The rows below the head, every cell of them under a known heading."""
    cells = [cell for cell in sheet.cells if cell.text.strip()]
    top = min(cell.row for cell in cells)
    fields = _fields(table, [cell for cell in cells if cell.row == top], sheet)
    if table.problems:
        return
    by_row: dict[int, list[Cell]] = {}
    for cell in cells:
        if cell.row > top:
            by_row.setdefault(cell.row, []).append(cell)
    letters = {name: column_letters(column) for column, name in fields.items()} if lettered else {}
    for number in sorted(by_row):
        known = {fields[cell.column]: cell for cell in by_row[number] if cell.column in fields}
        texts = {name: cell.text for name, cell in known.items()}
        kinds = {name: cell.kind for name, cell in known.items()}
        row = Row(number, texts, kinds, table.file, sheet.name or None, letters)
        _sound(table, row, by_row[number], fields)
        table.rows.append(row)
    for merged in sheet.merged:
        if merged.bottom > top:
            where = Where(table.file, sheet.name or None, f"{column_letters(merged.left)}{merged.top}")
            table.problems.append(
                rejection("cell.merged", where, f"{where.cell}:{column_letters(merged.right)}{merged.bottom}")
            )


def _fields(table: Table, head: list[Cell], sheet: Sheet) -> dict[int, str]:
    """Which column holds what; what is unknown, twice or lacking is listed."""
    aliases = {**dict.fromkeys(PROJECT_TABLES[table.name], ""), **HEADINGS[table.name], "note": NOTE}
    known = {bare(word): name for name, more in aliases.items() for word in (name, *more.split())}
    fields: dict[int, str] = {}
    for cell in head:
        where = Where(table.file, sheet.name or None, cell.address if cell.row else None)
        name = known.get(bare(cell.text))
        if name is None:
            close = did_you_mean(bare(cell.text), known) or ", ".join(PROJECT_TABLES[table.name])
            table.problems.append(rejection("project_table.unknown_column", where, cell.text, table=table.name, close=close))
        elif name in fields.values():
            first = next(one.text for one in head if fields.get(one.column) == name)
            table.problems.append(rejection("header.duplicate", where, cell.text, first=first, second=cell.text))
        else:
            fields[cell.column] = name
    lacking = [name for name in DEMANDED[table.name] if name not in fields.values()]
    if lacking:
        seen = ", ".join(cell.text for cell in head)
        where = Where(table.file, sheet.name or None)
        table.problems.append(rejection("project_table.columns", where, seen, table=table.name, missing=", ".join(lacking)))
    return fields


def _sound(table: Table, row: Row, cells: list[Cell], fields: Mapping[int, str]) -> None:
    """Cells that cannot be read, that stand under no heading, or that are blank and must not be."""
    for cell in cells:
        where = Where(row.file, row.sheet, cell.address)
        if cell.column not in fields:
            table.problems.append(rejection("project_table.no_heading", where, cell.text, table=table.name))
        elif cell.kind in _UNREADABLE:
            table.problems.append(rejection(f"cell.{cell.kind}", where, cell.text))
            table.faulty.add((row.number, fields[cell.column]))
    for name in DEMANDED[table.name]:
        if not row.text(name):
            shown = ", ".join(row.texts.values())
            table.refuse("project_table.demanded", row, name, shown, table=table.name, column=name)
