"""What a method is: a plain function over exact rationals, with what it reads, gives and rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache


@dataclass(frozen=True, slots=True)
class Method:
    """One method for one gas.

    `reads` names its parameters with the unit each must have (`base unit` stands for the unit of the quantity);
    `formula` takes them by name and gives tonnes of gas per base unit; `written` is the same formula as text, in
    which the names of parameters are replaced by printed numbers; `roles` are the roles of the categories it serves.
    """

    id: str
    gas: str
    reads: Mapping[str, str]
    formula: Callable[..., Fraction]
    written: str
    roles: tuple[str, ...]
    source: str
    scope: int = 1
    account: str = "main"


@cache
def methods() -> tuple[Method, ...]:
    """Every method, in the declared order: the first whose parameters all resolve is taken."""
    from accounting.methods import combustion

    return combustion.METHODS


def method(id: str) -> Method:  # noqa: A002 - the field's word
    """The method of that id.

    >>> method("combustion.co2_factor").gas
    'CO2'
    """
    return next(known for known in methods() if known.id == id)


def methods_for(role: str) -> tuple[Method, ...]:
    """The methods that serve categories of a role, in the declared order."""
    return tuple(known for known in methods() if role in known.roles)
