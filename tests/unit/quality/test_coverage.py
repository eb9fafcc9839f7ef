"""Coverage: which years were reported, and the standard coal of a kind of coal."""

from __future__ import annotations

import polars as pl

from accounting.quality.coverage import coefficients, reported_years


def years(cells: list[tuple[str, int, str]], lags: list[tuple[str, int]]) -> list[tuple[str, int]]:
    inventory = pl.DataFrame(cells, schema=["entity", "year", "category"], orient="row")
    effective = pl.DataFrame(lags, schema={"category": pl.String, "lag": pl.Int64}, orient="row")
    return sorted(reported_years(inventory, effective).rows())


def test_a_year_of_old_waste_alone_is_no_year_of_an_inventory() -> None:
    cells = [("A", 2020, "landfill"), ("A", 2021, "landfill"), ("A", 2021, "transport")]
    assert years(cells, [("landfill", 0), ("landfill", 1), ("transport", 0)]) == [("A", 2021)]


def test_every_year_counts_where_nothing_lasts_or_nothing_else_is_there() -> None:
    cells = [("A", 2020, "landfill"), ("A", 2021, "landfill")]
    assert years(cells, [("landfill", 0)]) == [("A", 2020), ("A", 2021)]
    assert years(cells, [("landfill", 0), ("landfill", 1)]) == [("A", 2020), ("A", 2021)]


def test_kinds_of_raw_coal_have_its_coefficient() -> None:
    known = {(item, unit): value for item, unit, value in coefficients().rows()}
    assert known["anthracite", "t"] == known["bituminous_coal", "t"] == known["raw_coal", "t"] == 0.7143
    assert ("clinker", "t") not in known
