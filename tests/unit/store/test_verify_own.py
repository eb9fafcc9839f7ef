"""A stored run that rests on a project's tables is verified with nothing but itself."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from own_project import measured, parts, written

import accounting as ac
from accounting.explain import explanation_text, recomputed
from accounting.factors import pack
from accounting.store.verify import verified

DATA = [
    ("140000", 2022, "", "industry", "raw_coal", "1000", "t"),
    ("P1", 2022, "", "industry", "natural_gas", "10.0000001", "万立方米"),
    ("F1", 2022, "3", "industry", "bituminous_coal", "100", "t"),
    ("F1", 2022, "4", "industry", "bituminous_coal", "50", "t"),
]
TABLES = {
    "entities": [
        ("P1", "钱塘园区", "park", "330100", "1/3", "330100"), ("P1", "钱塘园区", "park", "330600", "2/3", "330100"),
        ("F1", "热电厂", "facility", "P1"),
    ],
    "parameters": [measured("F1", "ncv", "bituminous_coal", "21.35", "GJ/t", month="3"),
                   measured("330100", "oxidation_factor", "natural_gas", "99.5", "%")],
    "splits": [("140000", "", "", "raw_coal", "烟煤", "1/3", "省统计局函"), ("140000", "", "", "raw_coal", "褐煤", "2/3", "省统计局函")],
}  # fmt: skip
WHOLES = parts("330100", "P1") + parts("330600", "P1")


@pytest.fixture
def stored(tmp_path: Path) -> ac.Run:
    return ac.run(written(tmp_path / "project", WHOLES, data=DATA, **TABLES)).save(tmp_path / "run")


def test_it_is_recomputed_at_every_level_without_project_and_packs(stored: ac.Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert stored.path is not None
    data = stored.path.parent / "data"
    data.mkdir()
    (stored.path.parent / "project" / "data.csv").rename(data / "data.csv")
    for left in (stored.path.parent / "project").iterdir():
        left.unlink()
    monkeypatch.setattr(pack, "load", lambda name: pytest.fail(f"pack {name} was opened"))
    levels = verified(stored.path, inputs=data)
    assert {level.state for level in levels} == {"checked"}, [level.en for level in levels]
    assert {level.level for level in levels} == {1, 2, 3}


@pytest.mark.parametrize("parameter", ["lignite.share", "lignite.ncv", "ncv"])
def test_a_changed_value_is_found(stored: ac.Run, parameter: str) -> None:
    import json

    from accounting.store import manifest

    assert stored.path is not None
    file = stored.path / "resolution.parquet"
    changed = pl.when(pl.col("parameter") == parameter).then(pl.lit("0.6")).otherwise("value")
    pl.read_parquet(file).with_columns(changed.alias("value")).write_parquet(file)
    told = json.loads((stored.path / "manifest.json").read_text(encoding="utf-8"))
    (stored.path / "manifest.json").write_text(manifest.text(manifest.sealed(told, stored.path)), encoding="utf-8")
    found = [(level.level, level.state) for level in verified(stored.path)]
    assert (2, "different") in found


def test_every_line_that_explain_prints_can_be_redone(stored: ac.Run) -> None:
    for entity in ("140000", "330100", "330600", "P1", "F1"):
        text = explanation_text(stored.explain(entity=entity), "zh")
        lines = [line for line in text.splitlines() if " = " in line and "→" not in line]
        assert len(lines) >= 2
        assert all(recomputed(line).right for line in lines), [line for line in lines if not recomputed(line).right]


def test_explain_shows_shares_names_and_the_cells_of_the_parts(stored: ac.Run) -> None:
    split = explanation_text(stored.explain(entity="140000"), "zh")
    assert "1 ÷ 3 × (19.57 × 26.1 ÷ 1000 × 0.93 × 44 ÷ 12) + 2 ÷ 3 × (11.9 × 28.0 ÷ 1000 × 0.96 × 44 ÷ 12)" in split
    assert "lignite.share 2/3 1  因子包 splits  出处: 省统计局函" in split
    whole = explanation_text(stored.explain(entity="330600"), "zh")
    assert "data.csv › F3: 10.0000001 万立方米" in whole
    assert "[钱塘园区 P1 × 2/3]" in whole
    facility = explanation_text(stored.explain("热电厂/2022"), "zh")
    assert facility.startswith("热电厂 2022 工业 烟煤 CO2")
    assert "出处: 化验室 2022 年报" in facility


def test_a_table_changes_the_digest_and_its_form_does_not(tmp_path: Path) -> None:
    one = ac.run(written(tmp_path / "a", WHOLES, data=DATA, **TABLES)).digest
    again = ac.run(written(tmp_path / "b", WHOLES, data=DATA, **{**TABLES, "splits": TABLES["splits"][::-1]})).digest
    renamed = ac.run(written(tmp_path / "c", WHOLES, data=DATA, **{**TABLES, "entities": [
        (row[0], "改名", *row[2:]) for row in TABLES["entities"]]})).digest  # fmt: skip
    reasoned = {**TABLES, "parameters": [row | {"reason": "复核"} for row in TABLES["parameters"]]}
    assert one == again == renamed  # a name is for people
    assert one != ac.run(written(tmp_path / "d", WHOLES, data=DATA, **reasoned)).digest
    without = ac.run(written(tmp_path / "e", data=DATA, **TABLES)).digest
    assert one != without
