"""What was reported and has no mass: information by a documented rule, else never silence."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import polars as pl

from accounting import codes, views
from accounting.codes.information import USE
from accounting.errors import LANGS, finding
from accounting.factors import resolver, unheld
from accounting.ingest.words import BETWEEN
from accounting.ledger import PAIR, SUBJECT, named, pairs_of
from accounting.methods import methods_for
from accounting.quality.crossing import not_crossed
from accounting.tables import KEY, NO_CATEGORY

_SCOPE_2 = 2
Counted = Collection[tuple[str, int]]


def without_cell(
    sums: pl.DataFrame, class_frame: pl.DataFrame, resolved: resolver.Resolved, counted: Counted
) -> list[dict[str, Any]]:
    """One warning a category and cause for the items of key sums that enter no cell, unless they are information.

    method.none          no method computes the item in the category
    view.not_counted     a method does, and none of the chosen views counts what it gives
    factor.no_category   a view counts it, and the chosen packs hold nothing of it

    `sums` are the key sums with their class, `class_frame` the classes, `counted` pairs of category and scope. A zero and NO are
    nothing lost. What sectors use of electricity and heat is information where no view counts scope 2, or where the same
    place and year says what of it crossed its boundary.
    """
    served = pl.col("code") != NO_CATEGORY
    known = pl.concat([resolved.effective["class"], resolved.missing.filter(served)["class"]]).unique()
    is_known = pl.col("class").is_in(known.implode())
    silent = class_frame.filter(~is_known).select("class", *PAIR)
    causes = [(*pair, *cause) for pair in pairs_of(silent) if (cause := _cause(*pair, counted))]
    if not causes:
        return []
    listed = pl.DataFrame(causes, schema={**dict.fromkeys((*PAIR, "cause"), pl.String), "is_use": pl.Boolean}, orient="row")
    without = silent.join(listed, on=PAIR)
    figures = sums.filter(pl.col("class").is_in(without["class"].implode())).filter(unheld.is_something())
    keys = figures.select("class", *SUBJECT).join(without, on="class", how="inner").lazy()
    lost = pl.concat([keys.filter(~pl.col("is_use")), not_crossed(keys.filter("is_use"), sums.lazy(), _of_scope_2(counted))])
    found = lost.group_by("category", "cause").agg(pl.len().alias("keys"), pl.col("item").unique().sort().alias("items"))
    return [_told(row) for row in found.sort("category", "cause").collect().to_dicts()]


def information(silent: pl.DataFrame, sums: pl.DataFrame, counted: Counted) -> pl.DataFrame:
    """Those of the key sums `silent`, which enter no cell, that are information by a documented rule and nothing lost.

    `sums` are all key sums, `counted` pairs of category and scope; the reason is `codes.information_reason`.
    """
    causes = {pair: _cause(*pair, counted) for pair in pairs_of(silent)}
    certain, uses = (
        silent.join(named(pairs), on=PAIR, how="semi", maintain_order="left")
        for pairs in (
            [pair for pair, cause in causes.items() if cause is None],
            [pair for pair, cause in causes.items() if cause and cause[1]],
        )
    )
    lost = not_crossed(uses.lazy(), sums.lazy(), _of_scope_2(counted)).collect()
    return pl.concat([certain, uses.join(lost, on=list(KEY), how="anti", nulls_equal=True, maintain_order="left")])


def _of_scope_2(counted: Counted) -> set[str]:
    return {category for category, scope in counted if scope == _SCOPE_2}


def _cause(category: str, item: str, counted: Counted) -> tuple[str, bool] | None:
    """Why a category and item has no cell, and whether it is a use that what crossed the boundary may stand for."""
    if resolver.is_counted(category, item, counted):
        return NO_CATEGORY, False
    rule = codes.information_rule(category, item)
    is_use = rule == USE
    if rule and not (is_use and any(scope == _SCOPE_2 for _, scope in counted)):
        return None
    return "view.not_counted" if methods_for(category, item) else "method.none", is_use


def _told(row: dict[str, Any]) -> dict[str, Any]:
    category, items = row["category"], row["items"]
    names: dict[str, Any] = {f"category_{lang}": codes.category(category).name(lang) for lang in LANGS}
    names |= {f"items_{lang}": mark.join(codes.item(item).name(lang) for item in items) for lang, mark in BETWEEN}
    return finding(
        row["cause"], "missing_factor" if row["cause"] == NO_CATEGORY else "completeness", "warning",
        category=category, seen=", ".join(items), used="NE" if row["cause"] == NO_CATEGORY else None,
        keys=row["keys"], views=", ".join(_views_that_count(category, items)) or "–", **names,
    )  # fmt: skip


def _views_that_count(category: str, items: list[str]) -> list[str]:
    """The views in which any of these items has a cell."""
    return [
        name for name in views.views() if any(resolver.is_counted(category, item, views.view(name).counted()) for item in items)
    ]
