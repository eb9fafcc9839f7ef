"""A view puts every counted category into exactly one leaf; its totals are the sums of its cells."""

from decimal import Decimal

import polars as pl
from small import run

from accounting import views

DIVISIONS = [
    ("110000", 2007, "industry/C30", "diesel_oil", "10", "万吨"),
    ("110000", 2007, "industry/C31", "diesel_oil", "20", "万吨"),
    ("110000", 2007, "transport", "diesel_oil", "10", "万吨"),
]


def test_every_counted_category_stands_in_one_leaf() -> None:
    shown = views.view("energy-balance")
    under = [category for line in shown.lines if line.category for category in shown.leaves_under(line.row)]
    assert sorted(under) == sorted(set(shown.categories()))


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
