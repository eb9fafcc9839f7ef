"""A long table in Parquet: key sums of millions of rows without making the rows (contract §2, §5).

Runs in the reading child. One streaming pass packs the words of a row into one integer and adds the quantity up
exactly (grouping); words, units and codes are judged afterwards, once each. A row that the fast way does not take
(a blank, an unknown word, a negative, a number of many digits) goes the way of every other table, its number as
address (leftover). Both ways give the same sums.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from accounting.errors import DataRefused, Where, finding
from accounting.ingest import grouping, headers, key_verdicts, leftover, long_table, portions
from accounting.ingest.account import Account
from accounting.ingest.evidence import Decided, Evidence
from accounting.ingest.headers import Head
from accounting.ingest.limits import speaks_of_memory
from accounting.ingest.long_table import SUBJECTS, Subject
from accounting.ingest.portions import PORTION, SUMS

__all__ = ["SUMS", "intake_parquet", "opened", "summed"]

MOST_COLUMNS = 200
MOST_ROWS = 2_000_000_000  # of at most quantities.LARGEST each: no sum of them can wrap


def intake_parquet(path: Path, asked: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """The portions of a Parquet table, written as Arrow IPC to `out`, and the account of its rows.

    The table is grouped before anything is `asked` of it: the names `out`, `file` (its name in addresses), `sha256` and
    `evidence` (subject, value, rank and seen of what declarations and names say). The answer has `read`, `accepted`,
    `rejected`, `rejections` (at most 10,000 listed, `unlisted` more counted), `transfers`, `findings` and `counts`;
    read = accepted + rejected.

    Raises DataRefused: `parquet.damaged`, `parquet.nested`, `parquet.columns`, `parquet.rows`, `parquet.kind`.
    """
    try:
        table = opened(path)
        request = asked()
        place = Where(request["file"])
        evidence = [Evidence(e["subject"], e["value"], e["rank"], e["seen"], place) for e in request["evidence"]]
        given, account = summed(table, evidence, place, request["sha256"])
        given.write_ipc(Path(request["out"]), compression="uncompressed")
    except (pl.exceptions.ComputeError, pl.exceptions.PanicException, pa.ArrowException, OSError) as error:
        if speaks_of_memory(str(error)):
            raise MemoryError from error
        raise DataRefused("parquet.damaged", where=Where(), seen=str(error).splitlines()[0][:200]) from error
    return account.answer()


@dataclass(frozen=True, slots=True)
class Opened:
    """A table as far as its file alone tells it: its columns, how many rows, and these `grouped` if its head is sound."""

    schema: dict[str, pl.DataType]
    rows: int
    grouped: grouping.Grouped | None


def opened(path: Path) -> Opened:
    """The table in a file. Raises DataRefused for one that cannot be used whatever anybody says of it."""
    scan = pl.scan_parquet(path, glob=False, hive_partitioning=False)
    schema = dict(scan.collect_schema())
    _within_bounds(schema)
    head = _head(schema, Where())
    _of_usable_kinds(head, schema)
    rows = int(scan.select(pl.len()).collect().item())
    if rows > MOST_ROWS:
        raise DataRefused("parquet.rows", seen=rows, most=MOST_ROWS)
    sound = rows > 0 and not head.problems and headers.missing(head, [], Where()) is None
    return Opened(schema, rows, grouping.grouped(path, scan, head, schema) if sound else None)


def summed(table: Opened, evidence: list[Evidence], place: Where, sha256: str) -> tuple[pl.DataFrame, Account]:
    """The accepted rows of a table by key (`PORTION`), and the account of all its rows."""
    account = Account(table.rows)
    head = _head(table.schema, place)
    lacking = headers.missing(head, [], place)
    account.refuse_all([*head.problems, *([lacking] if lacking else [])])
    account.findings += _not_read(head, place)
    none = pl.DataFrame(schema=PORTION)
    if table.grouped is None:
        return none, account
    said = _said(head, table.grouped, evidence, place, account)
    if account.refused_whole:
        return none, account
    keys = key_verdicts.judged_keys(table.grouped, said, place)
    account.count(keys.counts)
    rest = list(leftover.read(keys, said, place, sha256, account))
    account.count(list(leftover.rounded(keys, place)))
    own = keys.sums.select(list(PORTION))
    if not rest and keys.distinct:
        account.by_key = True
        return own, account
    return portions.added(pl.concat([own.lazy().cast(portions.PLAIN), *(part.lazy() for part in rest)])).collect(), account


def _head(schema: Mapping[str, pl.DataType], place: Where) -> Head:
    return headers.head([headers.named(number, name) for number, name in enumerate(schema, 1)], place)


def _said(
    head: Head, grouped: grouping.Grouped, evidence: list[Evidence], place: Where, account: Account
) -> dict[Subject, Decided]:
    """What evidence says where no column does; a contradiction refuses the table."""
    said: dict[Subject, Decided] = {}
    for subject in SUBJECTS:
        said[subject] = long_table.settled(head, subject, grouped.values(subject), evidence, place)
        account.findings += said[subject].findings
    account.refuse_all([one.rejection for one in said.values() if one.rejection])
    return said


def _within_bounds(schema: Mapping[str, pl.DataType]) -> None:
    if len(schema) > MOST_COLUMNS:
        raise DataRefused("parquet.columns", seen=len(schema), most=MOST_COLUMNS)
    nested = next((name for name, dtype in schema.items() if dtype.is_nested() or dtype.is_object()), None)
    if nested is not None:
        raise DataRefused("parquet.nested", seen=f"{nested}: {schema[nested]}", column=nested)


def _of_usable_kinds(head: Head, schema: Mapping[str, pl.DataType]) -> None:
    """Words are texts (an entity may be whole numbers), years and months texts or numbers, a quantity either."""
    for name, heading in head.fields.items():
        dtype = schema[heading.text]
        text = isinstance(dtype, pl.String | pl.Categorical | pl.Enum | pl.Null)
        number = dtype.is_numeric() if name in ("quantity", "year", "month") else dtype.is_integer() and name == "entity"
        if not (text or number):
            raise DataRefused("parquet.kind", seen=f"{heading.text}: {dtype}", column=heading.text, kind=str(dtype))


def _not_read(head: Head, place: Where) -> Iterator[dict[str, Any]]:
    if head.extra:
        named = ", ".join(one.text for one in head.extra)
        yield finding("header.not_read", "completeness", "info", where=place, seen=named, count=len(head.extra))
