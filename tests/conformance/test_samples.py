"""The sample city and the sample park in all six views: every cell, what must agree, and what must not, with the reason.

The cells are compared with tests/oracle/of_samples.py, which shares no code with the engine. `AGREE` and `DIFFER` are
equations between lines of the views, each with the reason for which it holds; docs/使用指南.md tells the same in words.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from oracle import of_samples

import accounting as ac
from accounting import project, views
from accounting.explain import explanation_text, formula_line, recomputed

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
CITY, PARK = DATASETS / "sample-city", DATASETS / "sample-park"
SAMPLES = {"city": CITY, "park": PARK}
VIEWS = ("energy-balance", "china-pilot", "provincial", "zero-carbon-park", "ipcc2006", "gpc")
YEARS = {"city": (2021, 2022, 2023), "park": (2023,)}
SUBJECT = {"city": "示例市", "park": "示例园区"}
MODES = "road_fuel + road_vkt + road_turnover + rail + water + aviation"

# One line: the left side, the right side (view:line, + and −), the gas, why. Every term is in account main of its view.
AGREE = (
    ("china-pilot:direct", "provincial:stationary", "CO2e", "燃料燃烧的口径相同，因子包相同"),
    ("china-pilot:direct", "ipcc2006:1A", "CO2e", "同上"),
    ("zero-carbon-park:fuel", "china-pilot:direct", "CO2", "园区口径只计 CO₂，其 CO₂ 相同"),
    ("china-pilot:industrial_processes", "provincial:industrial_processes", "CO2e", "过程排放相同"),
    ("china-pilot:industrial_processes", "ipcc2006:2", "CO2e", "同上"),
    ("china-pilot:industrial_processes", "gpc:IV", "CO2e", "同上"),
    ("zero-carbon-park:industrial_processes", "china-pilot:industrial_processes", "CO2", "园区口径只计 CO₂"),
    ("china-pilot:waste", "provincial:waste", "CO2e", "废弃物处理相同"),
    ("china-pilot:waste", "ipcc2006:4", "CO2e", "同上"),
    ("china-pilot:waste", "gpc:III", "CO2e", "同上"),
    ("china-pilot:fugitive", "provincial:fugitive", "CO2e", "逸散相同"),
    ("china-pilot:fugitive", "ipcc2006:1B", "CO2e", "同上"),
    ("china-pilot:fugitive", "gpc:I.7 + gpc:I.8", "CO2e", "同上"),
    ("china-pilot:indirect", "provincial:across", "CO2e", "净调入电力热力，省级口径只作信息项"),
    ("provincial:total", "ipcc2006:total", "CO2e", "都是地域内直接排放，不含范围 2"),
)
DIFFER = (
    (
        "china-pilot:energy + china-pilot:industrial_processes + china-pilot:fugitive + china-pilot:waste",
        "provincial:total + china-pilot:indirect",
        "CO2e",
        "试点口径多计净调入电力热力",
    ),
    (
        "energy-balance:total",
        "china-pilot:direct " + "".join(f"− china-pilot:{mode} " for mode in MODES.split(" + ")),
        "CO2e",
        "能源平衡表没有按方式分的交通，也没有范围 2、过程、逸散、废弃物",
    ),
    (
        "gpc:basic_plus",
        "ipcc2006:total − gpc:territorial + china-pilot:used + gpc:I.3",
        "CO2e",
        "GPC 的 BASIC+ 不含并网火电与供热的燃烧，改按各部门用电用热计范围 2，另计输配损失（范围 3）",
    ),
    (
        "zero-carbon-park:total",
        "provincial:total − provincial:waste − provincial:fugitive + zero-carbon-park:indirect",
        "CO2",
        "园区口径只计 CO₂，不含废弃物与逸散，净购入电力按附件 4 的固定因子",
    ),
)


@pytest.fixture(scope="module")
def runs() -> dict[str, ac.Run]:
    return {name: ac.run(sample) for name, sample in SAMPLES.items()}


@pytest.fixture(scope="module")
def ours(runs: Mapping[str, ac.Run]) -> dict[str, dict[of_samples.Cell, Fraction | None]]:
    identity = ("entity", "year", "category", "item", "gas", "scope", "account")
    return {
        name: {
            tuple(row[part] for part in identity): None if row["mass_t"] is None else Fraction(row["mass_t"])
            for row in run.inventory.to_dicts()
        }
        for name, run in runs.items()
    }  # pyright: ignore[reportReturnType]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_taken_whole_in_six_views(runs: Mapping[str, ac.Run], name: str) -> None:
    assert sorted(runs[name].views) == sorted(VIEWS)
    assert runs[name].rejections.is_empty()


@pytest.mark.parametrize("name", SAMPLES)
def test_every_cell_of_a_sample_equals_the_fraction_oracle(ours: dict, name: str) -> None:
    theirs = of_samples.inventory(SAMPLES[name])
    estimated = {cell: mass for cell, mass in ours[name].items() if mass is not None}
    assert len(theirs) > 600
    assert estimated == theirs


def test_what_the_packs_do_not_hold_is_missing_and_nothing_else(ours: dict) -> None:
    missing = {(category, item, gas) for (_, _, category, item, gas, _, _), mass in ours["city"].items() if mass is None}
    assert missing == {("incineration", "hazardous_waste", "CH4_biogenic"), ("incineration", "hazardous_waste", "N2O")}
    assert all(mass is not None for mass in ours["park"].values())


def line_of(run: ac.Run, entity: str, year: int, term: str, gas: str) -> Fraction:
    view, row = term.split(":")
    assert row in {line.row for line in views.view(view).lines}, term
    shown = run.views[view].filter(pl.col("item").is_null(), entity=entity, year=year, account="main", row=row, gas=gas)
    return Fraction(shown["co2e_t"].item() or 0) if shown.height else Fraction(0)


def side_of(run: ac.Run, entity: str, year: int, text: str, gas: str) -> Fraction:
    words = ["+", *text.split()]
    return sum(
        (1 if sign == "+" else -1) * line_of(run, entity, year, term, gas)
        for sign, term in zip(words[::2], words[1::2], strict=True)
    )  # pyright: ignore[reportReturnType]


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize(("left", "right", "gas", "why"), [*AGREE, *DIFFER], ids=lambda part: str(part)[:40])
def test_the_views_agree_and_differ_as_the_list_says(
    runs: Mapping[str, ac.Run], name: str, left: str, right: str, gas: str, why: str
) -> None:
    for year in YEARS[name]:
        ours, theirs = (side_of(runs[name], SUBJECT[name], year, side, gas) for side in (left, right))
        assert ours == theirs, f"{year}: {left} = {float(ours)}, {right} = {float(theirs)}: {why}"
        assert ours != 0 or (name == "park" and "fugitive" in left)


@pytest.mark.parametrize(
    ("left", "right", "gas"), [equation[:3] for equation in DIFFER], ids=["scope2", "balance", "gpc", "park"]
)
def test_no_two_views_have_one_total_by_chance(runs: Mapping[str, ac.Run], left: str, right: str, gas: str) -> None:
    first = right.split()[0]
    ours, theirs = (side_of(runs["city"], SUBJECT["city"], 2023, side, gas) for side in (left, first))
    assert ours != theirs


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("view", VIEWS)
def test_leaves_add_up_to_totals_from_the_cells_of_the_oracle(runs: Mapping[str, ac.Run], name: str, view: str) -> None:
    potentials = of_samples.potentials("AR5")
    masses = of_samples.inventory(SAMPLES[name])
    cells: dict[tuple[str, str, int, str, str], Fraction] = defaultdict(Fraction)
    for (entity, year, category, item, gas, scope, account), mass in masses.items():
        for held in {category, category.split("/")[0]}:
            co2e = of_samples.rounded(mass * potentials[gas], 12)
            cells[entity, held, year, f"{scope} {account}", f"{gas} {item}"] += co2e
    shown = views.view(view)
    year, entity = 2023, SUBJECT[name]
    for top in (line for line in shown.lines if line.parent is None):
        total = Fraction(0)
        for leaf in (line for line in shown.leaves() if line.row in under(shown, top.row)):
            total += sum(
                co2e
                for (of, category, in_year, kind, what), co2e in cells.items()
                if (of, category, in_year, kind) == (entity, leaf.category, year, f"{leaf.scope} {leaf.account}")
                and is_held(shown, leaf, *what.split(" ", 1))
            )
        assert line_of(runs[name], entity, year, f"{view}:{top.row}", "CO2e") == total, top.row


def under(shown: views.View, top: str) -> set[str]:
    found = {top}
    for line in shown.lines:
        if line.parent in found:
            found.add(line.row)
    return found


def is_held(shown: views.View, leaf: views.Line, gas: str, item: str) -> bool:
    """Whether a leaf takes an item and gas: by name, else by its nearest parent that any leaf of the category names."""
    if getattr(leaf, "gases", ()) and gas not in leaf.gases:
        return False
    rivals = [line for line in shown.leaves() if (line.category, line.scope) == (leaf.category, leaf.scope)]
    for name in of_samples.lineage("items", item):
        named = [line for line in rivals if name in line.items]
        if named:
            return named == [leaf]
    return not leaf.items


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_alone_says_what_it_says_among_the_others(runs: Mapping[str, ac.Run], view: str) -> None:
    plan = replace(project.load(CITY), views=(view,))
    assert ac.run(project=plan).views[view].equals(runs["city"].views[view])


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_names_packs_and_policy_of_its_views(runs: Mapping[str, ac.Run], name: str) -> None:
    plan = project.load(SAMPLES[name])
    official = ("provincial-2011", "cn-enterprise-2024", "provincial-2025", "grid-cn", "cn-heat", "ipcc-2006")
    assert [pack for pack in plan.packs if pack in official] == list(official)
    assert plan.electricity == runs[name].manifest["settings"]["electricity"] == "zero_carbon_park"
    for silent in (replace(plan, packs=()), replace(plan, electricity=None)):
        with pytest.raises(ac.UsageError, match=r"view\.defaults_differ"):
            ac.run(project=silent)


def test_biogenic_carbon_and_removals_are_in_no_total(runs: Mapping[str, ac.Run]) -> None:
    apart = runs["city"].inventory.filter(pl.col("account").is_in(["memo", "removal"]), year=2023)
    assert {"memo", "removal"} == set(apart["account"])
    for view in VIEWS:
        shown = runs["city"].views[view].filter(pl.col("account").is_in(["memo", "removal"]), year=2023)
        assert shown.is_empty() or set(shown["account"]) <= {"memo", "removal"}
    assert apart.filter(account="removal")["mass_t"].to_list() == [Decimal("-183000")]
    biomass = apart.filter(account="memo")
    assert set(biomass["item"]) == {"wood", "black_liquor", "other_solid_biomass", "hazardous_waste", "msw_continuous_stoker"}


# The park from its parts


def quantities(sample: Path) -> tuple[dict[tuple, Fraction], dict[tuple, Fraction]]:
    """Quantities by (category, item, unit): of the park's own table, and of the forty enterprises together."""
    own: dict[tuple, Fraction] = defaultdict(Fraction)
    parts: dict[tuple, Fraction] = defaultdict(Fraction)
    for entity, _, category, item, unit, quantity in of_samples.activity(sample):
        (own if entity == SUBJECT["park"] else parts)[category, item, unit] += quantity
    return own, parts


def test_the_parks_own_table_is_the_sum_of_its_enterprises_less_heat_sold_within() -> None:
    own, parts = quantities(PARK)
    inside = parts.pop(("purchased", "heat", "GJ"))
    assert inside == 5_735_000
    parts["exported", "heat", "GJ"] -= inside
    assert own == parts


def test_forty_enterprises_and_one_park_are_never_added_up(runs: Mapping[str, ac.Run]) -> None:
    with (PARK / "entities.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    enterprises = {row["entity"] for row in rows if row["kind"] == "enterprise"}
    assert len(enterprises) == 40
    assert {row["parent"] for row in rows if row["kind"] == "enterprise"} == {SUBJECT["park"]}
    assert set(runs["park"].inventory["entity"]) == enterprises | {SUBJECT["park"]}
    assert set(runs["park"].views["gpc"]["entity"]) == enterprises | {SUBJECT["park"]}


def test_heat_sold_within_the_park_cancels_out(runs: Mapping[str, ac.Run]) -> None:
    heat = runs["park"].inventory.filter(pl.col("category").is_in(["purchased", "exported"]), item="heat")
    enterprises = heat.filter(pl.col("entity") != SUBJECT["park"])["mass_t"].sum()
    park = heat.filter(entity=SUBJECT["park"])["mass_t"].sum()
    assert enterprises == park == Decimal("-165000") * Decimal("0.11")


# Three walks, by hand

GRID_2023 = {"CN": "0.5306", "330000": "0.4974"}  # 公告2025年第47号 表1, 表3: where the project names no entities, the nation's


def grid() -> str:
    """The factor of the city's electricity: that of its province once the project's table of entities is read."""
    served = "entities" in of_samples.project(CITY).get("tables", {})
    return GRID_2023["330000" if served else "CN"]


def test_the_walk_of_a_scope_2_cell(runs: Mapping[str, ac.Run]) -> None:
    """Net import of 2023: 919 600 万千瓦时 under no contract are 9 196 000 MWh."""
    explained = runs["city"].explain("示例市/2023/净调入/电力")
    by_hand = Fraction("9196000") * Fraction(grid())  # 9 196 000 × 0.5306 = 4 879 397.6; × 0.4974 = 4 574 090.4
    assert by_hand == {"0.5306": Fraction("4879397.6"), "0.4974": Fraction("4574090.4")}[grid()]
    assert Fraction(explained.mass_t or 0) == by_hand
    text = explanation_text(explained, "zh")
    assert f"9196000 MWh × {grid()} t/MWh" in text
    assert "电力调入与自产.csv › E12: 919600 万千瓦时 → 9196000 MWh" in text
    assert "公告2025年第47号" in text
    assert explained.apart == ("market",)


def test_the_walk_of_a_cement_cell(runs: Mapping[str, ac.Run]) -> None:
    """Clinker of 2023: 6 180 000 t at 0.538 t/t (省级指南 2011 表2.1) are 3 324 840 t."""
    explained = runs["city"].explain("示例市/2023/工业生产过程/水泥熟料")
    assert formula_line(explained.cells[0]) == "6180000 t × 0.538 t/t = 3324840 t CO2"
    assert explained.mass_t == Decimal("3324840") == Decimal("6180000") * Decimal("0.538")
    assert "表2.1" in explanation_text(explained, "zh")


def test_the_walk_of_a_landfill_cell(runs: Mapping[str, ac.Run]) -> None:
    """Food waste, methane of 1997: what is left of the deposits of 1995 and 1996.

    A tonne gives 1 × 0.15 × 0.5 × 0.5 × 16/12 × (1 − 0.1) = 0.045 t in all; e^−0.185 = 0.831104283852126 is left after a
    year, so 0.045 × 0.168895716147874 = 0.007600307226654 in the first year after the deposit and 0.045 × 0.168895716147874 ×
    0.831104283852126 = 0.006316647894665 in the second.
    """
    explained = runs["city"].explain("示例市/1997/填埋处理/厨余垃圾")
    whole, left = Fraction("0.045"), Fraction("0.831104283852126")
    first, second = (of_samples.rounded(whole * (1 - left) * left**year, 15) for year in (0, 1))
    assert (first, second) == (Fraction("0.007600307226654"), Fraction("0.006316647894665"))
    by_hand = of_samples.rounded(212_800 * second + 224_300 * first, 12)  # 1344.182671984712 + 1704.7489109384922
    assert by_hand == Fraction("3048.931582923204")
    assert Fraction(explained.mass_t or 0) == by_hand
    text = explanation_text(explained, "zh")
    assert "生活垃圾填埋历年.csv › E2 (1995): 212800 吨 → 212800 t" in text
    assert "Table 3.3, boreal and temperate, wet, food waste" in text


@pytest.mark.parametrize("line", ["total", "indirect"])
def test_a_line_of_the_park_is_explained_by_the_account_that_it_counts(runs: Mapping[str, ac.Run], line: str) -> None:
    run, entity = runs["park"], SUBJECT["park"]
    explained = run.explain(entity=entity, year=2023, gas="CO2", view="zero-carbon-park", row=line)
    assert Fraction(explained.mass_t or 0) == line_of(run, entity, 2023, f"zero-carbon-park:{line}", "CO2")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_line_of_a_landfill_explanation_can_be_redone(runs: Mapping[str, ac.Run], lang: str) -> None:
    text = explanation_text(runs["city"].explain("示例市/2023/填埋处理/CH4_biogenic"), lang)  # pyright: ignore[reportArgumentType]
    lines = [line for line in text.splitlines() if " = " in line and "→" not in line]
    assert len(lines) > 100
    assert all(recomputed(line).right for line in lines)


# The data themselves


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_a_sample_says_that_it_is_one_and_holds_what_its_package_lists(sample: Path) -> None:
    told = json.loads((sample / "datapackage.json").read_text(encoding="utf-8"))
    assert told["illustrative"] is True
    assert "示例数据" in told["notice_zh"]
    assert "示例数据" in (sample / "README.md").read_text(encoding="utf-8")
    for entry in told["resources"]:
        held = (sample / entry["path"]).read_bytes()
        assert (len(held), "sha256:" + hashlib.sha256(held).hexdigest()) == (entry["bytes"], entry["hash"]), entry["path"]
    listed = {entry["path"] for entry in told["resources"]}
    here = {path.relative_to(sample).as_posix() for path in sample.rglob("*") if path.is_file() and "runs" not in path.parts}
    assert here - listed - {"datapackage.json"} == {path for path in here if path.startswith("本地参数/")}
    assert sum(path.stat().st_size for path in sample.rglob("*") if path.is_file()) < 200_000
