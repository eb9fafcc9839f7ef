"""A city made from its parks: what it says of itself and what they say is never counted twice."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import own_project
import polars as pl
import pytest
from own_project import parts

import accounting as ac
from accounting.cli import main
from accounting.store.verify import verified

CITY, PARKS = "330100", [("P1", "一园", "park", "330100"), ("P2", "二园", "park", "330100")]
Row = tuple[str, str, str, str]
# What the city has and what its park has, by the rule that keeps them apart.
APART: list[tuple[str, Row, Row]] = [
    ("exclusive.net_import", ("net_import", "electricity", "90", "MWh"), ("purchased", "electricity", "10", "MWh")),
    ("exclusive.net_import", ("purchased", "steam", "90", "GJ"), ("net_import", "heat", "10", "GJ")),
    ("exclusive.transport_sector", ("transport", "gasoline", "90", "t"), ("road_fuel", "gasoline", "10", "t")),
    ("exclusive.transport_sector", ("rail", "diesel_oil", "90", "t"), ("transport", "diesel_oil", "10", "t")),
    ("exclusive.road", ("road_vkt", "bus", "9", "km"), ("road_fuel", "diesel_oil", "10", "t")),
    ("exclusive.measured", ("industry", "co2", "90", "tCO2"), ("industry/C30", "anthracite", "10", "t")),
    ("exclusive.landfill", ("landfill", "landfilled_deep", "90", "t"), ("landfill", "msw_food", "10", "t")),
    ("exclusive.waste_burnt", ("incineration", "msw", "90", "t"), ("thermal_power", "municipal_waste_fossil", "10", "t")),
]
# Rows of the city, rows of its park: together they pass a ceiling that neither passes alone.
OVER: list[tuple[str, list[Row], list[Row]]] = [
    ("ceiling.gross_purchases", [("purchased", "electricity", "100", "MWh"), ("total_consumption", "electricity", "120", "MWh")],
     [("self_generated", "electricity", "30", "MWh"), ("industry", "electricity", "80", "MWh")]),
    ("ceiling.exports", [("exported", "electricity", "50", "MWh")], [("purchased", "electricity", "20", "MWh")]),
]  # fmt: skip


def rows_of(entity: str, *rows: Row) -> list[tuple]:
    return [(entity, 2022, "", *row) for row in rows]


def run(folder: Path, *rows: tuple, adds: bool = False, **settings: str) -> ac.Run:
    more = parts(CITY, "P1", "P2", adds=adds)
    return own_project.run(folder, more, data=list(rows), entities=PARKS, **settings)


def refused(folder: Path, *rows: tuple) -> pl.DataFrame:
    with pytest.raises(ac.Refused) as refusal:
        run(folder, *rows)
    assert refusal.value.rejections is not None
    return refusal.value.rejections


@pytest.mark.parametrize(("rule", "own", "of_park"), APART, ids=[f"{case[0]} {case[1][0]}" for case in APART])
def test_two_ways_to_say_one_thing_are_refused_for_a_whole(tmp_path: Path, rule: str, own: Row, of_park: Row) -> None:
    told = refused(tmp_path, *rows_of(CITY, own), *rows_of("P1", of_park)).row(0, named=True)
    assert (told["code"], told["file"]) == ("parts.exclusive", "tanfeng.toml")
    for lang in ("zh", "en"):
        assert rule in told[f"message_{lang}"]
        assert f"data.csv › F2 {own[2]}" in told[f"message_{lang}"]
        assert f"data.csv › F3 {of_park[2]}" in told[f"message_{lang}"]
        assert "adds = true" in told[f"remedy_{lang}"]


@pytest.mark.parametrize(("rule", "own", "of_park"), APART, ids=[f"{case[0]} {case[1][0]}" for case in APART])
def test_a_whole_that_says_that_its_figures_are_others_has_both(tmp_path: Path, rule: str, own: Row, of_park: Row) -> None:
    made = run(tmp_path, *rows_of(CITY, own), *rows_of("P1", of_park), adds=True)
    assert {own[:2], of_park[:2]} <= set(made.sums.filter(entity=CITY).select("category", "item").rows())


@pytest.mark.parametrize(("rule", "own", "of_park"), APART, ids=[f"{case[0]} {case[1][0]}" for case in APART])
def test_two_parks_are_two_places(tmp_path: Path, rule: str, own: Row, of_park: Row) -> None:
    made = run(tmp_path, *rows_of("P1", own), *rows_of("P2", of_park))
    assert {own[:2], of_park[:2]} <= set(made.sums.filter(entity=CITY).select("category", "item").rows())


def test_a_park_that_measures_beside_one_that_burns(tmp_path: Path) -> None:
    """12 t were measured; 10 t of diesel at 42.652 GJ/t × 0.0202 t C/GJ × 0.98 × 44/12 are 30.95909637333333 t."""
    rows = [*rows_of("P1", ("industry", "co2", "12", "tCO2")), *rows_of("P2", ("industry", "diesel_oil", "10", "t"))]
    made = run(tmp_path, *rows, packs="cn-enterprise-2024,gwp").inventory.filter(entity=CITY, category="industry", gas="CO2")
    assert dict(made.select("item", "mass_t").rows())["co2"] == Decimal(12)
    assert made.height == 2


def test_the_parts_of_a_part_have_their_addresses(tmp_path: Path) -> None:
    rows = [
        *rows_of(CITY, ("net_import", "electricity", "90", "MWh")),
        *rows_of("P1", ("purchased", "electricity", "10", "MWh")),
    ]
    more = parts("330102", "P1") + parts(CITY, "330102")
    with pytest.raises(ac.Refused) as refusal:
        own_project.run(tmp_path, more, data=rows, entities=[("P1", "园", "park", "330102")])
    assert refusal.value.rejections is not None
    told = refusal.value.rejections.row(0, named=True)
    assert "330102" in told["message_zh"]
    assert "data.csv › F3 10 MWh" in told["message_zh"]


@pytest.mark.parametrize(("rule", "own", "of_park"), OVER, ids=[case[0] for case in OVER])
def test_a_ceiling_passed_by_a_whole_and_its_part_together(
    tmp_path: Path, rule: str, own: list[Row], of_park: list[Row], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [*rows_of(CITY, *own), *rows_of("P1", *of_park)]
    told = refused(tmp_path, *rows).row(0, named=True)
    assert told["code"] == "parts.ceiling"
    assert rule in told["message_en"]
    figures = [f"{tmp_path.name}/data.csv › F{at} {row[2]} MWh" for at, row in enumerate((*own, *of_park), 2)]
    ours, theirs = ", ".join(figures[: len(own)]), ", ".join(figures[len(own) :])
    assert f"own figures stand at {ours}, those of P1 at {theirs} (" in told["message_en"]
    assert f"整体自己的数在 {ours}，部分 P1 的数在 {theirs}（" in told["message_zh"]
    with pytest.raises(SystemExit) as left:
        main(["check", str(tmp_path)])
    assert left.value.code == 3
    assert "parts.ceiling" in capsys.readouterr().out
    assert run(tmp_path, *rows, adds=True).sums.filter(entity=CITY).height == len(rows)


def test_each_side_of_a_contradiction_names_its_own_cells(tmp_path: Path) -> None:
    one, other = ("net_import", "electricity", "90", "MWh"), ("industry", "diesel_oil", "5", "t")
    rows = [*rows_of(CITY, one, other), *rows_of("P1", one, other)]
    for told in refused(tmp_path, *rows).to_dicts():
        assert told["code"] == "parts.counted_twice"
        at = 2 if "electricity" in told["seen"] else 3
        assert told["message_en"].count(f"data.csv › F{at} ") == told["message_en"].count(f"data.csv › F{at + 2} ") == 1


def test_what_a_park_uses_is_no_whole_of_what_its_city_buys(tmp_path: Path) -> None:
    """The city bought 1000 MWh for all in it; its park alone says what it used: 80, of which it made 30."""
    park = [("industry", "electricity", "80", "MWh"), ("self_generated", "electricity", "30", "MWh")]
    others = (
        "farming",
        "construction",
        "transport",
        "wholesale_retail",
        "other_services",
        "urban_residential",
        "rural_residential",
    )
    for more in ([], [(category, "electricity", "0", "MWh") for category in others], [("total_consumption", *park[0][1:])]):
        rows = [*rows_of(CITY, ("purchased", "electricity", "1000", "MWh")), *rows_of("P1", *park, *more)]
        made = run(tmp_path, *rows, packs="provincial-2011,grid-cn")
        (told,) = made.findings.filter(code="ceiling.undecided").to_dicts()
        assert (told["entity"], told["severity"], told["seen"]) == (CITY, "warning", "ceiling.gross_purchases 1000 MWh")
        assert made.rejections.is_empty()


# Certificates of the city, what of electricity it bought itself, whether it may claim them: two thirds of 9 MWh are the park's.
CLAIMED = [("6", "0", True), ("7", "0", False), ("7", "1", True), ("8", "1", False)]


@pytest.mark.parametrize(("claimed", "bought", "stands"), CLAIMED)
def test_certificates_of_a_city_are_held_against_what_its_parts_bought(
    tmp_path: Path, claimed: str, bought: str, *, stands: bool
) -> None:
    lying = [("P1", "一园", "park", CITY, "2/3", CITY), ("P1", "一园", "park", "330600", "1/3", CITY)]
    rows = [
        *rows_of(CITY, ("purchased", "green_certificate", claimed, "MWh"), ("net_import", "electricity", bought, "MWh")),
        *rows_of("P1", ("net_import", "electricity", "9", "MWh")),
    ]
    of_city = parts(CITY, "P1", adds=bought != "0")
    made = own_project.run(tmp_path, of_city, data=rows, entities=lying, packs="grid-cn")
    certificates = made.sums.filter(entity=CITY, item="green_certificate")
    assert certificates.height == stands
    assert made.rejections.select("code", "cell").rows() == ([] if stands else [("ceiling.certificates", "F2")])
    for told in made.rejections.to_dicts():
        assert f"{int(bought) + 6} MWh" in told["message_en"]
        assert "data.csv › F4 9 MWh" in told["message_en"]
    levels = verified(made.save(tmp_path / "run").path, inputs=tmp_path)
    assert {level.state for level in levels} == {"checked"}


def test_the_closing_advice_is_that_of_what_was_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [*rows_of(CITY, APART[0][1]), *rows_of("P1", APART[0][2])]
    file = own_project.written(tmp_path, parts(CITY, "P1", "P2"), data=rows, entities=PARKS)
    with pytest.raises(SystemExit) as left:
        main(["run", "--project", str(file), "--out", str(tmp_path / "out"), "--lang", "en"])
    assert left.value.code == 3
    closing = capsys.readouterr().err
    assert "project.contradicted" in closing
    assert "take the figure out of the whole" in closing
    assert "schema" not in closing
    assert not (tmp_path / "out").exists()


def test_a_ceiling_is_not_passed_by_two_parks(tmp_path: Path) -> None:
    _, own, of_park = OVER[0]
    made = run(tmp_path, *rows_of("P1", *own), *rows_of("P2", *of_park))
    assert made.sums.filter(entity=CITY).height == len(own) + len(of_park)


def test_a_ceiling_that_holds_for_a_whole(tmp_path: Path) -> None:
    rows = [*rows_of(CITY, ("exported", "electricity", "20", "MWh")), *rows_of("P1", ("purchased", "electricity", "20", "MWh"))]
    assert run(tmp_path, *rows).sums.filter(entity=CITY).height == 2


def test_a_ceiling_of_which_a_part_is_unsaid_refuses_nothing(tmp_path: Path) -> None:
    rows = [*rows_of(CITY, ("exported", "electricity", "50", "MWh")), *rows_of("P1", ("purchased", "electricity", "C", "MWh")),
            *rows_of("P2", ("purchased", "electricity", "20", "MWh"))]  # fmt: skip
    made = run(tmp_path, *rows)
    assert made.sums.filter(entity=CITY, category="purchased")["notation_key"].to_list() == ["C"]
    assert made.findings.filter(code="ceiling.undecided")["entity"].to_list() == [CITY]


def test_what_cannot_stand_in_a_park_cannot_stand_in_its_city(tmp_path: Path) -> None:
    """The first park says how much coke was reductant, the second does not: its ferrosilicon is NE, and so is the city's."""
    alloy, coke = ("process", "ferrosilicon_75", "10", "t"), ("industry", "coke", "9", "t")
    rows = [*rows_of("P1", alloy, coke, ("non_energy_use", "coke", "4", "t")), *rows_of("P2", alloy, coke)]
    packs = "ipcc-2006,ipcc-2006-ippu,gbt-2589-2020"
    made = run(tmp_path / "in", *rows, packs=packs, view="ipcc2006")
    cells = made.inventory.filter(category="process", gas="CO2").select("entity", "notation_key", "reason").rows()
    assert [(entity, key, (reason or "").partition(":")[0]) for entity, key, reason in cells] == [
        ("330100", "NE", "parts.struck"), ("P1", None, ""), ("P2", "NE", "exclusive.reductant"),
    ]  # fmt: skip
    told = made.findings.filter(code="parts.struck").row(0, named=True)
    assert (told["entity"], told["severity"]) == (CITY, "error")
    assert "P2" in told["message_zh"]
    with pytest.raises(SystemExit) as left:
        main(["verify", str(made.save(tmp_path / "run").path)])
    assert not left.value.code


def test_what_has_no_cell_is_told_for_the_parts_and_not_again_for_their_whole(tmp_path: Path) -> None:
    rows = [*rows_of("P1", ("process", "electronics_gas", "3", "t")), *rows_of("P2", ("process", "electronics_gas", "4", "t"))]
    told = run(tmp_path, *rows, *rows_of("P1", ("industry", "anthracite", "1", "t"))).findings
    message = told.filter(code="factor.no_category")["message_en"].item()
    assert "2 quantities" in message
