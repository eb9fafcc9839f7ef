"""The rows of a Parquet table that the fast way did not take, read one by one like those of any other table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from accounting.errors import Where
from accounting.ingest import long_table, numbers, portions
from accounting.ingest.account import Account
from accounting.ingest.cells import Sheet
from accounting.ingest.counts import CELLS, Counted
from accounting.ingest.evidence import Decided
from accounting.ingest.grouping import rounded as is_rounded
from accounting.ingest.grouping import untaken
from accounting.ingest.key_verdicts import Keys
from accounting.ingest.long_table import FIELDS, LongTable, Subject

SLICE = 4_000_000
CHUNK = 50_000
HOPELESS = "key is bad"


def read(keys: Keys, said: Mapping[Subject, Decided], place: Where, sha256: str, account: Account) -> Iterator[pl.DataFrame]:
    """Portions of the rows left over that are accepted; the others are refused in `account`.

    Blank rows are no rows. Once no more rejections can be listed, rows whose key is known to be bad are only counted.
    """
    if not keys.left:
        return
    grouped = keys.grouped
    packed = grouped.packing.key()
    beyond = grouped.packing.beyond()
    bad_key = (packed.is_null() & ~beyond) | packed.is_in(keys.bad.implode())
    read_apart = beyond | packed.is_in(keys.apart.implode())
    rest = bad_key | read_apart | untaken(grouped.head, grouped.packing, grouped.factors)
    for start in range(0, account.read, SLICE):
        part = grouped.scan.slice(start, SLICE).with_row_index("row", offset=start + 1)
        account.read -= _height(part.filter(_blank(keys))) if keys.blanks else 0
        part = part.filter(~_blank(keys))
        part = grouped.packing.placed(part).with_columns(bad_key.alias(HOPELESS))
        if not account.room:
            account.refuse(_height(part.filter(HOPELESS)), [])
            part = part.filter(~pl.col(HOPELESS))
        rows = part.filter(rest).select("row", HOPELESS, *_texts(keys)).collect()
        for chunk in rows.iter_slices(CHUNK):
            yield from _chunk(keys, _hopeful(chunk, account), said, place, sha256, account)


def _hopeful(rows: pl.DataFrame, account: Account) -> pl.DataFrame:
    """The rows that are still to be read: all, or once the list is full those whose key is sound."""
    if account.room:
        return rows
    account.refuse(int(rows[HOPELESS].sum()), [])
    return rows.filter(~pl.col(HOPELESS))


def _height(part: pl.LazyFrame) -> int:
    return int(part.select(pl.len()).collect().item())


def _blank(keys: Keys) -> pl.Expr:
    columns = (pl.col(heading.text) for heading in keys.grouped.head.fields.values())
    texts = (column.cast(pl.String).str.strip_chars() for column in columns)
    return pl.all_horizontal((text.is_null() | (text == "")) for text in texts)


def _texts(keys: Keys) -> Iterator[pl.Expr]:
    """Each field as text and what kind of value it was; blank is null."""
    for name in FIELDS:
        heading = keys.grouped.head.fields.get(name)
        if heading is None:
            yield from (pl.lit(None, pl.String).alias(column) for column in (name, f"{name}_kind"))
            continue
        text = pl.col(heading.text).cast(pl.String)
        kind = "number" if keys.grouped.packing.dtypes[heading.text].is_numeric() else "text"
        yield pl.when(text.str.strip_chars() != "").then(text).alias(name)
        yield pl.lit(kind).alias(f"{name}_kind")


def _chunk(
    keys: Keys, rows: pl.DataFrame, said: Mapping[Subject, Decided], place: Where, sha256: str, account: Account
) -> Iterator[pl.DataFrame]:
    if rows.is_empty():
        return
    table = LongTable(Sheet("", 0), keys.grouped.head, 0, [], _in_plain_digits(rows))
    found = long_table.rows_read(table, said, place, sha256, {}, list_at_most=account.room)
    account.refuse(found.rejected, found.rejections)
    account.transfers += found.transfers
    account.findings += found.findings
    account.count(found.counts)
    if found.activity.height:
        yield portions.added(portions.of_rows(found.activity.lazy())).collect()


def _in_plain_digits(rows: pl.DataFrame) -> pl.DataFrame:
    """Floats as the digits of their shortest decimal, without a power of ten."""
    with_power = rows["quantity"].str.contains("e", literal=True) & (rows["quantity_kind"] == "number")
    if not with_power.any():
        return rows
    plain = rows["quantity"].filter(with_power).unique()
    digits = pl.Series([numbers.shortest(float(text)) for text in plain], dtype=pl.String)
    return rows.with_columns(
        pl.when(with_power).then(pl.col("quantity").replace(plain, digits)).otherwise("quantity").alias("quantity")
    )


def rounded(keys: Keys, place: Where) -> Iterator[Counted]:
    """How many rows the fast way rounded to 9 decimals, and the first of them."""
    if not keys.rounded:
        return
    grouped = keys.grouped
    marked = is_rounded(grouped.head, grouped.packing, grouped.factors)
    placed = grouped.packing.placed(grouped.scan.with_row_index("row", offset=1))
    rows = placed.filter(marked).head(CELLS).select("row").collect()["row"]
    yield Counted("quantity.rounded", place.file, keys.rounded, [f"row {row}" for row in rows])
