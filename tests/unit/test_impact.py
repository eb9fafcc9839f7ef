"""What another pack does to a run: every cell and total against a run with that pack, exactly."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import packs
import polars as pl
import pytest

import accounting as ac
from accounting import codes, defaults, impact, views
from accounting.calculation import Terms
from accounting.errors import VerificationFailed
from accounting.factors import pack
from accounting.factors.electricity_years import STRICT
from accounting.inventory import boundary
from accounting.tables import CELL

ROWS = [
    ("330000", 2022, "industry", "anthracite", "1000", "t"),
    ("330000", 2022, "process", "clinker", "2000", "t"),
    ("370200", 2022, "industry", "blast_furnace_gas", "10", "万立方米"),
    ("370200", 2022, "transport", "diesel_oil", "500", "t"),
    ("370200", 2022, "purchased", "heat", "70", "GJ"),
    ("370200", 2022, "industry", "heat", "70", "GJ"),
]
OLD, NEW = ("provincial-2011", "cn-enterprise-2024", "cn-heat"), ("provincial-2025", "cn-enterprise-2024", "cn-heat")


def computed(*names: str, rows: list[tuple] = ROWS) -> ac.Run:
    columns = ["entity", "year", "category", "item", "quantity", "unit"]
    return ac.run(pl.DataFrame(rows, schema=columns, orient="row"), factors=names, view="china-pilot")


def compared(run: ac.Run, names: tuple[str, ...], old: str, new: str | Path) -> impact.Impact:
    gwp = {gas: Fraction(text) for gas, text in run.manifest["gwp"].items()}
    counted = views.view("china-pilot").counted()
    loaded = [pack.load(name) for name in names]
    old_pack = next(one for one in loaded if one.id == old)
    terms = Terms(loaded, counted, gwp, "AR5", defaults.MARKET_POLICY, STRICT, codes.Lineages())
    return impact.impact(run.tables, terms, old_pack, pack.load(new))


@pytest.fixture(scope="module")
def found() -> impact.Impact:
    return compared(computed(*OLD), OLD, "provincial-2011", "provincial-2025")


def test_both_sides_are_what_a_run_with_that_pack_gives(found: impact.Impact) -> None:
    for side, names in (("old", OLD), ("new", NEW)):
        run = computed(*names)
        cells = found.cells.select(*CELL, pl.col(f"{side}_mass_t").alias("mass_t"), pl.col(f"{side}_co2e_t").alias("co2e_t"))
        assert cells.drop_nulls("mass_t").equals(run.inventory.select(cells.columns).drop_nulls("mass_t").sort(CELL))


def test_a_cell_by_hand(found: impact.Impact) -> None:
    (gas,) = found.cells.filter(item="blast_furnace_gas").to_dicts()
    assert gas["state"] == "changed"
    assert (gas["old_mass_t"], gas["new_mass_t"]) == (Decimal("14.614380000000"), Decimal("84.811320000000"))
    assert gas["difference_mass_t"] == Decimal("70.196940000000")


def test_a_cell_that_loses_its_factor_is_lost_and_no_zero(found: impact.Impact) -> None:
    (clinker,) = found.cells.filter(item="clinker", gas="CO2").to_dicts()
    assert (clinker["state"], clinker["new_mass_t"], clinker["difference_mass_t"]) == ("lost", None, None)
    (total,) = found.totals.filter(entity="330000", gas="CO2").to_dicts()
    assert (total["lost_t"], total["lost"], total["missing_cells"]) == (Decimal(-1076), 1, 1)  # 2000 t × 0.538


def test_totals_add_up_and_never_over_entities_accounts_or_boundaries(found: impact.Impact) -> None:
    assert found.totals.select(impact.OF_A_TOTAL).is_unique().all()
    for total in found.totals.to_dicts():
        of_all = total["gas"] == impact.ALL_GASES
        cells = found.cells.with_columns(boundary())
        cells = cells.filter(**{name: total[name] for name in ("entity", "year", "account", "boundary")})
        cells = cells if of_all else cells.filter(gas=total["gas"])
        mass = "co2e_t" if of_all else "mass_t"
        old, new, both = (sum(cells[f"{side}_{mass}"].drop_nulls(), Decimal(0)) for side in ("old", "new", "difference"))
        assert (total["old_t"], total["new_t"], total["difference_t"]) == (old, new, new - old)
        assert total["difference_t"] == both + total["gained_t"] + total["lost_t"]


def test_a_total_without_any_mass_is_null_and_no_zero() -> None:
    clinker = [("330000", 2022, "process", "clinker", "2000", "t")]
    there = compared(computed(*OLD, rows=clinker), OLD, "provincial-2011", "provincial-2025").totals
    back = compared(computed(*NEW, rows=clinker), NEW, "provincial-2025", "provincial-2011").totals
    terms = ["old_t", "new_t", "difference_t", "gained_t", "lost_t"]
    assert there.select(terms).rows() == [(1076, None, None, 0, -1076)] * 2  # CO2 and CO2e
    assert back.select(terms).rows() == [(None, 1076, None, 1076, 0)] * 2


def test_the_other_way_round_gains_what_was_lost() -> None:
    back = compared(computed(*NEW), NEW, "provincial-2025", "provincial-2011")
    assert back.cells.filter(item="clinker", gas="CO2")["state"].to_list() == ["gained"]
    assert back.totals.filter(entity="330000", gas="CO2")["gained_t"].to_list() == [Decimal(1076)]


def test_what_differs_stands_largest_first(found: impact.Impact) -> None:
    differing = found.differing()
    assert set(differing["state"]) == {"changed", "lost"}
    assert differing["item"].to_list() == ["clinker", "blast_furnace_gas"]


def test_the_same_pack_changes_nothing() -> None:
    assert compared(computed(*OLD), OLD, "provincial-2011", "provincial-2011").differing().is_empty()


def test_a_run_that_its_packs_do_not_give_is_refused() -> None:
    run = computed(*OLD)
    moved = run.inventory.with_columns(
        pl.when(pl.col("item") == "clinker").then(Decimal(1)).otherwise("mass_t").alias("mass_t")
    )
    broken = ac.Run({**run.tables, "inventory": moved.cast(run.inventory.schema)}, run.views, run.manifest)
    with pytest.raises(VerificationFailed, match="diff.run_differs"):
        compared(broken, OLD, "provincial-2011", "provincial-2025")


def test_a_pack_of_one_s_own_takes_a_place(tmp_path: Path) -> None:
    own = packs.write(tmp_path / "heat", {"parameter": "emission_factor", "item": "heat", "value": "0.1", "unit": "tCO2/GJ"})
    found = compared(computed(*OLD), OLD, "cn-heat", own)
    cells = found.differing().select("old_mass_t", "new_mass_t").rows()
    assert cells == [(Decimal("7.7"), Decimal(7))] * 2  # 70 GJ × 0.11 and × 0.1
    heat = found.totals.filter(gas="CO2", entity="370200").filter(pl.col("boundary") != "direct")
    assert heat.select("boundary", "new_t").rows() == [("across", 7), ("used", 7)]  # the same heat, never 14


def test_the_document_is_json(found: impact.Impact) -> None:
    assert {"cells", "totals"} == set(json.loads(json.dumps(impact.document(found), default=str)))
