"""From key sums to cells: classes, factors, products, and what of them cannot stand (design §1.2–§1.4).

One way for a run and for everything that asks what another pack would do to it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import polars as pl

from accounting import codes, inventory, views
from accounting.errors import UsageError
from accounting.factors import classes, resolver, unheld
from accounting.factors.electricity_years import STRICT
from accounting.factors.own import OWN, SPLITS
from accounting.factors.pack import Pack, load, shipped_packs
from accounting.quality import claims
from accounting.ranks import coded, in_order, uncoded
from accounting.tables import CELL, KEY, plain


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides the factors of key sums: the packs in their order, what is counted, and the named policies.

    `counted` are pairs of category and scope; `electricity` is the market policy, `years` which year's electricity factor
    a year takes, `lineages` what a project says of where its entities belong; `gwp` the potentials of the set `edition`.
    """

    packs: Sequence[Pack]
    counted: Collection[tuple[str, int]]
    gwp: Mapping[str, Fraction]
    edition: str
    electricity: str | None
    years: str
    lineages: codes.Lineages


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
    )


def _found(name: str, content_hash: str, at_hand: Sequence[Pack]) -> Pack:
    shipped = [load(name)] if name in shipped_packs() else []
    for one in (*at_hand, *shipped):
        if one.content_hash == content_hash:
            return one
    raise UsageError("run.pack_gone", seen=name)


@dataclass(frozen=True, slots=True)
class Cells:
    """Inventory: `products` as key sums × factors give them, `claimed` those that cannot stand, NE in `cells`.

    `coded` are the `cells` with their words coded.
    """

    products: pl.DataFrame
    claimed: pl.DataFrame
    cells: pl.DataFrame
    coded: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Calculated:
    """Table `sums`, also with its words coded; the `classes`; what was `resolved`; the cells that were `made`."""

    sums: pl.DataFrame
    coded_sums: pl.DataFrame
    classes: pl.DataFrame
    resolved: resolver.Resolved
    made: Cells


def calculated(sums: pl.DataFrame, terms: Terms) -> Calculated:
    """The cells of key sums, which have KEY, `quantity` and `notation_key`.

    Raises UsageError (`gwp.gas_missing`) for a gas that the set does not know, DataRefused (`sum.overflow`),
    InvariantBroken (`class.collision`).
    """
    classed, class_frame = classes.classed_by_year(sums, terms.packs, terms.lineages)
    coded_sums = in_order(classed, KEY)
    whole = plain("sums", coded_sums)
    resolved = _with_unheld(
        resolver.resolve(class_frame, terms.packs, terms.counted, terms.electricity, terms.years, terms.lineages),
        class_frame,
        terms,
    )
    _every_gas_has_a_potential(resolved, terms)
    made = cells_of(coded_sums, resolved.effective, resolved.missing, terms.gwp)
    return Calculated(whole, coded_sums, class_frame, resolved, made)


def cells_of(sums: pl.DataFrame, effective: pl.DataFrame, missing: pl.DataFrame, gwp: Mapping[str, Fraction]) -> Cells:
    """The cells of key sums (words coded or not) with their class, by the tables `effective` and `missing`.

    Raises DataRefused (`sum.overflow`) for a product that no integer holds.
    """
    lazy, factors = sums.lazy(), effective.lazy()
    inventory.products_within_range(lazy, factors)
    multiplied = in_order(inventory.cells(lazy, factors, missing.lazy(), gwp).collect(), CELL)
    products = plain("inventory", multiplied)
    claimed = claims.claims(products, uncoded(sums))
    cells = claims.without(products, claimed)
    return Cells(products, claimed, cells, coded(multiplied if cells is products else cells, CELL))


def _with_unheld(resolved: resolver.Resolved, class_frame: pl.DataFrame, terms: Terms) -> resolver.Resolved:
    """What was resolved, and missing besides what no pack serves at all."""
    known = pl.concat([resolved.effective["class"], resolved.missing["class"]])
    lacking = unheld.unheld(class_frame, known, terms.counted, terms.electricity, terms.gwp)
    return replace(resolved, missing=pl.concat([resolved.missing, lacking]))


def _every_gas_has_a_potential(resolved: resolver.Resolved, terms: Terms) -> None:
    """A gas that the set does not know would be missing from every total in CO2e, unsaid."""
    gases = pl.concat([resolved.effective["gas"], resolved.missing["gas"]]).unique().sort()
    unknown = [gas for gas in gases if gas not in terms.gwp]
    if unknown:
        raise UsageError("gwp.gas_missing", seen=", ".join(unknown), edition=terms.edition)
