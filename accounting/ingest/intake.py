"""A batch of files as Activity rows, key sums and everything that was refused or noticed on the way.

    hash → child process → corrections → layout → evidence → statements → rows → key sums → union

Nothing is lost on the way: each sheet's account (read = accepted + rejected + subtotals + set aside) and the totals of
rows and key sums are asserted before anything is handed on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import Any

from accounting import corrections, ledger
from accounting.errors import Where, finding
from accounting.ingest import evidence, mapping, repeats, sandbox, settling
from accounting.ingest.batch import Batch, Part
from accounting.ingest.ceilings import over_ceilings
from accounting.ingest.cells import Document
from accounting.ingest.contested import Refusals, contested
from accounting.ingest.limits import Limits
from accounting.ingest.sources import Declared, Source, sources
from accounting.ingest.taking import take_document, take_parquet, take_statements
from accounting.ingest.union import Intake, united, within_bounds
from accounting.project import Project

__all__ = ["Declared", "Intake", "Source", "intake", "sources"]

Progress = Callable[[str, int, int], None]


def intake(
    sources: Sequence[Source],
    *,
    project: Project | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    known: Collection[str] = (),
    belonging: Sequence[ledger.Part] = (),
) -> Intake:
    """Everything that the sources hold, read apart from this process, checked and added up.

    `known` are the own ids that the project's table of entities lists, `belonging` the parts of which it makes wholes.

    Never raises for a bad file beside others: what cannot be used is a rejection with its address. Raises UsageError
    for a project's corrections or mapping that cannot be meant and for `--year` over several unlabelled sheets,
    EnvironmentFault and BudgetExceeded where these kept every file from being read, DataRefused (`sum.overflow`) and
    InvariantBroken (`conservation.rows`, `conservation.sums`).
    """
    limits = limits or Limits()
    batch = Batch()
    batch.findings += [source.skipped_finding() for source in sources if source.skipped]
    present = [source for source in sources if not source.skipped]
    mapping_hash = _mapping_hash(present)
    for source in present:
        if source.fault is not None:
            batch.leave_out(source, source.fault)
    again = repeats.same_bytes([source for source in present if source not in batch.unread])
    batch.rejections += [refusal for _, refusal in again]
    twice = {source for source, _ in again}
    unique = [source for source in present if source not in twice and source not in batch.unread]
    asked = corrections.load(project.corrections) if project and project.corrections else ()
    _read(batch, unique, corrections.of_files(asked, {s.name: s.sha256 for s in unique}), limits, progress)
    _something_was_read(batch, present, twice)
    evidence.one_unlabelled(batch.unlabelled)
    corrections.one_place_each(batch.used)
    batch.findings += corrections.unused(asked, [correction for correction, _ in batch.used])
    take_statements(batch)
    within_bounds(batch.parts)
    _leave_out(batch, contested)
    _leave_out(batch, partial(over_ceilings, belonging=belonging))
    batch.findings += settling.settled_transfers(batch.parts)
    batch.findings += settling.negative_nets(batch.parts)
    batch.findings += settling.disagreeing_keys(batch.parts)
    batch.findings += settling.unsaid_beside(batch.parts)
    batch.findings += settling.stock_signs(batch.parts)
    batch.findings += repeats.repeated(batch.parts)
    batch.findings += _without_values(batch, unique)
    return united(batch, present, twice, mapping_hash, known)


def _read(
    batch: Batch,
    sources: Sequence[Source],
    asked: dict[str, tuple[corrections.Correction, ...]],
    limits: Limits,
    progress: Progress | None,
) -> None:
    for source, document in _documents(sources, limits, progress):
        if document is None:
            take_parquet(batch, source, limits)
        else:
            take_document(batch, source, document, asked[source.name])


def _documents(
    sources: Sequence[Source], limits: Limits, progress: Progress | None
) -> Iterator[tuple[Source, Document | None]]:
    """What child processes read of each source, in the order of the sources; a Parquet table has no cells."""
    asked = [(source.path, source.name, source.declared.encoding) for source in sources if not source.is_parquet]
    documents = sandbox.read_workbooks(asked, limits, progress)
    for source in sources:
        yield source, None if source.is_parquet else next(documents)


def _something_was_read(batch: Batch, present: Sequence[Source], twice: set[Source]) -> None:
    """Where a fault or a budget stood before every file, that is the answer, and no list of refusals."""
    if batch.unread and len(batch.unread) == len(present) - len(twice):
        raise next(batch.unread[source] for source in present if source in batch.unread)


def _mapping_hash(sources: Sequence[Source]) -> str | None:
    """The content of every mapping file that the sources name; null where none does."""
    named = sorted({mapping.load(source.declared.map).content_hash for source in sources if source.declared.map})
    return "+".join(named) or None


def _leave_out(batch: Batch, judged: Callable[[Sequence[Part]], Refusals]) -> None:
    giving = [part for part in batch.parts if part.account["accepted"]]
    refused = judged(giving)
    batch.rejections += refused.rejections
    batch.findings += refused.findings
    for part, places in zip(giving, refused.places, strict=True):
        part.refuse(places)


def _without_values(batch: Batch, sources: Sequence[Source]) -> list[dict[str, Any]]:
    """Files that were read and hold no value at all: said, because somebody expected something of them."""
    read = {part.source for part in batch.parts if part.account["read"]}
    told = {row["file"] for row in (*batch.rejections, *batch.findings)}
    return [
        finding("file.no_values", "completeness", "warning", where=Where(source.name), seen=source.size)
        for source in sources
        if source not in read and source.name not in told
    ]
