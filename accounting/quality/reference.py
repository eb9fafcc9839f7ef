"""The reference approach: the carbon that a place was supplied with, beside what its sectors burn.

    apparent consumption = production + inflow + import + refuelling abroad − outflow − export − bunkers + stock change
    E = (apparent consumption − non-energy use) · NCV · CC · OF · 44/12

IPCC 2006 Vol 2 Ch 6 Eq 6.1, 6.2, 6.4; inflow and outflow as in a regional energy balance. Outflow, export and bunkers are
taken off whichever sign they carry: a balance sheet prints them negative, a table may give their amounts. Stock change
keeps the sign of the balance sheet, an increase is negative; where a table gives it, that is said (`supply.stock_sign`).
Secondary fuels are not produced but traded, so recovered energy and the outputs of transformation are no part of it. A
factor that a pack gives for one sector only serves no supply: such a fuel is NE here.

It checks the inventory and is never part of it. The difference of one fuel says little (coal goes in, coke comes out), that
of a group of fuels or of all is to be explained where it is over 5 %. Card: docs/methods/reference.md
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import polars as pl

from accounting import codes, inventory, shipped
from accounting.exact import MASS_DIGITS, QUANTITY_DIGITS, decimal_type, decimals, integers
from accounting.factors import classes, effective, resolver
from accounting.factors.pack import Pack
from accounting.factors.sources import Sources
from accounting.methods import Method, methods
from accounting.ranks import uncoded
from accounting.tables import KEY, frame

GROUPS: dict[str | None, tuple[str, str]] = {
    "solid": ("固体燃料", "solid"), "liquid": ("液体燃料", "liquid"), "gaseous": ("气体燃料", "gaseous"),
    "other": ("其他化石燃料", "other fossil"), None: ("合计", "all"),
}  # fmt: skip
EXPLAIN_OVER = 5.0  # % of the sectoral approach: IPCC 2006 Vol 2 Ch 6 §6.8 asks why
SUPPLIED = {  # category of a balance: how its quantity enters apparent consumption
    "production": "as written", "inflow": "as written", "import": "as written", "stock_change": "as written",
    "refuelling_abroad": "as written", "bunkers": "taken off", "outflow": "taken off", "export": "taken off",
}  # fmt: skip
EXCLUDED, OTHER = "non_energy_use", "other"
SUPPLY = "total_consumption"  # the category under which a factor for any use is looked for
GAS, FAMILY = "CO2", "combustion."
BURNT = ("final_consumption", "burnt_transformation")
_QUANTITY, _MASS = decimal_type(QUANTITY_DIGITS), decimal_type(MASS_DIGITS)
REFERENCE: dict[str, pl.DataType] = {
    "entity": pl.String(),
    "year": pl.Int16(),
    "group": pl.String(),
    "item": pl.String(),
    "unit": pl.String(),
    "apparent_consumption": _QUANTITY,
    "non_energy_use": _QUANTITY,
    "formula": pl.String(),
    "pack": pl.String(),
    "reference_co2_t": _MASS,
    "reference_missing": pl.Int64(),
    "sectoral_co2_t": _MASS,
    "sectoral_missing": pl.Int64(),
    "difference_t": _MASS,
    "difference_percent": pl.Float64(),
    "reason": pl.String(),
}


def reference_approach(
    sums: pl.DataFrame, cells: pl.DataFrame, packs: Sequence[Pack], years: str, lineages: codes.Lineages
) -> pl.DataFrame:
    """Apparent consumption and its CO2 beside the sectoral CO2, for every entity and year with a supply side.

    `sums` are the key sums and `cells` the inventory of a run, `packs` its packs, `years` its policy for the years of
    factors, `lineages` where its entities belong. Columns of `REFERENCE`: quantities in `unit` (null where a fuel comes in
    several units), masses in t CO2, `difference_percent` of the sectoral mass. One row an item; rows with `item` null
    add a group of fuels (solid, liquid, gaseous, other), the row with `group` null adds all. Masses add what is not
    null and say how many are missing; a difference stands only where nothing is. IPCC 2006 Vol 2 Ch 6.

    >>> import accounting as ac
    >>> rows = [("production", "8000"), ("inflow", "3500"), ("outflow", "900"), ("stock_change", "-250"),
    ...         ("non_energy_use", "300"), ("industry", "10300")]
    >>> table = pl.DataFrame([("370200", 2022, c, "bituminous_coal", q, "t") for c, q in rows],
    ...                      schema=["entity", "year", "category", "item", "quantity", "unit"], orient="row")
    >>> run = ac.run(table, factors=["cn-enterprise-2024"])
    >>> run.reference().select("apparent_consumption", "reference_co2_t").row(0)
    (Decimal('10350.000000000'), Decimal('17504.583178500000'))
    """
    supply = _supply(sums)
    if supply.is_empty():
        return pl.DataFrame(schema=REFERENCE)
    by_item = _supplied(supply, Sources(packs, years, lineages), packs, lineages).join(
        _sectoral(cells, supply), on=["entity", "year", "item"], how="full", coalesce=True
    )
    rows = by_item.with_columns(
        pl.col("reference_co2_t").fill_null(pl.when(pl.col("reference_missing").is_null()).then(pl.lit(0, _MASS))),
        pl.col("sectoral_co2_t").fill_null(pl.when(pl.col("sectoral_missing").is_null()).then(pl.lit(0, _MASS))),
        pl.col("reference_missing", "sectoral_missing").fill_null(0),
        pl.col("item").replace_strict(_groups_of(by_item["item"]), default=OTHER, return_dtype=pl.String).alias("group"),
    )
    added = [_added(rows, by) for by in (["entity", "year", "group"], ["entity", "year"])]
    told = pl.concat([rows, *added], how="diagonal").pipe(_compared)
    order = pl.col("group").replace_strict({group: place for place, group in enumerate(GROUPS) if group}, default=len(GROUPS))
    columns = [pl.col(name).cast(dtype) for name, dtype in REFERENCE.items()]
    return told.select(columns).sort("entity", "year", order, "item", nulls_last=True)


def _supply(sums: pl.DataFrame) -> pl.DataFrame:
    """Key sums of fuels on the supply side and of their non-energy use, where a place and year has a supply side."""
    fuels = [item.id for item in codes.items() if item.kind == "fuel"]
    written = sums.filter(pl.col("quantity").is_not_null(), pl.col("item").is_in(fuels))
    supplied = written.filter(pl.col("category").is_in(list(SUPPLIED)))
    excluded = written.filter(pl.col("category") == EXCLUDED).join(supplied, on=["entity", "year"], how="semi")
    return pl.concat([supplied, excluded])


def _supplied(supply: pl.DataFrame, sources: Sources, packs: Sequence[Pack], lineages: codes.Lineages) -> pl.DataFrame:
    """Apparent consumption, what is excluded from it, and the CO2 of the rest, by item."""
    quantity, category = integers(pl.col("quantity")), pl.col("category")
    off = category.is_in([name for name, sign in SUPPLIED.items() if sign == "taken off"])
    none, minus = pl.lit(0, pl.Int128), pl.lit(-1, pl.Int128)
    apparent = pl.when(off).then(quantity.abs() * minus).when(category != EXCLUDED).then(quantity).otherwise(none)
    excluded = pl.when(category == EXCLUDED).then(quantity).otherwise(none)
    forms = [name for name in KEY if name != "category"]
    net = supply.group_by(forms).agg(apparent.sum().alias("apparent"), excluded.sum().alias("excluded")).sort(forms)
    left = net.with_columns(
        pl.lit(SUPPLY).alias("category"), decimals(pl.col("apparent") - pl.col("excluded"), QUANTITY_DIGITS).alias("quantity")
    ).select(*KEY, "quantity")
    return _quantities(net).join(_masses(left, sources, packs, lineages), on=["entity", "year", "item"], how="left")


def _quantities(net: pl.DataFrame) -> pl.DataFrame:
    """The quantities of an item, where it comes in one unit."""
    single = pl.col("unit").n_unique() == 1
    return net.group_by("entity", "year", "item").agg(
        pl.col("unit").unique().sort().str.join(" + "),
        *(
            decimals(pl.when(single).then(pl.col(name).sum()), QUANTITY_DIGITS).alias(column)
            for name, column in (("apparent", "apparent_consumption"), ("excluded", "non_energy_use"))
        ),
    )


def _masses(left: pl.DataFrame, sources: Sources, packs: Sequence[Pack], lineages: codes.Lineages) -> pl.DataFrame:
    """CO2 of what was supplied and not excluded: exact, rounded once; a fuel without a factor is missing whole."""
    keys = left.with_columns(pl.lit(None, pl.String).alias("notation_key"))
    classed, class_frame = classes.classed(keys, packs, lineages)
    with_factor, missing, told = _factors(class_frame, sources, packs)
    used = uncoded(classed).filter(pl.col("quantity") != 0)
    inventory.products_within_range(used.lazy(), with_factor.lazy())
    cells = inventory.cells(used.lazy(), with_factor.lazy(), missing.lazy(), {GAS: Fraction(1)}).collect()
    texts = used.join(with_factor, on="class").join(told, on="class", how="left").group_by("entity", "year", "item").agg(
        pl.col("formula").unique().sort().str.join("; "),
        pl.when(pl.col("told").count() > 0).then(pl.col("told").drop_nulls().unique().sort().str.join("; ")),
    )  # fmt: skip
    masses = cells.select(
        *("entity", "year", "item", "pack", "reason"),
        pl.col("mass_t").alias("reference_co2_t"),
        pl.col("mass_t").is_null().cast(pl.Int64).alias("reference_missing"),
    )
    joined = masses.join(texts, on=["entity", "year", "item"], how="left")
    return joined.with_columns(pl.coalesce("reason", "told").alias("reason")).drop("told")


def _factors(
    class_frame: pl.DataFrame, sources: Sources, packs: Sequence[Pack]
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The CO2 factor of each class for use in any sector, as tables effective and missing; where it is another fuel's."""
    found: list[dict[str, Any]] = []
    lacking: list[dict[str, Any]] = []
    told: list[tuple[int, str]] = []
    for key in class_frame.to_dicts():
        able = _able(key["item"], key["unit"])
        taken, tried = resolver.first_resolved(key, GAS, able, sources)
        if taken:
            method, choices = taken
            chosen = {name: choice.chosen for name, choice in choices.items() if choice.chosen}
            names = {candidate.pack for candidate in chosen.values()}
            rows = effective.rows(method, {name: candidate.value for name, candidate in chosen.items()})
            others = {candidate.row["item"] for candidate in chosen.values()} - {key["item"], None}
            told += [(key["class"], _of_another(other)) for other in sorted(others)]
            found += [{**key, "gas": GAS, **row, "pack": "+".join(p.id for p in packs if p.id in names)} for row in rows]
        else:
            why = resolver.why_missing(key, GAS, tried, sources)
            lacking.append({"class": key["class"], "gas": GAS, "scope": 1, "account": "main", **why.told()})
    named = pl.DataFrame(told, schema={"class": pl.Int64, "told": pl.String}, orient="row")
    return frame("effective", found), frame("missing", lacking), named


def _of_another(item: str) -> str:
    known = codes.item(item)
    return f"取{known.name_zh}的值 / a value of {known.name_en}"


def _able(item: str, unit: str) -> list[Method]:
    """The methods of combustion that give CO2 of a fuel in that unit."""
    kind = codes.item(item).kind
    return [
        method
        for method in methods()
        if method.id.startswith(FAMILY) and GAS in method.gases and kind in method.kinds and method.account == "main"
        if method.measures in (None, unit)
    ]


def _sectoral(cells: pl.DataFrame, supply: pl.DataFrame) -> pl.DataFrame:
    """CO2 of the sectors that burn a fuel, by item, where the place and year has a supply side."""
    burnt = [category.id for category in codes.categories() if category.role in BURNT]
    fuels = [item.id for item in codes.items() if item.kind == "fuel"]
    of_fuels = cells.filter(
        pl.col("category").is_in(burnt), pl.col("item").is_in(fuels), gas=GAS, scope=1, account="main"
    ).join(supply, on=["entity", "year"], how="semi")
    return of_fuels.group_by("entity", "year", "item").agg(
        _sum("mass_t").alias("sectoral_co2_t"), pl.col("mass_t").null_count().cast(pl.Int64).alias("sectoral_missing")
    )


def _sum(column: str) -> pl.Expr:
    """The exact sum of what is there; null where nothing is."""
    some = pl.when(pl.col(column).count() > 0).then(integers(pl.col(column)).sum())
    return decimals(some, MASS_DIGITS)


def _added(rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    return rows.group_by(by).agg(
        _sum("reference_co2_t").alias("reference_co2_t"), _sum("sectoral_co2_t").alias("sectoral_co2_t"),
        pl.col("reference_missing", "sectoral_missing").sum(),
    )  # fmt: skip


def _compared(rows: pl.DataFrame) -> pl.DataFrame:
    whole = (pl.col("reference_missing") == 0) & (pl.col("sectoral_missing") == 0)
    gap = integers(pl.col("reference_co2_t")) - integers(pl.col("sectoral_co2_t"))
    difference = decimals(pl.when(whole).then(gap), MASS_DIGITS)
    sectoral = pl.col("sectoral_co2_t").cast(pl.Float64)
    percent = difference.cast(pl.Float64) / pl.when(sectoral != 0).then(sectoral) * 100
    return rows.with_columns(difference.alias("difference_t"), percent.alias("difference_percent"))


@cache
def _groups() -> dict[str, str]:
    with (shipped.datasets() / "codes" / "fuel_groups.csv").open(encoding="utf-8", newline="") as source:
        return {row["item"]: row["group"] for row in csv.DictReader(source)}


def _groups_of(items: pl.Series) -> dict[str, str]:
    """The group of each fuel: its own, else that of the fuel above it."""
    lineages = {item: (item, *codes.item_parents(item)) for item in items.unique()}
    return {item: _groups()[name] for item, line in lineages.items() for name in line if name in _groups()}
