"""The table `parameters`: values that a facility, park or city has measured itself, by year or by month.

    entity,parameter,item,category,year,month,value,unit,basis,tier,samples,measured_from,measured_to,lower,upper,
    source,reason,author
    F1,ncv,bituminous_coal,,2022,,21.35,GJ/t,,3,365,2022-01-01,2022-12-31,,,化验室 2022 年报,入炉煤逐日化验,李四

Who measured it, why it replaces the default and where it is written are demanded. A value beyond what is physically
possible is refused; so is a percentage where a fraction is meant. Where a value is given by month, there is none for
the year as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from accounting import codes, exact, units
from accounting.errors import DataRefused
from accounting.factors import bases
from accounting.factors.check import TIERS
from accounting.factors.limits import limits
from accounting.factors.values import PARAMETERS, Value, value
from accounting.ingest import words
from accounting.ingest.project_tables.reading import HUNDRED, Row, Table
from accounting.tables import BASES

_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_NOT_OWN = ("gwp",)


@dataclass(frozen=True, slots=True)
class Measured:
    """One own measured value, as it is resolved: `values` are the columns of a pack and `month`; `row` its address."""

    values: dict[str, Any]
    row: Row

    @property
    def key(self) -> tuple[Any, ...]:
        """What no two values may share."""
        return tuple(self.values[name] for name in ("entity", "parameter", "item", "category", "gas", "basis", "valid_from"))


def parameters(table: Table) -> tuple[Measured, ...]:
    """The own values of a table; what cannot be meant is added to its problems.

    `own_value.percent`, `own_value.range`, `own_value.overlap`, `own_value.dimension`, `own_value.gas`,
    `own_value.bounds`, `own_value.number`, `own_value.date`, `basis.conflict`, `parameter.unknown`, `parameter.unit`, and
    what a word or a unit may be refused for.
    """
    read = tuple(_measured(table, row) for row in table.rows)
    known = tuple(one for one in read if one is not None)
    _no_overlap(table, known)
    return known


def _measured(table: Table, row: Row) -> Measured | None:
    before = len(table.problems)
    parameter = table.word(row, "parameter", [name for name in PARAMETERS if name not in _NOT_OWN])
    finders: dict[str, Callable[[str], str]] = {
        "item": lambda text: codes.item(text).id,
        "category": lambda text: codes.category(text).id,
        "gas": lambda text: codes.gas(text).id,
    }
    found = {column: table.judged(row, column, judge) for column, judge in finders.items()}
    entity, year = table.entity(row, "entity"), table.year(row, "year")
    month = table.judged(row, "month", lambda text: words.month(text, row.kinds["month"]).value)
    basis, tier = table.word(row, "basis", BASES), table.word(row, "tier", map(str, TIERS))
    for column in ("measured_from", "measured_to"):
        if row.text(column) and not _DATE.fullmatch(row.text(column)):
            table.refuse("own_value.date", row, column)
    numbers = {column: _number(table, row, column) for column in ("value", "lower", "upper")}
    if parameter is not None and numbers["value"] is not None:
        _measures(table, row, parameter, found["item"], numbers["value"])
        if PARAMETERS[parameter][0] == "gas" and not row.text("gas"):
            table.refuse("own_value.gas", row, "gas", parameter=parameter, parameter_name=parameter)
        _one_basis(table, row, {"parameter": parameter, "value": numbers["value"], "unit": row.text("unit"), "basis": basis})
    _bounds(table, row, numbers)
    if len(table.problems) > before or any(part is None for part in (parameter, entity, year, numbers["value"])):
        return None
    return Measured(
        {
            "parameter": parameter, **found, "entity": entity, "basis": basis, "month": month,
            "valid_from": year, "valid_to": year, "tier": int(tier) if tier else None, **numbers, "unit": row.text("unit"),
            "measured_from": row.text("measured_from") or None, "measured_to": row.text("measured_to") or None,
            "citation": row.text("source"), "note": f"{row.text('reason')} ({row.text('author')})",
        },
        row,
    )  # fmt: skip


def _number(table: Table, row: Row, column: str) -> str | None:
    text = row.text(column)
    if not text:
        return None
    try:
        exact.fraction(text)
    except ValueError:
        table.refuse("own_value.number", row, column)
        return None
    return text


def _measures(table: Table, row: Row, parameter: str, item: str | None, number: str) -> None:
    """The unit measures the parameter of that item, and the value is physically possible."""
    unit = row.text("unit")
    if not unit:
        return
    try:
        measured = value(parameter, number, unit)
    except DataRefused as refused:
        table.problems.append(refused.as_rejection(row.where("unit")))
        return
    if measured.measures is not None and item is not None:
        of_item = codes.item(item)
        bases = [units.DIMENSIONS[name].base for name in of_item.dimensions]
        if measured.measures not in bases:
            table.refuse(
                "own_value.dimension", row, "unit", item_zh=of_item.name_zh, item_en=of_item.name_en, bases=", ".join(bases)
            )
            return
    _possible(table, row, parameter, item, measured)


def _possible(table: Table, row: Row, parameter: str, item: str | None, measured: Value) -> None:
    bounds = limits(parameter, item, measured.measures)
    if bounds is None or bounds.hold(measured.exact):
        return
    shown = f"{measured.printed} {row.text('unit')}"
    if PARAMETERS[parameter][0] == "1":
        for times, unit in ((Fraction(1, HUNDRED), "1"), (Fraction(HUNDRED), "%")):
            meant = measured.exact * times
            if bounds.hold(meant) and row.text("unit") == unit:
                table.refuse("own_value.percent", row, "value", shown, fraction=exact.plain(meant))
                return
    table.refuse("own_value.range", row, "value", shown, bounds=bounds.printed, limits=bounds.source)


def _one_basis(table: Table, row: Row, values: dict[str, Any]) -> None:
    """A unit that says its basis says that of the column, if there is one."""
    found = bases.contradiction(values)
    if found:
        shown = f"{values['unit']}, {values['basis']}"
        table.refuse("basis.conflict", row, "basis", shown, implied=found[0], written=found[1])


def _bounds(table: Table, row: Row, numbers: dict[str, str | None]) -> None:
    lower, middle, upper = (
        None if numbers[name] is None else exact.fraction(str(numbers[name])) for name in ("lower", "value", "upper")
    )
    if middle is None:
        return
    if (lower is not None and lower > middle) or (upper is not None and upper < middle):
        shown = f"{numbers['lower'] or ''} ≤ {numbers['value']} ≤ {numbers['upper'] or ''}"
        table.refuse("own_value.bounds", row, "lower", shown)


def _no_overlap(table: Table, known: Sequence[Measured]) -> None:
    """One value a key and month; a value of the whole year and one of a month of it overlap."""
    first: dict[tuple[Any, ...], Measured] = {}
    for one in known:
        month = one.values["month"]
        earlier = first.get((one.key, month)) or (
            next((first[one.key, other] for other in (None, *range(1, 13)) if (one.key, other) in first), None)
            if month is None
            else first.get((one.key, None))
        )
        if earlier is not None:
            other = earlier.row.where("value").cell
            table.refuse("own_value.overlap", one.row, "value", other=other, other_value=earlier.values["value"])
        first.setdefault((one.key, month), one)
