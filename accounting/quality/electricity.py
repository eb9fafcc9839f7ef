"""Electricity over the years: factors that stand in for other years, breaks of method, certificates sold, own power.

Functions over the tables of a run; they compute no emission and change none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import polars as pl

from accounting import codes, views
from accounting.codes.columns import marks
from accounting.errors import LANGS, Lang, finding
from accounting.exact import plain
from accounting.inventory import boundary
from accounting.methods import methods
from accounting.methods.electricity_heat import FACTOR_ITEMS

_BOUGHT = ("purchased", 2)  # category and scope: what a view counts that counts electricity across a boundary
_CHOICE = ("class", "gas", "scope", "account")
_IN_YEAR = (pl.col("valid_from").is_null() | (pl.col("valid_from") <= pl.col("year"))) & (
    pl.col("valid_to").is_null() | (pl.col("valid_to") >= pl.col("year"))
)


def policies_said(settings: Mapping[str, Any], lang: Lang) -> str:
    """The two policies of electricity of a run, from the settings of its manifest, as they stand beside every result.

    >>> policies_said({"electricity": "market_average", "electricity_year": "fixed:2023"}, "en")
    'market_average · fixed:2023 (every year takes the factor of that one)'
    """
    years = str(settings.get("electricity_year", "strict"))
    said = marks("electricity_year", lang)[years.partition(":")[0]]
    opening, closing = ("（", "）") if lang == "zh" else (" (", ")")
    return f"{settings.get('electricity', 'market_residual')} · {years}{opening}{said}{closing}"


def counts_electricity(shown: Iterable[str]) -> bool:
    """Whether any of these views counts electricity or heat that is bought or used.

    >>> counts_electricity(["energy-balance"]), counts_electricity(["energy-balance", "gpc"])
    (False, True)
    """
    return any(scope == 2 for name in shown for _, scope in views.view(name).counted())


def findings(
    sums: pl.DataFrame,
    reported: pl.DataFrame,
    effective: pl.DataFrame,
    resolution: pl.DataFrame,
    counted: Collection[tuple[str, int]],
    policy: str,
) -> list[dict[str, Any]]:
    """All findings of this module on a run; `counted` are its pairs of category and scope, `policy` that of its years.

    `reported` are the key sums as they were read: what is added over entities is not added over a part and its whole.
    """
    chosen = factors(sums, effective, resolution)
    across = [*certificates_sold(sums), *own_generation(reported)] if _BOUGHT in counted else []
    return [*other_years(chosen, policy), *method_breaks(chosen), *across]


def factors(sums: pl.DataFrame, effective: pl.DataFrame, resolution: pl.DataFrame) -> pl.DataFrame:
    """The electricity factor of each key sum: one row a key, scope and account, for keys that have one.

    Takes the tables of a run of these names; gives `entity`, `year`, `month`, `category`, `item`, `unit`, `quantity`, `scope`,
    `account`, `class`, `policy`, `kind` (a `factor_kind` of datasets/codes/marks.csv), `parameter_item`, `region`, `value`,
    `value_unit`, `pack`, `valid_from`, `valid_to`, and `stake_t`, the |t CO2| of the key as a float.
    """
    values = ("parameter_item", "region", "value", "value_unit", "valid_from", "valid_to")
    chosen = resolution.filter((pl.col("parameter") == "emission_factor") & pl.col("parameter_item").is_in(FACTOR_ITEMS))
    of_class = chosen.select(*_CHOICE, *values).join(
        effective.select(*_CHOICE, "method", "pack", "effective_factor"), on=list(_CHOICE), how="inner"
    )
    mass = pl.col("quantity").cast(pl.Float64) * pl.col("effective_factor").cast(pl.Float64)
    joined = sums.filter(pl.col("quantity").is_not_null()).join(of_class, on="class", how="inner")
    return joined.select(
        *("entity", "year", "month", "category", "item", "unit", "quantity", "scope", "account", "class"),
        _policy().alias("policy"),
        _kind().alias("kind"),
        *values,
        "pack",
        mass.abs().alias("stake_t"),
    )


def _policy() -> pl.Expr:
    """The policy of a factor: that of its method in account `market`, else by location."""
    of_method = {method.id: method.policy for method in methods() if method.policy}
    return pl.col("method").replace_strict(of_method, default="location", return_dtype=pl.String)


def _kind() -> pl.Expr:
    scheme = {code: f"regional {grid.scheme}" for code, grid in codes.grid_regions().items()}
    by_place = (
        pl.when(pl.col("region") == codes.NATION)
        .then(pl.lit("national"))
        .when(pl.col("region").is_in(list(scheme)))
        .then(pl.col("region").replace_strict(scheme, default=None, return_dtype=pl.String))
        .when(pl.col("region").str.contains("^[0-9]{2}0000$"))
        .then(pl.lit("provincial"))
        .otherwise(pl.lit("own"))
    )
    return pl.when(pl.col("parameter_item") == "electricity").then(by_place).otherwise(pl.col("parameter_item"))


def other_years(factors: pl.DataFrame, policy: str) -> list[dict[str, Any]]:
    """One finding an account, kind of factor and pair of years: a factor of another year stands in.

    What crossed the boundary, what sectors used and what was lost is the same electricity: the largest is told.

    `factors` is the table of that function, `policy` the year policy of the run. Severity `warning`, with the tonnes.
    """
    used = pl.when(pl.col("year") < pl.col("valid_from")).then("valid_from").otherwise("valid_to").alias("used")
    by = ("account", "parameter_item", "year", "used", "unit")
    pairs = (
        factors.filter(~_IN_YEAR)
        .with_columns(used, boundary())
        .group_by(*by, "boundary")
        .agg(pl.col("entity").n_unique().alias("entities"), pl.col("quantity").abs().sum(), pl.col("stake_t").sum())
        .sort(*by, "quantity", "boundary")
        .unique(by, keep="last", maintain_order=True)
    )
    return [_other_year(row, policy) for row in pairs.to_dicts()]


def _other_year(row: dict[str, Any], policy: str) -> dict[str, Any]:
    item, quantity = codes.item(row["parameter_item"]), f"{plain(row['quantity'])} {row['unit']}"
    return finding(
        "electricity.other_year", "fallback", "warning", year=row["year"], item=row["parameter_item"],
        seen=f"{row['account']} {row['year']} {quantity}", used=row["used"], stake_t=row["stake_t"],
        policy=policy, factor_year=row["used"], entities=row["entities"], quantity=quantity, account=row["account"],
        tonnes=f"{row['stake_t']:,.0f}", item_zh=item.name_zh, item_en=item.name_en,
    )  # fmt: skip


def method_breaks(factors: pl.DataFrame) -> list[dict[str, Any]]:
    """One finding for each year in which an entity's electricity factor is of another kind, scheme or policy than before.

    `factors` is the table of that function, of one run or of several put together. Years without a factor are passed
    over: they are NE, and that is said elsewhere. Severity `warning`; what is at stake is the CO2 of electricity in the
    later year.
    """
    shown = pl.concat_str("value", pl.lit(" "), "value_unit")
    stake = pl.col("stake_t").sum().over("entity", "account", "year", "boundary")
    years = (
        factors.with_columns(boundary())
        .with_columns(stake)
        .group_by("entity", "account", "year")
        .agg(
            pl.concat_str("policy", pl.lit("|"), "kind").unique().sort().str.join("+").alias("label"),
            pl.struct("policy", "kind", "region", shown.alias("shown")).unique().alias("taken"),
            pl.col("stake_t").max(),
        )
        .sort("entity", "account", "year")
    )
    before = [pl.col(name).shift(1).over("entity", "account").alias(f"{name}_before") for name in ("year", "label", "taken")]
    breaks = years.with_columns(before).filter(pl.col("label_before") != pl.col("label"))
    return [_break(row) for row in breaks.to_dicts()]


def _break(row: dict[str, Any]) -> dict[str, Any]:
    sides: dict[str, Any] = {
        f"{side}_{lang}": _taken(row[column], lang)
        for side, column in (("before", "taken_before"), ("after", "taken"))
        for lang in LANGS
    }
    return finding(
        "electricity.method_break", "completeness", "warning", entity=row["entity"], year=row["year"],
        seen=f"{row['account']} {row['year_before']} {row['label_before']}", used=row["label"], stake_t=row["stake_t"],
        account=row["account"], year_before=row["year_before"],
        entity_zh=codes.entity_name(row["entity"], "zh"), entity_en=codes.entity_name(row["entity"], "en"), **sides,
    )  # fmt: skip


def _taken(factors: list[dict[str, str]], lang: Lang) -> str:
    """The factors of a year in words: 省级平均 0.4974 kgCO2/kWh（浙江，位置法）."""
    kinds, policies = marks("factor_kind", lang), marks("electricity", lang)
    opening, closing, comma = ("（", "）", "，") if lang == "zh" else (" (", ")", ", ")
    listed = sorted(
        f"{kinds[one['kind']]} {one['shown']}{opening}{codes.entity_name(one['region'], lang)}{comma}"
        f"{policies[one['policy']]}{closing}"
        for one in factors
    )
    return ("；" if lang == "zh" else "; ").join(listed)


def certificates_sold(sums: pl.DataFrame) -> list[dict[str, Any]]:
    """Certificates that were sold beyond the non-fossil power generated and the certificates bought, in MWh (warning)."""
    item, category = pl.col("item"), pl.col("category")
    certificate = item == "green_certificate"
    sold = certificate & (category == "exported")
    backed = (certificate & (category == "purchased")) | ((item == "green_electricity_direct") & (category == "self_generated"))
    added = (
        sums.filter((pl.col("unit") == "MWh") & (sold | backed) & pl.col("quantity").is_not_null())
        .group_by("entity", "year")
        .agg(pl.col("quantity").filter(sold).sum().alias("sold"), pl.col("quantity").filter(backed).sum().alias("backed"))
        .filter(pl.col("sold") > pl.col("backed"))
        .sort("entity", "year")
    )
    return [
        finding(
            "electricity.certificates_sold", "plausibility", "warning", entity=row["entity"], year=row["year"],
            item="green_certificate", seen=f"{plain(row['sold'])} MWh", used=f"{plain(row['backed'])} MWh",
            claimed=plain(row["sold"]), there=plain(row["backed"]),
            entity_zh=codes.entity_name(row["entity"], "zh"), entity_en=codes.entity_name(row["entity"], "en"),
        )
        for row in added.to_dicts()
    ]  # fmt: skip


def own_generation(sums: pl.DataFrame) -> list[dict[str, Any]]:
    """One finding (info) on electricity and heat that were generated: no scope 2, their fuel is counted where it burns."""
    energy = [item.id for item in codes.items() if item.kind == "energy"]
    made = (pl.col("category") == "self_generated") & pl.col("item").is_in(energy)
    own = sums.filter(made & pl.col("quantity").is_not_null())
    added = own.group_by("item", "unit").agg(pl.col("quantity").sum(), pl.col("entity").n_unique().alias("entities"))
    return [
        finding(
            "electricity.own_generation", "default", "info", category="self_generated", item=row["item"],
            seen=f"{plain(row['quantity'])} {row['unit']}", used="0", entities=row["entities"],
            item_zh=codes.item(row["item"]).name_zh, item_en=codes.item(row["item"]).name_en,
        )
        for row in added.sort("item", "unit").to_dicts()
    ]  # fmt: skip
