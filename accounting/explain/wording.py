"""An explanation as text for people, in Chinese or English: names beside ids, one pasteable line a cell."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from accounting import codes, views
from accounting.codes.columns import marks
from accounting.errors import Lang
from accounting.exact import plain
from accounting.explain.cells import CellExplained, Explanation, Posting, formula_line
from accounting.factors.pack import is_valid
from accounting.quality.electricity import policies_said
from accounting.quality.findings import in_language

_WORDS: dict[str, dict[str, str]] = {
    "zh": {
        "apart": "另按账户 {account} 计算，从不相加：路径末尾加 /{id}",
        "information": "只作信息，不进清单", "total": "合计", "of": "由 {n} 个单元相加", "others": "其余 {n} 个单元", "missing": "未估算（NE 等），未计入合计",
        "factor": "因子", "source": "数据", "citation": "出处", "more": "另有 {n} 处", "check": "复算",
        "incomplete": "不完整（缺 {n} 项）", "none": "无可合计的数值", "pack": "因子包",
        "referenced": "数据行未存入批次，按 SHA-256 引用的文件", "electricity": "电力口径", "stands_in": "代 {year} 年",
    },
    "en": {
        "apart": "computed in account {account} too, never added: put /{id} at the end of the path",
        "information": "information only, in no inventory", "total": "total", "of": "the sum of {n} cells", "others": "{n} other cells", "missing": "not estimated (NE …), not in the total",
        "factor": "factor", "source": "data", "citation": "source", "more": "and {n} more", "check": "check",
        "incomplete": "incomplete ({n} cells missing)", "none": "nothing that could be added", "pack": "pack",
        "referenced": "files whose rows are referenced by SHA-256 and not kept in the run",
        "electricity": "electricity", "stands_in": "stands in for {year}",
    },
}  # fmt: skip


def explanation_text(explanation: Explanation, lang: Lang) -> str:
    """The whole explanation: the total, each cell's line, its factor with citation, its workbook cells."""
    words = _WORDS[lang]
    several = len(explanation.cells) + explanation.others + len(explanation.missing) > 1
    lines = [_total_line(explanation, words, lang), *_adding_up(explanation, lang)] if several or explanation.views else []
    for cell in explanation.cells:
        lines += ["", *_cell_lines(cell, words, lang, explanation.names)]
    if explanation.missing:
        lines += ["", f"{words['missing']}:"]
        lines += [
            f"  {cell_name(cell, lang, explanation.names)}  {cell['notation_key']}  {in_language(cell['reason'], lang)}"
            for cell in explanation.missing
        ]
    if explanation.information:
        lines += [
            "",
            f"{words['information']}:",
            *(_information_line(row, lang, explanation) for row in explanation.information),
        ]
    for account in explanation.apart:
        lines += ["", words["apart"].format(account=marks("account", lang)[account], id=account)]
    if explanation.electricity is not None:
        lines += ["", f"{words['electricity']}: {policies_said(explanation.electricity, lang)}"]
    if explanation.referenced:
        lines += ["", f"{words['referenced']}:", *(f"  {name}  SHA-256 {sha}" for name, sha in explanation.referenced)]
    return "\n".join(lines).strip()


def cell_name(cell: dict[str, Any], lang: Lang, own: Mapping[str, str] | None = None) -> str:
    """A cell as people name it: 北京 2007 交通运输、仓储和邮政业 柴油 CO2."""
    return f"{_key_name(cell, lang, own)} {cell['gas']}"


def _key_name(key: Mapping[str, Any], lang: Lang, own: Mapping[str, str] | None) -> str:
    return " ".join((
        codes.entity_name(key["entity"], lang, own),
        str(key["year"]),
        codes.category(key["category"]).name(lang),
        codes.item(key["item"]).name(lang),
    ))  # fmt: skip


def cell_line(cell: CellExplained, lang: Lang, own: Mapping[str, str] | None = None) -> str:
    """The one line that can be pasted into a report and computed again."""
    return f"{cell_name(cell.cell, lang, own)}{_colon(lang)}{formula_line(cell)}"


def _stand_in(row: dict[str, Any], words: dict[str, str]) -> str:
    """Said of a value whose validity leaves out the year that it serves."""
    return "" if is_valid(row, row["year"]) else f"  ({words['stands_in'].format(year=row['year'])})"


def _asked(explanation: Explanation, lang: Lang) -> str:
    """What was asked about as people name it, a line with its views: 北京 2007 能源活动合计 (energy-balance) CO2."""
    place, of_views = explanation.place, explanation.views
    line = next((line for name in of_views for line in views.view(name).lines if line.row == place.row), None)
    parts = (
        codes.entity_name(place.entity or "", lang, explanation.names),
        str(place.year),
        f"{line.name(lang)} ({', '.join(of_views)})" if line else None,
        codes.category(place.category).name(lang) if place.category else None,
        codes.item(place.item).name(lang) if place.item else None,
        place.gas,
        marks("account", lang)[place.account] if place.account else None,
    )
    return " ".join(part for part in parts if part)


def _total_line(explanation: Explanation, words: dict[str, str], lang: Lang) -> str:
    n = len(explanation.cells) + explanation.others
    name = f"{_asked(explanation, lang)} {words['total']}"
    incomplete = f"  {words['incomplete'].format(n=len(explanation.missing))}" if explanation.missing else ""
    if explanation.mass_t is None:
        return f"{name}: {words['none']}{incomplete}"
    return f"{name}: {plain(explanation.mass_t)} t  ({words['of'].format(n=n)}){incomplete}"


def _adding_up(explanation: Explanation, lang: Lang) -> list[str]:
    """The one line that can be pasted into a report and computed again, where several masses are added."""
    parts = [plain(Decimal(cell.cell["mass_t"])) for cell in explanation.cells]
    if explanation.others:
        parts.append(plain(explanation.others_t))
    if explanation.mass_t is None or len(parts) < 2:
        return []
    added = " + ".join(f"({p})" if p.startswith("-") else p for p in parts)
    return [f"{_asked(explanation, lang)}{_colon(lang)}{added} = {plain(explanation.mass_t)} t {explanation.place.gas}"]


def _information_line(row: Mapping[str, Any], lang: Lang, explanation: Explanation) -> str:
    amount = row["notation_key"] if row["quantity"] is None else f"{plain(row['quantity'])} {row['unit']}"
    why = codes.information_reason(row["category"], row["item"], lang)
    return f"  {_key_name(row, lang, explanation.names)}{_colon(lang)}{amount}  {why}"


def _colon(lang: Lang) -> str:
    return "：" if lang == "zh" else ": "


def _cell_lines(cell: CellExplained, words: dict[str, str], lang: Lang, own: Mapping[str, str]) -> list[str]:
    lines = [cell_line(cell, lang, own)]
    told: tuple[dict[str, Any], ...] | None = None
    for posting in cell.postings:
        repeated = bool(told) and _same_values(posting.parameters, told)
        lines += _posting_lines(posting, words, cell.cell["year"], repeated=repeated)
        told = posting.parameters
    return lines


def _same_values(ours: tuple[dict[str, Any], ...], theirs: tuple[dict[str, Any], ...] | None) -> bool:
    shown = ("parameter", "value", "value_unit", "pack", "citation")
    return [[row[name] for name in shown] for row in ours] == [[row[name] for name in shown] for row in theirs or ()]


def _posting_lines(posting: Posting, words: dict[str, str], year: int, *, repeated: bool) -> list[str]:
    """Factor, parameters and sources of a posting; parameters like those of the posting above are not said again."""
    lines = [f"  {words['factor']}  {posting.formula} = {plain(posting.factor)} t/{posting.unit}  ({posting.method})"]
    for row in () if repeated else posting.parameters:
        lines.append(
            f"    {row['parameter']} {row['value']} {row['value_unit']}  {words['pack']} {row['pack']}  "
            f"{words['citation']}: {row['citation']}{_stand_in(row, words)}"
        )
    for row in posting.sources:
        address = " › ".join(part for part in (row["file"], row["sheet"], row["cell"]) if part)
        earlier = f" ({row['year']})" if row["year"] != year else ""
        note = f"  [{row['note']}]" if row["note"] else ""
        read = row["notation_key"] if row["quantity"] is None else f"{plain(row['quantity'])} {row['unit']}"
        lines.append(f"  {words['source']}  {address}{earlier}: {row['reported_value']} {row['reported_unit']} → {read}{note}")
    if posting.more_sources:
        lines.append(f"  {words['source']}  {words['more'].format(n=posting.more_sources)}")
    return lines
