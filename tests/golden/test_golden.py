"""Every golden case against the engine, and its `by hand` line against the printed cell."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import own_project
import polars as pl
import pytest
from golden.cases import Case, Cell, by_hand, cell, read

import accounting as ac
from accounting.methods import methods

OWN = Path(__file__).parent / "packs"
CASES = [case for file in sorted(Path(__file__).parent.glob("*.txt")) for case in read(file)]


def table(case: Case) -> pl.DataFrame:
    rows = []
    for given in case.all("given"):
        entity, year, category, item, quantity, *unit = given.split()
        rows.append((entity, year, category, item, quantity, " ".join(unit)))
    return pl.DataFrame(rows, schema=["entity", "year", "category", "item", "quantity", "unit"], orient="row")


PROJECT = ("entity", "own", "split", "coal", "part")


def outcome(case: Case) -> ac.Run | ac.Refused:
    if any(case.all(word) for word in PROJECT):
        with tempfile.TemporaryDirectory() as folder:
            return ac.run(project(case, Path(folder)))
    try:
        return ac.run(
            table(case),
            factors=[str(OWN / name) if (OWN / name).is_dir() else name for name in case.one("pack", "ceads-2018").split(",")],
            view=case.one("view", "energy-balance"),
            electricity=case.one("policy") or None,
            electricity_year=case.one("years") or None,
        )
    except ac.Refused as refused:
        return refused


def project(case: Case, folder: Path) -> Path:
    """The case as a project file with its tables."""
    entities, measured, splits, data = [], [], [], []
    for line in case.all("entity"):
        name, kind, parent, share, place = (*line.split(), "", "")[:5]
        entities.append((name, "", kind, parent, share, place))
    for line in case.all("own"):
        entity, when, parameter, item, value, unit = line.split()
        year, _, month = when.partition("-")
        measured.append(own_project.measured(entity, parameter, item, value, unit, year=year, month=month))
    for line in case.all("split"):
        place, item, shares = line.split(maxsplit=2)
        for part in shares.split(" + "):
            share, kind = part.split()
            splits.append((place, "", "", item, kind, share, "made for a test"))
    for line in case.all("given"):
        entity, when, category, item, quantity, *unit = line.split()
        year, _, month = when.partition("-")
        data.append((entity, year, month, category, item, quantity, " ".join(unit)))
    coal = f'[coal]\nsplit = "{case.one("coal")}"\n' if case.all("coal") else ""
    made: dict[str, list[str]] = {}
    for line in case.all("part"):
        whole, part = line.split()
        made.setdefault(whole, []).append(part)
    wholes = "".join(own_project.parts(whole, *of) for whole, of in made.items())
    tables = {"data": data, "entities": entities, "parameters": measured, "splits": splits}
    given = {name: rows for name, rows in tables.items() if rows}
    packs, view = case.one("pack", own_project.OFFICIAL), case.one("view", "china-pilot")
    return own_project.written(folder, coal + wholes, packs=packs, view=view, **given)


def rejections(result: ac.Run | ac.Refused) -> list[tuple[str, str]]:
    rejected = result.rejections
    return [] if rejected is None else list(rejected.select("code", "seen").iter_rows())


def test_there_are_at_least_120_cases() -> None:
    assert len(CASES) >= 120


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
    _methods_hold(case, result)
    _factors_hold(case, result)
    _cells_hold(case, result)
    _co2e_holds(case, result)
    for line in case.all("finding"):
        told = result.findings.filter(pl.col("code") == line.split()[0])["seen"].to_list()
        assert line.split('"')[1] in told


def _quantities_hold(case: Case, run: ac.Run) -> None:
    printed = sorted((Decimal(line.split()[0]), " ".join(line.split()[1:])) for line in case.all("quantity"))
    if printed:
        assert sorted(run.sums.select("quantity", "unit").rows()) == printed


def _factors_hold(case: Case, run: ac.Run) -> None:
    for line in case.all("factor"):
        gas, number, *_ = line.split()
        factors = run.effective.filter(pl.col("gas") == gas)["effective_factor"].to_list()
        assert Decimal(number) in factors


def _methods_hold(case: Case, run: ac.Run) -> None:
    reasons = run.inventory["reason"].drop_nulls().to_list()
    used = {*run.effective["method"].to_list(), *(reason.partition(":")[0] for reason in reasons)}
    assert set(case.all("method")) <= used


def _cells_hold(case: Case, run: ac.Run) -> None:
    """Every printed cell is there and no other, in the years that the case names (else in all)."""
    printed = [cell(line) for line in case.all("cell")]
    years = {one.year for one in printed} - {None}
    cells = run.inventory.filter(pl.col("year").is_in(years) if years else pl.lit(value=True))
    found = cells.select("gas", "year", "account", "mass_t", "notation_key").rows()
    for one in sorted(printed, key=lambda one: (one.year is None) + (one.account is None)):
        fitting = [row for row in found if _is_it(one, *row)]
        assert fitting, f"{one} is not among {found}"
        found.remove(fitting[0])
    assert found == []
    for line, one in zip(case.all("by hand"), _with_mass(case), strict=True):
        left, right = by_hand(line)
        assert left == right
        assert abs(left - Fraction(one.number)) <= Fraction(5, 10**13) + _quantity(case) * Fraction(5, 10**16)


def _co2e_holds(case: Case, run: ac.Run) -> None:
    for line in case.all("co2e"):
        gas, _, arithmetic = line.partition(" ")
        left, right = by_hand(arithmetic)
        assert left == right == sum(map(Fraction, run.inventory.filter(pl.col("gas") == gas)["co2e_t"].to_list()))


def _is_it(one: Cell, gas: str, year: int, account: str, mass: Decimal | None, key: str | None) -> bool:
    figure = key == one.number if mass is None else not one.is_absent and mass == Decimal(one.number)
    return figure and gas == one.gas and one.year in (None, year) and one.account in (None, account)


def _with_mass(case: Case) -> list[Cell]:
    return [one for one in map(cell, case.all("cell")) if not one.is_absent]


def _quantity(case: Case) -> Fraction:
    """All key sums of the case: a factor that no decimal ends is off by half of its last digit a unit."""
    return sum((abs(Fraction(line.split()[0])) for line in case.all("quantity")), Fraction(0))


@pytest.mark.parametrize("case", [c for c in CASES if _with_mass(c)], ids=lambda c: c.file)
def test_a_number_is_worked_by_hand(case: Case) -> None:
    assert len(case.all("by hand")) == len(_with_mass(case))


@pytest.mark.parametrize("method", [method.id for method in methods()])
def test_a_method_has_two_cases(method: str) -> None:
    assert sum(method in case.all("method") for case in CASES) >= 2
