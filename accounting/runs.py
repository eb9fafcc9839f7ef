"""A run: from inputs to an inventory that explains itself (design §1, §3).

intake → key sums → classes → effective factors → cells → views. Every stage is asserted; nothing is written until
`Run.save`. This floor stands between the stages and the command line.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl

from accounting import acceptances, calculation, codes, defaults, ledger, views
from accounting import project as projects
from accounting.acceptances import Acceptance
from accounting.errors import Refused, UsageError, finding, messages
from accounting.exact import plain as plain_number
from accounting.explain import Explanation, Place, explained, place_of
from accounting.factors import check as pack_check
from accounting.factors import electricity_years, pack
from accounting.factors.resolver import Resolved
from accounting.ingest import intake
from accounting.ingest.limits import Limits
from accounting.ingest.project_tables import entities, twice
from accounting.ingest.project_tables.own import Own, own_tables, refusal
from accounting.ingest.sources import declared_entity
from accounting.project import Project
from accounting.quality import claims, conservation, coverage, electricity, findings, left_out, park, reference, unserved
from accounting.quality import own_tables as own_findings
from accounting.ranks import uncoded
from accounting.store import commit, digest, manifest, opened
from accounting.tables import CELL, KEY, STORED, Frames, check, frame, ordered

Progress = Callable[[str, int, int], None]
Problems = list[dict[str, Any]]

YEARS = range(1900, 2101)
DEFAULT_GWP = "AR5"
ACCEPTED = "accepted.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides a result besides the inputs."""

    packs: tuple[pack.Pack, ...]
    views: tuple[views.View, ...]
    gwp: str = DEFAULT_GWP
    entity: str | None = None
    year: int | None = None
    mapping: str | None = None
    strict: bool = False
    electricity: str = defaults.MARKET_POLICY
    electricity_year: str = electricity_years.STRICT
    own: Own = field(default_factory=Own)

    def counted(self) -> tuple[tuple[str, int], ...]:
        """The pairs of category and scope that the chosen views count."""
        return tuple(dict.fromkeys(pair for view in self.views for pair in view.counted()))

    def terms(self) -> calculation.Terms:
        """What decides the factors of key sums."""
        return calculation.Terms(
            self.packs, self.counted(), pack.gwp(self.gwp), self.gwp, self.electricity, self.electricity_year, self.own.lineages,
            self.own.parts,
        )  # fmt: skip

    def for_digest(self) -> dict[str, Any]:
        """The settings as they enter the digest: packs by content, never by path."""
        return {
            "packs": [{"id": p.id, "content_hash": p.content_hash} for p in self.packs],
            "views": [view.id for view in self.views],
            "gwp": self.gwp,
            "entity": self.entity,
            "year": self.year,
            "mapping": self.mapping,
            "strict": self.strict,
            "electricity": self.electricity,
            "electricity_year": self.electricity_year,
            **{name: said for name, said in self.own.for_digest().items() if said},
        }


class Run:
    """A result with everything it rests on: in memory after `run`, on disk after `save` or `open_run`.

    `.inventory`, `.activity`, `.sums`, `.effective`, `.resolution`, `.findings`, `.rejections`, `.corrections` are
    polars frames (columns: `tanfeng schema`); `.views` maps a view's name to its frame.
    """

    def __init__(
        self,
        tables: Mapping[str, pl.DataFrame],
        view_tables: Mapping[str, pl.DataFrame],
        record: dict[str, Any],
        path: Path | None = None,
        sources: Mapping[str, Path] | None = None,
    ) -> None:
        self.tables = tables
        self.views = view_tables
        self.manifest = record
        self.path = path
        self._sources = sources or {}

    def __getattr__(self, name: str) -> pl.DataFrame:
        if name in STORED:
            return self.tables[name]
        raise AttributeError(name)

    @property
    def digest(self) -> str:
        """SHA-256 over the logical rows and settings: the same result has the same digest."""
        return str(self.manifest["digest"])

    @property
    def names(self) -> dict[str, str]:
        """What the project calls its own ids."""
        return self.manifest.get("entities", {})

    @cached_property
    def waiting(self) -> pl.DataFrame:
        """Findings above `info` that nobody has accepted."""
        return findings.waiting(self.tables["findings"])

    @property
    def exit_code(self) -> int:
        """0: nothing open above info; 1: rejections or findings that wait for somebody."""
        return 1 if self.waiting.height or self.tables["rejections"].height else 0

    @property
    def ok(self) -> bool:
        """Whether nothing was refused and nothing waits for acceptance."""
        return self.exit_code == 0

    def explain(self, path: str | None = None, **where: Any) -> Explanation:
        """The way of a number: by a path of names (浙江/2007/农业/柴油) or by entity, year, category, row, item, gas."""
        place = place_of(path) if path else Place(**where)
        named = {name: entity for entity, name in self.names.items()}
        place = replace(place, entity=named.get(place.entity or "", place.entity))
        settings = self.manifest["settings"]
        parts = ledger.parts_told(settings.get("parts", []))
        return explained(self.tables, place, list(self.views), self.manifest["inputs"], settings, parts, self.names)

    def reference(self, factors: Sequence[str] = ()) -> pl.DataFrame:
        """The reference approach beside the sectoral one: columns of `quality.reference.REFERENCE`, IPCC 2006 Vol 2 Ch 6.

        With the packs of the run, found by their ids, or those named (ids or folders). Raises UsageError:
        `reference.no_supply` where the run read no supply side of a balance, `run.pack_gone` where a pack of the run is
        not at hand as it was, `run.own_tables` where a project's own values or splits are part of it.
        """
        terms = calculation.terms_told(self.manifest, instead=[pack.load(name) for name in factors])
        table = reference.reference_approach(
            self.tables["sums"], self.tables["inventory"], terms.packs, terms.years, terms.lineages
        )
        if table.is_empty():
            raise UsageError("reference.no_supply", seen=str(self.path or ""))
        return table

    def sql(self, query: str) -> pl.DataFrame:
        """A DuckDB query over the run's tables, by their names; files and the network are out of its reach."""
        return _sql(query, self.tables, self.views)

    def save(self, folder: str | Path, *, copy_inputs: bool = False) -> Run:
        """Write the run whole, or not at all, into a new folder; gives the run that lies there.

        With `copy_inputs` the files that were read are kept in `inputs/`, under the names of their addresses.
        """
        inputs = self._sources if copy_inputs else {}
        written = commit.write_run(Path(folder), self.tables, self.views, self.manifest, inputs)
        if written.already_there:
            return open_run(folder)
        return Run(self.tables, self.views, written.manifest, written.folder)

    def __repr__(self) -> str:
        cells, refused = self.tables["inventory"].height, self.tables["rejections"].height
        return f"<Run {self.digest[:12]} {cells} cells, {refused} refused, {self.waiting.height} waiting>"


def open_run(folder: str | Path) -> Run:
    """A run that `tanfeng run` or `Run.save` wrote; its tables are read when they are asked for."""
    stored = opened.open_run(Path(folder))
    return Run(stored.tables, stored.views, stored.manifest, stored.folder)


def computed(taken: intake.Intake, settings: Settings, accepted: Sequence[Acceptance] = ()) -> Run:
    """The run of what was taken in: classes, factors, cells, views, findings; every boundary asserted."""
    own = settings.own
    whole, contradicted, doubtful = with_wholes(taken, own)
    if contradicted:
        raise refusal(contradicted, "project.contradicted", Refused)
    terms = settings.terms()
    of_keys = calculation.classed(whole, terms)
    with ThreadPoolExecutor(max_workers=2) as beside:
        begun = beside.submit(digest.begun, settings.for_digest(), of_keys.sums)
        resolved = calculation.resolved(of_keys, terms)
        cells = calculation.cells_of(of_keys.sums, resolved.effective, resolved.missing, terms.gwp, terms.parts)
        viewed = beside.submit(_views_of, cells.cells, settings.views)
        made = _tables(taken, of_keys, resolved, cells)
        for name, table in made.items():
            check(name, table)
        conserved = [conservation.sums_equal(whole.lazy(), of_keys.sums.lazy(), "classes")]
        if own.parts:
            conserved += conservation.wholes_are_their_parts(uncoded(taken.sums), whole, own.parts)
        tables = Frames(made)
        reported = _reported(taken.sums, tables["sums"]) if own.parts else None
        told = _findings(taken, settings, of_keys, resolved, cells, tables, reported, doubtful)
        energy = coverage.energy(_read(of_keys, reported).lazy(), _counted_once(settings.counted()), resolved.missing.lazy())
        digested = digest.ended(begun.result(), made)
        view_tables, conserved_by_views = viewed.result()
    made["findings"] = check("findings", findings.accepted(told, accepted))
    if settings.strict:
        _nothing_waits(made["rejections"], findings.waiting(made["findings"]))
    record = _record(taken, settings, made, [*conserved, *conserved_by_views], energy, digested)
    return Run(tables, Frames(view_tables, "view"), record, sources=taken.paths)


def _tables(
    taken: intake.Intake, of_keys: calculation.Classed, resolved: Resolved, cells: calculation.Cells
) -> dict[str, pl.DataFrame]:
    """The tables of a run as they are made, all but its findings."""
    return {
        "activity": taken.activity,
        "sums": of_keys.sums,
        "effective": ordered("effective", resolved.effective),
        "resolution": ordered("resolution", resolved.resolution),
        "missing": ordered("missing", resolved.missing),
        "inventory": cells.cells,
        "rejections": ordered("rejections", taken.rejections),
        "corrections": ordered("corrections", taken.corrections),
    }


def _views_of(cells: pl.DataFrame, shown: Sequence[views.View]) -> tuple[dict[str, pl.DataFrame], list[dict[str, Any]]]:
    """The table of each view, and that cells and totals are conserved."""
    made: dict[str, pl.DataFrame] = {}
    conserved = [conservation.cells_are_unique(cells, CELL)]
    for view in shown:
        made[view.id] = views.coded_table(cells, view)
        conserved.append(conservation.totals_equal_parts(cells, made[view.id], view))
    return made, conserved


def _findings(
    taken: intake.Intake,
    settings: Settings,
    of_keys: calculation.Classed,
    resolved: Resolved,
    made: calculation.Cells,
    tables: Mapping[str, pl.DataFrame],
    reported: pl.DataFrame | None,
    doubtful: Problems,
) -> pl.DataFrame:
    """What was noticed on the whole way, with stakes and addresses.

    `reported` are the key sums before wholes were made, `doubtful` what was found when they were.
    """
    own, counted = settings.own, settings.counted()
    listed = [
        *findings.missing_factors(
            _read(of_keys, reported).lazy(), resolved.missing.lazy(), None if reported is None else tables["sums"].lazy()
        ),
        *unserved.without_cell(_read(of_keys, reported), of_keys.classes, resolved, counted),
        *claims.findings(made.claimed, made.products, taken.activity),
        *_research_in_official_views(settings),
        *doubtful,
    ]
    names = [view.id for view in settings.views]
    if own.counts or electricity.counts_electricity(names):
        sums = tables["sums"]
        before = sums if reported is None else reported
        listed += electricity.findings(
            sums, before, resolved.effective, resolved.resolution, counted, settings.electricity_year
        )
        listed += left_out.left_out(sums, settings.views)
        listed += own_findings.told(own, before, sums, of_keys.classes, resolved)
    if park.VIEW in names:
        listed += park.findings(tables["sums"], tables["inventory"])
    every = pl.concat([taken.findings, resolved.findings, frame("findings", listed)])
    return findings.with_first_addresses(findings.with_stakes(every, made.cells), taken.activity)


def _read(of_keys: calculation.Classed, reported: pl.DataFrame | None) -> pl.DataFrame:
    """The key sums as they were read."""
    return of_keys.sums if reported is None else reported


def _reported(sums: pl.DataFrame, classed: pl.DataFrame) -> pl.DataFrame:
    """The key sums as they were read, each with its class: what may be added over entities."""
    return uncoded(sums).join(classed.select(*KEY, "class"), on=list(KEY), how="inner", nulls_equal=True)


def _counted_once(counted: Sequence[tuple[str, int]]) -> list[str]:
    """The categories in which what is reported is counted once: lines of scope 3 repeat a part of it."""
    return sorted({category for category, scope in counted if scope != 3})


def with_wholes(taken: intake.Intake, own: Own) -> tuple[pl.DataFrame, Problems, Problems]:
    """Key sums with those of the wholes that a project makes from parts; what its figures contradict (an entity outside
    its years, a part counted twice), as rejections; and findings on what cannot be decided of them.
    """
    if not (own.entities.rows or own.parts):
        return taken.sums, [], []
    outside = entities.years_outside(own.entities, uncoded(taken.sums.select("entity", "year").unique()))
    if outside or not own.parts:
        return taken.sums, outside, []
    plain_sums = uncoded(taken.sums)
    whole = ledger.with_wholes(plain_sums, own.parts)
    return whole, *twice.told(plain_sums, whole, own.parts, own.wholes, taken.activity)


def _nothing_waits(rejections: pl.DataFrame, waiting: pl.DataFrame) -> None:
    listed = pl.concat([rejections, waiting.select(rejections.columns)])
    if listed.height:
        raise Refused("run.strict", rejections=listed, refused=listed.height)


def _research_in_official_views(settings: Settings) -> list[dict[str, Any]]:
    """A research pack under an official view was asked for by name: it is done, and said."""
    return [
        finding("pack.research", "default", "warning", seen=f"{view.id}: {one.id}", used=one.id, view=view.id, pack=one.id)
        for view in settings.views
        for one in settings.packs
        if view.id in defaults.OFFICIAL_VIEWS and one.kind == "research"
    ]


def _record(
    taken: intake.Intake,
    settings: Settings,
    tables: Mapping[str, pl.DataFrame],
    conservation_results: list[dict[str, Any]],
    energy: pl.DataFrame,
    digested: str,
) -> dict[str, Any]:
    return manifest.record(
        settings=settings.for_digest(),
        packs=[
            {"id": p.id, "content_hash": p.content_hash, "kind": p.kind, "label_zh": p.label_zh, "label_en": p.label_en}
            for p in settings.packs
        ],
        inputs=taken.inputs,
        stages=[*taken.stages, {"stage": "run", **{f"{name}_rows": table.height for name, table in tables.items()}}],
        conservation=conservation_results,
        gwp={gas: plain_number(potential) for gas, potential in pack.gwp(settings.gwp).items()},
        coverage={"uncovered_share": coverage.uncovered_share(energy), "energy_tce": energy.to_dicts()},
        digest=digested,
        entities=settings.own.names,
        belongings=settings.own.lineages.told(),
    )


def _sql(query: str, tables: Mapping[str, pl.DataFrame], view_tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    import duckdb

    with duckdb.connect(config={"enable_external_access": False, "lock_configuration": True}) as connection:
        for name, table in {
            **{n: tables[n] for n in tables},
            **{n.replace("-", "_"): view_tables[n] for n in view_tables},
        }.items():
            connection.register(name, table.to_arrow())
        try:
            if len(connection.extract_statements(query)) != 1:
                raise UsageError("sql.refused", seen=query[:200], cause="1")
            return connection.sql(query).pl()
        except duckdb.Error as error:
            raise UsageError("sql.refused", seen=query[:200], cause=str(error).splitlines()[0]) from error


def settings_of(
    project: Project | None,
    *,
    factors: Sequence[str] = (),
    view: Sequence[str] = (),
    gwp: str | None = None,
    entity: str | None = None,
    year: int | None = None,
    strict: bool = False,
    electricity: str | None = None,
    electricity_year: str | None = None,
    own: Own | None = None,
) -> Settings:
    """Settings from options, else from the project, else the defaults on which the views agree."""
    names = tuple(view) or (project.views if project else ()) or (views.DEFAULT_VIEW,)
    shown = tuple(views.view(name) for name in names)
    chosen, market_policy = defaults.chosen(
        names, tuple(factors) or (project.packs if project else ()), electricity or (project.electricity if project else None)
    )
    for name in chosen:
        pack_check.refuse_unsound(name)
    said = own or Own()
    packs = (*said.before(), *(pack.load(name) for name in chosen), *said.after())
    potentials = gwp or (project.gwp if project else None) or DEFAULT_GWP
    pack.gwp(potentials)  # a set that does not exist is refused before anything is read
    year_policy = electricity_years.checked(
        electricity_year or (project.electricity_year if project else None) or electricity_years.STRICT
    )
    return Settings(
        packs=packs,
        views=shown,
        gwp=potentials,
        entity=entity,
        year=year,
        strict=strict or bool(project and project.strict),
        electricity=market_policy,
        electricity_year=electricity_years.served(year_policy, packs),
        own=said,
    )


def taken_in(
    paths: Sequence[Path],
    plan: Project | None,
    *,
    entity: str | None = None,
    year: int | None = None,
    mapping: str | Path | None = None,
    encoding: str | None = None,
    memory: str | None = None,
    progress: Progress | None = None,
    own: Own | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> intake.Intake:
    """What the files hold: the first half of a run, and all of `tanfeng check`.

    `own` is what the project says of its own; `meanwhile` is done beside the reading.
    """
    if year is not None and year not in YEARS:
        raise UsageError("year.range", seen=str(year), first=YEARS.start, last=YEARS.stop - 1)
    found = intake.sources(
        paths, plan, entity=entity, year=year, map=None if mapping is None else Path(mapping), encoding=encoding
    )
    known = frozenset(own.lineages.belongings) if own else frozenset[str]()
    with ThreadPoolExecutor(max_workers=1) as beside:
        done = beside.submit(meanwhile)
        taken = intake.intake(
            found, project=plan, limits=_limits(memory), progress=progress, known=known, belonging=own.parts if own else ()
        )
        done.result()
    return taken


def _limits(memory: str | None) -> Limits:
    """The bounds of the reading children: their own, or as much as `--memory` allows."""
    if memory is None:
        return Limits()
    match = re.fullmatch(r"\s*([0-9]+)\s*([KMG]i?)?B?\s*", memory, re.IGNORECASE)
    if match is None or int(match[1]) == 0:
        raise UsageError("run.memory", seen=memory)
    return Limits(memory_bytes=int(match[1]) << {"": 0, "k": 10, "m": 20, "g": 30}[(match[2] or "")[:1].lower()])


def acceptances_of(plan: Project | None) -> tuple[Acceptance, ...]:
    """The acceptances of a project, or of accepted.toml in the current folder where there is no project."""
    file = plan.accepted or plan.folder / ACCEPTED if plan else Path(ACCEPTED)
    return acceptances.read_acceptances(file)


def _plan_and_inputs(plan: Project | None, inputs: Any) -> tuple[Project | None, list[Path]]:
    if isinstance(inputs, (str, Path)) and projects.is_named_by(inputs):
        return projects.load(inputs), []
    if inputs is None:
        return plan, []
    try:
        return plan, [Path(inputs)] if isinstance(inputs, (str, Path)) else [Path(path) for path in inputs]
    except TypeError as error:
        raise UsageError("run.frame", seen=str(type(inputs).__name__)) from error


def _written_as_text(inputs: Any, path: Path) -> None:
    """A frame as CSV: every value as its own text; a column of no plain values keeps its heading and is blank."""
    try:
        table = inputs.collect() if isinstance(inputs, pl.LazyFrame) else pl.DataFrame(inputs)
        plain = [
            pl.lit("").alias(name)
            if dtype.is_nested() or isinstance(dtype, (pl.Object, pl.Binary, pl.Duration))
            else pl.col(name)
            for name, dtype in table.schema.items()
        ]
        table.select(plain).write_csv(path)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError, TypeError) as error:
        raise UsageError("run.frame", seen=str(error).splitlines()[0][:200]) from error


def _made_ready() -> None:
    """What takes time to load and is wanted later, while other processes read the inputs."""
    import_module("pyarrow.compute")
    messages()
    codes.regions()


def run(
    inputs: Any = None,
    *,
    project: Project | None = None,
    factors: Sequence[str] = (),
    view: Sequence[str] | str = (),
    gwp: str | None = None,
    entity: str | None = None,
    year: int | None = None,
    mapping: str | Path | None = None,
    encoding: str | None = None,
    memory: str | None = None,
    strict: bool = False,
    electricity: str | None = None,
    electricity_year: str | None = None,
    progress: Progress | None = None,
) -> Run:
    """Inputs to a run, in memory; nothing is written.

    `inputs` is a path or several (files, folders), a polars or Arrow frame with the columns entity, year, category,
    item, quantity, unit, or a project file or its folder; with a project its own inputs are read. `factors` are pack ids or folders
    in order of priority, else the project's, else the view's own, on which several views must agree; `entity` and `year`
    declare what a sheet does not say and never filter. A run with refused rows returns; only nothing usable, or `strict`
    and something refused or waiting, raises `Refused` with all rejections. `electricity` is the market policy,
    `electricity_year` (`strict`, `nearest`, `fixed:YEAR`) the year whose electricity factor a year takes. Raises UsageError
    for options and projects that cannot be meant.

    >>> import polars as pl
    >>> table = pl.DataFrame({"entity": ["110000"], "year": [2007], "category": ["transport"],
    ...                       "item": ["diesel_oil"], "quantity": ["102.63"], "unit": ["万吨"]})
    >>> run(table, factors=["ceads-2018"]).inventory["mass_t"].item()
    Decimal('3175186.439700000000')
    """
    if isinstance(inputs, pl.LazyFrame) or hasattr(inputs, "__arrow_c_stream__"):
        with tempfile.TemporaryDirectory() as folder:
            table = Path(folder) / "frame" / "table.csv"
            table.parent.mkdir()
            _written_as_text(inputs, table)
            return run(
                table, project=project, factors=factors, view=view, gwp=gwp, entity=entity, year=year, mapping=mapping,
                encoding="utf-8", memory=memory, strict=strict, electricity=electricity, electricity_year=electricity_year,
                progress=progress,
            )  # fmt: skip
    plan, paths = _plan_and_inputs(project, inputs)
    own = own_tables(plan)
    settings = settings_of(
        plan, factors=factors, view=(view,) if isinstance(view, str) else view, gwp=gwp, entity=declared_entity(entity), year=year,
        strict=strict, electricity=electricity, electricity_year=electricity_year, own=own,
    )  # fmt: skip
    taken = taken_in(
        paths, plan, entity=entity, year=year, mapping=mapping, encoding=encoding, memory=memory, progress=progress,
        own=own, meanwhile=_made_ready,
    )  # fmt: skip
    if taken.sums.is_empty():
        told = findings.waiting(taken.findings).select(taken.rejections.columns)
        raise Refused("run.nothing_usable", rejections=pl.concat([taken.rejections, told]), files=len(taken.inputs))
    return computed(taken, replace(settings, mapping=taken.mapping_hash), acceptances_of(plan))
