"""Table contracts: checked on values, for lazy frames too, and each check seen to fail."""

import polars as pl
import pytest
from pandera.config import ValidationDepth, config_context
from pandera.errors import SchemaError

from accounting import ranks, tables
from accounting.errors import InvariantBroken

SUM = {"entity": "110000", "year": 2007, "category": "farming", "item": "lpg", "unit": "t", "quantity": "1", "class": 5}
CELL = {"entity": "110000", "year": 2007, "category": "farming", "item": "lpg", "gas": "CO2", "scope": 1, "account": "main"}


def test_a_sound_table_passes_unchanged() -> None:
    table = tables.frame("sums", [SUM])
    assert tables.check("sums", table).equals(table)
    assert tables.check("sums", table.lazy()).collect().equals(table)


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize(
    "broken",
    [
        {"entity": ""},
        {"entity": None},
        {"year": 12},
        {"month": 13},
        {"basis": "dryish"},
        {"quantity": None},
        {"notation_key": "NO"},
    ],
)
def test_a_broken_value_is_caught(broken: dict, lazy: bool) -> None:
    table = tables.frame("sums", [SUM | broken])
    with pytest.raises(InvariantBroken, match="table.broken"):
        tables.check("sums", table.lazy() if lazy else table)


@pytest.mark.parametrize(
    "broken", [{}, {"mass_t": "1", "notation_key": "NE"}, {"mass_t": "1", "account": "other"}, {"mass_t": "1", "scope": 4}]
)
def test_a_cell_has_a_mass_or_a_notation_key(broken: dict) -> None:
    with pytest.raises(InvariantBroken):
        tables.check("inventory", tables.frame("inventory", [CELL | broken]))


def test_a_missing_or_extra_column_is_caught() -> None:
    table = tables.frame("sums", [SUM])
    for wrong in (table.drop("unit"), table.with_columns(pl.lit(1).alias("extra"))):
        with pytest.raises(InvariantBroken):
            tables.check("sums", wrong)


def test_every_table_has_an_order_of_its_own_columns() -> None:
    assert set(tables.ORDER) == set(tables.TABLES)
    assert all(set(order) <= set(tables.TABLES[name]) for name, order in tables.ORDER.items())


def test_sorting_changes_no_value() -> None:
    rows = [{"class": number, "gas": "CO2", "scope": 1, "account": "main", "parameter": "ncv", "rank": "0.1", "reason": "r"}
            for number in (2, 1)]  # fmt: skip
    in_order = tables.ordered("resolution", tables.frame("resolution", rows))
    assert in_order["class"].to_list() == [1, 2]
    assert in_order["rank"].to_list() == ["0.1", "0.1"]


def test_no_table_holds_int128() -> None:
    assert not [c for columns in tables.TABLES.values() for c, dtype in columns.items() if dtype == pl.Int128]


@pytest.mark.parametrize("numbers", [[1, 2, 3], [-(2**62), 2**62, 0]])
def test_the_packed_order_is_the_declared_one(numbers: list[int]) -> None:
    entities = ["b", "a", "𠮷", "é", "a b", "B"]
    rows = [
        SUM | {"entity": entity, "year": year, "month": month, "basis": basis, "class": number}
        for entity in entities
        for year in (2008, 2007)
        for month in (None, 2, 1)
        for basis in (None, "wet", "dry")
        for number in numbers[:1]
    ]
    table = tables.frame("sums", rows)
    naive = table.sort(tables.ORDER["sums"], nulls_last=False)
    assert tables.ordered("sums", table.sample(fraction=1, shuffle=True, seed=3)).equals(naive)
    classes = pl.DataFrame({"class": numbers, "gas": ["x", "y", "z"]})
    other = tables.frame("missing", [{"class": n, "gas": g} for n, g in classes.rows()])
    assert tables.ordered("missing", other)["class"].to_list() == sorted(numbers)


VALUES = {pl.String(): [None, "", "NO", "110000", "dry"], pl.Int16(): [None, 0, 12, 2007], pl.Int8(): [None, 0, 12, 13]}


@pytest.mark.parametrize(
    ("column", "value"), [(c, v) for c, dtype in tables.TABLES["sums"].items() for v in VALUES.get(dtype, [None, 0])]
)
@pytest.mark.parametrize("coded", [False, True])
def test_one_query_and_pandera_agree_on_what_is_sound(column: str, value: object, coded: bool) -> None:
    dtype = tables.TABLES["sums"][column]
    table = tables.frame("sums", [SUM]).with_columns(pl.lit(value).cast(dtype).alias(column))
    with config_context(validation_depth=ValidationDepth.SCHEMA_AND_DATA):
        try:
            sound = bool(tables.contract("sums").validate(table).height)
        except SchemaError:
            sound = False
    assert tables.keeps("sums", ranks.coded(table, tables.KEY) if coded else table) == sound


def test_tables_are_made_plain_when_they_are_asked_for() -> None:
    table = tables.frame("sums", [SUM])
    frames = tables.Frames({"sums": ranks.coded(table, tables.KEY)})
    assert (list(frames), len(frames)) == (["sums"], 1)
    assert frames["sums"].equals(table)
    assert tables.as_made(frames)["sums"].schema["entity"] == pl.Enum(["110000"])
    assert tables.Frames({"one": tables.empty("view")}, "view")["one"].schema == tables.TABLES["view"]


def test_what_breaks_a_coded_table_is_told_as_of_a_plain_one() -> None:
    table = ranks.coded(tables.frame("sums", [SUM | {"month": 13}]), tables.KEY)
    with pytest.raises(InvariantBroken) as broken:
        tables.check("sums", table)
    assert broken.value.facts_but_seen()["failure"].startswith("month in_range")


def test_a_word_that_no_row_has_breaks_nothing() -> None:
    table = tables.frame("sums", [SUM]).with_columns(pl.col("entity").cast(pl.Enum(["", "110000"])))
    assert tables.keeps("sums", table)
