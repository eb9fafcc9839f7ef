"""Names that lead back to themselves."""

from __future__ import annotations

from collections.abc import Mapping, Set


def on_circles(leads_to: Mapping[str, Set[str]]) -> list[str]:
    """The names, sorted, from which a way leads back to them.

    >>> on_circles({"P1": {"P2"}, "P2": {"P1"}, "F": {"P1"}})
    ['P1', 'P2']
    """
    return [name for name in sorted(leads_to) if name in _reached(name, leads_to)]


def _reached(name: str, leads_to: Mapping[str, Set[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = set(leads_to[name])
    while ahead - reached:
        reached |= ahead
        ahead = {beyond for one in ahead for beyond in leads_to.get(one, ())}
    return reached
