"""The files of an export: which tables, where they may go, in which form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from accounting.errors import Lang, UsageError, Where, did_you_mean
from accounting.export.people import Result, about, for_people, with_names
from accounting.export.workbook import rows_fit, write_sheets
from accounting.system import file_fault
from accounting.tables import ORDER, TABLES

FORMATS = ("csv", "xlsx")
FOR_PEOPLE = ("inventory", "rejections", "findings", "corrections", "resolution")
ABOUT = "about"
WORKBOOK = "tanfeng.xlsx"


def export_run(
    run: Result,
    folder: Path,
    *,
    form: str = "csv",
    tables: Sequence[str] = (),
    machine: bool = False,
    lang: Lang = "zh",
) -> list[Path]:
    """Write the tables into a folder that is new or empty; gives the files.

    `tables` are names of tables or views, else all that serve (for people: views, cells, refusals, findings,
    corrections, factors). Raises UsageError `export.format`, `export.unknown_table`, `export.not_empty`,
    `export.too_many_rows`; EnvironmentFault where the disk stands in the way.
    """
    if form not in FORMATS:
        raise UsageError("export.format", seen=form, formats=", ".join(FORMATS))
    chosen = {name: _table(run, name) for name in _names(run, tables, machine)}
    if form == "xlsx":
        rows_fit(chosen)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("export.not_empty", where=Where(str(folder)), seen=str(folder))
    shown = chosen if machine else {n: for_people(t, lang, run.views, run.manifest.get("entities")) for n, t in chosen.items()}
    if not machine:
        shown = {ABOUT: about(run, lang), **shown}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _write_workbook(folder, shown, machine) if form == "xlsx" else _write_csvs(folder, shown, machine)
    except OSError as error:
        raise file_fault(error, folder) from error


def _names(run: Result, asked: Sequence[str], machine: bool) -> list[str]:
    known = [*run.views, *(name for name in TABLES if name in run.tables)]
    unknown = [name for name in asked if name not in known]
    if unknown:
        close = did_you_mean(unknown[0], known)
        raise UsageError("export.unknown_table", seen=unknown[0], tables=", ".join(known), close=close or "–")
    served = known if machine else [name for name in known if name in run.views or name in FOR_PEOPLE]
    return list(dict.fromkeys(asked)) or served


def _table(run: Result, name: str) -> pl.DataFrame:
    table = run.views[name] if name in run.views else run.tables[name]
    order = [column for column in ORDER.get(name, ORDER["view"]) if column in table.columns]
    return table.sort(order, nulls_last=False, maintain_order=True)


def write_table(table: pl.DataFrame, path: Path) -> None:
    """One table into a file, CSV, XLSX or Parquet by its name: English columns, names and a verdict for people.

    Raises UsageError `export.file_kind`; EnvironmentFault where the disk stands in the way.
    """
    kind = path.suffix.lower()
    shown = table if kind == ".parquet" else with_names(table)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if kind == ".parquet":
            table.write_parquet(path)
        elif kind == ".csv":
            _write_csv(path, shown, machine=False)
        elif kind == ".xlsx":
            rows_fit({path.stem: shown})
            write_sheets(path, {"Sheet1": shown}, machine=False)
        else:
            raise UsageError("export.file_kind", where=Where(str(path)), seen=path.suffix or path.name)
    except OSError as error:
        raise file_fault(error, path) from error


def _write_csvs(folder: Path, shown: Mapping[str, pl.DataFrame], machine: bool) -> list[Path]:
    paths = [folder / f"{name}.csv" for name in shown]
    for path, table in zip(paths, shown.values(), strict=True):
        _write_csv(path, table, machine)
    return paths


def _write_csv(path: Path, table: pl.DataFrame, machine: bool) -> None:
    table.write_csv(path, include_bom=not machine, line_terminator="\n" if machine else "\r\n")


def _write_workbook(folder: Path, shown: Mapping[str, pl.DataFrame], machine: bool) -> list[Path]:
    write_sheets(folder / WORKBOOK, shown, machine)
    return [folder / WORKBOOK]
