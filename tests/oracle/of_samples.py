"""The samples in plain Python fractions: slow, obvious, and sharing no code with the engine.

Reads the sample's own CSV files and workbooks (openpyxl alone), the packs' parameters.csv and the tables of names, finds
each value by the ranks of design §1.3, and computes every cell of an inventory as design §2 says: each factor rounded
to 15 decimals, each cell the exact sum of its products, rounded once to 12.
"""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from pathlib import Path

import openpyxl

ROOT = Path(__file__).resolve().parents[2]
SCALES = {  # unit of a table: base units, and the base
    "吨": (1, "t"), "万立方米": (10, "10^3 m3"), "百万千焦": (1, "GJ"), "万千瓦时": (10, "MWh"), "MWh": (1, "MWh"),
    "tCO2": (1, "t CO2"),
}  # fmt: skip
VALUES = {  # unit of a pack: one of it in t, GJ, MWh, 10^3 m3, and per which base unit of activity it is
    "1": (1, None), "GJ/t": (1, "t"), "TJ/Gg": (1, "t"), "kJ/kg": (Fraction(1, 1000), "t"), "tC/TJ": (Fraction(1, 1000), None),
    "kgC/GJ": (Fraction(1, 1000), None), "tC/GJ": (1, None), "GJ/10^4 Nm3": (Fraction(1, 10), "10^3 m3"),
    "kJ/m3": (Fraction(1, 1000), "10^3 m3"), "kgCO2/kWh": (1, "MWh"), "tCO2/GJ": (1, "GJ"), "tCO2/t": (1, "t"), "t/t": (1, "t"),
    "kg/t": (Fraction(1, 1000), "t"), "g/t": (Fraction(1, 10**6), "t"), "g/kg": (Fraction(1, 1000), "t"),
    "kg/Gg": (Fraction(1, 10**6), "t"), "kg/TJ": (Fraction(1, 10**6), None), "kgCO2/TJ": (Fraction(1, 10**6), None),
    "tC/t": (1, "t"), "m3/t": (Fraction(1, 1000), "t"), "kg/m3(20℃)": (1, "10^3 m3"),
}  # fmt: skip
HEADS = {
    "地区": "entity", "企业": "entity", "园区": "entity", "年份": "year", "月份": "month", "部门": "category", "行业": "category",
    "能源品种": "item", "数量": "quantity", "消费量": "quantity", "单位": "unit", "计量单位": "unit",
}  # fmt: skip
BURNT = ("final_consumption", "burnt_transformation", "transport_fuel")
GASES = ("CO2", "CH4_fossil", "CH4_biogenic", "N2O")
CARBON, METHANE, NITROGEN, FLARE = Fraction(44, 12), Fraction(16, 12), Fraction(44, 28), Fraction(44, 16)
LAGS = 101
Cell = tuple[str, int, str, str, str, int, str]  # entity, year, category, item, gas, scope, account


def rounded(value: Fraction, digits: int) -> Fraction:
    whole = int(abs(value) * 10**digits + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, 10**digits)


def read_csv(path: Path) -> list[dict[str, str]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("gb18030")
    return list(csv.DictReader(text.splitlines()))


def bare(word: str) -> str:
    return "".join(letter for letter in word if letter not in "、，,() （）·&#").lower()


@cache
def named(table: str) -> dict[str, dict[str, str]]:
    """Rows of a table of names by id, name and alias."""
    found: dict[str, dict[str, str]] = {}
    for row in read_csv(ROOT / "datasets" / "codes" / f"{table}.csv"):
        for word in (row["id"], row["name_zh"], *row["aliases"].split("|")):
            found.setdefault(bare(word), row)
    return found


def lineage(table: str, name: str) -> list[str]:
    """An id and the ids above it."""
    ids = [name]
    while parent := named(table)[bare(ids[-1])]["parent"]:
        ids.append(parent)
    return ids


def project(sample: Path) -> dict:
    return tomllib.loads((sample / "tanfeng.toml").read_text(encoding="utf-8"))


def activity(sample: Path) -> Iterator[tuple[str, int, str, str, str, Fraction]]:
    """Rows of every input: entity, year, category, item, base unit, quantity."""
    for given in project(sample)["inputs"]:
        for path in sorted(sample.glob(given["path"])):
            for row in workbook_rows(path) if path.suffix == ".xlsx" else read_csv(path):
                told = {HEADS[head]: value for head, value in row.items() if head in HEADS}
                scale, base = SCALES[told["unit"]]
                yield (
                    told.get("entity") or given["entity"],
                    int(told["year"]),
                    named("categories")[bare(told["category"])]["id"],
                    named("items")[bare(told["item"])]["id"],
                    base,
                    Fraction(told["quantity"]) * scale,
                )


def workbook_rows(path: Path) -> Iterator[dict[str, str]]:
    for sheet in openpyxl.load_workbook(path, read_only=True):
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        at = next(n for n, row in enumerate(rows) if any(cell in ("能源品种",) for cell in row))
        for row in rows[at + 1 :]:
            told = {head: str(cell) for head, cell in zip(rows[at], row, strict=False) if cell is not None}
            if "能源品种" in told:
                yield {"年份": sheet.title[:4]} | told


class Values:
    """What the packs of a project, and its own tables where it names them, say of a parameter."""

    def __init__(self, sample: Path) -> None:
        told = project(sample)
        tables = told.get("tables", {})
        self.places = {row["entity"]: row for row in read_csv(sample / tables["entities"])} if "entities" in tables else {}
        self.rows: list[tuple[int, dict[str, str]]] = []
        if "parameters" in tables:
            own = read_csv(sample / tables["parameters"])
            self.rows += [
                (-1, row | {"region": "", "gas": "", "valid_from": row["year"], "valid_to": row["year"]}) for row in own
            ]
        for order, name in enumerate(told["factors"]["packs"]):
            folder = sample / name if "/" in name else ROOT / "factors" / name
            self.rows += [(order, row) for row in read_csv(folder / "parameters.csv")]

    def lineage_of(self, entity: str) -> list[str]:
        """The entity, its place and its ancestors, the nation, the world."""
        found, at = [entity], self.places.get(entity)
        while at:
            found += [code for code in (at["place"], at["parent"]) if code]
            at = self.places.get(at["parent"])
        return [*dict.fromkeys(found), "CN", "WORLD"]

    @cache  # noqa: B019 - lives as long as the module's two samples
    def get(
        self, name: str, gas: str, entity: str, category: str, item: str, year: int, base: str | None = None
    ) -> Fraction | None:
        """The value that applies: nearest place, first pack, own category, own item, tier, latest; in the unit's base."""
        places, categories, items = self.lineage_of(entity), lineage("categories", category), lineage("items", item)
        fitting = []
        for order, row in self.rows:
            place = row["entity"] or row["region"] or "CN"
            if row["parameter"] != name or row["gas"] not in ("", gas) or place not in places:
                continue
            if row["category"] not in ("", *categories) or row["item"] not in ("", *items):
                continue
            if not int(row["valid_from"] or 0) <= year <= int(row["valid_to"] or 9999):
                continue
            scale, per = VALUES[row["unit"]]
            if base is not None and per != base and not (per is None and row["unit"] == "1"):
                continue
            rank = (
                places.index(place), order, [*categories, ""].index(row["category"]), [*items, ""].index(row["item"]),
                -int(row["tier"] or 0), -int(row["valid_from"] or 0),
            )  # fmt: skip
            fitting.append((rank, Fraction(row["value"]) * scale))
        return min(fitting)[1] if fitting else None


def factors(
    values: Values, entity: str, year: int, category: str, item: str, base: str
) -> Iterator[tuple[str, int, str, int, Fraction]]:
    """Gas, scope, account, lag and tonnes of gas a base unit, unrounded."""
    role, kind = named("categories")[bare(category)]["kind"], named("items")[bare(item)]["kind"]

    def of(name: str, gas: str = "", per: str | None = None, as_item: str | None = None) -> Fraction | None:
        return values.get(name, gas, entity, category, as_item or item, year, per)

    if role in BURNT and kind == "fuel":
        yield from burnt(of, base, biogenic=False)
    elif role in BURNT and kind == "biofuel":
        yield from burnt(of, base, biogenic=True)
    elif role in (*BURNT, "boundary_energy") and kind == "energy" and category != "self_generated":
        yield from energy(of, category, item, base, across=role == "boundary_energy")
    elif category == "loss" and kind == "energy":
        yield "CO2", 3, "main", 0, of("emission_factor", "CO2", base)
    elif role == "process":
        for gas in GASES:
            if (factor := of("emission_factor", gas, base)) is not None:
                yield gas, 1, "main", 0, factor
    elif category == "landfill":
        yield from landfill(of, kind)
    elif category == "incineration":
        carbon, fossil, oxidised = of("carbon_fraction", per="t"), of("fossil_fraction"), of("oxidation_factor")
        if None not in (carbon, fossil, oxidised):
            yield "CO2", 1, "main", 0, carbon * fossil * oxidised * CARBON
            yield "CO2", 1, "memo", 0, carbon * (1 - fossil) * oxidised * CARBON
        for gas in ("CH4_biogenic", "N2O"):
            if (factor := of("emission_factor", gas, base)) is not None:
                yield gas, 1, "main", 0, factor
    elif category.startswith("wastewater"):
        if item == "effluent_nitrogen":
            yield "N2O", 1, "main", 0, of("nitrogen_emission_factor") * NITROGEN
        else:
            yield "CH4_biogenic", 1, "main", 0, of("methane_capacity") * of("methane_correction_factor")
    elif category == "coal_mining":
        yield from mined(of, item)
    elif role == "removal":
        yield "CO2", 1, "removal", 0, Fraction(-1)


def burnt(of, base: str, *, biogenic: bool) -> Iterator[tuple[str, int, str, int, Fraction]]:
    heat = of("ncv", per=base)
    if not biogenic:
        carbon, oxidised, by_heat = of("carbon_content"), of("oxidation_factor"), of("energy_emission_factor", "CO2")
        if None not in (heat, carbon, oxidised):
            yield "CO2", 1, "main", 0, heat * carbon * oxidised * CARBON
        elif None not in (heat, by_heat):
            yield "CO2", 1, "main", 0, heat * by_heat
    elif (by_heat := of("energy_emission_factor", "CO2")) is not None:
        yield "CO2", 1, "memo", 0, heat * by_heat
    for gas in ("CH4_biogenic" if biogenic else "CH4_fossil", "N2O"):
        if (by_heat := of("energy_emission_factor", gas)) is not None:
            yield gas, 1, "main", 0, heat * by_heat


def energy(of, category: str, item: str, base: str, *, across: bool) -> Iterator[tuple[str, int, str, int, Fraction]]:
    sign = -1 if category == "exported" else 1
    if item in ("heat", "steam"):
        yield "CO2", 2, "main", 0, sign * of("emission_factor", "CO2", base)
        return
    grid = of("emission_factor", "CO2", base, as_item="electricity")
    free = item in ("green_electricity_direct", "green_certificate")
    yield "CO2", 2, "main", 0, Fraction(0) if free else sign * grid
    if across:
        rest = of("emission_factor", "CO2", base, as_item="electricity_park_method")
        by_market = {"electricity": sign * rest, "green_certificate": -rest}
        yield "CO2", 2, "market", 0, by_market.get(item, Fraction(0))


def landfill(of, kind: str) -> Iterator[tuple[str, int, str, int, Fraction]]:
    cover = 1 - of("oxidised_in_cover")
    if kind == "recovered_gas":
        yield "CH4_biogenic", 1, "main", 0, -cover
        return
    carbon = of("methane_correction_factor") * of("degradable_organic_carbon") * of("decomposable_fraction")
    whole = carbon * of("methane_fraction") * METHANE * cover
    with localcontext() as context:
        context.prec = 60
        rate = of("decay_rate")
        left = rounded(Fraction((Decimal(-rate.numerator) / Decimal(rate.denominator)).exp()), 15)
    yield "CH4_biogenic", 1, "main", 0, Fraction(0)
    for lag in range(1, LAGS):
        yield "CH4_biogenic", 1, "main", lag, whole * (1 - left) * left ** (lag - 1)


def mined(of, item: str) -> Iterator[tuple[str, int, str, int, Fraction]]:
    density = of("gas_density")
    if item == "methane_recovered":
        yield "CH4_fossil", 1, "main", 0, -density
    elif item == "methane_flared":
        yield "CH4_fossil", 1, "main", 0, -density * of("oxidation_factor")
        yield "CO2", 1, "main", 0, density * of("oxidation_factor") * FLARE
    else:
        yield "CH4_fossil", 1, "main", 0, of("gas_volume", "CH4_fossil") * density


def inventory(sample: Path) -> dict[Cell, Fraction]:
    """Every cell of a sample that has a factor."""
    values, sums = Values(sample), defaultdict(Fraction)
    for entity, year, category, item, base, quantity in activity(sample):
        sums[entity, year, category, item, base] += rounded(quantity, 9)
    products: dict[Cell, Fraction] = defaultdict(Fraction)
    for (entity, year, category, item, base), quantity in sums.items():
        for gas, scope, account, lag, factor in factors(values, entity, year, category, item, base):
            products[entity, year + lag, category, item, gas, scope, account] += quantity * rounded(factor, 15)
    return {cell: rounded(product, 12) for cell, product in products.items()}


def potentials(edition: str) -> dict[str, Fraction]:
    rows = read_csv(ROOT / "factors" / "gwp" / "parameters.csv")
    return {row["gas"]: Fraction(row["value"]) for row in rows if row["parameter"] == "gwp" and row["edition"] == edition}
