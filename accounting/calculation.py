"""From key sums to cells: classes, factors, products, and what of them cannot stand (design §1.2–§1.4).

One way for a run and for everything that asks what another pack would do to it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import polars as pl

from accounting import codes, inventory, ledger, views
from accounting.errors import UsageError
from accounting.factors import classes, resolver, unheld
from accounting.factors.electricity_years import STRICT
from accounting.factors.own import OWN, SPLITS
from accounting.factors.pack import Pack, load, shipped_packs
from accounting.quality import claims
from accounting.ranks import coded, enum, in_order
from accounting.tables import ACCOUNTS, CELL, KEY, TABLES


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides the factors of key sums: the packs in their order, what is counted, and the named policies.

    `counted` are pairs of category and scope; `electricity` is the market policy, `years` which year's electricity factor
    a year takes, `lineages` what a project says of where its entities belong, `parts` of what its wholes are made; `gwp`
    the potentials of the set `edition`.
    """

    packs: Sequence[Pack]
    counted: Collection[tuple[str, int]]
    gwp: Mapping[str, Fraction]
    edition: str
    electricity: str | None
    years: str
    lineages: codes.Lineages
    parts: Sequence[ledger.Part] = ()


def terms_told(record: Mapping[str, Any], at_hand: Sequence[Pack] = (), instead: Sequence[Pack] = ()) -> Terms:
    """The terms on which a stored run rests, from its manifest; its packs by id and content, unless others stand `instead`.

    They are sought among the packs `at_hand` and the shipped ones. Raises UsageError: `run.own_tables` where the run
    rests on a project's own values or splits, which no pack holds; `run.belongings_gone` where it does not say to what
    its entities belong; `run.pack_gone` for a pack that is not found as it was.
    """
    settings = record["settings"]
    tables = [str(one["id"]) for one in record["packs"] if one["kind"] == "own" and one["id"] in (OWN, SPLITS)]
    if tables:
        raise UsageError("run.own_tables", seen=", ".join(tables))
    if settings.get("entities") and "belongings" not in record:
        raise UsageError("run.belongings_gone", seen=", ".join(sorted(record.get("entities", {}))) or "entities")
    shown = [views.view(name) for name in settings["views"]]
    return Terms(
        packs=tuple(instead) or tuple(_found(str(one["id"]), str(one["content_hash"]), at_hand) for one in record["packs"]),
        counted=tuple(dict.fromkeys(pair for view in shown for pair in view.counted())),
        gwp={gas: Fraction(text) for gas, text in record["gwp"].items()},
        edition=str(settings["gwp"]),
        electricity=settings.get("electricity"),
        years=settings.get("electricity_year", STRICT),
        lineages=codes.lineages_told(record.get("belongings", {})),
        parts=ledger.parts_told(settings.get("parts", [])),
    )


def _found(name: str, content_hash: str, at_hand: Sequence[Pack]) -> Pack:
    shipped = [load(name)] if name in shipped_packs() else []
    for one in (*at_hand, *shipped):
        if one.content_hash == content_hash:
            return one
    raise UsageError("run.pack_gone", seen=name)


@dataclass(frozen=True, slots=True)
class Cells:
    """Inventory, its words coded: `products` as key sums × factors give them, `claimed` those that cannot stand, NE in `cells`."""

    products: pl.DataFrame
    claimed: pl.DataFrame
    cells: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Classed:
    """Table `sums`, its words coded, and the `classes` of its keys."""

    sums: pl.DataFrame
    classes: pl.DataFrame


def classed(sums: pl.DataFrame, terms: Terms) -> Classed:
    """Key sums, which have KEY, `quantity` and `notation_key`, with their classes. Raises InvariantBroken (`class.collision`)."""
    with_class, found = classes.classed(sums, terms.packs, terms.lineages)
    return Classed(in_order(with_class, KEY).select(list(TABLES["sums"])), found)


def resolved(sums: Classed, terms: Terms) -> resolver.Resolved:
    """The factors of the classes. Raises UsageError (`gwp.gas_missing`) for a gas that the set does not know."""
    found = _with_unheld(
        resolver.resolve(sums.classes, terms.packs, terms.counted, terms.electricity, terms.years, terms.lineages),
        sums,
        terms,
    )
    _every_gas_has_a_potential(found, terms)
    return found


def calculated(sums: Classed, terms: Terms) -> Cells:
    """The cells of classed key sums. Raises what `resolved` and `cells_of` raise."""
    found = resolved(sums, terms)
    return cells_of(sums.sums, found.effective, found.missing, terms.gwp, terms.parts)


def cells_of(
    sums: pl.DataFrame, effective: pl.DataFrame, missing: pl.DataFrame, gwp: Mapping[str, Fraction],
    parts: Sequence[ledger.Part] = (),
) -> Cells:  # fmt: skip
    """The cells of key sums (words coded or not) with their class, by the tables `effective` and `missing`.

    `parts` are those of which wholes are made: what cannot stand in one cannot stand in its whole.
    Raises DataRefused (`sum.overflow`) for a product that no integer holds.
    """
    words = pl.Schema({"gas": enum(pl.Series([*gwp])), "account": enum(pl.Series(ACCOUNTS))})
    lazy, factors = sums.lazy(), effective.lazy().cast(words)
    inventory.products_within_range(lazy, factors)
    multiplied = inventory.cells(lazy, factors, missing.lazy().cast(words), gwp).collect()
    products = coded(in_order(multiplied, CELL), CELL)
    claimed = claims.claims(products, sums, parts)
    cells = products if claimed.is_empty() else coded(claims.without(products, claimed), CELL)
    return Cells(products, claimed, cells)


def _with_unheld(found: resolver.Resolved, sums: Classed, terms: Terms) -> resolver.Resolved:
    """What was resolved, and missing besides what no pack serves at all."""
    known = pl.concat([found.effective["class"], found.missing["class"]])
    silent = sums.classes.filter(~pl.col("class").is_in(known.unique().implode()))
    if silent.is_empty():
        return found
    of_silent = sums.sums.filter(pl.col("class").is_in(silent["class"].implode()))
    something = of_silent.filter(unheld.is_something())["class"].unique()
    there = silent.filter(pl.col("class").is_in(something.implode()))
    lacking = unheld.unheld(there, terms.counted, terms.electricity, terms.gwp)
    return replace(found, missing=pl.concat([found.missing, lacking]))


def _every_gas_has_a_potential(found: resolver.Resolved, terms: Terms) -> None:
    """A gas that the set does not know would be missing from every total in CO2e, unsaid."""
    gases = pl.concat([found.effective["gas"], found.missing["gas"]]).unique().sort()
    unknown = [gas for gas in gases if gas not in terms.gwp]
    if unknown:
        raise UsageError("gwp.gas_missing", seen=", ".join(unknown), edition=terms.edition)
