"""CEADs' provincial inventories of 2007 as a `published` table, for `tanfeng reconcile`.

    python tests/conformance/make_published.py --from ../shared/data/ceads/provinces_2007.csv --out published.csv
    tanfeng reconcile OUT published.csv --out compared.csv

The seven sectors that the balance sheet shows, cell by cell (tolerance 1e-6 relative), and province totals
of five fuels (tolerance 1 %, category empty). Digits are kept as they are published.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

COLUMNS = (
    "entity", "year", "category", "item", "view", "gas", "value", "unit", "tolerance", "source", "page",
)  # fmt: skip
SECTORS = {
    "Farming, Forestry, Animal Husbandry, Fishery and Water Conservancy": "farming",
    "Construction": "construction",
    "Transportation, Storage, Post and Telecommunication Services": "transport",
    "Wholesale, Retail Trade and Catering Services": "wholesale_retail",
    "Others": "other_services",
    "Urban": "urban_residential",
    "Rural": "rural_residential",
}
FUELS = {
    "Raw Coal": "raw_coal",
    "Cleaned Coal": "cleaned_coal",
    "Other Washed Coal": "other_washed_coal",
    "Briquettes": "briquettes",
    "Coke": "coke",
    "Coke Oven Gas": "coke_oven_gas",
    "Other Gas": "other_gas",
    "Other Coking Products": "other_coking_products",
    "Crude Oil": "crude_oil",
    "Gasoline": "gasoline",
    "Kerosene": "kerosene",
    "Diesel Oil": "diesel_oil",
    "Fuel Oil": "fuel_oil",
    "LPG": "lpg",
    "Refinery Gas": "refinery_gas",
    "Other Petroleum Products": "other_petroleum_products",
    "Natural Gas": "natural_gas",
}
TOTALS = ("Gasoline", "Diesel Oil", "Kerosene", "Fuel Oil", "LPG")
SOURCE = (
    "CEADs provincial inventories (Shan et al. 2018, Sci. Data 5:170201; Guan et al. 2021, Earth's Future 9, e2021EF002241)"
)


def cells(rows: Iterable[Mapping[str, str]], year: str) -> Iterator[tuple[str, ...]]:
    """Published cells of the sectors that a balance sheet shows."""
    for row in rows:
        if row["sector"] in SECTORS and row["fuel"] in FUELS:
            yield _published(row, year, SECTORS[row["sector"]], "0.000001")


def totals(rows: Iterable[Mapping[str, str]], year: str) -> Iterator[tuple[str, ...]]:
    """Province totals of a fuel over all sectors; the category is empty."""
    for row in rows:
        if row["sector"] == "Total Consumption" and row["fuel"] in TOTALS:
            yield _published(row, year, "", "0.01")


def _published(row: Mapping[str, str], year: str, category: str, tolerance: str) -> tuple[str, ...]:
    where = (row["province_code"], year, category, FUELS[row["fuel"]], "energy-balance", "CO2")
    return (*where, row["co2_mt"], "Mt", tolerance, SOURCE, f"{row['sector']} / {row['fuel']}")


def write(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="source", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--year", default="2007")
    given = parser.parse_args(arguments)
    with given.source.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    write(given.out, [*cells(rows, given.year), *totals(rows, given.year)])


if __name__ == "__main__":
    main(sys.argv[1:])
