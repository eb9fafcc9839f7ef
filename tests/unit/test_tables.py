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


def sound_row(name: str) -> dict[str, object]:
    """A row of a table that keeps its contract: a figure, and no notation key beside it."""
    of_words = {"notation_key": None, "basis": "wet", "account": "main", "severity": "info", "kind": "default"}
    own = {**of_words, **({"code": "factor.missing"} if name == "missing" else {})}
    return {
        column: own.get(column, "x" if dtype == pl.String() else 2007 if column == "year" else 1)
        for column, dtype in tables.TABLES[name].items()
    }


def agreed(name: str, row: dict[str, object]) -> bool:
    """Whether a row keeps the contract of a table: pandera and one query say the same, its words coded or not."""
    table = pl.DataFrame({c: pl.Series([row[c]]).cast(dtype) for c, dtype in tables.TABLES[name].items()})
    with config_context(validation_depth=ValidationDepth.SCHEMA_AND_DATA):
        try:
            sound = bool(tables.contract(name).validate(table).height)
        except SchemaError:
            sound = False
    words = [c for c in (*tables.KEY, *tables.CELL, "row", "notation_key") if table.schema.get(c) == pl.String()]
    assert tables.keeps(name, table) == tables.keeps(name, ranks.coded(table, dict.fromkeys(words))) == sound, row
    return sound


CLOSED = {
    "notation_key": tables.NOTATION_KEYS, "basis": tables.BASES, "account": tables.ACCOUNTS,
    "severity": tables.SEVERITIES, "kind": tables.FINDING_KINDS, "code": tables.CAUSES,
}  # fmt: skip
AT_BOUNDS = {"year": (1899, 1900, 2200, 2201), "month": (0, 1, 12, 13), "scope": (0, 1, 3, 4), "lag": (-1, 0, 200, 201)}
COLUMNS = [(name, column) for name, columns in tables.TABLES.items() for column in columns]


def values(column: str, dtype: pl.DataType) -> tuple[object, ...]:
    """None, and values at both sides of every bound, in and out of every closed list."""
    if dtype == pl.String():
        return (None, "", "x", *CLOSED.get(column, ()))
    return (None, *AT_BOUNDS.get(column, (-1, 0, 1, 2)))


@pytest.mark.parametrize(("name", "column"), COLUMNS, ids=[".".join(pair) for pair in COLUMNS])
def test_one_query_and_pandera_agree_on_every_table(name: str, column: str) -> None:
    row, rule = sound_row(name), tables.contract(name).columns[column]
    assert agreed(name, row)
    kept = {value: agreed(name, row | {column: value}) for value in values(column, tables.TABLES[name][column])}
    assert any(kept.values())
    assert rule.nullable or not kept[None]
    assert not rule.checks or not all(sound for value, sound in kept.items() if value is not None)


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
