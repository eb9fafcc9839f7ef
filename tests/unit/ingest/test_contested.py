"""Keys given twice: refused in both places with both addresses, in any number, and their rows stay accounted for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from balance_sheets import Balance, write

from accounting.ingest import statements
from accounting.ingest.intake import Intake, intake, sources

HEAD = "entity,year,category,item,quantity,unit\n"
SHEET = Balance("6-15 山东能源平衡表(实物量)-2007", {("建筑业", "柴油"): 18.68, ("工业", "原煤"): 684.26})


def taken(path: Path) -> Intake:
    return intake(sources([path]))


def table(path: Path, *rows: str) -> Path:
    path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def parquet(path: Path, *rows: tuple[Any, ...]) -> Path:
    pl.DataFrame(rows, schema=HEAD.strip().split(","), orient="row").write_parquet(path)
    return path


def account(found: Intake, name: str) -> tuple[int, int, int, int]:
    sheet = next(one["sheets"][0] for one in found.inputs if one["name"].endswith(name))
    return sheet["read"], sheet["accepted"], sheet["rejected"], sheet["transfers"]


def wholes_and_parts(entities: int) -> list[str]:
    keys = (("raw_coal", 10), ("anthracite", 4))
    return [f"park-{n},2007,industry,{item},{amount},t" for n in range(entities) for item, amount in keys]


def test_both_addresses_and_the_partner_are_told(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", SHEET)
    table(tmp_path / "b.csv", "370000,2007,construction,diesel_oil,1,万吨", "370000,2007,construction,diesel_oil,2,万吨")
    found = taken(tmp_path)
    folder = tmp_path.name
    assert found.rejections.select("code", "file", "cell", "seen").rows() == [
        ("statement.and_table", f"{folder}/a.xlsx", "O34", "18.68 万吨"),
        ("statement.and_table", f"{folder}/b.csv", "E2", "1 万吨"),
    ]
    assert f"is also in {folder}/b.csv;" in found.rejections["message_en"][0]
    assert account(found, "b.csv") == (2, 0, 2, 0)


def test_a_part_is_told_with_its_own_address(tmp_path: Path) -> None:
    table(tmp_path / "a.csv", "370000,2007,industry,raw_coal,10,t")
    parquet(tmp_path / "b.parquet", ("370000", 2007, "industry", "anthracite", 4.5, "t"))
    refused = taken(tmp_path).rejections
    assert refused.select("code", "file", "cell", "seen").rows() == [
        ("key.parent_and_child", f"{tmp_path.name}/a.csv", "E2", "10 t")
    ]
    assert f"({tmp_path.name}/b.parquet, 4.5 t)" in refused["message_en"][0]


def test_contested_rows_of_a_parquet_table_are_counted_as_rows(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", SHEET)
    diesel = ("370000", 2007, "construction", "diesel_oil", 1.0, "t")
    coal = ("370000", 2007, "industry", "raw_coal", 1.0, "t")
    other = ("370000", 2007, "transport", "diesel_oil", 1.0, "t")
    parquet(tmp_path / "b.parquet", *[diesel] * 7, *[coal] * 4, *[other] * 2)
    assert account(taken(tmp_path), "b.parquet") == (13, 2, 11, 0)


def test_transfers_of_a_contested_key_leave_the_account_with_it(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", SHEET)
    rows = [("370000", 2007, category, "raw_coal", 2.0, "t") for category in ("industry", "non_energy_use", "transport")]
    parquet(tmp_path / "b.parquet", *rows)
    assert account(taken(tmp_path), "b.parquet") == (3, 2, 1, 0)
    (tmp_path / "b.parquet").unlink()
    table(tmp_path / "b.csv", *(",".join(map(str, row)) for row in rows))
    assert account(taken(tmp_path), "b.csv") == (3, 2, 1, 0)


def test_refusals_are_listed_up_to_a_bound_and_counted_beyond(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "LISTED", 5)
    found = taken(table(tmp_path / "a.csv", *wholes_and_parts(20)))
    assert found.rejections["code"].to_list().count("key.parent_and_child") == 5
    rest = found.rejections.filter(pl.col("code") == "key.unlisted")
    assert rest.select("file", "seen").rows() == [(f"{tmp_path.name}/a.csv", "15")]
    assert account(found, "a.csv") == (40, 0, 40, 0)


def test_the_number_of_contested_keys_asks_for_no_more_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passes = {"now": 0}
    filtering = pl.DataFrame.filter

    def counting(self: pl.DataFrame, *args: Any, **options: Any) -> pl.DataFrame:
        passes["now"] += 1
        return filtering(self, *args, **options)

    monkeypatch.setattr(pl.DataFrame, "filter", counting)
    counts: list[int] = []
    for entities in (2, 200):
        passes["now"] = 0
        taken(table(tmp_path / "a.csv", *wholes_and_parts(entities)))
        counts.append(passes["now"])
    assert counts[0] == counts[1]
