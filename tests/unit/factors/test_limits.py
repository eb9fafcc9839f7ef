"""Physical limits: traceable, wider than what was printed, and no shipped default is beyond them."""

from __future__ import annotations

import csv
from fractions import Fraction

import pytest

from accounting import shipped
from accounting.factors import pack
from accounting.factors.limits import limits
from accounting.factors.values import value

ROWS = list(csv.DictReader((shipped.datasets() / "limits" / "limits.csv").open(encoding="utf-8", newline="")))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['parameter']} {row['item']}")
def test_a_limit_is_wider_than_what_its_source_prints(row: dict[str, str]) -> None:
    assert row["source"]
    assert Fraction(row["least"]) < Fraction(row["most"])
    assert limits(row["parameter"], row["item"] or None, value(row["parameter"], "1", row["unit"]).measures)
    if row["printed_least"]:
        assert Fraction(row["least"]) < Fraction(row["printed_least"])
        assert Fraction(row["most"]) >= Fraction(row["printed_most"])


@pytest.mark.parametrize("name", pack.shipped_packs())
def test_no_default_of_a_shipped_pack_is_beyond_them(name: str) -> None:
    beyond = []
    for row in pack.load(name).parameters.to_dicts():
        measured = value(row["parameter"], row["value"], row["unit"])
        bounds = limits(row["parameter"], row["item"], measured.measures)
        if bounds and not bounds.least <= measured.exact <= bounds.most:
            beyond.append((row["parameter"], row["item"], row["value"], row["unit"]))
    assert beyond == []


def test_the_nearest_item_with_limits_is_asked() -> None:
    assert limits("ncv", "bituminous_coal", "t") == limits("ncv", "raw_coal", "t")
    assert limits("ncv", "petroleum_coke", "t") != limits("ncv", "other_petroleum_products", "t")
    gangue = limits("ncv", "gangue", "t")
    assert gangue is not None
    assert gangue == limits("ncv", None, "t")  # nothing printed bounds it
    assert (gangue.printed, gangue.least, gangue.most) == ("0.5–121 GJ/t", Fraction(1, 2), 121)


@pytest.mark.parametrize(
    ("parameter", "unit", "least", "most"),
    [
        ("co2_factor", "tCO2/t", 0, Fraction(44, 12)), ("co2_factor", "tCO2/10^3 m3", 0, 10), ("co2_factor", "tCO2/GJ", 0, Fraction(3, 10)),
        ("ncv", "GJ/10^3 m3", 1, 130), ("carbon_content", "tC/GJ", 0, Fraction(1, 10)), ("emission_factor", "tCO2/MWh", 0, 2),
        ("gwp", "1", 0, 30_000), ("u_ncv", "1", 0, 100), ("heel", "1", 0, 1), ("carbon_fraction", "tC/t", 0, 1),
    ],
)  # fmt: skip
def test_what_bounds_a_parameter_of_any_item(parameter: str, unit: str, least: Fraction, most: Fraction) -> None:
    found = limits(parameter, None, value(parameter, "1", unit).measures)
    assert found is not None
    assert (found.least, found.most) == (least, most)
