"""What was reported and is computed by nothing: no mass, but never silence."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import polars as pl

from accounting import codes
from accounting.errors import finding
from accounting.factors import resolver, unheld
from accounting.methods import methods_for


def without_method(class_frame: pl.DataFrame, categories: Sequence[str]) -> list[dict[str, Any]]:
    """Items that no method serves in a counted category; energy carriers are included where they are made."""
    pairs = (
        class_frame.filter(pl.col("category").is_in(categories)).select("category", "item").unique().sort("category", "item")
    )
    unserved: dict[str, list[str]] = {}
    for category, item in pairs.rows():
        if not methods_for(category, item) and codes.item(item).kind != "energy":
            unserved.setdefault(category, []).append(item)
    return [
        finding(
            "method.none", "completeness", "warning", category=category, seen=", ".join(items),
            category_zh=codes.category(category).name_zh, category_en=codes.category(category).name_en,
            items_zh="、".join(codes.item(item).name_zh for item in items),
            items_en=", ".join(codes.item(item).name_en for item in items),
        )
        for category, items in unserved.items()
    ]  # fmt: skip


def without_factor(
    sums: pl.DataFrame, class_frame: pl.DataFrame, resolved: resolver.Resolved, counted: Collection[tuple[str, int]]
) -> list[dict[str, Any]]:
    """Counted categories and items for which the chosen packs hold nothing at all: one finding a category, whatever the gases."""
    served_by_none = pl.col("reason").str.contains(unheld.CODE, literal=True)
    known = pl.concat([resolved.effective["class"], resolved.missing.filter(~served_by_none)["class"]]).unique()
    pairs = class_frame.select("category", "item").unique().rows()
    served = [(category, item) for category, item in pairs if resolver.is_counted(category, item, counted)]
    silent = class_frame.join(
        pl.DataFrame(served, schema={"category": pl.String, "item": pl.String}, orient="row"),
        on=["category", "item"],
        how="semi",
    ).filter(~pl.col("class").is_in(known.implode()))
    keys = sums.join(silent.select("class"), on="class", how="semi").group_by("category").agg(
        pl.len().alias("keys"), pl.col("item").unique().sort().alias("items")
    )  # fmt: skip
    return [
        finding(
            "factor.no_category", "missing_factor", "warning",
            category=row["category"], seen=f"{row['keys']}", used="NE", keys=row["keys"], items=", ".join(row["items"]),
            category_zh=codes.category(row["category"]).name_zh, category_en=codes.category(row["category"]).name_en,
        )
        for row in keys.sort("category").to_dicts()
    ]  # fmt: skip
