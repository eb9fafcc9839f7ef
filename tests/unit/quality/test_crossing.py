"""Use of electricity and heat stands for itself unless its place and year says what of it crossed the boundary."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from accounting.quality.crossing import not_crossed
from accounting.ranks import coded

SCHEMA = {"entity": pl.String, "year": pl.Int16, "category": pl.String, "item": pl.String,
          "quantity": pl.Decimal(38, 9), "notation_key": pl.String}  # fmt: skip
USES = [("a", 2022, "electricity"), ("a", 2022, "steam"), ("a", 2021, "electricity"), ("b", 2022, "electricity"),
        ("a", 2022, "other_energy")]  # fmt: skip


def left(*across: tuple, code: bool = False) -> list[tuple]:
    uses = [(entity, year, "industry", item, Decimal(1), None) for entity, year, item in USES]
    sums = pl.DataFrame([*uses, *across], schema=SCHEMA, orient="row")
    sums = coded(sums, ["entity", "category", "item"]) if code else sums
    used = sums.lazy().filter(pl.col("category") == "industry")
    kept = not_crossed(used, sums.lazy(), ["industry", "purchased", "exported"]).collect()
    return [use for use in USES if use in set(kept.cast({"item": pl.String}).select("entity", "year", "item").rows())]


@pytest.mark.parametrize("code", [False, True])
def test_the_same_place_year_and_carrier(code: bool) -> None:
    assert left(("a", 2022, "purchased", "electricity", Decimal(9), None), code=code) == USES[1:]
    assert left(("a", 2022, "purchased", "heat", None, "NE"), code=code) == [USES[0], *USES[2:]]
    assert left(("b", 2022, "purchased", "green_electricity_direct", Decimal(9), None), code=code) == [*USES[:3], USES[4]]


@pytest.mark.parametrize(
    "across",
    [
        ("a", 2022, "exported", "electricity", Decimal(9), None),
        ("a", 2022, "self_generated", "electricity", Decimal(9), None),
        ("a", 2022, "net_import", "electricity", Decimal(9), None),  # not counted here
        ("a", 2022, "purchased", "electricity", Decimal(0), None),
        ("a", 2022, "purchased", "electricity", None, "IE"),
        ("a", 2022, "purchased", "waste_heat", Decimal(9), None),  # no method counts it
        ("a", 2022, "purchased", "green_certificate", Decimal(9), None),
    ],
)
def test_what_says_nothing_of_use(across: tuple) -> None:
    assert left(across) == USES
