"""On which basis a value stands, and on which the quantity that it meets: nothing is converted, nothing guessed.

A basis is of one dimension: heat is net or gross, a mass is wet (as received) or dry, a volume is at 0 °C or at 20 °C.
A row that states the basis of what it is per serves that basis only, and a quantity must state it as well. One that
states none stands where guidelines stand: heat of fuels is net, fuels and waste are weighed as received, a volume is
what its unit says (Nm3), and of no known condition where that says nothing. It serves quantities as the statistics state
them, and none that states another basis: one at 0 °C or at 20 °C takes only what is per such a volume.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from accounting import codes
from accounting.errors import DataRefused
from accounting.factors.values import Value, value
from accounting.units import DIMENSIONS, Unit

NET = "ncv"
DIMENSION_OF = {"ncv": "energy", "gcv": "energy", "wet": "mass", "dry": "mass", "stp0": "volume", "stp20": "volume"}
OTHER, UNSTATED = "other basis", "basis unstated"
_USUAL = {"energy": NET, "mass": "wet"}
_WEIGHED = ("fuel", "biofuel", "waste")  # kinds of items whose factors are per mass as received
_CARRIER = "energy"  # heat and electricity themselves: nothing is burnt, so they have no calorific basis
_PER_MASS = ("degradable_organic_carbon",)  # shares of a mass of waste as it is laid down
_DIMENSION_OF_UNIT = {known.base: name for name, known in DIMENSIONS.items()}


def met(reads: str, key: Mapping[str, Any], before: Iterable[tuple[Mapping[str, Any], Value]]) -> str | None:
    """The basis of what a parameter meets that a method reads as `reads`: t C/GJ, GJ/base unit, 1.

    That is the quantity of the class key, or what a parameter read `before` it makes of it: heat of a net calorific value
    is net. A basis of another dimension says nothing of the quantity.

    >>> met("t C/GJ", {"unit": "GJ", "basis": "gcv"}, ()), met("t C/GJ", {"unit": "t", "basis": "dry"}, ())
    ('gcv', 'ncv')
    """
    per = reads.partition("/")[2]
    if meets_quantity(reads, key):
        return key["basis"] if DIMENSION_OF.get(key["basis"]) == _DIMENSION_OF_UNIT.get(key["unit"]) else None
    dimension = _DIMENSION_OF_UNIT[per]
    made = (_said(row, of.gives) for row, of in before if of.gives is not None and of.gives.dimension == dimension)
    return next(made, None) or (NET if dimension == "energy" else None)


def meets_quantity(reads: str, key: Mapping[str, Any]) -> bool:
    """Whether a parameter that a method reads as `reads` meets the quantity of the class key itself."""
    return reads.partition("/")[2] in ("", "base unit", key["unit"])


def obstacle(row: Mapping[str, Any], of: Value, key: Mapping[str, Any], *, is_own: bool) -> str | None:
    """Why the basis of a row, whose value it is, hinders it from serving a key whose `basis` is what it meets; else None.

    What a project measured itself states its basis in its unit as well as in its column.
    """
    basis, said = key["basis"], of.per.basis if of.per else None
    if basis is None and said is None and row["basis"] is None:
        return None
    stated = _stated(row, of)
    if stated is None and is_own:
        stated = said
    if stated is not None:
        return None if stated == basis else UNSTATED if basis is None else OTHER
    dimension = of.per.dimension if of.per else "mass" if row["parameter"] in _PER_MASS else None
    usual = _usual(dimension, key["item"])
    stands, meant = said or usual, basis or usual
    if meant is None or stands == meant or DIMENSION_OF[meant] != dimension:
        return None
    if stands is None and dimension != "volume":
        return None
    return UNSTATED if basis is None else OTHER


def contradiction(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """The basis that the unit of a row implies and the other that is written beside it, where the two are of one dimension."""
    try:
        of = value(row["parameter"], row["value"], row["unit"])
    except DataRefused:
        return None
    written = row["basis"]
    implied = (unit.basis for unit in (of.per, of.gives) if unit and unit.basis and unit.dimension == DIMENSION_OF.get(written))
    return next(((one, written) for one in implied if one != written), None)


def _stated(row: Mapping[str, Any], of: Value) -> str | None:
    """The basis in the column of a row, unless it is that of the heat which the value gives (a calorific value)."""
    of_what_it_gives = of.gives is not None and DIMENSION_OF.get(row["basis"]) == of.gives.dimension
    return None if of_what_it_gives else row["basis"]


def _said(row: Mapping[str, Any], unit: Unit) -> str | None:
    """The basis of what a row gives, by its column or its unit."""
    return row["basis"] if DIMENSION_OF.get(row["basis"]) == unit.dimension else unit.basis


def _usual(dimension: str | None, item: str) -> str | None:
    kind = codes.item(item).kind
    serves = kind in _WEIGHED if dimension == "mass" else kind != _CARRIER
    return _USUAL.get(dimension or "") if serves else None
