"""The table `splits`: of which kinds the raw coal of a place consists, by mass.

    entity,year_from,year_to,item,into,share,source
    140000,2015,2020,raw_coal,bituminous_coal,0.8,省统计局 2021-05 函
    140000,2015,2020,raw_coal,anthracite,0.2,省统计局 2021-05 函

The rows of one entity, item and span of years are one split; their shares add up to one, exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from accounting import codes, exact
from accounting.ingest.project_tables.reading import Row, Table, years_told

MASS = "mass"


@dataclass(frozen=True, slots=True)
class Part:
    """One row: the share of an item that is of another kind. `since` and `until` are null where open."""

    entity: str
    since: int | None
    until: int | None
    item: str
    into: str
    share: str
    source: str

    @property
    def span(self) -> tuple[int, int]:
        """The years in which it holds."""
        return codes.span(self.since, self.until)


def splits(table: Table) -> tuple[Part, ...]:
    """The splits of a table; what cannot be meant is added to its problems.

    `splits.shares`, `splits.twice`, `splits.overlap`, `splits.into`, `splits.not_by_mass`, `splits.years`, `share.*`.
    """
    read = [(_part(table, row), row) for row in table.rows]
    homeless = table.could_lack(row for part, row in read if part is None)
    by_split: dict[tuple[str, str, tuple[int, int]], list[tuple[Part, Row]]] = {}
    for part, row in read:
        if part is not None:
            by_split.setdefault((part.entity, part.item, part.span), []).append((part, row))
    for same in by_split.values():
        _one_whole(table, same, homeless)
    _no_overlap(table, [same[0] for same in by_split.values()])
    return tuple(part for part, _ in read if part is not None)


def _part(table: Table, row: Row) -> Part | None:
    """What a row says; none where it is not known of which split it is a part."""
    entity = table.entity(row, "entity")
    table.share(row)
    since, until = table.year(row, "year_from"), table.year(row, "year_to")
    item, into = (table.judged(row, column, lambda text: codes.item(text).id) for column in ("item", "into"))
    if since is not None and until is not None and since > until:
        table.refuse("splits.years", row, "year_to", f"{since}–{until}")
    for column, word in (("item", item), ("into", into)):
        if word is not None and (MASS not in codes.item(word).dimensions or codes.item(word).kind != "fuel"):
            table.refuse("splits.not_by_mass", row, column)
    if item is not None and into is not None and item not in codes.item_parents(into):
        kinds = [one for one in codes.items() if item in codes.item_parents(one.id)]
        table.refuse(
            "splits.into", row, "into", item_zh=codes.item(item).name_zh, item_en=codes.item(item).name_en,
            kinds=", ".join(one.id for one in kinds) or "–",
        )  # fmt: skip
    years_are_read = all(row.text(name) == "" or year is not None for name, year in (("year_from", since), ("year_to", until)))
    if entity is None or item is None or not years_are_read:
        return None
    return Part(entity, since, until, item, into or "", row.text("share"), row.text("source"))


def _one_whole(table: Table, same: Sequence[tuple[Part, Row]], homeless: Fraction) -> None:
    """Each kind stands once and the shares are one whole; a row that could not be placed may be what is lacking."""
    first, at = same[0]
    seen: set[str] = set()
    for part, row in same:
        if part.into in seen:
            table.refuse("splits.twice", row, "into", entity=part.entity)
        seen |= {part.into} - {""}
    if not all(table.has_share(row) for _, row in same):
        return
    total = sum((exact.share(part.share) for part, _ in same), Fraction(0))
    if total > 1 or total + homeless < 1:
        written = " + ".join(part.share for part, _ in same)
        item = codes.item(first.item)
        table.refuse(
            "splits.shares", at, "share", written, entity=first.entity, item_zh=item.name_zh, item_en=item.name_en,
            total=exact.plain(total), **years_told([first.span]),
        )  # fmt: skip


def _no_overlap(table: Table, firsts: Sequence[tuple[Part, Row]]) -> None:
    """Two splits of one entity and item hold in no year together."""
    for at, (one, _) in enumerate(firsts):
        for other, row in firsts[at + 1 :]:
            same = (one.entity, one.item) == (other.entity, other.item)
            if same and one.span[0] <= other.span[1] and other.span[0] <= one.span[1]:
                seen = f"{other.since or ''}–{other.until or ''}"
                table.refuse(
                    "splits.overlap", row, "year_from", seen, **years_told([other.span]), **years_told([one.span], "other")
                )
