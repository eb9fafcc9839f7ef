"""What the asking and checking commands answer."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from accounting import export
from accounting import project as projects
from accounting.acceptances import Acceptance, append_acceptances, read_acceptances
from accounting.cli.printed import entity_label, ten_thousand_tonnes
from accounting.cli.talk import Talk
from accounting.cli.work import plan_of
from accounting.errors import Lang, UsageError, Where
from accounting.errors import lines as error_lines
from accounting.exact import plain
from accounting.explain import Place, explanation_text, formula_line, place_of, recomputed
from accounting.quality import findings as quality_findings
from accounting.quality import reconcile, reference
from accounting.quality.published import read_published
from accounting.runs import ACCEPTED, open_run
from accounting.store import verify as store_verify

SEVERITY_WORDS = {"zh": {"info": "提示", "warning": "警告", "error": "错误"}, "en": {}}


def list_findings(talk: Talk, run: Path, *, kind: str | None, only_open: bool) -> int:
    """Findings by tonnes at stake, open ones first."""
    result = open_run(run)
    table = quality_findings.waiting(result.tables["findings"]) if only_open else result.tables["findings"]
    if kind is not None:
        table = table.filter((pl.col("kind") == _known_kind(kind, table)) | (pl.col("code") == kind))
    rows = table.sort(
        pl.col("severity") == "info", pl.col("stake_t"), "code", descending=[False, True, False], nulls_last=True
    ).to_dicts()
    lines = [line for row in rows for line in _finding_lines(row, talk.lang, result.names)]
    lines.append(talk.say(f"共 {len(rows)} 项", f"{len(rows)} findings"))
    talk.result("\n".join(lines), {"findings": rows, "exit_code": result.exit_code})
    return result.exit_code


def _known_kind(kind: str, table: pl.DataFrame) -> str:
    """A kind of finding, or a code that the run has."""
    from accounting.errors import did_you_mean
    from accounting.tables import FINDING_KINDS

    if kind not in FINDING_KINDS and kind not in set(table["code"]):
        raise UsageError(
            "findings.unknown_kind", seen=kind, kinds=", ".join(FINDING_KINDS), close=did_you_mean(kind, FINDING_KINDS)
        )
    return kind


def _finding_lines(row: dict[str, Any], lang: Lang, own: Mapping[str, str]) -> list[str]:
    head, *rest = error_lines(row, lang)
    severity = SEVERITY_WORDS[lang].get(row["severity"], row["severity"])
    stake = "" if row["stake_t"] is None else f"  {row['stake_t']:,.0f} t"
    accepted = "" if row["accepted_by"] is None else f"  ✓ {row['accepted_by']} {row['accepted_on']}: {row['reason']}"
    entity = f"  {entity_label(row['entity'], lang, own)}" if row["entity"] in own else ""
    return [f"[{row['id']}] {severity} {row['kind']}{stake}{entity}  {head}{accepted}", *rest, ""]


def accept_findings(talk: Talk, ids: Sequence[str], *, by: str, reason: str, run: Path | None, project: Path | None) -> int:
    """Append acceptances to the project's accepted.toml, or to accepted.toml here."""
    for name, given in (("--by", by), ("--reason", reason)):
        if not given.strip():
            raise UsageError("accept.blank", seen=name)
    result = open_run(_run_of(run, project))
    file = _accepted_file(project)
    rows = [_finding_of(result.tables["findings"], name) for name in ids]
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    known = {acceptance.id for acceptance in read_acceptances(file)}
    fresh = [row for row in rows if row["id"] not in known]
    append_acceptances(file, [Acceptance(r["id"], r["code"], r["seen"], by, today, reason) for r in fresh])
    talk.result(
        talk.say(f"已确认 {len(rows)} 项，记入 {file}；重新核算后生效", f"{len(rows)} accepted in {file}; run again to see it"),
        {"accepted": [row["id"] for row in rows], "file": str(file)},
    )
    return 0


def _run_of(run: Path | None, project_file: Path | None) -> Path:
    if run is not None:
        return run
    plan = plan_of(project_file, use_default=True)
    latest = projects.latest_run(plan) if plan else None
    if latest is None:
        raise UsageError("accept.which_run")
    return latest


def _accepted_file(project_file: Path | None) -> Path:
    plan = plan_of(project_file, use_default=True)
    if plan is None:
        return Path(ACCEPTED)
    return plan.accepted or plan.folder / ACCEPTED


def _finding_of(findings: pl.DataFrame, name: str) -> dict[str, Any]:
    fits = findings.filter(pl.col("id").str.starts_with(name))
    if fits.height != 1:
        raise UsageError("accept.unknown_id", seen=name, count=fits.height)
    row = fits.row(0, named=True)
    if row["severity"] == "error":
        raise UsageError("accept.error_needs_correction", seen=name)
    return row


def verify_run(talk: Talk, run: Path, *, digest: str | None, inputs: Path | None) -> int:
    """Three levels, each printed as 已核, 未核 or 不符; 5 where numbers or hashes differ, or a source asked for is not there."""
    levels = store_verify.verified(run, digest=digest, inputs=inputs)
    lines = [_level_line(level, talk) for level in levels]
    code = 5 if any(level.state == "different" for level in levels) else 0
    talk.result("\n".join(lines), {"levels": [level.document() for level in levels], "exit_code": code})
    return code


def _level_line(level: store_verify.Level, talk: Talk) -> str:
    words = {
        "checked": talk.say("已核", "checked"),
        "not_checked": talk.say("未核", "not checked"),
        "different": talk.say("不符", "DIFFERENT"),
    }
    return f"{words[level.state]}  {level.text(talk.lang)}"


def verify_line(talk: Talk, text: str) -> int:
    """One line of explain computed again: 0 equal, 5 not."""
    again = recomputed(text)
    word = talk.say("相符", "equal") if again.right else talk.say("不符", "DIFFERENT")
    talk.result(
        f"{word}  {again.expression} = {plain(again.ours)}" + ("" if again.right else f"  ≠ {plain(again.printed)}"),
        {"equal": again.right, "ours": again.ours, "printed": again.printed, "exit_code": 0 if again.right else 5},
    )
    return 0 if again.right else 5


def explain_number(talk: Talk, run: Path, path: str | None, **where: Any) -> int:
    """The way of a number, as text or as JSON with every posting."""
    result = open_run(run)
    asked = place_of(path) if path else Place()
    named = {name: value for name, value in where.items() if value is not None}
    place = Place(**{**_fields(asked), **_fields(place_of_options(named))})
    explanation = result.explain(**_fields(place))
    document = {
        "place": _fields(explanation.place),
        "mass_t": explanation.mass_t,
        "cells": [
            {"cell": c.cell, "line": formula_line(c), "postings": [_fields(p) for p in c.postings]} for c in explanation.cells
        ],
        "others": explanation.others,
        "others_t": explanation.others_t,
        "missing": list(explanation.missing),
        "views": list(explanation.views),
        "information": list(explanation.information),
        "electricity": {name: result.manifest["settings"].get(name) for name in ("electricity", "electricity_year")},
    }
    label = " / ".join(p[f"label_{talk.lang}"] for p in result.manifest["packs"] if p[f"label_{talk.lang}"])
    talk.result("\n".join((explanation_text(explanation, talk.lang), "", label)), document)
    return 0


def place_of_options(named: dict[str, Any]) -> Place:
    """Options may be ids or names, as a path's parts may."""
    words = {k: v for k, v in named.items() if k in {"entity", "category", "item", "gas", "account"}}
    rest = {k: v for k, v in named.items() if k not in words}
    read = {k: getattr(place_of(str(v)), k) or v for k, v in words.items()}
    return Place(**read, **rest)


def _fields(record: Any) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in record.__slots__}
    return {name: value for name, value in values.items() if value is not None}


def reconcile_run(talk: Talk, run: Path, published: Path, out: Path) -> int:
    """Ours against published figures: the table goes to a file, the summary to stdout."""
    if not published.is_file():
        raise UsageError("file.missing", where=Where(str(published)), seen=str(published))
    if out.exists():
        raise UsageError("reconcile.exists", where=Where(str(out)), seen=str(out))
    compared = reconcile.compared(open_run(run).tables["inventory"], read_published(published))
    export.write_table(compared.table, out)
    talk.result(compared.text(talk.lang) + "\n" + str(out), compared.document())
    return 0 if compared.agrees else 1


def reconcile_supply(talk: Talk, run: Path, out: Path, *, factors: Sequence[str]) -> int:
    """The sectoral CO2 against the reference approach: the table to a file, the groups of fuels to stdout.

    1 where a total differs by more than the share that is to be explained, or could not be compared.
    """
    if out.exists():
        raise UsageError("reconcile.exists", where=Where(str(out)), seen=str(out))
    stored = open_run(run)
    table = stored.reference(factors)
    export.write_table(table, out)
    totals = table.filter(pl.col("item").is_null())
    agrees = (totals["difference_percent"].abs() <= reference.EXPLAIN_OVER).fill_null(value=False).all()
    lines = [_supply_line(row, talk, stored.names) for row in totals.to_dicts()]
    talk.result("\n".join([*lines, str(out)]), {"agrees": agrees, "totals": totals.to_dicts(), "file": str(out)})
    return 0 if agrees else 1


def _supply_line(row: dict[str, Any], talk: Talk, names: Mapping[str, str]) -> str:
    zh, en = reference.GROUPS[row["group"]]
    name = f"{entity_label(row['entity'], talk.lang, names)} · {row['year']}  {talk.say(zh, en)}"
    masses = [ten_thousand_tonnes(row[f"{side}_co2_t"]) for side in ("reference", "sectoral")]
    missing = row["reference_missing"] + row["sectoral_missing"]
    if missing:
        end = talk.say(f"不完整 (缺 {missing} 项)，不比较", f"incomplete ({missing} missing), not compared")
    elif row["difference_percent"] is None:
        end = talk.say("部门法为 0", "nothing by sectors")
    else:
        end = f"{row['difference_percent']:+.2f} %"
        if abs(row["difference_percent"]) > reference.EXPLAIN_OVER:
            end += talk.say(f"  超过 {reference.EXPLAIN_OVER:g} %，须说明原因", f"  over {reference.EXPLAIN_OVER:g} %: explain")
    return talk.say(
        f"{name}  参考方法 {masses[0]}，部门法 {masses[1]} 万吨CO₂  {end}",
        f"{name}  reference {masses[0]}, sectoral {masses[1]} 10^4 t CO2  {end}",
    )


def export_tables(talk: Talk, run: Path, out: Path, *, form: str, tables: Sequence[str], machine: bool) -> int:
    """Files for people, or with --machine for programs."""
    written = export.export_run(open_run(run), out, form=form, tables=list(tables), machine=machine, lang=talk.lang)
    talk.result("\n".join(str(path) for path in written), {"files": [str(path) for path in written]})
    return 0


def write_report(talk: Talk, run: Path, out: Path | None) -> int:
    """One HTML file; it needs the extra `report`."""
    from accounting import report

    target = out or run.parent / f"{run.name}.html"
    report.write_report(open_run(run), target, lang=talk.lang)
    talk.result(str(target), {"report": str(target)})
    return 0
