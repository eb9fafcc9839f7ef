"""What a run prints: totals named, what stands apart, years in which only old waste gives gas, and a folder as a project."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import accounting as ac
from accounting.cli.printed import run_text, view_lines
from accounting.cli.talk import Talk
from accounting.cli.work import plan_and_paths, run_document
from accounting.errors import Lang
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


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_packs_in_force_and_the_policies_of_electricity_stand_before_every_number(city: ac.Run, lang: Lang) -> None:
    packs, label, electricity = run_text(city, Talk(lang=lang)).splitlines()[:3]
    assert (
        packs
        == {
            "zh": "因子包（先者优先）  sample-city-local 自有、provincial-2011 官方、cn-enterprise-2024 官方、provincial-2025 官方、"
            "grid-cn 官方、cn-heat 官方、ipcc-2006 官方",
            "en": "packs (the first wins)  sample-city-local own, provincial-2011 official, cn-enterprise-2024 official, "
            "provincial-2025 official, grid-cn official, cn-heat official, ipcc-2006 official",
        }[lang]
    )
    assert label.startswith("sample-city-local  ")
    assert "zero_carbon_park · strict" in electricity


def test_the_packs_and_policies_stand_in_the_json_in_their_order(city: ac.Run) -> None:
    told = run_document(city)
    assert [(one["id"], one["kind"]) for one in told["packs"]][:2] == [
        ("sample-city-local", "own"),
        ("provincial-2011", "official"),
    ]
    assert told["electricity"] == {"electricity": "zero_carbon_park", "electricity_year": "strict"}


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
