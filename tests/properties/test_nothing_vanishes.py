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
from accounting.tables import KEY, NOTATION_KEYS, TABLES, empty
from accounting.units import DIMENSIONS

NAMING = ("method.none", "view.not_counted", "factor.no_category")
ENERGY = [one for one in codes.items() if one.kind == "energy"]
AROUND_USE = ["industry", "transport", "purchased", "net_import", "exported", "self_generated"]
CARRIER_BOUGHT = {
    "electricity": "electricity", "green_electricity_direct": "electricity", "green_electricity_contract": "electricity",
    "heat": "heat", "steam": "heat", "heat_non_fossil": "heat",
}  # fmt: skip
CARRIER_USED = CARRIER_BOUGHT | {
    "waste_heat": "heat",
    **{f"electricity_{of}": "electricity" for of in ("residual", "fossil", "national", "park_method", "enterprise")},
}
keys = st.tuples(
    st.just("park-1"),
    st.one_of(st.sampled_from(AROUND_USE), st.sampled_from([one.id for one in codes.categories()])),
    st.one_of(st.sampled_from(ENERGY), st.sampled_from(codes.items())),
    st.integers(0, 3),
    st.sampled_from([Decimal("12.5"), Decimal(-3), Decimal(0), *NOTATION_KEYS]),
)
chosen = st.lists(st.sampled_from(views.views()), min_size=1, max_size=2, unique=True)
few = settings(max_examples=25, deadline=None)


def result(drawn: list[tuple], view: list[str]) -> ac.Run:
    """The run of these keys, without files: a unit of the item's own dimensions, a quantity or a notation key."""
    rows = [
        {"entity": entity, "year": 2022, "category": category, "item": item.id,
         "quantity": None if said in NOTATION_KEYS else said, "notation_key": said if said in NOTATION_KEYS else None,
         "unit": DIMENSIONS[item.dimensions[at % len(item.dimensions)]].base}
        for entity, category, item, at, said in drawn
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
    counted = {pair for name in made.views for pair in views.view(name).counted()}
    crossed = {
        CARRIER_BOUGHT.get(other["item"])
        for other in made.sums.to_dicts()
        if other["category"] in ("purchased", "net_import") and (other["category"], 2) in counted
        if other["quantity"] or other["notation_key"] in ("C", "NE")
    }
    return 2 not in {scope for _, scope in counted} or CARRIER_USED.get(key["item"]) in crossed - {None}


def is_nothing(key: dict) -> bool:
    return key["quantity"] == 0 or key["notation_key"] == "NO"


def lost(made: ac.Run) -> list[tuple]:
    in_cells = set(made.inventory.select("category", "item").unique().rows())
    told = {
        (row["category"], item) for row in made.findings.to_dicts() if row["code"] in NAMING for item in row["seen"].split(", ")
    }
    return [
        (key["category"], key["item"], key["unit"])
        for key in made.sums.to_dicts()
        if (key["category"], key["item"]) not in in_cells | told and not is_nothing(key) and not is_information(key, made)
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
    use = ("industry", "electricity", Decimal(1000))
    for beside, view, named in (
        (None, "energy-balance", False),
        (None, "gpc", False),
        (None, "zero-carbon-park", True),
        (("purchased", "electricity", Decimal(900)), "zero-carbon-park", False),
        (("purchased", "green_electricity_contract", "C"), "zero-carbon-park", False),
        (("purchased", "electricity", "NE"), "zero-carbon-park", False),
        (("purchased", "electricity", "NO"), "zero-carbon-park", True),
        (("purchased", "electricity", "IE"), "zero-carbon-park", True),
        (("purchased", "electricity", Decimal(0)), "zero-carbon-park", True),
        (("purchased", "green_certificate", Decimal(10)), "zero-carbon-park", True),
        (("purchased", "heat", Decimal(10)), "zero-carbon-park", True),
        (("exported", "electricity", Decimal(5)), "zero-carbon-park", True),
        (("self_generated", "electricity", Decimal(5)), "zero-carbon-park", True),
    ):
        drawn = [("park-1", category, codes.item(item), 0, said) for category, item, said in filter(None, (use, beside))]
        told = result(drawn, [view]).findings.filter(code="view.not_counted", category="industry")
        assert told["seen"].to_list() == (["electricity"] if named else []), beside
