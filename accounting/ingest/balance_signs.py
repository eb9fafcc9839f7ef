"""Signs in the rows of power and heat: what is burnt there is negative in the sheet and positive in Activity.

Contract §4: a positive entry is an output of the row. That holds for heat and electricity; no plant gives off a fuel,
so a positive fuel is said aloud, and a row whose fuels all lack the minus sign is refused, never an output.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from accounting import codes
from accounting.errors import Where, finding, rejection
from accounting.exact import QUANTITY_DIGITS, decimals, integers, plain

OUTPUTS = {"thermal_power": "thermal_power_output", "heating_supply": "heating_output"}
MADE = ("heat", "steam", "electricity")


@dataclass(slots=True)
class Signed:
    """Rows with the signs of Activity, and what was said of those without a minus; `refused` counts the rows lost."""

    rows: pl.DataFrame
    refused: int = 0
    rejections: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)


def signed(rows: pl.DataFrame, place: Where, entity: str, year: int) -> Signed:
    """Inputs to power and heat positive; what the sheet shows as positive there is an output of another category."""
    result = Signed(rows)
    for category in OUTPUTS:
        of_fuel = (pl.col("category") == category) & ~pl.col("item").is_in(MADE)
        without_minus = rows.filter(of_fuel & (pl.col("quantity") > 0))
        if without_minus.is_empty():
            continue
        where = Where(place.file, place.sheet, without_minus["cell"][0])
        facts = _facts(category, without_minus)
        if rows.filter(of_fuel & (pl.col("quantity") < 0)).is_empty():
            result.rows = result.rows.join(without_minus, on="row_id", how="anti")
            result.refused += without_minus.height
            result.rejections.append(rejection("balance.unsigned_inputs", where, **facts))
        else:
            told = finding("balance.fuel_output", "plausibility", "warning", where=where, entity=entity, year=year,
                           category=OUTPUTS[category], **facts)  # fmt: skip
            result.findings.append(told)
    result.rows = _turned(result.rows)
    return result


def _facts(category: str, rows: pl.DataFrame) -> dict[str, Any]:
    named = codes.category(category)
    by_unit = rows.group_by("unit", maintain_order=True).agg(integers(pl.col("quantity")).sum())
    amounts = by_unit.with_columns(decimals(pl.col("quantity"), QUANTITY_DIGITS)).iter_rows()
    cells = rows.select("cell", "reported_value", "reported_unit").iter_rows()
    return {
        "seen": ", ".join(f"{plain(quantity)} {unit}" for unit, quantity in amounts),
        "cells": ", ".join(f"{cell} {value} {unit}" for cell, value, unit in cells),
        "count": rows.height,
        "row_zh": named.name_zh,
        "row_en": named.name_en,
    }


def _turned(rows: pl.DataFrame) -> pl.DataFrame:
    quantity, category = integers(pl.col("quantity")), pl.col("category")
    burnt = category.is_in(list(OUTPUTS))
    return rows.with_columns(
        decimals(pl.when(burnt).then(quantity.abs()).otherwise(quantity), QUANTITY_DIGITS).alias("quantity"),
        pl.when(burnt & (quantity > 0)).then(category.replace(OUTPUTS)).otherwise(category).alias("category"),
    )
