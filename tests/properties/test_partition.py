"""Every view is a partition: each cell that it counts stands in one leaf, and every line is the sum of those below it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting import codes, views
from accounting.tables import frame

masses = st.one_of(st.none(), st.decimals(-1000, 1000, places=12, allow_nan=False))
cells = st.fixed_dictionaries(
    {
        "category": st.sampled_from([one.id for one in codes.categories()]),
        "item": st.sampled_from([one.id for one in codes.items()]),
        "gas": st.sampled_from(["CO2", "CH4_fossil", "N2O"]),
        "scope": st.sampled_from(views.SCOPES),
        "account": st.sampled_from(["main", "market", "memo", "removal"]),
        "mass_t": masses,
    }
)
inventories = st.lists(cells, min_size=1, max_size=60, unique_by=lambda cell: tuple(str(cell[k]) for k in list(cell)[:5]))


def inventory(drawn: list[dict[str, Any]]) -> pl.DataFrame:
    rows = [
        {**cell, "entity": "370200", "year": 2022, "co2e_t": cell["mass_t"], "notation_key": None if cell["mass_t"] else "NE"}
        for cell in drawn
    ]
    return frame("inventory", rows)


@pytest.mark.parametrize("name", views.views())
def test_every_view_is_a_partition_of_what_it_counts(name: str) -> None:
    shown = views.view(name)

    @given(inventories)
    @settings(max_examples=25, deadline=None)
    def holds(drawn: list[dict[str, Any]]) -> None:
        made = inventory(drawn)
        _each_in_one_leaf(made, shown)
        _lines_are_sums(made, shown)

    holds()


def _each_in_one_leaf(made: pl.DataFrame, shown: views.View) -> None:
    numbered = made.with_row_index("n")
    placed = views.placed(numbered.lazy(), shown).collect()
    assert placed["n"].is_unique().all()
    for cell in numbered.iter_rows(named=True):
        lineage = (cell["category"], *codes.category_parents(cell["category"]))
        leaves = [line for line in shown.leaves() if line.category in lineage and line.scope == cell["scope"]]
        named = [
            line for line in leaves if not line.items or {cell["item"], *codes.item_parents(cell["item"])} & set(line.items)
        ]
        counts = bool(named) and (cell["account"] != "main" or named[0].account == "main")
        counts = counts and all(not line.gases or cell["gas"] in line.gases for line in named[:1])
        assert (cell["n"] in set(placed["n"])) == counts, cell


def _lines_are_sums(made: pl.DataFrame, shown: views.View) -> None:
    table = views.view_table(made, shown).filter(pl.col("item").is_null(), gas=views.ALL_GASES)
    placed = views.placed(made.lazy(), shown).collect()
    for account in table["account"].unique():
        amounts = {row["row"]: row["co2e_t"] or Decimal(0) for row in table.filter(account=account).to_dicts()}
        for line in shown.lines:
            below = [amounts.get(other.row, Decimal(0)) for other in shown.lines if other.parent == line.row]
            if below and not line.category:
                assert amounts.get(line.row, Decimal(0)) == sum(below)
        tops = sum((amounts.get(line.row, Decimal(0)) for line in shown.lines if line.parent is None), Decimal(0))
        whole = placed.filter(account=account)["co2e_t"].drop_nulls()
        assert tops == sum(whole, Decimal(0))
