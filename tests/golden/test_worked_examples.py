"""The 94 worked numbers of the methods: each computed by the engine, from its packs, methods and runs.

worked_examples.csv has the expression that an inspector works by hand and its value to 15 digits. Most stand in a golden
case (`source worked_examples ID`): there the number must be one that the run gives, a cell, a sum of cells in one account,
or a key sum. The others are sums over several cases, parts of a product, ratios: put together below from what the engine
gives. WITHOUT_ENGINE names those that the engine does not compute; they are no proof of it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from golden.test_golden import CASES, OWN, outcome

import accounting as ac
from accounting import units
from accounting.exact import exp_minus
from accounting.factors import pack
from accounting.factors.values import value
from accounting.methods import method

HERE = Path(__file__).parent
SHARED = Path(__file__).parents[3] / "shared" / "methods" / "factors" / "worked_examples.csv"
CLOSE = Fraction(1, 10**12)  # a factor is rounded at 15 decimals, a cell at 12
WITHOUT_ENGINE = {
    "E10": "sharing out the fuel of a unit that gives power and heat", "P2": "deducting carbide slag by its own factor",
    "P4": "a correction for kiln dust as a factor of its own", "U1": "uncertainty of a product", "U2": "uncertainty of a sum",
}  # fmt: skip


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


EXAMPLES = {row["id"]: row for row in rows(HERE / "worked_examples.csv")}


def named(source: str) -> list[str]:
    """W3, W4, … of 'worked_examples W3 to W8'."""
    spans = re.findall(r"worked_examples ([A-Z])([0-9]+)(?: to [A-Z]([0-9]+))?", source)
    return [f"{letter}{n}" for letter, first, last in spans for n in range(int(first), int(last or first) + 1)]


CITED = {one: case for case in CASES for source in case.all("source") for one in named(source)}


def numbers(run: ac.Run) -> Iterable[Fraction]:
    """What a run gives: its cells and key sums, and their sums an account, a gas, a year; mass and CO2e."""
    for mass in ("mass_t", "co2e_t"):
        table = run.inventory.drop_nulls(mass)
        yield from map(Fraction, table[mass])
        for by in (["account"], ["account", "gas"], ["account", "year"], ["account", "year", "gas"]):
            for _, part in table.group_by(by):
                yield sum(map(Fraction, part[mass]), Fraction(0))
    yield from map(Fraction, run.sums["quantity"].drop_nulls())


def is_near(found: Fraction, printed: str) -> bool:
    wanted = Fraction(printed)
    return abs(found - wanted) <= max(abs(wanted), Fraction(1)) * CLOSE


GUIDE = "cn-enterprise-2024"


@cache
def run(*given: str, packs: str = GUIDE, view: str = "china-pilot", policy: str | None = None) -> ac.Run:
    """The run of rows written as in a golden case."""
    table = [(e, int(y), c, i, q, u) for e, y, c, i, q, u in (row.split() for row in given)]
    columns = ["entity", "year", "category", "item", "quantity", "unit"]
    names = [str(OWN / name) if (OWN / name).is_dir() else name for name in packs.split(",")]
    return ac.run(pl.DataFrame(table, schema=columns, orient="row"), factors=names, view=view, electricity=policy)


def tonnes(run: ac.Run, gas: str = "CO2", account: str = "main") -> Fraction:
    return sum(map(Fraction, run.inventory.filter(gas=gas, account=account)["mass_t"]), Fraction(0))


def quantity(run: ac.Run) -> Fraction:
    return sum(map(Fraction, run.sums["quantity"]), Fraction(0))


def figure(name: str, parameter: str, item: str, **more: object) -> Fraction:
    """A value of a pack, in base units."""
    table = pack.load(str(OWN / name) if (OWN / name).is_dir() else name).parameters.filter(
        parameter=parameter, item=item, **more
    )
    (row,) = table.to_dicts()
    return value(parameter, row["value"], row["unit"]).exact


COAL = "370200 2022 industry bituminous_coal 10000 t"
DIESEL = "370200 2022 industry diesel_oil 500 t"
GAS = "370200 2022 industry natural_gas 120 万立方米"
BURNT = ("370200 2022 thermal_power bituminous_coal 10000 t",)


def co2e(edition: str) -> Fraction:
    """C8 and C9: methane that was burnt with its fuel counts without the CO2 that the fuel's carbon already stands for."""
    gwp, burnt = pack.gwp(edition), run(*BURNT, packs="ipcc-2006", view="ipcc2006")
    return tonnes(burnt) + tonnes(burnt, "CH4_fossil") * gwp["CH4_biogenic"] + tonnes(burnt, "N2O") * gwp["N2O"]


def sectoral() -> Fraction:
    return tonnes(run(COAL, DIESEL, GAS))


def apparent() -> Fraction:
    supply = {"production": "8000", "inflow": "3500", "outflow": "-900", "stock_change": "-250"}
    return quantity(run(*(f"370200 2022 {category} bituminous_coal {t} t" for category, t in supply.items()), BURNT[0])) - 10000


def carbon(t: Fraction) -> Fraction:
    return t * figure(GUIDE, "ncv", "bituminous_coal") * figure(GUIDE, "carbon_content", "bituminous_coal")


def reference_coal() -> Fraction:
    return tonnes(
        run(f"370200 2022 industry bituminous_coal {apparent()} t", "370200 2022 non_energy_use bituminous_coal 300 t")
    )


def reference() -> Fraction:
    return reference_coal() + tonnes(run(DIESEL, GAS))


def lubricants() -> Fraction:
    heat, held = figure("ipcc-2006", "ncv", "lubricants"), figure("ipcc-2006", "carbon_content", "lubricants")
    burnt = method("combustion.carbon_content").formula(ncv=heat, carbon_content=held, oxidation_factor=Fraction("0.2"))
    return 1000 * as_one(burnt)


def as_one(found: Fraction | tuple[Fraction, ...]) -> Fraction:
    assert isinstance(found, Fraction)
    return found


def of_one_plant() -> Fraction:
    """E5: 33 000 MWh at the residual factor, and 5 000 of a fossil plant at that of the announcement."""
    rest = run("park-7 2023 purchased electricity 33000 MWh", packs="grid-cn")
    return tonnes(rest, account="market") + 5000 * figure("grid-cn", "emission_factor", "electricity_fossil", valid_from=2023)


STEAM = ("370200 2022 purchased heat 1 GJ",)
NET = ("150000 2023 purchased electricity 3200000 MWh", "130000 2023 exported electricity 700000 MWh")
STEELWORKS = ("mill-1 2022 process limestone 100000 t", "mill-1 2022 process dolomite_flux 20000 t")
FURNACE = ("mill-1 2022 process electrodes 1000 t", "mill-1 2022 process pig_iron 50000 t")
KEPT = ("mill-1 2022 fixed_carbon crude_steel 1000000 t",)
SMELTER = ("smelter-1 2022 process primary_aluminium 500000 t",)
CARS = ("park-7 2022 road_vkt gasoline_vehicle 36 亿公里",)
RIDES = ("city-3 2022 road_turnover passenger_road 20 亿人公里", "city-4 2022 road_turnover passenger_road 17.5 亿人公里")
MINES = (
    "370200 2022 coal_mining coal_underground_mined 2000000 t", "370200 2022 coal_mining coal_post_mining_high_gas 2000000 t",
    "370200 2022 coal_mining coal_surface_mined 1000000 t", "370200 2022 coal_mining coal_post_mining_surface 1000000 t",
    "370200 2022 coal_mining methane_recovered 6000000 m3", "370200 2022 coal_mining methane_flared 1000000 m3",
)  # fmt: skip
PILOT = (
    "city-9 2023 industry bituminous_coal 10000 t", "city-9 2023 industry diesel_oil 500 t",
    "city-9 2023 industry natural_gas 120 万立方米", "city-9 2023 net_import electricity 800000 MWh",
    "city-9 2023 net_import heat 50000 GJ",
)  # fmt: skip


def enthalpy() -> Fraction:
    steam = run("park-7 2022 purchased steam 20000 t", packs="golden-own,cn-heat")
    return tonnes(steam) / figure("cn-heat", "emission_factor", "heat")


def flux_and_furnace() -> Fraction:
    return tonnes(run(*STEELWORKS, *FURNACE, *KEPT, packs="golden-own"))


def pfc() -> Fraction:
    table = run(*SMELTER, packs="golden-own").inventory.filter(pl.col("gas").is_in(["CF4", "C2F6"]))
    return sum(map(Fraction, table["co2e_t"]), Fraction(0))


def urea_in_fields() -> Fraction:
    return 120000 * as_one(method("processes.carbon_in").formula(carbon_fraction=Fraction("0.20")))


def volume() -> Fraction:
    return (
        quantity(run(*CARS, packs="golden-own,provincial-2011"))
        * figure("golden-own", "fuel_consumption", "gasoline_vehicle")
        * 1000
    )


def by_mode() -> Fraction:
    metro = method("transport.intensity").formula(
        energy_intensity=value("energy_intensity", "0.20", "MJ/pkm").exact,
        energy_emission_factor=value("energy_emission_factor", "0.1382", "kg/MJ").exact,
    )
    return tonnes(run(*RIDES, packs="golden-own")) + 125000 * as_one(metro)


def degradable() -> Fraction:
    shares = {"food": "0.50", "paper": "0.10", "textiles": "0.03", "wood": "0.03", "garden": "0.05"}
    doc = {kind: figure("ipcc-2006", "degradable_organic_carbon", f"msw_{kind}") for kind in shares}
    return sum((Fraction(share) * doc[kind] for kind, share in shares.items()), Fraction(0))


def decay(year: int) -> Fraction:
    """Methane generated in a year of the site of W3 to W10."""
    site = run(*(f"landfill-2 {y} landfill msw 500000 t" for y in (2020, 2021, 2022)), packs="golden-own")
    return sum(map(Fraction, site.inventory.filter(year=year, gas="CH4_biogenic")["mass_t"]), Fraction(0))


def deposit() -> Fraction:
    """DDOCm of a year: what the mass balance gives of methane, by 16/12 and the half of it that is methane."""
    balance = method("waste.landfill").formula(
        methane_correction_factor=Fraction(1), degradable_organic_carbon=degradable(), decomposable_fraction=Fraction(1, 2),
        methane_fraction=Fraction(1, 2), oxidised_in_cover=Fraction(0),
    )  # fmt: skip
    return 500000 * as_one(balance) / HALF_AS_METHANE


HALF_AS_METHANE = Fraction(1, 2) * 16 / 12


def decayed() -> Fraction:
    return 1 - exp_minus(Fraction("0.09"))


def effluent() -> Fraction:
    """The nitrogen behind W16, whose N2O the engine gives."""
    return Fraction(run("370200 2022 wastewater_domestic effluent_nitrogen 13200 t", packs="ipcc-2006").sums["quantity"].item())


def transformation() -> Fraction:
    """Crude in, products out, all carbon burnt; heat of the yearbook, that of refinery gas of the enterprise guide."""
    streams = {"crude_oil": 100000, "gasoline": -30000, "diesel_oil": -40000, "fuel_oil": -25000, "refinery_gas": -3000}
    heat_of = {"refinery_gas": GUIDE}
    held = {item: figure("provincial-2011", "carbon_content", item) for item in streams}
    heat = {item: figure(heat_of.get(item, "provincial-2011"), "ncv", item) for item in streams}
    burnt = method("combustion.carbon_content").formula
    factors = {i: as_one(burnt(ncv=heat[i], carbon_content=held[i], oxidation_factor=Fraction(1))) for i in streams}
    return sum((t * factors[item] for item, t in streams.items()), Fraction(0))


def park() -> Fraction:
    """Z6: fuel, transformation, electricity, heat and lime of a park."""
    fuel = run("park-9 2022 industry natural_gas 1200 万立方米", view="zero-carbon-park")
    power = run(
        "park-9 2022 purchased electricity 25000 MWh", "park-9 2022 purchased green_electricity_contract 35000 MWh",
        "park-9 2022 exported electricity 2000 MWh", packs="grid-cn", view="zero-carbon-park",
    )  # fmt: skip
    heat = run(
        "park-9 2022 purchased heat 30000 GJ", "park-9 2022 exported heat 5000 GJ", packs="cn-heat", view="zero-carbon-park"
    )
    lime = run("park-9 2022 process lime 20000 t", packs="provincial-2011", view="zero-carbon-park")
    return tonnes(fuel) + transformation() + tonnes(power, account="market") + tonnes(heat) + tonnes(lime)


def standard_coal(item: str) -> Fraction:
    """tce a base unit of an item, from the coefficients of GB/T 2589."""
    return figure("gbt-2589-2020", "standard_coal", item) / units.unit("tce").factor


def energy(per_mwh: Fraction) -> Fraction:
    return 12000 * standard_coal("natural_gas") + 58000 * per_mwh + 33000 * standard_coal("heat")


COMPUTED: dict[str, Callable[[], Fraction]] = {
    "C4": sectoral,
    "C8": lambda: co2e("AR5"),
    "C9": lambda: co2e("AR6"),
    "C10": lambda: 10000 * standard_coal("raw_coal"),
    "C11": lambda: figure("gbt-2589-2020", "standard_coal", "raw_coal"),
    "R1": apparent,
    "R2": lambda: carbon(apparent()),
    "R3": lambda: carbon(Fraction(300)),
    "R4": reference_coal,
    "R5": reference,
    "R6": lambda: (reference() - sectoral()) / sectoral() * 100,
    "R7": lambda: apparent() - (6000 + 2000 + 40 + 2290),
    "N1": lubricants,
    "E5": of_one_plant,
    "E7": enthalpy,
    "E9": lambda: tonnes(run(*NET, packs="grid-cn")),
    "P9": flux_and_furnace,
    "P12": urea_in_fields,
    "P14": pfc,
    "T3": volume,
    "T4": lambda: volume() / 1000 * figure("golden-own", "density", "gasoline"),
    "T7": by_mode,
    "T8": lambda: 252000 / (volume() / 1000 * figure("golden-own", "density", "gasoline")),
    "W1": degradable,
    "W3": deposit,
    "W4": deposit,
    "W5": lambda: decay(2021) / HALF_AS_METHANE,
    "W7": lambda: decay(2022) / HALF_AS_METHANE / decayed(),
    "W10": lambda: deposit() * HALF_AS_METHANE,
    "W15": effluent,
    "F4": lambda: tonnes(run(*MINES, packs="golden-own,provincial-2011,ipcc-2006"), "CH4_fossil"),
    "A2": lambda: 2500000 + tonnes(run("city-9 2023 net_import electricity 1000000 MWh", packs="grid-cn")),
    "K1": lambda: tonnes(run(*PILOT, packs="cn-enterprise-2024,grid-cn,cn-heat")),
    "K2": lambda: tonnes(run(*PILOT, packs="cn-enterprise-2024,grid-cn,cn-heat")) / 62,
    "K3": lambda: (tonnes(run(*PILOT, packs="cn-enterprise-2024,grid-cn,cn-heat")) / 62 / 8600 - 1) * 100,
    "Z2": transformation,
    "Z6": park,
    "Z7": lambda: energy(Fraction("0.310")),
    "Z8": lambda: park() / energy(Fraction("0.310")),
    "Z9": lambda: park() / energy(standard_coal("electricity")),
}


def test_every_worked_example_is_computed_by_the_engine_or_said_not_to_be() -> None:
    assert len(EXAMPLES) == 94
    assert {*CITED, *COMPUTED, *WITHOUT_ENGINE} == set(EXAMPLES)
    assert set(COMPUTED) & set(WITHOUT_ENGINE) == set()
    assert len(EXAMPLES) - len(WITHOUT_ENGINE) >= 89


@pytest.mark.parametrize("id", sorted(set(CITED) - set(COMPUTED) - set(WITHOUT_ENGINE)))
def test_the_case_gives_the_worked_number(id: str) -> None:  # noqa: A002 - the table's word
    result = outcome(CITED[id])
    assert isinstance(result, ac.Run)
    assert any(is_near(found, EXAMPLES[id]["value"]) for found in numbers(result)), EXAMPLES[id]


@pytest.mark.parametrize("id", sorted(COMPUTED))
def test_the_engine_gives_the_worked_number(id: str) -> None:  # noqa: A002 - the table's word
    found = COMPUTED[id]()
    assert is_near(found, EXAMPLES[id]["value"]), (float(found), EXAMPLES[id])


def test_what_the_engine_does_not_compute_is_worked_by_hand() -> None:
    def root(number: Fraction) -> Fraction:
        with localcontext(prec=40):
            return Fraction((Decimal(number.numerator) / Decimal(number.denominator)).sqrt())

    coal, gas = tonnes(run(COAL)), tonnes(run(GAS))
    product = root(Fraction(5**2 + 7**2))
    whole = root((product * coal) ** 2 + (root(Fraction(3**2 + 4**2)) * gas) ** 2) / (coal + gas)
    by_hand = {"E10": Fraction(1000000) * 2400000 / 9600000, "P2": 1000000 * Fraction("0.535") - 30000 * Fraction("0.480"),
               "P4": 1000000 * Fraction("0.51") * Fraction("1.02"), "U1": product, "U2": whole}  # fmt: skip
    assert set(by_hand) == set(WITHOUT_ENGINE)
    assert [one for one, found in by_hand.items() if not is_near(found, EXAMPLES[one]["value"])] == []


def test_burnt_methane_counts_by_the_fossil_value_and_the_pack_says_how_much_that_is_too_high() -> None:
    total = sum(map(Fraction, run(*BURNT, packs="ipcc-2006", view="ipcc2006").inventory["co2e_t"]), Fraction(0))
    assert total == Fraction("24517.095")
    assert total - co2e("AR5") == Fraction("0.516")  # 0.258 t × (30 − 28)
    assert "0.516 t in 24 516.579 t" in (pack.load("gwp").folder / "README.md").read_text(encoding="utf-8")


def test_a_worked_number_that_is_off_would_be_seen() -> None:
    assert not is_near(sectoral() + 1, EXAMPLES["C4"]["value"])


@pytest.mark.skipif(not SHARED.is_file(), reason="../shared has the methods' own table; it is not here")
def test_the_table_is_that_of_the_methods() -> None:
    theirs = {row["id"]: (row["expression"], row["value_15sig"], row["unit"]) for row in rows(SHARED)}
    assert {name: (row["expression"], row["value"], row["unit"]) for name, row in EXAMPLES.items()} == theirs


# Documents in which a number of a case is printed, each with the place in it.
PUBLISHED = re.compile(
    r"(GB/T [0-9.]+(-[0-9]+)? (table|§)|2011 guideline (table|§)|IPCC 2006 V[0-9] (tables?|Eq|Ch|§)|公告\s?[0-9]{4}|附件4|guide(line)? 20[0-9]{2}"
    r"|指南 20[0-9]{2}|GB/T 321[0-9]{2}|2025 guideline|DB11/T|Huo et al|方法学)"
)


def test_the_golden_cases_are_as_many_as_promised() -> None:
    assert len(CASES) >= 200
    published = [
        case for case in CASES if case.all("by hand") and any(PUBLISHED.search(source) for source in case.all("source"))
    ]
    assert len(published) >= 60, len(published)
    assert len(set(CITED)) >= 55
