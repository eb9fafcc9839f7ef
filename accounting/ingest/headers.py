"""The columns of a long table: which heading means which field, in Chinese and in English.

    地区, 年份, 部门, 品种, 消费量(万吨)   →   entity, year, category, item, quantity in 万吨

A unit in brackets belongs to the quantity. A heading that means nothing here is listed, never used; one that stands
twice is refused, because neither column can be preferred. An enterprise's code beside its name is listed and not used,
so is 编码 beside any other heading of the entity. 代码 and 名称 alone may be those of an item or a sector: never used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from accounting.errors import Where, did_you_mean, rejection

DEMANDED = ("category", "item", "quantity")  # entity, year and unit may also be said elsewhere
OWN_NAMES = "园区 园区名称 企业 企业名称 企业详细名称 单位名称 单位详细名称 法人单位名称 填报单位 主体 主体名称 核算主体"
OWN_CODES = "园区编码 园区代码 企业编码 企业代码 单位编码 单位代码 法人单位代码 主体编码 主体代码 统一社会信用代码 社会信用代码 组织机构代码"
HEADINGS: dict[str, str] = {
    "entity": "地区 地区代码 地区编码 地区名称 行政区划 行政区划代码 行政区划编码 区划代码 区划编码 省份 省份代码 省市 省 城市 城市代码 "
    "城市编码 市 区县 区县代码 区县编码 县区 县 region regioncode city citycode province county park facility "
    f"enterprise company entityid entitycode 编码 {OWN_CODES} {OWN_NAMES}",
    "year": "年份 年 年度 数据年份 统计年份 yr datayear",
    "month": "月份 月 mon",
    "category": "部门 行业 类别 分类 终端部门 用能部门 消费部门 sector industry",
    "item": "品种 能源品种 能源 能源名称 能源种类 燃料 燃料品种 燃料名称 燃料种类 fuel fueltype energy energytype",
    "quantity": "数量 消费量 消耗量 能源消费量 能源消耗量 用量 使用量 实物量 实物消费量 活动数据 活动水平 数值 值 amount value "
    "consumption activitydata qty",
    "unit": "单位 计量单位 量纲 units unitofmeasure uom",
    "basis": "基准 热值基准",
    "notation_key": "标记 缺失标记 注释键 notation",
    "note": "备注 说明 注释 remark remarks comment comments notes",
}
OWN_COLUMNS = frozenset({"rowid", "reportedvalue", "reportedunit", "file", "sheet", "cell", "sha256"})
_FULL_WIDTH = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, "〔【［"), "("),
    **dict.fromkeys(map(ord, "〕】］"), ")"),
}
_WITH_UNIT = re.compile(r"(.+?)\((.+)\)")


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading as written: its column (1-based), its address, the field it means, a unit in brackets.

    A cell below it is named `before` row `after`: F and nothing in a sheet, `row ` and `, quantity` in Parquet;
    what is `said_once` (in a head, in a mapping) stands at the heading's own address for every row.
    """

    column: int
    address: str
    text: str
    field: str | None
    unit: str | None = None
    before: str = ""
    after: str = ""
    said_once: bool = False

    def cell(self, row: int) -> str:
        return self.address if self.said_once else f"{self.before}{row}{self.after}"


@dataclass(frozen=True, slots=True)
class Head:
    """The headings of a table by field; `extra` are those that mean nothing here, `problems` are rejections.

    `columns` are all that have a heading; None where a mapping alone says which columns are meant.
    """

    fields: Mapping[str, Heading]
    extra: tuple[Heading, ...] = ()
    problems: tuple[dict[str, Any], ...] = field(default=())
    columns: frozenset[int] | None = None


def bare(text: str) -> str:
    """A heading in the form in which it is looked up.

    >>> bare(" 能源 品种 "), bare("Row_ID"), bare("年　份")
    ('能源品种', 'rowid', '年份')
    """
    return re.sub(r"[\s_\-:]+", "", text.translate(_FULL_WIDTH)).lower()


def heading(column: int, address: str, text: str) -> Heading:
    """What one heading of a sheet means.

    >>> heading(5, "E1", "消费量（万吨）").field, heading(5, "E1", "消费量（万吨）").unit
    ('quantity', '万吨')
    >>> heading(1, "A1", "税号").field
    """
    field, unit = _meaning(text)
    return Heading(column, address, text, field, unit, before=address.rstrip("0123456789"))


def named(column: int, name: str) -> Heading:
    """What the name of a column without letters means: its cells are `row 17, quantity`.

    >>> named(5, "quantity").cell(17)
    'row 17, quantity'
    """
    field, unit = _meaning(name)
    return Heading(column, name, name, field, unit, before="row ", after=f", {name}")


def _meaning(text: str) -> tuple[str | None, str | None]:
    known = _FIELDS.get(bare(text))
    if known is not None:
        return known, None
    match = _WITH_UNIT.fullmatch(text.translate(_FULL_WIDTH).strip())
    if match and _FIELDS.get(bare(match[1])) == "quantity":
        return "quantity", match[2].strip()
    return None, None


def head(headings: Iterable[Heading], where: Where) -> Head:
    """The head of a table, with `header.duplicate` where a heading or a field stands twice."""
    fields: dict[str, Heading] = {}
    extra: dict[str, Heading] = {}
    problems: list[dict[str, Any]] = []
    listed = _without_second_names(list(headings))
    for one in listed:
        table, name = (extra, bare(one.text)) if one.field is None else (fields, one.field)
        if name in table:
            problems.append(_twice(table[name], one, where))
        table.setdefault(name, one)
    unread = tuple(one for name, one in extra.items() if name not in OWN_COLUMNS)
    return Head(fields, unread, tuple(problems), frozenset(one.column for one in listed))


def _without_second_names(headings: list[Heading]) -> list[Heading]:
    """The headings, a code of the entity without its field where another heading of the same entity is preferred."""
    names = {bare(one.text) for one in headings if one.field == "entity"}
    beside = {**dict.fromkeys(OWN_CODES.split(), {*OWN_NAMES.split()} & names), "编码": names - {"编码"}}
    second = [one.field == "entity" and bool(beside.get(bare(one.text))) for one in headings]
    return [replace(one, field=None) if is_second else one for one, is_second in zip(headings, second, strict=True)]


def missing(found: Head, said_elsewhere: Iterable[str], where: Where) -> dict[str, Any] | None:
    """The refusal `header.missing` where a demanded column is not there and nothing else says it."""
    unit = () if "unit" in found.fields or _has_unit(found) else ("unit",)
    lacking = [name for name in (*DEMANDED, *unit) if name not in found.fields and name not in set(said_elsewhere)]
    if not lacking:
        return None
    near = {name: did_you_mean(one.text, _FIELDS) for one in found.extra for name in [one.text]}
    close = "; ".join(f"{text} → {words}" for text, words in near.items() if words)
    return rejection("header.missing", where, _seen(found), columns=", ".join(lacking), close=close or "–")


def _has_unit(found: Head) -> bool:
    return "quantity" in found.fields and found.fields["quantity"].unit is not None


def _twice(first: Heading, second: Heading, where: Where) -> dict[str, Any]:
    at = Where(where.file, where.sheet, second.address)
    both = f"{first.text} ({first.address}), {second.text} ({second.address})"
    return rejection("header.duplicate", at, both, first=first.address, second=second.address)


def _seen(found: Head) -> str:
    return ", ".join(one.text for one in (*found.fields.values(), *found.extra))


_FIELDS = {bare(word): name for name, words in HEADINGS.items() for word in (name, *words.split())}
