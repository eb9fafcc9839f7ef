"""The zoo of broken inputs: one defect a file, the file name is the defect, every file made here from text.

`make(folder)` writes all of them; nothing binary is kept. What must become of each stands in broken_files.csv.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import xlsxwriter

HEAD = "entity,year,category,item,quantity,unit\n"
ROW = "110000,2007,transport,diesel_oil,{},t\n"
GOOD = HEAD + ROW.format("5")
MAKERS: dict[str, Callable[[Path], None]] = {}


def maker(name: str) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    """Register the maker of one file."""

    def registered(function: Callable[[Path], None]) -> Callable[[Path], None]:
        MAKERS[name] = function
        return function

    return registered


def text(name: str, content: str | bytes) -> None:
    """A file that is this text."""
    data = content.encode() if isinstance(content, str) else content
    MAKERS[name] = lambda path: path.write_bytes(data) and None


def sheet(name: str, rows: list[list[object]], tab: str = "表", **options: object) -> None:
    """A workbook with one table; options: formulas, hidden, merged, formats."""

    def write(path: Path) -> None:
        with xlsxwriter.Workbook(path) as book:
            page = book.add_worksheet(tab)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    _put(book, page, number, column, value)
            for extent in options.get("merged", ()):  # type: ignore[attr-defined]
                page.merge_range(extent, "5")
            if options.get("hidden"):
                page.set_row(1, None, None, {"hidden": True})

    MAKERS[name] = write


def _put(book: xlsxwriter.Workbook, page: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: object) -> None:
    if isinstance(value, tuple):
        kind, content = value
        if kind == "formula":
            page.write_formula(row, column, content, value="")
        elif kind == "error":
            page.write_formula(row, column, "=1/0", value=content)
        elif kind == "date":
            page.write_number(row, column, content, book.add_format({"num_format": "yyyy-mm-dd"}))
        else:
            page.write_number(row, column, content, book.add_format({"num_format": kind}))
    elif isinstance(value, (int, float)):
        page.write_number(row, column, value)
    elif value is not None:
        page.write_string(row, column, str(value))


TABLE_HEAD = ["entity", "year", "category", "item", "quantity", "unit"]
TABLE_ROW = ["110000", 2007, "transport", "diesel_oil", 5, "t"]


def with_value(value: object) -> list[list[object]]:
    return [TABLE_HEAD, [*TABLE_ROW[:4], value, "t"]]


def with_cell(column: int, value: object) -> list[list[object]]:
    row = list(TABLE_ROW)
    row[column] = value
    return [TABLE_HEAD, row]


# encodings
text("utf8_mark.csv", b"\xef\xbb\xbf" + GOOD.encode())
text("gbk.csv", "地区,年份,部门,品种,数量,单位\n北京,2007,交通运输,柴油,5,吨\n".encode("gbk"))
text("gb18030_rare_hanzi.csv", "地区,年份,部门,品种,数量,单位,备注\n北京,2007,交通运输,柴油,5,吨,𠮷㐀\n".encode("gb18030"))
text("utf16_mark.csv", GOOD.encode("utf-16"))
text("utf16_no_mark.csv", GOOD.encode("utf-16-le"))
text(
    "mixed_gbk_and_utf8.csv",
    HEAD.encode() + "110000,2007,交通,柴油,5,吨\n".encode() + "110000,2007,交通,汽油,5,吨\n".encode("gbk") + b"\xff\xff\n",
)
text("nul_bytes.csv", GOOD.replace("5", "5\0"))
text("line_ends_cr.csv", GOOD.replace("\n", "\r"))
text("zero_width_in_name.csv", HEAD + "110000,2007,trans\u200bport,diesel_oil,5,t\n")
text("zero_width_in_number.csv", HEAD + ROW.format("1\u200b5"))
text("bidi_in_number.csv", HEAD + ROW.format("\u202e51"))
# numbers
for name, value in {
    "full_width": "１２３", "thousands": '"1,234"', "decimal_comma": '"3,5"', "footnote_circled": "123①",
    "footnote_star": "12.3*", "footnote_raised": "5²", "nan": "nan", "inf": "inf", "exponent_400": "1e400",
    "power_of_ten": "1E3", "range": "3–5", "about": "约12", "less_than": "<0.01", "percent": "12%", "per_mille": "12‰",
    "brackets": "(5)", "scaled_wan": "1.2万", "scaled_yi": "3亿", "chinese_numeral": "十二", "trailing_unit": "12 t",
    "dots": "…", "dash_long": "—", "text": "abc", "underscore": "1_000", "arabic_digits": "٣", "apostrophe": "'5",
    "forty_digits": "1" * 40, "negative_fuel": "-5", "minus_zero": "-0", "two_points": "1.2.3", "na_word": "无",
    "not_available": "NA", "hex": "0x1F", "beyond_the_world": "1e20",
}.items():  # fmt: skip
    text(f"number_{name}.csv", HEAD + ROW.format(value))
# codes and words
for name, column, value in (
    ("code_0110", 0, "0110"), ("code_110", 0, "110"), ("code_unknown", 0, "999999"), ("code_of_later_year", 0, "460300"),
    ("code_abolished", 0, "341400"), ("code_letter_o", 0, "37O200"), ("category_unknown", 2, "运输行业"), ("item_unknown", 3, "原媒"),
    ("unit_unknown", 5, "桶"), ("unit_ton", 5, "ton"), ("unit_C", 5, "C"), ("unit_kcal", 5, "kcal"),
    ("unit_of_another_dimension", 5, "MWh"), ("unit_absent", 5, ""), ("unit_power_bomb", 5, "9**9**9**9"),
    ("year_month_13", 1, "2023/13"), ("year_absent", 1, ""), ("year_of_two_digits", 1, "07"), ("entity_absent", 0, ""),
):  # fmt: skip
    values = ["110000", "2012" if name == "code_abolished" else "2007", "transport", "diesel_oil", "5", "t"]
    values[column] = value
    text(f"{name}.csv", HEAD + ",".join(values) + "\n")
# layout of text tables
text("header_twice.csv", "entity,year,category,item,quantity,quantity,unit\n110000,2007,transport,diesel_oil,5,6,t\n")
text("header_blank.csv", "entity,year,category,item,quantity,unit,\n110000,2007,transport,diesel_oil,5,t,9\n")
text("header_absent.csv", "110000,2007,transport,diesel_oil,5,t\n")
text("row_too_long.csv", GOOD + "110000,2007,transport,gasoline,5,t,7\n")
text("row_too_short.csv", GOOD + "110000,2007,transport,gasoline\n")
text("quotes_open.csv", GOOD + '110000,2007,transport,"gasoline,5,t\n')
text("total_row.csv", GOOD + "110000,2007,合计,diesel_oil,5,t\n")
text("header_repeated.csv", GOOD + HEAD + ROW.format("6").replace("diesel_oil", "gasoline"))
text("unknown_column.csv", "entity,year,category,item,quantity,unit,colour\n110000,2007,transport,diesel_oil,5,t,red\n")
text("footer_note.csv", GOOD + "注：数据为初步统计,,,,,\n")
text("empty.csv", b"")
text("only_header.csv", HEAD)
text("month_13.csv", HEAD.replace("unit", "unit,month") + "110000,2007,transport,diesel_oil,5,t,13\n")
text("formula_in_name.csv", HEAD + "=cmd|' /C calc'!A0,2007,transport,diesel_oil,5,t\n")
text("parent_and_child.csv", HEAD + "110000,2007,transport,raw_coal,5,t\n110000,2007,transport,bituminous_coal,3,t\n")
# workbooks
sheet("good.xlsx", [TABLE_HEAD, TABLE_ROW])
sheet("error_cell.xlsx", with_value(("error", "#DIV/0!")))
sheet("uncached_formula.xlsx", with_value(("formula", "=2+3")))
sheet("date_for_quantity.xlsx", with_value(("date", 44929)))
sheet("date_for_code.xlsx", with_cell(0, ("date", 44929)))
sheet("code_number_formatted_0000.xlsx", with_cell(0, ("0000", 110)))
sheet("eighteen_digit_code.xlsx", with_cell(0, 911101087000000000))
sheet("percent_format.xlsx", with_value(("0%", 0.15)))
sheet("float_noise.xlsx", with_value(0.0200199999999995))
sheet("tiny_float.xlsx", with_value(1e-05))
sheet("hidden_row.xlsx", [TABLE_HEAD, TABLE_ROW], hidden=True)
sheet("merged_data.xlsx", [TABLE_HEAD, [*TABLE_ROW[:4], None, "t"], [*TABLE_ROW[:3], "gasoline", None, "t"]], merged=["E2:E3"])
sheet("unknown_layout.xlsx", [["某表"], ["甲", "乙"], ["1", "2"]])
sheet("script_in_sheet_name.xlsx", with_value("x"), tab="<script>alert(1)<")


def _zipped(path: Path, parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


CONTENT_TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
BOOK = (
    b'<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    b'<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = (
    b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    b'Target="worksheets/sheet1.xml"/></Relationships>'
)
SHEET = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%b</sheetData>%b</worksheet>'


def _book(path: Path, cells: bytes, after: bytes = b"", **parts: bytes) -> None:
    _zipped(path, {
        "[Content_Types].xml": CONTENT_TYPES, "xl/workbook.xml": BOOK, "xl/_rels/workbook.xml.rels": RELATIONS,
        "xl/worksheets/sheet1.xml": SHEET % (cells, after), **parts,
    })  # fmt: skip


@maker("cell_at_the_far_corner.xlsx")
def _far_corner(path: Path) -> None:
    _book(path, b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


@maker("merged_whole_sheet.xlsx")
def _merged_whole(path: Path) -> None:
    _book(path, b'<row r="1"><c r="A1"><v>1</v></c></row>', b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')


@maker("doctype.xlsx")
def _doctype(path: Path) -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
    _zipped(path, {"[Content_Types].xml": CONTENT_TYPES, "xl/workbook.xml": laughs, "xl/_rels/workbook.xml.rels": RELATIONS})


@maker("zip_bomb.xlsx")
def _bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            ("[Content_Types].xml", CONTENT_TYPES),
            ("xl/workbook.xml", BOOK),
            ("xl/_rels/workbook.xml.rels", RELATIONS),
        ):
            archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as stream:
            stream.write(SHEET.split(b"%b")[0])
            for _ in range(1024):
                stream.write(b" " * (1 << 20))


@maker("shared_string_beyond.xlsx")
def _beyond(path: Path) -> None:
    _book(path, b'<row r="1"><c r="A1" t="s"><v>7</v></c></row>')


@maker("number_that_is_none.xlsx")
def _no_number(path: Path) -> None:
    _book(path, b'<row r="1"><c r="A1"><v>1e999</v></c></row>')


@maker("deep_xml.xlsx")
def _deep(path: Path) -> None:
    _book(path, b"<row>" + b"<x>" * 200_000 + b"</x>" * 200_000 + b"</row>")


@maker("truncated.xlsx")
def _truncated(path: Path) -> None:
    MAKERS["good.xlsx"](path)
    path.write_bytes(path.read_bytes()[:-200])


@maker("flipped_bytes.xlsx")
def _flipped(path: Path) -> None:
    MAKERS["good.xlsx"](path)
    content, seeded = bytearray(path.read_bytes()), random.Random(20230707)
    for _ in range(40):
        content[seeded.randrange(60, len(content) - 400)] ^= 0xFF
    path.write_bytes(bytes(content))


text("not_a_workbook.xlsx", "plain text")
text("html_named.xls", "<html><table><tr><td>1</td></tr></table></html>")
text("truncated.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
text("encrypted.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512)
text("wps_table.et", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512)
text("csv_named.xlsx", GOOD)


@maker("open_document.ods")
def _ods(path: Path) -> None:
    _zipped(path, {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"})


@maker("path_traversal.xlsx")
def _traversal(path: Path) -> None:
    _book(path, b'<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>', **{"../../outside.txt": b"out"})


@maker("many_sheets.xlsx")
def _many(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        for number in range(600):
            book.add_worksheet(f"s{number}")


@maker("quine_like_nested.xlsx")
def _nested(path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("again.zip", b"PK" * 1000)
    _book(path, b'<row r="1"><c r="A1"><v>1</v></c></row>', **{"xl/embeddings/inner.zip": inner.getvalue()})


@maker("wrong_footer.parquet")
def _footer(path: Path) -> None:
    path.write_bytes(b"PAR1" + b"\0" * 100 + struct.pack("<I", 2**31) + b"PAR1")


def make(folder: Path) -> list[Path]:
    """Write every broken file into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, write in MAKERS.items():
        write(folder / name)
    return sorted(folder.iterdir())
