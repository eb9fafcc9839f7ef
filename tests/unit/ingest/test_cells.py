"""Cells keep their addresses, formats, errors, merges and hidden places; an independent reader sees the same."""

import datetime
from pathlib import Path

import openpyxl
import pytest
import xlrd
import xlsxwriter

from accounting.errors import DataRefused
from accounting.ingest.cells import Cell, Merged, as_lists, column_letters, column_number, from_lists
from accounting.ingest.limits import Limits
from accounting.ingest.xls import read_xls
from accounting.ingest.xlsx import read_xlsx

YEARBOOK = sorted((Path(__file__).resolve().parents[4] / "shared" / "data" / "yearbook-2007").glob("*.xls"))


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        page, veiled = book.add_worksheet("实物量"), book.add_worksheet("隐")
        page.write_string("B2", "原煤")
        page.write_number("C3", 12.3456, book.add_format({"num_format": "0.00"}))
        page.write_number("D3", 0.15, book.add_format({"num_format": "0%"}))
        page.write_datetime("E3", datetime.datetime(2023, 1, 3), book.add_format({"num_format": "yyyy-mm-dd"}))  # noqa: DTZ001
        page.write_boolean("F3", True)
        page.write_formula("G3", "=1+1", value=2)
        page.write_formula("H3", "=1+1", value="")
        page.write_formula("I3", "=1/0", value="#DIV/0!")
        page.write_rich_string("J3", "a", book.add_format({"bold": True}), "b")
        page.merge_range("A5:C6", "合并")
        page.set_row(6, None, None, {"hidden": True})
        page.set_column("K:L", None, None, {"hidden": True})
        page.write_number("A7", -1e-05)
        veiled.write_number("A1", 1)
        veiled.hide()
    return tmp_path / "a.xlsx"


def test_every_kind_of_cell_is_told_apart(workbook: Path) -> None:
    sheet = read_xlsx(workbook, Limits())[0][0]
    assert {c.address: (c.kind, c.text) for c in sheet.cells} == {
        "B2": ("text", "原煤"), "C3": ("number", "12.3456"), "D3": ("text", "15%"), "E3": ("date", "2023-01-03T00:00:00"),
        "F3": ("bool", "TRUE"), "G3": ("number", "2"), "H3": ("formula", "=1+1"), "I3": ("error", "#DIV/0!"),
        "J3": ("text", "ab"), "A5": ("text", "合并"), "A7": ("number", "-0.00001"),
    }  # fmt: skip
    assert next(c.format for c in sheet.cells if c.address == "C3") == "0.00"


def test_merges_and_hidden_places_are_kept(workbook: Path) -> None:
    first, second = read_xlsx(workbook, Limits())[0]
    assert first.merged == [Merged(5, 1, 6, 3)]
    assert (first.hidden_rows, first.hidden_columns) == ([7], [11, 12])
    assert (first.hidden, second.hidden) == (False, True)


def test_an_independent_reader_sees_the_same_cells(workbook: Path) -> None:
    page = openpyxl.load_workbook(workbook, data_only=True)["实物量"]
    theirs = {cell.coordinate: cell.value for row in page.iter_rows() for cell in row if cell.value is not None}
    ours = {
        c.address: c for c in read_xlsx(workbook, Limits())[0][0].cells if c.kind in ("number", "text") and "%" not in c.text
    }
    for address, cell in ours.items():
        value = theirs[address]
        assert cell.text == value if isinstance(value, str) else float(cell.text) == value


@pytest.mark.skipif(not YEARBOOK, reason="the yearbook workbooks are not at hand")
@pytest.mark.parametrize("path", YEARBOOK, ids=lambda path: path.stem)
def test_every_cell_of_a_yearbook_is_read(path: Path) -> None:
    ours = {(s.index, c.row, c.column): c.text for s in read_xls(path, Limits()) for c in s.cells}
    theirs = {
        (sheet.number, row + 1, column + 1): value
        for sheet in xlrd.open_workbook(path).sheets()
        for row in range(sheet.nrows)
        for column, value in enumerate(sheet.row_values(row))
        if value != "" and str(value).strip()
    }
    assert set(ours) == set(theirs)
    assert all(ours[k] == v if isinstance(v, str) else float(ours[k]) == v for k, v in theirs.items())


def test_cells_survive_the_way_between_processes(workbook: Path) -> None:
    sheets = read_xlsx(workbook, Limits())[0]
    assert from_lists(as_lists(sheets)) == sheets


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(cells=3), "sheet.too_large"),
        (Limits(columns=5), "sheet.too_large"),
        (Limits(merged_cells=5), "sheet.merge_too_large"),
        (Limits(sheets=1), "sheet.too_many"),
        (Limits(unpacked_bytes=100), "file.too_large"),
        (Limits(text_length=1), "cell.too_long"),
    ],
)
def test_what_passes_a_limit_is_refused(workbook: Path, limits: Limits, code: str) -> None:
    with pytest.raises(DataRefused) as caught:
        read_xlsx(workbook, limits)
    assert caught.value.code == code


@pytest.mark.parametrize("number", [1, 26, 27, 702, 703, 16384])
def test_column_letters_and_numbers_are_inverse(number: int) -> None:
    assert column_number(column_letters(number)) == number
    assert Cell(7, number, "text", "x").address == f"{column_letters(number)}7"
