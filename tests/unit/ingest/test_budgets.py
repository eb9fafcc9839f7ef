"""A file over budget: a refusal beside others, the answer where it is alone."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from accounting.errors import BudgetExceeded
from accounting.ingest.intake import Intake, intake, sources
from accounting.ingest.limits import MEBIBYTE, TABLE_MEMORY, Limits
from accounting.runs import taken_in

HEAD = "entity,year,category,item,quantity,unit\n"
SMALL = Limits(memory_bytes=96 * MEBIBYTE)


def heavy(path: Path) -> Path:
    path.write_text(HEAD + "370200,2022,industry,raw_coal,1,t\n" * 300_000, encoding="utf-8")
    return path


def light(path: Path) -> Path:
    path.write_text(HEAD + "370200,2022,industry,raw_coal,2,t\n", encoding="utf-8")
    return path


def taken(*paths: Path) -> Intake:
    return intake(sources(list(paths)), limits=SMALL)


def test_alone_it_is_exit_seven(tmp_path: Path) -> None:
    with pytest.raises(BudgetExceeded) as raised:
        taken(heavy(tmp_path / "a.csv"))
    assert (raised.value.code, raised.value.seen, raised.value.exit_code) == ("file.budget_memory", "96 MiB", 7)
    assert raised.value.where.file == f"{tmp_path.name}/a.csv"


def test_beside_another_it_is_a_refusal(tmp_path: Path) -> None:
    found = taken(heavy(tmp_path / "a.csv"), light(tmp_path / "b.csv"))
    assert found.rejections.select("code", "file").rows() == [("file.budget_memory", f"{tmp_path.name}/a.csv")]
    assert found.sums.height == 1
    assert [one["refused"] for one in found.inputs] == [True, False]


def test_beside_its_own_copy_it_is_still_alone(tmp_path: Path) -> None:
    with pytest.raises(BudgetExceeded):
        taken(heavy(tmp_path / "a.csv"), heavy(tmp_path / "b.csv"))


def test_a_parquet_table_is_bounded_by_what_is_asked_for(tmp_path: Path) -> None:
    pl.read_csv(light(tmp_path / "a.csv")).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(BudgetExceeded) as raised:
        taken_in([tmp_path / "a.parquet"], None, memory="64MiB")
    assert raised.value.code == "file.budget_memory"


def test_what_is_asked_for_bounds_every_child_and_nothing_asked_each_by_its_kind() -> None:
    assert (Limits().memory, Limits().for_tables().memory) == (1000 * MEBIBYTE, TABLE_MEMORY)
    for asked in (64 * MEBIBYTE, 8 << 30):
        limits = Limits(memory_bytes=asked)
        assert (limits.memory, limits.for_tables().memory) == (asked, asked)
