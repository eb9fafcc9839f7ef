"""What must not be counted twice, through `ac.run` and `tanfeng check`: every rule of datasets/codes/exclusive.csv."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import polars as pl
import pytest
from small import COLUMNS

import accounting as ac
from accounting import codes, shipped
from accounting.cli import main
from accounting.errors import messages
from accounting.ingest import ceilings
from accounting.quality import claims

Row = tuple[str, str, str, str]  # category, item, quantity, unit
OFFICIAL = ["provincial-2011", "cn-enterprise-2024", "grid-cn", "cn-heat"]
IPCC = ["ipcc-2006", "gbt-2589-2020"]
ELECTRICITY = ("purchased", "electricity", "100", "MWh")

# Both sides of a pair are refused: at E2 and E3.
APART: list[tuple[str, Row, Row]] = [
    ("exclusive.road", ("road_fuel", "diesel_oil", "10", "t"), ("road_vkt", "heavy_truck", "10", "km")),
    ("exclusive.road", ("road_fuel", "gasoline", "10", "t"), ("road_vkt", "passenger_car", "10", "km")),
    ("exclusive.road", ("transport", "gasoline", "10", "t"), ("road_vkt", "taxi", "10", "km")),
    ("exclusive.road", ("transport", "diesel_oil", "10", "t"), ("road_turnover", "freight_road", "1", "万吨公里")),
    ("exclusive.road", ("road_fuel", "natural_gas", "1", "万立方米"), ("road_turnover", "passenger_road", "1", "万人公里")),
    ("exclusive.road", ("road_vkt", "light_truck", "10", "km"), ("road_turnover", "freight_road", "1", "万吨公里")),
    ("exclusive.road", ("road_vkt", "gasoline_vehicle", "10", "km"), ("road_turnover", "passenger_road", "1", "万人公里")),
    ("exclusive.transport_sector", ("transport", "diesel_oil", "10", "t"), ("rail", "diesel_oil", "4", "t")),
    ("exclusive.transport_sector", ("transport", "kerosene", "10", "t"), ("aviation", "jet_kerosene", "4", "t")),
    ("exclusive.transport_sector", ("transport", "electricity", "10", "MWh"), ("rail", "electricity", "4", "MWh")),
    ("exclusive.net_import", ("net_import", "electricity", "90", "MWh"), ELECTRICITY),
    ("exclusive.net_import", ("net_import", "electricity", "90", "MWh"), ("exported", "electricity", "10", "MWh")),
    ("exclusive.net_import", ("net_import", "heat", "90", "GJ"), ("purchased", "steam", "100", "GJ")),
    ("exclusive.landfill", ("landfill", "landfilled_deep", "10", "t"), ("landfill", "msw_food", "4", "t")),
    ("exclusive.waste_burnt", ("incineration", "msw", "10", "t"), ("thermal_power", "municipal_waste_fossil", "4", "t")),
    (
        "exclusive.electronics",
        ("process", "semiconductor_substrate", "10", "m2"),
        ("process", "cf4_in_semiconductors", "1", "kg"),
    ),
    ("exclusive.electronics", ("process", "display_substrate", "10", "m2"), ("process", "sf6_in_displays", "1", "kg")),
    ("exclusive.electronics", ("process", "photovoltaic_substrate", "10", "m2"), ("process", "electronics_gas", "1", "kg")),
    ("exclusive.switchgear", ("process", "sf6_refilled", "10", "kg"), ("process", "sf6_installed", "1", "t")),
    ("exclusive.switchgear", ("process", "sf6_opened", "10", "kg"), ("process", "sf6_retired", "1", "t")),
    ("exclusive.measured", ("thermal_power", "co2", "10", "tCO2"), ("thermal_power", "natural_gas", "1", "万立方米")),
    ("exclusive.measured", ("industry", "co2", "10", "tCO2"), ("industry/C30", "coke", "1", "t")),
]
# What may stand beside each other.
TOGETHER: list[tuple[Row, Row]] = [
    (("road_fuel", "gasoline", "10", "t"), ("road_vkt", "heavy_truck", "10", "km")),
    (("road_vkt", "bus", "10", "km"), ("road_turnover", "freight_road", "1", "万吨公里")),
    (("road_fuel", "diesel_oil", "10", "t"), ("road_vkt", "heavy_truck", "0", "km")),
    (("transport", "natural_gas", "1", "万立方米"), ("rail", "diesel_oil", "4", "t")),
    (ELECTRICITY, ("exported", "electricity", "10", "MWh")),
    (("net_import", "electricity", "10", "MWh"), ("purchased", "heat", "10", "GJ")),
    (("industry/C31", "co2", "10", "tCO2"), ("industry/C30", "coke", "1", "t")),
    (("thermal_power", "co2", "10", "tCO2"), ("industry", "coke", "1", "t")),
    (("process", "semiconductor_substrate", "10", "m2"), ("process", "cf4_in_displays", "1", "kg")),
    (("process", "semiconductor_substrate", "10", "m2"), ("process", "display_substrate", "10", "m2")),
    (("process", "sf6_opened", "10", "kg"), ("process", "sf6_refilled", "10", "kg")),
    (("process", "sf6_installed", "1", "t"), ("process", "sf6_retired", "10", "kg")),
    (("process", "sf6_manufacture", "1", "t"), ("process", "sf6_refilled", "10", "kg")),
]


def run(*rows: Row, view: str = "ipcc2006", factors: list[str] | None = None) -> ac.Run | ac.Refused:
    table = pl.DataFrame([("park-7", 2023, *row) for row in rows], schema=COLUMNS, orient="row")
    try:
        return ac.run(table, view=view, factors=factors or [*OFFICIAL, *IPCC])
    except ac.Refused as refused:
        return refused


def tanfeng(*arguments: object) -> int:
    """The exit code of the command."""
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    return int(left.value.code or 0)


def refused(result: ac.Run | ac.Refused) -> list[tuple[str, str]]:
    return [] if result.rejections is None else result.rejections.select("code", "cell").rows()


@pytest.mark.parametrize(("code", "one", "other"), APART, ids=lambda value: value if isinstance(value, str) else value[1])
def test_two_ways_to_say_one_thing_are_both_refused(code: str, one: Row, other: Row) -> None:
    result = run(one, other, ("farming", "diesel_oil", "5", "t"))
    assert refused(result) == [(code, "E2"), (code, "E3")]
    assert isinstance(result, ac.Run)
    assert set(result.inventory["category"]) == {"farming"}
    assert all(row["remedy_zh"] and "E3" in row["message_zh"] for row in result.rejections.head(1).to_dicts())


@pytest.mark.parametrize(("one", "other"), TOGETHER, ids=lambda value: f"{value[0]} {value[1]}")
def test_what_says_two_things_may_stand_together(one: Row, other: Row) -> None:
    assert refused(run(one, other)) == []


def test_another_entity_or_year_is_another_thing() -> None:
    rows = [("a", 2022, "road_fuel", "diesel_oil", "1", "t"), ("b", 2022, "road_vkt", "bus", "1", "km"),
            ("a", 2023, "road_vkt", "bus", "1", "km")]  # fmt: skip
    table = pl.DataFrame(rows, schema=COLUMNS, orient="row")
    assert ac.run(table, view="gpc", factors=IPCC).rejections.is_empty()


def sectors(other: str, item: str = "electricity", unit: str = "MWh") -> list[Row]:
    """100 of industry, and the same of each other final sector of a balance."""
    others = (
        "farming",
        "construction",
        "transport",
        "wholesale_retail",
        "other_services",
        "urban_residential",
        "rural_residential",
    )
    return [("industry", item, "100", unit), *((category, item, other, unit) for category in others)]


# The claim is refused, at the cell given, and what it is claimed of stays.
CLAIMED: list[tuple[str, str, list[Row]]] = [
    ("ceiling.certificates", "E3", [ELECTRICITY, ("purchased", "green_certificate", "101", "MWh")]),
    ("ceiling.certificates", "E3", [("farming", "coke", "1", "t"), ("purchased", "green_certificate", "1", "MWh")]),
    ("ceiling.exports", "E3", [ELECTRICITY, ("exported", "electricity", "0.101", "GWh")]),
    ("ceiling.exports", "E3", [("purchased", "heat", "10", "GJ"), ("exported", "steam", "11", "GJ")]),
    ("ceiling.gross_purchases", "E2", [
        ELECTRICITY, ("total_consumption", "electricity", "100", "MWh"), ("self_generated", "electricity", "1", "MWh")]),
    ("ceiling.gross_purchases", "E2", [
        ELECTRICITY, ("total_consumption", "electricity", "100", "MWh"), ("self_generated", "electricity", "6", "MWh"),
        ("industry", "electricity", "90", "MWh"), ("loss", "electricity", "5", "MWh")]),
    ("ceiling.gross_purchases", "E2", [ELECTRICITY, *sectors("0"), ("self_generated", "electricity", "1", "MWh")]),
    ("ceiling.gross_purchases", "E2", [ELECTRICITY, *sectors("NO"), ("self_generated", "electricity", "1", "MWh")]),
    ("ceiling.gross_purchases", "E2", [
        ("purchased", "heat", "100", "GJ"), ("total_consumption", "heat", "100", "GJ"), ("heating_output", "heat", "20", "GJ")]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "cell", "rows"), CLAIMED, ids=[f"{n} {case[0]}" for n, case in enumerate(CLAIMED)])
def test_a_claim_above_what_there_is_is_refused(code: str, cell: str, rows: list[Row]) -> None:
    result = run(*rows, view="gpc")
    assert refused(result) == [(code, cell)]
    whole = result.rejections.row(0, named=True)
    assert whole["message_en"]
    assert whole["remedy_en"]
    assert whole["remedy_zh"]


@pytest.mark.parametrize(
    "rows",
    [
        [ELECTRICITY, ("purchased", "green_certificate", "100", "MWh")],
        [ELECTRICITY, ("self_generated", "electricity", "50", "MWh"), ("exported", "electricity", "150", "MWh")],
        [("purchased", "electricity", "95", "MWh"), ("self_generated", "electricity", "10", "MWh"),
         ("industry", "electricity", "100", "MWh"), ("loss", "electricity", "5", "MWh")],
        [("purchased", "heat", "10", "GJ"), ("exported", "heat", "10", "GJ")],
    ],
)  # fmt: skip
def test_a_claim_of_all_there_is_stands(rows: list[Row]) -> None:
    result = run(*rows, view="gpc")
    assert refused(result) == []
    assert isinstance(result, ac.Run)
    assert "ceiling.undecided" not in set(result.findings["code"])


OWN = ("self_generated", "electricity", "1", "MWh")


@pytest.mark.parametrize(
    "rows",
    [
        [ELECTRICITY, ("industry", "electricity", "100", "MWh"), OWN],
        [ELECTRICITY, *sectors("0")[:-1], OWN],
        [ELECTRICITY, *sectors("0")[:-1], ("rural_residential", "electricity", "C", "MWh"), OWN],
        [ELECTRICITY, *sectors("0")[:-1], ("rural_residential", "electricity", "IE", "MWh"), OWN],
        [ELECTRICITY, ("industry/C30", "electricity", "50", "MWh"), *sectors("0")[1:], OWN],
        [ELECTRICITY, ("total_consumption", "electricity", "100", "MWh"), ("exported", "electricity", "NE", "MWh"), OWN],
        [ELECTRICITY, ("total_consumption", "electricity", "1", "MWh"), ("self_generated", "electricity", "NE", "MWh")],
        [ELECTRICITY, ("total_consumption", "electricity", "1", "MWh"), ("self_generated", "electricity", "C", "MWh")],
        [("purchased", "electricity", "C", "MWh"), ("purchased", "green_certificate", "5", "MWh")],
    ],
)
def test_a_whole_of_which_a_part_is_not_said_refuses_nothing(rows: list[Row]) -> None:
    result = run(*rows, view="gpc")
    assert isinstance(result, ac.Run)
    assert refused(result) == []
    (told,) = result.findings.filter(code="ceiling.undecided").to_dicts()
    assert (told["severity"], told["entity"], told["year"]) == ("warning", "park-7", 2023)


def test_a_total_stands_for_sectors_and_losses() -> None:
    """95 bought and 10 generated are the total of 105, in which 5 were lost; sectors above the total are believed."""
    bought, own = ("purchased", "electricity", "95", "MWh"), ("self_generated", "electricity", "10", "MWh")
    total, lost = ("total_consumption", "electricity", "105", "MWh"), ("loss", "electricity", "5", "MWh")
    for more in ([total, lost, ("industry", "electricity", "60", "MWh")], [total], [*sectors("5")]):
        result = run(bought, own, *more, view="gpc")
        assert refused(result) == []
        assert isinstance(result, ac.Run)
        assert "ceiling.undecided" not in set(result.findings["code"])


def test_doubts_beyond_those_listed_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ceilings, "LISTED", 1)
    rows = [(place, 2023, "exported", "electricity", "10", "MWh") for place in ("a", "b", "c")]
    told = ac.run(pl.DataFrame(rows, schema=COLUMNS, orient="row"), view="china-pilot").findings
    assert told.filter(code="ceiling.undecided")["entity"].to_list() == ["a"]
    (rest,) = told.filter(code="finding.unlisted").to_dicts()
    assert (rest["severity"], rest["seen"]) == ("warning", "ceiling.undecided ceiling.exports electricity 2")


def test_cells_that_cannot_stand_beyond_those_listed_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "LISTED", 1)
    rows = [(place, 2023, *row) for place in ("a", "b", "c") for row in STRUCK[0][2]]
    result = ac.run(pl.DataFrame(rows, schema=COLUMNS, orient="row"), view="ipcc2006", factors=[*OFFICIAL, *IPCC])
    told = result.findings
    assert told.filter(code="ceiling.recovered").height == 1
    (rest,) = told.filter(code="finding.unlisted").to_dicts()
    assert (rest["severity"], rest["seen"]) == ("error", "ceiling.recovered 2")
    assert result.exit_code == 1
    assert result.inventory.filter(item="methane_recovered")["notation_key"].to_list() == ["NE"] * 3


def test_what_cannot_be_compared_is_said_and_counted() -> None:
    coal = ("thermal_power", "anthracite", "100", "t")
    for rows in ([("exported", "electricity", "10", "MWh")], [ELECTRICITY, coal, ("exported", "electricity", "500", "MWh")]):
        result = run(*rows, view="china-pilot")
        assert isinstance(result, ac.Run)
        assert refused(result) == []
        assert result.findings.filter(code="ceiling.undecided")["severity"].to_list() == ["warning"]
        assert result.inventory.filter(category="exported")["mass_t"].null_count() == 0


# The cell that takes off too much, or counts again, is NE; the others stand.
STRUCK: list[tuple[str, str, list[Row]]] = [
    ("ceiling.recovered", "methane_recovered", [
        ("coal_mining", "coal_surface_mined", "10", "t"), ("coal_mining", "methane_recovered", "1000", "m3")]),
    ("ceiling.recovered", "methane_recovered", [
        ("wastewater_domestic", "bod_septic_system", "10", "t"), ("wastewater_domestic", "methane_recovered", "10", "t")]),
    ("ceiling.switchgear", "sf6_recovered", [("process", "sf6_opened", "10", "kg"), ("process", "sf6_recovered", "5", "t")]),
    ("ceiling.raw_meal", "carbide_slag", [("process", "clinker", "10", "t"), ("process", "carbide_slag", "50000", "t")]),
    ("ceiling.uptake", "urea", [("process", "ammonia", "10", "t"), ("process", "urea", "1000", "t")]),
    ("ceiling.captured", "co2_captured", [("industry", "coke", "10", "t"), ("removal", "co2_captured", "1000", "tCO2")]),
    ("exclusive.reductant", "ferrosilicon_75", [("process", "ferrosilicon_75", "10", "t"), ("industry", "coke", "9", "t")]),
    ("exclusive.reductant", "crude_steel_bof", [("process", "crude_steel_bof", "10", "t"), ("industry/C31", "coke", "9", "t")]),
    ("exclusive.reductant", "ammonia", [("process", "ammonia", "10", "t"), ("industry", "natural_gas", "9", "万立方米")]),
    ("exclusive.feedstock", "ammonia", [("process", "ammonia", "10", "t"), ("process", "natural_gas", "9", "万立方米")]),
    ("exclusive.feedstock", "ammonia", [("process", "ammonia", "10", "t"), ("process", "bituminous_coal", "9", "t")]),
    ("exclusive.feedstock", "methanol_coal", [("process", "methanol_coal", "10", "t"), ("process", "lignite", "9", "t")]),
    ("exclusive.feedstock", "ethylene_naphtha", [("process", "ethylene_naphtha", "10", "t"), ("process", "naphtha", "9", "t")]),
    ("exclusive.feedstock", "ferrosilicon_75", [("process", "ferrosilicon_75", "10", "t"), ("process", "coke", "9", "t")]),
    ("exclusive.feedstock", "crude_steel_bof", [("process", "crude_steel_bof", "10", "t"), ("process", "coke", "9", "t")]),
    ("quantity.below_zero", "coke", [("industry", "coke", "10", "t"), ("non_energy_use", "coke", "20", "t")]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "item", "rows"), STRUCK, ids=[f"{n} {case[0]}" for n, case in enumerate(STRUCK)])
def test_a_cell_that_cannot_stand_is_ne_with_a_named_error(code: str, item: str, rows: list[Row], tmp_path: Path) -> None:
    result = run(*rows, factors=["ipcc-2006", "gbt-2589-2020", "provincial-2011", "cn-enterprise-process"])
    assert isinstance(result, ac.Run)
    found = result.findings.filter(code=code).row(0, named=True)
    assert (found["severity"], found["item"], found["file"]) == ("error", item, "frame/table.csv")
    assert found["cell"]
    assert found["remedy_zh"]
    assert found["remedy_en"]
    struck = result.inventory.filter(pl.col("reason").str.starts_with(code))
    assert set(struck["item"]) == {item}
    assert struck.select("mass_t", "notation_key").unique().rows() == [(None, "NE")]
    assert result.exit_code == 1
    assert tanfeng("verify", result.save(tmp_path / "run").path) == 0


@pytest.mark.parametrize(
    ("product", "feedstock"),
    [
        ("methanol_coal", ("process", "natural_gas", "9", "万立方米")), ("ethylene_naphtha", ("process", "lpg", "9", "t")),
        ("ammonia", ("process", "ethane", "9", "t")), ("ammonia", ("process", "lubricants", "9", "t")), ("clinker", ("process", "coke", "9", "t")),
        ("ammonia", ("process", "natural_gas", "0", "万立方米")),
    ],
)  # fmt: skip
def test_a_feedstock_of_another_product_counts_beside_it(product: str, feedstock: Row) -> None:
    result = run(("process", product, "10", "t"), feedstock, factors=["ipcc-2006", "gbt-2589-2020", "provincial-2011"])
    assert isinstance(result, ac.Run)
    assert "exclusive.feedstock" not in set(result.findings["code"])
    assert result.inventory.filter(item=product, gas="CO2")["mass_t"].null_count() == 0


def test_the_feedstock_itself_stays_with_all_of_its_carbon() -> None:
    """10 t · 45 GJ/t by the factor of ammonia, or 1 000 · 10^3 m3 of gas: only the gas is in the inventory."""
    gas = ("process", "natural_gas", "100", "万立方米")
    both, alone = (
        run(*rows, factors=["ipcc-2006", "gbt-2589-2020"]) for rows in ([("process", "ammonia", "10", "t"), gas], [gas])
    )
    assert isinstance(both, ac.Run)
    assert isinstance(alone, ac.Run)
    mass = alone.inventory["mass_t"].item()
    assert mass > 0
    assert both.inventory.filter(gas="CO2").select("item", "mass_t").rows() == [("ammonia", None), ("natural_gas", mass)]


@pytest.mark.parametrize("item", ["ferrosilicon_75", "calcium_carbide"])
def test_a_reductant_taken_out_of_energy_counts_once(item: str) -> None:
    rows = [("process", item, "10", "t"), ("industry", "coke", "9", "t"), ("non_energy_use", "coke", "4", "t")]
    result = run(*rows)
    assert isinstance(result, ac.Run)
    assert "exclusive.reductant" not in set(result.findings["code"])


def test_what_is_taken_off_nothing_is_said_and_counted() -> None:
    result = run(("landfill", "methane_recovered", "12", "t"), factors=["ipcc-2006", "provincial-2011"])
    assert isinstance(result, ac.Run)
    if result.inventory.height:
        assert result.findings.filter(code="ceiling.no_whole")["severity"].to_list() == ["warning"]


def test_what_is_taken_off_what_has_no_factor_is_said() -> None:
    rows = [("coal_mining", "coal_underground_mined", "100", "万吨"), ("coal_mining", "methane_recovered", "100", "万m3")]
    result = run(*rows, factors=["provincial-2011"], view="provincial")
    assert isinstance(result, ac.Run)
    by_item = dict(result.inventory.select("item", "notation_key").iter_rows())
    assert by_item == {"coal_underground_mined": "NE", "methane_recovered": None}
    assert result.findings.filter(code="ceiling.no_whole")["item"].to_list() == ["methane_recovered"]


def test_decay_and_mass_balance_in_one_place_are_both_ne(tmp_path: Path) -> None:
    from packs import write

    landfill = {"gas": "CH4_biogenic", "category": "landfill", "item": "", "unit": "1"}
    rates = {"methane_correction_factor": "1", "degradable_organic_carbon": "0.15", "decomposable_fraction": "0.5",
             "methane_fraction": "0.5", "oxidised_in_cover": "0"}  # fmt: skip
    rows = [landfill | {"parameter": name, "value": number} for name, number in rates.items()]
    rows.append(landfill | {"parameter": "decay_rate", "value": "0.09", "item": "msw_food"})
    pack = write(tmp_path / "own", *rows)
    result = run(("landfill", "msw_food", "10", "t"), ("landfill", "msw_paper", "10", "t"), factors=[str(pack)])
    assert isinstance(result, ac.Run)
    both = result.inventory.filter(year=2023)
    assert both["notation_key"].to_list() == ["NE", "NE"]
    assert set(result.findings.filter(code="exclusive.landfill_method")["item"]) == {"msw_food", "msw_paper"}


def test_the_check_command_names_both_cells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("park-7", 2023, *row) for row in APART[0][1:]]
    pl.DataFrame(rows, schema=COLUMNS, orient="row").write_csv(tmp_path / "a.csv")
    assert tanfeng("check", tmp_path / "a.csv", "--lang", "en") == 3
    told = capsys.readouterr().out
    assert told.count("exclusive.road") == 2
    assert "E2" in told
    assert "E3" in told
    assert "keep one of them" in told


def test_every_rule_names_ids_that_are_there_and_a_message() -> None:
    known = {"categories": {c.id for c in codes.categories()}, "items": {i.id for i in codes.items()}}
    kinds = {f"@{one.kind}" for one in codes.items()}
    rows = list(csv.DictReader((shipped.datasets() / "codes" / "exclusive.csv").open(encoding="utf-8", newline="")))
    for row in rows:
        assert row["code"] in messages()
        for column, ids in known.items():
            words = {word.removeprefix("=") for word in row[column].split("|") if word}
            assert words <= ids | kinds, row
    tested = {case[0] for cases in (APART, CLAIMED, STRUCK) for case in cases}
    untested = {row["code"] for row in rows} - tested
    assert untested == {"ceiling.fixed_carbon", "exclusive.landfill_method"}  # each has a test of its own


def test_more_carbon_kept_than_went_in_is_ne(tmp_path: Path) -> None:
    from packs import write

    kept = {"parameter": "emission_factor", "category": "fixed_carbon", "item": "crude_steel", "value": "0.0154"}
    flux = {"parameter": "emission_factor", "category": "process", "item": "limestone", "value": "0.44"}
    pack = write(tmp_path / "own", kept, flux)
    for amount, stands in (("1", False), ("1000", True)):
        result = run(("fixed_carbon", "crude_steel", "100", "t"), ("process", "limestone", amount, "t"), factors=[str(pack)])
        assert isinstance(result, ac.Run)
        cell = result.inventory.filter(category="fixed_carbon").row(0, named=True)
        assert (cell["mass_t"] is not None) == stands


def test_city_and_park_are_never_added(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("370200", 2022, "industry", "diesel_oil", "1000", "t"), ("park-7", 2022, "industry", "diesel_oil", "100", "t"),
            ("370000", 2022, "industry", "diesel_oil", "10000", "t")]  # fmt: skip
    pl.DataFrame(rows, schema=COLUMNS, orient="row").write_csv(tmp_path / "a.csv")
    made = ac.run(tmp_path / "a.csv", view=("ipcc2006", "gpc", "china-pilot"), factors=[*OFFICIAL, *IPCC])
    for table in made.views.values():
        assert set(table["entity"]) == {"370200", "park-7", "370000"}
    masses = {row["entity"]: row["mass_t"] for row in made.inventory.filter(gas="CO2").to_dicts()}
    sums = {masses["370200"] + masses["park-7"], masses["370200"] + masses["370000"], sum(masses.values())}
    shown = {mass for table in made.views.values() for mass in table["mass_t"].drop_nulls()}
    assert not sums & shown
    tanfeng("run", tmp_path / "a.csv", "--out", tmp_path / "out", "--view", "gpc", "--json")
    document = json.loads(capsys.readouterr().out)
    assert not {f"{total:f}" for total in sums} & set(_texts(document))


def _texts(node: object) -> list[str]:
    if isinstance(node, dict):
        return [text for value in node.values() for text in _texts(value)]
    if isinstance(node, list):
        return [text for value in node for text in _texts(value)]
    return [str(node)]


def test_biogenic_co2_and_international_transport_are_in_no_total() -> None:
    rows = [
        ("industry", "wood", "10", "t"),
        ("international_aviation", "jet_kerosene", "10", "t"),
        ("water", "diesel_oil", "1", "t"),
    ]
    for view in ("ipcc2006", "provincial", "china-pilot", "gpc"):
        made = run(*rows, view=view, factors=IPCC)
        assert isinstance(made, ac.Run)
        diesel = made.inventory.filter(category="water", gas="CO2")["mass_t"].item()
        memo = made.inventory.filter(account="memo", gas="CO2")
        assert set(memo["category"]) == {"industry", "international_aviation"}
        tops = made.views[view].filter(pl.col("item").is_null(), gas="CO2", account="main")
        totals = tops.filter(~pl.col("row").str.starts_with("international"))
        assert set(totals["mass_t"].drop_nulls()) == {diesel}


def test_inputs_to_transformation_are_not_both_burnt_and_final() -> None:
    rows = [("coking", "cleaned_coal", "-100", "t"), ("refining", "crude_oil", "-100", "t"), ("industry", "coke", "60", "t")]
    made = run(*rows)
    assert isinstance(made, ac.Run)
    assert set(made.inventory["category"]) == {"industry"}
