"""One kWh has cells of several boundaries; nothing that people see adds them."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

import accounting as ac
from accounting import views
from accounting.cli import main
from accounting.errors import UsageError
from accounting.inventory import boundary
from accounting.quality import coverage, electricity
from accounting.quality.reconcile import compared

COLUMNS = ["entity", "year", "category", "item", "quantity", "unit"]
HEAT = Decimal("7.7")  # 70 GJ × 0.11 t/GJ
ROWS = [
    ("330000", 2022, "net_import", "heat", "70", "GJ"),
    ("330000", 2022, "industry", "heat", "70", "GJ"),
    ("330000", 2022, "industry", "anthracite", "10", "t"),
]


def run(*rows: tuple, view: str = "china-pilot", **options: str) -> ac.Run:
    return ac.run(pl.DataFrame(list(rows), schema=COLUMNS, orient="row"), view=view, **options)


@pytest.fixture(scope="module")
def made() -> ac.Run:
    return run(*ROWS)


def test_the_same_heat_has_two_cells_of_two_boundaries(made: ac.Run) -> None:
    heat = made.inventory.filter(item="heat", account="main").with_columns(boundary()).sort("boundary")
    assert heat.select("boundary", "mass_t").rows() == [("across", HEAT), ("used", HEAT)]


def test_explain_adds_over_no_boundary(made: ac.Run) -> None:
    with pytest.raises(UsageError) as refused:
        made.explain("330000/2022/heat/CO2")
    assert refused.value.code == "explain.overlap"
    assert refused.value.facts["boundaries_zh"] == "范围2净调入或购入外供、范围2部门使用"
    with pytest.raises(UsageError, match="explain.overlap"):
        made.explain("330000/2022/CO2")
    assert made.explain("330000/2022/net_import/CO2").mass_t == HEAT
    assert made.explain(entity="330000", year=2022, row="indirect", view="china-pilot", gas="CO2").mass_t == HEAT


def test_heat_is_at_stake_once(made: ac.Run) -> None:
    default = made.findings.filter(code="factor.default", item="heat")
    assert default["stake_t"].to_list() == [pytest.approx(7.7)]


def test_the_energy_counted_holds_electricity_and_heat_once(made: ac.Run) -> None:
    missing = pl.LazyFrame(schema={"class": pl.Int64, "gas": pl.String})
    across = coverage.energy(made.sums.lazy(), ["net_import", "industry"], missing)
    assert across.select("category", "item").rows() == [("industry", "anthracite"), ("net_import", "heat")]
    other_place = made.sums.with_columns(entity=pl.lit("110000")).filter(category="net_import")
    alone = pl.concat([made.sums.filter(category="industry"), other_place], how="vertical_relaxed")
    nobody_said = coverage.energy(alone.lazy(), ["net_import", "industry"], missing)
    assert nobody_said.select("category", "item").rows() == [
        ("industry", "anthracite"), ("industry", "heat"), ("net_import", "heat")
    ]  # fmt: skip
    used = coverage.energy(made.sums.lazy(), ["industry"], missing)
    assert used.select("category", "item").rows() == [("industry", "anthracite"), ("industry", "heat")]


def test_electricity_without_a_factor_is_energy_without_a_factor() -> None:
    rows = [("330000", 2022, "industry", "electricity", "1000", "MWh"), ("330000", 2022, "industry", "anthracite", "1", "t")]
    energy = run(*rows, factors=["cn-enterprise-2024"]).manifest["coverage"]["energy_tce"]
    assert {one["item"]: one["covered"] for one in energy} == {"electricity": False, "anthracite": True}


def test_a_published_total_of_a_view_is_held_against_its_total(made: ac.Run) -> None:
    shown = made.views["china-pilot"].filter(pl.col("item").is_null(), row="energy", gas="CO2", account="main")["mass_t"].item()
    published = pl.DataFrame(
        {"entity": ["330000"], "year": [2022], "category": [None], "item": [None], "view": ["china-pilot"], "gas": ["CO2"],
         "published_t": [shown], "tolerance": ["0"], "source": ["年报"], "page": ["1"]}
    )  # fmt: skip
    assert {line.row for line in views.view("china-pilot").lines if line.apart} == {"used"}
    table = compared(made.inventory, _as_read(published)).table
    assert table.filter(pl.col("published_t").is_not_null())["ours_t"].to_list() == [shown]


def _as_read(published: pl.DataFrame) -> pl.DataFrame:
    from accounting.quality.published import PUBLISHED

    typed = {name: pl.lit(None, kind).alias(name) for name, kind in PUBLISHED.items() if name not in published.columns}
    return published.with_columns(*typed.values()).select(pl.col(name).cast(kind) for name, kind in PUBLISHED.items())


def test_electricity_of_another_year_is_told_once() -> None:
    rows = [("330000", 2019, category, "electricity", "1000", "MWh") for category in ("net_import", "industry")]
    made = run(*rows, electricity_year="nearest")
    told = made.findings.filter(code="electricity.other_year").filter(pl.col("seen").str.starts_with("main"))
    assert told["seen"].to_list() == ["main 2019 1000 MWh"]
    of_net_import = made.inventory.filter(category="net_import", account="main")["mass_t"].item()
    assert told["stake_t"].to_list() == [pytest.approx(float(of_net_import))]


def test_a_break_of_method_stakes_electricity_once() -> None:
    factors = pl.DataFrame(
        {
            "entity": ["e"] * 4, "account": ["main"] * 4, "year": [2020, 2020, 2021, 2021], "scope": [2] * 4,
            "category": ["net_import", "industry"] * 2, "policy": ["location"] * 4, "region": ["CN"] * 4,
            "kind": ["national", "national", "provincial", "provincial"], "value": ["1"] * 4, "value_unit": ["t/MWh"] * 4,
            "stake_t": [5.0, 4.0, 6.0, 5.0],
        }
    )  # fmt: skip
    assert [one["stake_t"] for one in electricity.method_breaks(factors)] == [6.0]


def test_the_schema_says_that_cells_overlap(capsys: pytest.CaptureFixture[str], made: ac.Run, tmp_path: Path) -> None:
    for lang, word in (("zh", "只取 views"), ("en", "take totals from views")):
        with pytest.raises(SystemExit):
            main(["schema", "inventory", "--lang", lang])
        assert word in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["schema", "inventory", "--json", "--lang", "en"])
    assert "overlap" in json.loads(capsys.readouterr().out)["tables"]["inventory"]["note"]
    with pytest.raises(SystemExit):
        main(["export", str(made.save(tmp_path / "run").path), "--out", str(tmp_path / "out"), "--lang", "en"])
    assert any("overlap" in file.read_text(encoding="utf-8-sig") for file in (tmp_path / "out").glob("*.csv"))
