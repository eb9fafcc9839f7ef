"""Codes: regions with their years, items and categories of the contract, one meaning a word."""

from collections import Counter

import pytest

from accounting import codes
from accounting.errors import DataRefused

ITEMS = [
    "raw_coal",
    "cleaned_coal",
    "other_washed_coal",
    "briquettes",
    "coke",
    "coke_oven_gas",
    "other_gas",
    "other_coking_products",
    "crude_oil",
    "gasoline",
    "kerosene",
    "diesel_oil",
    "fuel_oil",
    "lpg",
    "refinery_gas",
    "other_petroleum_products",
    "natural_gas",
    "heat",
    "electricity",
    "other_energy",
    "blast_furnace_gas",
    "converter_gas",
    "lng",
    "naphtha",
    "anthracite",
    "bituminous_coal",
    "lignite",
    "green_electricity_direct",
    "green_electricity_contract",
    "green_certificate",
    "steam",
    "clinker",
    "lime",
    "glass",
    "crude_steel",
    "ferroalloys",
    "primary_aluminium",
    "ammonia",
    "nitric_acid",
    "adipic_acid",
    "calcium_carbide",
    "hcfc22",
    "sf6",
]
CATEGORIES = [
    "farming",
    "industry",
    "construction",
    "transport",
    "wholesale_retail",
    "other_services",
    "urban_residential",
    "rural_residential",
    "thermal_power",
    "heating_supply",
    "thermal_power_output",
    "heating_output",
    "non_energy_use",
    "production",
    "inflow",
    "import",
    "outflow",
    "export",
    "stock_change",
    "coal_washing",
    "coking",
    "refining",
    "gas_works",
    "coal_products",
    "loss",
    "statistical_difference",
    "total_consumption",
    "bunkers",
    "refuelling_abroad",
    "purchased",
    "exported",
    "self_generated",
    "net_import",
    "process",
    "road_fuel",
    "road_vkt",
    "road_turnover",
    "rail",
    "water",
    "aviation",
    "landfill",
    "incineration",
    "wastewater_domestic",
    "wastewater_industrial",
    "coal_mining",
    "oil_gas",
    "industry/C30",
]


@pytest.mark.parametrize("id", ITEMS)
def test_an_item_of_the_contract_is_known(id: str) -> None:  # noqa: A002
    known = codes.item(id)
    assert known.id == id
    assert codes.item(known.name_zh).id == codes.item(known.name_en).id == id


@pytest.mark.parametrize("id", CATEGORIES)
def test_a_category_of_the_contract_is_known(id: str) -> None:  # noqa: A002
    known = codes.category(id)
    assert known.id == id
    assert codes.category(known.name_zh).id == id


def test_no_word_means_two_things() -> None:
    for known in (codes.items(), codes.categories(), codes.gases()):
        words = Counter(codes.words.folded(word) for one in known for word in {one.id, one.name_zh, one.name_en, *one.aliases})
        own = Counter(
            codes.words.folded(w)
            for one in known
            for w in {codes.words.folded(x) for x in (one.id, one.name_zh, one.name_en, *one.aliases)}
        )
        assert max(own.values()) == 1, [word for word, count in own.items() if count > 1]
        assert words


@pytest.mark.parametrize("text", ["110000", "北京", "北京市", "Beijing", "BEIJING ", " 北 京 "])
def test_a_province_by_any_of_its_names(text: str) -> None:
    assert codes.region(text).code == "110000"


def test_there_are_thirty_four_provinces() -> None:
    assert sum(known.kind == "province" for known in codes.regions().values()) == 34


def test_every_parent_and_successor_is_a_code() -> None:
    known = codes.regions()
    assert all(one.parent in known or one.parent == codes.NATION for one in known.values())
    assert all(one.successor in known for one in known.values() if one.successor)
    assert all(one.valid_to is not None for one in known.values() if one.successor)


def test_validity_runs_forward() -> None:
    assert all((one.valid_from or 0) <= (one.valid_to or 9999) for one in codes.regions().values())


@pytest.mark.parametrize(
    ("code", "good", "bad", "successor"),
    [
        ("341400", 2011, 2012, "340100"),
        ("371200", 2018, 2019, "370100"),
        ("110103", 2010, 2011, "110101"),
        ("632100", 2013, 2014, "630200"),
    ],
)
def test_an_abolished_code_is_refused_with_its_successor(code: str, good: int, bad: int, successor: str) -> None:
    assert codes.region(code, good).code == code
    with pytest.raises(DataRefused) as caught:
        codes.region(code, bad)
    assert caught.value.code == "entity.code_not_valid_in_year"
    assert successor in caught.value.facts["successor"]


@pytest.mark.parametrize(("code", "year"), [("460300", 2007), ("110118", 2010), ("340181", 2010)])
def test_a_code_is_refused_before_its_time(code: str, year: int) -> None:
    with pytest.raises(DataRefused, match="entity.code_not_valid"):
        codes.region(code, year)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("999999", "entity.unknown_code"),
        ("亚特兰蒂斯", "entity.unknown_name"),
        ("鼓楼区", "entity.ambiguous_name"),
        ("", "entity.unknown_name"),
    ],
)
def test_what_is_no_region_is_said(text: str, code: str) -> None:
    with pytest.raises(DataRefused) as caught:
        codes.region(text)
    assert caught.value.code == code


def test_a_name_of_province_and_city_means_the_province() -> None:
    assert codes.find_region("吉林") == "220000"
    assert codes.find_region("吉林市") == "220200"


def test_ancestors_end_with_the_nation() -> None:
    assert codes.ancestors("370203") == ("370200", "370000", "GRID_NORTH_CHINA", "GRID6_NORTH_CHINA", "CN")
    assert codes.ancestors("110105") == ("110000", "GRID_NORTH_CHINA", "GRID6_NORTH_CHINA", "CN")
    assert codes.ancestors("510100")[-3:] == ("GRID_SOUTHWEST", "GRID6_CENTRAL", "CN")  # seven regions, then six
    assert codes.ancestors("park-7") == ("CN",)


@pytest.mark.parametrize(("word", "near"), [("原媒", "原煤"), ("desel_oil", "diesel_oil")])
def test_a_slip_is_answered_with_the_nearest_word(word: str, near: str) -> None:
    with pytest.raises(DataRefused) as caught:
        codes.item(word)
    assert near in caught.value.facts["close"]
