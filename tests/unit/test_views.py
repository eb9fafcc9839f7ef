"""A view puts every counted category into exactly one leaf; its totals are the sums of its cells."""

from decimal import Decimal

import polars as pl
import pytest
from small import run, table

import accounting as ac
from accounting import codes, views
from accounting.methods import methods_for

DIVISIONS = [
    ("110000", 2007, "industry/C30", "diesel_oil", "10", "万吨"),
    ("110000", 2007, "industry/C31", "diesel_oil", "20", "万吨"),
    ("110000", 2007, "transport", "diesel_oil", "10", "万吨"),
]


@pytest.mark.parametrize("name", views.views())
def test_every_counted_cell_stands_in_one_leaf_and_no_leaf_is_empty(name: str) -> None:
    shown = views.view(name)
    held = views.held(shown).collect()
    keys = [name for name in held.columns if name not in ("claimed", "row")]
    assert held.select(keys).is_duplicated().sum() == 0
    assert set(held["category"]) == set(shown.categories())
    assert set(held["row"]) == {leaf.row for leaf in shown.leaves()}


@pytest.mark.parametrize("name", views.views())
def test_whatever_a_method_computes_in_a_counted_category_and_scope_stands_in_a_leaf(name: str) -> None:
    shown = views.view(name)
    held = views.held(shown).collect()
    leaves = set(held.select([c for c in ("category", "item", "scope") if c in held.columns]).rows())
    by_item = "item" in held.columns
    lost = [
        (category, item.id, method.id)
        for category, scope in shown.counted()
        for item in codes.items()
        for method in methods_for(category, item.id)
        if method.scope == scope and ((category, item.id, scope) if by_item else (category, scope)) not in leaves
    ]
    assert lost == []


def test_contracted_green_power_stands_in_the_total_of_the_pilot() -> None:
    rows = [
        ("330000", 2023, "purchased", "electricity", "42000", "MWh"),
        ("330000", 2023, "purchased", "green_electricity_contract", "8000", "MWh"),
        ("330000", 2023, "purchased", "green_certificate", "4000", "MWh"),
    ]
    lines = (
        ac.run(table(rows), view="china-pilot").views["china-pilot"].filter(pl.col("item").is_null(), row="energy", gas="CO2")
    )
    assert lines.filter(account="main")["mass_t"].item() == Decimal("24870")  # E1: 50 000 × 0.4974
    assert lines.filter(account="market")["mass_t"].item() == Decimal("23164.8")  # E3


def test_divisions_of_industry_are_counted_in_its_line() -> None:
    made = run(DIVISIONS)
    line = made.views["energy-balance"].filter(pl.col("item").is_null(), row="industry", gas="CO2")
    assert line["mass_t"].item() == Decimal("928145.7")
    assert line["cells"].item() == 2
    total = made.views["energy-balance"].filter(pl.col("item").is_null(), row="total", gas="CO2")
    assert total["mass_t"].item() == made.inventory["mass_t"].sum()


def test_the_category_above_is_explained_by_its_divisions() -> None:
    explained = run(DIVISIONS).explain("北京/2007/industry")
    assert [cell.cell["category"] for cell in explained.cells] == ["industry/C31", "industry/C30"]
    assert explained.mass_t == Decimal("928145.7")
