"""What `factors diff` answers: how two packs differ, and what that does to a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from accounting import codes
from accounting.calculation import terms_told
from accounting.cli.talk import Talk
from accounting.codes.columns import marks
from accounting.errors import UsageError
from accounting.exact import plain
from accounting.factors import check, diff, pack
from accounting.impact import Impact, document, impact
from accounting.runs import Run, open_run

CELLS_SHOWN = 50
SIGNS = {diff.ADDED: "+", diff.REMOVED: "−", diff.CHANGED: "≠", diff.RESTATED: "="}


def packs_compared(talk: Talk, old: str, new: str, run: Path | None) -> int:
    """The differences of two packs; with a run, what they do to it. 1 where a cell of the run loses its mass, else 0."""
    for name in (old, new):
        check.refuse_unsound(name)
    before, after = pack.load(old), pack.load(new)
    rows = diff.differences(before, after)
    counts = {change: sum(row["change"] == change for row in rows) for change in diff.CHANGES}
    stored = None if run is None else open_run(run)
    found = None if stored is None else _impact(stored, before, after)
    lost = bool(found and found.totals["lost"].sum())
    lines = [_head(talk, before, after, counts), *(line for row in rows for line in _row_lines(talk, row))]
    if stored is not None and found is not None:
        lines += ["", *_impact_lines(talk, found, stored.names)]
    told: dict[str, Any] = {
        "old": {"id": before.id, "content_hash": before.content_hash},
        "new": {"id": after.id, "content_hash": after.content_hash},
        "counts": counts, "changes": rows, "impact": None if found is None else document(found), "exit_code": int(lost),
    }  # fmt: skip
    talk.result("\n".join(lines), told)
    return int(lost)


def _impact(run: Run, old: pack.Pack, new: pack.Pack) -> Impact:
    used = {str(one["content_hash"]): str(one["id"]) for one in run.manifest["packs"]}
    if old.content_hash not in used:
        raise UsageError("diff.pack_not_of_run", seen=old.id, packs=", ".join(used.values()))
    return impact(run.tables, terms_told(run.manifest, at_hand=[old]), old, new)


def _head(talk: Talk, old: pack.Pack, new: pack.Pack, counts: dict[str, int]) -> str:
    zh = "新增 {added}，删去 {removed}，改值 {changed}，仅改说明 {restated}"
    en = "{added} added, {removed} removed, {changed} changed, {restated} restated"
    return f"{old.id} → {new.id}  {talk.say(zh, en).format(**counts)}"


def _row_lines(talk: Talk, row: dict[str, Any]) -> list[str]:
    """Two lines a value: what and how much, and where it stands."""
    item = codes.item(row["item"]).name(talk.lang) if row["item"] else "*"
    category = codes.category(row["category"]).name(talk.lang) if row["category"] else "*"
    of = [row["parameter"], item, category, row["gas"], row["place"], row["basis"], row["edition"]]
    percent = "" if row["percent"] is None else f"  {_signed(plain(row['percent']))}%"
    sides = [_side(row, side) for side in ("old", "new")]
    cited = [row[f"{side}_citation"] for side in ("old", "new")]
    return [
        f"{SIGNS[row['change']]} {'  '.join(part for part in of if part)}  {' → '.join(sides)}{percent}",
        f"    {' → '.join(dict.fromkeys(text for text in cited if text))}",
    ]


def _side(row: dict[str, Any], side: str) -> str:
    if row[f"{side}_value"] is None:
        return "–"
    years = row[f"{side}_years"]
    return f"{row[f'{side}_value']} {row[f'{side}_unit']}" + ("" if years == "–" else f" ({years})")


def _signed(text: str) -> str:
    return text if text.startswith("-") else f"+{text}"


def _impact_lines(talk: Talk, found: Impact, names: Mapping[str, str]) -> list[str]:
    """Cells by category, item and gas, largest first, then the totals to which they add up; nothing adds over entities."""
    differing = found.differing()
    if differing.is_empty():
        return [talk.say("对批次没有影响：每个单元都相同", "the run stays the same in every cell")]
    lines = [talk.say("对批次的影响（t，旧 → 新，差）", "what it does to the run (t, old → new, difference)")]
    lines += [_cell_line(talk, cell, names) for cell in differing.head(CELLS_SHOWN).to_dicts()]
    if differing.height > CELLS_SHOWN:
        rest = differing.height - CELLS_SHOWN
        lines.append(talk.say(f"  其余 {rest} 个单元见 --json", f"  {rest} more cells: --json"))
    lines.append(talk.say("合计", "totals"))
    moved = found.totals.filter(pl.any_horizontal(pl.col("changed", "gained", "lost") > 0))
    return [*lines, *(_total_line(talk, total, names) for total in moved.to_dicts())]


def _cell_line(talk: Talk, cell: dict[str, Any], names: Mapping[str, str]) -> str:
    where = (
        codes.entity_name(cell["entity"], talk.lang, names), str(cell["year"]),
        codes.category(cell["category"]).name(talk.lang), codes.item(cell["item"]).name(talk.lang), cell["gas"], *([] if cell["account"] == "main" else [cell["account"]]),
    )  # fmt: skip
    states = {"gained": talk.say("  新有数", "  gained"), "lost": talk.say("  变为缺", "  LOST")}
    old, new = (_mass(cell[f"{side}_mass_t"]) for side in ("old", "new"))
    return f"  {' / '.join(where)}  {old} → {new}{_moved(cell['difference_mass_t'])}{states.get(cell['state'], '')}"


def _mass(mass: Any) -> str:
    return "NE" if mass is None else plain(mass)


def _moved(difference: Any) -> str:
    return "" if difference is None else f"  {_signed(plain(difference))}"


def _total_line(talk: Talk, total: dict[str, Any], names: Mapping[str, str]) -> str:
    of = (total["year"], total["account"], marks("boundary", talk.lang)[total["boundary"]], total["gas"])
    where = " / ".join([codes.entity_name(total["entity"], talk.lang, names), *map(str, of)])
    old, new = (_mass(total[f"{side}_t"]) for side in ("old", "new"))
    parts = [
        f"{word} {_signed(plain(total[name]))}"
        for name, word in (("gained_t", talk.say("其中新有数", "gained")), ("lost_t", talk.say("变为缺", "lost")))
        if total[name.removesuffix("_t")]
    ]
    n = total["missing_cells"]
    if n:
        parts.append(talk.say(f"不完整，缺 {n} 项", f"incomplete, {n} missing"))
    return f"  {where}  {old} → {new}{_moved(total['difference_t'])}" + (f"  ({', '.join(parts)})" if parts else "")
