"""A view puts every counted category into exactly one leaf; its totals are the sums of its cells."""

from decimal import Decimal

import polars as pl
import pytest
from small import run

from accounting import views

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
