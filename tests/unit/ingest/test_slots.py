"""Sums by direct address: exact to the last bit of an Int64, closed when keys outgrow them, equal to sums by hashing."""

from collections import Counter
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.errors import Where
from accounting.ingest import grouping, headers
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
    by_slot = grouped(tmp_path / "table.parquet")
    monkeypatch.setattr(Slots, "of", lambda *_: None)
    assert by_slot.equals(grouped(tmp_path / "table.parquet"))


def grouped(path: Path) -> pl.DataFrame:
    scan = pl.scan_parquet(path)
    schema = dict(scan.collect_schema())
    head = headers.head([headers.named(number, name) for number, name in enumerate(schema, 1)], Where("table"))
    found = grouping.grouped(path, scan, head, schema)
    assert found.factors == {1: Fraction(1)}
    return found.groups.sort("key", nulls_last=True)
