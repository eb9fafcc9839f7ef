"""Names by pinyin initials: data for every character that a name has."""

from __future__ import annotations

import csv
from itertools import pairwise

import pytest

from accounting import codes, shipped
from accounting.codes.initials import begins_with

# Where the letters begin in GB 2312 level 1, whose characters stand in the order of their pinyin.
BEGINNINGS = [
    "a啊",
    "b芭",
    "c擦",
    "d搭",
    "e蛾",
    "f发",
    "g噶",
    "h哈",
    "j击",
    "k喀",
    "l垃",
    "m妈",
    "n拿",
    "o哦",
    "p啪",
    "q期",
    "r然",
    "s撒",
    "t塌",
    "w挖",
    "x昔",
    "y压",
    "z匝",
]


def table() -> dict[str, str]:
    with (shipped.datasets() / "codes" / "initials.csv").open(encoding="utf-8", newline="") as source:
        return {row["letter"]: row["characters"] for row in csv.DictReader(source)}


def test_every_character_of_a_name_has_its_letter() -> None:
    known = set("".join(table().values()))
    names = [name for one in (*codes.items(), *codes.categories(), *codes.gases()) for name in (one.name_zh, *one.aliases)]
    assert {c for name in names for c in name if "一" <= c <= "鿿"} - known == set()  # add what is new to initials.csv


def test_the_letters_are_those_of_the_order_of_gb_2312() -> None:
    letters = table()
    bounds = [(pair[0], pair[1].encode("gb2312")) for pair in BEGINNINGS] + [("", b"\xd8\xa1")]
    for (letter, first), (_, end) in pairwise(bounds):
        codes_of = range(int.from_bytes(first, "big"), int.from_bytes(end, "big"))
        inside = "".join(code.to_bytes(2, "big").decode("gb2312", "ignore") for code in codes_of if 0xA1 <= code & 0xFF <= 0xFE)
        assert set(inside) - set(letters[letter]) - set("\n") == set(), letter


@pytest.mark.parametrize(
    ("word", "found"),
    [("ym", ("raw_coal", "bituminous_coal")), ("YM", ("raw_coal", "bituminous_coal")), ("ｙｍ", ("raw_coal", "bituminous_coal")),
     ("原煤", ("raw_coal",)), ("raw coal", ("raw_coal",)), ("ＲＡＷ＿ＣＯＡＬ", ("raw_coal",)), ("cy", ("diesel_oil",)), ("trq", ("natural_gas",)),
     ("汽油车", ("gasoline_vehicle",)), ("白云", ("dolomite", "dolomitic_lime", "magnesium_from_dolomite", "dolomite_flux")),
     ("y", None), ("", ()), ("  ", ()), ("zzz", ())],
)  # fmt: skip
def test_an_item_by_any_of_its_names(word: str, found: tuple[str, ...] | None) -> None:
    called = codes.items_called(word)
    if found is None:
        assert len(called) > 20  # one letter is part of many names, and no initials
    else:
        assert sorted(called) == sorted(found)


def test_every_item_and_category_is_found_by_its_own_initials() -> None:
    letters = {c: letter for letter, characters in table().items() for c in characters}
    for known, called in ((codes.items(), codes.items_called), (codes.categories(), codes.categories_called)):
        for one in known:
            if all("一" <= c <= "鿿" for c in one.name_zh) and len(one.name_zh) > 1:
                assert one.id in called("".join(letters[c] for c in one.name_zh)) or called(
                    "".join(letters[c] for c in one.name_zh)
                )


def test_a_character_with_two_readings_goes_by_both() -> None:
    assert begins_with("行业", "hy")
    assert begins_with("行业", "xy")
