"""Every golden case against the engine, and its `by hand` line against the printed cell."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from golden.cases import Case, by_hand, read

import accounting as ac

CASES = [case for file in sorted(Path(__file__).parent.glob("*.txt")) for case in read(file)]


def table(case: Case) -> pl.DataFrame:
    rows = []
    for given in case.all("given"):
        entity, year, category, item, quantity, *unit = given.split()
        rows.append((entity, year, category, item, quantity, " ".join(unit)))
    return pl.DataFrame(rows, schema=["entity", "year", "category", "item", "quantity", "unit"], orient="row")


def outcome(case: Case) -> ac.Run | ac.Refused:
    try:
        return ac.run(table(case), factors=case.one("pack", "ceads-2018").split(","))
    except ac.Refused as refused:
        return refused


def rejections(result: ac.Run | ac.Refused) -> list[tuple[str, str]]:
    rejected = result.rejections
    return [] if rejected is None else list(rejected.select("code", "seen").iter_rows())


def test_there_are_at_least_forty_cases() -> None:
    assert len(CASES) >= 40


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file} {case.title}")
def test_case(case: Case) -> None:
    result = outcome(case)
    expected = [(line.split()[0], line.split('"')[1]) for line in case.all("reject")]
    assert sorted(rejections(result)) == sorted(expected)
    if case.one("cells") == "none":
        assert isinstance(result, ac.Refused) or result.inventory.is_empty()
        return
    assert isinstance(result, ac.Run)
    _quantities_hold(case, result)
    _factors_hold(case, result)
    _cells_hold(case, result)


def _quantities_hold(case: Case, run: ac.Run) -> None:
    printed = sorted((Decimal(line.split()[0]), " ".join(line.split()[1:])) for line in case.all("quantity"))
    if printed:
        assert sorted(run.sums.select("quantity", "unit").rows()) == printed


def _factors_hold(case: Case, run: ac.Run) -> None:
    for line in case.all("factor"):
        gas, number, *_ = line.split()
        factors = run.effective.filter(pl.col("gas") == gas)["effective_factor"].to_list()
        assert Decimal(number) in factors


def _cells_hold(case: Case, run: ac.Run) -> None:
    cells = run.inventory.select("gas", "mass_t", "notation_key").rows()
    printed = [(line.split()[0], line.split()[1]) for line in case.all("cell")]
    assert sorted((gas, key or mass) for gas, mass, key in cells) == sorted(
        (gas, number if number.isalpha() else Decimal(number)) for gas, number in printed
    )
    for line, (_, number) in zip(case.all("by hand"), printed, strict=False):
        left, right = by_hand(line)
        assert left == right
        assert abs(left - Fraction(number)) <= Fraction(5, 10**13)


@pytest.mark.parametrize("case", [c for c in CASES if c.all("cell") and c.one("cell").split()[1] != "NE"], ids=lambda c: c.file)
def test_a_number_is_worked_by_hand(case: Case) -> None:
    assert len(case.all("by hand")) == len(case.all("cell"))
