"""A million key sums resolved over all levels: own value, park, city, province, grid region, nation. Seconds a gas.

    python -m benchmarks.resolving ours|pandas|pint [KEYS]        prints the seconds of that side alone

pandas does the same with merges, level by level; pint converts and multiplies row by row, measured on fewer rows and
scaled up, which it says.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal

import polars as pl

from accounting import calculation, codes, views
from accounting.codes import Belonging, Lineages
from accounting.exact import decimal_type
from accounting.factors import own, pack
from accounting.factors.electricity_years import STRICT
from accounting.ranks import coded, in_order
from accounting.tables import KEY
from benchmarks.measured import Subject, told

KEYS = 1_000_000
YEARS = (2021, 2022, 2023)
FEW_KEYS = 600
PINT_ROWS = 10_000
ITEMS = {"purchased": "electricity", "transport": "diesel_oil"}
PARKS_OF_A_CITY, ENTITIES_OF_A_PARK, EVERY = 4, 50, 100  # every hundredth entity measures its own


def subjects(keys: int) -> tuple[list[str], dict[str, tuple[Belonging, ...]]]:
    """Entities within parks within cities, and where they belong."""
    cities = [code for code, known in codes.regions().items() if known.kind == "city" and known.valid_to is None]
    count = keys // (len(YEARS) * len(ITEMS))
    belongings: dict[str, tuple[Belonging, ...]] = {}
    entities: list[str] = []
    for number in range(count):
        park = number // ENTITIES_OF_A_PARK
        belongings[f"E{number}"] = (Belonging(f"P{park}"),)
        belongings[f"P{park}"] = (Belonging(cities[park // PARKS_OF_A_CITY % len(cities)]),)
        entities.append(f"E{number}")
    return entities, belongings


def key_sums(entities: list[str]) -> pl.DataFrame:
    """The key sums of every entity, year and pair of category and item, as the ledger hands them on: coded, in order."""
    frame = pl.DataFrame({"entity": entities}).join(pl.DataFrame({"year": pl.Series(YEARS, dtype=pl.Int16)}), how="cross")
    pairs = pl.DataFrame([(*pair, "MWh" if pair[1] == "electricity" else "t") for pair in ITEMS.items()],
                         schema=["category", "item", "unit"], orient="row")  # fmt: skip
    sums = frame.join(pairs, how="cross").with_columns(
        pl.lit(None, pl.Int8).alias("month"),
        pl.lit(None, pl.String).alias("basis"),
        pl.lit(Decimal("12.5")).cast(decimal_type(9)).alias("quantity"),
        pl.lit(None, pl.String).alias("notation_key"),
    )
    return in_order(coded(sums, KEY), KEY)


def own_pack(entities: list[str]) -> pack.Pack:
    """Own factors of electricity of a few entities."""
    return own.own_values(
        {"parameter": "emission_factor", "item": "electricity", "category": "purchased", "gas": "CO2", "entity": entity,
         "valid_from": 2021, "valid_to": 2023, "tier": 3, "value": "0.45", "unit": "tCO2/MWh", "citation": "measured"}
        for entity in entities[::EVERY]
    )  # fmt: skip


def ours(keys: int) -> tuple[Callable[[], object], int]:
    """Classes, factors and cells; how many gases they are of."""
    entities, belongings = subjects(keys)
    sums = key_sums(entities)
    packs = (own_pack(entities), *(pack.load(name) for name in ("provincial-2011", "cn-enterprise-2024", "grid-cn")))
    terms = calculation.Terms(
        packs, views.view("china-pilot").counted(), pack.gwp("AR5"), "AR5", "market_residual", STRICT, Lineages(belongings)
    )
    return lambda: calculation.calculated(calculation.classed(sums, terms), terms), 1


def in_pandas(keys: int) -> tuple[Callable[[], object], int]:
    """Electricity and diesel with floats: a merge a level, the first that has a value, and a group-by of the cells."""
    import pandas as pd

    entities, belongings = subjects(keys)
    sums = key_sums(entities).select("entity", "year", "category", "item", pl.col("quantity").cast(pl.Float64))
    park = {entity: belongings[entity][0].parent for entity in entities}
    city = {entity: belongings[park[entity]][0].parent for entity in entities}
    grid = pack.load("grid-cn").parameters.filter(parameter="emission_factor", item="electricity")
    printed = [(row["region"], year, float(row["value"])) for row in grid.to_dicts() for year in YEARS
               if row["valid_from"] <= year <= row["valid_to"]]  # fmt: skip
    frame = pd.DataFrame(sums.to_dict(as_series=False))
    told = pd.DataFrame({"entity": entities, "city": [city[entity] for entity in entities]})
    told["province"] = told["city"].str[:2] + "0000"
    above = {code: codes.ancestors(code) for code in told["province"].unique()}
    told["region"] = told["province"].map(lambda code: above[code][0])
    measured = pd.DataFrame({"entity": entities[::EVERY], "own": 0.45})

    def resolved() -> object:
        cells = frame.merge(told, on="entity", how="left").merge(measured, on="entity", how="left")
        for level in ("province", "region"):
            values = pd.DataFrame(printed, columns=[level, "year", f"at {level}"])
            cells = cells.merge(values, on=[level, "year"], how="left")
        of_nation = [(year, value) for place, year, value in printed if place == codes.NATION]
        cells = cells.merge(pd.DataFrame(of_nation, columns=["year", "at nation"]), on="year", how="left")
        power = cells["own"].fillna(cells["at province"]).fillna(cells["at region"]).fillna(cells["at nation"])
        cells["factor"] = power.where(cells["item"] == "electricity", 3.0959)
        cells["mass"] = cells["quantity"] * cells["factor"]
        return cells.groupby(["entity", "year", "category", "item"], sort=True)["mass"].sum()

    return resolved, 1


def in_pint(keys: int) -> tuple[Callable[[], object], int]:
    """A quantity and a factor of pint a row, of the first rows only."""
    import pint

    registry = pint.UnitRegistry()
    rows = min(keys, PINT_ROWS)
    factor = registry.Quantity(0.5703, "tonne / megawatt_hour")
    return lambda: [(registry.Quantity(12.5, "megawatt_hour") * factor).to("tonne") for _ in range(rows)], 1


SIDES = {"ours": ours, "pandas": in_pandas, "pint": in_pint}


def measured(at_most: float) -> Iterator[Subject]:
    """Our seconds beside those of pandas and of pint."""
    seconds = {
        side: told([sys.executable, "-m", "benchmarks.resolving", side], times=1 if side == "pint" else 3) for side in SIDES
    }
    name = f"resolve and multiply, {KEYS:.0e} keys"
    yield Subject(name, seconds["ours"], seconds["pandas"], "pandas, merges", seconds_at_most=at_most)
    yield Subject(name, seconds["ours"], seconds["pint"], f"pint a row (of {PINT_ROWS})")


def main(side: str, keys: int = KEYS) -> float:
    """Seconds a gas of one side, for so many keys, once what a process loads once is loaded; as in the command, nothing
    is searched for garbage.
    """
    gc.disable()
    SIDES[side](FEW_KEYS)[0]()
    work, gases = SIDES[side](keys)
    began = time.perf_counter()
    work()
    took = time.perf_counter() - began
    return took / gases * (keys / min(keys, PINT_ROWS) if side == "pint" else 1)


if __name__ == "__main__":
    sys.stdout.write(f"{main(sys.argv[1], *(int(keys) for keys in sys.argv[2:]))}\n")
