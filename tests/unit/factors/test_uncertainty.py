"""The pack `uncertainty`: every derived row computed again from the bounds that the IPCC prints."""

from __future__ import annotations

from fractions import Fraction

import polars as pl

from accounting.exact import plain, rounded
from accounting.factors import pack
from accounting.factors.values import value

OF = {
    "energy_emission_factor": "u_factor",
    "ncv": "u_ncv",
    "emission_factor": "u_factor",
    "nitrogen_emission_factor": "u_factor",
}


def derived() -> dict[tuple, tuple[str, str, str]]:
    rows = pack.load("ipcc-2006").parameters.filter(pl.col("parameter").is_in(list(OF)) & pl.col("lower").is_not_null())
    found = {}
    for row in rows.to_dicts():
        least, middle, most = (Fraction(row[name]) for name in ("lower", "value", "upper"))
        lower, upper = (rounded((bound / middle - 1) * 100, 2) for bound in (least, most)) if middle else (0, 0)
        if lower or upper:
            gas = "N2O" if row["parameter"] == "nitrogen_emission_factor" else row["gas"]
            key = (OF[row["parameter"]], row["item"], row["category"], gas)
            found[key] = (plain(max(-lower, upper)), plain(lower), plain(upper))
    return found


def ours(*, printed: bool) -> dict[tuple, tuple[str, str, str]]:
    rows = pack.load("uncertainty").parameters.filter(pl.col("original_value").is_not_null() == printed)
    return {
        (row["parameter"], row["item"], row["category"], row["gas"]): (row["value"], row["lower"], row["upper"])
        for row in rows.to_dicts()
    }


def test_every_derived_row_follows_from_the_printed_bounds_and_none_is_left_out() -> None:
    assert ours(printed=False) == derived()


def test_a_row_by_hand() -> None:
    assert ours(printed=False)["u_factor", "gasoline", None, "CO2"] == ("5.34", "-2.6", "5.34")  # 67 500, 69 300, 73 000 kg/TJ


def test_fossil_fuel_data_have_the_recommended_default() -> None:
    rows = pack.load("uncertainty").parameters.filter(parameter="u_activity")
    assert {"industry", "thermal_power", "transport", "rural_residential", "aviation"} <= set(rows["category"])
    assert {value(r["parameter"], r["value"], r["unit"]).exact for r in rows.to_dicts()} == {Fraction(5, 100)}


def test_what_the_packs_print_by_themselves() -> None:
    printed = ours(printed=True)
    assert printed["u_factor", None, "aviation", "CH4_fossil"] == ("100", "-57", "100")
    assert printed["u_factor", None, "aviation", "N2O"] == ("150", "-70", "150")


def test_the_pack_changes_no_factor() -> None:
    import accounting as ac
    from accounting.methods import methods

    assert not {read for method in methods() for read in method.reads} & {"u_activity", "u_factor", "u_ncv"}
    table = pl.DataFrame(
        {"entity": ["370200"], "year": [2022], "category": ["industry"], "item": ["gasoline"], "quantity": ["1"], "unit": ["t"]}
    )
    with_it = ac.run(table, factors=["ipcc-2006", "uncertainty"])
    assert with_it.inventory.equals(ac.run(table, factors=["ipcc-2006"]).inventory)
