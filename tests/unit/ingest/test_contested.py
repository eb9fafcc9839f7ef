"""Keys given twice: refused in both places with both addresses, in any number, and their rows stay accounted for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from balance_sheets import Balance, write

from accounting.ingest import contested
from accounting.ingest.intake import Intake, intake, sources
from accounting.project import load

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
        ("statement.and_table", f"{folder}/b.csv", "E3", "2 万吨"),
    ]
    assert f"is also in {folder}/b.csv › E2 1 万吨;" in found.rejections["message_en"][0]
    assert account(found, "b.csv") == (2, 0, 2, 0)


def test_a_part_is_told_with_its_own_address(tmp_path: Path) -> None:
    table(tmp_path / "a.csv", "370000,2007,industry,raw_coal,10,t")
    parquet(tmp_path / "b.parquet", ("370000", 2007, "industry", "anthracite", 4.5, "t"))
    refused = taken(tmp_path).rejections
    assert refused.select("code", "file", "cell", "seen").rows() == [
        ("key.parent_and_child", f"{tmp_path.name}/a.csv", "E2", "10 t"),
        ("key.parent_and_child", f"{tmp_path.name}/b.parquet", None, "4.5 t"),
    ]
    assert refused["message_en"][0].endswith(f"the other stands at {tmp_path.name}/b.parquet 4.5 t")
    assert refused["message_en"][1].endswith(f"the other stands at {tmp_path.name}/a.csv › E2 10 t")


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
    monkeypatch.setattr(contested, "LISTED", 5)
    found = taken(table(tmp_path / "a.csv", *wholes_and_parts(20)))
    assert found.rejections["code"].to_list().count("key.parent_and_child") == 5
    rest = found.rejections.filter(pl.col("code") == "key.unlisted")
    assert rest.select("file", "seen").rows() == [(f"{tmp_path.name}/a.csv", "35")]
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


ITEM = "110000,2007,industry"


def test_every_refused_cell_of_a_whole_and_its_parts_is_listed_once(tmp_path: Path) -> None:
    rows = [
        f"{ITEM},diesel_oil,100,t",
        *(f"{ITEM}/C{n},diesel_oil,{n},t" for n in (30, 31, 31)),
        "110000,2007,transport,coke,1,t",
    ]
    found = taken(table(tmp_path / "a.csv", *rows))
    assert found.rejections.select("code", "cell", "seen").rows() == [
        ("key.parent_and_child", f"E{row}", seen) for row, seen in enumerate(["100 t", "30 t", "31 t", "31 t"], 2)
    ]
    assert account(found, "a.csv") == (5, 1, 4, 0)
    folder = tmp_path.name
    assert found.rejections["message_en"][0].endswith(f"the other stands at {folder}/a.csv › E3 30 t, {folder}/a.csv › E4 31 t")
    (tmp_path / "a.csv").unlink()
    cells = [tuple(row.split(",")) for row in rows]
    parquet(tmp_path / "a.parquet", *((e, int(y), c, i, float(q), u) for e, y, c, i, q, u in cells))
    same = taken(tmp_path)
    assert account(same, "a.parquet") == (5, 1, 4, 0)
    assert sorted(same.rejections["seen"]) == ["100 t", "30 t", "62 t"]


MONTHS = [f"110000,2007,transport,diesel_oil,1,t,{month}" for month in range(1, 13)]
YEAR = "110000,2007,transport,diesel_oil,12,t,"
OTHER = "110000,2007,farming,diesel_oil,5,t,3"


def monthly(path: Path, *rows: str) -> Path:
    path.write_text(HEAD.strip() + ",month\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_year_is_never_added_to_its_months_in_one_table(tmp_path: Path) -> None:
    found = taken(monthly(tmp_path / "a.csv", YEAR, *MONTHS, OTHER))
    assert found.rejections["code"].to_list() == ["key.month_and_year"] * 13
    at = {row["cell"]: row["message_en"] for row in found.rejections.to_dicts()}
    assert at["E2"].endswith(f"the other stands at {tmp_path.name}/a.csv › E3 1 t")
    assert at["E9"].endswith(f"the other stands at {tmp_path.name}/a.csv › E2 12 t")
    assert found.sums["category"].to_list() == ["farming"]


def test_a_year_is_never_added_to_its_months_in_two_tables(tmp_path: Path) -> None:
    monthly(tmp_path / "a.csv", *MONTHS, OTHER)
    parquet(tmp_path / "b.parquet", ("110000", 2007, "transport", "diesel_oil", 12.0, "t"))
    found = taken(tmp_path)
    assert found.rejections["code"].to_list() == ["key.month_and_year"] * 13
    assert account(found, "a.csv") == (13, 1, 12, 0)
    assert account(found, "b.parquet") == (1, 0, 1, 0)


def test_months_that_a_project_adds_to_a_year_add(tmp_path: Path) -> None:
    monthly(tmp_path / "a.csv", *MONTHS)
    table(tmp_path / "b.csv", YEAR.removesuffix(","))
    (tmp_path / "tanfeng.toml").write_text('[[inputs]]\npath = "a.csv"\nadds = true\n[[inputs]]\npath = "b.csv"')
    found = intake(sources([], load(tmp_path)))
    assert (found.rejections.height, sum(found.sums["quantity"])) == (0, 24)


def test_a_transfer_is_no_figure_that_contests_another(tmp_path: Path) -> None:
    rows = [f"{ITEM}/C30,diesel_oil,40,t", "110000,2007,non_energy_use,diesel_oil,30,t"]
    found = taken(table(tmp_path / "a.csv", *rows))
    assert found.rejections.is_empty()
    assert found.sums.sort("category").select("category", "quantity").rows() == [("industry/C30", 40), ("non_energy_use", 30)]


def test_a_transfer_goes_with_the_figure_that_it_was_made_of(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", replace(SHEET, figures={**SHEET.figures, ("用作原料、材料", "原煤"): 5}))
    table(tmp_path / "b.csv", "370000,2007,non_energy_use,raw_coal,2,t")
    found = taken(tmp_path)
    assert set(found.rejections["code"]) == {"statement.and_table"}
    coal = found.sums.filter(pl.col("item") == "raw_coal")
    assert coal.select("category", "quantity").rows() == [("industry", 6842600)]
