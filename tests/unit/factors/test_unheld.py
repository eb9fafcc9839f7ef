"""What no pack serves is missing: a cell for each gas that it is known to give, and a total that says so."""

from __future__ import annotations

import polars as pl
import pytest
import small

import accounting as ac

OFFICIAL = ["provincial-2011", "cn-enterprise-2024", "grid-cn", "cn-heat"]
GIVES = [
    ("road_vkt", "passenger_car", "万公里", ("CH4_fossil", "CO2", "N2O")),  # a car burns fuel, whoever has its factor
    ("road_turnover", "freight_road", "万吨公里", ("CH4_fossil", "CO2", "N2O")),
    ("process", "primary_aluminium", "t", ("C2F6", "CF4", "CO2")),
    ("process", "adipic_acid", "t", ("N2O",)),
    ("process", "nitric_acid", "t", ("N2O",)),  # of the kinds of plant, that of all
    ("process", "ferroalloys", "t", ("CO2",)),  # only some kinds give methane
    ("process", "electronics_gas", "t", ()),  # which gas it is nobody says
    ("oil_gas", "natural_gas", "万m3", ("CH4_fossil", "CO2")),
    ("landfill", "msw", "t", ("CH4_biogenic",)),
]


def run(*rows: tuple[str, str, str], factors: list[str] = OFFICIAL, view: str = "china-pilot") -> ac.Run:
    given = [("370200", "2022", category, item, "5", unit) for category, item, unit in rows]
    return ac.run(small.table([*given, ("370200", "2022", "farming", "diesel_oil", "1", "t")]), factors=factors, view=view)


@pytest.mark.parametrize(("category", "item", "unit", "gases"), GIVES, ids=[case[1] for case in GIVES])
def test_a_class_without_any_factor_is_missing_for_the_gases_it_gives(
    category: str, item: str, unit: str, gases: tuple[str, ...]
) -> None:
    result = run((category, item, unit))
    cells = result.inventory.filter(category=category).sort("gas")
    assert tuple(cells["gas"]) == gases
    assert set(cells["notation_key"]) <= {"NE"}
    assert cells["mass_t"].null_count() == len(gases)
    told = result.findings.filter(kind="missing_factor")
    assert told.select("code", "category", "used").rows() == [("factor.no_category", category, "NE")]


def test_a_total_says_what_it_lacks() -> None:
    lines = run(("road_vkt", "passenger_car", "万公里")).views["china-pilot"]
    totals = lines.filter((pl.col("row") == "direct") & pl.col("account").eq("main"))
    assert dict(totals.select("gas", "missing_cells").rows()) == {"CO2": 1, "CH4_fossil": 1, "N2O": 1, "CO2e": 3}


def test_what_a_chosen_pack_gives_in_part_stays_as_it_is() -> None:
    result = run(("process", "primary_aluminium", "t"), factors=[*OFFICIAL, "cn-enterprise-process"])
    assert result.inventory.filter(category="process")["mass_t"].null_count() == 0


def test_it_is_missing_in_the_scopes_and_accounts_that_are_counted() -> None:
    result = run(("purchased", "electricity", "MWh"), factors=["cn-enterprise-2024"])
    cells = result.inventory.filter(category="purchased")
    assert sorted(cells.select("scope", "account").rows()) == [(2, "main"), (2, "market")]
    fuels = run(("purchased", "electricity", "MWh"), factors=["cn-enterprise-2024"], view="energy-balance")
    assert fuels.inventory.filter(category="purchased").is_empty()


def test_a_gas_that_the_set_of_potentials_does_not_know_has_a_finding_alone() -> None:
    rows = small.table(
        [("370200", "2022", "process", "nf3_in_displays", "5", "t"), ("370200", "2022", "farming", "coke", "1", "t")]
    )
    known = ac.run(rows, factors=OFFICIAL, view="china-pilot", gwp="AR5")
    assert known.inventory.filter(category="process")["notation_key"].to_list() == ["NE"]
    unknown = ac.run(rows, factors=OFFICIAL, view="china-pilot", gwp="SAR")
    assert unknown.inventory.filter(category="process").is_empty()
    assert unknown.findings.filter(code="factor.no_category").height == 1


@pytest.mark.parametrize("nothing", ["0", "NO"])
def test_nothing_lacks_no_factor(nothing: str) -> None:
    car = ("370200", "2022", "road_vkt", "passenger_car", nothing, "万公里")
    result = ac.run(
        small.table([car, ("370200", "2022", "industry", "anthracite", "1", "t")]), factors=OFFICIAL, view="china-pilot"
    )
    assert set(result.inventory["category"]) == {"industry"}
    assert result.views["china-pilot"]["missing_cells"].sum() == 0
    assert result.exit_code == 0
    something = ("370200", "2021", "road_vkt", "passenger_car", "3", "万公里")
    told = ac.run(small.table([car, something]), factors=OFFICIAL, view="china-pilot")
    assert set(told.inventory["year"]) == {2021}
    assert told.findings.filter(code="factor.no_category").height == 1
