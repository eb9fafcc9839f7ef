"""What sectors use of electricity and heat beside what crossed their boundary: the same energy, said twice.

The rule `use` of `codes.information`: for one place, year and carrier, bought or net imported, and counted by a view.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

import polars as pl

from accounting import codes
from accounting.codes.information import USE, carrier, information_rule
from accounting.ledger import is_there
from accounting.methods import methods_for
from accounting.methods.electricity_heat import BOUGHT

_CARRIED = ["entity", "year", "carrier"]


def not_crossed(used: pl.LazyFrame, sums: pl.LazyFrame, counted: Collection[str]) -> pl.LazyFrame:
    """The rows of `used` (entity, year, item) of whose carrier their place and year does not say what crossed the boundary.

    `sums` are the key sums, `counted` the categories that the views count.
    """
    bought = pl.col("category").is_in([name for name in BOUGHT if name in counted])
    served = pl.col("item").is_in([item for item in carriers() if any(methods_for(name, item) for name in BOUGHT)])
    crossed = with_carrier(sums.filter(bought & served).filter(is_there())).select(_CARRIED).unique()
    return with_carrier(used).join(crossed, on=_CARRIED, how="anti").drop("carrier")


@cache
def carriers() -> dict[str, str]:
    """The carrier of each item that is electricity or heat."""
    return {one.id: of_item for one in codes.items() if (of_item := carrier(one.id))}


@cache
def categories_of_use() -> tuple[str, ...]:
    """The categories in which sectors use electricity and heat."""
    return tuple(one.id for one in codes.categories() if information_rule(one.id, "electricity") == USE)


def with_carrier(sums: pl.LazyFrame) -> pl.LazyFrame:
    """The rows with the `carrier` of their item, null where it is neither electricity nor heat."""
    of_item = pl.col("item").cast(pl.String).replace_strict(carriers(), default=None, return_dtype=pl.String)
    return sums.with_columns(of_item.alias("carrier"))
