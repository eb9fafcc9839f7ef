"""Nothing is added up before it is known to fit, and every account is asserted."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from accounting import exact, ledger
from accounting.errors import DataRefused, InvariantBroken
from accounting.ingest import columnar, fixed_point, quantities, taking
from accounting.ingest.intake import Intake, intake, sources

HEAD = "entity,year,category,item,quantity,unit\n"
ROWS = [("370200", 2022, "industry", "raw_coal", 6.0, "t"), ("370200", 2022, "industry", "coke", 5.0, "t")]


def table(path: Path) -> Path:
    path.write_text(HEAD + "".join(",".join(map(str, row)) + "\n" for row in ROWS), encoding="utf-8")
    return path


def parquet(path: Path) -> Path:
    pl.DataFrame(ROWS, schema=HEAD.strip().split(","), orient="row").write_parquet(path)
    return path


def taken(*paths: Path) -> Intake:
    return intake(sources(list(paths)))


@pytest.mark.parametrize("make", [table, parquet])
def test_quantities_are_guarded_before_any_is_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make) -> None:
    monkeypatch.setattr(exact, "SAFE_MAGNITUDE", 10e9)
    for adding in ("key_sums", "quantity_sums"):
        monkeypatch.setattr(ledger, adding, lambda *_: pytest.fail("added before it was guarded"))
    with pytest.raises(DataRefused) as raised:
        taken(make(tmp_path / ("a.csv" if make is table else "a.parquet")))
    assert (raised.value.code, raised.value.seen) == ("sum.overflow", "t")


def test_no_parquet_table_of_the_most_rows_can_wrap() -> None:
    largest = max(fixed_point.LARGEST, quantities.LARGEST * 10**exact.QUANTITY_DIGITS)
    assert exact.within_range(float(columnar.MOST_ROWS) * largest)


def test_a_row_that_a_parquet_sum_loses_stops_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = pl.read_ipc
    short = pl.col("rows") - pl.int_range(pl.len(), dtype=pl.UInt32)
    monkeypatch.setattr(taking.pl, "read_ipc", lambda *given: whole(*given).with_columns(short.alias("rows")))
    with pytest.raises(InvariantBroken) as raised:
        taken(parquet(tmp_path / "a.parquet"))
    assert raised.value.code == "conservation.rows"
