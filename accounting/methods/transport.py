"""Transport: by fuel sold (combustion of category road_fuel, rail, water, aviation), by distance, by turnover.

    E = distance · FE · ρ · NCV · CC · OF · 44/12     vehicles with a fuel consumption
    E = distance · EF                                 a factor per kilometre
    E = turnover · EI · EF,  turnover · EF            energy or emission per tonne-kilometre or person-kilometre

Fuel sold and vehicle-kilometres describe the same fires: give one of them for one place and year.
IPCC 2006 Vol 2 Ch 3 Eq 3.2.1-3.2.5. Card: docs/methods/transport.md
"""

from __future__ import annotations

from fractions import Fraction

from accounting.methods.combustion import CARBON_TO_CO2
from accounting.methods.method import Method, by_factor

VEHICLES = {"gasoline": "gasoline_vehicle", "diesel_oil": "diesel_vehicle"}  # fuel: the vehicles that burn it
GASES = ("CO2", "CH4_fossil", "N2O")


def by_consumption(
    fuel_consumption: Fraction, density: Fraction, ncv: Fraction, carbon_content: Fraction, oxidation_factor: Fraction
) -> Fraction:
    """Tonnes of CO2 from 10^4 vehicle-kilometres at so many 10^3 m3 of fuel each.

    Heavy trucks, 24.9 L/100 km of diesel at 0.84 kg/L, 8 000 × 60 000 km:

    >>> each = by_consumption(*map(Fraction, ("0.00249", "840", "42.652", "0.0202", "0.98")))
    >>> round(float(each * 48_000))
    310819
    """
    return fuel_consumption * density * ncv * carbon_content * oxidation_factor * CARBON_TO_CO2


def by_intensity(energy_intensity: Fraction, energy_emission_factor: Fraction) -> Fraction:
    """Tonnes of a gas per base unit of turnover, by the energy it takes.

    1.80 MJ a person-kilometre at 0.0693 kg/MJ, for 2·10^9 person-kilometres:

    >>> round(float(by_intensity(Fraction("18"), Fraction("0.0693")) * 200_000))
    249480
    """
    return energy_intensity * energy_emission_factor


METHODS = (
    *(
        Method(
            f"transport.consumption.{fuel}",
            gases=("CO2",),
            reads={
                "fuel_consumption": "10^3 m3/base unit",
                "density": "t/10^3 m3",
                "ncv": "GJ/t",
                "carbon_content": "t C/GJ",
                "oxidation_factor": "1",
            },
            formula=by_consumption,
            written="fuel_consumption × density × ncv × carbon_content × oxidation_factor × 44 ÷ 12",
            roles=("transport_distance",),
            kinds=("vehicle",),
            items=(vehicle,),
            of_items=dict.fromkeys(("density", "ncv", "carbon_content", "oxidation_factor"), fuel),
            decisive="fuel_consumption",
            by_item=True,
            source="IPCC 2006 Vol 2 Ch 3 Eq 3.2.1 with fuel from distance, §3.2.1.3",
        )
        for fuel, vehicle in VEHICLES.items()
    ),
    Method(
        "transport.distance",
        gases=GASES,
        reads={"emission_factor": "t/base unit"},
        formula=by_factor,
        written="emission_factor",
        roles=("transport_distance",),
        kinds=("vehicle",),
        decisive="emission_factor",
        by_item=True,
        source="IPCC 2006 Vol 2 Ch 3 Eq 3.2.5",
    ),
    Method(
        "transport.intensity",
        gases=GASES,
        reads={"energy_intensity": "GJ/base unit", "energy_emission_factor": "t/GJ"},
        formula=by_intensity,
        written="energy_intensity × energy_emission_factor",
        roles=("transport_turnover",),
        kinds=("vehicle",),
        decisive="energy_emission_factor",
        by_item=True,
        source="ASIF: Schipper, Marie-Lilliu, Gorham 2000",
    ),
    Method(
        "transport.turnover",
        gases=GASES,
        reads={"emission_factor": "t/base unit"},
        formula=by_factor,
        written="emission_factor",
        roles=("transport_turnover",),
        kinds=("vehicle",),
        decisive="emission_factor",
        by_item=True,
        source="IPCC 2006 Vol 2 Ch 3 §3.2.1",
    ),
)
