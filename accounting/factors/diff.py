"""What two packs say differently: values added, removed, changed, and values that only stand in other words.

A value is known by what it is of: parameter, item, category, gas, place, basis and tier, and by its edition where
editions stand side by side in one pack. Its years tell it apart only where a pack holds several values of one kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from accounting.exact import rounded
from accounting.factors.pack import Pack, place_of, years_of
from accounting.factors.values import Value, value

ADDED, REMOVED, CHANGED, RESTATED = CHANGES = ("added", "removed", "changed", "restated")
COLUMNS = (
    "change", "parameter", "item", "category", "gas", "place", "basis", "tier", "edition",
    "old_value", "old_unit", "old_years", "old_citation", "new_value", "new_unit", "new_years", "new_citation", "percent",
)  # fmt: skip
PERCENT_DIGITS = 4
_SAME = ("parameter", "item", "category", "gas", "basis", "tier")
_TOLD = ("unit", "valid_from", "valid_to", "lower", "upper", "distribution", "edition", "citation")
Row = dict[str, Any]


def differences(old: Pack, new: Pack) -> list[Row]:
    """The rows that differ, with the columns COLUMNS, in the order of what they are of.

    `change` is `added`, `removed`, `changed` (another value in base units) or `restated` (the same value in another
    unit, for other years, with other bounds or another citation). `percent` is the relative change, rounded to four
    decimals; null where the old value is 0 or the two do not measure the same.

    >>> from accounting.factors.pack import load
    >>> differences(load("gwp"), load("gwp"))
    []
    """
    before, after = _by_kind(old), _by_kind(new)
    kinds = sorted({*before, *after}, key=lambda kind: tuple(str(part or "") for part in kind))
    return [
        told
        for kind in kinds
        for one, other in _paired(before.get(kind, []), after.get(kind, []))
        if (told := _difference(one, other)) is not None
    ]


def _by_kind(pack: Pack) -> dict[tuple[Any, ...], list[Row]]:
    kinds: dict[tuple[Any, ...], list[Row]] = {}
    for row in pack.parameters.to_dicts():
        edition = row["edition"] if row["parameter"] == "gwp" else None
        kinds.setdefault((*(row[name] for name in _SAME), place_of(row), edition), []).append(row)
    return kinds


def _paired(old: Sequence[Row], new: Sequence[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    """Rows of one kind: by their years, then the one that is left on either side with the other."""
    earlier, later = {years_of(row) for row in old}, {years_of(row): row for row in new}
    rest_old = [row for row in old if years_of(row) not in later]
    rest_new = [row for row in new if years_of(row) not in earlier]
    yield from ((row, later[years_of(row)]) for row in old if years_of(row) in later)
    if len(rest_old) == len(rest_new) == 1:
        yield rest_old[0], rest_new[0]
        return
    yield from ((row, None) for row in rest_old)
    yield from ((None, row) for row in rest_new)


def _difference(old: Row | None, new: Row | None) -> Row | None:
    one = old or new
    assert one is not None
    before, after = _value(old), _value(new)
    if old is None or new is None:
        change = ADDED if old is None else REMOVED
    elif before == after:
        if all(old[name] == new[name] for name in _TOLD):
            return None
        change = RESTATED
    else:
        change = CHANGED
    return {
        "change": change,
        **{name: one[name] for name in (*_SAME, "edition")},
        "place": place_of(one),
        **{f"old_{name}": text for name, text in _told(old).items()},
        **{f"new_{name}": text for name, text in _told(new).items()},
        "percent": percent(before, after) if change == CHANGED else None,
    }


def _value(row: Row | None) -> tuple[Fraction, str | None] | None:
    """The value in base units, and what it measures."""
    if row is None:
        return None
    measured: Value = value(row["parameter"], row["value"], row["unit"])
    return measured.exact, measured.measures


def _told(row: Row | None) -> dict[str, str | None]:
    if row is None:
        return dict.fromkeys(("value", "unit", "years", "citation"))
    return {"value": row["value"], "unit": row["unit"], "years": years_of(row), "citation": row["citation"]}


def percent(old: tuple[Fraction, str | None] | None, new: tuple[Fraction, str | None] | None) -> Decimal | None:
    """The relative change in %, of values that measure the same.

    >>> percent((Fraction(2), "t"), (Fraction(3), "t")), percent((Fraction(0), None), (Fraction(1), None))
    (Decimal('50.0000'), None)
    """
    if old is None or new is None or old[1] != new[1] or not old[0]:
        return None
    return rounded((new[0] - old[0]) / abs(old[0]) * 100, PERCENT_DIGITS)
