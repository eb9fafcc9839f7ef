"""Fugitive gases of coal, oil and gas.

    E = P · V · ρ                   methane of a tonne of coal, by volume
    E = −R · ρ                      methane that was recovered and used or flared
    E = P · EF                      oil and gas, by throughput

IPCC 2006 Vol 2 Ch 4 Eq 4.1.1, 4.1.3, 4.1.7, 4.2.1; 省级温室气体清单编制指南(试行) 2011 §1.4. Card: docs/methods/fugitive.md
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from accounting.methods.method import Method, by_factor

CH4_TO_CO2 = Fraction(44, 16)  # t CO2 per t CH4 burnt


def by_volume(gas_volume: Fraction, gas_density: Fraction) -> Fraction:
    """Tonnes of methane per tonne of coal.

    8.37 m3/t at 0.67 kg/m3:

    >>> float(by_volume(Fraction("0.00837"), Fraction("0.67")) * 2_000_000)
    11215.8
    """
    return gas_volume * gas_density


def used(gas_density: Fraction) -> Fraction:
    """Methane taken out by 10^3 m3 that were used.

    >>> float(used(Fraction("0.67")) * 6_000)
    -4020.0
    """
    return -gas_density


def flared(gas_density: Fraction, oxidation_factor: Fraction) -> Fraction:
    """Methane taken out by 10^3 m3 that were flared.

    >>> float(flared(Fraction("0.67"), Fraction("0.98")) * 1_000)
    -656.6
    """
    return -gas_density * oxidation_factor


def co2_of_flare(gas_density: Fraction, oxidation_factor: Fraction) -> Fraction:
    """CO2 of 10^3 m3 of methane that were flared.

    >>> float(co2_of_flare(Fraction("0.67"), Fraction("0.98")) * 1_000)
    1805.65
    """
    return gas_density * oxidation_factor * CH4_TO_CO2


_FUGITIVE = ("fugitive",)
_RECOVERED: dict[str, Any] = {
    "roles": _FUGITIVE,
    "categories": ("coal_mining",),
    "kinds": ("recovered_gas",),
    "measures": "10^3 m3",
    "decisive": "gas_density",
    "source": "IPCC 2006 Vol 2 Ch 4 Eq 4.1.1",
}
_FLARE = {"gas_density": "t/10^3 m3", "oxidation_factor": "1"}

METHODS = (
    Method(
        "fugitive.coal",
        gases=("CH4_fossil",),
        reads={"gas_volume": "10^3 m3/base unit", "gas_density": "t/10^3 m3"},
        formula=by_volume,
        written="gas_volume × gas_density",
        roles=_FUGITIVE,
        categories=("coal_mining",),
        kinds=("fuel", "product"),
        decisive="gas_volume",
        source="IPCC 2006 Vol 2 Ch 4 Eq 4.1.3, 4.1.4, 4.1.7, 4.1.8",
    ),
    Method(
        "fugitive.methane_used",
        gases=("CH4_fossil",),
        reads={"gas_density": "t/10^3 m3"},
        formula=used,
        written="0 − gas_density",
        items=("methane_recovered",),
        **_RECOVERED,
    ),
    Method(
        "fugitive.methane_flared",
        gases=("CH4_fossil",),
        reads=_FLARE,
        formula=flared,
        written="0 − gas_density × oxidation_factor",
        items=("methane_flared",),
        **_RECOVERED,
    ),
    Method(
        "fugitive.flare",
        gases=("CO2",),
        reads=_FLARE,
        formula=co2_of_flare,
        written="gas_density × oxidation_factor × 44 ÷ 16",
        items=("methane_flared",),
        **_RECOVERED,
    ),
    Method(
        "fugitive.factor",
        gases=("CO2", "CH4_fossil", "N2O"),
        reads={"emission_factor": "t/base unit"},
        formula=by_factor,
        written="emission_factor",
        roles=_FUGITIVE,
        categories=("oil_gas", "coal_mining"),
        kinds=("fuel", "product"),
        decisive="emission_factor",
        by_item=True,
        source="IPCC 2006 Vol 2 Ch 4 Eq 4.2.1",
    ),
)
