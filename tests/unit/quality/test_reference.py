"""The reference approach: apparent consumption by the balance's signs, its CO2 by hand, beside what the sectors burn."""

from __future__ import annotations

import csv
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import balance_sheets
import packs
import polars as pl
import pytest

import accounting as ac
from accounting import demo, shipped
from accounting.errors import UsageError
from accounting.quality.reference import REFERENCE, SUPPLIED

YEARBOOK = Path(__file__).parents[4] / "shared" / "data" / "yearbook-2007"
BALANCE = {  # worked_examples R1, R3, C1: coal of 19.57 GJ/t, 26.1 t C/TJ, 93 %
    "production": "8000", "inflow": "3500", "outflow": "900", "stock_change": "-250", "non_energy_use": "300",
    "industry": "10300",
}  # fmt: skip


def run(*rows: tuple[str, str, str, str], factors: tuple[str, ...] = ("cn-enterprise-2024",), **more: str) -> ac.Run:
    table = pl.DataFrame(
        [("370200", 2022, *row) for row in rows],
        schema=["entity", "year", "category", "item", "quantity", "unit"],
        orient="row",
    )
    return ac.run(table, factors=factors, **more)


def coal(**quantities: str) -> list[tuple[str, str, str, str]]:
    return [(category, "bituminous_coal", quantity, "t") for category, quantity in quantities.items()]


def row(made: ac.Run, item: str | None = "bituminous_coal", group: str | None = "solid") -> dict:
    found = made.reference().filter(pl.col("item").eq_missing(item) & pl.col("group").eq_missing(group))
    assert found.height == 1
    return found.row(0, named=True)


def test_the_coal_of_the_worked_example() -> None:
    ours = row(run(*coal(**BALANCE)))
    assert (ours["apparent_consumption"], ours["non_energy_use"], ours["unit"]) == (10350, 300, "t")  # R1, R3
    by_hand = (Fraction(10350) - 300) * Fraction("19.57") * Fraction("0.0261") * Fraction("0.93") * 44 / 12
    assert Fraction(ours["reference_co2_t"]) == by_hand
    assert round(by_hand, 1) == Fraction("17504.6")  # R4
    assert round(Fraction(ours["sectoral_co2_t"]), 1) == Fraction("17417.5")  # C1


def test_the_total_of_the_worked_example() -> None:
    others = [
        ("inflow", "diesel_oil", "500", "t"), ("transport", "diesel_oil", "500", "t"),
        ("import", "natural_gas", "120", "万Nm3"), ("industry", "natural_gas", "120", "万Nm3"),
    ]  # fmt: skip
    total = row(run(*coal(**BALANCE), *others), None, None)
    assert round(total["reference_co2_t"], 1) == Decimal("21647.2")  # R5
    assert round(total["sectoral_co2_t"], 1) == Decimal("21560.1")  # C4
    assert round(total["difference_percent"], 6) == 0.403929  # R6


@pytest.mark.parametrize("category", ["bunkers", "outflow", "export"])
@pytest.mark.parametrize("quantity", ["20", "-20"])
def test_what_leaves_is_taken_off_with_either_sign(category: str, quantity: str) -> None:
    assert row(run(*coal(production="1000", **{category: quantity})))["apparent_consumption"] == 980


@pytest.mark.parametrize("category", ["production", "inflow", "import", "refuelling_abroad"])
def test_what_comes_in_is_added(category: str) -> None:
    assert row(run(*coal(**{category: "20"})))["apparent_consumption"] == 20


@pytest.mark.parametrize(
    "word", ["国际燃料加注", "外轮、机在我国加油量(-)", "境外飞机和轮船在境内的加油量", "international bunkers"]
)
def test_the_words_for_bunkers_in_a_table(word: str) -> None:
    assert row(run(*coal(production="1000"), (word, "bituminous_coal", "20", "t")))["apparent_consumption"] == 980


def test_a_balance_sheet_and_a_table_of_the_same_figures_agree(tmp_path: Path) -> None:
    """800 + 71.89 − 174.55 − 9 − 76.56 − 3.15 = 608.63 (10^4 t), whether a table writes what leaves with its minus or without."""
    cells = {
        ("4.进口量", "煤油"): 800, ("5.我轮、机在外国加油量", "煤油"): 71.89, ("6.本省(区、市)调出量(-)", "煤油"): -174.55,
        ("7.出口量(-)", "煤油"): -9, ("8.外轮、机在我国加油量(-)", "煤油"): -76.56, ("9.库存增(-)、减(+)量", "煤油"): -3.15,
        ("三.损失量", "煤油"): 2,
    }  # fmt: skip
    balance_sheets.write(tmp_path / "sheet.xlsx", balance_sheets.Balance("6-15 山东能源平衡表(实物量)-2007", cells))
    of_sheet = ac.run(tmp_path / "sheet.xlsx", factors=["ceads-2018"])
    assert "supply.stock_sign" not in set(of_sheet.findings["code"])
    signs = {"import": "800", "refuelling_abroad": "71.89", "stock_change": "-3.15"}
    for leaving in (
        {"outflow": "174.55", "export": "9", "bunkers": "76.56"},
        {"outflow": "-174.55", "export": "-9", "bunkers": "-76.56"},
    ):
        for loss in ("2", "-2"):
            rows = [(name, "kerosene", quantity, "万吨") for name, quantity in {**signs, **leaving, "loss": loss}.items()]
            of_table = run(*rows, factors=("ceads-2018",))
            for made in (of_sheet, of_table):
                assert row(made, "kerosene", "liquid")["apparent_consumption"] == 6_086_300


def test_the_sign_of_stocks_in_a_table_is_said_and_kept() -> None:
    made = run(
        *coal(production="1000", stock_change="-30"), ("stock_change", "coke", "7", "t"), ("stock_change", "heat", "1", "GJ")
    )
    assert row(made)["apparent_consumption"] == 970
    (told,) = made.findings.filter(code="supply.stock_sign").to_dicts()
    assert (told["severity"], told["seen"]) == ("warning", "−30 t +7 t")
    assert "2 stock changes, read as increases of 30 t and decreases of 7 t" in told["message_en"]
    assert "supply.stock_sign" not in set(run(*coal(production="1", stock_change="0")).findings["code"])


def test_transformation_losses_and_recovery_are_no_supply() -> None:
    more = {"coking": "-500", "loss": "20", "recovery": "7", "coal_washing": "-90", "statistical_difference": "3"}
    assert row(run(*coal(production="1000", **more)))["apparent_consumption"] == 1000


def test_a_fuel_that_is_burnt_and_not_supplied_was_made_here() -> None:
    made = run(*coal(production="1000"), ("industry", "coke", "100", "t"))
    ours = row(made, "coke")
    assert (ours["apparent_consumption"], ours["reference_co2_t"], ours["reference_missing"]) == (None, 0, 0)
    assert ours["difference_percent"] == -100
    assert row(made, None)["sectoral_co2_t"] == ours["sectoral_co2_t"]


def test_a_fuel_without_a_factor_is_missing_and_nothing_is_compared() -> None:
    rows = [(category, item, "5", "t") for item in ("raw_coal", "diesel_oil") for category in ("import", "construction")]
    made = run(*rows)
    ours, total = row(made, "raw_coal"), row(made, None, None)
    assert (ours["reference_co2_t"], ours["reference_missing"], ours["sectoral_missing"]) == (None, 1, 1)
    assert "raw coal is to be split" in ours["reason"]
    assert (total["reference_missing"], total["difference_t"], total["difference_percent"]) == (1, None, None)
    assert total["reference_co2_t"] == row(made, "diesel_oil", "liquid")["reference_co2_t"]


def test_a_factor_of_one_sector_serves_no_supply(tmp_path: Path) -> None:
    own = packs.write(tmp_path / "own", {"category": "transport"}, {"category": "farming", "value": "2"})
    made = run(("inflow", "diesel_oil", "5", "t"), ("transport", "diesel_oil", "5", "t"), factors=(str(own),))
    ours = made.reference([str(own)]).filter(item="diesel_oil").row(0, named=True)
    assert (ours["reference_missing"], ours["sectoral_co2_t"]) == (1, 15)


def test_an_only_source_is_one_here_too() -> None:
    ours = row(run(("import", "lng", "5", "t"), factors=("ceads-2018", "ipcc-2006")), "lng", "gaseous")
    assert (ours["reference_co2_t"], ours["pack"]) == (None, None)
    assert "ceads-2018" in ours["reason"]


def test_a_value_of_another_fuel_is_said(tmp_path: Path) -> None:
    own = packs.write(tmp_path / "own", {"item": "raw_coal", "value": "2"})
    made = run(*coal(production="5"), factors=(str(own),))
    ours = made.reference([str(own)]).filter(item="bituminous_coal").row(0, named=True)
    assert (ours["reference_co2_t"], ours["reason"]) == (10, "取原煤的值 / a value of Raw coal")


def test_a_fuel_in_two_units_has_one_mass_and_no_quantity() -> None:
    ours = row(run(("import", "diesel_oil", "5", "t"), ("inflow", "diesel_oil", "42.652", "GJ")), "diesel_oil", "liquid")
    assert (ours["unit"], ours["apparent_consumption"], ours["non_energy_use"]) == ("GJ + t", None, None)
    assert round(ours["reference_co2_t"], 9) == round(6 * Decimal("3.095909637333333"), 9)


def test_months_and_bases_add_up() -> None:
    rows = [("import", "natural_gas", "3", "万Nm3"), ("import", "natural_gas", "4", "万m3")]
    ours = row(run(*rows), "natural_gas", "gaseous")
    assert ours["apparent_consumption"] == 70  # 10^3 m3


def test_a_run_without_a_supply_side_has_no_reference_approach(tmp_path: Path) -> None:
    made = run(*coal(industry="5", non_energy_use="1"))
    with pytest.raises(UsageError, match="reference.no_supply"):
        made.reference()


def test_a_place_without_a_supply_side_is_left_alone() -> None:
    table = pl.DataFrame(
        [("370200", 2022, "import", "diesel_oil", "5", "t"), ("110000", 2022, "transport", "diesel_oil", "5", "t")],
        schema=["entity", "year", "category", "item", "quantity", "unit"],
        orient="row",
    )
    assert ac.run(table, factors=["cn-enterprise-2024"]).reference()["entity"].unique().to_list() == ["370200"]


def test_a_stored_run_gives_the_same_table(tmp_path: Path) -> None:
    made = run(*coal(**BALANCE))
    stored = made.save(tmp_path / "run")
    assert ac.open(stored.path).reference().equals(made.reference())


def test_a_pack_that_is_not_at_hand_is_named(tmp_path: Path) -> None:
    own = packs.write(tmp_path / "own", {"item": "diesel_oil"})
    made = run(("import", "diesel_oil", "5", "t"), factors=(str(own),))
    with pytest.raises(UsageError, match="run.pack_gone"):
        made.reference()
    assert made.reference([str(own)]).filter(item="diesel_oil")["reference_co2_t"].item() == 15


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> ac.Run:
    folder = tmp_path_factory.mktemp("balances")
    demo.lay_out(folder, planted=None)
    return ac.run(folder, factors=["ceads-2018"])


def printed(entity: str, item: str) -> dict[str, Fraction]:
    with (shipped.datasets() / "balances-2007" / "balances.csv").open(encoding="utf-8", newline="") as source:
        return {r["row"]: Fraction(r["value"]) for r in csv.DictReader(source) if (r["entity"], r["item"]) == (entity, item)}


def test_diesel_of_beijing_by_hand(bundled: ac.Run) -> None:
    """Inflow 94.21, import 0, outflow −174.55, stock −3.15 (万吨), 0.57 of it no energy, 3.093819 t/t."""
    ours = bundled.reference().filter(entity="110000", item="diesel_oil").row(0, named=True)
    parts = printed("110000", "diesel_oil")
    assert ours["apparent_consumption"] == Decimal("-834900")
    assert sum(parts.get(name, Fraction(0)) for name in ("inflow", "import", "outflow", "export", "stock_change")) == Fraction(
        "-83.49"
    )
    assert ours["reference_co2_t"] == Decimal("-2600664.2514")  # (−834900 − 5700) × 3.093819
    assert ours["sectoral_co2_t"] == Decimal("5923116.4755")


@pytest.mark.parametrize("entity", ["110000", "370000", "640000"])
@pytest.mark.parametrize("item", ["gasoline", "kerosene", "diesel_oil", "fuel_oil", "lpg", "crude_oil", "coke"])
def test_every_oil_of_the_bundled_balances_from_the_printed_figures(bundled: ac.Run, entity: str, item: str) -> None:
    parts = printed(entity, item)
    names = [name for name in SUPPLIED if name != "bunkers"] + ["refuelling_by_foreigners"]
    apparent = sum((parts.get(name, Fraction(0)) for name in names), Fraction(0)) * 10_000
    factor = Fraction(next(r["value"] for r in _ceads() if r["item"] == item))
    ours = bundled.reference().filter(entity=entity, item=item)
    if not apparent and ours["apparent_consumption"].null_count():
        return
    assert Fraction(ours["apparent_consumption"].item()) == apparent
    excluded = parts.get("non_energy_use", Fraction(0)) * 10_000
    assert Fraction(ours["reference_co2_t"].item()) == (apparent - excluded) * factor


def _ceads() -> list[dict]:
    with (shipped.factors() / "ceads-2018" / "parameters.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def test_groups_and_totals_equal_their_parts(bundled: ac.Run) -> None:
    table = bundled.reference()
    assert dict(table.schema) == REFERENCE
    for mass in ("reference_co2_t", "sectoral_co2_t", "reference_missing", "sectoral_missing"):
        parts = table.filter(pl.col("item").is_not_null())
        groups = table.filter(pl.col("item").is_null() & pl.col("group").is_not_null())
        totals = table.filter(pl.col("group").is_null())
        assert parts[mass].sum() == groups[mass].sum() == totals[mass].sum()


@pytest.mark.skipif(not YEARBOOK.is_dir(), reason="the yearbook's sheets are not here")
def test_the_real_sheets_give_what_the_bundled_ones_give(bundled: ac.Run) -> None:
    real = ac.run(YEARBOOK, factors=["ceads-2018"]).reference()
    assert real["entity"].n_unique() == 10
    same = real.filter(pl.col("entity").is_in(["110000", "370000", "640000"]))
    ours = bundled.reference()
    assert same.select("group", "item", "apparent_consumption", "reference_co2_t").equals(
        ours.select("group", "item", "apparent_consumption", "reference_co2_t")
    )
    noise = same["sectoral_co2_t"].cast(pl.Float64) - ours["sectoral_co2_t"].cast(pl.Float64)
    assert noise.abs().max() < 1e-6  # computed cells of the sheet, 5.42000000000001, are 5.42 in the bundled table


@pytest.mark.skipif(not YEARBOOK.is_dir(), reason="the yearbook's sheets are not here")
def test_oil_of_the_real_sheets_is_near_what_the_sectors_burn() -> None:
    made = ac.run(YEARBOOK, factors=["ipcc-2006", "gbt-2589-2020"]).reference()
    liquid = made.filter(pl.col("item").is_null() & (pl.col("group") == "liquid")).select("entity", "difference_percent")
    found = {entity: round(percent, 2) for entity, percent in liquid.iter_rows()}
    assert (found["110000"], found["370000"], found["640000"]) == (-7.49, -5.76, -3.95)
