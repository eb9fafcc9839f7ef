"""Sums by direct address: exact to the last bit of an Int64, closed when keys outgrow them, equal to sums by hashing."""

from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.errors import Where
from accounting.ingest import columnar, grouping, headers
from accounting.ingest.packed import Packing, placed
from accounting.ingest.slots import Slots

LARGEST = 9 * 10**18
COLUMNS = {name: name for name in ("entity", "year", "category", "item", "unit")}
TYPES = {name: pl.Int64() if name == "year" else pl.String() for name in COLUMNS}
row = st.tuples(
    st.integers(1, 3), st.integers(100, 102), st.integers(1, 2), st.integers(1, 2), st.just(1), st.integers(0, LARGEST)
)


def packing(**words: int) -> Packing:
    made = Packing(COLUMNS, TYPES)
    for name in COLUMNS:
        if name != "year":
            made.number(name, pl.Series([f"{name} {number}" for number in range(words.get(name, 1))]))
    return made


def rows_at(rows: list[tuple[int, ...]]) -> pl.DataFrame:
    names = [*(placed(name) for name in COLUMNS), "integer"]
    return pl.DataFrame(rows, schema={name: pl.Int64 if name == "integer" else pl.UInt32 for name in names}, orient="row")


@given(st.lists(row, min_size=1, max_size=30))
def test_sums_are_those_of_python_however_large(rows: list[tuple[int, ...]]) -> None:
    words = packing(entity=3, category=2, item=2)
    slots = Slots.of(words, {"year": (100, 102)}, 36)
    assert slots is not None
    table = rows_at(rows).with_columns(slots.slot().alias("at"), words.key().alias("key"))
    slots.add(table["at"], table["integer"])
    expected, counted = Counter[int](), Counter[int]()
    for key, integer in table.select("key", "integer").iter_rows():
        expected[key] += integer
        counted[key] += 1
    groups = slots.groups()
    assert dict(groups.select("key", "sum").iter_rows()) == expected
    assert dict(groups.select("key", "rows").iter_rows()) == counted
    assert groups["key"].is_sorted()


def test_a_place_that_is_null_has_no_slot_though_it_is_the_only_one_of_its_field() -> None:
    slots = Slots.of(packing(), {"year": (100, 100)}, 1)
    assert slots is not None
    table = pl.DataFrame({placed(name): pl.Series([100 if name == "year" else 1, None], dtype=pl.UInt32) for name in COLUMNS})
    assert table.select(slots.slot()).to_series().to_list() == [0, None]


def test_slots_are_refused_beyond_the_rows_and_outgrown_by_words_and_years() -> None:
    words = packing(entity=3)
    assert Slots.of(words, {"year": (100, 102)}, 8) is None
    slots = Slots.of(words, {"year": (100, 102)}, 12)
    assert slots is not None
    assert slots.hold(words, {"year": (101, 101)})
    assert not slots.hold(words, {"year": (99, 101)})
    words.number("entity", pl.Series(["entity 3"]))
    assert slots.hold(words, {"year": (100, 102)}), "room for one entity more"
    words.number("entity", pl.Series(["entity 4"]))
    assert not slots.hold(words, {"year": (100, 102)})
    words = packing()
    slots = Slots.of(words, {"year": (100, 102)}, 100)
    words.number("item", pl.Series(["item 1"]))
    assert slots is not None
    assert not slots.hold(words, {"year": (100, 102)}), "only the first field has room"


@pytest.mark.parametrize("order", [["entity", "year"], ["year", "entity"], ["item", "entity"]])
@pytest.mark.parametrize("quantities", [[1.5, 0.1, 2.0], [1.5, -1.0, None]])
def test_slots_and_hashing_give_the_same_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: list[str], quantities: list[float]
) -> None:
    years, entities = [2005, 2006, 2006, 2020], ["B", "A", "C", "B"]
    table = pl.DataFrame(
        {
            "entity": entities * 6,
            "year": years * 6,
            "category": ["transport"] * 20 + [None] * 4,
            "item": ["diesel_oil", "gasoline", "lpg"] * 8,
            "quantity": quantities * 8,
            "unit": ["t"] * 24,
        }
    ).sort(order)
    table.write_parquet(tmp_path / "table.parquet", row_group_size=5)
    made: list[bool] = []
    of = Slots.of

    def counted(*given: Any) -> Slots | None:
        slots = of(*given)
        made.append(slots is not None)
        return slots

    monkeypatch.setattr(Slots, "of", counted)
    by_slot = grouped(tmp_path / "table.parquet")
    assert set(made) == {True, False}, "some groups by slot, some by hashing"
    monkeypatch.setattr(Slots, "of", lambda *_: None)
    assert by_slot.equals(grouped(tmp_path / "table.parquet"))


@pytest.mark.parametrize(
    ("least", "most", "expected"),
    [(2005, 2007, (106, 108)), (2005.0, float("inf"), (106, 511)), (float("-inf"), 2005, (1, 106)), (None, None, (0, 0)),
     (float("nan"), float("nan"), (0, 0)), (float("inf"), float("-inf"), (0, 0))],
)  # fmt: skip
def test_the_places_of_any_numbers(least: float | None, most: float | None, expected: tuple[int, int]) -> None:
    assert packing().range("year", least, most) == expected


@pytest.mark.parametrize(("year", "code"), [(float("inf"), "year.shape"), (float("nan"), "")])
def test_one_year_that_is_no_number_refuses_its_row_alone(tmp_path: Path, year: float, code: str) -> None:
    table = pl.DataFrame(
        {"entity": ["110000"] * 3, "year": [2005.0, year, 2006.0], "category": ["transport"] * 3, "item": ["diesel_oil"] * 3,
         "quantity": [1.0, 2.0, 3.0], "unit": ["t"] * 3}
    )  # fmt: skip
    table.write_parquet(tmp_path / "table.parquet")
    made, account = columnar.summed(columnar.opened(tmp_path / "table.parquet"), [], Where("table"), "")
    assert made.height == 2
    assert account.rejected == 1
    assert [row["code"] for row in account.rejections if code] == [code] * bool(code)


def grouped(path: Path) -> pl.DataFrame:
    scan = pl.scan_parquet(path)
    schema = dict(scan.collect_schema())
    head = headers.head([headers.named(number, name) for number, name in enumerate(schema, 1)], Where("table"))
    found = grouping.grouped(path, scan, head, schema)
    assert found.factors == {1: Fraction(1)}
    return found.groups.sort("key", nulls_last=True)
