"""What a librarian asks of a pack: hashes, ids, units, numbers, ranges, bounds, validity, citations.

Every problem is a row of Rejections whose cell is the line of parameters.csv; all of them at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from accounting import codes
from accounting.errors import DataRefused, TanfengError, UsageError, Where, rejection
from accounting.exact import fraction
from accounting.factors import bases, originals
from accounting.factors import pack as packs
from accounting.factors.candidates import INTERNATIONAL
from accounting.factors.limits import limits
from accounting.factors.values import PARAMETERS, value
from accounting.methods import methods
from accounting.tables import BASES

Row = dict[str, Any]
FILE = "parameters.csv"
DISTRIBUTIONS = ("normal", "lognormal", "triangular", "uniform")
TIERS = (1, 2, 3)
UNCERTAINTIES = "u_"
_KEY = ("parameter", "item", "category", "gas", "region", "entity", "basis")


def problems(name: str) -> list[Row]:
    """Everything that is wrong with a pack, by line of parameters.csv; an unknown id of a pack raises UsageError."""
    try:
        loaded = packs.load(name)
    except TanfengError as error:
        if error.code == "pack.unknown":
            raise
        return [error.as_rejection()]
    rows = [{**row, "line": line} for line, row in enumerate(loaded.parameters.to_dicts(), 2)]
    whole = [problem for check in (_named, _filled, _sole) for problem in check(loaded)]
    by_row = [problem for row in rows for check in _CHECKS for problem in check(row)]
    return [*whole, *by_row, *_validity(rows, loaded.id)]


def hindrances(name: str) -> list[Row]:
    """The problems with which a pack must not be used: all but a gap in validity, which resolves to nothing."""
    return [problem for problem in problems(name) if problem["code"] != "pack.gap"]


def refuse_unsound(name: str) -> None:
    """Refuse (`pack.unsound`) a pack of one's own that its verifier refuses; the shipped ones are verified beforehand."""
    if name in packs.shipped_packs():
        return
    found = hindrances(name)
    if found:
        first = "; ".join(f"{row['cell'] or row['file']}: {row['seen']} ({row['code']})" for row in found[:3])
        raise UsageError("pack.unsound", seen=name, count=len(found), first=first)


def _named(loaded: packs.Pack) -> Iterator[Row]:
    """A pack of one's own does not carry the id of a shipped one."""
    if loaded.id in packs.shipped_packs() and loaded.folder != packs.folder_of(loaded.id):
        yield rejection("pack.name_taken", Where("datapackage.json"), loaded.id)


def _filled(loaded: packs.Pack) -> Iterator[Row]:
    if loaded.parameters.is_empty():
        yield rejection("pack.empty", Where(FILE), loaded.id)


def _sole(loaded: packs.Pack) -> Iterator[Row]:
    """A pack that is an only source names a family of methods, a gas, and why."""
    families = {known.id.partition(".")[0] for known in methods()}
    for line, row in enumerate(loaded.sole.to_dicts(), 2):
        known = {"family": row["family"] in families, "gas": codes.find_gas(row["gas"] or "") == row["gas"]}
        for column in ("reason_zh", "reason_en"):
            known[column] = bool((row[column] or "").strip())
        for column in (name for name, right in known.items() if not right):
            yield rejection("pack.unknown_id", Where(packs.SOLE_FILE, None, f"line {line}"), row[column] or "", column=column)


def _told(row: Row, code: str, seen: object, **facts: Any) -> Row:
    return rejection(code, Where(FILE, None, f"line {row['line']}"), seen, **facts)


def _citation(row: Row) -> Iterator[Row]:
    if not (row["citation"] or "").strip():
        yield _told(row, "pack.no_citation", row["parameter"], item=row["item"] or "*")


def _ids(row: Row) -> Iterator[Row]:
    known: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("item", codes.find_item), ("category", codes.find_category), ("gas", codes.find_gas),
    )  # fmt: skip
    for column, find in known:
        if row[column] is not None and find(row[column]) != row[column]:
            yield _told(row, "pack.unknown_id", row[column], column=column)
    if row["region"] not in (None, INTERNATIONAL) and not codes.is_place(row["region"]):
        yield _told(row, "pack.unknown_id", row["region"], column="region")


def _gas(row: Row) -> Iterator[Row]:
    if PARAMETERS.get(row["parameter"], ("", ""))[0] == "gas" and row["gas"] is None:
        yield _told(row, "pack.gas_demanded", row["item"] or "", column=row["parameter"])


def _number(row: Row) -> Iterator[Row]:
    for column in ("value", "lower", "upper"):
        if (row[column] is not None and _exact(row[column]) is None) or (column == "value" and row[column] is None):
            yield _told(row, "pack.number", row[column] or "", column=column)


def _unit(row: Row) -> Iterator[Row]:
    if row["value"] is None or _exact(row["value"]) is None:
        return
    try:
        measured = value(row["parameter"], row["value"], row["unit"] or "")
    except DataRefused as refused:
        yield refused.as_rejection(Where(FILE, None, f"line {row['line']}"))
        return
    item = codes.find_item(row["item"] or "")
    if measured.measures is not None and item is not None:
        bases = _bases(codes.item(item))
        if measured.measures not in bases:
            yield _told(row, "pack.dimension", row["unit"], item=row["item"], bases=", ".join(bases))
    yield from _range(row, measured.exact, measured.measures)


def _original(row: Row) -> Iterator[Row]:
    """The figure of the source, where the pack gives it, is the value itself."""
    if row["original_value"] is None:
        return
    try:
        agreed = originals.agrees(row["parameter"], row["value"], row["unit"], row["original_value"], row["original_unit"])
    except (DataRefused, ValueError, TypeError):
        return  # the value or its unit is refused by itself
    if agreed is False:
        seen = f"{row['original_value']} {row['original_unit'] or row['unit']}"
        yield _told(row, "pack.original", seen, used=f"{row['value']} {row['unit']}")


def _bases(item: codes.Item) -> tuple[str, ...]:
    from accounting.units import DIMENSIONS

    return tuple(DIMENSIONS[name].base for name in item.dimensions)


def _range(row: Row, exact: Fraction, measures: str | None) -> Iterator[Row]:
    bounds = limits(row["parameter"], None, measures)
    if bounds is not None and not bounds.hold(exact):
        yield _told(row, "pack.range", f"{row['value']} {row['unit']}", bounds=bounds.printed, limits=bounds.source)


def _basis(row: Row) -> Iterator[Row]:
    """A unit that says its basis says that of the column, if there is one."""
    found = bases.contradiction(row)
    if found:
        yield _told(row, "basis.conflict", f"{row['unit']}, {row['basis']}", implied=found[0], written=found[1])


def _bounds(row: Row) -> Iterator[Row]:
    lower, middle, upper = (_exact(row[column] or "") for column in ("lower", "value", "upper"))
    if middle is None or row["parameter"].startswith(UNCERTAINTIES):
        return
    if (lower is not None and lower > middle) or (upper is not None and upper < middle):
        yield _told(row, "pack.bounds", f"{row['lower']} ≤ {row['value']} ≤ {row['upper']}")


def _deviations(row: Row) -> Iterator[Row]:
    """An uncertainty is the wider of the two deviations that stand as its bounds."""
    if not row["parameter"].startswith(UNCERTAINTIES):
        return
    lower, half, upper = (_exact(row[column] or "") for column in ("lower", "value", "upper"))
    if half is not None and (lower is None or upper is None or not lower <= 0 <= upper or half != max(-lower, upper)):
        yield _told(row, "pack.bounds", f"{row['lower']}, {row['upper']}: ±{row['value']}")


def _exact(text: str) -> Decimal | None:
    try:
        fraction(text)
    except ValueError:
        return None
    return Decimal(text)


def _span(row: Row) -> tuple[int, int]:
    return codes.span(row["valid_from"], row["valid_to"])


def _validity(rows: list[Row], pack: str) -> Iterator[Row]:
    """Years of one key: in order, without overlap and without a gap."""
    by_key: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        edition = row["edition"] if row["parameter"] == "gwp" else None
        by_key.setdefault((*(row[column] for column in _KEY), row["tier"], edition), []).append(row)
    for same in by_key.values():
        same.sort(key=lambda row: _span(row)[0])
        for row in same:
            since, until = _span(row)
            if since > until:
                yield _told(row, "pack.validity", f"{row['valid_from']}–{row['valid_to']}")
        for earlier, later in pairwise(same):
            ends, begins = _span(earlier)[1], _span(later)[0]
            if begins <= ends:
                yield _told(
                    later,
                    "pack.overlap",
                    packs.years_of(later),
                    other=earlier["line"],
                    other_years=packs.years_of(earlier),
                    pack=pack,
                )
            elif begins > ends + 1:
                yield _told(later, "pack.gap", f"{ends + 1}–{begins - 1}", other=earlier["line"])


def _words(row: Row) -> Iterator[Row]:
    for column, known in (("basis", BASES), ("distribution", DISTRIBUTIONS)):
        if row[column] is not None and row[column] not in known:
            yield _told(row, "pack.word", row[column], column=column, known=", ".join(known))
    if row["published"] is not None and not re.fullmatch(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", row["published"]):
        yield _told(row, "pack.word", row["published"], column="published", known="2011, 2011-05, 2011-05-01")
    if row["tier"] is not None and row["tier"] not in TIERS:
        yield _told(row, "pack.word", row["tier"], column="tier", known="1, 2, 3")


_CHECKS = (_citation, _ids, _gas, _number, _unit, _original, _basis, _bounds, _deviations, _words)
