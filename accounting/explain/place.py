"""Which number is asked about, by ids, by names or as a path like 浙江/2007/农业/柴油."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from accounting import codes, views
from accounting.errors import UsageError, did_you_mean


@dataclass(frozen=True, slots=True)
class Place:
    """What is asked about: any of entity, year, category (or line of a view), item, gas; none given means all."""

    entity: str | None = None
    year: int | None = None
    category: str | None = None
    row: str | None = None
    item: str | None = None
    gas: str | None = None
    view: str | None = None


def place_of(path: str) -> Place:
    """A place written as names or ids between slashes, in any order: 浙江/2007/农业/柴油.

    >>> place_of("北京/2007/transport/柴油")
    Place(entity='110000', year=2007, category='transport', row=None, item='diesel_oil', gas=None, view=None)
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


def _meaning(part: str, found: Mapping[str, Any]) -> tuple[str, Any]:
    if part.isdecimal() and len(part) == 4:
        return "year", int(part)
    for name, known in (
        ("gas", codes.find_gas),
        ("category", codes.find_category),
        ("item", codes.find_item),
        ("entity", codes.find_region),
    ):
        if name not in found and (value := known(part)) is not None:
            return name, value
    if (row := _view_row(part)) is not None:
        return "row", row
    if "entity" not in found:
        return "entity", part
    raise UsageError("explain.unknown_word", seen=part, close=did_you_mean(part, codes.names()))


def _view_row(part: str) -> str | None:
    for name in views.views():
        for line in views.view(name).lines:
            if part in {line.row, line.name_zh, line.name_en}:
                return line.row
    return None


def fitting(inventory: pl.DataFrame, place: Place) -> pl.DataFrame:
    fits = pl.lit(value=True)
    for column, wanted in (("entity", place.entity), ("year", place.year), ("item", place.item), ("gas", place.gas)):
        if wanted is not None:
            fits &= pl.col(column) == wanted
    if place.category is not None:
        fits &= pl.col("category").is_in([place.category, *codes.divisions(place.category)])
    if place.row is not None:
        fits &= pl.col("category").is_in(_categories_of(place))
    if place.row is not None or place.category is None:
        fits &= pl.col("account") == "main"
    return inventory.filter(fits)


def _categories_of(place: Place) -> tuple[str, ...]:
    names = [place.view] if place.view else [n for n in views.views() if place.row in {x.row for x in views.view(n).lines}]
    if not names:
        raise UsageError("view.unknown_row", seen=place.row, view=", ".join(views.views()), rows="")
    return views.view(names[0]).leaves_under(str(place.row))


def asked(place: Place) -> str:
    parts = (place.entity, place.year, place.row or place.category, place.item, place.gas)
    return "/".join(str(part) for part in parts if part is not None) or "*"
