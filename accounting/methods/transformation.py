"""Transformation of fuels: the carbon that went in and did not come out.

    E = (Σ in · NCV · CC − Σ out · NCV · CC) · 44/12        oxidation 100 %

Rows carry the sign of the energy balance: what goes in is negative, what comes out positive, so one formula serves both.
发改环资〔2025〕910号 附件4: 炼油、煤制油、制气. Card: docs/methods/transformation.md
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from accounting.methods.combustion import CARBON_TO_CO2
from accounting.methods.method import Method


def lost_carbon(ncv: Fraction, carbon_content: Fraction) -> Fraction:
    """Tonnes of CO2 of one base unit that came out; what went in has a negative quantity.

    100 000 t of crude oil in and 95 000 t of fuel oil out, both of 41.816 GJ/t, at 20.1 and 21.1 t C/TJ:

    >>> from accounting import exact
    >>> crude, fuel_oil = (lost_carbon(*exact.fractions("41.816", cc)) for cc in ("0.0201", "0.0211"))
    >>> exact.rounded(crude * -100_000 + fuel_oil * 95_000, 6)
    Decimal('843.289333')
    """
    return -(ncv * carbon_content * CARBON_TO_CO2)


def lost_carbon_of_heat(carbon_content: Fraction) -> Fraction:
    """Tonnes of CO2 of one GJ that came out.

    >>> lost_carbon_of_heat(Fraction("0.0153"))
    Fraction(-561, 10000)
    """
    return -(carbon_content * CARBON_TO_CO2)


_OF: dict[str, Any] = {
    "gases": ("CO2",),
    "roles": ("transformation",),
    "categories": ("refining", "coal_to_liquids", "gas_works"),
    "decisive": "carbon_content",
    "source": "发改环资〔2025〕910号 附件4",
}
METHODS = (
    Method(
        "transformation.carbon_of_heat",
        reads={"carbon_content": "t C/GJ"},
        formula=lost_carbon_of_heat,
        written="0 − carbon_content × 44 ÷ 12",
        measures="GJ",
        **_OF,
    ),
    Method(
        "transformation.carbon_content",
        reads={"ncv": "GJ/base unit", "carbon_content": "t C/GJ"},
        formula=lost_carbon,
        written="0 − ncv × carbon_content × 44 ÷ 12",
        **_OF,
    ),
)
