"""Verifying a run in three levels, each said to be checked, not checked, or different.

1 the seal: size and SHA-256 of every file, the digest over the logical rows, and the digest that a report printed
2 inventory and views, recomputed from key sums and the parameter values in the run; no pack is needed
3 key sums, from the activity rows of the run, and from the sources where they are at hand

Numbers are compared exactly. Another engine version must give equal numbers.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import polars as pl

from accounting import calculation, ledger, views
from accounting.errors import Lang
from accounting.factors import effective
from accounting.ingest import intake
from accounting.methods import method
from accounting.ranks import uncoded
from accounting.store import opened
from accounting.store.digest import digest as digest_of
from accounting.tables import KEY, TABLES, ordered, plain

State = Literal["checked", "not_checked", "different"]
SUMMED = (*KEY, "quantity", "notation_key")


@dataclass(frozen=True, slots=True)
class Level:
    """One thing that was verified: its number, state, and what was found, in both languages."""

    level: int
    state: State
    zh: str
    en: str

    def text(self, lang: Lang) -> str:
        """What was found, in one language."""
        return f"{self.level}  {self.zh if lang == 'zh' else self.en}"

    def document(self) -> dict[str, Any]:
        """The level as a JSON object."""
        return {"level": self.level, "state": self.state, "zh": self.zh, "en": self.en}


def verified(folder: Path, *, digest: str | None = None, inputs: Path | None = None) -> list[Level]:
    """Every level of verification of the run in a folder.

    `digest` is the one that a report prints, whole or its first sixteen characters or more; `inputs` the folder of the
    sources, which are found by their hash; one that is not there as it was read is different. Raises UsageError where
    the folder holds no run.
    """
    stored = opened.open_run(folder)
    seal = _seal(stored)
    if seal.state == "different":
        return [seal, *_unchecked("封存不符，未复算", "the seal is broken, nothing was recomputed")]
    return [seal, _digest(stored, digest), *_recomputed(stored), *_summed(stored, inputs)]


def _unchecked(zh: str, en: str) -> list[Level]:
    return [Level(level, "not_checked", zh, en) for level in (2, 3)]


def _seal(stored: opened.StoredRun) -> Level:
    broken = opened.broken_files(stored.folder, stored.manifest)
    count = len(stored.manifest["files"])
    if broken:
        return Level(1, "different", f"封存：{'、'.join(broken)} 已改动或缺失", f"seal: {', '.join(broken)} changed or gone")
    return Level(1, "checked", f"封存：{count} 个文件的长度与 SHA-256", f"seal: size and SHA-256 of {count} files")


def _digest(stored: opened.StoredRun, printed: str | None) -> Level:
    ours = digest_of(stored.tables, stored.manifest["settings"])
    told = str(stored.manifest["digest"])
    if ours != told:
        return Level(
            1, "different", f"摘要：复算 {ours[:16]}，批次记 {told[:16]}", f"digest: {ours[:16]}, the run says {told[:16]}"
        )
    if printed is None:
        return Level(1, "checked", f"摘要 {ours}", f"digest {ours}")
    wanted = printed.strip().lower()
    if len(wanted) < 16 or not ours.startswith(wanted):
        return Level(
            1,
            "different",
            f"摘要：批次为 {ours[:16]}，给出的是 {wanted[:16]}",
            f"digest: the run has {ours[:16]}, given was {wanted[:16]}",
        )
    return Level(1, "checked", f"摘要 {ours}，与给出的一致", f"digest {ours}, as given")


def _recomputed(stored: opened.StoredRun) -> list[Level]:
    """Level 2: factors from the stored parameter values, cells from key sums, views from cells."""
    factors = _factors(stored.tables["resolution"], stored.tables["effective"])
    cells = _cells(stored, factors)
    compared = [
        ("effective", "因子", "factors", factors, stored.tables["effective"]),
        ("inventory", "清单", "inventory", cells, stored.tables["inventory"]),
    ]
    for name in stored.views:
        table = views.view_table(cells, views.view(name))
        compared.append(("view", f"视图 {name}", f"view {name}", table, stored.views[name]))
    return [_compared(2, *one) for one in compared]


def _factors(resolution: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """Effective factors, the methods' formulas evaluated once for each distinct set of printed values."""
    by = ["class", "gas", "scope", "account"]
    chosen = resolution.group_by(by).agg(pl.struct("parameter", "value", "value_unit").alias("values"))
    rows = stored.select(*by, "lag", "method").join(chosen, on=by, how="left")
    known: dict[str, dict[int, tuple[Any, str]]] = {}
    factors: list[Any] = []
    formulas: list[str] = []
    for name, lag, printed in rows.select("method", "lag", "values").iter_rows():
        key = name + repr(printed)
        if key not in known:
            known[key] = _evaluated(name, printed or [])
        factor, formula = known[key].get(lag, (None, ""))
        factors.append(factor)
        formulas.append(formula)
    again = rows.select(*by, "lag").with_columns(
        pl.Series("effective_factor", factors, dtype=TABLES["effective"]["effective_factor"]),
        pl.Series("formula", formulas, dtype=pl.String),
    )
    return stored.drop("effective_factor", "formula").join(again, on=[*by, "lag"], how="left").select(stored.columns)


def _evaluated(name: str, printed: list[dict[str, str]]) -> dict[int, tuple[Any, str]]:
    """Factor and formula for each lag; nothing where a parameter is gone."""
    rows = effective.printed_rows(method(name), printed)
    return {int(row["lag"]): (row["effective_factor"], str(row["formula"])) for row in rows}


def _cells(stored: opened.StoredRun, factors: pl.DataFrame) -> pl.DataFrame:
    gwp = {gas: Fraction(text) for gas, text in stored.manifest["gwp"].items()}
    made = calculation.cells_of(stored.tables["sums"], factors, stored.tables["missing"], gwp, _parts(stored))
    return plain("inventory", made.cells)


def _summed(stored: opened.StoredRun, inputs: Path | None) -> list[Level]:
    """Level 3: key sums from the rows of the run, and from sources found by hash and read again."""
    referenced = [entry for entry in stored.manifest["inputs"] if entry.get("referenced")]
    levels: list[Level] = []
    if referenced and inputs is None:
        levels.append(_without_rows(referenced))
    if not referenced:
        ours = _with_wholes(ledger.key_sums(stored.tables["activity"].lazy()).collect(), stored)
        levels.append(
            _compared(3, "sums", "键和（由批次内活动数据）", "key sums from the rows of the run", ours, stored.tables["sums"])
        )
    return [*levels, *_from_sources(stored, inputs)]


def _with_wholes(sums: pl.DataFrame, stored: opened.StoredRun) -> pl.DataFrame:
    """Key sums with the wholes that the run's project makes from parts."""
    return ledger.with_wholes(sums.select(SUMMED), _parts(stored))


def _parts(stored: opened.StoredRun) -> tuple[ledger.Part, ...]:
    return ledger.parts_told(stored.manifest["settings"].get("parts", []))


def _without_rows(referenced: list[dict[str, Any]]) -> Level:
    names = ", ".join(str(entry["name"]) for entry in referenced)
    return Level(
        3, "not_checked", f"键和：{names} 只按 SHA-256 引用，行不在批次内；用 --inputs 给出原文件",
        f"key sums: {names} referenced by SHA-256, their rows are not in the run; give them with --inputs",
    )  # fmt: skip


def _from_sources(stored: opened.StoredRun, inputs: Path | None) -> list[Level]:
    if inputs is None:
        return [Level(3, "not_checked", "来源：未给 --inputs", "sources: no --inputs given")]
    wanted = {
        str(entry["sha256"]): entry for entry in stored.manifest["inputs"] if entry["sha256"] and not entry.get("refused")
    }
    at_hand = intake.sources([inputs])
    found = {source.sha256: source for source in at_hand if source.sha256 in wanted}
    unlike = [_unlike(entry, sha, at_hand, wanted) for sha, entry in wanted.items() if sha not in found]
    if unlike:
        unread = Level(
            3, "not_checked", "键和（由原文件）：原文件不齐，未重读", "key sums from sources: not all there, none read"
        )
        return [*unlike, unread]
    with tempfile.TemporaryDirectory() as folder:
        named = [
            replace(source, name=wanted[sha]["name"], declared=_declared(wanted[sha], Path(folder) / f"{sha}.toml"))
            for sha, source in found.items()
        ]
        again = intake.intake(sorted(named, key=lambda source: source.name), belonging=_parts(stored))
    level = _compared(
        3,
        "sums",
        f"键和（由 {len(found)} 个原文件）",
        f"key sums from {len(found)} sources",
        _with_wholes(uncoded(again.sums), stored),
        stored.tables["sums"],
    )
    corrected = stored.tables["corrections"].height
    if level.state == "different" and corrected:
        return [
            Level(
                3, "not_checked", f"来源：批次含 {corrected} 处更正，需随项目文件核对",
                f"sources: {corrected} corrections are part of the run",
            )
        ]  # fmt: skip
    return [level]


def _unlike(entry: Mapping[str, Any], sha: str, at_hand: Sequence[intake.Source], wanted: Collection[str]) -> Level:
    """A source that is not at hand as it was read: other content under its file name, or nothing to read."""
    name = str(entry["name"])
    others = [
        source
        for source in at_hand
        if source.sha256 and source.sha256 not in wanted and PurePosixPath(source.name).name == PurePosixPath(name).name
    ]
    if not others:
        return Level(3, "different", f"来源：{name} 未找到或读不出", f"sources: {name} not found or not readable")
    shown = ", ".join(f"{source.name} {source.sha256[:16]}" for source in others)
    return Level(
        3, "different", f"来源：{name} 与运行时不同：SHA-256 应为 {sha[:16]}，看到 {shown}",
        f"sources: {name} is not as it was read: SHA-256 {sha[:16]}, seen {shown}",
    )  # fmt: skip


def _declared(entry: Mapping[str, Any], mapping: Path) -> intake.Declared:
    """What was declared of a source; its mapping file is laid down again where the reader wants one."""
    told = dict(entry["declared"])
    if "map" in told:
        mapping.write_text(told["map"], encoding="utf-8", newline="\n")
        told["map"] = mapping
    return intake.Declared(**told)


def _compared(level: int, name: str, zh: str, en: str, ours: pl.DataFrame, theirs: pl.DataFrame) -> Level:
    """Equal in every value and in the number of rows, in whatever order."""
    columns = list(SUMMED) if name == "sums" else list(TABLES[name])
    left, right = (_sorted(name, table.select(columns)) for table in (ours, theirs))
    if left.equals(right):
        return Level(level, "checked", f"{zh}：{right.height} 行相同", f"{en}: {right.height} rows equal")
    only_ours, only_theirs = (
        one.join(other, on=columns, how="anti", nulls_equal=True) for one, other in ((left, right), (right, left))
    )
    count = max(only_ours.height, only_theirs.height)
    first = pl.concat([only_ours, only_theirs]).head(1).to_dicts()
    shown = ", ".join(f"{key}={value}" for key, value in (first[0] if first else {}).items() if value is not None)
    return Level(
        level, "different", f"{zh}：{count} 行不同（{left.height} 对 {right.height} 行），如 {shown}",
        f"{en}: {count} rows differ ({left.height} against {right.height}), such as {shown}",
    )  # fmt: skip


def _sorted(name: str, table: pl.DataFrame) -> pl.DataFrame:
    missing = [column for column in TABLES[name] if column not in table.columns]
    whole = table.with_columns(pl.lit(None, TABLES[name][column]).alias(column) for column in missing)
    return ordered(name, whole.cast(TABLES[name])).select(table.columns)  # type: ignore[arg-type]
