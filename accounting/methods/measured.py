"""Emissions that were measured: the CO2 of a stack, as its meter gives it.

    E = Q       tonnes of fossil CO2 of a category, in place of its fuels

IPCC 2006 Vol 1 Ch 2 and Vol 3 Ch 1: continuous measurement is tier 3. Card: docs/methods/measured.md
"""

from __future__ import annotations

from accounting.methods.combustion import BURNT
from accounting.methods.method import Method, one

METHODS = (
    Method(
        "measured.co2",
        gases=("CO2",),
        reads={},
        formula=one,
        written="1",
        roles=BURNT,
        kinds=("product",),
        items=("co2",),
        decisive=None,
        source="IPCC 2006 Vol 2 Ch 2 §2.3.1: tier 3, measurement",
    ),
)
