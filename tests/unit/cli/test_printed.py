"""What a run prints: totals named, what stands apart, years in which only old waste gives gas, and a folder as a project."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import accounting as ac
from accounting.cli.printed import view_lines
from accounting.cli.talk import Talk
from accounting.cli.work import plan_and_paths
from accounting.views import view

DATASETS = Path(__file__).resolve().parents[3] / "datasets"


@pytest.fixture(scope="module")
def city() -> ac.Run:
    return ac.run(DATASETS / "sample-city")


@pytest.fixture(scope="module")
def park() -> ac.Run:
    return ac.run(DATASETS / "sample-park")


def printed(run: ac.Run, name: str) -> list[str]:
    return view_lines(run, view(name), Talk(lang="zh"))


def test_years_with_nothing_but_old_waste_are_counted_and_not_shown(city: ac.Run) -> None:
    lines = printed(city, "china-pilot")
    assert [line for line in lines if " · " in line and not line.startswith(" ")] == [
        f"示例市 · {y}" for y in (2021, 2022, 2023)
    ]
    assert lines[-1] == "  另有 126 个地区·年份只有历年填埋垃圾的排放，见 views"


def test_gases_together_are_an_equivalent(city: ac.Run) -> None:
    assert "万吨CO₂当量" in printed(city, "gpc")[0]


def test_removals_and_memo_items_stand_apart_under_the_totals(city: ac.Run) -> None:
    lines = printed(city, "china-pilot")
    apart = lines[lines.index("  另列，不计入以上合计：") : lines.index("示例市 · 2022")]
    assert [line.split()[0] for line in apart[1:]] == ["基于市场", *["备忘项"] * 4, "清除量"]
    assert apart[-1].split()[-1] == "-18.18" == apart[-1].strip()[-6:]


def test_of_many_entities_the_largest_are_shown_each_total_by_name(park: ac.Run) -> None:
    lines = printed(park, "china-pilot")
    assert any(line.startswith("  示例园区 · 2023 工业生产过程") for line in lines)
    assert not any("信息项" in line for line in lines)
    assert lines[-1].strip().startswith("…另有")


def test_a_folder_with_a_project_is_that_project(tmp_path: Path) -> None:
    folder = tmp_path / "here"
    shutil.copytree(DATASETS / "sample-park", folder)
    plan, paths = plan_and_paths(None, [folder])
    assert (plan.folder if plan else None, list(paths)) == (folder, [])
    other = tmp_path / "plain"
    other.mkdir()
    assert list(plan_and_paths(None, [other])[1]) == [other]
    assert list(plan_and_paths(folder / "tanfeng.toml", [other])[1]) == [other]
