"""Waste: landfill, incineration, wastewater.

    E = W · MCF · DOC · DOCf · F · 16/12 · (1 − OX)                       landfill, mass balance
    E(t) = W · MCF · DOC · DOCf · e^−k(t−1) · (1 − e^−k) · F · 16/12 · (1 − OX)   landfill, first-order decay, t = 1, 2, …
    E = W · CF · FCF · OF · 44/12                                         incineration, fossil carbon
    E = W · CF · (1 − FCF) · OF · 44/12                                   incineration, the rest: a memo item
    E = TOW · B0 · MCF                                                    wastewater, methane
    E = N · EF · 44/28                                                    wastewater, nitrous oxide

IPCC 2006 Vol 5 Ch 3, 5, 6; 省级温室气体清单编制指南(试行) 2011 第五章. Card: docs/methods/waste.md
"""

from __future__ import annotations

from fractions import Fraction

from accounting.exact import exp_minus, plain
from accounting.methods.combustion import CARBON_TO_CO2
from accounting.methods.method import Method, by_factor, minus_one

CARBON_TO_CH4 = Fraction(16, 12)  # t CH4 per t C
NITROGEN_TO_N2O = Fraction(44, 28)  # t N2O per t N
LAST_LAG = 100  # years; at k = 0.05 less than 1 % of the methane is still to come


def of_landfill(
    methane_correction_factor: Fraction,
    degradable_organic_carbon: Fraction,
    decomposable_fraction: Fraction,
    methane_fraction: Fraction,
    oxidised_in_cover: Fraction,
) -> Fraction:
    """Tonnes of methane that a tonne of landfilled waste gives, all in the year it is laid down.

    >>> float(of_landfill(*map(Fraction, ("1", "0.1451", "0.5", "0.5", "0.1"))) * 500_000)
    21765.0
    """
    carbon = methane_correction_factor * degradable_organic_carbon * decomposable_fraction
    return carbon * methane_fraction * CARBON_TO_CH4 * (1 - oxidised_in_cover)


def decaying(decay_rate: Fraction, **landfill: Fraction) -> tuple[Fraction, ...]:
    """The same methane, one factor for each year after the deposit.

    The year of the deposit has none: decay begins on 1 January of the year after. 500 000 t a year, k = 0.09, gives
    2081.43 t in the second year and 3983.72 t in the third:

    >>> rest = dict(methane_correction_factor=Fraction(1), degradable_organic_carbon=Fraction("0.1451"),
    ...             decomposable_fraction=Fraction("0.5"), methane_fraction=Fraction("0.5"), oxidised_in_cover=Fraction(0))
    >>> years = decaying(Fraction("0.09"), **rest)
    >>> years[0], round(float(years[1] * 500_000), 2), round(float(sum(years[1:3]) * 500_000), 2)
    (Fraction(0, 1), 2081.43, 3983.72)
    """
    whole, left = of_landfill(**landfill), exp_minus(decay_rate)
    return (Fraction(0), *(whole * (1 - left) * left**year for year in range(LAST_LAG)))


def of_recovery(oxidised_in_cover: Fraction) -> Fraction:
    """A tonne of methane that was recovered: it would have passed the cover.

    >>> float(of_recovery(Fraction("0.1")) * 300)
    -270.0
    """
    return -(1 - oxidised_in_cover)


def of_incineration(carbon_fraction: Fraction, fossil_fraction: Fraction, oxidation_factor: Fraction) -> Fraction:
    """Tonnes of fossil CO2 per tonne of waste burnt.

    >>> float(of_incineration(*map(Fraction, ("0.40", "0.40", "0.95"))) * 300_000)
    167200.0
    """
    return carbon_fraction * fossil_fraction * oxidation_factor * CARBON_TO_CO2


def biogenic_of_incineration(carbon_fraction: Fraction, fossil_fraction: Fraction, oxidation_factor: Fraction) -> Fraction:
    """Tonnes of biogenic CO2 per tonne of waste burnt.

    >>> float(biogenic_of_incineration(*map(Fraction, ("0.40", "0.40", "0.95"))) * 300_000)
    250800.0
    """
    return carbon_fraction * (1 - fossil_fraction) * oxidation_factor * CARBON_TO_CO2


def of_wastewater(methane_capacity: Fraction, methane_correction_factor: Fraction) -> Fraction:
    """Tonnes of methane per tonne of BOD or COD.

    >>> float(of_wastewater(Fraction("0.6"), Fraction("0.165")) * 30_000)
    2970.0
    """
    return methane_capacity * methane_correction_factor


def of_nitrogen(nitrogen_emission_factor: Fraction) -> Fraction:
    """Tonnes of N2O per tonne of nitrogen in the effluent.

    >>> round(float(of_nitrogen(Fraction("0.005")) * 13_200), 3)
    103.714
    """
    return nitrogen_emission_factor * NITROGEN_TO_N2O


_LANDFILL = {
    "methane_correction_factor": "1", "degradable_organic_carbon": "1", "decomposable_fraction": "1",
    "methane_fraction": "1", "oxidised_in_cover": "1",
}  # fmt: skip
_PRODUCT = (
    "methane_correction_factor × degradable_organic_carbon × decomposable_fraction × methane_fraction × 16 ÷ 12"
    " × (1 − oxidised_in_cover)"
)


def _left_after_a_year(decay_rate: Fraction) -> str:
    """e^−k as it is printed: the figure that the arithmetic uses."""
    return plain(exp_minus(decay_rate))


_LEFT = {"decay_rate": _left_after_a_year}
_INCINERATED = {"carbon_fraction": "t C/base unit", "fossil_fraction": "1", "oxidation_factor": "1"}
_LANDFILL_SOURCE = "IPCC 2006 Vol 5 Ch 3 Eq 3.1-3.6"
_WASTE = ("waste",)


METHODS = (
    Method(
        "waste.landfill_decay",
        gases=("CH4_biogenic",),
        reads={"decay_rate": "1", **_LANDFILL},
        formula=decaying,
        written=f"{_PRODUCT} × (1 − decay_rate) × decay_rate^lag",
        shows=_LEFT,
        roles=_WASTE,
        categories=("landfill",),
        kinds=("waste",),
        decisive="decay_rate",
        source=_LANDFILL_SOURCE,
    ),
    Method(
        "waste.landfill",
        gases=("CH4_biogenic",),
        reads=_LANDFILL,
        formula=of_landfill,
        written=_PRODUCT,
        roles=_WASTE,
        categories=("landfill",),
        kinds=("waste",),
        decisive="degradable_organic_carbon",
        source="省级温室气体清单编制指南(试行) 2011 第五章; IPCC 1996 Vol 3 Ch 6 Eq 1",
    ),
    Method(
        "waste.landfill_recovery",
        gases=("CH4_biogenic",),
        reads={"oxidised_in_cover": "1"},
        formula=of_recovery,
        written="0 − (1 − oxidised_in_cover)",
        roles=_WASTE,
        categories=("landfill",),
        kinds=("recovered_gas",),
        measures="t",
        decisive="oxidised_in_cover",
        source=_LANDFILL_SOURCE,
    ),
    Method(
        "waste.incineration",
        gases=("CO2",),
        reads=_INCINERATED,
        formula=of_incineration,
        written="carbon_fraction × fossil_fraction × oxidation_factor × 44 ÷ 12",
        roles=_WASTE,
        categories=("incineration",),
        kinds=("waste",),
        decisive="carbon_fraction",
        source="IPCC 2006 Vol 5 Ch 5 Eq 5.1; 省级温室气体清单编制指南(试行) 2011 第五章",
    ),
    Method(
        "waste.incineration_biogenic",
        gases=("CO2",),
        reads=_INCINERATED,
        formula=biogenic_of_incineration,
        written="carbon_fraction × (1 − fossil_fraction) × oxidation_factor × 44 ÷ 12",
        roles=_WASTE,
        categories=("incineration",),
        kinds=("waste",),
        decisive="fossil_fraction",
        account="memo",
        source="IPCC 2006 Vol 5 Ch 5 §5.1: biogenic CO2 is an information item",
    ),
    Method(
        "waste.incineration_factor",
        gases=("CO2", "CH4_biogenic", "N2O"),
        reads={"emission_factor": "t/base unit"},
        formula=by_factor,
        written="emission_factor",
        roles=_WASTE,
        categories=("incineration",),
        kinds=("waste",),
        decisive="emission_factor",
        source="IPCC 2006 Vol 5 Ch 5 Eq 5.4, 5.5",
    ),
    Method(
        "waste.wastewater",
        gases=("CH4_biogenic",),
        reads={"methane_capacity": "1", "methane_correction_factor": "1"},
        formula=of_wastewater,
        written="methane_capacity × methane_correction_factor",
        roles=_WASTE,
        categories=("wastewater_domestic", "wastewater_industrial"),
        kinds=("waste",),
        items=("bod", "cod"),
        decisive="methane_capacity",
        source="IPCC 2006 Vol 5 Ch 6 Eq 6.1, 6.2, 6.4, 6.5",
    ),
    Method(
        "waste.wastewater_nitrogen",
        gases=("N2O",),
        reads={"nitrogen_emission_factor": "1"},
        formula=of_nitrogen,
        written="nitrogen_emission_factor × 44 ÷ 28",
        roles=_WASTE,
        categories=("wastewater_domestic",),
        kinds=("waste",),
        items=("effluent_nitrogen",),
        decisive="nitrogen_emission_factor",
        by_item=True,
        source="IPCC 2006 Vol 5 Ch 6 Eq 6.7",
    ),
    Method(
        "waste.wastewater_recovery",
        gases=("CH4_biogenic",),
        reads={},
        formula=minus_one,
        written="0 − 1",
        roles=_WASTE,
        categories=("wastewater_domestic", "wastewater_industrial"),
        kinds=("recovered_gas",),
        measures="t",
        decisive=None,
        source="IPCC 2006 Vol 5 Ch 6 Eq 6.1, R",
    ),
)
