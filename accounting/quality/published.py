"""Published figures of somebody else's inventory, read to be compared with ours (contract §5, table `published`).

    entity,year,category,item,view,gas,value,unit,tolerance,source,page
    110000,2007,transport,diesel_oil,energy-balance,CO2,3.175187,Mt,0.000001,Shan et al. 2018,Table S3

CSV, XLSX or Parquet, headings in Chinese or English. An empty category or item (or `*`) is a total over all of them;
a category may also be a line of the view. The value keeps the digits that were published; a value in tonnes is exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl

from accounting import codes, units, views
from accounting.errors import DataRefused, Refused, Where, did_you_mean, rejection
from accounting.exact import MASS_DIGITS, decimal_type, rounded
from accounting.ingest.headers import bare
from accounting.ingest.sandbox import read_workbook
from accounting.tables import frame

DEFAULT_TOLERANCE = "0.000001"  # relative
ALL_GASES = "CO2e"
HEADINGS = {
    "entity": "地区 地区代码 省份 城市 主体 region",
    "year": "年份 年 年度",
    "category": "部门 行业 类别 sector",
    "item": "品种 能源品种 能源 燃料 fuel",
    "view": "视图 口径",
    "gas": "气体 温室气体",
    "value": "公布值 公布数 数值 值 排放量",
    "unit": "单位 计量单位",
    "tolerance": "容差 允许误差 相对容差",
    "source": "来源 出处 资料来源",
    "page": "页码 页 位置 表号",
}
DEMANDED = ("entity", "year", "value", "unit")
PUBLISHED: dict[str, pl.DataType] = {
    "entity": pl.String(),
    "year": pl.Int16(),
    "category": pl.String(),
    "item": pl.String(),
    "view": pl.String(),
    "gas": pl.String(),
    "value": pl.String(),
    "unit": pl.String(),
    "published_t": decimal_type(MASS_DIGITS),
    "tolerance": pl.String(),
    "source": pl.String(),
    "page": pl.String(),
}
KEY = ("entity", "year", "category", "item", "view", "gas")
_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?")
_TOLERANCE = re.compile(r"[0-9]{0,6}\.?[0-9]{1,20}([eE]-[0-9]{1,2})?%?")
_NAMED = 12
_KINDS = {"mass": "CO2", "co2": "CO2", "co2e": ALL_GASES}


def read_published(path: Path) -> pl.DataFrame:
    """The table in a file, with the columns of `PUBLISHED`.

    Raises Refused (`published.unreadable`) with every row that cannot be used, and what the reader of files refuses.

    >>> from accounting import shipped
    >>> read_published(shipped.datasets() / "ceads-series" / "published-2007.csv")["published_t"][0]
    Decimal('836962.142237690000')
    """
    rows = _parquet_rows(path) if path.suffix.lower() == ".parquet" else _sheet_rows(path)
    read: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    for place, row in rows:
        try:
            read.append(_published(row))
        except DataRefused as error:
            refused.append(error.as_rejection(Where(path.name, cell=place)))
    refused += _twice(read, path.name)
    if refused:
        raise _unusable(path, refused)
    return pl.DataFrame({name: pl.Series([row[name] for row in read], dtype=kind) for name, kind in PUBLISHED.items()})


def _sheet_rows(path: Path) -> list[tuple[str, dict[str, str]]]:
    document = read_workbook(path)
    if document.problems or not document.sheets:
        raise _unusable(path, document.problems)
    sheet = document.sheets[0]
    by_row: dict[int, dict[int, str]] = {}
    for cell in sheet.cells:
        by_row.setdefault(cell.row, {})[cell.column] = cell.text.strip()
    numbers = sorted(by_row)
    fields = _fields(by_row[numbers[0]] if numbers else {}, path)
    return [(f"row {number}", {fields[c]: text for c, text in by_row[number].items() if c in fields}) for number in numbers[1:]]


def _parquet_rows(path: Path) -> list[tuple[str, dict[str, str]]]:
    try:
        table = pl.read_parquet(path, hive_partitioning=False).cast(pl.String)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _unusable(path, [rejection("file.damaged", Where(path.name), str(error)[:200])]) from error
    fields = _fields(dict(enumerate(table.columns)), path)
    columns = [fields.get(place) for place in range(table.width)]
    return [
        (f"row {number}", {name: text for name, text in zip(columns, row, strict=True) if name and text})
        for number, row in enumerate(table.rows(), 1)
    ]


def _unusable(path: Path, problems: list[dict[str, Any]]) -> Refused:
    rows = problems or [rejection("file.empty", Where(path.name), None)]
    return Refused(
        "published.unreadable",
        rejections=frame("rejections", rows),
        where=Where(path.name, cell=rows[0]["cell"]),
        seen=rows[0]["seen"],
        count=len(rows),
        places=", ".join(row["cell"] for row in rows[:_NAMED] if row["cell"]) or path.name,
        first_zh=rows[0]["message_zh"],
        first_en=rows[0]["message_en"],
    )


def _fields(headings: Mapping[int, str], path: Path) -> dict[int, str]:
    """Which column holds which field; raises DataRefused `published.columns` where one is missing."""
    known = {bare(word): name for name, words in HEADINGS.items() for word in (name, *words.split())}
    fields = {place: known[bare(text)] for place, text in headings.items() if bare(text) in known}
    missing = [name for name in DEMANDED if name not in fields.values()]
    if missing:
        seen = ", ".join(text for text in headings.values() if text)
        raise DataRefused("published.columns", where=Where(path.name), seen=seen, missing=", ".join(missing))
    return fields


def _published(row: Mapping[str, str]) -> dict[str, Any]:
    year = _year(row.get("year", ""))
    unit = units.unit(row.get("unit", ""))
    if unit.dimension not in _KINDS:
        raise DataRefused("published.unit", seen=row.get("unit", ""))
    value = row.get("value", "")
    view = row.get("view") or None
    if view is not None and view not in views.views():
        raise DataRefused("published.view", seen=view, views=", ".join(views.views()), close=did_you_mean(view, views.views()))
    return {
        "entity": _entity(row.get("entity", ""), year),
        "year": year,
        "category": _word(row.get("category"), lambda word: _category(word, view)),
        "item": _word(row.get("item"), lambda word: codes.item(word).id),
        "view": view,
        "gas": _gas(row.get("gas", ""), _KINDS[unit.dimension]),
        "value": value or None,
        "unit": row["unit"],
        "published_t": rounded(tonnes(value, unit.factor), MASS_DIGITS) if value else None,
        "tolerance": _tolerance(row.get("tolerance", "")),
        "source": row.get("source") or None,
        "page": row.get("page") or None,
    }


def tonnes(value: str, factor: Fraction) -> Fraction:
    """A published number in tonnes, exactly; the digits of a float are taken as they stand.

    >>> tonnes("5.1e-05", Fraction(1000000))
    Fraction(51, 1)
    """
    plain = value.replace(",", "")
    if not _NUMBER.fullmatch(plain):
        raise DataRefused("published.number", seen=value)
    return Fraction(plain) * factor


def _entity(text: str, year: int) -> str:
    if not text:
        raise DataRefused("published.entity", seen=text)
    return codes.entity(codes.find_region(text) or text, year)


def _year(text: str) -> int:
    if not re.fullmatch(r"(19|20|21)[0-9]{2}(\.0)?年?", text):
        raise DataRefused("published.year", seen=text)
    return int(text[:4])


def _word(text: str | None, known: Callable[[str], str]) -> str | None:
    return None if text in {None, "", "*"} else known(str(text))


def _category(word: str, view: str | None) -> str:
    lines = views.view(view or views.DEFAULT_VIEW).lines
    for line in lines:
        if word in {line.row, line.name_zh, line.name_en}:
            return line.row
    return codes.category(word).id


def _gas(word: str, of_unit: str) -> str:
    if not word:
        return of_unit
    if word.replace("₂", "2").casefold() in {"co2e", "co2eq", "co2-eq", "二氧化碳当量"}:
        return ALL_GASES
    return codes.gas(word).id


def _tolerance(text: str) -> str:
    if not text:
        return DEFAULT_TOLERANCE
    if not _TOLERANCE.fullmatch(text):
        raise DataRefused("published.tolerance", seen=text)
    return text


def _twice(rows: list[dict[str, Any]], file: str) -> list[dict[str, Any]]:
    seen: set[tuple[Any, ...]] = set()
    problems: list[dict[str, Any]] = []
    for row in rows:
        key = tuple(row[name] for name in KEY)
        if key in seen:
            shown = "/".join(str(part) for part in key if part is not None)
            problems.append(rejection("published.twice", Where(file), shown))
        seen.add(key)
    return problems
