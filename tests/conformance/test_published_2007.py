"""The yearbook's sheets of ten provinces give CEADs' published figures of 2007 back.

Needs the original workbooks, which the project does not carry; the three provinces that it does carry are always
compared. A published province total exceeds the sheet's where CEADs takes non-energy use off the chemical industry
alone and that sector has less of the fuel than the sheet counts as non-energy use (its published cell is then 0).
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from conformance.make_published import main as make_published

import accounting as ac
from accounting.demo.sample import lay_out, published
from accounting.quality.published import read_published
from accounting.quality.reconcile import Compared, compared

DATA = Path(__file__).parents[3] / "shared" / "data"
CAPPED_AT_ZERO = {("110000", "lpg"), ("110000", "fuel_oil")}
TOTAL = pl.col("category").is_null()

absent = pytest.mark.skipif(
    not (DATA / "yearbook-2007").is_dir(), reason=f"the yearbook's sheets and CEADs' table are not at {DATA}"
)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Compared:
    folder = tmp_path_factory.mktemp("sheets")
    lay_out(folder)
    return compared(ac.run(folder, factors=["ceads-2018"]).inventory, read_published(published()))


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Compared:
    table = tmp_path_factory.mktemp("published") / "published.csv"
    make_published(["--from", str(DATA / "ceads" / "provinces_2007.csv"), "--out", str(table)])
    inventory = ac.run(DATA / "yearbook-2007", factors=["ceads-2018"]).inventory
    return compared(inventory, read_published(table))


def statuses(table: pl.DataFrame) -> dict[str, int]:
    return {row["status"]: row["len"] for row in table.group_by("status").len().to_dicts()}


def outliers(table: pl.DataFrame) -> set[tuple[str, str]]:
    return set(table.filter(TOTAL & (pl.col("status") != "equal")).select("entity", "item").rows())


def test_the_demonstrations_sheets_give_the_published_cells(three: Compared) -> None:
    assert statuses(three.table.filter(~TOTAL)) == {"equal": 98, "not_estimated": 3}
    assert outliers(three.table) == CAPPED_AT_ZERO


@absent
def test_every_published_cell_that_the_sheet_shows_is_reproduced(ten: Compared) -> None:
    cells = ten.table.filter(~TOTAL)
    assert statuses(cells) == {"equal": 407, "not_estimated": 14, "both_absent": 769}
    assert cells.filter(pl.col("status") == "not_estimated")["item"].unique().to_list() == ["other_petroleum_products"]
    assert (cells["relative"].abs().max() or 0) < 4e-7


@absent
def test_province_totals_of_five_fuels_are_within_one_percent(ten: Compared) -> None:
    totals = ten.table.filter(TOTAL)
    assert totals.height == 50
    assert outliers(totals) == CAPPED_AT_ZERO
    assert statuses(totals)["equal"] == 48
