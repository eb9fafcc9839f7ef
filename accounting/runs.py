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
from pathlib import Path
from typing import Any

import polars as pl

from accounting import acceptances, calculation, ledger, units, views
from accounting import project as projects
from accounting.acceptances import Acceptance
from accounting.errors import Refused, UsageError, finding
from accounting.exact import plain as plain_number
from accounting.explain import Explanation, Place, explained, place_of
from accounting.factors import check as pack_check
from accounting.factors import electricity_years, pack
from accounting.ingest import intake
from accounting.ingest.limits import Limits
from accounting.ingest.project_tables import entities, twice
from accounting.ingest.project_tables.own import Own, own_tables, refusal
from accounting.ingest.sources import declared_entity
from accounting.methods.electricity_heat import MARKET_POLICIES
from accounting.project import Project
from accounting.quality import claims, conservation, coverage, electricity, findings, park, reference, unserved
from accounting.quality import own_tables as own_findings
from accounting.ranks import uncoded
from accounting.store import commit, digest, manifest, opened
from accounting.tables import CELL, KEY, STORED, check, contract, frame, ordered

Progress = Callable[[str, int, int], None]

YEARS = range(1900, 2101)
DEFAULT_GWP = "AR5"
MARKET_POLICY = "market_residual"  # of electricity, in account `market`
POLICY_OF_VIEW = {"zero-carbon-park": "zero_carbon_park"}
ACCEPTED = "accepted.toml"
_OFFICIAL = ("provincial-2011", "cn-enterprise-2024", "grid-cn", "cn-heat")
_INTERNATIONAL = ("ipcc-2006", "ipcc-2006-ippu", "gbt-2589-2020", "grid-cn", "cn-heat")
DEFAULT_PACKS: dict[str, tuple[str, ...]] = {
    "energy-balance": ("ceads-2018", "ipcc-2006", "gwp"),
    "china-pilot": _OFFICIAL,
    "provincial": _OFFICIAL,
    "zero-carbon-park": _OFFICIAL,
    "ipcc2006": _INTERNATIONAL,
    "gpc": _INTERNATIONAL,
}
OFFICIAL_VIEWS = ("china-pilot", "provincial", "zero-carbon-park")


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
    electricity: str = MARKET_POLICY
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
    counted = settings.counted()
    categories = _of_fuel(counted)
    own = settings.own
    whole, contradicted, doubtful = with_wholes(taken, own)
    if contradicted:
        raise refusal(contradicted)
    found = calculation.calculated(whole, settings.terms())
    sums, cells, resolved = found.coded_sums, found.made.coded, found.resolved
    conservation_results = [conservation.sums_equal(whole.lazy(), sums.lazy(), "classes")]
    if own.parts:
        conservation_results += conservation.wholes_are_their_parts(uncoded(taken.sums), whole, own.parts)
    tables = {
        "activity": taken.activity,
        "sums": found.sums,
        "effective": ordered("effective", resolved.effective),
        "resolution": ordered("resolution", resolved.resolution),
        "missing": ordered("missing", resolved.missing),
        "inventory": found.made.cells,
        "rejections": ordered("rejections", taken.rejections),
        "corrections": ordered("corrections", taken.corrections),
    }
    with ThreadPoolExecutor(max_workers=1) as beside:
        digested = beside.submit(digest.digest, tables, settings.for_digest())
        conservation_results.append(conservation.cells_are_unique(cells, CELL))
        view_tables: dict[str, pl.DataFrame] = {}
        for shown in settings.views:
            view_tables[shown.id] = views.view_table(cells, shown)
            conservation_results.append(conservation.totals_equal_parts(cells, view_tables[shown.id], shown))
    reported = _reported(taken.sums, found.sums) if own.parts else found.sums
    read = reported if own.parts else sums
    listed = [
        *findings.missing_factors(read.lazy(), resolved.missing.lazy(), found.sums.lazy() if own.parts else None),
        *unserved.without_cell(sums, found.classes, resolved, counted),
        *claims.findings(found.made.claimed, found.made.products, taken.activity),
        *electricity.findings(
            found.sums, reported, resolved.effective, resolved.resolution, counted, settings.electricity_year
        ),
        *(park.findings(tables["sums"], tables["inventory"]) if park.VIEW in view_tables else ()),
        *_research_in_official_views(settings),
        *own_findings.told(own, reported, found.sums, found.classes, resolved),
        *doubtful,
    ]
    all_findings = pl.concat([taken.findings, resolved.findings, frame("findings", listed)])
    all_findings = findings.with_first_addresses(findings.with_stakes(all_findings, cells), taken.activity)
    tables["findings"] = findings.accepted(all_findings, accepted)
    for name, table in tables.items():
        check(name, table)
    if settings.strict:
        _nothing_waits(tables["rejections"], findings.waiting(tables["findings"]))
    energy = coverage.energy(read.lazy(), categories, resolved.missing.lazy())
    record = _record(taken, settings, tables, conservation_results, energy, digested.result())
    return Run(tables, view_tables, record, sources=taken.paths)


def _reported(sums: pl.DataFrame, classed: pl.DataFrame) -> pl.DataFrame:
    """The key sums as they were read, each with its class: what may be added over entities."""
    return uncoded(sums).join(classed.select(*KEY, "class"), on=list(KEY), how="inner", nulls_equal=True)


def _of_fuel(counted: Sequence[tuple[str, int]]) -> list[str]:
    """The categories in which what is reported is counted once: lines of scope 3 repeat a part of it."""
    return sorted({category for category, scope in counted if scope != 3})


Problems = list[dict[str, Any]]


def with_wholes(taken: intake.Intake, own: Own) -> tuple[pl.DataFrame, Problems, Problems]:
    """Key sums with those of the wholes that a project makes from parts; what its figures contradict (an entity outside
    its years, a part counted twice), as rejections; and findings on what cannot be decided of them.
    """
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
        if view.id in OFFICIAL_VIEWS and one.kind == "research"
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
    mapping: str | None = None,
    strict: bool = False,
    electricity: str | None = None,
    electricity_year: str | None = None,
    own: Own | None = None,
) -> Settings:
    """Settings from options, else from the project, else the view's own defaults."""
    names = tuple(view) or (project.views if project else ()) or (views.DEFAULT_VIEW,)
    defaults = tuple(dict.fromkeys(p for name in names for p in DEFAULT_PACKS.get(name, ())))
    chosen = tuple(factors) or (project.packs if project else ()) or defaults
    for name in chosen:
        pack_check.refuse_unsound(name)
    said = own or Own()
    return Settings(
        packs=(*said.before(), *(pack.load(name) for name in chosen), *said.after()),
        views=tuple(views.view(name) for name in names),
        gwp=gwp or (project.gwp if project else None) or DEFAULT_GWP,
        entity=entity,
        year=year,
        mapping=mapping,
        strict=strict or bool(project and project.strict),
        electricity=_policy(electricity or (project.electricity if project else None), names),
        electricity_year=electricity_years.checked(
            electricity_year or (project.electricity_year if project else None) or electricity_years.STRICT
        ),
        own=said,
    )


def _policy(asked: str | None, view_names: Sequence[str]) -> str:
    """The market policy of electricity: the one asked for, else that of the view; a view that has its own takes no other."""
    if asked is not None and asked not in MARKET_POLICIES:
        raise UsageError("electricity.policy", seen=asked, policies=", ".join(MARKET_POLICIES))
    own = next((POLICY_OF_VIEW[name] for name in view_names if name in POLICY_OF_VIEW), None)
    if own is not None and asked not in (None, own):
        raise UsageError("electricity.policy_of_view", seen=asked, policy=own)
    return asked or own or MARKET_POLICY


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
        taken = intake.intake(found, project=plan, limits=_limits(memory), progress=progress, known=known)
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
    """What takes time to compile and is wanted later, while other processes read the inputs."""
    units.unit("kg")
    for name in STORED:
        contract(name)


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
    in order of priority, else the project's, else the view's own; `entity` and `year` declare what a sheet does not
    say and never filter. A run with refused rows returns; only nothing usable, or `strict` and something refused or
    waiting, raises `Refused` with all rejections. `electricity` is the market policy, `electricity_year` (`strict`,
    `nearest`, `fixed:YEAR`) the year whose electricity factor a year takes. Raises UsageError for options and projects that cannot be meant.

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
    taken = taken_in(
        paths, plan, entity=entity, year=year, mapping=mapping, encoding=encoding, memory=memory, progress=progress,
        own=own, meanwhile=_made_ready,
    )  # fmt: skip
    settings = settings_of(
        plan, factors=factors, view=(view,) if isinstance(view, str) else view, gwp=gwp, entity=declared_entity(entity), year=year,
        mapping=taken.mapping_hash, strict=strict, electricity=electricity, electricity_year=electricity_year, own=own,
    )  # fmt: skip
    if taken.sums.is_empty():
        told = findings.waiting(taken.findings).select(taken.rejections.columns)
        raise Refused("run.nothing_usable", rejections=pl.concat([taken.rejections, told]), files=len(taken.inputs))
    return computed(taken, settings, acceptances_of(plan))
