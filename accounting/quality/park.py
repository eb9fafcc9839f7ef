"""What the zero-carbon park method asks of the activity: 发改环资〔2025〕910号 附件4.

Transformation is a carbon balance of the three kinds it names, green power by direct line should be half of what is used.
Functions over the tables of a run with the view `zero-carbon-park`; they compute no emission and change none.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from accounting import codes
from accounting.errors import finding
from accounting.exact import plain

VIEW = "zero-carbon-park"
DIRECT_SHARE = Fraction(1, 2)  # of the power used in the park, in principle: annex 4
_LOST = ("refining", "coal_to_liquids", "gas_works")
_POWER = ("electricity", "green_electricity_direct", "green_electricity_contract")
_SIGNS = {"purchased": 1, "net_import": 1, "self_generated": 1, "exported": -1}


def findings(sums: pl.DataFrame, cells: pl.DataFrame) -> list[dict[str, Any]]:
    """All findings of this module on the key sums and cells of a run."""
    return [*carbon_gained(cells), *other_transformation(sums), *direct_supply(sums)]


def carbon_gained(cells: pl.DataFrame) -> list[dict[str, Any]]:
    """Transformation out of which more carbon comes than went in (warning): a sign is likely wrong, input is negative."""
    net = (
        cells.filter(pl.col("category").is_in(_LOST), pl.col("mass_t").is_not_null(), account="main", gas="CO2")
        .group_by("entity", "year", "category")
        .agg(pl.col("mass_t").sum())
        .filter(pl.col("mass_t") < 0)
        .sort("entity", "year", "category")
    )
    return [
        finding(
            "park.carbon_gained", "plausibility", "warning", entity=row["entity"], year=row["year"],
            category=row["category"], seen=f"{plain(row['mass_t'])} t CO2", mass=plain(row["mass_t"]), **_named(row),
        )
        for row in net.to_dicts()
    ]  # fmt: skip


def other_transformation(sums: pl.DataFrame) -> list[dict[str, Any]]:
    """Fuel in transformation that annex 4 does not name (info): it has no cell."""
    others = [one.id for one in codes.categories() if one.role == "transformation" and one.id not in _LOST]
    fuels = [one.id for one in codes.items() if one.kind == "fuel"]
    rows = (
        sums.filter(pl.col("category").is_in(others), pl.col("item").is_in(fuels), pl.col("quantity") != 0)
        .group_by("category")
        .agg(pl.col("item").n_unique().alias("items"), pl.col("entity").n_unique().alias("entities"))
        .sort("category")
    )
    return [
        finding(
            "park.transformation_not_counted", "completeness", "info", category=row["category"], seen=row["items"],
            items=row["items"], entities=row["entities"],
            category_zh=codes.category(row["category"]).name_zh, category_en=codes.category(row["category"]).name_en,
        )
        for row in rows.to_dicts()
    ]  # fmt: skip


def direct_supply(sums: pl.DataFrame) -> list[dict[str, Any]]:
    """Parks whose direct supply of green power is below half of the power used (info), with the share.

    Used = bought + net import + own generation − sold; direct = the same of green power by direct line, own non-fossil
    generation among it.
    """
    sign = pl.col("category").replace_strict(_SIGNS, default=0, return_dtype=pl.Int64)
    power = sums.filter(pl.col("item").is_in(_POWER), pl.col("category").is_in(list(_SIGNS)), pl.col("quantity").is_not_null())
    signed = power.filter(unit="MWh").with_columns(pl.when(sign > 0).then("quantity").otherwise(-pl.col("quantity")))
    direct = pl.col("quantity").filter(pl.col("item") == "green_electricity_direct").sum().alias("direct")
    parks = signed.group_by("entity", "year").agg(pl.col("quantity").sum().alias("used"), direct).sort("entity", "year")
    return [_share(row) for row in parks.to_dicts() if row["used"] > 0 and _below(row["direct"], row["used"])]


def _below(direct: Decimal, used: Decimal) -> bool:
    return Fraction(direct) < DIRECT_SHARE * Fraction(used)


def _share(row: dict[str, Any]) -> dict[str, Any]:
    share = f"{float(row['direct'] / row['used']):.1%}"
    return finding(
        "park.direct_supply", "plausibility", "info", entity=row["entity"], year=row["year"],
        item="green_electricity_direct", seen=f"{plain(row['direct'])} / {plain(row['used'])} MWh",
        share=share, direct=plain(row["direct"]), power=plain(row["used"]), **_named(row),
    )  # fmt: skip


def _named(row: dict[str, Any]) -> dict[str, Any]:
    names: dict[str, Any] = {
        "entity_zh": codes.entity_name(row["entity"], "zh"),
        "entity_en": codes.entity_name(row["entity"], "en"),
    }
    if "category" in row:
        known = codes.category(row["category"])
        names |= {"category_zh": known.name_zh, "category_en": known.name_en}
    return names
