"""Electricity and heat across a boundary: scope 2.

    E = (bought − sold) · EF

By location: every kWh from the grid at the average of its place and year; power by a direct line from a non-fossil
plant is no grid power. By market: contracted non-fossil power 0, a cancelled certificate takes one MWh out of the rest,
a certificate sold puts one back, the rest at the factor of the chosen policy. The two are two accounts and are never
added. What is lost between the grid and the users is scope 3. Own generation has no scope 2: its fuel is burnt within.
生态环境部 国家统计局公告2024年第12号; GB/T 32150-2025 §7.5.6-7.5.7; 发改环资〔2025〕910号 附件4. Card: docs/methods/electricity_heat.md
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from accounting.methods.method import Method, by_factor, less_by_factor

MARKET_POLICIES = {  # policy: the item whose factor the uncontracted rest takes
    "market_residual": "electricity_residual",
    "market_average": "electricity_national",
    "zero_carbon_park": "electricity_park_method",
}
FACTOR_ITEMS = ("electricity", "electricity_fossil", *MARKET_POLICIES.values())  # items that are factors of a kWh
BOUGHT, SOLD = ("purchased", "net_import"), ("exported",)
ACROSS, USED, LOST = ("boundary_energy",), ("final_consumption", "transport_fuel"), ("loss",)
_ANNOUNCED = "生态环境部 国家统计局公告2024年第12号, 2024-12-20, 2025年第47号"
_PARK = "发改环资〔2025〕910号 附件4"


def zero() -> Fraction:
    """Contracted or directly supplied non-fossil electricity, and heat that no fossil fuel made.

    >>> zero()
    Fraction(0, 1)
    """
    return Fraction(0)


def by_steam(enthalpy: Fraction, reference_enthalpy: Fraction, emission_factor: Fraction) -> Fraction:
    """Tonnes of CO2 of one tonne of steam, by the heat it holds above the reference.

    2778.1 kJ/kg over 83.74 kJ/kg at 0.11 t/GJ, 20 000 t:

    >>> from accounting import exact
    >>> exact.rounded(by_steam(*exact.fractions("2.7781", "0.08374", "0.11")) * 20_000, 6)
    Decimal('5927.592000')
    """
    return (enthalpy - reference_enthalpy) * emission_factor


def _energy(id: str, item: str, formula: Callable[..., Fraction], written: str, **rest: Any) -> Method:  # noqa: A002
    """A method for an item of energy: its emission factor, or none where it is free of emissions."""
    free = formula is zero
    scope = rest.pop("scope", 2)
    return Method(
        id,
        gases=("CO2",),
        reads={} if free else {"emission_factor": "t CO2/base unit"},
        formula=formula,
        written=written,
        kinds=("energy",),
        items=(item,),
        decisive=None if free else "emission_factor",
        scope=scope,
        **rest,
    )


def _crossing(id: str, item: str, **rest: Any) -> tuple[Method, ...]:  # noqa: A002 - the field's word
    """What was bought, and with the opposite sign what was sold."""
    return (
        _energy(f"{id}.bought", item, by_factor, "emission_factor", roles=ACROSS, categories=BOUGHT, **rest),
        _energy(f"{id}.sold", item, less_by_factor, "0 − emission_factor", roles=ACROSS, categories=SOLD, **rest),
    )


def _market(policy: str, item: str) -> tuple[Method, ...]:
    rest: dict[str, Any] = {
        "account": "market",
        "policy": policy,
        "of_items": {"emission_factor": item},
        "source": _PARK if policy == "zero_carbon_park" else _ANNOUNCED,
    }
    name = f"electricity.{policy}"
    return (
        _energy(f"{name}.direct_line", "green_electricity_direct", zero, "0", roles=ACROSS, **rest),
        _energy(f"{name}.contract", "green_electricity_contract", zero, "0", roles=ACROSS, **rest),
        _energy(
            f"{name}.certificate",
            "green_certificate",
            less_by_factor,
            "0 − emission_factor",
            roles=ACROSS,
            categories=BOUGHT,
            **rest,
        ),
        _energy(
            f"{name}.certificate_sold", "green_certificate", by_factor, "emission_factor", roles=ACROSS, categories=SOLD, **rest
        ),
        *_crossing(name, "electricity", **rest),
    )


_GPC = "GPC v1.1 ch. 6: transmission and distribution losses of grid-supplied energy, scope 3"
METHODS = (
    _energy("electricity.direct_line", "green_electricity_direct", zero, "0", roles=(*ACROSS, *USED), source=_ANNOUNCED),
    _energy("electricity.certificate", "green_certificate", zero, "0", roles=(*ACROSS, *USED), source=_ANNOUNCED),
    *_crossing("electricity.location", "electricity", source=_ANNOUNCED),
    *_crossing(
        "electricity.location_contract",
        "green_electricity_contract",
        of_items={"emission_factor": "electricity"},
        source=_ANNOUNCED,
    ),
    _energy("electricity.used", "electricity", by_factor, "emission_factor", roles=USED, source=_ANNOUNCED),
    _energy(
        "electricity.used_contract",
        "green_electricity_contract",
        by_factor,
        "emission_factor",
        roles=USED,
        of_items={"emission_factor": "electricity"},
        source=_ANNOUNCED,
    ),
    *(method for policy, item in MARKET_POLICIES.items() for method in _market(policy, item)),
    _energy("electricity.lost", "electricity", by_factor, "emission_factor", roles=LOST, scope=3, source=_GPC),
    _energy("heat.non_fossil", "heat_non_fossil", zero, "0", roles=(*ACROSS, *USED), measures="GJ", source=_PARK),
    Method(
        "heat.steam",
        gases=("CO2",),
        reads={"enthalpy": "GJ/base unit", "reference_enthalpy": "GJ/base unit", "emission_factor": "t CO2/GJ"},
        formula=by_steam,
        written="(enthalpy − reference_enthalpy) × emission_factor",
        roles=ACROSS,
        categories=BOUGHT,
        kinds=("energy",),
        items=("steam",),
        measures="t",
        of_items={"emission_factor": "heat"},
        decisive="enthalpy",
        by_item=True,
        scope=2,
        source="GB/T 32150-2025 §7.5.6-7.5.7",
    ),
    *_crossing("heat", "heat", measures="GJ", source="GB/T 32150-2025 §7.5.6-7.5.7"),
    _energy(
        "heat.used", "heat", by_factor, "emission_factor", roles=USED, measures="GJ", source="GB/T 32150-2025 §7.5.6-7.5.7"
    ),
    _energy("heat.lost", "heat", by_factor, "emission_factor", roles=LOST, measures="GJ", scope=3, source=_GPC),
)
