"""Resolving: for each class and gas one method, for each of its parameters the one value that applies.

One method a class, gas, scope and account: the first in the declared order whose parameters all resolve; methods are
never mixed. A class that should have a factor and has none is `missing` with its reason; nothing falls back in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import polars as pl

from accounting import codes
from accounting.errors import finding
from accounting.factors import bases, effective
from accounting.factors.candidates import Candidate, Choice
from accounting.factors.electricity_years import STRICT
from accounting.factors.own import SHARE, SPLITS
from accounting.factors.pack import Pack, is_valid, place_of, years_of
from accounting.factors.sources import Choices, Sources
from accounting.methods import Method, methods_for
from accounting.tables import AMBIGUOUS, BASIS_UNSTATED, CAUSES, NO_VALUE, OTHER_BASIS, frame, plain
from accounting.units import DIMENSIONS

Ways = dict[str, list[tuple[Method, ...]]]  # by gas
Attempt = tuple[Method, Choices]


@dataclass(frozen=True, slots=True)
class Resolved:
    """Tables effective, resolution and missing; findings."""

    effective: pl.DataFrame
    resolution: pl.DataFrame
    missing: pl.DataFrame
    findings: pl.DataFrame


@dataclass(slots=True)
class _Rows:
    """Rows of a table without the columns of their class; what is the same for several classes is kept once."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    of_class: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    _known: dict[tuple[Any, ...], range] = field(default_factory=dict)

    def add(self, of_class: int, alike: tuple[Any, ...], made: Callable[[], Iterable[dict[str, Any]]]) -> None:
        """Rows of a class; they are made once for all classes that are `alike`."""
        if alike not in self._known:
            before = len(self.rows)
            self.rows += made()
            self._known[alike] = range(before, len(self.rows))
        numbers = self._known[alike]
        self.numbers += numbers
        self.of_class += [of_class] * len(numbers)

    def table(self, name: str, classes: pl.DataFrame) -> pl.DataFrame:
        """The table of that name."""
        of_class = pl.DataFrame({"class": self.of_class}, schema={"class": pl.Int64})
        keys = of_class.join(classes, on="class", how="left", maintain_order="left")
        rows = frame(name, self.rows).drop(classes.columns, strict=False)[self.numbers]
        return plain(name, pl.concat([keys, rows], how="horizontal"))


@dataclass(slots=True)
class _Found:
    """What has been resolved so far, and how often a default or a fallback was taken."""

    effective: _Rows = field(default_factory=_Rows)
    resolution: _Rows = field(default_factory=_Rows)
    missing: _Rows = field(default_factory=_Rows)
    ambiguous: dict[tuple[str, ...], int] = field(default_factory=dict)
    taken: dict[tuple[str, ...], int] = field(default_factory=dict)

    def count(self, candidate: Candidate, of_item: str, gas: str) -> None:
        """Count a value as the default it is, or as that of another item; an own measured one of the item is neither."""
        kind = "fallback" if candidate.row["item"] not in (of_item, None) else "default"
        if candidate.is_own and kind == "default":
            return
        taken = (kind, candidate.pack, of_item, candidate.row["item"] or "", gas)
        self.taken[taken] = self.taken.get(taken, 0) + 1


def resolve(
    classes: pl.DataFrame, packs: Sequence[Pack], counted: Collection[tuple[str, int]], policy: str | None = None,
    years: str = STRICT, lineages: codes.Lineages | None = None,
) -> Resolved:  # fmt: skip
    """The factors of the classes whose category is counted, in the scopes in which it is.

    `classes` has `class` and CLASS_KEY; `counted` are pairs of category and scope; `policy` is the market policy of
    electricity, `years` says which year's electricity factor a year takes, `lineages` what a project says of where its
    entities belong. For each class and each gas for which the packs hold any value that may serve its category there
    is a row of Effective (more where a process spreads over years), or one of `missing` with the `code` of its cause:
    severity `info` where a pack says that it leaves the item out, else `warning`.
    """
    sources, found = Sources(packs, years, lineages), _Found()
    ways: dict[tuple[str, str, str], Ways] = {}
    used = classes.filter(pl.col("category").is_in(sorted({category for category, _ in counted}))).sort("class")
    for key in used.to_dicts():
        kind = (key["category"], key["item"], key["unit"])
        if kind not in ways:
            ways[kind] = _ways(key, sources, counted, policy)
        for gas, able in ways[kind].items():
            _resolve_one(key, gas, able, sources, packs, found)
    return Resolved(
        effective=found.effective.table("effective", used),
        resolution=found.resolution.table("resolution", used),
        missing=found.missing.table("missing", used),
        findings=frame("findings", [*_defaults(found, packs), *_ambiguities(found)]),
    )


def is_counted(category: str, item: str, counted: Collection[tuple[str, int]]) -> bool:
    """Whether any method serves a category and item in a scope that is counted."""
    return any((category, method.scope) in counted for method in methods_for(category, item))


def _ways(key: dict[str, Any], sources: Sources, counted: Collection[tuple[str, int]], policy: str | None) -> Ways:
    """For each gas that the packs are about: the methods that compete for one cell, apart by scope and account.

    They follow from category, item and unit.
    """
    ways: dict[str, dict[tuple[int, str], list[Method]]] = {}
    for method in methods_for(key["category"], key["item"]):
        if (key["category"], method.scope) not in counted or method.policy not in (None, policy):
            continue
        if method.measures not in (None, key["unit"]):
            continue
        for gas in method.gases:
            if _is_about(method, gas, key, sources):
                ways.setdefault(gas, {}).setdefault((method.scope, method.account), []).append(method)
    return {gas: [tuple(able) for _, able in sorted(ways[gas].items())] for gas in sorted(ways)}


def _is_about(method: Method, gas: str, key: dict[str, Any], sources: Sources) -> bool:
    """Whether the packs hold what shows that they are about this gas here."""
    if method.decisive is None:
        return True
    item = method.of_items.get(method.decisive, key["item"])
    return sources.index(method, gas).holds(method.decisive, gas, key["category"], item if method.by_item else None)


def _resolve_one(
    key: dict[str, Any], gas: str, ways: Sequence[tuple[Method, ...]], sources: Sources, packs: Sequence[Pack], found: _Found
) -> None:
    for able in ways:
        taken, tried = first_resolved(key, gas, able, sources)
        if taken:
            _take(key, gas, *taken, packs, found)
        elif shares := sources.index(able[0], gas).parts(key):
            _resolve_parts(key, gas, able, shares, sources, packs, found)
        else:
            _miss(key, gas, tried, found, lambda tried=tried: why_missing(key, gas, tried, sources))


def first_resolved(
    key: dict[str, Any], gas: str, able: Sequence[Method], sources: Sources
) -> tuple[Attempt | None, list[Attempt]]:
    """The first of several methods whose parameters all resolve for a class key, with its choices; and what was tried.

    One that rests on what the project measured itself goes before the others.
    """
    tried: list[Attempt] = []
    first: Attempt | None = None
    for method in able:
        attempt = (method, sources.choices(method, gas, key))
        tried.append(attempt)
        if _is_whole(attempt[1]):
            if not sources.has_own or _is_measured(attempt[1]):
                return attempt, tried
            first = first or attempt
    return first, tried


def _resolve_parts(
    key: dict[str, Any], gas: str, able: Sequence[Method], shares: Sequence[Candidate], sources: Sources,
    packs: Sequence[Pack], found: _Found,
) -> None:  # fmt: skip
    """The factor of an item that has none of its own, from the kinds into which it is split: one method for all of them."""
    kinds = [share.row["into"] for share in shares]
    tried = [(method, {into: sources.choices(method, gas, key | {"item": into}) for into in kinds}) for method in able]
    by_mass = key["unit"] == DIMENSIONS["mass"].base
    sound = [pair for pair in tried if by_mass and all(_is_whole(choices) for choices in pair[1].values())]
    if sound:
        method, by_kind = max(sound, key=lambda pair: any(map(_is_measured, pair[1].values())))
        places = sources.index(method, gas).places(key["place"], key["year"])
        rank = (places.index(shares[0].row["entity"]),)
        _take_parts(key, gas, method, [Choice(share, rank, ()) for share in shares], by_kind, packs, found)
        return
    named = [(method, {f"{into}.{name}": choice for into, choices in by_kind.items() for name, choice in choices.items()})
             for method, by_kind in tried]  # fmt: skip
    unit = str(key["unit"])
    of_mass = f"splits: 份额按质量计，数量以 {unit} 计 / the shares are of mass, the quantity is in {unit}"
    _miss(key, gas, named, found, lambda: _unresolved(_nearest(named)) if by_mass else Why(NO_VALUE, of_mass))


def _take_parts(
    key: dict[str, Any], gas: str, method: Method, split: Sequence[Choice], by_kind: dict[str, Choices],
    packs: Sequence[Pack], found: _Found,
) -> None:  # fmt: skip
    parts: list[effective.Part] = []
    rows: list[dict[str, Any]] = []
    names = {SPLITS}
    for share in split:
        if share.chosen is None:
            continue
        into, choices = share.chosen.row["into"], by_kind[share.chosen.row["into"]]
        candidates = _candidates(choices)
        part = effective.Part(
            into, share.chosen.row["value"], {name: candidate.value for name, candidate in candidates.items()}
        )
        rows.append(_resolution_row(key, gas, method, part.parameter(SHARE), share) | {"parameter_item": into})
        for name, candidate in candidates.items():
            rows.append(_resolution_row(key, gas, method, part.parameter(name), choices[name]))
            found.count(candidate, into, gas)
            names.add(candidate.pack)
        parts.append(part)
    alike = (key["class"], gas, method.id, method.account)
    found.resolution.add(key["class"], alike, lambda: rows)
    found.effective.add(key["class"], alike, lambda: _factors(gas, effective.split_rows(method, parts), names, packs))


def _candidates(choices: Choices) -> dict[str, Candidate]:
    return {name: choice.chosen for name, choice in choices.items() if choice.chosen is not None}


def _factors(gas: str, rows: list[dict[str, Any]], names: Collection[str], packs: Sequence[Pack]) -> list[dict[str, Any]]:
    """The rows of Effective with their gas and the packs they rest on, in the order of packs."""
    used = "+".join(pack.id for pack in packs if pack.id in names)
    return [{"gas": gas, **row, "pack": used} for row in rows]


def _is_whole(choices: Choices) -> bool:
    return all(choice.chosen for choice in choices.values())


def _is_measured(choices: Choices) -> bool:
    """Whether a method rests on anything that the project measured itself: such a one goes before the others."""
    return any(choice.chosen is not None and choice.chosen.is_own for choice in choices.values())


def _take(key: dict[str, Any], gas: str, method: Method, choices: Choices, packs: Sequence[Pack], found: _Found) -> None:
    candidates = _candidates(choices)
    alike = (method.id, method.account, gas)
    printed = tuple((candidate.row["value"], candidate.row["unit"], candidate.pack) for candidate in candidates.values())
    found.effective.add(
        key["class"],
        (*alike, *printed),
        lambda: _factors(
            gas,
            effective.rows(method, {name: candidate.value for name, candidate in candidates.items()}),
            {candidate.pack for candidate in candidates.values()},
            packs,
        ),
    )
    found.resolution.add(
        key["class"],
        (*alike, key["year"], *choices.values()),
        lambda: [_resolution_row(key, gas, method, name, choices[name]) for name in candidates],
    )
    for name, candidate in candidates.items():
        found.count(candidate, method.of_items.get(name, key["item"]), gas)


_COPIED = ("edition", "published", "tier", "valid_from", "valid_to", "citation", "original_value", "original_unit")


def _resolution_row(key: dict[str, Any], gas: str, method: Method, parameter: str, choice: Choice) -> dict[str, Any]:
    """The row of Resolution of a choice, without the columns of the class."""
    if choice.chosen is None:
        return {}
    row = choice.chosen.row
    return {
        **{name: row[name] for name in _COPIED},
        "gas": gas,
        "scope": method.scope,
        "account": method.account,
        "parameter": parameter,
        "pack": choice.chosen.pack,
        "value": row["value"],
        "value_unit": row["unit"],
        "region": place_of(row),
        "parameter_category": row["category"],
        "parameter_item": row["item"],
        "rank": ".".join(str(part) for part in choice.rank[:4]),
        "reason": _reason(row, key["year"]),
        "passed_over": "; ".join(map(str, choice.passed_over)) or None,
    }


def _reason(row: dict[str, Any], year: int) -> str:
    """Why this row: its place, whether it is given for the category, its validity, and whether it stands in for a year."""
    category = row["category"] or "any category"
    stands_in = "" if is_valid(row, year) else f", stands in for {year}"
    return f"{place_of(row)}, {category}, valid {years_of(row)}{stands_in}"


@dataclass(frozen=True, slots=True)
class Why:
    """Why a class has no factor: columns `code`, `reason` and `severity` of `missing`."""

    code: str
    reason: str
    severity: str = "warning"

    def told(self) -> dict[str, str]:
        """The columns."""
        return asdict(self)


def why_missing(key: dict[str, Any], gas: str, tried: Sequence[Attempt], sources: Sources) -> Why:
    """Why no method resolved for a class key: what a pack says, else what stood in the way."""
    method, nearest = tried[0][0], _nearest(tried)
    if said := _said_by_packs(key, gas, sources.packs(method, gas)):
        return said
    closed = None if _basis_hinders(nearest) else sources.closed(method, gas)
    return Why(NO_VALUE, closed) if closed else _unresolved(nearest)


def _miss(key: dict[str, Any], gas: str, tried: Sequence[Attempt], found: _Found, why: Callable[[], Why]) -> None:
    method = tried[0][0]
    choices = [(name, choice) for _, by_name in tried for name, choice in by_name.items()]

    def made() -> list[dict[str, Any]]:
        return [{"gas": gas, "scope": method.scope, "account": method.account, **why().told()}]

    kind = (key["category"], key["item"], key["unit"], gas, method.scope, method.account)
    found.missing.add(key["class"], (*kind, *(choice for _, choice in choices)), made)
    for name, choice in choices:
        if choice.tied:
            tie = (key["category"], key["item"], gas, name, " | ".join(choice.tied))
            found.ambiguous[tie] = found.ambiguous.get(tie, 0) + 1


def _said_by_packs(key: dict[str, Any], gas: str, packs: Sequence[Pack]) -> Why | None:
    for pack in packs:
        for row in pack.absences.to_dicts():
            fits = (
                row["item"] in (key["item"], *codes.item_parents(key["item"]), None),
                row["category"] in (key["category"], *codes.category_parents(key["category"]), None),
                row["gas"] in (gas, None),
            )
            if all(fits):
                return Why(NO_VALUE, f"{pack.id}: {row['reason_zh']} / {row['reason_en']}", row["severity"])
    return None


def _nearest(tried: Sequence[Attempt]) -> Attempt:
    """The attempt with the most values; of equals one that only lacks a value on the basis of the quantity."""
    return max(tried, key=lambda one: (sum(choice.chosen is not None for choice in one[1].values()), _basis_hinders(one)))


def _basis_hinders(attempt: Attempt) -> bool:
    return all(_cause(choice) in (BASIS_UNSTATED, OTHER_BASIS) for choice in attempt[1].values() if choice.chosen is None)


def _cause(choice: Choice) -> str:
    """The code of why a parameter has no value."""
    if choice.tied:
        return AMBIGUOUS
    return next((code for why, code in _OF_BASIS.items() if choice.passed_for(why)), NO_VALUE)


_OF_BASIS = {bases.UNSTATED: BASIS_UNSTATED, bases.OTHER: OTHER_BASIS}


def _unresolved(attempt: Attempt) -> Why:
    """What stood in the way of a method."""
    method, choices = attempt
    lacking = {name: choice for name, choice in choices.items() if choice.chosen is None}
    said = {name: _obstacle_said(choice) for name, choice in lacking.items()}
    zh, en = ("; ".join(f"{name} {texts[i]}" for name, texts in said.items()) for i in (0, 1))
    return Why(min(map(_cause, lacking.values()), key=CAUSES.index), f"{method.id}: {zh} / {en}")


def _obstacle_said(choice: Choice) -> tuple[str, str]:
    """Why a parameter has no value, in both languages."""
    if choice.tied:
        return "有几个值不分先后", "several values stand equal"
    if choice.passed_for(bases.UNSTATED):
        return "数量未注明基准", "the basis of the quantity is not stated"
    if other := choice.passed_for(bases.OTHER):
        return f"因子的基准与数量不同：{other}", f"the factor stands on another basis than the quantity: {other}"
    if choice.passed_over:
        return f"有值但不适用：{choice.passed_over[0]}", f"a value that does not serve: {choice.passed_over[0]}"
    return "所选因子包中没有值", "no value in these packs"


def _defaults(found: _Found, packs: Sequence[Pack]) -> list[dict[str, Any]]:
    """One finding a pack, item and gas: a pack's own default is info, a value of another item is a warning."""
    labels = {pack.id: pack for pack in packs}
    rows: list[dict[str, Any]] = []
    for (kind, pack, item, of_item, gas), count in sorted(found.taken.items()):
        known, other = codes.item(item), codes.item(of_item) if of_item else None
        facts: dict[str, Any] = {
            "pack": pack, "title_zh": labels[pack].title_zh, "title_en": labels[pack].title_en, "gas": gas,
            "count": count, "item_zh": known.name_zh, "item_en": known.name_en,
            "other_zh": other.name_zh if other else "", "other_en": other.name_en if other else "",
        }  # fmt: skip
        if kind == "fallback":
            rows.append(finding("factor.other_item", "fallback", "warning", item=item, seen=item, used=of_item, **facts))
        else:
            rows.append(finding("factor.default", "default", "info", item=item, seen=gas, used=pack, **facts))
    return rows


def _ambiguities(found: _Found) -> list[dict[str, Any]]:
    return [
        finding(
            "factor.ambiguous", "missing_factor", "warning", category=category, item=item, seen=citations, used="NE",
            gas=gas, parameter=parameter, citations=citations, count=count,
        )
        for (category, item, gas, parameter, citations), count in sorted(found.ambiguous.items())
    ]  # fmt: skip
