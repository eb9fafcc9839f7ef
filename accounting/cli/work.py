"""What run and check do: take in, compute, write, print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from accounting import project as projects
from accounting.cli.printed import run_text, view_lines
from accounting.cli.talk import Talk
from accounting.errors import ProjectRefused, Refused, UsageError
from accounting.errors import lines as error_lines
from accounting.ingest.project_tables.own import Own, own_tables
from accounting.runs import Run, acceptances_of, run, taken_in, with_wholes
from accounting.store.commit import refuse_foreign
from accounting.views import view

MOST_LINES = 10_000  # of a view in --json


def run_and_save(
    talk: Talk, paths: Sequence[Path], *, out: Path | None, project: Path | None, copy_inputs: bool, **options: Any
) -> int:
    """`tanfeng run`: the exit code is the run's own; a refusal prints every rejection and writes nothing."""
    plan, paths = plan_and_paths(project, paths)
    if not paths and plan is None:
        raise UsageError("run.no_input")
    if out is None and plan is None:
        raise UsageError("run.no_out")
    target = out or projects.next_run(_given(plan))
    packs = listed_packs(options.pop("factors"))
    refuse_foreign(target)
    try:
        result = run(
            list(paths) or None,
            project=plan,
            factors=packs,
            progress=talk.progress(),
            **options,
        )
    except Refused as refused:
        return print_refusal(talk, refused)
    saved = result.save(target, copy_inputs=copy_inputs)
    talk.result(
        "\n".join([run_text(saved, talk), *_without_corrections(saved, plan, paths, packs, options, talk)]),
        run_document(saved) if talk.as_json else {},
    )
    return saved.exit_code


def _without_corrections(
    saved: Run, plan: projects.Project | None, paths: Sequence[Path], packs: Sequence[str], options: dict[str, Any], talk: Talk
) -> list[str]:
    """The totals as they would be without the corrections of the project, where it has made any."""
    if plan is None or saved.tables["corrections"].is_empty():
        return []
    unstrict: dict[str, Any] = {**options, "strict": False}
    try:
        plain = run(list(paths) or None, project=replace(plan, corrections=None), factors=packs, **unstrict)
    except Refused:
        return ["", talk.say("不作更正则没有可用的数据", "without the corrections nothing could be used")]
    lines = [line for name in plain.views for line in view_lines(plain, view(name), talk)]
    return ["", talk.say("不作更正时：", "without the corrections:"), *lines]


def print_refusal(talk: Talk, refused: Refused) -> int:
    """Nothing was written: the whole list goes to stdout."""
    rows = [] if refused.rejections is None else refused.rejections.to_dicts()
    text = "\n".join(line for row in rows for line in [*error_lines(row, talk.lang), ""])
    talk.result(text, {"error": refused.as_rejection(), "rejections": rows, "exit_code": refused.exit_code})
    for line in error_lines(refused, talk.lang):
        talk.note(line, line)
    return refused.exit_code


def run_document(result: Run) -> dict[str, Any]:
    """The JSON of a run: where it lies, digest, exit code, counts, totals, refusals and what waits."""
    return {
        "run": None if result.path is None else str(result.path),
        "digest": result.digest,
        "exit_code": result.exit_code,
        "packs": result.manifest["packs"],
        "electricity": {name: result.manifest["settings"].get(name) for name in ("electricity", "electricity_year")},
        "uncovered_share": result.manifest["coverage"]["uncovered_share"],
        "rows": {name: table.height for name, table in result.tables.items()},
        "views": {name: _listed_lines(table) for name, table in result.views.items()},
        "views_cut": {name: max(0, _lines_of(table).height - MOST_LINES) for name, table in result.views.items()},
        "rejections": result.tables["rejections"].to_dicts(),
        "waiting": result.waiting.to_dicts(),
    }


def _lines_of(table: pl.DataFrame) -> pl.DataFrame:
    return table.filter(pl.col("item").is_null())


def _listed_lines(table: pl.DataFrame) -> list[dict[str, Any]]:
    """The lines of a view, all items together; of a large one the first, the whole stands in the run."""
    return _lines_of(table).head(MOST_LINES).to_dicts()


def check_inputs(talk: Talk, paths: Sequence[Path], *, project: Path | None, strict: bool, **options: Any) -> int:
    """`tanfeng check`: intake only, every problem by cell; 0 nothing, 1 some, 2 the project, 3 nothing usable or strict."""
    plan, paths = plan_and_paths(project, paths)
    own, unusable = _own(plan)
    taken = taken_in(list(paths), plan, progress=talk.progress(), own=own, **options)
    _, contradicted, doubtful = with_wholes(taken, own)
    refused = [*unusable, *contradicted, *taken.rejections.to_dicts()]
    found = [*taken.findings.to_dicts(), *doubtful]
    noted = [row for row in found if row["severity"] != "info"]
    accepted_ids = {a.id for a in acceptances_of(plan)}
    open_notes = [row for row in noted if row["id"] not in accepted_ids]
    blocks = [line for row in [*refused, *noted] for line in [*error_lines(row, talk.lang), ""]]
    usable = taken.sums.height > 0 and not contradicted
    waits = bool(refused or open_notes)
    code = ProjectRefused.exit_code if unusable else Refused.exit_code if not usable or (strict and waits) else int(waits)
    summary = talk.say(
        f"{len(taken.inputs)} 个文件，{taken.activity.height} 行活动数据，{taken.sums.height} 个键；"
        f"未采用 {len(refused)} 项，提示 {len(noted)} 项",
        f"{len(taken.inputs)} files, {taken.activity.height} activity rows, {taken.sums.height} keys; "
        f"{len(refused)} refused, {len(noted)} noted",
    )
    talk.result(
        "\n".join([*blocks, summary]),
        {
            "exit_code": code,
            "inputs": taken.inputs,
            "stages": taken.stages,
            "activity_rows": taken.activity.height,
            "keys": taken.sums.height,
            "rejections": refused,
            "findings": found,
        },
    )
    return code


def _own(plan: projects.Project | None) -> tuple[Own, list[dict[str, Any]]]:
    """What the project's tables say, or nothing and every problem of them."""
    try:
        return own_tables(plan), []
    except Refused as refused:
        return Own(), [] if refused.rejections is None else refused.rejections.to_dicts()


def plan_and_paths(file: Path | None, paths: Sequence[Path]) -> tuple[projects.Project | None, Sequence[Path]]:
    """The project and the inputs that are meant: one folder with a project of its own is that project."""
    if file is None and len(paths) == 1 and projects.is_named_by(paths[0]):
        return projects.load(paths[0]), []
    return plan_of(file, use_default=True), paths


def plan_of(file: Path | None, *, use_default: bool) -> projects.Project | None:
    """The project that was named, else the tanfeng.toml here where one is wanted, else none."""
    if file is not None:
        return projects.load(file)
    return projects.load(projects.FILE_NAME) if use_default and Path(projects.FILE_NAME).exists() else None


def listed_packs(text: str | None) -> tuple[str, ...]:
    """Pack ids between commas; an option that names none is no choice of the default. Raises UsageError `pack.none_named`."""
    names = tuple(part.strip() for part in (text or "").split(",") if part.strip())
    if text is not None and not names:
        raise UsageError("pack.none_named", seen=text)
    return names


def _given(plan: projects.Project | None) -> projects.Project:
    if plan is None:
        raise UsageError("run.no_out")
    return plan
