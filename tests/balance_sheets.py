"""Writes balance sheets as the yearbook prints them, from a few figures: for tests only.

write(tmp_path / "6-15.xls x", Balance("6-15 山东能源平衡表(实物量)-2007", {("3.建筑业", "柴油"): 18.68}))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter

UNITS = {
    "万吨": "104 tn",
    "亿立方米": "108 cu.m",
    "百亿千焦": "1010 kJ",
    "亿千瓦时": "108 kW•h",
    "万吨标煤": "104 tce",
}
COLUMNS_2007 = (
    ("煤合计", "Coal Total", "万吨"), ("原煤", "Raw Coal", "万吨"), ("洗精煤", "Cleaned/Coal", "万吨"),
    ("其他洗煤", "Other/Washed/Coal", "万吨"), ("型煤", "Briquettes", "万吨"), ("焦炭", "Coke", "万吨"),
    ("焦炉煤气", "Coke Oven/Gas", "亿立方米"), ("其他煤气", "Other Gas", "亿立方米"),
    ("油品合计", "Petroleum/Products/Total", "万吨"), ("原油", "Crude Oil", "万吨"), ("汽油", "Gasoline", "万吨"),
    ("煤油", "Kerosene", "万吨"), ("柴油", "Diesel Oil", "万吨"), ("燃料油", "Fuel Oil", "万吨"),
    ("液化石油气", "LPG", "万吨"), ("炼厂干气", "Refinery/Gas", "万吨"), ("天然气", "Natural Gas", "亿立方米"),
    ("其他石油制品", "Other/Petroleum/Products", "万吨"), ("其他焦化产品", "Other/Coking/Products", "万吨"),
    ("热力", "Heat", "百亿千焦"), ("电力", "Electricity", "亿千瓦时"), ("其他能源", "Other/Energy", "万吨标煤"),
)  # fmt: skip
ROWS_2007 = (
    ("一.可供本地区消费的能源量", "Total Primary Energy Supply"), ("  1.一次能源生产量", "  Indigenous Production"),
    ("  2.回收能", "  Recovery of Energy"), ("  3.外省(区、市)调入量", "  Moving In from Other Provinces"),
    ("  4.进口量", "  Import"), ("  5.我轮、机在外国加油量", "  Chinese Airplanes & Ships in Refueling Abroad"),
    ("  6.本省(区、市)调出量(-)", "  Sending Out to Other Provinces(-)"), ("  7.出口量(-)", "  Export(-)"),
    ("  8.外轮、机在我国加油量(-)", "  Foreign Airplanes & Ships in Refueling in China"),
    ("  9.库存增(-)、减(+)量", "  Stock Change"),
    ("二.加工转换投入(-)产出(+)量", "Input(-) & Output(+) of Transformation"), ("  1.火力发电", "  Thermal Power"),
    ("  2.供热", "  Heating Supply"), ("  3.洗选煤", "  Coal Washing "), ("  4.炼焦", "  Coking"),
    ("  5.炼油", "  Petroleum Refineries"), ("  6.制气", "  Gas Works"), ("    #焦炭再投入量(-)", "      Coke Input(-)"),
    ("  7.煤制品加工", "  Briquettes"), ("三.损失量", "Loss"), ("四.终端消费量", "Total Final Consumption"),
    ("  1.农、林、牧、渔、水利业", "  Farming, Forestry, Animal Husbandry, Fishery & Water Conservancy"),
    ("  2.工业", "  Industry"), ("    #用作原料、材料", "      Non-Energy Use"), ("  3.建筑业", "  Construction"),
    ("  4.交通运输、仓储和邮政业", "  Transport, Storage and Post "),
    ("  5.批发、零售业和住宿、餐饮业", "  Wholesale,Retail Trade and Hotel,Restaurants"),
    ("  6.生活消费", "  Residential Consumption"), ("     城镇", "     Urban"), ("     乡村", "     Rural"),
    ("  7.其他", "  Other"), ("五.平衡差额", "Statistical Difference"), ("六.消费量合计", "Sum of Consumption "),
)  # fmt: skip
COLUMNS_LATER = (
    *COLUMNS_2007[:4], ("煤制品", "Briquettes", "万吨"), ("煤矸石", "Gangue", "万吨"), *COLUMNS_2007[5:7],
    ("高炉煤气", "Blast Furnace Gas", "亿立方米"), ("转炉煤气", "Converter Gas", "亿立方米"), COLUMNS_2007[7],
    COLUMNS_2007[18], *COLUMNS_2007[8:14], ("石脑油", "Naphtha", "万吨"), ("润滑油", "Lubricants", "万吨"),
    ("石蜡", "Paraffin Waxes", "万吨"), ("溶剂油", "White Spirit", "万吨"), ("石油沥青", "Bitumen Asphalt", "万吨"),
    ("石油焦", "Petroleum Coke", "万吨"), *COLUMNS_2007[14:16], COLUMNS_2007[17], COLUMNS_2007[16],
    ("液化天然气", "LNG", "万吨"), *COLUMNS_2007[19:],
)  # fmt: skip
ROWS_LATER = (
    ("一.可供本地区消费的能源量", ""), ("1.一次能源生产量", ""), ("2.外省(区、市)调入量", ""), ("3.进口量", ""),
    ("4.境内飞机和轮船在境外的加油量", ""), ("5.本省(区、市)调出量(-)", ""), ("6.出口量(-)", ""),
    ("7.境外飞机和轮船在境内的加油量(-)", ""), ("8.库存增(-)、减(+)量", ""), ("二.加工转换投入(-)产出(+)量", ""),
    ("1.火力发电", ""), ("2.供热", ""), ("3.煤炭洗选", ""), ("4.炼焦", ""), ("5.炼油及煤制油", ""),
    ("#油品再投入量(-)", ""), ("6.制气", ""), ("#焦炭再投入量(-)", ""), ("7.天然气液化", ""), ("8.煤制品加工", ""),
    ("9.回收能", ""), ("三.损失量", ""), ("四.终端消费量", ""), ("1.农、林、牧、渔业", ""), ("2.工业", ""),
    ("#用作原料、材料", ""), ("3.建筑业", ""), ("4.交通运输、仓储和邮政业", ""),
    ("5.批发和零售业、住宿和餐饮业", ""), ("6.其他", ""), ("7.居民生活", ""), ("城镇", ""), ("乡村", ""),
    ("五.平衡差额", ""), ("六.消费量合计", ""),
)  # fmt: skip


@dataclass(frozen=True)
class Balance:
    """One sheet: its title, figures by (row, column) as printed, and what is unusual about it.

    A row is named by its Chinese label without numbering where that is unique (`柴油`, `建筑业`).
    """

    title: str
    figures: Mapping[tuple[str, str], object]
    name: str = "Sheet1"
    title_en: str = ""
    columns: Sequence[tuple[str, str, str]] = COLUMNS_2007
    rows: Sequence[tuple[str, str]] = ROWS_2007
    unit: str = ""
    english: bool = True
    hidden: bool = False
    hidden_rows: Sequence[int] = ()
    below: Sequence[str] = ()
    extra: Mapping[tuple[int, int], object] = field(default_factory=dict)


def write(path: Path, *sheets: Balance) -> Path:
    """The workbook with these sheets, in the yearbook's layout; gives its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path))
    for sheet in sheets:
        _write_sheet(book, sheet)
    book.close()
    return path


def address(balance: Balance, row: str, column: str) -> str:
    """Where a figure stands: the cell of a row label and a column name."""
    number = _row_of(balance, row) + 1
    return f"{_letter(_column_of(balance, column))}{number}"


def _letter(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


HEAD = 3  # 0-based row of the first heading
BODY = HEAD + 6


def _row_of(balance: Balance, row: str) -> int:
    hits = [place for place, (zh, _) in enumerate(balance.rows) if zh.strip() == row or _bare(zh) == row]
    assert len(hits) == 1, (row, hits)
    return BODY + hits[0]


def _bare(label: str) -> str:
    return label.strip().lstrip("#0123456789.一二三四五六").strip()


def _column_of(balance: Balance, column: str) -> int:
    names = [zh for zh, _, _ in balance.columns]
    return _labels(balance) + names.index(column)


def _labels(balance: Balance) -> int:
    return 2 if balance.english else 1


def _write_sheet(book: xlsxwriter.Workbook, balance: Balance) -> None:
    page = book.add_worksheet(balance.name)
    first = _labels(balance)
    last = first + len(balance.columns) - 1
    page.merge_range(0, 0, 0, last, balance.title)
    if balance.title_en:
        page.merge_range(1, 0, 1, last, balance.title_en)
    if balance.unit:
        page.write_string(2, last, f"单位：{balance.unit}")
    page.merge_range(HEAD, 0, BODY - 1, 0, "项        目")
    if balance.english:
        page.merge_range(HEAD, 1, BODY - 1, 1, "Item")
    for place, (zh, en, unit) in enumerate(balance.columns):
        _write_heading(page, balance, first + place, zh, en, unit)
    for place, (zh, en) in enumerate(balance.rows):
        page.write_string(BODY + place, 0, zh)
        if balance.english and en:
            page.write_string(BODY + place, 1, en)
    for (row, column), value in balance.figures.items():
        _write(page, _row_of(balance, row), _column_of(balance, column), value)
    for place, text in enumerate(balance.below):
        page.write_string(BODY + len(balance.rows) + 1 + place, 0, text)
    for (row, column), value in balance.extra.items():
        _write(page, row, column, value)
    for row in balance.hidden_rows:
        page.set_row(row, None, None, {"hidden": True})
    if balance.hidden:
        page.hide()


def _write_heading(page: object, balance: Balance, column: int, zh: str, en: str, unit: str) -> None:
    page.write_string(HEAD, column, zh)  # type: ignore[attr-defined]
    if unit and not balance.unit:
        page.write_string(HEAD + 1, column, f"({unit})")  # type: ignore[attr-defined]
    if balance.english:
        words = en.split("/")
        for line, word in enumerate(words):
            page.write_string(HEAD + 5 - len(words) + line, column, word)  # type: ignore[attr-defined]
        if unit in UNITS and not balance.unit:
            page.write_string(HEAD + 5, column, f"({UNITS[unit]})")  # type: ignore[attr-defined]


def _write(page: object, row: int, column: int, value: object) -> None:
    if isinstance(value, str) and value.startswith("="):
        page.write_formula(row, column, value, None, "")  # type: ignore[attr-defined]
    elif isinstance(value, str):
        page.write_string(row, column, value)  # type: ignore[attr-defined]
    else:
        page.write_number(row, column, value)  # type: ignore[attr-defined]
