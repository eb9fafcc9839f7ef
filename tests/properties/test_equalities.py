"""What may never change a result: how rows are split, ordered, written down and stored."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small import COLUMNS

import accounting as ac
from accounting import codes, units

ITEMS = {"diesel_oil": "t", "gasoline": "t", "natural_gas": "万立方米", "raw_coal": "万吨", "lpg": "kg"}
CATEGORIES = ("farming", "industry", "transport", "urban_residential", "thermal_power")
quantities = st.decimals(min_value=0, max_value=10**6, places=4).map(lambda d: f"{d:f}")
rows = st.tuples(
    st.sampled_from(["110000", "370200", "park-7"]),
    st.sampled_from([2007, 2019]),
    st.sampled_from(CATEGORIES),
    st.sampled_from(sorted(ITEMS)),
    quantities,
)  # fmt: skip
tables = st.lists(rows, min_size=1, max_size=12).map(lambda drawn: [(*row, ITEMS[row[3]]) for row in drawn])
few = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def digest(drawn: list[tuple]) -> str:
    return result(drawn).digest


def result(drawn: list[tuple]) -> ac.Run:
    return ac.run(pl.DataFrame(drawn, schema=COLUMNS, orient="row"), factors=["ceads-2018"])


@given(tables, st.randoms(use_true_random=False))
@few
def test_the_order_of_rows_does_not_matter(drawn: list[tuple], random: Random) -> None:
    assert digest(drawn) == digest(random.sample(drawn, len(drawn)))


@given(tables, st.integers(1, 9))
@few
def test_splitting_a_row_changes_nothing(drawn: list[tuple], tenths: int) -> None:
    whole = Decimal(drawn[0][4])
    part = (whole * tenths / 10).quantize(Decimal("0.0001"))
    halves = [(*drawn[0][:4], f"{piece:f}", drawn[0][5]) for piece in (part, whole - part)]
    assert digest(drawn) == digest([*halves, *drawn[1:]])


UNITS = {"t": ("kg", 1000), "万吨": ("t", 10_000), "kg": ("t", Fraction(1, 1000)), "万立方米": ("立方米", 10_000)}


@given(tables)
@few
def test_another_unit_of_the_same_quantity_changes_nothing(drawn: list[tuple]) -> None:
    unit, times = UNITS[drawn[0][5]]
    value = Fraction(drawn[0][4]) * times
    written = f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
    assert digest(drawn) == digest([(*drawn[0][:4], written, unit), *drawn[1:]])


@given(st.lists(st.decimals(0, 1, places=15).map(lambda d: f"{d:f}"), min_size=2, max_size=5))
@few
def test_what_needs_more_than_nine_decimals_is_off_by_less_than_one_unit_a_row(drawn: list[str]) -> None:
    made = result([("110000", 2007, "transport", "diesel_oil", value, "t") for value in drawn])
    exact = sum(map(Fraction, drawn))
    total = sum((Fraction(q) for q in made.sums["quantity"]), Fraction(0))
    assert abs(total - exact) <= len(drawn) * Fraction(1, 10**9)


@given(tables)
@few
def test_csv_xlsx_and_parquet_are_one_input(tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple]) -> None:
    folder = tmp_path_factory.mktemp("forms")
    frame = pl.DataFrame(drawn, schema=COLUMNS, orient="row")
    made = {name: ac.run(path, factors=["ceads-2018"]).digest for name, path in _written(frame, folder).items()}
    assert len(set(made.values())) == 1, made


def _written(frame: pl.DataFrame, folder: Path) -> dict[str, Path]:
    text = frame.write_csv()
    named = {"utf8": "utf-8", "bom": "utf-8-sig", "gbk": "gb18030", "utf16": "utf-16"}
    paths = {name: folder / f"{name}.csv" for name in named}
    for name, path in paths.items():
        path.write_bytes(text.encode(named[name]))
    (folder / "crlf.csv").write_bytes(text.replace("\n", "\r\n").encode())
    (folder / "tabs.tsv").write_text(frame.write_csv(separator="\t"), encoding="utf-8")
    frame.write_parquet(folder / "table.parquet")
    frame.with_columns(pl.col("entity").cast(pl.Categorical)).write_parquet(folder / "parts.parquet", row_group_size=2)
    _workbook(frame, folder / "table.xlsx")
    return {**paths, **{p.stem: p for p in folder.iterdir()}}


def _workbook(frame: pl.DataFrame, path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("表")
        for column, name in enumerate(frame.columns):
            sheet.write_string(0, column, name)
        for row, values in enumerate(frame.rows(), 1):
            for column, value in enumerate(values):
                sheet.write_string(row, column, str(value))


@given(tables)
@few
def test_names_and_ids_are_one(drawn: list[tuple]) -> None:
    named = [
        (codes.entity_name(entity, "zh"), year, codes.category(category).name_zh, codes.item(item).name_zh, value, unit)
        for entity, year, category, item, value, unit in drawn
    ]
    assert digest(drawn) == digest(named)


@given(tables)
@few
def test_every_cell_is_the_exact_sum_rounded_once(drawn: list[tuple]) -> None:
    made = result(drawn)
    factors = {row["class"]: Fraction(row["effective_factor"]) for row in made.effective.to_dicts()}
    exact: dict[tuple, Fraction] = {}
    for row in made.sums.to_dicts():
        if row["class"] in factors:
            key = (row["entity"], row["year"], row["category"], row["item"])
            exact[key] = exact.get(key, Fraction(0)) + Fraction(row["quantity"]) * factors[row["class"]]
    cells = {
        (r["entity"], r["year"], r["category"], r["item"]): Fraction(r["mass_t"])
        for r in made.inventory.to_dicts()
        if r["mass_t"] is not None
    }
    assert set(cells) == set(exact)
    assert all(abs(cells[key] - exact[key]) <= Fraction(1, 2 * 10**12) for key in cells)
    assert all(units.find(unit) for unit in made.sums["unit"])
