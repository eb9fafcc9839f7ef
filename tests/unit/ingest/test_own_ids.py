"""Ids of one's own: one finding a run, with a mistyped code at its head."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

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


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("浙汪", "浙江 330000"),
        ("浙江江", "浙江 330000, 浙江省 330000"),
        ("杭州市市", "杭州市 330100"),
        ("鄞洲区", "鄞州区 330212"),
    ],
)
def test_a_chinese_name_one_character_from_a_region_is_a_warning(name: str, near: str) -> None:
    warned = own_ids(pl.Series([name, "park-1"]))[1:]
    assert [(f["code"], f["severity"], f["entity"], f["seen"]) for f in warned] == [
        ("entity.near_region", "warning", name, name)
    ]
    assert near in warned[0]["message_zh"]


@pytest.mark.parametrize("name", ["苏州工业园", "华能玉环电厂", "浙", "电网", "park-7"])
def test_other_names_are_nobodys_slip(name: str) -> None:
    assert [f["code"] for f in own_ids(pl.Series([name]))] == ["entity.own_ids"]


def test_a_run_over_several_files_says_it_once(tmp_path: Path) -> None:
    for name in ("park-1", "park-2"):
        (tmp_path / f"{name}.csv").write_text(
            f"entity,year,category,item,quantity,unit\n{name},2022,transport,diesel_oil,1,t\n"
        )
    found = intake(sources([tmp_path])).findings
    assert found.filter(pl.col("code") == "entity.own_ids").select("seen", "used", "file").rows() == [
        ("2", "park-1, park-2", None)
    ]
