"""Provinces, cities and counties by GB/T 2260: names, parents, years of validity, successors.

A code is valid in every year of which it was in force for a part; datasets/codes/README.md says where each fact
comes from. Anything that is no six-digit code is an own id: a park, a facility, an enterprise.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from accounting import shipped
from accounting.codes.spans import holds_in
from accounting.errors import DataRefused, Lang, did_you_mean

NATION = "CN"
REGION_CODE = r"^[0-9]{6}$"


@dataclass(frozen=True, slots=True)
class Region:
    """One code: `valid_from` and `valid_to` are years, inclusive, None where open."""

    code: str
    name_zh: str
    name_en: str
    short_zh: str
    kind: str
    parent: str
    valid_from: int | None
    valid_to: int | None
    successor: str | None
    aliases: tuple[str, ...]

    def name(self, lang: Lang) -> str:
        """The short name as people write it: 浙江, Zhejiang; a region without an English name keeps its own."""
        own = self.short_zh or self.name_zh
        return own if lang == "zh" else self.name_en or own

    def valid_in(self, year: int) -> bool:
        """Whether the code was in force in a part of the year."""
        return holds_in(year, self.valid_from, self.valid_to)


@cache
def regions() -> dict[str, Region]:
    """Every code that is or was in force since 2002."""
    with (shipped.datasets() / "codes" / "regions.csv").open(encoding="utf-8", newline="") as source:
        return {row["code"]: _region(row) for row in csv.DictReader(source)}


def _region(row: dict[str, str]) -> Region:
    return Region(
        code=row["code"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        short_zh=row["short_zh"],
        kind=row["kind"],
        parent=row["parent"] or NATION,
        valid_from=int(row["valid_from"]) if row["valid_from"] else None,
        valid_to=int(row["valid_to"]) if row["valid_to"] else None,
        successor=row["successor"] or None,
        aliases=tuple(alias for alias in row["aliases"].split("|") if alias),
    )


@cache
def _by_name() -> dict[str, tuple[Region, ...]]:
    found: dict[str, tuple[Region, ...]] = {}
    for known in regions().values():
        for name in {known.name_zh, known.short_zh, known.name_en, *known.aliases} - {""}:
            key = _folded(name)
            found[key] = (*found.get(key, ()), known)
    return found


def _folded(name: str) -> str:
    return re.sub(r"\s+", "", name).casefold()


def is_region_code(text: str) -> bool:
    """Whether a text has the shape of a code: six digits.

    >>> is_region_code("330100"), is_region_code("33010")
    (True, False)
    """
    return re.fullmatch(REGION_CODE, text) is not None


def find_region(text: str) -> str | None:
    """The code that a code or name stands for; None where it names nothing, or several of one rank.

    Of several regions of one name the highest wins (吉林 is the province), and one in force before an abolished one.

    >>> find_region("浙江"), find_region("BEIJING "), find_region("110000"), find_region("鼓楼区")
    ('330000', '110000', '110000', None)
    """
    plain = text.strip()
    if is_region_code(plain):
        return plain if plain in regions() else None
    ranked = sorted(_by_name().get(_folded(plain), ()), key=_rank)
    if not ranked or (len(ranked) > 1 and _rank(ranked[0]) == _rank(ranked[1])):
        return None
    return ranked[0].code


def _rank(known: Region) -> tuple[int, int]:
    return ("province", "city", "county").index(known.kind), 0 if known.valid_to is None else 1


def region(text: str, year: int | None = None) -> Region:
    """The region of a code or name, valid in `year` where one is given.

    Raises DataRefused: `entity.unknown_code`, `entity.unknown_name`, `entity.ambiguous_name`,
    `entity.code_not_valid_in_year` (with the successor).

    >>> region("山东省").code, region("341400", 2007).name_zh
    ('370000', '巢湖市')
    """
    code = find_region(text)
    if code is None:
        raise _unknown(text.strip())
    found = regions()[code]
    if year is not None and not found.valid_in(year):
        raise _not_valid(found, year)
    return found


def _unknown(text: str) -> DataRefused:
    if is_region_code(text):
        return DataRefused("entity.unknown_code", seen=text)
    same = _by_name().get(_folded(text), ())
    if same:
        return DataRefused("entity.ambiguous_name", seen=text, codes=", ".join(known.code for known in same))
    return DataRefused("entity.unknown_name", seen=text, close=did_you_mean(text, _by_name()))


def _not_valid(found: Region, year: int) -> DataRefused:
    since = str(found.valid_from or "…")
    until = str(found.valid_to or "…")
    return DataRefused(
        "entity.code_not_valid_in_year", seen=found.code, name=found.name_zh, year=year, since=since, until=until,
        successor=_successor_text(found),
    )  # fmt: skip


def _successor_text(found: Region) -> str:
    if found.successor is None:
        return "–"
    return f"{found.successor} {regions()[found.successor].name_zh}"


def stands(code: str, year: int) -> None:
    """Nothing, where `code` is in force in `year`; else DataRefused as `region` raises it."""
    region(code, year)


def entity(text: str, year: int) -> str:
    """The code of a region in force in `year`, or an own id as it is written."""
    return region(text, year).code if is_region_code(text) else text


@dataclass(frozen=True, slots=True)
class GridRegion:
    """A region of the electricity grid, in the scheme of six (2012) or of seven of the announcements since 2021."""

    code: str
    scheme: int
    name_zh: str
    name_en: str
    members: tuple[str, ...]

    def name(self, lang: Lang) -> str:
        """Its name in one language."""
        return self.name_zh if lang == "zh" else self.name_en


@cache
def grid_regions() -> dict[str, GridRegion]:
    """The grid regions; members are provinces, and the eastern cities and leagues of Inner Mongolia."""
    rows: dict[str, list[dict[str, str]]] = {}
    with (shipped.datasets() / "codes" / "grid_regions.csv").open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            rows.setdefault(row["code"], []).append(row)
    return {
        code: GridRegion(
            code, int(same[0]["scheme"]), same[0]["name_zh"], same[0]["name_en"], tuple(row["member"] for row in same)
        )
        for code, same in rows.items()
    }


@cache
def _grids_of() -> dict[str, tuple[str, ...]]:
    """The grid regions of each member, that of the later scheme first."""
    of: dict[str, tuple[str, ...]] = {}
    for grid in sorted(grid_regions().values(), key=lambda grid: -grid.scheme):
        for member in grid.members:
            of[member] = (*of.get(member, ()), grid.code)
    return of


@cache
def ancestors(code: str) -> tuple[str, ...]:
    """The places above a code, nearest first: city, province, grid regions, nation; an own id has only the nation.

    >>> ancestors("370203"), ancestors("park-7")
    (('370200', '370000', 'GRID_NORTH_CHINA', 'GRID6_NORTH_CHINA', 'CN'), ('CN',))
    >>> ancestors("150400")
    ('150000', 'GRID_NORTHEAST', 'GRID6_NORTHEAST', 'CN')
    """
    lineage: list[str] = []
    known = regions().get(code)
    while known is not None:
        lineage.append(known.code)
        known = regions().get(known.parent)
    grids = next((_grids_of()[place] for place in lineage if place in _grids_of()), ())
    return (*lineage[1:], *grids, NATION)


def is_place(code: str) -> bool:
    """Whether a value may be given for this place: a region, a grid region, the nation.

    >>> is_place("370000"), is_place("GRID_EAST"), is_place("CN"), is_place("999999")
    (True, True, True, False)
    """
    return code == NATION or code in grid_regions() or code in regions()


def entity_name(entity: str, lang: Lang, own: Mapping[str, str] | None = None) -> str:
    """A region's short name; an own id has the name that its project gives it, else it stands for itself.

    >>> entity_name("330000", "zh"), entity_name("330000", "en"), entity_name("park-7", "zh")
    ('浙江', 'Zhejiang', 'park-7')
    >>> entity_name("park-7", "zh", {"park-7": "钱塘园区"})
    '钱塘园区'
    """
    known = regions().get(entity) or grid_regions().get(entity)
    return (own or {}).get(entity, entity) if known is None else known.name(lang)


def named_in(text: str) -> tuple[Region, ...]:
    """Provinces named in a title, by their longest name; cities only where no province is.

    >>> [found.code for found in named_in("6-15 山东能源平衡表(实物量)-2007")]
    ['370000']
    """
    for kind in ("province", "city"):
        found = [known for known in regions().values() if known.kind == kind and _named(known, text)]
        if found:
            return tuple(found)
    return ()


def _named(known: Region, text: str) -> bool:
    english = known.name_en and re.search(rf"\b{re.escape(known.name_en)}\b", text, re.IGNORECASE)
    return bool(english) or any(name in text for name in (known.short_zh, known.name_zh) if name)
