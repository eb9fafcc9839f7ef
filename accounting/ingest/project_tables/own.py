"""All that a project says of its own, read at once: one refusal with every problem of every table, or none."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from accounting import codes
from accounting.errors import ProjectRefused, Refused, Where
from accounting.factors import own
from accounting.factors.candidates import INTERNATIONAL
from accounting.factors.pack import Pack
from accounting.ingest.project_tables import wholes
from accounting.ingest.project_tables.entities import BELONGING, Entities, entities, uncertain
from accounting.ingest.project_tables.parameters import Measured, parameters
from accounting.ingest.project_tables.reading import Table, read_table
from accounting.ingest.project_tables.splits import Part, splits
from accounting.ledger import Part as WholePart
from accounting.project import FILE_NAME, Project, Whole
from accounting.tables import frame

SHORT_CUT = "[coal] split"
COAL, BITUMINOUS = "raw_coal", "bituminous_coal"
_NAMED = 12


@dataclass(frozen=True, slots=True)
class Own:
    """What a project says of its entities, of what it has measured and of its coal; empty where it says nothing."""

    entities: Entities = field(default_factory=Entities)
    lineages: codes.Lineages = field(default_factory=codes.Lineages)
    measured: tuple[Measured, ...] = ()
    splits: tuple[Part, ...] = ()
    parts: tuple[WholePart, ...] = ()
    wholes: tuple[Whole, ...] = ()

    @property
    def names(self) -> dict[str, str]:
        """The names of own ids."""
        return self.entities.names

    @property
    def counts(self) -> bool:
        """Whether it decides any quantity or factor."""
        return bool(self.measured or self.splits or self.parts or self.wholes)

    def before(self) -> tuple[Pack, ...]:
        """The pack that stands before all others: the own measured values."""
        return (own.own_values(one.values for one in self.measured),) if self.measured else ()

    def after(self) -> tuple[Pack, ...]:
        """The pack that stands after all others: the splits."""
        rows = [
            {"entity": one.entity, "item": one.item, "into": one.into, "valid_from": one.since, "valid_to": one.until,
             "value": one.share, "citation": one.source}
            for one in self.splits
        ]  # fmt: skip
        return (own.splits(rows),) if rows else ()

    def for_digest(self) -> dict[str, Any]:
        """What decides results besides the packs: where entities belong, by content, and the wholes with their parts."""
        told = [
            [row.id, row.belongs.parent, str(row.belongs.share), row.belongs.place, row.belongs.since, row.belongs.until]
            for row in self.entities.rows
        ]
        text = json.dumps(sorted(told, key=str), ensure_ascii=False, separators=(",", ":"))
        return {
            "entities": hashlib.sha256(text.encode()).hexdigest() if told else None,
            "parts": [part.told() for part in sorted(self.parts, key=lambda part: (part.whole, part.part, part.since))],
        }


def own_tables(plan: Project | None) -> Own:
    """What a project says in its tables; without a project nothing.

    Raises ProjectRefused (`project_table.unusable`) with every problem of the project file and of every table.
    """
    if plan is None:
        return Own()
    read = {name: read_table(path, name) for name, path in _paths(plan).items() if path is not None}
    known = _read(read, "entities", entities, Entities())
    measured = _read(read, "parameters", parameters, ())
    coal = _read(read, "splits", splits, ())
    parts, wrong = wholes.parts(plan.wholes, known.lineages, _in_doubt(read, known))
    problems = [*(problem for table in read.values() for problem in table.problems), *wrong]
    if problems:
        raise refusal(problems, "project_table.unusable", ProjectRefused)
    return Own(known, known.lineages, measured, (*coal, *_short_cut(plan)), parts, plan.wholes)


def _in_doubt(read: dict[str, Table], known: Entities) -> wholes.Doubt:
    """Of which entities the table cannot say where they belong, and whether it may have more than could be read."""
    if "entities" not in read:
        return wholes.Doubt()
    table = read["entities"]
    return wholes.Doubt(uncertain(table, known, BELONGING), more=not table.is_whole("entity"))


def _paths(plan: Project) -> dict[str, Path | None]:
    return {"entities": plan.entities, "parameters": plan.parameters, "splits": plan.splits}


def _read(read: dict[str, Table], name: str, meaning: Callable[[Table], Any], nothing: Any) -> Any:
    return meaning(read[name]) if name in read else nothing


def _short_cut(plan: Project) -> tuple[Part, ...]:
    """`[coal] split = "bituminous"`: all raw coal that no row of the table splits, not even one of the nation, is bituminous."""
    return (Part(INTERNATIONAL, None, None, COAL, BITUMINOUS, "1", SHORT_CUT),) if plan.coal_split else ()


def refusal(problems: Sequence[dict[str, Any]], code: str, kind: type[Refused]) -> Refused:
    """Every problem of the tables of a project, or of the figures that contradict them, as one refusal."""
    first = problems[0]
    places = (str(Where(row["file"], row["sheet"], row["cell"])) for row in problems[:_NAMED])
    return kind(
        code, rejections=frame("rejections", problems), where=Where(first["file"] or FILE_NAME),
        seen=first["seen"], count=len(problems), places=", ".join(dict.fromkeys(places)),
        first_zh=first["message_zh"], first_en=first["message_en"],
        first_do_zh=first["remedy_zh"], first_do_en=first["remedy_en"],
    )  # fmt: skip
