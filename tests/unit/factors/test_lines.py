"""Lines of places: one for all entities of which a project says the same, in the years in which it says so."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import pytest

from accounting.codes import Belonging, Lineages
from accounting.factors.lines import LINE, lined
from accounting.ranks import coded

IN_PARK, HALF = Belonging("P1"), Fraction(1, 2)
SAID = {
    "E1": (IN_PARK,),
    "E2": (IN_PARK,),
    "E3": (IN_PARK,),
    "P1": (Belonging("330100"),),
    "PLACED": (Belonging("P1", place="330200"),),
    "DIVIDED": (Belonging("330100", HALF), Belonging("330200", HALF)),
    "MOVED": (Belonging("330100", until=2019), Belonging("110000", since=2020)),
    "330100": (Belonging("110000"),),
}


def numbered(*keys: tuple[str, int], homes: tuple[str, ...] = ()) -> tuple[dict[tuple[str, int], int], dict]:
    table = pl.DataFrame(list(keys), schema={"entity": pl.String, "year": pl.Int16}, orient="row")
    sums, lines = lined(coded(table, ["entity"]), Lineages(SAID), pl.Series(homes, dtype=pl.String))
    return {(str(entity), year): line for entity, year, line in sums.select("entity", "year", LINE).rows()}, lines


def test_entities_of_which_the_same_is_said_share_a_line() -> None:
    of, lines = numbered(("E1", 2022), ("E2", 2022), ("E3", 2022), ("P1", 2022))
    assert of["E1", 2022] == of["E2", 2022] == of["E3", 2022] != of["P1", 2022]
    assert lines[of["E1", 2022]] == ("E1", "P1", "330100", "330000", "GRID_EAST", "GRID6_EAST", "CN")
    assert set(lines) == set(of.values())


def test_what_has_values_of_its_own_has_a_line_of_its_own() -> None:
    of, lines = numbered(("E1", 2022), ("E2", 2022), ("E3", 2022), homes=("E2",))
    assert of["E1", 2022] == of["E3", 2022] != of["E2", 2022]
    assert lines[of["E2", 2022]][:2] == ("E2", "P1")


@pytest.mark.parametrize("entity", ["PLACED", "DIVIDED", "330100", "330000", "unsaid", "E1", "MOVED"])
@pytest.mark.parametrize("year", [2019, 2022])
def test_a_line_is_what_the_lineages_say(entity: str, year: int) -> None:
    of, lines = numbered(*((other, year) for other in (*SAID, "330000", "unsaid", "unsaid-2")))
    assert lines[of[entity, year]][1:] == Lineages(SAID).above(entity, year)


def test_an_entity_that_moves_has_a_line_for_each_of_its_places() -> None:
    of, lines = numbered(("MOVED", 2019), ("MOVED", 2020), ("MOVED", 2021), ("E1", 2019))
    assert of["MOVED", 2020] == of["MOVED", 2021] != of["MOVED", 2019]
    assert [lines[of["MOVED", year]][1] for year in (2019, 2020)] == ["330100", "110000"]


def test_no_key_no_line() -> None:
    assert numbered() == ({}, {})
