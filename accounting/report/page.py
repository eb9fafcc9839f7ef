"""The page: both languages in one file that needs nothing else, and its way to the disk.

The language is chosen without a script; the page forbids itself every connection.
"""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

from accounting import codes
from accounting.errors import LANGS, EnvironmentFault, Lang, UsageError, Where
from accounting.report import charts, electricity, lists, summary, totals
from accounting.report.subject import Result, unit
from accounting.report.words import Words
from accounting.system import file_fault

MARK = "<!doctype html><!-- tanfeng report -->"
ENERGY_KINDS = ("fuel", "biofuel", "energy")
NEEDS = ("altair", "jinja2", "vl_convert")


def render_report(run: Result, lang: Lang = "zh") -> str:
    """The whole page, opening in `lang`. Raises EnvironmentFault `report.extra_missing` without the extra."""
    _extra_is_there()
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("accounting.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    own = run.manifest.get("entities", {})
    sides = [_side(run, Words(one, own)) for one in LANGS]
    return MARK + environment.get_template("page.html").render(sides=sides, opening=lang)


def _side(run: Result, words: Words) -> dict[str, Any]:
    from markupsafe import Markup

    drawing, drawn, of = charts.emissions(run, words)
    told = run.manifest.get("coverage", {}).get("energy_tce", [])
    without = {row["item"] for row in told if row["tce"] is None and codes.item(row["item"]).kind in ENERGY_KINDS}
    return {
        "w": words,
        "head": summary.head(run, words),
        "first": summary.first(run, words),
        "energy": Markup(charts.energy(run, words)),  # noqa: S704 - our own drawing, its texts escaped
        "uncoded": len(without),
        "emissions": Markup(drawing),  # noqa: S704 - our own drawing, its texts escaped
        "drawn": drawn,
        "of": of,
        "electricity": electricity.given_twice(run, words),
        "grids": _grids(run, words),
        "refused": lists.refused(run, words),
        "findings": lists.findings(run, words),
        "factors": lists.factors(run, words),
        "inputs": lists.inputs(run, words),
    }


def _grids(run: Result, words: Words) -> list[dict[str, Any]]:
    """The tables of totals: each view by category with what it says beside them, the first also by item."""
    grids: list[dict[str, Any]] = []
    for name in run.views:
        view = f"{summary.view_name(name, words)} · " if len(run.views) > 1 else ""
        facts = {"unit": unit(run, words, name)}
        grids.append(
            {
                "id": f"category-{name}",
                "title": view + words("by_category", **facts),
                "table": totals.by_category(run, words, name),
            }
        )
        apart = totals.beside(run, words, name)
        if apart.lines and apart.heads:
            grids.append({"id": f"beside-{name}", "title": view + words("beside_totals", **facts), "table": apart})
    first = next(iter(run.views))
    named = f"{summary.view_name(first, words)} · " if len(run.views) > 1 else ""
    title = named + words("by_item", unit=unit(run, words))
    return [*grids, {"id": "item", "title": title, "table": totals.by_item(run, words)}]


def _extra_is_there() -> None:
    missing = [name for name in NEEDS if not _importable(name)]
    if missing:
        raise EnvironmentFault("report.extra_missing", seen=", ".join(missing))


def _importable(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def write_report(run: Result, path: Path, lang: Lang = "zh") -> Path:
    """Write the page whole or not at all; only an earlier report is replaced.

    Raises UsageError `report.other_file` where the path holds something else.
    """
    page = render_report(run, lang)
    try:
        if path.exists() and not _is_report(path):
            raise UsageError("report.other_file", where=Where(str(path)), seen=path.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        begun = path.with_name(f".{path.name}.{os.getpid()}")
        begun.write_text(page, encoding="utf-8", newline="\n")
        begun.replace(path)
    except OSError as error:
        raise file_fault(error, path) from error
    return path


def _is_report(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(len(MARK)) == MARK.encode()
