"""The same thing twice: the same bytes, two tables of the same figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import polars as pl

from accounting import ledger
from accounting.errors import Where, finding, rejection
from accounting.exact import QUANTITY_DIGITS, decimals, integers, plain
from accounting.ingest.batch import Part
from accounting.ingest.sources import Source
from accounting.tables import KEY

SHARED_AT_LEAST = 0.5
_quantity = pl.col("quantity")


def same_bytes(sources: Sequence[Source]) -> list[tuple[Source, dict[str, Any]]]:
    """Sources that hold the same bytes as an earlier one, with the rejection that names it."""
    first: dict[str, Source] = {}
    again: list[tuple[Source, dict[str, Any]]] = []
    for source in sources:
        earlier = first.setdefault(source.sha256, source)
        if earlier is not source:
            again.append((source, rejection("file.twice", Where(source.name), source.sha256[:12], other=earlier.name)))
    return again


def repeated(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Warnings `table.repeated`: two tables with the same non-zero key sums in half of the smaller one's keys."""
    tables = [part for part in parts if part.account["accepted"] and not part.is_statement]
    if len(tables) < 2:
        return []
    every = pl.concat(
        [
            ledger.key_sums(part.given())
            .filter(_quantity.is_not_null() & (integers(_quantity) != 0))
            .select(*KEY, "quantity", pl.lit(number, pl.UInt32).alias("table"))
            for number, part in enumerate(tables)
        ]
    ).collect()
    counts = dict(every.group_by("table").len().iter_rows())
    pairs = (
        every.lazy()
        .join(every.lazy(), on=[*KEY, "quantity"], how="inner", nulls_equal=True, suffix="_other")
        .filter(pl.col("table") < pl.col("table_other"))
        .group_by("table", "table_other", "unit")
        .agg(pl.len().alias("keys"), integers(_quantity).abs().sum().alias("quantity"))
        .with_columns(decimals(_quantity, QUANTITY_DIGITS))
        .sort("table", "table_other", "unit")
        .collect()
    )
    return list(_repeated_findings(pairs, counts, tables))


def _repeated_findings(pairs: pl.DataFrame, counts: dict[int, int], tables: Sequence[Part]) -> Iterator[dict[str, Any]]:
    for one, other in combinations(range(len(tables)), 2):
        shared = pairs.filter((pl.col("table") == one) & (pl.col("table_other") == other))
        smaller = min(counts.get(one, 0), counts.get(other, 0))
        if not smaller or shared["keys"].sum() < SHARED_AT_LEAST * smaller:
            continue
        amounts = ", ".join(f"{plain(row['quantity'])} {row['unit']}" for row in shared.to_dicts())
        yield finding(
            "table.repeated", "duplicate", "warning", where=tables[other].where, seen=amounts,
            other=str(tables[one].where), keys=shared["keys"].sum(), smaller=smaller, amounts=amounts,
        )  # fmt: skip
