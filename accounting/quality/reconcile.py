"""Ours against published figures, figure by figure: equal, different, or on one side only, and what is known of why.

Both sides are tonnes with 12 decimals, so the difference is exact; `relative` is the difference ÷ the published
figure. A published total (no category, or a line of the view, or no item) is compared with the sum of our cells under
it. A figure that the published table does not have is listed where the table speaks of its category at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from accounting import codes, views
from accounting.errors import Lang
from accounting.exact import MASS_DIGITS, decimal_type, decimals, integers, plain
from accounting.quality.findings import in_language
from accounting.quality.published import ALL_GASES, read_published

__all__ = ["COMPARED", "STATUSES", "Compared", "compared", "read_published"]

STATUSES = {
    "equal": ("一致", "equal"),
    "different": ("不一致", "different"),
    "not_estimated": ("我方未估算 (NE)", "not estimated by us (NE)"),
    "published_only": ("仅公布数有", "published only"),
    "ours_only": ("仅我方有", "ours only"),
    "both_absent": ("公布为 0，表中空缺", "published 0, blank in the sheet"),
}
COMPARED: dict[str, pl.DataType] = {
    "entity": pl.String(),
    "year": pl.Int16(),
    "category": pl.String(),
    "item": pl.String(),
    "view": pl.String(),
    "gas": pl.String(),
    "status": pl.String(),
    "ours_t": decimal_type(MASS_DIGITS),
    "published_t": decimal_type(MASS_DIGITS),
    "difference_t": decimal_type(MASS_DIGITS),
    "relative": pl.Float64(),
    "tolerance": pl.String(),
    "cells": pl.Int64(),
    "missing_cells": pl.Int64(),
    "note_zh": pl.String(),
    "note_en": pl.String(),
    "value": pl.String(),
    "unit": pl.String(),
    "source": pl.String(),
    "page": pl.String(),
}
_WORST = 5
_PLACE = ("entity", "year", "gas")


@dataclass(frozen=True, slots=True)
class Compared:
    """The comparison: `table` has the columns of `COMPARED`, `outside` our cells in categories it does not speak of."""

    table: pl.DataFrame
    outside: int

    @property
    def agrees(self) -> bool:
        """Whether nothing differs and nothing that one side has is lacking on the other; NE against 0 is no lack."""
        return not self.table.height or not any(_disagrees(row) for row in self.table.to_dicts())

    def count(self, *, totals: bool) -> dict[str, int]:
        """How many figures have which status: single cells, or totals."""
        table = self.table.filter(_is_total() if totals else ~_is_total())
        return {status: table.filter(pl.col("status") == status).height for status in STATUSES}

    def worst(self, *, totals: bool) -> dict[str, Any] | None:
        """The figure with the largest relative difference of those on both sides."""
        table = self.table.filter((_is_total() if totals else ~_is_total()) & pl.col("relative").is_not_null())
        ranked = table.sort(pl.col("relative").abs(), descending=True, maintain_order=True)
        return ranked.row(0, named=True) if ranked.height else None

    def text(self, lang: Lang) -> str:
        """Counts, the worst of each kind, and the first figures that disagree."""
        lines = [line for totals in (False, True) for line in self._counted(totals, lang)]
        if self.outside:
            lines.append(
                f"公布表未涉及的部门：我方 {self.outside} 个单元，未比较"
                if lang == "zh"
                else f"{self.outside} cells of ours are in categories that the published table does not speak of"
            )
        rows = [row for row in self.table.to_dicts() if _disagrees(row)]
        rows.sort(key=lambda row: -abs(row["difference_t"] or row["ours_t"] or row["published_t"] or Decimal(0)))
        return "\n".join([*lines, *(_line(row, lang) for row in rows[:_WORST])])

    def _counted(self, totals: bool, lang: Lang) -> list[str]:
        counts = {status: count for status, count in self.count(totals=totals).items() if count}
        if not counts:
            return []
        words = ", ".join(f"{STATUSES[s][0 if lang == 'zh' else 1]} {n}" for s, n in counts.items())
        kind = ("合计" if totals else "单元") if lang == "zh" else ("totals" if totals else "cells")
        worst = self.worst(totals=totals)
        if worst is None:
            return [f"{kind}  {words}"]
        label = "最大相对差" if lang == "zh" else "largest relative difference"
        return [f"{kind}  {words}", f"  {label} {abs(worst['relative']):.2e}  {_name(worst, lang)}"]

    def document(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "agrees": self.agrees,
            "cells": self.count(totals=False),
            "totals": self.count(totals=True),
            "worst_cell": self.worst(totals=False),
            "worst_total": self.worst(totals=True),
            "outside": self.outside,
        }


def compared(inventory: pl.DataFrame, published: pl.DataFrame) -> Compared:
    """Every published figure beside ours, and ours that are not published.

    `inventory` is the table of that name; `published` has the columns of `PUBLISHED`.
    """
    ours = _ours(inventory.lazy(), published.lazy()).collect()
    numbered = published.with_row_index("number")
    under = _under(numbered, ours)
    sums = _sums(under, ours)
    known = {tuple(row) for row in ours.select(_PLACE).unique().rows()}
    joined = numbered.join(sums, on="number", how="left").sort("number")
    rows = [_row(row, tuple(row[name] for name in _PLACE) in known) for row in joined.to_dicts()]
    rows += _ours_only(ours, numbered, under)
    table = pl.DataFrame({name: pl.Series([row.get(name) for row in rows], dtype=kind) for name, kind in COMPARED.items()})
    return Compared(table, ours.filter(_MAIN).join(under, on="cell", how="anti").height)


_MAIN = pl.col("account") == "main"


def _ours(inventory: pl.LazyFrame, published: pl.LazyFrame) -> pl.LazyFrame:
    """Our cells of the entities, years and gases that are published, numbered, `mass` in tonnes of the gas or CO2e."""
    columns = ["entity", "year", "category", "item", "gas", "scope", "account", "mass", "notation_key", "reason"]
    by_gas = inventory.with_columns(pl.col("mass_t").alias("mass")).select(columns)
    together = inventory.with_columns(pl.col("co2e_t").alias("mass"), pl.lit(ALL_GASES).alias("gas")).select(columns)
    wanted = pl.concat([by_gas, together]).join(published.select(_PLACE).unique(), on=_PLACE, how="semi")
    return wanted.with_row_index("cell")


def _under(numbered: pl.DataFrame, ours: pl.DataFrame) -> pl.DataFrame:
    """Which of our cells stand under each published figure: number, cell, and whether the item is the one published."""
    found = [pl.DataFrame(schema={"number": pl.UInt32, "cell": pl.UInt32, "fits": pl.Boolean})]
    for (view, category), figures in numbered.group_by("view", "category", maintain_order=True):
        cells = _cells_of(None if category is None else str(category), None if view is None else str(view), ours)
        pairs = figures.select("number", pl.col("item").alias("wanted"), *_PLACE).join(cells, on=_PLACE, how="inner")
        fits = pl.col("wanted").is_null() | (pl.col("wanted") == pl.col("item"))
        found.append(pairs.select("number", "cell", fits.alias("fits")))
    return pl.concat(found)


def _cells_of(category: str | None, view: str | None, ours: pl.DataFrame) -> pl.DataFrame:
    """Our cells in a category, a line of a view, or the whole view."""
    shown = views.view(view or views.DEFAULT_VIEW)
    line = category if category in {line.row for line in shown.lines} else None
    cells = views.placed(ours.lazy(), shown, line).filter(_MAIN)
    if category is None:
        cells = cells.filter(pl.col("row").is_in([leaf.row for leaf in shown.added_leaves()]))
    if category is not None and line is None:
        cells = cells.filter(pl.col("category").is_in([category, *codes.divisions(category)]))
    return cells.select("cell", "item", *_PLACE).collect()


def _sums(under: pl.DataFrame, ours: pl.DataFrame) -> pl.DataFrame:
    """Our exact sum under each published figure; null where no cell has a mass."""
    fitting = under.lazy().filter("fits").join(ours.lazy(), on="cell", how="inner")
    return (
        fitting.group_by("number")
        .agg(
            pl.when(pl.col("mass").count() > 0).then(integers(pl.col("mass")).sum()).alias("ours_t"),
            pl.len().cast(pl.Int64).alias("cells"),
            pl.col("mass").null_count().cast(pl.Int64).alias("missing_cells"),
            pl.col("reason").drop_nulls().sort().first().alias("reason"),
        )
        .with_columns(decimals(pl.col("ours_t"), MASS_DIGITS))
        .collect()
    )


def _row(row: Mapping[str, Any], is_known: bool) -> dict[str, Any]:
    """One published figure beside ours: status, difference and note."""
    ours, theirs = row["ours_t"], row["published_t"]
    difference = None if ours is None or theirs is None else ours - theirs
    return {
        **row,
        "difference_t": difference,
        "relative": float(Fraction(difference) / Fraction(theirs)) if difference is not None and theirs else None,
        **_judged(row, difference, is_known),
    }


def _judged(row: Mapping[str, Any], difference: Decimal | None, is_known: bool) -> dict[str, str | None]:
    if difference is not None:
        within = abs(Fraction(difference)) <= relative_tolerance(row["tolerance"]) * abs(Fraction(row["published_t"]))
        return {"status": "equal" if within else "different", **_incomplete(row["missing_cells"])}
    if row["published_t"] is None:
        status = "ours_only" if row["ours_t"] is not None else "both_absent"
        return {"status": status, **_note("公布表该格为空", "the published table is blank here")}
    if row["cells"]:
        return {"status": "not_estimated", **_reason(row["reason"])}
    if not is_known:
        return {"status": "published_only", **_note("本批次没有该地区该年份", "the run has no such entity and year")}
    if row["published_t"] == 0:
        return {"status": "both_absent", **_note(None, None)}
    blank = _note("表中该格为空或未采用", "the sheet is blank here, or the cell was refused")
    return {"status": "published_only", **blank}


def relative_tolerance(text: str) -> Fraction:
    """A tolerance as a share: 0.000001, 1e-6 or 1%.

    >>> relative_tolerance("1%"), relative_tolerance("1e-6")
    (Fraction(1, 100), Fraction(1, 1000000))
    """
    return Fraction(text.removesuffix("%")) / (100 if text.endswith("%") else 1)


def _incomplete(missing: int | None) -> dict[str, str | None]:
    return _note(f"我方合计不完整，缺 {missing} 项", f"our total lacks {missing} cells") if missing else _note(None, None)


def _reason(reason: str | None) -> dict[str, str | None]:
    return _note(in_language(reason, "zh") or None, in_language(reason, "en") or None)


def _note(zh: str | None, en: str | None) -> dict[str, str | None]:
    return {"note_zh": zh, "note_en": en}


def _ours_only(ours: pl.DataFrame, numbered: pl.DataFrame, under: pl.DataFrame) -> list[dict[str, Any]]:
    """Our cells, zero left out, in categories that single published figures speak of, which are not published."""
    known = [category.id for category in codes.categories()]
    single = numbered.filter(pl.col("item").is_not_null() & pl.col("category").is_in(known))
    places = [*_PLACE, "category"]
    rest = (
        ours.filter(_MAIN & (pl.col("mass").is_null() | (pl.col("mass") != 0)))
        .join(single.select(places).unique(), on=places, how="semi")
        .join(under.filter("fits"), on="cell", how="anti")
        .sort(*places, "item")
    )
    return [
        {
            **{name: row[name] for name in (*places, "item")},
            "status": "ours_only" if row["mass"] is not None else "not_estimated",
            "ours_t": row["mass"],
            "cells": 1,
            "missing_cells": int(row["mass"] is None),
            **(_reason(row["reason"]) if row["mass"] is None else _note("公布表没有此项", "not in the published table")),
        }
        for row in rest.to_dicts()
    ]


def _is_total() -> pl.Expr:
    return pl.col("category").is_null() | pl.col("item").is_null()


def _disagrees(row: Mapping[str, Any]) -> bool:
    if row["status"] == "not_estimated":
        return bool(row["published_t"])
    return row["status"] in {"different", "published_only", "ours_only"}


def _name(row: Mapping[str, Any], lang: Lang) -> str:
    category = "*" if row["category"] is None else _category_name(row["category"], lang)
    item = "*" if row["item"] is None else codes.item(row["item"]).name(lang)
    return "/".join((codes.entity_name(row["entity"], lang), str(row["year"]), category, item, row["gas"]))


def _category_name(category: str, lang: Lang) -> str:
    found = codes.find_category(category)
    return category if found is None else codes.category(found).name(lang)


def _line(row: Mapping[str, Any], lang: Lang) -> str:
    ours, theirs = (
        ("NE", "–")[i] if v is None else plain(round(v, 3)) for i, v in enumerate((row["ours_t"], row["published_t"]))
    )
    words = STATUSES[row["status"]][0 if lang == "zh" else 1]
    note = row[f"note_{lang}"]
    sides = f"我方 {ours} t，公布 {theirs} t" if lang == "zh" else f"ours {ours} t, published {theirs} t"
    return f"  {words}  {_name(row, lang)}  {sides}" + (f"  {note}" if note else "")
