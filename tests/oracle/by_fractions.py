"""An inventory in plain Python fractions: slow, obvious, and sharing no code with the engine.

It reads the workbooks with another library's words (xlrd alone), a unit table and a pack's CSV of its own reading,
and computes every cell as design §2 says: sum, times the factor rounded to 15 decimals, rounded once to 12.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import xlrd

ITEMS = {
    "原煤": "raw_coal", "洗精煤": "cleaned_coal", "其他洗煤": "other_washed_coal", "型煤": "briquettes", "焦炭": "coke",
    "焦炉煤气": "coke_oven_gas", "其他煤气": "other_gas", "原油": "crude_oil", "汽油": "gasoline", "煤油": "kerosene",
    "柴油": "diesel_oil", "燃料油": "fuel_oil", "液化石油气": "lpg", "炼厂干气": "refinery_gas", "天然气": "natural_gas",
    "其他石油制品": "other_petroleum_products", "其他焦化产品": "other_coking_products",
}  # fmt: skip
ROWS = {
    21: "thermal_power", 22: "heating_supply", 31: "farming", 32: "industry", 34: "construction", 35: "transport",
    36: "wholesale_retail", 38: "urban_residential", 39: "rural_residential", 40: "other_services",
}  # fmt: skip
NON_ENERGY_ROW = 33
BURNT_INPUT = ("thermal_power", "heating_supply")
PER_UNIT = {"(104 tn)": 10**4, "(108 cu.m)": 10**5}  # the English row: one sheet misprints the Chinese one


def exact(value: float) -> Fraction:
    """The shortest decimal that gives the stored float back, rounded once to nine decimals of the base unit."""
    return Fraction(repr(value))


def rounded(value: Fraction, digits: int) -> Fraction:
    scaled = abs(value) * 10**digits
    whole = int(scaled + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, 10**digits)


def factors(pack: Path) -> dict[tuple[str, str], Fraction]:
    """(item, category or '') to tonnes of CO2 per tonne or per 10^3 m3."""
    with (pack / "parameters.csv").open(encoding="utf-8", newline="") as source:
        return {
            (row["item"], row["category"]): rounded(Fraction(row["value"]) / {"tCO2/t": 1, "tCO2/10^4 m3": 10}[row["unit"]], 15)
            for row in csv.DictReader(source)
        }


def key_sums(workbook: Path) -> dict[tuple[str, str], Fraction]:
    """(category, item) to the quantity in base units, non-energy use taken out of industry."""
    sheet = xlrd.open_workbook(workbook).sheet_by_index(0)
    sums: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    seen = set()
    for column in range(2, 24):
        item = ITEMS.get(str(sheet.cell_value(3, column)).strip())
        if item is None:
            continue
        scale = PER_UNIT[str(sheet.cell_value(8, column)).strip()]
        for row, category in ROWS.items():
            value = sheet.cell_value(row, column)
            if value == "":
                continue
            quantity = rounded(exact(value) * scale, 9)
            if category in BURNT_INPUT:
                if quantity > 0:
                    continue
                quantity = -quantity
            sums[category, item] += quantity
            seen.add((category, item))
        taken_out = sheet.cell_value(NON_ENERGY_ROW, column)
        if taken_out != "":
            sums["industry", item] -= rounded(exact(taken_out) * scale, 9)
            seen.add(("industry", item))
    return {key: sums[key] for key in seen}


def inventory(workbook: Path, pack: Path) -> dict[tuple[str, str], Fraction | None]:
    """(category, item) to tonnes of CO2, None where the pack has no factor."""
    of = factors(pack)
    cells: dict[tuple[str, str], Fraction | None] = {}
    for (category, item), quantity in key_sums(workbook).items():
        factor = of.get((item, category), of.get((item, "")))
        cells[category, item] = None if factor is None else rounded(quantity * factor, 12)
    return cells
