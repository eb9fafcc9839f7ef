"""Every key sum is in a cell, or named by a finding, or information by a documented rule."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

import accounting as ac
from accounting import codes, runs, views
from accounting.defaults import DEFAULT_PACKS, POLICY_OF_VIEW
from accounting.ingest.intake import Intake
from accounting.ranks import coded
from accounting.tables import KEY, TABLES, empty
from accounting.units import DIMENSIONS

NAMING = ("method.none", "view.not_counted", "factor.no_category")
CARRIERS = [one for one in codes.items() if one.kind == "energy"]
keys = st.tuples(
    st.sampled_from(["park-1", "park-2"]),
    st.sampled_from([one.id for one in codes.categories()]),
    st.one_of(st.sampled_from(CARRIERS), st.sampled_from(codes.items())),
    st.integers(0, 3),
    st.sampled_from([Decimal("12.5"), Decimal(-3), None]),
)
chosen = st.lists(st.sampled_from(views.views()), min_size=1, max_size=2, unique=True)
few = settings(max_examples=25, deadline=None)


def result(drawn: list[tuple], view: list[str]) -> ac.Run:
    """The run of these keys, without files: a unit of the item's own dimensions, `C` where there is no quantity."""
    rows = [
        {"entity": entity, "year": 2022, "category": category, "item": item.id, "quantity": quantity,
         "unit": DIMENSIONS[item.dimensions[at % len(item.dimensions)]].base, "notation_key": None if quantity else "C"}
        for entity, category, item, at, quantity in drawn
    ]  # fmt: skip
    schema = {name: TABLES["sums"][name] for name in (*KEY, "quantity", "notation_key")}
    sums = coded(pl.DataFrame(rows, schema=schema).unique(KEY, keep="first", maintain_order=True), KEY)
    nothing = (empty(name) for name in ("rejections", "findings", "corrections"))
    named = runs.settings_of(
        None,
        view=view,
        factors=DEFAULT_PACKS[view[0]],
        electricity=next((POLICY_OF_VIEW[v] for v in view if v in POLICY_OF_VIEW), None),
    )
    return runs.computed(Intake(empty("activity"), sums, *nothing, [], []), named)


def is_information(key: dict, made: ac.Run) -> bool:
    rule = codes.information_rule(key["category"], key["item"])
    if rule != "use":
        return rule is not None
    scopes = {scope for name in made.views for _, scope in views.view(name).counted()}
    crossed = made.inventory.filter(entity=key["entity"]).filter(
        pl.col("category").is_in(["purchased", "exported", "net_import"])
    )
    return 2 not in scopes or crossed.height > 0


def lost(made: ac.Run) -> list[tuple]:
    in_cells = set(made.inventory.select("entity", "category", "item").unique().rows())
    told = {
        (row["category"], item) for row in made.findings.to_dicts() if row["code"] in NAMING for item in row["seen"].split(", ")
    }
    return [
        (key["category"], key["item"], key["unit"])
        for key in made.sums.to_dicts()
        if (key["entity"], key["category"], key["item"]) not in in_cells
        and (key["category"], key["item"]) not in told
        and not is_information(key, made)
    ]


@given(st.lists(keys, min_size=1, max_size=30), chosen)
@few
def test_every_key_is_in_a_cell_or_named_or_information(drawn: list[tuple], view: list[str]) -> None:
    made = result(drawn, view)
    assert lost(made) == []
    assert not made.findings.filter(pl.col("code").is_in(NAMING), severity="info").height


def test_energy_where_nobody_computes_it_is_named() -> None:
    items = {"electricity": "purchased", "heat": "landfill", "green_certificate": "process", "steam": "incineration",
             "other_energy": "coal_mining", "waste_heat": "removal", "clinker": "self_generated"}  # fmt: skip
    drawn = [("park-1", category, codes.item(item), 0, Decimal(1)) for item, category in items.items()]
    made = result(drawn, ["china-pilot"])
    told = made.findings.filter(code="method.none")
    assert dict(told.select("seen", "category").rows()) == {item: at for item, at in items.items() if item != "electricity"}
    assert set(told["severity"]) == {"warning"}
    assert made.exit_code == 1


def test_what_no_chosen_view_counts_is_named_with_the_views_that_do() -> None:
    made = result([("park-1", "landfill", codes.item("msw_food"), 0, Decimal(1))], ["energy-balance"])
    told = made.findings.filter(code="view.not_counted").row(0, named=True)
    assert (told["category"], told["seen"]) == ("landfill", "msw_food")
    assert "gpc" in told["remedy_zh"]
    assert "zero-carbon-park" not in told["remedy_zh"]


def test_what_sectors_use_is_information_beside_what_crossed_the_boundary() -> None:
    use, bought = (("park-1", category, codes.item("electricity"), 0, Decimal(1)) for category in ("industry", "purchased"))
    for drawn, view, named in (
        ([use], "energy-balance", False),
        ([use], "zero-carbon-park", True),
        ([use, bought], "zero-carbon-park", False),
        ([use], "gpc", False),
    ):
        assert ("view.not_counted" in set(result(drawn, [view]).findings["code"])) == named
