"""The digest: an independent reading of its definition, and what may and may not change it."""

import hashlib
import json
import struct
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting import tables
from accounting.store.digest import DIGESTED, canonical_json, digest

SETTINGS = {"gwp": "AR5", "views": ["energy-balance"]}
SUM = {"entity": "110000", "year": 2007, "category": "farming", "item": "lpg", "unit": "t", "quantity": "1.5", "class": 5}
PRINTED = "72750eeec5c1a8ef8962440327567d15ba58542a0d94a7b6aeb1f73afb1ee07b"
words = st.sampled_from(["", "农业", "a", "b\n", "𠮷", "zz"])
sums = st.lists(
    st.builds(
        lambda entity, month, basis, quantity, number: SUM | {"entity": entity or "x", "month": month, "basis": basis,
                                                              "quantity": quantity, "class": number},
        words, st.none() | st.integers(1, 12), st.none() | st.sampled_from(["wet", "dry"]),
        st.decimals(-(10**12), 10**12, places=9), st.integers(-(2**62), 2**62),
    ),
    max_size=8,
)  # fmt: skip


def given_tables(rows: list[dict]) -> dict[str, pl.DataFrame]:
    return {name: tables.frame(name, rows if name == "sums" else []) for name in DIGESTED}


def by_the_definition(frames: dict[str, pl.DataFrame]) -> str:
    """The digest computed as its docstring says, cell by cell."""
    total = hashlib.sha256(canonical_json(SETTINGS).encode() + b"\n")
    for name in DIGESTED:
        columns = list(tables.TABLES[name].items())
        rows = sorted(frames[name].to_dicts(), key=lambda row: [_place(row[c]) for c in tables.ORDER[name]])
        head = {"table": name, "rows": len(rows), "columns": [[c, _word(d)] for c, d in columns]}
        total.update(json.dumps(head, separators=(",", ":")).encode() + b"\n")
        for column, dtype in columns:
            values = [row[column] for row in rows]
            total.update(bytes(value is not None for value in values))
            if dtype == pl.String:
                texts = [(value or "").encode() for value in values]
                total.update(b"".join(struct.pack("<Q", len(text)) for text in texts) + b"".join(texts))
            elif isinstance(dtype, pl.Decimal):
                scale = 10**dtype.scale
                total.update(b"".join(int((v or 0) * scale).to_bytes(16, "little", signed=True) for v in values))
            else:
                total.update(b"".join(struct.pack("<q", value or 0) for value in values))
    return total.hexdigest()


def _word(dtype: pl.DataType) -> str:
    return f"decimal(38,{dtype.scale})" if isinstance(dtype, pl.Decimal) else str(dtype).lower()


def _place(value: object) -> tuple:
    return (0, b"") if value is None else (1, value.encode() if isinstance(value, str) else value)


@given(sums)
@settings(max_examples=60, deadline=None)
def test_the_digest_is_what_its_definition_says(rows: list[dict]) -> None:
    distinct = list({tuple(map(str, (r["entity"], r["month"], r["basis"]))): r for r in rows}.values())
    frames = given_tables(distinct)
    assert digest(frames, SETTINGS) == by_the_definition(frames)


@given(sums, st.randoms())
@settings(max_examples=40, deadline=None)
def test_order_and_chunks_do_not_matter(rows: list[dict], random) -> None:
    distinct = list({tuple(map(str, (r["entity"], r["month"], r["basis"]))): r for r in rows}.values())
    shuffled = random.sample(distinct, len(distinct))
    whole = given_tables(distinct)
    chunked = given_tables(shuffled[:1])
    chunked["sums"] = pl.concat([tables.frame("sums", [row]) for row in shuffled] or [tables.empty("sums")], rechunk=False)
    assert digest(whole, SETTINGS) == digest(chunked, SETTINGS)


def test_a_sliced_frame_has_the_digest_of_its_rows() -> None:
    rows = [SUM | {"entity": str(number)} for number in range(5)]
    sliced = given_tables(rows)
    sliced["sums"] = sliced["sums"].slice(1, 3)
    assert digest(sliced, SETTINGS) == digest(given_tables(rows[1:4]), SETTINGS)


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": "1.500000001"},
        {"quantity": "-1.5"},
        {"year": 2008},
        {"month": 1},
        {"basis": "wet"},
        {"entity": "1100"},
        {"class": 6},
    ],
)
def test_any_changed_value_changes_it(change: dict) -> None:
    assert digest(given_tables([SUM]), SETTINGS) != digest(given_tables([SUM | change]), SETTINGS)


def test_the_digest_of_a_small_run_never_changes() -> None:
    """A digest that somebody printed years ago is computed again: this line changes only with a new definition."""
    chosen = {"class": 5, "gas": "CO2", "parameter": "ncv", "year": 2007, "tier": 2, "valid_from": 1997}
    factor = {"class": 5, "gas": "CO2", "scope": 1, "account": "main", "lag": 0, "effective_factor": "3.093819"}
    frames = given_tables([SUM, SUM | {"entity": "370000", "month": 2, "basis": "wet", "quantity": "-0.000000001"}])
    frames["resolution"] = tables.frame("resolution", [chosen | {"citation": "表 2，第 7 页"}])
    frames["effective"] = tables.frame("effective", [factor, factor | {"class": 2**62, "effective_factor": "-1"}])
    frames["corrections"] = tables.frame("corrections", [{"sha256": "ab", "sheet": "", "cell": "F17", "use": "412.64"}])
    assert digest(frames, SETTINGS) == by_the_definition(frames) == PRINTED


@pytest.mark.parametrize("kind", [pl.Categorical(), pl.Enum(["110000", "120000", "t", "x"])])
def test_dictionaries_of_strings_are_strings(kind: pl.DataType) -> None:
    plain = given_tables([SUM | {"entity": code} for code in ("120000", "110000", "x")])
    coded = {**plain, "sums": plain["sums"].with_columns(pl.col("entity").cast(kind), pl.col("basis").cast(pl.Categorical()))}
    assert digest(coded, SETTINGS) == digest(plain, SETTINGS)


def test_what_lies_under_a_null_does_not_matter() -> None:
    masked = pl.DataFrame({"quantity": [Decimal("7"), Decimal("1.5")], "basis": ["secret", "wet"], "month": [3, 4]}).select(
        pl.when(pl.int_range(2) == 1).then(pl.all())
    )
    rows = [SUM | {"entity": "1", "notation_key": "NO", "quantity": None}, SUM | {"entity": "2", "month": 4, "basis": "wet"}]
    frames = given_tables(rows)
    beneath = {**frames, "sums": frames["sums"].with_columns(masked.cast({"quantity": pl.Decimal(38, 9), "month": pl.Int8}))}
    assert digest(beneath, SETTINGS) == by_the_definition(frames)


def test_columns_in_another_order_and_further_columns_do_not_matter() -> None:
    frames = given_tables([SUM])
    other = frames["sums"].select(reversed(frames["sums"].columns)).with_columns(pl.lit(1.5).alias("note"))
    assert digest({**frames, "sums": other}, SETTINGS) == digest(frames, SETTINGS)


def test_settings_are_part_of_it_in_any_order() -> None:
    frames = given_tables([SUM])
    assert digest(frames, SETTINGS) == digest(frames, dict(reversed(SETTINGS.items())))
    assert digest(frames, SETTINGS) != digest(frames, SETTINGS | {"gwp": "AR6"})


def test_a_null_is_not_an_empty_text_nor_a_zero() -> None:
    assert digest(given_tables([SUM | {"quantity": None, "notation_key": "NO"}]), SETTINGS) != digest(
        given_tables([SUM | {"quantity": "0", "notation_key": "NO"}]), SETTINGS
    )
