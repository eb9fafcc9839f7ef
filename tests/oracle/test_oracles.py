"""The engine against a fraction oracle that shares no code with it, and against hand-written DuckDB SQL: equal."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from oracle import by_fractions

import accounting as ac
from accounting.demo.sample import lay_out

REPOSITORY = Path(__file__).resolve().parents[2]
YEARBOOK = REPOSITORY.parent / "shared" / "data" / "yearbook-2007"
PACK = REPOSITORY / "factors" / "ceads-2018"
WORKBOOKS = sorted(YEARBOOK.glob("*.xls"))
needs_yearbook = pytest.mark.skipif(not WORKBOOKS, reason=f"the yearbook workbooks are not at {YEARBOOK.name}")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> ac.Run:
    made = ac.run(YEARBOOK, factors=["ceads-2018"])
    return made.save(tmp_path_factory.mktemp("run") / "result")


@needs_yearbook
@pytest.mark.parametrize("workbook", WORKBOOKS, ids=lambda path: path.stem)
def test_every_cell_equals_the_fraction_oracle(run: ac.Run, workbook: Path) -> None:
    ours = {
        (row["category"], row["item"]): None if row["mass_t"] is None else Fraction(row["mass_t"])
        for row in run.inventory.filter(entity=workbook.stem).to_dicts()
    }
    assert ours == by_fractions.inventory(workbook, PACK)


SQL = """
with sums as (
    select entity, year, category, item, unit, sum(quantity) as quantity
    from read_parquet('{run}/activity.parquet') group by all
),
factors as (
    select item, category, case unit when 'tCO2/t' then 't' else '10^3 m3' end as unit,
           (value::decimal(18, 6) / case unit when 'tCO2/t' then 1 else 10 end)::decimal(18, 7) as factor
    from read_csv('{pack}/parameters.csv', all_varchar = true)
)
select sums.entity, sums.year::smallint as year, sums.category, sums.item,
       round(sums.quantity::decimal(22, 9) * coalesce(own.factor, any_category.factor), 12)::decimal(38, 12) as mass_t
from sums
left join factors as own on own.item = sums.item and own.category = sums.category and own.unit = sums.unit
left join factors as any_category
       on any_category.item = sums.item and any_category.category is null and any_category.unit = sums.unit
where coalesce(own.factor, any_category.factor) is not null and sums.category in (
    'farming', 'industry', 'construction', 'transport', 'wholesale_retail', 'other_services', 'urban_residential',
    'rural_residential', 'thermal_power', 'heating_supply')
order by all
"""


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> ac.Run:
    folder = tmp_path_factory.mktemp("bundled")
    lay_out(folder)
    return ac.run(folder, factors=["ceads-2018"]).save(tmp_path_factory.mktemp("run") / "result")


def test_the_bundled_inventory_equals_hand_written_duckdb(bundled: ac.Run) -> None:
    equals_duckdb(bundled, more_than=150)


@needs_yearbook
def test_the_inventory_equals_hand_written_duckdb(run: ac.Run) -> None:
    equals_duckdb(run, more_than=500)


def equals_duckdb(run: ac.Run, more_than: int) -> None:
    theirs = duckdb.sql(SQL.format(run=run.path, pack=PACK)).pl()
    ours = run.inventory.filter(run.inventory["mass_t"].is_not_null())
    ours = ours.select("entity", "year", "category", "item", "mass_t").sort("entity", "year", "category", "item")
    assert theirs.height == ours.height > more_than
    assert theirs.rows() == ours.rows()
