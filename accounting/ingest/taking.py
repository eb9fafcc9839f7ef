"""From a source to its parts: a document sheet by sheet, each under the first layout that fits, a Parquet table as sums.

Layouts are tried in one order: the declared mapping, a balance sheet, a long table; a sheet that is none of them is
listed once.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from accounting import corrections
from accounting.errors import Where, finding, rejection
from accounting.ingest import balance, balance_rows, continued, evidence, long_table, mapping, sandbox, statements
from accounting.ingest.balance import Balance
from accounting.ingest.batch import ACCOUNT, Batch, Part
from accounting.ingest.cells import Document, Sheet
from accounting.ingest.counts import Counted
from accounting.ingest.evidence import Evidence
from accounting.ingest.limits import Limits
from accounting.ingest.long_table import LongTable
from accounting.ingest.reading import Reading
from accounting.ingest.sources import Source
from accounting.ingest.statements import Statement
from accounting.tables import empty

FIRST_CELLS = 4


def take_parquet(batch: Batch, source: Source, limits: Limits) -> None:
    """The key sums of a Parquet table, made by a child; its rows are referenced by the file's hash, not copied."""
    declared = source.declared
    where = Where(source.name)
    said = evidence.declared(declared.entity, declared.year, declared.edition, where)
    said += evidence.of_path(source.name, where)
    told = [{"subject": e.subject, "value": e.value, "rank": e.rank, "seen": e.seen} for e in said]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "sums.arrow"
        rest = {"out": str(out), "file": source.name, "sha256": source.sha256, "evidence": told}
        answer = sandbox.spawn("table", source.path, limits.for_tables(), rest=rest)
        if "problem" in answer:
            _refuse_whole(batch, source, answer["problem"])
            return
        given = pl.read_ipc(out.read_bytes())
    batch.rejections += answer["rejections"]
    batch.findings += answer["findings"]
    batch.counts += [Counted(**counted) for counted in answer["counts"]]
    if answer["unlisted"]:
        batch.rejections.append(rejection("parquet.unlisted", where, answer["unlisted"], listed=len(answer["rejections"])))
    account = {name: answer.get(name, 0) for name in ACCOUNT}
    batch.parts.append(Part(source, "", "parquet", account, portions=given, by_key=answer["by_key"]))


def _refuse_whole(batch: Batch, source: Source, problem: sandbox.Problem) -> None:
    over = sandbox.over_budget(problem, source.name)
    if over is not None:
        batch.leave_out(source, over)
    else:
        batch.rejections.append(sandbox.problem_row(problem, source.name))


def take_document(batch: Batch, source: Source, document: Document, asked: Sequence[corrections.Correction]) -> None:
    """What the sheets of a document give, once the corrections asked of it are made."""
    if document.problem is not None:
        _refuse_whole(batch, source, document.problem)
    for sheet in document.sheets:
        place = Where(source.name, sheet.name or None)
        if sheet.hidden:
            if sheet.cells:
                batch.findings.append(finding("sheet.hidden", "completeness", "warning", where=place, seen=sheet.name,
                                              cells=len(sheet.cells)))  # fmt: skip
            continue
        mended = corrections.corrected(sheet, asked, file=source.name, sha256=source.sha256)
        batch.findings += mended.findings
        batch.rejections += mended.rejections
        batch.corrections += mended.applied
        batch.used += [(correction, place) for correction in mended.used]
        _take_sheet(batch, source, mended.sheet, mended.units, place)


def _take_sheet(batch: Batch, source: Source, sheet: Sheet, units: dict[tuple[int, int], str], place: Where) -> None:
    """A sheet under the first layout that fits it."""
    if not any(cell.text.strip() for cell in sheet.cells):
        return
    said = _said(source, sheet, place)
    if source.declared.map is not None:
        batch.add(source, sheet.name, mapping.read_mapped(sheet, source, said, units))
        return
    recognised = balance.recognised(sheet, source.name, units)
    if recognised is not None:
        _take_balance(batch, source, recognised, said, place)
        return
    table = long_table.recognised(sheet, source.name)
    if table is not None:
        _take_table(batch, source, table, units, said, place)
        return
    batch.add(source, sheet.name, _unrecognised(sheet, place))


def _said(source: Source, sheet: Sheet, place: Where) -> list[Evidence]:
    """What the sheet's name, the project or options, and the names of file and folders say."""
    declared = source.declared
    said = evidence.of_sheet_name(sheet.name, place) if sheet.name else []
    said += evidence.declared(declared.entity, declared.year, declared.edition, place)
    return said + evidence.of_path(source.name, Where(source.name))


def _take_balance(batch: Batch, source: Source, found: Balance, said: list[Evidence], place: Where) -> None:
    """A balance sheet becomes a statement once entity and year are settled; else all its cells are refused."""
    titles = [e for cell in found.titles for e in evidence.of_title(cell.text, _at(place, cell.address))]
    heard = evidence.settled_titles(titles)
    batch.findings += heard.findings
    before = continued.taken_over(found, [*heard.evidence, *said], batch.statements, source, place)
    batch.findings += before.findings
    every = [*heard.evidence, *said, *before.evidence]
    year, entity = evidence.decided("year", every, place), evidence.decided("entity", every, place)
    if evidence.only_by_option(source.declared.by_option, every):
        batch.unlabelled.append(place)
    edition = evidence.edition(every)
    batch.findings += [*year.findings, *entity.findings]
    refusals = [decided.rejection for decided in (year, entity) if decided.rejection is not None]
    if not refusals:
        refusals = evidence.not_valid(str(entity.value), int(year.value or 0), entity.by, place)
    if refusals:
        batch.add(source, found.sheet.name, _all_refused(found, refusals), measure=found.measure, edition=edition)
        return
    batch.statements.append(Statement(source, found, str(entity.value), int(year.value or 0), edition))


def _take_table(
    batch: Batch,
    source: Source,
    table: LongTable,
    units: dict[tuple[int, int], str],
    said: list[Evidence],
    place: Where,
) -> None:
    titles = [e for cell in table.titles for e in evidence.of_title(cell.text, _at(place, cell.address))]
    heard = evidence.settled_titles(titles)
    batch.findings += heard.findings
    every = [*heard.evidence, *said]
    if not table.has("year") and evidence.only_by_option(source.declared.by_option, every):
        batch.unlabelled.append(place)
    read = long_table.reading(table, evidence=every, file=source.name, sha256=source.sha256, own_units=units)
    batch.add(source, table.sheet.name, read, edition=evidence.edition(every))


def _at(place: Where, cell: str) -> Where:
    return Where(place.file, place.sheet, cell)


def _all_refused(found: Balance, refusals: list[dict[str, Any]]) -> Reading:
    return Reading(
        "balance", empty("activity"), [*refusals, *found.rejections], list(found.findings), read=found.read,
        rejected=found.read,
    )  # fmt: skip


def _unrecognised(sheet: Sheet, place: Where) -> Reading:
    """A sheet in no known layout: one warning with its first cells, its cells counted as refused."""
    cells = [cell for cell in sheet.cells if cell.text.strip()]
    seen = ", ".join(f"{cell.address}: {cell.text.strip()[:40]}" for cell in cells[:FIRST_CELLS])
    refusal = rejection("sheet.unrecognised", place, seen, severity="warning", cells=len(cells))
    return Reading("unrecognised", empty("activity"), [refusal], read=len(cells), rejected=len(cells))


def take_statements(batch: Batch) -> None:
    """Statements that count are read to rows; the others are set aside or refused whole, each with its reason."""
    chosen = statements.chosen(batch.statements)
    for statement in chosen.counted:
        found, source = statement.balance, statement.source
        read = balance_rows.reading(found, entity=statement.entity, year=statement.year, file=source.name, sha256=source.sha256)
        batch.add(source, found.sheet.name, read, **_known(statement))
    for statement, noticed in chosen.set_aside:
        cells = statement.balance.read
        aside = Reading("balance", empty("activity"), [], [noticed], read=cells, set_aside=cells)
        batch.add(statement.source, statement.balance.sheet.name, aside, **_known(statement))
    for statement, refusal in chosen.refused:
        read = _all_refused(statement.balance, [refusal])
        batch.add(statement.source, statement.balance.sheet.name, read, **_known(statement))


def _known(statement: Statement) -> dict[str, Any]:
    return {
        "entity": statement.entity,
        "year": statement.year,
        "edition": statement.edition,
        "measure": statement.balance.measure,
    }
