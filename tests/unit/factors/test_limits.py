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
    assert gangue.source.endswith("check.py")  # nothing printed bounds it
