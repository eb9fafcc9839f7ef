"""The report of a run of several views, gases and accounts."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import accounting as ac
from accounting.report import render_report
from accounting.report import totals as grids
from accounting.report.words import Words

DATASETS = Path(__file__).resolve().parents[3] / "datasets"


@pytest.fixture(scope="module")
def city() -> ac.Run:
    return ac.run(DATASETS / "sample-city")


def test_every_view_has_its_table_and_what_stands_apart(city: ac.Run) -> None:
    page = render_report(city, "zh")
    for name in city.views:
        assert f'id="category-{name}-zh"' in page
    assert "另列，不计入合计" in page
    assert "示例市 1995" not in page
    assert "126 个地区·年份只有历年填埋垃圾的排放" in page


def test_a_stored_run_shows_its_views_in_the_order_that_was_asked(city: ac.Run, tmp_path: Path) -> None:
    saved = ac.open(city.save(tmp_path / "run").path or tmp_path)
    assert list(saved.views) == list(city.views) == city.manifest["settings"]["views"]


def test_items_add_up_to_the_totals_without_what_stands_apart(city: ac.Run) -> None:
    by_item = grids.by_item(city, Words("zh"))
    listed = {name: figures[-1].text for name, _, figures in by_item.lines}
    line = city.views["china-pilot"].filter(
        pl.col("row") == "indirect", pl.col("item").is_null(), entity="示例市", year=2023, account="main", gas="CO2e"
    )
    amounts = [listed[name] for name in ("电力", "绿电直供", "绿电交易", "绿证", "热力") if name in listed]
    together = sum(float(amount.replace(",", "")) for amount in amounts)
    assert abs(together - float(line["co2e_t"].item()) / 10_000) < 0.02
