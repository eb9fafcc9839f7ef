"""Columns of words judged: each distinct text once, its verdict gathered by the rows that hold it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from accounting.errors import DataRefused, Where, rejection
from accounting.ingest.words import Word


@dataclass(frozen=True, slots=True)
class Judged:
    """A column's verdicts by row: `values` (null where blank or refused), `tidied` rows, and the refusals."""

    values: pl.Series
    tidied: pl.Series
    refusal: pl.Series
    refusals: list[DataRefused]

    def problems(self, rows: pl.Series, where: Callable[[int], Where]) -> Iterator[tuple[int, dict[str, Any]]]:
        """A rejection for each row whose text was refused; texts of a refusal are made once."""
        made = [rejection(r.code, Where(), r.seen, **r.facts_but_seen()) for r in self.refusals]
        refused = self.refusal.is_not_null()
        for row, place in zip(rows.filter(refused).to_list(), self.refusal.filter(refused).to_list(), strict=True):
            at = where(row)
            yield row, {**made[place], "file": at.file, "sheet": at.sheet, "cell": at.cell}


def judged(texts: pl.Series, kinds: pl.Series, judge: Callable[[str, str], Word], dtype: Any) -> Judged:
    """The verdict of `judge` on each text (null is blank, and no refusal)."""
    column = pl.DataFrame({"text": texts, "kind": kinds.fill_null("text")})
    distinct = column.filter(pl.col("text").is_not_null()).unique(maintain_order=True)
    refusals: list[DataRefused] = []
    verdicts = [_verdict(judge, text, kind, refusals) for text, kind in distinct.rows()]
    values, tidied, refused = zip(*verdicts, strict=True) if verdicts else ((), (), ())
    table = distinct.with_columns(
        pl.Series("value", values, dtype=dtype),
        pl.Series("tidied", tidied, dtype=pl.Boolean),
        pl.Series("refusal", refused, dtype=pl.UInt32),
    )
    found = column.join(table, on=["text", "kind"], how="left", maintain_order="left")
    return Judged(found["value"], found["tidied"].fill_null(value=False), found["refusal"], refusals)


def _verdict(
    judge: Callable[[str, str], Word], text: str, kind: str, refusals: list[DataRefused]
) -> tuple[str | int | None, bool, int | None]:
    try:
        word = judge(text, kind)
    except DataRefused as refusal:
        refusals.append(refusal)
        return None, False, len(refusals) - 1
    return word.value, word.tidied, None
