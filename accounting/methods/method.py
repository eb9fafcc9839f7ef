"""What a method is: a plain function over exact rationals, with what it reads, gives and rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache

from accounting import codes

NO_ITEMS: Mapping[str, str] = {}
NOTHING_SHOWN: Mapping[str, Callable[[Fraction], str]] = {}
MEMO_ROLES = ("international_transport",)  # categories whose emissions are a memo item, by whatever method
VEHICLES = ("vehicle",)  # kinds of items that burn fuel as they drive: each gives every gas of a fire
Lags = Fraction | tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Method:
    """One method, for one gas or several that are computed alike.

    `reads` names its parameters with the unit each must have (`base unit` stands for the unit of the quantity);
    `formula` takes them by name and gives tonnes of gas per base unit; `written` is the same formula as text, in
    which the names of parameters are replaced by printed numbers. A process that spreads over later years gives one
    factor for each, and writes the year before as `lag`; `shows` says how a parameter is printed that no decimal is.

    It serves categories of its `roles` (just those it names, if any), items of its `kinds` (just those it names, with
    their parts) and, if `measures` is given, quantities in that base unit only. `decisive` is the parameter by which a
    pack shows that it is about a gas; `by_item` methods give a gas only where a pack names the item: nobody misses the
    nitrous oxide of clinker. `of_items` says which item's value a parameter is, where it is not that of the row: the
    density of the fuel of a car. A method of a `policy` is used when that policy is chosen.
    """

    id: str
    gases: tuple[str, ...]
    reads: Mapping[str, str]
    formula: Callable[..., Lags]
    written: str
    roles: tuple[str, ...]
    source: str
    decisive: str | None
    kinds: tuple[str, ...] = ("fuel",)
    categories: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    measures: str | None = None
    by_item: bool = False
    of_items: Mapping[str, str] = field(default_factory=lambda: NO_ITEMS)
    shows: Mapping[str, Callable[[Fraction], str]] = field(default_factory=lambda: NOTHING_SHOWN)
    scope: int = 1
    account: str = "main"
    policy: str | None = None

    @property
    def gives_all(self) -> bool:
        """Whether all that it serves gives each of its gases: vehicles, fuels and waste do, a product is known by its pack."""
        return not self.by_item or self.kinds == VEHICLES or (len(self.gases) == 1 and bool(self.items))

    def serves(self, category: codes.Category, item: codes.Item) -> bool:
        """Whether the method computes rows of that category and item."""
        named = {item.id, *codes.item_parents(item.id)}
        return (
            category.role in self.roles
            and (not self.categories or not {category.id, *codes.category_parents(category.id)}.isdisjoint(self.categories))
            and (item.kind in self.kinds)
            and (not self.items or not named.isdisjoint(self.items))
        )


def by_factor(emission_factor: Fraction) -> Fraction:
    """Tonnes of a gas per base unit by a published factor: of product, waste, throughput, distance or turnover.

    950 000 t of clinker at 0.538; 50 000 MWh bought at 0.4974; 10 base units of turnover at 0.5; 1 000 t of waste at
    0.05 kg/t; 1 000 units of oil:

    >>> by_factor(Fraction("0.538")) * (1_000_000 - 50_000), by_factor(Fraction("0.4974")) * 50_000
    (Fraction(511100, 1), Fraction(24870, 1))
    >>> by_factor(Fraction("0.5")) * 10
    Fraction(5, 1)
    >>> float(by_factor(Fraction("0.00005")) * 1000), float(by_factor(Fraction("0.00012")) * 1_000)
    (0.05, 0.12)
    """
    return emission_factor


def less_by_factor(emission_factor: Fraction) -> Fraction:
    """The same taken off: electricity that was sold, carbon that stays in a product.

    700 000 MWh at 0.6516; 0.0154 t CO2 in each of 1 000 000 t of crude steel:

    >>> less_by_factor(Fraction("0.6516")) * 700_000, less_by_factor(Fraction("0.0154")) * 1_000_000
    (Fraction(-456120, 1), Fraction(-15400, 1))
    """
    return -emission_factor


def one() -> Fraction:
    """A tonne that was measured, or left its equipment.

    >>> one() * 1_250
    Fraction(1250, 1)
    """
    return Fraction(1)


def minus_one() -> Fraction:
    """A tonne that was recovered, or taken out of the air and stored.

    >>> minus_one() * 1_250
    Fraction(-1250, 1)
    """
    return Fraction(-1)


@cache
def methods() -> tuple[Method, ...]:
    """Every method, in the declared order: the first whose parameters all resolve is taken."""
    from accounting.methods import (
        combustion,
        electricity_heat,
        fugitive,
        measured,
        processes,
        removals,
        transformation,
        transport,
        waste,
    )

    families = (
        combustion, measured, transformation, electricity_heat, processes, transport, waste, fugitive, removals,
    )  # fmt: skip
    return tuple(method for family in families for method in family.METHODS)


def method(id: str) -> Method:  # noqa: A002 - the field's word
    """The method of that id.

    >>> method("combustion.co2_factor").gases
    ('CO2',)
    """
    return next(known for known in methods() if known.id == id)


@cache
def borrowed_items(item: str) -> tuple[str, ...]:
    """The items whose values the methods of an item read instead of its own.

    >>> borrowed_items("passenger_car"), borrowed_items("diesel_oil")
    (('gasoline',), ())
    """
    named = {item, *codes.item_parents(item)}
    able = (method for method in methods() if method.of_items and not named.isdisjoint(method.items))
    return tuple(sorted({other for method in able for other in method.of_items.values()} - {item}))


@cache
def methods_for(category: str, item: str) -> tuple[Method, ...]:
    """The methods that serve a category and item, in the declared order; of international transport in account `memo`.

    >>> [method.id for method in methods_for("transport", "diesel_oil")][:2]
    ['combustion.carbon_of_heat', 'combustion.energy']
    """
    of_category, of_item = codes.category(category), codes.item(item)
    serving = (known for known in methods() if known.serves(of_category, of_item))
    if of_category.role in MEMO_ROLES:
        return tuple(replace(known, account="memo") for known in serving)
    return tuple(serving)
