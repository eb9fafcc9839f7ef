"""Units against a table worked by hand, not through pint; and what is refused, never guessed."""

import csv
from fractions import Fraction

import pytest

from accounting import shipped, units
from accounting.errors import DataRefused

COAL = Fraction("29.3076")  # GJ in one tonne of standard coal: 7000 kcal × 4.1868 kJ
BY_HAND = {
    # mass, in t
    "t": ("t", 1), "吨": ("t", 1), "kg": ("t", Fraction(1, 1000)), "千克": ("t", Fraction(1, 1000)), "公斤": ("t", Fraction(1, 1000)),
    "g": ("t", Fraction(1, 10**6)), "克": ("t", Fraction(1, 10**6)), "kt": ("t", 1000), "Mt": ("t", 10**6), "千吨": ("t", 1000),
    "万吨": ("t", 10**4), "(万吨)": ("t", 10**4), "（万吨）": ("t", 10**4), "百万吨": ("t", 10**6), "亿吨": ("t", 10**8),
    "104 tn": ("t", 10**4), "(104 tn)": ("t", 10**4), "10^4 t": ("t", 10**4), "10⁴t": ("t", 10**4), "万 吨": ("t", 10**4),
    # volume, in 10^3 m3
    "m3": ("10^3 m3", Fraction(1, 1000)), "m³": ("10^3 m3", Fraction(1, 1000)), "立方米": ("10^3 m3", Fraction(1, 1000)),
    "千立方米": ("10^3 m3", 1), "万立方米": ("10^3 m3", 10), "亿立方米": ("10^3 m3", 10**5), "亿m3": ("10^3 m3", 10**5),
    "108 cu.m": ("10^3 m3", 10**5), "10^4 m3": ("10^3 m3", 10), "万Nm3": ("10^3 m3", 10), "万标准立方米": ("10^3 m3", 10),
    # heat, in GJ
    "GJ": ("GJ", 1), "TJ": ("GJ", 1000), "MJ": ("GJ", Fraction(1, 1000)), "kJ": ("GJ", Fraction(1, 10**6)), "百万千焦": ("GJ", 1),
    "百亿千焦": ("GJ", 10**4), "1010 kJ": ("GJ", 10**4), "万百万千焦": ("GJ", 10**4), "吉焦": ("GJ", 1), "太焦": ("GJ", 1000),
    "tce": ("GJ", COAL), "吨标准煤": ("GJ", COAL), "万吨标准煤": ("GJ", COAL * 10**4), "万吨标煤": ("GJ", COAL * 10**4),
    "104 tce": ("GJ", COAL * 10**4), "kgce": ("GJ", COAL / 1000), "千克标准煤": ("GJ", COAL / 1000), "ktce": ("GJ", COAL * 1000),
    "Mtce": ("GJ", COAL * 10**6), "toe": ("GJ", Fraction("41.868")), "GJ(NCV)": ("GJ", 1), "GJ(高位)": ("GJ", 1),
    "千卡(低位)": ("GJ", Fraction("4.1868") / 10**6), "Gcal(GCV)": ("GJ", Fraction("4.1868")),
    # electricity, in MWh
    "kWh": ("MWh", Fraction(1, 1000)), "MWh": ("MWh", 1), "GWh": ("MWh", 1000), "TWh": ("MWh", 10**6), "度": ("MWh", Fraction(1, 1000)),
    "千瓦时": ("MWh", Fraction(1, 1000)), "万千瓦时": ("MWh", 10), "亿千瓦时": ("MWh", 10**5), "108 kW•h": ("MWh", 10**5),
    "千瓦小时": ("MWh", Fraction(1, 1000)), "万度": ("MWh", 10),
    # transport and people
    "吨公里": ("10^4 t·km", Fraction(1, 10**4)), "万吨公里": ("10^4 t·km", 1), "亿吨公里": ("10^4 t·km", 10**4),
    "万人公里": ("10^4 person·km", 1), "km": ("10^4 km", Fraction(1, 10**4)), "万公里": ("10^4 km", 1), "万人": ("10^4 persons", 1),
    "人": ("10^4 persons", Fraction(1, 10**4)), "万辆": ("10^4 vehicles", 1),
    # gases and carbon
    "tCO2": ("t CO2", 1), "万吨CO2": ("t CO2", 10**4), "kgCO2": ("t CO2", Fraction(1, 1000)), "tCO2e": ("t CO2e", 1), "tC": ("t C", 1),
}  # fmt: skip


@pytest.mark.parametrize("spelling", BY_HAND)
def test_a_spelling_is_what_it_is_by_hand(spelling: str) -> None:
    base, factor = BY_HAND[spelling]
    known = units.unit(spelling)
    assert (known.base, known.factor) == (base, Fraction(factor))


@pytest.mark.parametrize(
    ("spelling", "basis"),
    [
        ("Nm3", "stp0"),
        ("m3", None),
        ("万标准立方米", "stp0"),
        ("m3(20℃)", "stp20"),
        ("GJ", None),
        ("GJ(低位)", "ncv"),
        ("GJ(HHV)", "gcv"),
        ("tce", None),
    ],
)
def test_a_basis_is_stated_or_null(spelling: str, basis: str | None) -> None:
    assert units.unit(spelling).basis == basis


REFUSED = {
    "unit.ambiguous": ["ton", "tons", "TON", "MT", "mt", "C", "m", "T", "th", "k", "Sm3"],
    "unit.calorie": ["kcal", "大卡", "cal", "万大卡", "Gcal"],
    "unit.not_used": ["kW", "元", "%", "短吨", "MMBtu"],
    "unit.unknown": [
        "桶",
        "",
        "吨吨",
        "9**9**9**9",
        "t/t",
        "knot",
        "__import__('os')",
        "吨" * 40,
        "10^99 t",
        "kt;m3",
        "华氏度",
    ],
}


@pytest.mark.parametrize(("code", "spelling"), [(code, text) for code, texts in REFUSED.items() for text in texts])
def test_what_is_not_plain_is_refused(code: str, spelling: str) -> None:
    with pytest.raises(DataRefused) as caught:
        units.unit(spelling)
    assert caught.value.code == code
    assert units.find(spelling) is None


def test_conversion_is_exact_and_goes_both_ways() -> None:
    assert units.convert("1.5", "万吨标准煤", "GJ") == Fraction(439614)
    assert units.convert(units.convert("7", "万吨标准煤", "GJ"), "GJ", "万吨标准煤") == 7
    assert units.convert("1", "kt", "万吨") == Fraction(1, 10)


@pytest.mark.parametrize(
    ("source", "target", "code"),
    [
        ("t", "GJ", "unit.convert"),
        ("kWh", "GJ", "unit.convert"),
        ("Nm3", "m3", "unit.basis"),
        ("GJ(NCV)", "GJ(GCV)", "unit.basis"),
        ("tCO2", "t", "unit.convert"),
        ("tCO2", "tC", "unit.convert"),
    ],
)
def test_nothing_converts_across_dimensions_or_bases(source: str, target: str, code: str) -> None:
    with pytest.raises(DataRefused) as caught:
        units.convert("1", source, target)
    assert caught.value.code == code


@pytest.mark.parametrize("value", ["1,5", "nan", "1e5", ""])
def test_only_a_plain_decimal_converts(value: str) -> None:
    with pytest.raises(DataRefused, match=r"unit\.number"):
        units.convert(value, "t", "kg")


def test_every_listed_spelling_compiles_to_a_positive_factor() -> None:
    rows = units.listed()
    assert len(rows) > 100
    assert all(Fraction(str(row["factor"])) > 0 for row in rows)


def test_the_factors_that_travel_are_those_that_pint_finds() -> None:
    with (shipped.datasets() / "codes" / "unit_factors.csv").open(encoding="utf-8", newline="") as source:
        travel = {(row["definition"], row["base"]): Fraction(row["factor"]) for row in csv.DictReader(source)}
    assert travel == units.compiled()
