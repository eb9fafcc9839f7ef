"""Parquet tables: the same sums and the same refusals as the same rows anywhere else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables_as_sheets import SHA, sums_of_parquet, sums_of_sheet

from accounting.errors import DataRefused
from accounting.ingest import account, columnar, grouping, leftover, packed

COLUMNS = ("entity", "year", "category", "item", "quantity", "unit")
GOOD = ("370200", 2022, "industry", "raw_coal", 12.5, "万吨")


def frame(*rows: tuple[Any, ...], **dtypes: Any) -> pl.DataFrame:
    kinds = {"entity": pl.String, "year": pl.Int32, "category": pl.String, "item": pl.String,
             "quantity": pl.Float64, "unit": pl.String, **dtypes}  # fmt: skip
    return pl.DataFrame(list(rows), schema=kinds, orient="row", strict=False)


def test_rows_are_added_up_by_key_in_base_units(tmp_path: Path) -> None:
    rows = frame(GOOD, ("370200", 2022, "工业", "原煤", 3.0, "t"), ("park-1", 2021, "transport", "diesel_oil", 0.1, "kg"))
    sums, answer = sums_of_parquet(rows, tmp_path)
    assert sums.select("entity", "category", "item", "quantity", "unit").rows() == [
        ("370200", "industry", "raw_coal", Decimal("125003.000000000"), "t"),
        ("park-1", "transport", "diesel_oil", Decimal("0.000100000"), "t"),
    ]
    assert (answer["read"], answer["accepted"], answer["rejected"], answer["rejections"]) == (3, 3, 0, [])


WORDS: Mapping[str, list[Any]] = {
    "entity": ["370200", "370200", "北京", "park-1", " park-1", "0110", "999999", "合计", "全省", "鼓楼区", "", None],
    "year": [2022, 2022, 2007, 1800, 13, None],
    "month": [None, None, 1, 12, 13],
    "category": ["industry", "工业", "non_energy_use", "stock_change", "indus\0try", "其中：工业", "wrong", "", None],
    "item": ["raw_coal", "原煤", "diesel_oil", "natural_gas", "合计", "焦炭①", " 焦炭", "#焦炭", None],
    "unit": ["t", "万吨", "kg", "万立方米", "tce", "吨", "furlong", None],
    "basis": [None, None, "", "ncv", "wet", "xyz"],
    "notation_key": [None, None, None, "NE", "XX", ""],
    "note": [None, "transfer", "x"],
}
QUANTITIES: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "float": (
        pl.Float64,
        st.one_of(
            st.builds(lambda n, d: n / 10**d, st.integers(-5, 10**12), st.integers(0, 12)),
            st.sampled_from([float("nan"), float("inf"), 1e300, 1e-12, 2.5e-9, 12345678.12345678, -0.0, None]),
        ),
    ),
    "decimal": (pl.Decimal(38, 9), st.builds(lambda n: Decimal(n).scaleb(-9), st.integers(-5, 10**18))),
    "integer": (pl.Int64, st.one_of(st.integers(-5, 10**12), st.none())),
    "text": (pl.String, st.sampled_from(["1.5", "1,234.5", "１２", "nan", "—", "NE", "12①", "", " 3 ", "-4", "0.0000000001"])),
}  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> pl.DataFrame:
    """Tables of every kind of column with everything that can be wrong in them; the sound words are the commonest."""
    height = draw(st.integers(1, 40))
    kind, values = QUANTITIES[draw(st.sampled_from(sorted(QUANTITIES)))]
    optional = [name for name in ("month", "basis", "notation_key", "note") if draw(st.booleans())]
    columns: dict[str, pl.Series] = {}
    for name in ("entity", "year", "category", "item", "unit", *optional):
        dtype = pl.Int32 if name in ("year", "month") else pl.String
        sound = st.sampled_from(WORDS[name][:2])
        words = st.one_of(sound, sound, st.sampled_from(WORDS[name]))
        columns[name] = pl.Series(draw(st.lists(words, min_size=height, max_size=height)), dtype=dtype)
    columns["quantity"] = pl.Series(draw(st.lists(values, min_size=height, max_size=height)), dtype=kind)
    return pl.DataFrame(columns)


@settings(max_examples=50, deadline=None)
@given(tables())
def test_parquet_equals_the_same_rows_in_a_sheet(table: pl.DataFrame) -> None:
    with TemporaryDirectory() as folder:
        sums, answer = sums_of_parquet(table, Path(folder))
    expected, reading = sums_of_sheet(table)
    assert sums.equals(expected)
    assert (answer["read"], answer["rejected"]) == (reading.read, reading.rejected)
    assert answer["transfers"] == reading.transfers
    assert counted(answer["counts"]) == counted([asdict(one) for one in reading.counts])
    ours = sorted((row["code"], _row(row["cell"])) for row in answer["rejections"])
    theirs = sorted((row["code"], _row(row["cell"]) - 1) for row in reading.rejections)
    assert ours == theirs


def counted(counts: list[dict[str, Any]]) -> dict[str, int]:
    """How many of each kind; equal rows are looked for in sheets alone."""
    found: dict[str, int] = {}
    for one in counts:
        if one["code"] != "row.copy":
            found[one["code"]] = found.get(one["code"], 0) + one["count"]
    return found


def _row(cell: str) -> int:
    found = re.search(r"[0-9]+", cell)
    assert found is not None
    return int(found[0])


@settings(max_examples=10, deadline=None)
@given(tables(), st.randoms())
def test_the_order_of_rows_and_their_groups_change_no_sum_and_no_count(table: pl.DataFrame, random: Any) -> None:
    order = list(range(table.height))
    random.shuffle(order)
    with TemporaryDirectory() as folder:
        first, answer = sums_of_parquet(table, Path(folder))
        second, again = sums_of_parquet(table[order], Path(folder), row_group_size=3)
    assert first.equals(second)
    assert counted(answer["counts"]) == counted(again["counts"])


@pytest.mark.parametrize("field", ["year", "entity", "category", "item", "quantity", "unit", "month"])
def test_headings_may_be_chinese_and_in_any_case(tmp_path: Path, field: str) -> None:
    names = {
        "year": "年份",
        "entity": "地区",
        "category": "部门",
        "item": "品种",
        "quantity": "数量",
        "unit": "单位",
        "month": "Month",
    }
    rows = frame((*GOOD, 3), month=pl.Int8)
    expected, _ = sums_of_parquet(rows, tmp_path)
    assert sums_of_parquet(rows.rename({field: names[field]}), tmp_path)[0].equals(expected)


def test_many_words_that_mean_nothing_refuse_their_rows_only(tmp_path: Path) -> None:
    bases = ["ncv", *(f"word {number}" for number in range(20)), "gcv", None, "wet"]
    rows = frame(*((*GOOD, basis) for basis in bases), basis=pl.String)
    sums, answer = sums_of_parquet(rows, tmp_path)
    assert sums["basis"].to_list() == ["gcv", "ncv", "wet", None]
    assert (answer["read"], answer["rejected"]) == (24, 20)
    assert {row["code"] for row in answer["rejections"]} == {"basis.unknown"}
    expected, reading = sums_of_sheet(rows)
    assert (sums.equals(expected), reading.rejected) == (True, 20)


def test_more_entities_than_a_field_has_bits_are_all_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(packed.BITS, "entity", 2)
    rows = frame(*((f"park-{number}", *GOOD[1:]) for number in range(10)), *[("0110", *GOOD[1:])] * 2)
    sums, answer = sums_of_parquet(rows, tmp_path)
    assert (sums.height, answer["accepted"], answer["rejected"]) == (10, 10, 2)


def test_batches_slices_and_chunks_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = ("370200", 2022, "industry", "木头", 1.0, "t")
    rows = frame(*[GOOD, bad, ("park-1", 2021, "transport", "diesel_oil", 1e-10, "t")] * 50)
    whole, answer = sums_of_parquet(rows, tmp_path)
    monkeypatch.setattr(grouping, "BATCH", 7)
    monkeypatch.setattr(leftover, "SLICE", 11)
    monkeypatch.setattr(leftover, "CHUNK", 3)
    parts, again = sums_of_parquet(rows, tmp_path)
    assert whole.equals(parts)
    assert [answer[name] for name in ("read", "rejected")] == [again[name] for name in ("read", "rejected")] == [150, 50]
    assert [r["cell"] for r in answer["rejections"]] == [r["cell"] for r in again["rejections"]]
    assert answer["rejections"][0]["cell"] == "row 2, item"


def test_more_refusals_than_can_be_listed_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "LISTED", 5)
    monkeypatch.setattr(leftover, "SLICE", 10)
    bad = ("370200", 2022, "industry", "木头", 1.0, "t")
    negative = ("370200", 2022, "industry", "raw_coal", -1.0, "t")
    sums, answer = sums_of_parquet(frame(*[GOOD, bad, negative] * 10), tmp_path)
    assert (answer["read"], answer["accepted"], answer["rejected"]) == (30, 10, 20)
    assert (len(answer["rejections"]), answer["unlisted"]) == (5, 15)
    assert sums["quantity"].to_list() == [Decimal(1250000)]


def test_a_unit_that_only_late_rows_use_is_converted_too(tmp_path: Path) -> None:
    late = ("370200", 2022, "industry", "raw_coal", 5.0, "kg")
    sums, answer = sums_of_parquet(frame(GOOD, GOOD, late), tmp_path, row_group_size=2)
    assert sums["quantity"].to_list() == [Decimal("250000.005000000")]
    assert answer["rejected"] == 0


def test_rounding_is_counted_and_its_rows_are_listed(tmp_path: Path) -> None:
    rounded = ("370200", 2022, "industry", "raw_coal", 0.30000000000000004, "t")
    _, answer = sums_of_parquet(frame(GOOD, rounded), tmp_path)
    assert [(c["code"], c["count"], c["cells"]) for c in answer["counts"]] == [("quantity.rounded", 1, ["row 2"])]


def test_a_table_as_our_own_run_writes_it_is_read_back(tmp_path: Path) -> None:
    _, reading = sums_of_sheet(frame(GOOD, ("370200", 2022, "non_energy_use", "raw_coal", 2.0, "万吨")))
    assert reading.transfers == 1
    expected, _ = sums_of_sheet(frame(("370200", 2022, "industry", "raw_coal", 10.5, "万吨")))
    sums, answer = sums_of_parquet(reading.activity, tmp_path)
    assert sums.filter(pl.col("category") == "industry").equals(expected)
    assert (answer["read"], answer["rejected"], answer["transfers"]) == (3, 0, 0)


def test_single_floats_are_their_own_shortest_decimals(tmp_path: Path) -> None:
    rows = frame(("370200", 2022, "industry", "raw_coal", 0.1, "t"), quantity=pl.Float32)
    assert sums_of_parquet(rows, tmp_path)[0]["quantity"].to_list() == [Decimal("0.1")]


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["370200"])])
def test_words_may_be_categorical_and_codes_whole_numbers(tmp_path: Path, dtype: Any) -> None:
    expected, _ = sums_of_parquet(frame(GOOD), tmp_path)
    assert sums_of_parquet(frame(GOOD, entity=dtype), tmp_path)[0].equals(expected)
    numbered = frame(GOOD).with_columns(pl.col("entity").cast(pl.Int64))
    assert sums_of_parquet(numbered, tmp_path)[0].equals(expected)


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (frame(GOOD).with_columns(pl.lit([1]).alias("list")), "parquet.nested"),
        (frame(GOOD).with_columns(pl.lit(n).alias(f"c{n}") for n in range(200)), "parquet.columns"),
        (frame(GOOD, year=pl.Date), "parquet.kind"),
        (frame(GOOD).with_columns(pl.lit(1.5).alias("item")), "parquet.kind"),
    ],
)
def test_tables_out_of_bounds_are_refused_before_they_are_read(tmp_path: Path, table: pl.DataFrame, code: str) -> None:
    with pytest.raises(DataRefused) as raised:
        sums_of_parquet(table, tmp_path)
    assert raised.value.code == code


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-20], lambda b: b"PAR1" + b[40:], lambda b: b"", lambda b: b[:100] + b"\0" * 80 + b[180:]]
)
def test_a_damaged_file_is_refused(tmp_path: Path, damage: Any) -> None:
    path = tmp_path / "t.parquet"
    frame(*[GOOD] * 100).write_parquet(path)
    path.write_bytes(damage(path.read_bytes()))
    rest = {"out": str(tmp_path / "o"), "file": "t", "sha256": SHA, "evidence": []}
    with pytest.raises(DataRefused) as raised:
        columnar.intake_parquet(path, lambda: rest)
    assert raised.value.code == "parquet.damaged"


def test_a_head_that_contradicts_itself_refuses_every_row(tmp_path: Path) -> None:
    sums, answer = sums_of_parquet(frame(GOOD).with_columns(pl.lit(1).alias("年份")), tmp_path)
    assert (sums.height, answer["rejected"], answer["rejections"][0]["code"]) == (0, 1, "header.duplicate")


def test_evidence_fills_in_what_no_column_says_and_never_contradicts(tmp_path: Path) -> None:
    path, out = tmp_path / "t.parquet", tmp_path / "o.arrow"
    frame(GOOD).drop("year").write_parquet(path)
    said = [{"subject": "year", "value": 2022, "rank": 4, "seen": "2022"}]
    rest = {"out": str(out), "file": "t", "sha256": SHA, "evidence": said}
    assert columnar.intake_parquet(path, lambda: rest)["accepted"] == 1
    assert pl.read_ipc(out.read_bytes())["year"].to_list() == [2022]
    frame(("370200", 2021, *GOOD[2:])).write_parquet(path)
    assert [r["code"] for r in columnar.intake_parquet(path, lambda: rest)["rejections"]] == ["evidence.year_conflict"]
