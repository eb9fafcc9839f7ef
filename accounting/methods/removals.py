"""Removals: what sinks and storage take out of the air, in an account of their own.

    E = −R       in account `removal`, never in a total without being named

IPCC 2006 Vol 4; GPC Ch 10. Card: docs/methods/removals.md
"""

from __future__ import annotations

from accounting.methods.method import Method, minus_one

METHODS = (
    Method(
        "removals.measured",
        gases=("CO2",),
        reads={},
        formula=minus_one,
        written="0 − 1",
        roles=("removal",),
        kinds=("product",),
        items=("co2", "co2_captured"),
        decisive=None,
        account="removal",
        source="IPCC 2006 Vol 1 Ch 8 §8.2.1: removals are negative",
    ),
)
