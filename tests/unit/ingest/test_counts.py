"""What was tidied or rounded: one finding a file, whatever its sheets, columns and slices hold."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from accounting.ingest.intake import intake, sources

HEAD = ("entity", "year", "category", "item", "quantity", "unit")


def workbook(path: Path, **sheets: list[str]) -> Path:
    """A table on each sheet, its quantities as these texts."""
    with xlsxwriter.Workbook(path) as book:
        for number, (name, quantities) in enumerate(sheets.items()):
            page = book.add_worksheet(name)
            page.write_row(0, 0, HEAD)
            for row, quantity in enumerate(quantities, 1):
                page.write_row(row, 0, ("370200", f"{2010 + number}", "industry", "raw_coal", quantity, "t"))
    return path


def told(path: Path) -> list[tuple[str, str, str, str | None]]:
    found = intake(sources([path])).findings
    counted = found.filter(pl.col("code").is_in(["number.tidied", "quantity.rounded", "text.tidied"]))
    return counted.select("code", "seen", "used", "sheet").rows()


@pytest.mark.parametrize(
    ("second", "count", "cells"), [(["1,001"], "2", "甲!E2, 乙!E2"), (["1,001", "1,002"], "3", "甲!E2, 乙!E2, 乙!E3")]
)
def test_sheets_of_one_file_are_counted_together(tmp_path: Path, second: list[str], count: str, cells: str) -> None:
    assert told(workbook(tmp_path / "a.xlsx", 甲=["1,000"], 乙=second)) == [("number.tidied", count, cells, None)]


def test_rounding_on_two_sheets_is_one_finding(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 甲=["0.00000000005"], 乙=["0.00000000005"])
    assert told(path) == [("quantity.rounded", "2", "甲!E2, 乙!E2", None)]


def test_the_listing_is_bounded_and_the_count_is_not(tmp_path: Path) -> None:
    ((code, count, cells, _),) = told(workbook(tmp_path / "a.xlsx", 甲=["1,000"] * 30, 乙=["1,000"] * 30))
    assert (code, count, cells.count("!"), cells[-5:]) == ("number.tidied", "60", 20, "… +40")


def test_a_parquet_table_counts_rows_like_a_sheet(tmp_path: Path) -> None:
    rows = [("370200", "2022年", "industry", "raw_coal", 1.0, "t")] * 3 + [("370200", "2022", "industry", "木头", 1.0, "t")]
    pl.DataFrame(rows, schema=HEAD, orient="row").write_parquet(tmp_path / "a.parquet")
    assert told(tmp_path / "a.parquet") == [("text.tidied", "3", "2022 … +2", None)]
