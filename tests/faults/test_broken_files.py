"""Every broken file: accepted, accepted with what was mended listed, or refused with its address; nothing else."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from faults import broken_files

from accounting.errors import BudgetExceeded, UsageError
from accounting.runs import taken_in

EXPECTED = {
    row["name"]: row for row in csv.DictReader((Path(__file__).parent / "broken_files.csv").open(encoding="utf-8", newline=""))
}
SLOWEST_SECONDS = 20
LARGEST_MEBIBYTES = 1024


def test_the_zoo_and_its_expectations_are_of_one_size() -> None:
    assert set(EXPECTED) == set(broken_files.MAKERS)
    assert len(EXPECTED) >= 60


OVER_BUDGET = sorted(name for name, row in EXPECTED.items() if row["verdict"] == "over_budget")


@pytest.mark.parametrize("name", OVER_BUDGET)
def test_a_file_over_budget(name: str, tmp_path: Path) -> None:
    broken_files.MAKERS[name](tmp_path / name)
    began = time.monotonic()
    with pytest.raises(BudgetExceeded, match=EXPECTED[name]["code"]):
        taken_in([tmp_path / name], None)
    assert time.monotonic() - began < SLOWEST_SECONDS


@pytest.mark.parametrize("name", sorted(EXPECTED.keys() - set(OVER_BUDGET)))
def test_a_broken_file(name: str, tmp_path: Path) -> None:
    expected, path = EXPECTED[name], tmp_path / name
    broken_files.MAKERS[name](path)
    began = time.monotonic()
    taken = taken_in([path], None)
    assert time.monotonic() - began < SLOWEST_SECONDS
    sheets = [sheet for one in taken.inputs for sheet in one["sheets"]]
    assert sum(sheet["accepted"] for sheet in sheets) == int(expected["accepted"])
    assert all(s["read"] == s["accepted"] + s["rejected"] + s["subtotals"] + s["set_aside"] for s in sheets)
    codes = {row["code"] for row in (*taken.rejections.to_dicts(), *taken.findings.to_dicts())}
    assert codes == set(expected["codes"].split())
    if expected["verdict"] in ("refused", "partly_refused"):
        where = {(row["code"], row["sheet"] or "", row["cell"] or "") for row in taken.rejections.to_dicts()}
        assert (expected["code"], expected["sheet"], expected["cell"]) in where
        assert all(row["file"] and row["message_zh"] and row["remedy_en"] for row in taken.rejections.to_dicts())
    assert not (tmp_path.parent / "outside.txt").exists()


MEASURING = """
import json, resource, sys
from pathlib import Path
from accounting.runs import taken_in
taken_in([Path(p) for p in sys.argv[1:]], None)
print(json.dumps(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024))
"""


def test_no_hostile_file_takes_more_than_a_gibibyte(tmp_path: Path) -> None:
    hostile = ["zip_bomb.xlsx", "cell_at_the_far_corner.xlsx", "merged_whole_sheet.xlsx", "deep_xml.xlsx", "doctype.xlsx"]
    for name in hostile:
        broken_files.MAKERS[name](tmp_path / name)
    answer = subprocess.run(
        [sys.executable, "-c", MEASURING, *(str(tmp_path / name) for name in hostile)], capture_output=True, check=True
    )
    assert json.loads(answer.stdout) < LARGEST_MEBIBYTES


def test_one_bad_file_does_not_touch_the_others(tmp_path: Path) -> None:
    for name in ("good.xlsx", "truncated.xls", "zip_bomb.xlsx", "number_nan.csv"):
        broken_files.MAKERS[name](tmp_path / name)
    taken = taken_in([tmp_path], None)
    assert taken.activity.height == 1
    assert {Path(row["file"]).name for row in taken.rejections.to_dicts()} == {
        "truncated.xls",
        "zip_bomb.xlsx",
        "number_nan.csv",
    }


def test_the_same_file_twice_counts_once(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        broken_files.MAKERS["utf8_mark.csv"](tmp_path / name)
    taken = taken_in([tmp_path], None)
    assert taken.activity.height == 1
    assert taken.rejections["code"].to_list() == ["file.twice"]


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="file.missing"):
        taken_in([tmp_path / "nowhere.csv"], None)
