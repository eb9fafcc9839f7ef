"""Fossil combustion: the carbon of a fuel, burnt.

    E = AD · EF                       a published factor per unit of fuel
    E = AD · NCV · CC · OF · 44/12    from heat, carbon content and oxidation

IPCC 2006 Vol 2 Ch 2 §2.3; 省级温室气体清单编制指南(试行) 2011 第一章 能源活动. Card: docs/methods/combustion.md
"""

from __future__ import annotations

from fractions import Fraction

from accounting.methods.method import Method

CARBON_TO_CO2 = Fraction(44, 12)  # t CO2 per t C, the guideline's molar masses
BURNT = ("final_consumption", "burnt_transformation")


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


METHODS = (
    Method(
        "combustion.co2_factor",
        gas="CO2",
        reads={"co2_factor": "t CO2/base unit"},
        formula=co2_by_factor,
        written="co2_factor",
        roles=BURNT,
        source="IPCC 2006 Vol 2 Ch 2 Eq 2.1",
    ),
    Method(
        "combustion.carbon_content",
        gas="CO2",
        reads={"ncv": "GJ/base unit", "carbon_content": "t C/GJ", "oxidation_factor": "1"},
        formula=co2_by_carbon_content,
        written="ncv × carbon_content × oxidation_factor × 44 ÷ 12",
        roles=BURNT,
        source="IPCC 2006 Vol 2 Ch 2 Eq 2.1–2.3; 省级温室气体清单编制指南(试行) 2011 §1.2",
    ),
)
