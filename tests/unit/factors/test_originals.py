"""A value against the figure that its source prints, by exact conversion."""

from __future__ import annotations

import pytest

from accounting.factors import pack
from accounting.factors.originals import agrees

AGREE = [
    ("ncv", "26344", "kJ/kg", "26 344", "千焦/千克"),
    ("ncv", "26.344", "GJ/t", "26,344", "kJ/kg"),
    ("ncv", "38.931", "GJ/10^3 m3", "389.31", "GJ/万Nm3"),
    ("ncv", "12545", "kJ/kg", "8 363～12 545", "千焦/千克"),
    ("carbon_content", "27.4", "tC/TJ", "27.4", "10^-3 tC/GJ"),
    ("carbon_content", "26.8", "kgC/GJ", "26.8", "kg/GJ"),
    ("emission_factor", "7", "kg/t", "7", "kg N2O/t HNO3 (100%)"),
    ("emission_factor", "0.007", "t/t", "7", "kg N2O/t HNO3"),
    ("carbon_fraction", "0.152", "tC/t", "0.4 × 0.38", "dry matter × kgC/kg dry"),
    ("methane_capacity", "0.6", "1", "0.6", "kg CH4/kg BOD"),
    ("oxidation_factor", "98", "%", "0.98", "1"),
    ("oxidation_factor", "0.98", "1", "0.98", "fraction"),
    ("gwp", "28", "1", "28", "kg CO2e/kg"),
]
DISAGREE = [
    ("ncv", "26344", "kJ/kg", "26 334", "千焦/千克"),  # two digits changed places
    ("ncv", "26344", "kJ/kg", "26 344", "千焦/吨"),
    ("ncv", "10454", "kJ/kg", "8 363～12 545", "千焦/千克"),  # the middle of a range is not printed
    ("carbon_content", "27.4", "tC/TJ", "27.4", "tC/GJ"),
    ("emission_factor", "7", "kg/t", "7", "g N2O/t HNO3"),
    ("ncv", "38.931", "GJ/10^3 m3", "38.931", "GJ/t"),
]
UNTOLD = [
    ("gwp", "28", "1", "twenty-eight", "kg CO2e/kg"),
    ("ncv", "1234567", "kJ/kg", "1 23 4567", "kJ/kg"),
    ("emission_factor", "0.017", "g/km", "17", "mg/km"),
    ("carbon_fraction", "0.041", "tC/t", "4.1", "%"),
]


@pytest.mark.parametrize("case", AGREE, ids=str)
def test_the_same_number_in_other_words(case: tuple[str, ...]) -> None:
    assert agrees(*case)


@pytest.mark.parametrize("case", DISAGREE, ids=str)
def test_another_number(case: tuple[str, ...]) -> None:
    assert agrees(*case) is False


@pytest.mark.parametrize("case", UNTOLD, ids=str)
def test_what_cannot_be_read_is_not_judged(case: tuple[str, ...]) -> None:
    assert agrees(*case) is None


def test_a_changed_digit_of_any_value_of_any_pack_is_seen() -> None:
    for name in pack.shipped_packs():
        for row in pack.load(name).parameters.drop_nulls("original_value").to_dicts():
            told = (row["unit"], row["original_value"], row["original_unit"])
            assert agrees(row["parameter"], row["value"], *told), row
            assert agrees(row["parameter"], row["value"] + ("1" if "." in row["value"] else ".1"), *told) is not True, row
