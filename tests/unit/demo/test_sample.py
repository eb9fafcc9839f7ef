"""The demonstration's workbooks hold the yearbook's figures, one of them spoiled; the same bytes each time."""

from __future__ import annotations

import csv
import hashlib
import json
from decimal import Decimal
from pathlib import Path

import pytest

from accounting import codes, shipped
from accounting.demo.sample import PLANTED, lay_out, published
from accounting.ingest import balance
from accounting.ingest.cells import Cell
from accounting.ingest.sandbox import read_workbook

YEARBOOK = Path(__file__).parents[4] / "shared" / "data" / "yearbook-2007"
NAMES = ["beijing-2007.xlsx", "shandong-2007.xlsx", "ningxia-2007.xlsx"]


def rows(folder: str, name: str) -> list[dict[str, str]]:
    with (shipped.datasets() / folder / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def figures_of(path: Path) -> dict[tuple[int, int], Cell]:
    document = read_workbook(path)
    assert document.problems == []
    return {(c.row, c.column): c for c in document.sheets[0].cells if c.row > 10 and c.column > 2 and c.text.strip()}


def test_three_workbooks_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first, second = lay_out(tmp_path / "one"), lay_out(tmp_path / "two")
    assert [path.name for path in first] == NAMES
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_the_sheet_is_recognised_as_a_balance(tmp_path: Path) -> None:
    for path in lay_out(tmp_path):
        sheet = read_workbook(path).sheets[0]
        read = balance.recognised(sheet, path.name)
        assert read is not None
        assert read.rejections == []


def test_every_figure_is_read_back_as_it_is_written_down(tmp_path: Path) -> None:
    order = [row["row"] for row in rows("balances-2007", "rows.csv")]
    across = [column["item"] for column in rows("balances-2007", "columns.csv")]
    entities = [sheet["entity"] for sheet in rows("balances-2007", "sheets.csv")]
    paths = lay_out(tmp_path, planted=None)
    read = {entity: figures_of(path) for entity, path in zip(entities, paths, strict=True)}
    listed = rows("balances-2007", "balances.csv")
    for row in listed:
        cell = read[row["entity"]].pop((11 + order.index(row["row"]), 3 + across.index(row["item"])))
        assert Decimal(cell.text) == Decimal(row["value"])
    assert not any(read.values())
    assert len(listed) == 871


def test_the_planted_figure_is_the_only_difference(tmp_path: Path) -> None:
    (tmp_path / "printed").mkdir()
    (tmp_path / "planted").mkdir()
    printed, planted = lay_out(tmp_path / "printed", planted=None)[1], lay_out(tmp_path / "planted")[1]
    before, after = figures_of(printed), figures_of(planted)
    changed = {place: (before[place].text, after[place].text) for place in before if before[place] != after[place]}
    assert list(changed.values()) == [(PLANTED.printed, PLANTED.shown)]


@pytest.mark.skipif(not YEARBOOK.is_dir(), reason=f"the yearbook's own sheets are not at {YEARBOOK}")
def test_the_figures_are_those_of_the_yearbook(tmp_path: Path) -> None:
    for sheet, path in zip(rows("balances-2007", "sheets.csv"), lay_out(tmp_path, planted=None), strict=True):
        ours, theirs = figures_of(path), figures_of(YEARBOOK / f"{sheet['entity']}.xls")
        assert ours.keys() == theirs.keys()
        for place, cell in ours.items():
            assert abs(Decimal(cell.text) - Decimal(theirs[place].text)) < Decimal("1e-9")


@pytest.mark.parametrize("folder", ["balances-2007", "ceads-series"])
def test_what_a_package_lists_is_there_with_its_hash(folder: str) -> None:
    place = shipped.datasets() / folder
    listed = json.loads((place / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    assert {r["path"] for r in listed} == {p.name for p in place.iterdir()} - {"datapackage.json"}
    for resource in listed:
        content = (place / resource["path"]).read_bytes()
        assert resource["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()


def test_published_cells_are_of_the_three_provinces_and_in_known_words() -> None:
    with published().open(encoding="utf-8", newline="") as source:
        table = list(csv.DictReader(source))
    assert {row["entity"] for row in table} == {"110000", "370000", "640000"}
    for row in table:
        assert codes.find_item(row["item"]) == row["item"]
        assert not row["category"] or codes.find_category(row["category"]) == row["category"]


def test_the_series_has_thirty_provinces_without_gaps() -> None:
    years: dict[str, list[int]] = {}
    for row in rows("ceads-series", "provinces.csv"):
        years.setdefault(row["entity"], []).append(int(row["year"]))
    assert len(years) == 30
    assert all(found == list(range(1997, found[-1] + 1)) for found in years.values())
