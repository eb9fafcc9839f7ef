"""From key sums to cells: classes, factors, products, and what of them cannot stand (design §1.2–§1.4).

One way for a run and for everything that asks what another pack would do to it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from accounting import codes, inventory
from accounting.errors import UsageError
from accounting.factors import classes, resolver
from accounting.factors.pack import Pack
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
    classed, class_frame = _classed(sums, terms)
    coded_sums = in_order(classed, KEY)
    whole = plain("sums", coded_sums)
    resolved = resolver.resolve(class_frame, terms.packs, terms.counted, terms.electricity, terms.years, terms.lineages)
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


def _classed(sums: pl.DataFrame, terms: Terms) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Key sums with their class, and the classes, each span of years with the parents that entities have in it."""
    whole = coded(sums, KEY)
    subjects = uncoded(whole.select("entity", "year").unique())
    eras = terms.lineages.eras(subjects["year"].unique().to_list()) if terms.lineages.belongings else []
    if not eras:
        return classes.classed(whole, terms.packs, codes.ancestors_of_entities(subjects["entity"].unique()))
    made: list[tuple[pl.DataFrame, pl.DataFrame]] = []
    for years in eras:
        entities = subjects.filter(pl.col("year").is_in(years))["entity"].unique()
        parents = {entity: terms.lineages.above(entity, years[0]) for entity in entities}
        made.append(classes.classed(whole.filter(pl.col("year").is_in(years)), terms.packs, parents))
    return pl.concat([one for one, _ in made]), pl.concat([one for _, one in made])


def _every_gas_has_a_potential(resolved: resolver.Resolved, terms: Terms) -> None:
    """A gas that the set does not know would be missing from every total in CO2e, unsaid."""
    gases = pl.concat([resolved.effective["gas"], resolved.missing["gas"]]).unique().sort()
    unknown = [gas for gas in gases if gas not in terms.gwp]
    if unknown:
        raise UsageError("gwp.gas_missing", seen=", ".join(unknown), edition=terms.edition)
