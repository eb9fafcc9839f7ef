"""What a project's tables came to is listed: taken, unused, assumed, rounded; nothing in silence."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from own_project import measured, parts, run, written

import accounting as ac

GAS = ("P1", 2022, "", "industry", "natural_gas", "10", "万立方米")
COAL = ("F1", 2022, "", "industry", "bituminous_coal", "100", "t")
P1 = ("P1", "钱塘园区", "park", "330100")


def told(folder: Path, code: str, more: str = "", **tables: list) -> list[dict]:
    return run(folder, more, **tables).findings.filter(pl.col("code") == code).to_dicts()


def test_own_values_are_one_info_finding_a_file(tmp_path: Path) -> None:
    rows = [
        measured("F1", "ncv", "bituminous_coal", "21.35", "GJ/t"),
        measured("F1", "oxidation_factor", "bituminous_coal", "98", "%"),
    ]
    (found,) = told(
        tmp_path, "own_value.taken", data=[COAL], parameters=rows, entities=[("F1", "热电厂", "facility", "330100")]
    )
    assert (found["kind"], found["severity"], found["file"], found["seen"]) == ("own_value", "info", "parameters.csv", "2")
    assert found["used"] == "G2, G3"
    assert "热电厂 (F1)" in found["message_zh"]


def test_an_own_value_that_serves_nothing_is_a_warning(tmp_path: Path) -> None:
    rows = [measured("F1", "ncv", "lignite", "12", "GJ/t"), measured("F9", "ncv", "bituminous_coal", "21.35", "GJ/t"),
            measured("F1", "ncv", "bituminous_coal", "21.35", "GJ/t", basis="wet")]  # fmt: skip
    (found,) = told(tmp_path, "own_value.unused", data=[COAL], parameters=rows)
    assert (found["severity"], found["used"]) == ("warning", "G2, G3, G4")


def test_a_default_is_not_said_where_an_own_value_was_taken(tmp_path: Path) -> None:
    made = run(tmp_path, data=[COAL], parameters=[measured("F1", "ncv", "bituminous_coal", "21.35", "GJ/t")])
    defaults = made.findings.filter(pl.col("code") == "factor.default")
    assert set(defaults["used"]) == {"provincial-2011"}  # carbon and oxidation; the heat is measured
    row = made.resolution.filter(pl.col("parameter") == "ncv").row(0, named=True)
    assert (row["pack"], row["value"], row["citation"], row["region"], row["tier"]) == (
        "own-values", "21.35", "化验室 2022 年报", "F1", 3,
    )  # fmt: skip
    assert row["rank"].startswith("0.")
    assert "19.57 GJ/t" in row["passed_over"]


def test_monthly_values_and_annual_quantities_are_a_finding_with_tonnes(tmp_path: Path) -> None:
    rows = [measured("P1", "ncv", "bituminous_coal", "21.35", "GJ/t", month=month) for month in ("1", "2")]
    entities = [P1, ("F1", "热电厂", "facility", "P1")]
    (found,) = told(tmp_path, "own_value.months", data=[COAL], parameters=rows, entities=entities)
    assert (found["kind"], found["severity"], found["entity"], found["seen"]) == ("plausibility", "warning", "F1", "100 t")
    assert found["stake_t"] > 0
    assert "热电厂 (F1)" in found["message_zh"]


def test_annual_quantities_and_those_of_other_months_are_told_apart(tmp_path: Path) -> None:
    given = (("P1", "", "100"), ("P2", "2", "60"), ("P2", "3", "40"))
    data = [(park, 2022, month, "industry", "bituminous_coal", quantity, "t") for park, month, quantity in given]
    rows = [measured("330100", "ncv", "bituminous_coal", "21.35", "GJ/t", month="1")]
    parks = [P1, ("P2", "二园", "park", "330100")]
    every = told(tmp_path, "own_value.months", parts("330100", "P1", "P2"), data=data, parameters=rows, entities=parks)
    found = [row for row in every if row["entity"] == "330100"]
    assert sorted(row["seen"] for row in found) == ["100 t", "100 t (2, 3)"]
    texts = {row["seen"]: row["message_en"] for row in found}
    assert "100 t is a quantity of the whole year" in texts["100 t"]
    assert "100 t is a quantity of the months 2, 3" in texts["100 t (2, 3)"]


def test_each_own_value_by_month_has_its_own_finding(tmp_path: Path) -> None:
    rows = [
        measured("F1", "ncv", "bituminous_coal", "21.35", "GJ/t", month="1"),
        measured("F1", "oxidation_factor", "bituminous_coal", "98", "%", month="2"),
    ]
    found = told(tmp_path, "own_value.months", data=[COAL], parameters=rows)
    assert [(row["cell"], row["used"], row["seen"]) for row in found] == [("F2", "1", "100 t"), ("F3", "2", "100 t")]


def test_an_own_value_taken_for_another_year_is_used(tmp_path: Path) -> None:
    data = [("F1", 2021, "", "purchased", "electricity", "1", "万千瓦时")]
    rows = [measured("F1", "emission_factor", "electricity", "0.4", "tCO2/MWh", gas="CO2")]
    for policy in ("fixed:2022", "nearest"):
        made = ac.run(written(tmp_path / policy[:5], packs="grid-cn", data=data, parameters=rows), electricity_year=policy)
        found = {code for code in made.findings["code"] if code.startswith("own_value.")}
        used = made.resolution.filter((pl.col("pack") == "own-values") & (pl.col("value") == "0.4"))
        assert found == ({"own_value.taken"} if used.height else {"own_value.unused"})
        assert used.height or policy == "nearest"


def test_months_that_all_have_a_value_are_no_finding(tmp_path: Path) -> None:
    data = [("F1", 2022, month, "industry", "bituminous_coal", "10", "t") for month in ("1", "2")]
    rows = [measured("F1", "ncv", "bituminous_coal", "21.35", "GJ/t", month=month) for month in ("1", "2")]
    made = run(tmp_path, data=data, parameters=rows)
    assert "own_value.months" not in set(made.findings["code"])
    assert "own_value.unused" not in set(made.findings["code"])


def test_a_split_is_listed_with_its_tonnes_and_one_that_serves_nothing_too(tmp_path: Path) -> None:
    data = [("140000", 2020, "", "industry", "raw_coal", "1", "万吨")]
    rows = [("140000", "", "", "raw_coal", "烟煤", "1", "函"), ("530000", "", "", "raw_coal", "褐煤", "1", "函")]
    made = run(tmp_path, data=data, splits=rows)
    found = {row["code"]: row for row in made.findings.to_dicts()}
    assert found["splits.taken"]["seen"] == "140000 every year: 10000 t"
    assert "山西各年的原煤 10000 t 按 1 烟煤 取因子" in found["splits.taken"]["message_zh"]
    assert "云南" in found["splits.unused"]["message_zh"]
    assert made.exit_code == 0


def test_the_short_cut_is_a_warning_with_its_tonnes_and_serves_only_what_no_row_splits(tmp_path: Path) -> None:
    data = [(code, 2020, "", "industry", "raw_coal", "100", "t") for code in ("140000", "530000")]
    rows = [("530000", "", "", "raw_coal", "褐煤", "1", "函")]
    made = run(tmp_path, '[coal]\nsplit = "bituminous"\n', data=data, splits=rows)
    (found,) = made.findings.filter(pl.col("code") == "splits.short_cut").to_dicts()
    assert (found["kind"], found["severity"], found["seen"]) == ("fallback", "warning", "100 t")
    assert made.exit_code == 1
    factors = dict(made.effective.select("place", "effective_factor").rows())
    assert len(set(factors.values())) == 2


def test_raw_coal_without_a_split_is_missing_never_zero_never_bituminous(tmp_path: Path) -> None:
    made = run(tmp_path, data=[("140000", 2020, "", "industry", "raw_coal", "100", "t")])
    row = made.inventory.row(0, named=True)
    assert (row["mass_t"], row["notation_key"]) == (None, "NE")
    assert made.findings.filter(pl.col("code") == "factor.missing")["seen"].to_list() == ["100 t"]


def test_rounded_pieces_and_absent_parts_are_listed(tmp_path: Path) -> None:
    entities = [("P1", "园区", "park", "330100", "1/3", "330100"), ("P1", "园区", "park", "330600", "2/3", "330100"),
                ("P2", "空园区", "park", "330100")]  # fmt: skip
    made = run(tmp_path, parts("330100", "P1", "P2"), data=[GAS], entities=entities)
    found = {row["code"]: row for row in made.findings.to_dicts()}
    assert (found["parts.rounded"]["severity"], found["parts.rounded"]["seen"]) == ("info", "1")
    assert "空园区 (P2)" in found["parts.absent"]["message_zh"]


def test_what_a_part_did_not_estimate_is_not_estimated_in_its_whole_and_said(tmp_path: Path) -> None:
    data = [
        ("P1", 2022, "", "industry", "natural_gas", "10", "万立方米"),
        ("P2", 2022, "", "industry", "natural_gas", "NE", "万立方米"),
    ]
    made = run(tmp_path, parts("330100", "P1", "P2"), data=data, entities=[P1, ("P2", "二园", "park", "330100")])
    (found,) = made.findings.filter(pl.col("code") == "parts.not_estimated").to_dicts()
    assert (found["severity"], found["entity"], found["seen"], found["used"]) == ("warning", "330100", "P2: 2022", "NE")
    assert "二园 (P2)" in found["message_zh"]
    cells = made.inventory.filter((pl.col("entity") == "330100") & (pl.col("gas") == "CO2"))
    assert cells.select("mass_t", "notation_key").rows() == [(None, "NE")]
    assert made.inventory.filter((pl.col("entity") == "P1") & (pl.col("gas") == "CO2"))["mass_t"].item() > 0


def test_nothing_is_added_over_a_part_and_its_whole(tmp_path: Path) -> None:
    data = [
        ("P1", 2022, "", "industry", "raw_coal", "100", "t"),
        ("P1", 2022, "", "industry", "coke", "7", "t"),
        ("P1", 2022, "", "self_generated", "electricity", "3", "MWh"),
    ]
    rows = [("330000", "", "", "raw_coal", "烟煤", "1", "函")]
    city = parts("330100", "P1")
    one = run(tmp_path / "one", packs="cn-enterprise-2024,grid-cn", data=data, entities=[P1], splits=rows)
    two = run(tmp_path / "two", city, packs="cn-enterprise-2024,grid-cn", data=data, entities=[P1], splits=rows)
    told = {"splits.taken", "factor.missing", "electricity.own_generation", "factor.no_category"}
    seen = [
        made.findings.filter(pl.col("code").is_in(told)).select("code", "item", "seen").sort("code", "item", "seen").rows()
        for made in (one, two)
    ]
    assert {code for code, _, _ in seen[0]} >= {"splits.taken", "electricity.own_generation"}
    assert seen[0] == seen[1]
    assert one.manifest["coverage"] == two.manifest["coverage"]


def test_a_factor_that_only_the_whole_lacks_is_missing(tmp_path: Path) -> None:
    data = [("P1", 2022, "", "industry", "raw_coal", "100", "t")]
    rows = [measured("P1", "co2_factor", "raw_coal", "1.9", "tCO2/t")]
    made = run(tmp_path, parts("330100", "P1"), data=data, entities=[P1], parameters=rows)
    missing = made.findings.filter((pl.col("code") == "factor.missing") & (pl.col("item") == "raw_coal"))
    assert "100 t" in missing["seen"].to_list()


def test_own_ids_that_are_listed_need_no_word(tmp_path: Path) -> None:
    made = run(tmp_path, data=[GAS, COAL], entities=[P1])
    (found,) = made.findings.filter(pl.col("code") == "entity.own_ids").to_dicts()
    assert found["used"] == "F1"


def test_names_are_shown_to_people(tmp_path: Path) -> None:
    from accounting.cli.printed import entity_label
    from accounting.export.people import for_people

    made = run(tmp_path, data=[GAS], entities=[P1]).save(tmp_path / "run")
    assert made.names == {"P1": "钱塘园区"}
    assert entity_label("P1", "zh", made.names) == "钱塘园区 P1"
    assert "钱塘园区" in for_people(made.inventory, "zh", own=made.names).row(0)


def test_a_park_takes_the_factor_of_its_grid(tmp_path: Path) -> None:
    data = [("P1", 2022, "", "purchased", "electricity", "1", "万千瓦时")]
    under = run(tmp_path / "a", packs="grid-cn", data=data, entities=[P1]).effective
    alone = run(tmp_path / "b", packs="grid-cn", data=data).effective
    main = pl.col("account") == "main"
    assert under.filter(main)["place"].item() != alone.filter(main)["place"].item() == "CN"


def test_a_park_that_moves_takes_the_factors_of_where_it_is_in_each_year(tmp_path: Path) -> None:
    data = [("P1", year, "", "purchased", "electricity", "1", "万千瓦时") for year in (2021, 2022)]
    moved = [("P1", "园区", "park", "330100", "", "", "", 2021), ("P1", "园区", "park", "530100", "", "", 2022)]
    places = run(tmp_path, packs="grid-cn", data=data, entities=moved).effective.filter(pl.col("account") == "main")
    assert dict(places.select("year", "place").rows()) == {2021: "330000", 2022: "530000"}
