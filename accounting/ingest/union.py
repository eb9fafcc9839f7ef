"""A batch as one: its rows, key sums and everything listed, each account asserted before anything is handed on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from accounting import ledger
from accounting.errors import DataRefused, InvariantBroken, Where
from accounting.exact import within_range
from accounting.ingest.batch import ACCOUNT, Batch, Part
from accounting.ingest.counts import added
from accounting.ingest.own_ids import own_ids
from accounting.ingest.portions import SUMS
from accounting.ingest.sources import Source
from accounting.ranks import coded
from accounting.tables import KEY, empty, frame, ordered


@dataclass(frozen=True, slots=True)
class Intake:
    """What a batch of files gave; `sums` has the key (words coded), quantity and notation key, classes are joined later.

    `paths` leads from the names of files to where they lie: for copies of inputs, never stored.
    """

    activity: pl.DataFrame
    sums: pl.DataFrame
    rejections: pl.DataFrame
    findings: pl.DataFrame
    corrections: pl.DataFrame
    inputs: list[dict[str, Any]]
    stages: list[dict[str, Any]]
    mapping_hash: str | None = None
    paths: dict[str, Path] = field(default_factory=dict)


def within_bounds(parts: Sequence[Part]) -> None:
    """Σ|quantity| a unit over everything that was read, before anything of it is added up: integer sums wrap silently.

    Raises DataRefused (`sum.overflow`).
    """
    if not parts:
        return
    of_parts = pl.concat([ledger.magnitudes(part.as_made()).cast({"unit": pl.String}) for part in parts])
    for unit, size in of_parts.group_by("unit").agg(pl.col("magnitude").sum()).collect().iter_rows():
        if not within_range(size):
            raise DataRefused("sum.overflow", seen=unit, name=unit, magnitude=f"{size / 1e9:.3g}")


def united(
    batch: Batch, present: Sequence[Source], twice: Collection[Source], mapping_hash: str | None,
    known: Collection[str] = (),
) -> Intake:  # fmt: skip
    """All parts as one: rows, key sums, what was refused; every account asserted. `known` own ids need no word."""
    for part in batch.parts:
        _account_holds(part)
    activity = pl.concat([empty("activity"), *(part.rows for part in batch.parts)])
    sums = coded(_sums_of(batch.parts), KEY)
    _sums_hold(batch.parts, sums)
    counted = [one.finding() for one in added(batch.counts)]
    entities = sums["entity"].unique().cast(pl.String)
    findings = frame("findings", [*batch.findings, *counted, *own_ids(entities.filter(~entities.is_in(list(known))))])
    return Intake(
        activity=ordered("activity", activity),
        sums=sums,
        rejections=ordered("rejections", frame("rejections", batch.refusals())),
        findings=ordered("findings", findings).unique("id", keep="first", maintain_order=True),
        corrections=ordered("corrections", frame("corrections", batch.corrections)),
        inputs=_inputs(batch, present, twice),
        stages=_stages(batch, activity, sums),
        mapping_hash=mapping_hash,
        paths={source.name: source.path for source in present if source.fault is None},
    )


def _sums_of(parts: Sequence[Part]) -> pl.DataFrame:
    giving = [part for part in parts if part.account["accepted"]]
    if not giving:
        return pl.DataFrame(schema=SUMS)
    if len(giving) == 1 and giving[0].by_key and giving[0].portions is not None:
        return giving[0].portions.select(list(SUMS))
    return ledger.key_sums(pl.concat([part.given() for part in giving])).select(list(SUMS)).collect()


def _account_holds(part: Part) -> None:
    """read = accepted + rejected + subtotals + set aside; accepted rows and transfers are those that are there."""
    account = part.account
    told = account["accepted"] + account["rejected"] + account["subtotals"] + account["set_aside"]
    if account["read"] == told and part.held() == (account["accepted"], account["transfers"]):
        return
    raise InvariantBroken(
        "conservation.rows", where=Where(part.source.name, part.sheet or None), account=str(account), rows=sum(part.held())
    )


def _sums_hold(parts: Sequence[Part], sums: pl.DataFrame) -> None:
    if not parts:
        return
    of_parts = [ledger.unit_totals(part.as_made()).cast({"unit": pl.String}) for part in parts]
    before = ledger.unit_totals(pl.concat(of_parts)).collect()
    after = ledger.unit_totals(sums.lazy()).cast({"unit": pl.String}).collect()
    if not before.equals(after):
        raise InvariantBroken("conservation.sums", stage="intake", before=str(before.to_dicts()), after=str(after.to_dicts()))


def _inputs(batch: Batch, present: Sequence[Source], twice: Collection[Source]) -> list[dict[str, Any]]:
    """One entry a file: name, size, SHA-256, what was declared, and the account of each of its sheets."""
    sheets: dict[Source, list[dict[str, Any]]] = {}
    for part in batch.parts:
        told = {"sheet": part.sheet, "layout": part.layout, "entity": part.entity, "year": part.year,
                "edition": part.edition, "measure": part.measure, **part.account}  # fmt: skip
        sheets.setdefault(part.source, []).append(told)
    return [
        {
            "name": source.name,
            "size": source.size,
            "sha256": source.sha256,
            "declared": source.declared.told(),
            "referenced": source.is_parquet,
            "refused": source in twice or source in batch.unread,
            "sheets": sheets.get(source, []),
        }
        for source in present
    ]


def _stages(batch: Batch, activity: pl.DataFrame, sums: pl.DataFrame) -> list[dict[str, Any]]:
    total = {name: sum(part.account[name] for part in batch.parts) for name in ACCOUNT}
    return [
        {"stage": "read", "sheets": len(batch.parts), **total},
        {"stage": "activity", "rows": activity.height},
        {"stage": "sums", "keys": sums.height},
    ]
