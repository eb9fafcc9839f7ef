"""Combustion: the carbon of a fuel, burnt, and the methane and nitrous oxide of its flame.

    E = AD · EF                       a published factor per unit of fuel
    E = AD · NCV · CC · OF · 44/12    from heat, carbon content and oxidation
    E = AD · NCV · EF                 a factor per heat (CO2 fully oxidised, CH4, N2O)

IPCC 2006 Vol 2 Ch 2 §2.3; 省级温室气体清单编制指南(试行) 2011 第一章 能源活动. Card: docs/methods/combustion.md
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from accounting.methods.method import Method

CARBON_TO_CO2 = Fraction(44, 12)  # t CO2 per t C, the guideline's molar masses
BURNT = ("final_consumption", "burnt_transformation", "transport_fuel", "international_transport")


def co2_by_factor(co2_factor: Fraction) -> Fraction:
    """Tonnes of CO2 from one base unit of a fuel with a published factor.

    Diesel by the research factors, per tonne:

    >>> co2_by_factor(Fraction("3.093819")) == Fraction("3.093819")
    True
    """
    return co2_factor


def co2_by_carbon_content(ncv: Fraction, carbon_content: Fraction, oxidation_factor: Fraction) -> Fraction:
    """Tonnes of CO2 from one base unit of a fuel of known heat and carbon.

    Diesel with 42.652 GJ/t, 0.0202 t C/GJ and 98 % oxidation:

    >>> from accounting import exact
    >>> exact.rounded(co2_by_carbon_content(*exact.fractions("42.652", "0.0202", "0.98")))
    Decimal('3.095909637333333')
    """
    return ncv * carbon_content * oxidation_factor * CARBON_TO_CO2


def co2_by_carbon_fraction(carbon_fraction: Fraction, oxidation_factor: Fraction) -> Fraction:
    """Tonnes of CO2 from one base unit of a fuel whose carbon was measured.

    Coal with 0.5312 t C/t as received, 99 % oxidised:

    >>> from accounting import exact
    >>> exact.rounded(co2_by_carbon_fraction(*exact.fractions("0.5312", "0.99")))
    Decimal('1.928256000000000')
    """
    return carbon_fraction * oxidation_factor * CARBON_TO_CO2


def by_heat(ncv: Fraction, energy_emission_factor: Fraction) -> Fraction:
    """Tonnes of a gas from one base unit of a fuel, by its heat.

    Methane of other bituminous coal in energy industries, 25.8 TJ/Gg and 1 kg/TJ:

    >>> from accounting import exact
    >>> exact.rounded(by_heat(*exact.fractions("25.8", "0.000001")))
    Decimal('0.000025800000000')
    """
    return ncv * energy_emission_factor


_BY_HEAT: dict[str, Any] = {
    "reads": {"ncv": "GJ/base unit", "energy_emission_factor": "t/GJ"},
    "formula": by_heat,
    "written": "ncv × energy_emission_factor",
    "roles": BURNT,
    "decisive": "energy_emission_factor",
}


def by_energy(energy_emission_factor: Fraction) -> Fraction:
    """Tonnes of a gas from one GJ of a fuel that was measured as heat.

    >>> by_energy(Fraction("0.0561"))
    Fraction(561, 10000)
    """
    return energy_emission_factor


def co2_of_heat(carbon_content: Fraction, oxidation_factor: Fraction) -> Fraction:
    """Tonnes of CO2 from one GJ of a fuel of known carbon.

    >>> float(co2_of_heat(Fraction("0.0153"), Fraction("0.99")))
    0.055539
    """
    return carbon_content * oxidation_factor * CARBON_TO_CO2


METHODS = (
    Method(
        "combustion.carbon_of_heat",
        gases=("CO2",),
        reads={"carbon_content": "t C/GJ", "oxidation_factor": "1"},
        formula=co2_of_heat,
        written="carbon_content × oxidation_factor × 44 ÷ 12",
        roles=BURNT,
        measures="GJ",
        decisive="carbon_content",
        source="IPCC 2006 Vol 2 Ch 2 Eq 2.1–2.3",
    ),
    Method(
        "combustion.energy",
        gases=("CO2", "CH4_fossil", "N2O"),
        reads={"energy_emission_factor": "t/GJ"},
        formula=by_energy,
        written="energy_emission_factor",
        roles=BURNT,
        measures="GJ",
        decisive="energy_emission_factor",
        source="IPCC 2006 Vol 2 Ch 2 Eq 2.1",
    ),
    Method(
        "combustion.carbon_fraction",
        gases=("CO2",),
        reads={"carbon_fraction": "t C/base unit", "oxidation_factor": "1"},
        formula=co2_by_carbon_fraction,
        written="carbon_fraction × oxidation_factor × 44 ÷ 12",
        roles=BURNT,
        decisive="carbon_fraction",
        source="企业温室气体排放核算与报告指南 发电设施 (2022) 式 (2); IPCC 2006 Vol 2 Ch 2 tier 3",
    ),
    Method(
        "combustion.co2_factor",
        gases=("CO2",),
        reads={"co2_factor": "t CO2/base unit"},
        formula=co2_by_factor,
        written="co2_factor",
        roles=BURNT,
        decisive="co2_factor",
        source="IPCC 2006 Vol 2 Ch 2 Eq 2.1",
    ),
    Method(
        "combustion.carbon_content",
        gases=("CO2",),
        reads={"ncv": "GJ/base unit", "carbon_content": "t C/GJ", "oxidation_factor": "1"},
        formula=co2_by_carbon_content,
        written="ncv × carbon_content × oxidation_factor × 44 ÷ 12",
        roles=BURNT,
        decisive="carbon_content",
        source="IPCC 2006 Vol 2 Ch 2 Eq 2.1–2.3; 省级温室气体清单编制指南(试行) 2011 §1.2",
    ),
    Method(
        "combustion.heat_factor",
        gases=("CO2", "CH4_fossil", "N2O"),
        **_BY_HEAT,
        source="IPCC 2006 Vol 2 Ch 2 Eq 2.1, Ch 3 Eq 3.2.1",
    ),
    Method(
        "combustion.biofuel",
        gases=("CH4_biogenic", "N2O"),
        kinds=("biofuel",),
        **_BY_HEAT,
        source="IPCC 2006 Vol 2 Ch 2 Eq 2.1",
    ),
    Method(
        "combustion.biogenic_co2",
        gases=("CO2",),
        kinds=("biofuel",),
        **_BY_HEAT,
        account="memo",
        source="IPCC 2006 Vol 2 Ch 2 §2.3.3.4: biogenic CO2 is an information item",
    ),
)
