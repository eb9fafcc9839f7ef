"""The table `entities`: parks, facilities and enterprises, what they are called and where they belong.

    entity,name,kind,parent,share,place,valid_from,valid_to
    P1,钱塘园区,park,330100,0.6,330100,,
    P1,钱塘园区,park,330600,0.4,330100,,
    F1,热电厂,facility,P1,,,2015,

Several rows of one entity in one year are a park over several cities: their shares add up to one, exactly. A code of
GB/T 2260 may be listed to be named as a parent; where it lies is known and not said again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from accounting import codes, exact
from accounting.errors import did_you_mean, rejection
from accounting.ingest.project_tables.circles import on_circles
from accounting.ingest.project_tables.reading import Problem, Row, Table, years_told
from accounting.tables import ENTITY_KINDS

BELONGING = ("entity", "parent", "valid_from", "valid_to")  # the columns that say where an entity lies, and when


@dataclass(frozen=True, slots=True)
class Entity:
    """One row of the table: an entity, and one place where it belongs."""

    id: str
    name: str | None
    kind: str | None
    belongs: codes.Belonging
    row: Row
    share_is_read: bool = True
    span_is_read: bool = True


@dataclass(frozen=True, slots=True)
class Entities:
    """The rows of the table that can be meant, and what follows from them."""

    rows: tuple[Entity, ...] = ()

    @property
    def names(self) -> dict[str, str]:
        """The names of own ids, where they have any."""
        return {row.id: row.name for row in self.rows if row.name and not codes.is_place(row.id)}

    @property
    def lineages(self) -> codes.Lineages:
        """Where each own entity belongs."""
        return codes.Lineages({name: [row.belongs for row in rows] for name, rows in by_entity(self.rows).items()})


def by_entity(rows: Sequence[Entity]) -> dict[str, list[Entity]]:
    """The rows of each own entity, in the order of its parents."""
    found: dict[str, list[Entity]] = {}
    for row in sorted(rows, key=lambda row: (row.id, row.belongs.parent or "")):
        if not codes.is_place(row.id):
            found.setdefault(row.id, []).append(row)
    return found


def entities(table: Table) -> Entities:
    """The entities of a table; what cannot be meant is added to its problems.

    `entities.parent_unknown`, `entities.parent_of_code`, `entities.cycle`, `entities.parent_validity`,
    `entities.validity`, `entities.differs`, `entities.twice`, `entities.shares`, `entities.place_unknown`,
    `entities.place_demanded`, `share.*`, and what a word may be refused for.
    """
    read = tuple(_entity(table, row) for row in table.rows)
    rows = tuple(row for row in read if row is not None)
    grouped = by_entity(rows)
    homeless = table.could_lack(row for row, one in zip(table.rows, read, strict=True) if one is None)
    for row in rows:
        _parent_stands(table, row, grouped)
    for same in grouped.values():
        _one_entity(table, same)
        _shares_add_up(table, same, homeless)
    parents = {name: {row.belongs.parent for row in same if row.belongs.parent} for name, same in grouped.items()}
    cyclic = on_circles(parents)
    for name in cyclic:
        first = grouped[name][0]
        table.refuse("entities.cycle", first.row, "parent", way=" → ".join(_way(name, grouped, cyclic)))
    unsure = uncertain(table, Entities(rows), (*BELONGING, "place"))
    _places_decided(table, Entities(rows), {name: same for name, same in grouped.items() if name not in unsure})
    return Entities(rows)


def uncertain(table: Table, known: Entities, columns: Collection[str]) -> frozenset[str]:
    """The entities with a fault in one of the columns, in a row of their own or of an entity above them."""
    rows = [row for row in known.rows if not codes.is_place(row.id)]
    faulty = {row.id for row in rows if not table.is_sound(row.row, *columns)}
    while below := {row.id for row in rows if row.belongs.parent in faulty} - faulty:
        faulty |= below
    return frozenset(faulty)


def _entity(table: Table, row: Row) -> Entity | None:
    name, parent = table.entity(row, "entity"), table.entity(row, "parent")
    share = table.share(row) if row.text("share") else Fraction(1)
    since, until = table.year(row, "valid_from"), table.year(row, "valid_to")
    place = table.judged(row, "place", lambda text: codes.find_region(text) or text)
    if place is not None and not codes.is_place(place):
        table.refuse("entities.place_unknown", row, "place")
    if since is not None and until is not None and since > until:
        table.refuse("entities.validity", row, "valid_to", f"{since}–{until}")
    kind = table.word(row, "kind", ENTITY_KINDS)
    span_is_read = all(row.text(name) == "" or year is not None for name, year in (("valid_from", since), ("valid_to", until)))
    if name is None:
        return None
    belongs = codes.Belonging(parent, Fraction(1) if share is None else share, place, *codes.span(since, until))
    return Entity(name, row.text("name") or None, kind, belongs, row, share is not None, span_is_read)


def _parent_stands(table: Table, row: Entity, grouped: Mapping[str, Sequence[Entity]]) -> None:
    """The parent is known, in the years in which the row says that the entity belongs to it."""
    parent = row.belongs.parent
    if codes.is_place(row.id):
        if parent is not None and parent not in codes.ancestors(row.id):
            table.refuse("entities.parent_of_code", row.row, "parent", known=", ".join(codes.ancestors(row.id)))
        return
    if parent is None:
        return
    if codes.is_place(parent):
        known = codes.regions().get(parent)
        spans = [codes.span(known.valid_from, known.valid_to)] if known else [codes.OPEN]
    elif parent in grouped:
        spans = [(above.belongs.since, above.belongs.until) for above in grouped[parent]]
    else:
        table.refuse("entities.parent_unknown", row.row, "parent", close=did_you_mean(parent, grouped) or "–")
        return
    stated = [bound for bound in (row.belongs.since, row.belongs.until) if bound not in codes.OPEN]
    outside = [year for year in stated if not any(since <= year <= until for since, until in spans)]
    if outside:
        column = "valid_from" if outside[0] == row.belongs.since else "valid_to"
        table.refuse("entities.parent_validity", row.row, column, parent=parent, **years_told(spans))


def _one_entity(table: Table, rows: Sequence[Entity]) -> None:
    """Rows of one entity agree on what it is; one parent stands once in a year."""
    for row in rows[1:]:
        for column in ("name", "kind"):
            first, other = getattr(rows[0], column), getattr(row, column)
            if other is not None and first is not None and other != first:
                table.refuse("entities.differs", row.row, column, entity=row.id, column=column, first=first)
    for at, row in enumerate(rows):
        for other in rows[at + 1 :]:
            if other.belongs.parent == row.belongs.parent and _overlap(row, other):
                table.refuse("entities.twice", other.row, "parent", other.belongs.parent or "", entity=row.id)


def _overlap(one: Entity, other: Entity) -> bool:
    known = one.span_is_read and other.span_is_read
    return known and one.belongs.since <= other.belongs.until and other.belongs.since <= one.belongs.until


def _shares_add_up(table: Table, rows: Sequence[Entity], homeless: Fraction) -> None:
    """In every year in which an entity belongs anywhere, its shares are one whole.

    A row whose entity could not be read may be what is lacking: `homeless` is the sum of such shares.
    """
    if not all(row.span_is_read for row in rows):
        return
    told: set[tuple[int, ...]] = set()
    for year in sorted({row.belongs.since for row in rows} | {row.belongs.until + 1 for row in rows}):
        valid = [row for row in rows if row.belongs.valid_in(year)]
        total = sum((row.belongs.share for row in valid), Fraction(0))
        numbers = tuple(row.row.number for row in valid)
        read = all(row.share_is_read for row in valid)
        if valid and numbers not in told and read and (total > 1 or total + homeless < 1):
            told.add(numbers)
            seen = " + ".join(row.row.text("share") or "1" for row in valid)
            until = min(row.belongs.until for row in valid)
            since = max(row.belongs.since for row in valid)
            table.refuse(
                "entities.shares", valid[0].row, "share", seen, entity=rows[0].id, total=exact.plain(total),
                **years_told([(since, until)]),
            )  # fmt: skip


def _way(name: str, grouped: Mapping[str, Sequence[Entity]], cyclic: Collection[str]) -> list[str]:
    """The way from a cyclic entity back to one on it, by parents that lie on a cycle."""
    way = [name]
    while way[-1] not in way[:-1]:
        way.append(next(str(row.belongs.parent) for row in grouped[way[-1]] if row.belongs.parent in cyclic))
    return way


def _places_decided(table: Table, known: Entities, grouped: Mapping[str, Sequence[Entity]]) -> None:
    """A park over two cities says itself whose factors it takes; so does what two rows place in two ways."""
    lineages = known.lineages
    for name, rows in grouped.items():
        for year in sorted({row.belongs.since for row in rows}):
            valid = [row for row in rows if row.belongs.valid_in(year)]
            parents = sorted(row.belongs.parent for row in valid if row.belongs.parent)
            places = {row.belongs.place for row in valid} - {None}
            if lineages.deciding(name, year) is None and (len(parents) > 1 or len(places) > 1):
                table.refuse("entities.place_demanded", valid[0].row, "place", entity=name, parents=", ".join(parents))
                break


def years_outside(known: Entities, figures: pl.DataFrame) -> list[Problem]:
    """`entities.year_outside` for each own entity that has figures in a year in which the table does not know it.

    `figures` has one row an `entity` and `year`.
    """
    lineages = known.lineages
    listed = figures.filter(pl.col("entity").is_in(list(lineages.belongings))).sort("entity", "year")
    years: dict[str, list[int]] = {}
    for entity, year in listed.rows():
        if not lineages.within(entity, year):
            years.setdefault(entity, []).append(year)
    rows = {name: same[0] for name, same in by_entity(known.rows).items()}
    return [
        rejection(
            "entities.year_outside", rows[entity].row.where("valid_from"), ", ".join(map(str, outside)), entity=entity,
            **years_told((one.since, one.until) for one in lineages.belongings[entity]),
        )
        for entity, outside in years.items()
    ]  # fmt: skip
