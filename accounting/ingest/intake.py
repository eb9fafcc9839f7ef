"""A batch of files as Activity rows, key sums and everything that was refused or noticed on the way.

    hash → child process → corrections → layout → evidence → statements → rows → key sums → union

Layouts are tried in one order: the declared mapping, a balance sheet, a long table; a sheet that is none of them is
listed once. Nothing is lost on the way: each sheet's account (read = accepted + rejected + subtotals + set aside) and
the totals of rows and key sums are asserted before anything is handed on.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from accounting import corrections, ledger
from accounting.errors import DataRefused, InvariantBroken, Where, finding, rejection
from accounting.exact import within_range
from accounting.ingest import balance, balance_rows, evidence, long_table, mapping, sandbox, statements
from accounting.ingest.balance import Balance
from accounting.ingest.cells import Document, Sheet
from accounting.ingest.evidence import Evidence
from accounting.ingest.limits import Limits
from accounting.ingest.long_table import LongTable
from accounting.ingest.reading import Reading
from accounting.ingest.sources import Declared, Source, sources
from accounting.ingest.statements import Statement, Supply
from accounting.project import Project
from accounting.tables import empty, frame, ordered

__all__ = ["Declared", "Intake", "Source", "intake", "sources"]

Progress = Callable[[str, int, int], None]
FIRST_CELLS = 4
ACCOUNT = ("read", "accepted", "rejected", "subtotals", "set_aside", "transfers")


@dataclass(frozen=True, slots=True)
class Intake:
    """What a batch of files gave; `sums` has the key, quantity and notation key, its classes are joined later.

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


@dataclass(slots=True)
class Part:
    """One sheet, or one referenced table, of a source on its way: what it is and what it gave.

    `account` counts its cells or rows; a Parquet table gives `sums` without rows.
    """

    source: Source
    sheet: str
    layout: str
    account: dict[str, int]
    rows: pl.DataFrame = field(default_factory=lambda: empty("activity"))
    sums: pl.DataFrame | None = None
    entity: str | None = None
    year: int | None = None
    edition: str | None = None
    measure: str | None = None

    def refuse_keys(self, keys: pl.DataFrame) -> None:
        """Take keys (entity, year, category, item) out; their rows become rejected rows."""
        if keys.is_empty():
            return
        by = keys.columns
        gone = self.rows.join(keys, on=by, how="semi")
        moved = gone.filter(_is_transfer()).height
        self.rows = self.rows.join(keys, on=by, how="anti")
        count = gone.height - moved
        if self.sums is not None:
            count = self.sums.join(keys, on=by, how="semi").height
            self.sums = self.sums.join(keys, on=by, how="anti")
        self.account["accepted"] -= count
        self.account["rejected"] += count
        self.account["transfers"] -= moved

    def summed(self) -> pl.DataFrame:
        return self.sums if self.sums is not None else ledger.key_sums(self.rows.lazy()).collect()


def _is_transfer() -> pl.Expr:
    return pl.col("row_id").str.ends_with(balance_rows.TRANSFER_ROW)


@dataclass(slots=True)
class Batch:
    """The state of an intake: parts in the order of their sources, and everything listed so far."""

    parts: list[Part] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    rejections: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    corrections: list[dict[str, Any]] = field(default_factory=list)
    used: list[corrections.Correction] = field(default_factory=list)
    unlabelled: list[Where] = field(default_factory=list)

    def add(self, source: Source, sheet: str, read: Reading, **known: Any) -> None:
        account = {name: getattr(read, name) for name in ACCOUNT}
        self.rejections += read.rejections
        self.findings += read.findings
        self.parts.append(Part(source, sheet, read.layout, account, read.activity, **known))


def intake(
    sources: Sequence[Source],
    *,
    project: Project | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Intake:
    """Everything that the sources hold, read apart from this process, checked and added up.

    Never raises for a bad file: what cannot be used is a rejection with its address. Raises UsageError for a
    project's corrections or mapping that cannot be meant and for `--year` over several unlabelled sheets, DataRefused
    (`sum.overflow`) and InvariantBroken (`conservation.rows`, `conservation.sums`).
    """
    limits = limits or Limits()
    batch = Batch()
    asked = corrections.load(project.corrections) if project and project.corrections else ()
    batch.findings += [source.skipped_finding() for source in sources if source.skipped]
    present = [source for source in sources if not source.skipped]
    again = statements.same_bytes(present)
    batch.rejections += [refusal for _, refusal in again]
    twice = {source.name for source, _ in again}
    unique = [source for source in present if source.name not in twice]
    for source, document in _documents(unique, limits, progress):
        if document is None:
            _take_parquet(batch, source, limits)
        else:
            _take(batch, source, document, asked)
    _refuse_year_for_many(batch)
    _choose_statements(batch)
    batch.findings += corrections.unused(asked, batch.used)
    supplies = _without_contested(batch)
    batch.findings += statements.repeated(supplies)
    batch.findings += _without_values(batch, unique)
    return _united(batch, present, again)


def _without_values(batch: Batch, sources: Sequence[Source]) -> list[dict[str, Any]]:
    """Files that were read and hold no value at all: said, because somebody expected something of them."""
    speaking = {part.source.name for part in batch.parts if part.account["read"]}
    speaking |= {row["file"] for row in (*batch.rejections, *batch.findings)}
    return [
        finding("file.no_values", "completeness", "warning", where=Where(source.name), seen=source.size)
        for source in sources
        if source.name not in speaking
    ]


def _documents(
    sources: Sequence[Source], limits: Limits, progress: Progress | None
) -> Iterator[tuple[Source, Document | None]]:
    """What child processes read of each source, in the order of the sources; a Parquet table has no cells."""
    asked = [(source.path, source.name, source.declared.encoding) for source in sources if not source.is_parquet]
    documents = sandbox.read_workbooks(asked, limits, progress)
    for source in sources:
        yield source, None if source.is_parquet else next(documents)


def _take_parquet(batch: Batch, source: Source, limits: Limits) -> None:
    """The key sums of a Parquet table, made by a child; its rows are referenced by the file's hash, not copied."""
    declared = source.declared
    where = Where(source.name)
    said = evidence.declared(declared.entity, declared.year, declared.edition, where)
    said += evidence.of_path(source.name, where)
    told = [{"subject": e.subject, "value": e.value, "rank": e.rank, "seen": e.seen} for e in said]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "sums.arrow"
        request = {"path": str(source.path.absolute()), "out": str(out), "file": source.name,
                   "sha256": source.sha256, "evidence": told}  # fmt: skip
        answer = sandbox.spawn("table", request, limits.for_tables())
        if "problem" in answer:
            batch.rejections.append(sandbox.problem_row(answer["problem"], source.name))
            return
        sums = pl.read_ipc(out.read_bytes())
    batch.rejections += answer["rejections"]
    batch.findings += answer["findings"]
    if answer["unlisted"]:
        batch.rejections.append(rejection("parquet.unlisted", where, answer["unlisted"], listed=len(answer["rejections"])))
    account = {name: answer.get(name, 0) for name in ACCOUNT}
    batch.parts.append(Part(source, "", "parquet", account, sums=sums))


def _take(batch: Batch, source: Source, document: Any, asked: Sequence[corrections.Correction]) -> None:
    batch.rejections += document.problems
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
        batch.used += mended.used
        before = len(batch.rejections)
        _take_sheet(batch, source, mended.sheet, mended.units, place)
        stale = {row["cell"] for row in mended.rejections}
        batch.rejections[before:] = [
            row for row in batch.rejections[before:] if not (row["code"] == "cell.error" and row["cell"] in stale)
        ]


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
    every = [*heard.evidence, *said]
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


def _refuse_year_for_many(batch: Batch) -> None:
    evidence.one_unlabelled(batch.unlabelled)


def _choose_statements(batch: Batch) -> None:
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


def _without_contested(batch: Batch) -> list[Supply]:
    """The supplies of the batch after contested keys have been taken out of the parts."""
    giving = [part for part in batch.parts if part.account["accepted"]]
    refused = statements.contested([_supply(part) for part in giving])
    batch.rejections += refused.rejections
    for part, keys in zip(giving, refused.keys, strict=False):
        part.refuse_keys(keys)
    return [_supply(part) for part in giving]


def _supply(part: Part) -> Supply:
    rows = None if part.sums is not None else part.rows
    return Supply(part.source, part.summed(), rows, part.layout == "balance")


def _united(batch: Batch, present: Sequence[Source], again: Sequence[tuple[Source, Any]]) -> Intake:
    """All parts as one: rows, key sums, what was refused; every account asserted."""
    for part in batch.parts:
        _account_holds(part)
    activity = pl.concat([empty("activity"), *(part.rows for part in batch.parts)])
    _within_range(activity)
    sums = _sums_of(batch.parts)
    by_rows = [part.rows.lazy() for part in batch.parts if part.sums is None]
    by_sums = [part.sums.lazy() for part in batch.parts if part.sums is not None]
    _sums_hold([*by_rows, *by_sums], sums)
    return Intake(
        activity=ordered("activity", activity),
        sums=sums,
        rejections=ordered("rejections", frame("rejections", batch.rejections)),
        findings=ordered("findings", frame("findings", batch.findings)).unique("id", keep="first", maintain_order=True),
        corrections=ordered("corrections", frame("corrections", batch.corrections)),
        inputs=_inputs(batch, present, {source.name for source, _ in again}),
        stages=_stages(batch, activity, sums),
        mapping_hash=_mapping_hash(present),
        paths={source.name: source.path for source in present},
    )


def _mapping_hash(sources: Sequence[Source]) -> str | None:
    """The content of every mapping file that the sources name; null where none does."""
    named = sorted({mapping.load(source.declared.map).content_hash for source in sources if source.declared.map})
    return "+".join(named) or None


def _sums_of(parts: Sequence[Part]) -> pl.DataFrame:
    own = [part.summed() for part in parts if part.account["accepted"]]
    columns = empty("sums").drop("class").columns
    if len(own) == 1:
        return own[0].select(columns)
    return ledger.united([sums.lazy() for sums in own]).collect().select(columns) if own else empty("sums").drop("class")


def _account_holds(part: Part) -> None:
    """read = accepted + rejected + subtotals + set aside, and accepted + transfers = rows of Activity."""
    account = part.account
    told = account["accepted"] + account["rejected"] + account["subtotals"] + account["set_aside"]
    rows = account["accepted"] + account["transfers"]
    if account["read"] == told and (part.sums is not None or rows == part.rows.height):
        return
    raise InvariantBroken(
        "conservation.rows", where=Where(part.source.name, part.sheet or None), account=str(account),
        rows=part.rows.height,
    )  # fmt: skip


def _sums_hold(given: Sequence[pl.LazyFrame], sums: pl.DataFrame) -> None:
    if not given:
        return
    columns = ["unit", "quantity"]
    before = ledger.unit_totals(pl.concat([table.select(columns) for table in given])).collect()
    after = ledger.unit_totals(sums.lazy()).collect()
    if not before.equals(after):
        raise InvariantBroken("conservation.sums", stage="intake", before=str(before.to_dicts()), after=str(after.to_dicts()))


def _within_range(activity: pl.DataFrame) -> None:
    for unit, size in ledger.magnitudes(activity.lazy()).collect().iter_rows():
        if size is not None and not within_range(size):
            raise DataRefused("sum.overflow", seen=unit, name=unit, magnitude=f"{size / 1e9:.3g}")


def _inputs(batch: Batch, present: Sequence[Source], twice: set[str]) -> list[dict[str, Any]]:
    """One entry a file: name, size, SHA-256, what was declared, and the account of each of its sheets."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for part in batch.parts:
        told = {"sheet": part.sheet, "layout": part.layout, "entity": part.entity, "year": part.year,
                "edition": part.edition, "measure": part.measure, **part.account}  # fmt: skip
        by_name.setdefault(part.source.name, []).append(told)
    return [
        {
            "name": source.name,
            "size": source.size,
            "sha256": source.sha256,
            "declared": source.declared.told(),
            "referenced": source.is_parquet,
            "refused": source.name in twice,
            "sheets": by_name.get(source.name, []),
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
