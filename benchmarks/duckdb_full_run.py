"""The baseline: hand-written DuckDB that groups, multiplies and writes the same cells. A whole process."""

from __future__ import annotations

import sys

import duckdb

SQL = """
copy (
    with sums as (
        select entity, year, category, item, sum(quantity::decimal(18, 3)) as quantity
        from read_parquet('{table}') group by all
    )
    select entity, year, category, item, 'CO2' as gas, 1::tinyint as scope, 'main' as account,
           (quantity * factor)::decimal(38, 12) as mass_t, (quantity * factor)::decimal(38, 12) as co2e_t
    from sums join (values {factors}) as factors (item, factor) using (item)
) to '{out}' (format parquet, compression zstd)
"""


def main(table: str, out: str, *factors: str) -> None:
    """`factors` are item=value pairs, the values of the pack."""
    pairs = (factor.split("=") for factor in factors)
    values = ", ".join(f"('{item}', {value}::decimal(9, 6))" for item, value in pairs)
    duckdb.execute(SQL.format(table=table, out=out, factors=values))


if __name__ == "__main__":
    main(*sys.argv[1:])
