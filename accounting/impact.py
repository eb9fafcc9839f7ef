"""What another pack does to a run: its key sums × the factors that follow with one pack in place of another.

Nothing is read again: the stored key sums are placed, resolved and multiplied once with the packs of the run, which must
give the stored cells back in every digit, and once with the new pack. Every total is the exact sum of its cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from accounting.calculation import Terms, calculated, classed
from accounting.errors import VerificationFailed
from accounting.exact import MASS_DIGITS, decimals, integers
from accounting.factors.pack import Pack
from accounting.inventory import boundary
from accounting.tables import CELL, plain

ALL_GASES = "CO2e"
OF_A_TOTAL = ("entity", "year", "account", "boundary", "gas")
_MASSES = ("mass_t", "co2e_t")
_TERMS = ("old_t", "new_t", "difference_t", "gained_t", "lost_t")


@dataclass(frozen=True, slots=True)
class Impact:
    """What changes.

    `cells` has CELL, `old_mass_t`, `new_mass_t`, `difference_mass_t`, the same three of `co2e_t`, and `state`:
    `changed`, `gained` (no mass before), `lost` (no mass now), `same`. `totals` has OF_A_TOTAL, `old_t`, `new_t` (null
    where no cell has a mass), `difference_t` = new − old, of that `gained_t` and `lost_t`, and the counts of cells
    `changed`, `gained`, `lost` and `missing_cells` (without a mass now); the gas `CO2e` adds up the CO2e of the gases.
    """

    cells: pl.DataFrame
    totals: pl.DataFrame

    def differing(self) -> pl.DataFrame:
        """The cells that are not the same, the largest in CO2e first within an entity, year and account."""
        size = pl.max_horizontal(*(pl.col(f"{side}_co2e_t").cast(pl.Float64).abs() for side in ("difference", "old", "new")))
        rows = self.cells.filter(pl.col("state") != "same").with_columns(size.alias("size"))
        by = ["entity", "year", "account", "size", *CELL]
        return rows.sort(by, descending=[name == "size" for name in by], nulls_last=True).drop("size")


def impact(tables: Mapping[str, pl.DataFrame], terms: Terms, old: Pack, new: Pack) -> Impact:
    """What `new` in the place of `old` does to the run of these tables (`sums`, `inventory`), calculated on its terms.

    Raises VerificationFailed (`diff.run_differs`) where key sums and packs do not give the stored cells; UsageError
    (`gwp.gas_missing`) where the new pack has a gas without a GWP.
    """
    stored = tables["inventory"]
    replaced = list(dict.fromkeys(new if one.content_hash == old.content_hash else one for one in terms.packs))
    sums = tables["sums"].drop("class")
    kept = [*CELL, *_MASSES, "notation_key"]
    both = (terms, replace(terms, packs=replaced))
    before, after = (plain("inventory", calculated(classed(sums, one), one).cells).select(kept) for one in both)
    differing = before.join(stored.select(before.columns), on=before.columns, how="anti", nulls_equal=True)
    if differing.height or before.height != stored.height:
        raise VerificationFailed("diff.run_differs", seen=old.id, cells=max(differing.height, 1))
    cells = _compared(before, after)
    return Impact(cells, _totals(cells))


def _compared(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    old, new = (
        side.select(*CELL, *(pl.col(mass).alias(f"{name}_{mass}") for mass in _MASSES))
        for name, side in (("old", before), ("new", after))
    )
    both = old.join(new, on=list(CELL), how="full", coalesce=True, nulls_equal=True)
    had, has = pl.col("old_mass_t").is_not_null(), pl.col("new_mass_t").is_not_null()
    state = (
        pl.when(had & ~has).then(pl.lit("lost"))
        .when(has & ~had).then(pl.lit("gained"))
        .when(pl.any_horizontal(pl.col(f"old_{mass}").ne_missing(pl.col(f"new_{mass}")) for mass in _MASSES))
        .then(pl.lit("changed"))
        .otherwise(pl.lit("same"))
    )  # fmt: skip
    differences = [_minus(f"new_{mass}", f"old_{mass}").alias(f"difference_{mass}") for mass in _MASSES]
    return both.with_columns(*differences, state.alias("state")).sort(CELL)


def _minus(one: str, other: str) -> pl.Expr:
    return decimals(integers(pl.col(one)) - integers(pl.col(other)), MASS_DIGITS)


def _totals(cells: pl.DataFrame) -> pl.DataFrame:
    """One row an entity, year, account, boundary and gas, and one of all gases as CO2e; every term an exact sum.

    A total of cells of which none has a mass is null, and so is a difference from it or to it.
    """
    cells = cells.with_columns(boundary())
    parts = [_totals_of(cells, "mass_t"), _totals_of(cells.with_columns(pl.lit(ALL_GASES).alias("gas")), "co2e_t")]
    return pl.concat(parts).sort(OF_A_TOTAL)


def _totals_of(cells: pl.DataFrame, mass: str) -> pl.DataFrame:
    old, new = (integers(pl.col(f"{side}_{mass}")) for side in ("old", "new"))
    before, after = (pl.when(one.count() > 0).then(one.sum()) for one in (old, new))
    summed = {
        "old_t": before,
        "new_t": after,
        "difference_t": after - before,
        "gained_t": new.filter(pl.col("state") == "gained").sum(),
        "lost_t": pl.lit(0, pl.Int128) - old.filter(pl.col("state") == "lost").sum(),
    }
    counts = [(pl.col("state") == word).sum().cast(pl.Int64).alias(word) for word in ("changed", "gained", "lost")]
    counts.append(new.is_null().sum().cast(pl.Int64).alias("missing_cells"))
    totals = cells.group_by(OF_A_TOTAL).agg(*(one.alias(name) for name, one in summed.items()), *counts)
    return totals.with_columns(decimals(pl.col(name), MASS_DIGITS) for name in _TERMS)


def document(found: Impact) -> dict[str, Any]:
    """The impact as a JSON object: the cells that differ, and the totals."""
    return {"cells": found.differing().to_dicts(), "totals": found.totals.to_dicts()}
