"""Ids of one's own: one finding a run, with a mistyped code at its head."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from accounting.ingest.intake import intake, sources
from accounting.ingest.own_ids import own_ids


def test_regions_and_the_nation_are_no_own_ids() -> None:
    assert own_ids(pl.Series(["110000", "370200", "CN"], dtype=pl.String)) == []


def test_own_ids_are_counted_once_whatever_the_order() -> None:
    given = [f"park-{number}" for number in range(30)] + ["370200", "park-3"]
    told, again = own_ids(pl.Series(given)), own_ids(pl.Series(given[::-1]))
    assert told == again
    assert [(f["code"], f["kind"], f["severity"], f["seen"]) for f in told] == [
        ("entity.own_ids", "completeness", "info", "30")
    ]


def test_what_looks_like_a_code_stands_first() -> None:
    told = own_ids(pl.Series([f"park-{number}" for number in range(1000)] + ["37O200", "11-0000"]))
    assert told[0]["used"].startswith("11-0000 (110000?), 37O200 (370200?), park-0, ")
    assert told[0]["used"].endswith(" … +990")


def test_a_run_over_several_files_says_it_once(tmp_path: Path) -> None:
    for name in ("park-1", "park-2"):
        (tmp_path / f"{name}.csv").write_text(
            f"entity,year,category,item,quantity,unit\n{name},2022,transport,diesel_oil,1,t\n"
        )
    found = intake(sources([tmp_path])).findings
    assert found.filter(pl.col("code") == "entity.own_ids").select("seen", "used", "file").rows() == [
        ("2", "park-1, park-2", None)
    ]
