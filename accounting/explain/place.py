"""Which number is asked about, by ids, by names or as a path like 浙江/2007/农业/柴油."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from accounting import codes, views
from accounting.codes.columns import marks
from accounting.errors import UsageError, did_you_mean
from accounting.quality import unserved
from accounting.tables import CELL


@dataclass(frozen=True, slots=True)
class Place:
    """What is asked about: any of entity, year, category (or line of a view), item, gas, account; none given means all.

    Of cells in several accounts those in `main` are meant where no account is given.
    """

    entity: str | None = None
    year: int | None = None
    category: str | None = None
    row: str | None = None
    item: str | None = None
    gas: str | None = None
    view: str | None = None
    account: str | None = None


def place_of(path: str) -> Place:
    """A place written as names or ids between slashes, in any order: 浙江/2007/农业/柴油.

    >>> place_of("北京/2007/transport/柴油")
    Place(entity='110000', year=2007, category='transport', row=None, item='diesel_oil', gas=None, view=None, account=None)
    >>> place_of("330000/2023/purchased/electricity/market").account
    'market'
    >>> place_of("330000/2023/provincial/total/CO2").view
    'provincial'
    >>> place_of("北京/2007/industry/C30").category
    'industry/C30'
    """
    found: dict[str, Any] = {}
    parts = [part.strip() for part in path.split("/") if part.strip()]
    while parts:
        if codes.find_category("/".join(parts[:2])) is not None and len(parts) > 1:  # a division: industry/C30
            parts[:2] = ["/".join(parts[:2])]
        name, value = _meaning(parts.pop(0), found)
        found[name] = value
    return Place(**found)


def in_view(place: Place) -> Place:
    """The place; where a view is named, a category is its line of that name.

    >>> in_view(place_of("330000/2023/provincial/farming")).row
    'farming'
    """
    if place.view is None or place.row is not None:
        return place
    return replace(place, row=place.category or "", category=None)


def _meaning(part: str, found: Mapping[str, Any]) -> tuple[str, Any]:
    if part.isdecimal() and len(part) == 4:
        return "year", int(part)
    for name, known in (
        ("account", _account),
        ("gas", codes.find_gas),
        ("category", codes.find_category),
        ("item", codes.find_item),
        ("entity", codes.find_region),
        ("view", _view),
    ):
        if name not in found and (value := known(part)) is not None:
            return name, value
    if (row := _view_row(part)) is not None:
        return "row", row
    if "entity" not in found:
        return "entity", part
    raise UsageError("explain.unknown_word", seen=part, close=did_you_mean(part, codes.names()))


def _account(part: str) -> str | None:
    return next((name for name, told in marks("account", "zh").items() if part in (name, told)), None)


def _view(part: str) -> str | None:
    return part if part in views.views() else None


def _view_row(part: str) -> str | None:
    for name in (views.DEFAULT_VIEW, *views.views()):
        for line in views.view(name).lines:
            if part in {line.row, line.name_zh, line.name_en}:
                return line.row
    return None


def only_information(sums: pl.DataFrame, inventory: pl.DataFrame, place: Place, shown: Sequence[str]) -> pl.DataFrame:
    """The key sums of a category asked about that are information by a documented rule and enter no cell."""
    if place.category is None or place.row is not None:
        return sums.clear()
    there = sums.filter(_fits(place, ("entity", "year", "item")))
    silent = there.join(inventory, on=["entity", "year", "category", "item"], how="anti")
    return unserved.information(silent, sums, [pair for name in shown for pair in views.view(name).counted()])


def in_other_accounts(inventory: pl.DataFrame, place: Place) -> tuple[str, ...]:
    """The accounts besides `main` in which a category asked about has cells of its own; none where one was named."""
    if place.category is None or place.row is not None or place.account is not None:
        return ()
    accounts = inventory.filter(_fits(place))["account"].unique().sort().to_list()
    return tuple(account for account in accounts if account != "main") if "main" in accounts else ()


def fitting(inventory: pl.DataFrame, place: Place, shown: Sequence[str]) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The cells that are asked about; of a line the views as well that have it and give it these cells.

    `shown` are the views of the run. Raises UsageError: `view.unknown_row` where none of them has the line,
    `explain.several_views` where they give it different cells, `explain.other_view` for a view that is none of them.
    """
    cells = inventory.filter(_fits(place))
    if place.row is not None:
        return _of_line(cells, place, _views_of(place, shown))
    main = cells.filter(pl.col("account") == "main")
    return main if place.account is None and (place.category is None or main.height) else cells, ()


FIELDS = ("entity", "year", "item", "gas", "account")


def _fits(place: Place, columns: Sequence[str] = FIELDS) -> pl.Expr:
    fits = pl.lit(value=True)
    for column in columns:
        wanted = getattr(place, column)
        if wanted is not None:
            fits &= pl.col(column) == wanted
    if place.category is not None:
        fits &= pl.col("category").is_in([place.category, *codes.divisions(place.category)])
    return fits


def _of_line(cells: pl.DataFrame, place: Place, having: Sequence[str]) -> tuple[pl.DataFrame, tuple[str, ...]]:
    first, *others = (_in_line(cells, place, views.view(name)) for name in having)
    if any(not other.equals(first) for other in others):
        example = f"{having[0]}/{place.row}"
        raise UsageError("explain.several_views", seen=asked(place), views=", ".join(having), example=example)
    return first, tuple(having)


def _in_line(cells: pl.DataFrame, place: Place, shown: views.View) -> pl.DataFrame:
    """The cells that a line of a view adds up; where it has none, those that it shows apart (sinks, memo items)."""
    stored = cells.with_columns(pl.col("account").alias("stored")).lazy()
    under = views.placed(stored, shown, place.row).collect()
    counted = under.filter(account="main")
    told = under if counted.is_empty() else counted
    return told.with_columns(pl.col("stored").alias("account")).select(cells.columns).sort(CELL)


def _views_of(place: Place, shown: Sequence[str]) -> tuple[str, ...]:
    """The views of the run in which the line is looked for: the one that is named, else all that have it."""
    of_run = tuple(shown) or (views.DEFAULT_VIEW,)
    if place.view and views.view(place.view).id not in of_run:
        raise UsageError("explain.other_view", seen=place.view, views=", ".join(of_run))
    among = (place.view,) if place.view else of_run
    having = tuple(name for name in among if place.row in {line.row for line in views.view(name).lines})
    if not having:
        rows = ", ".join(dict.fromkeys(line.row for name in among for line in views.view(name).lines))
        raise UsageError("view.unknown_row", seen=place.row, view=", ".join(among), rows=rows)
    return having


def asked(place: Place) -> str:
    parts = (place.entity, place.year, place.view, place.row or place.category, place.item, place.gas, place.account)
    return "/".join(str(part) for part in parts if part is not None) or "*"
