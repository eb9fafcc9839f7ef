"""Fuel of international aviation and shipping: an information item beside the totals.

    E = AD · NCV · CC · OF · 44/12        or        E = AD · NCV · EF

The same fuel stands in transport too; here it is listed apart and neither added nor subtracted (account `memo`).
IPCC 2006 Vol 2 Ch 3; 发改环资〔2025〕910号 附件4. Card: docs/methods/international.md
"""

from __future__ import annotations

from typing import Any

from accounting.methods.combustion import by_heat, co2_by_carbon_content
from accounting.methods.method import Method

_OF: dict[str, Any] = {"roles": ("information",), "categories": ("international_transport",), "account": "memo"}
METHODS = (
    Method(
        "international.carbon_content",
        gases=("CO2",),
        reads={"ncv": "GJ/base unit", "carbon_content": "t C/GJ", "oxidation_factor": "1"},
        formula=co2_by_carbon_content,
        written="ncv × carbon_content × oxidation_factor × 44 ÷ 12",
        decisive="carbon_content",
        source="发改环资〔2025〕910号 附件4: 国际航空航海燃料单列",
        **_OF,
    ),
    Method(
        "international.heat_factor",
        gases=("CO2",),
        reads={"ncv": "GJ/base unit", "energy_emission_factor": "t/GJ"},
        formula=by_heat,
        written="ncv × energy_emission_factor",
        decisive="energy_emission_factor",
        source="IPCC 2006 Vol 2 Ch 3 Eq 3.5.1, 3.6.1",
        **_OF,
    ),
)
