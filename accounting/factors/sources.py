"""Which packs are asked for a gas of a family of methods: all, or those up to the first that is its only source.

    sole_source.csv    family,gas,reason_zh,reason_en

A pack that says it is the only source of a gas is not filled up from the packs behind it: its gaps stay NE, and no
total mixes the two. It concerns cells in account `main`; packs before it come first as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from accounting import codes
from accounting.factors import bases, electricity_years
from accounting.factors.candidates import ASIDE_FROM_PLACE, Choice, Index
from accounting.factors.own import OWN
from accounting.factors.pack import Pack
from accounting.methods import Method

Choices = dict[str, Choice]  # by parameter
ChoiceAt = Callable[[str], Choice]  # at a place


class Sources:
    """The chosen packs in their order, and what they are asked for.

    `years` says which year's electricity factor a year takes, `lineages` where the entities of a project belong.
    """

    def __init__(
        self, packs: Sequence[Pack], years: str = electricity_years.STRICT, lineages: codes.Lineages | None = None
    ) -> None:
        self._packs = tuple(packs)
        self._years, self._lineages = years, lineages
        self.has_own = any(pack.id == OWN for pack in packs)
        self._sole = [
            (row["family"], row["gas"], count, f"{pack.id}: {row['reason_zh']} / {row['reason_en']}")
            for count, pack in enumerate(packs, 1)
            for row in pack.sole.to_dicts()
        ]
        self._indexes: dict[int, Index] = {}
        self._counts: dict[tuple[str, str, str], int] = {}
        self._choices: dict[tuple[Any, ...], ChoiceAt] = {}
        self._of_methods: dict[tuple[Any, ...], dict[str, ChoiceAt | None]] = {}

    def packs(self, method: Method, gas: str) -> tuple[Pack, ...]:
        """The packs that are asked for a gas of a method."""
        return self._packs[: self._count(method, gas)]

    def index(self, method: Method, gas: str) -> Index:
        """The parameter rows of these packs."""
        count = self._count(method, gas)
        if count not in self._indexes:
            self._indexes[count] = Index(self._packs[:count], self._lineages)
        return self._indexes[count]

    def choices(self, method: Method, gas: str, key: dict[str, Any]) -> Choices:
        """What applies to a class key of each parameter of a method."""
        found: Choices = {}
        for name, at in self._of_method(method, gas, key).items():
            found[name] = (at or self._after(found, method, gas, name, key))(key["place"])
        return found

    def _of_method(self, method: Method, gas: str, key: dict[str, Any]) -> dict[str, ChoiceAt | None]:
        """What applies of each parameter, to all class keys that differ in place alone; none where that hangs on another."""
        asked = (method.id, method.account, gas, *(key[part] for part in ASIDE_FROM_PLACE))
        if asked not in self._of_methods:
            self._of_methods[asked] = {
                name: self._choice(method, gas, name, key, bases.met(reads, key, ()))
                if bases.meets_quantity(reads, key)
                else None
                for name, reads in method.reads.items()
            }
        return self._of_methods[asked]

    def _after(self, found: Choices, method: Method, gas: str, name: str, key: dict[str, Any]) -> ChoiceAt:
        """What applies of a parameter that meets what those found before it make of the quantity."""
        before = ((one.chosen.row, one.chosen.value) for one in found.values() if one.chosen)
        return self._choice(method, gas, name, key, bases.met(method.reads[name], key, before))

    def _choice(self, method: Method, gas: str, name: str, key: dict[str, Any], basis: str | None) -> ChoiceAt:
        """What applies of a parameter that meets this basis, by place, to all class keys that differ in place alone."""
        of = key | {"item": method.of_items.get(name, key["item"]), "basis": basis}
        asked = (method.id, method.account, gas, name, *(of[part] for part in ASIDE_FROM_PLACE))
        if asked not in self._choices:
            reads_activity = "base unit" in method.reads[name]
            index = self.index(method, gas)
            self._choices[asked] = electricity_years.choices(index, name, gas, of, reads_activity, self._years)
        return self._choices[asked]

    def closed(self, method: Method, gas: str) -> str | None:
        """Why packs behind are not asked, where there are any."""
        return next((why for _, count, why in self._limits(method, gas) if count < len(self._packs)), None)

    def _count(self, method: Method, gas: str) -> int:
        asked = (method.id, method.account, gas)
        if asked not in self._counts:
            self._counts[asked] = next((count for _, count, _ in self._limits(method, gas)), len(self._packs))
        return self._counts[asked]

    def _limits(self, method: Method, gas: str) -> list[tuple[str, int, str]]:
        family = method.id.partition(".")[0]
        if method.account != "main":
            return []
        return [(named, count, why) for named, of_gas, count, why in self._sole if (named, of_gas) == (family, gas)]
