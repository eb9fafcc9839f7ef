"""Each figure of either side is listed once with its status; nothing that disagrees is called equal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from accounting.quality.published import PUBLISHED
from accounting.quality.reconcile import compared
from accounting.tables import frame


def cell(category: str, item: str, mass: str | None, **more: Any) -> dict[str, Any]:
    tonnes = None if mass is None else Decimal(mass)
    return {
        "entity": "110000", "year": 2007, "category": category, "item": item, "gas": "CO2", "scope": 1,
        "account": "main", "mass_t": tonnes, "co2e_t": tonnes, "notation_key": "NE" if mass is None else None,
        **more,
    }  # fmt: skip


def figure(category: str | None, item: str | None, tonnes: str | None, **more: Any) -> dict[str, Any]:
    row = {
        "entity": "110000", "year": 2007, "category": category, "item": item, "view": "energy-balance",
        "gas": "CO2", "value": tonnes, "unit": "t", "tolerance": "0.000001",
        "published_t": None if tonnes is None else Decimal(tonnes),
    }  # fmt: skip
    return {**row, **more}


def published(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame({n: pl.Series([r.get(n) for r in rows], dtype=k) for n, k in PUBLISHED.items()})


INVENTORY = frame(
    "inventory",
    [
        cell("transport", "diesel_oil", "100.0001"),
        cell("transport", "gasoline", "50"),
        cell("transport", "other_petroleum_products", None, reason="p: 不计 / left out"),
        cell("farming", "diesel_oil", "10"),
        cell("urban_residential", "lpg", "3"),
        cell("rural_residential", "lpg", "4"),
        cell("industry", "raw_coal", None, reason="p: 没有因子 / no factor"),
        cell("transport", "biogas", "7", account="memo"),
    ],
)


def statuses(*rows: dict[str, Any]) -> list[tuple[Any, ...]]:
    return compared(INVENTORY, published(*rows)).table.select("category", "item", "status").rows()


def test_within_the_tolerance_is_equal_and_beyond_is_different() -> None:
    table = compared(
        INVENTORY, published(figure("transport", "diesel_oil", "100"), figure("farming", "diesel_oil", "10.1"))
    ).table
    first, second = table.head(2).to_dicts()
    assert (first["status"], first["difference_t"], first["relative"]) == ("equal", Decimal("0.0001"), 1e-6)
    assert (second["status"], second["difference_t"]) == ("different", Decimal("-0.1"))


def test_a_hair_beyond_the_tolerance_is_different() -> None:
    table = compared(INVENTORY, published(figure("transport", "diesel_oil", "100", tolerance="0.00000099"))).table
    assert table["status"][0] == "different"


def test_a_total_adds_our_cells_and_says_what_it_lacks() -> None:
    table = compared(INVENTORY, published(figure("transport", None, "150", tolerance="1%"))).table
    row = table.row(0, named=True)
    assert (row["ours_t"], row["cells"], row["missing_cells"], row["status"]) == (Decimal("150.0001"), 3, 1, "equal")
    assert row["note_zh"] == "我方合计不完整，缺 1 项"


def test_a_total_over_categories_adds_one_item_and_a_line_of_the_view_its_leaves() -> None:
    rows = published(figure(None, "diesel_oil", "110.0001"), figure("residential", "lpg", "7"))
    assert compared(INVENTORY, rows).table.head(2).select("ours_t", "status").rows() == [
        (Decimal("110.0001"), "equal"),
        (Decimal(7), "equal"),
    ]


def test_memo_cells_are_in_no_total() -> None:
    table = compared(INVENTORY, published(figure(None, None, "167.0001"))).table
    assert table["status"].to_list() == ["equal"]


def test_what_one_side_lacks_is_listed_with_a_reason() -> None:
    rows = statuses(
        figure("transport", "gasoline", "50"),
        figure("transport", "kerosene", "5"),
        figure("transport", "lpg", "0"),
        figure("transport", "other_petroleum_products", "0"),
    )
    assert rows == [
        ("transport", "gasoline", "equal"),
        ("transport", "kerosene", "published_only"),
        ("transport", "lpg", "both_absent"),
        ("transport", "other_petroleum_products", "not_estimated"),
        ("transport", "diesel_oil", "ours_only"),
    ]


def test_a_cell_without_factor_agrees_with_zero_and_disagrees_with_a_figure() -> None:
    everything = [figure("transport", "diesel_oil", "100"), figure("transport", "gasoline", "50")]
    left_out = figure("transport", "other_petroleum_products", "0")
    assert compared(INVENTORY, published(*everything, left_out)).agrees
    assert not compared(INVENTORY, published(*everything, {**left_out, "published_t": Decimal(2)})).agrees


def test_an_entity_that_the_run_does_not_have_is_said() -> None:
    row = compared(INVENTORY, published(figure("transport", "gasoline", "5", entity="370000"))).table.row(0, named=True)
    assert (row["status"], row["note_en"]) == ("published_only", "the run has no such entity and year")


def test_cells_in_categories_that_nobody_published_are_counted() -> None:
    assert compared(INVENTORY, published(figure("transport", "gasoline", "50"))).outside == 4


def test_the_reason_of_a_pack_is_given_in_each_language() -> None:
    row = compared(INVENTORY, published(figure("industry", "raw_coal", "9"))).table.row(0, named=True)
    assert (row["note_zh"], row["note_en"]) == ("p: 没有因子", "p: no factor")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_text_counts_and_names_the_worst(lang: Any) -> None:
    text = compared(
        INVENTORY, published(figure("transport", "diesel_oil", "100"), figure("farming", "diesel_oil", "10.1"))
    ).text(lang)
    assert "farming" not in text
    assert "9.90e-03" in text
    assert ("不一致" if lang == "zh" else "different") in text
