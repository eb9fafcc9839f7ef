"""What only the batch can say: whether a transfer has an industry to be taken out of, and keys that disagree."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from balance_sheets import Balance, write

from accounting.ingest import settling
from accounting.ingest.intake import Intake, intake, sources

HEAD = ("entity", "year", "category", "item", "quantity", "unit")
SHEET = "6-15 山东能源平衡表(实物量)-2007"


def table(path: Path, *rows: tuple[str, str, str]) -> Path:
    """Rows of category, item and quantity in tonnes, of one place and year, as text or as Parquet."""
    frame = pl.DataFrame([("110000", "2007", *row, "t") for row in rows], schema=HEAD, orient="row")
    frame.write_parquet(path) if path.suffix == ".parquet" else frame.write_csv(path)
    return path


def taken(*paths: Path) -> Intake:
    return intake(sources(list(paths)))


def sums(found: Intake) -> dict[str, Any]:
    return {row["category"]: row["notation_key"] or row["quantity"] for row in found.sums.to_dicts()}


def told(found: Intake) -> list[tuple[str, str, str | None]]:
    ours = found.findings.filter(pl.col("code").str.contains("transfer|negative_net|notation"))
    return ours.select("code", "seen", "cell").rows()


@pytest.fixture(params=[".csv", ".parquet"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / f"a{request.param}"


def at(path: Path, cell: str) -> str | None:
    """The address of a cell, where its rows are at hand."""
    return cell if path.suffix == ".csv" else None


NON_ENERGY = ("non_energy_use", "diesel_oil", "30")


def test_non_energy_use_is_taken_out_of_an_industry_that_is_reported(path: Path) -> None:
    found = taken(table(path, ("industry", "diesel_oil", "100"), NON_ENERGY))
    assert sums(found) == {"industry": Decimal(70), "non_energy_use": Decimal(30)}
    assert told(found) == []


def test_the_industry_may_stand_in_another_table(tmp_path: Path) -> None:
    industry = table(tmp_path / "a.csv", ("industry", "diesel_oil", "100"))
    for other in (table(tmp_path / "b.csv", NON_ENERGY), table(tmp_path / "b.parquet", NON_ENERGY)):
        assert sums(taken(industry, other))["industry"] == Decimal(70)


def test_nothing_is_taken_out_of_an_industry_that_is_absent(path: Path) -> None:
    found = taken(table(path, NON_ENERGY))
    assert sums(found) == {"non_energy_use": Decimal(30)}
    assert told(found) == [("transfer.no_industry", "1", at(path, "E2"))]
    assert found.stages[0]["transfers"] == 0
    assert found.activity["note"].to_list() == ([None] if path.suffix == ".csv" else [])


def test_nothing_is_taken_out_of_an_industry_that_is_refused(path: Path) -> None:
    found = taken(table(path, ("industry", "diesel_oil", "x"), NON_ENERGY))
    assert found.rejections["code"].to_list() == ["number.withheld"]
    assert sums(found) == {"non_energy_use": Decimal(30)}
    assert told(found) == [("transfer.no_industry", "1", at(path, "E3"))]


def test_an_industry_that_is_no_number_keeps_its_key(path: Path) -> None:
    found = taken(table(path, ("industry", "diesel_oil", "NE"), NON_ENERGY))
    assert sums(found) == {"industry": "NE", "non_energy_use": Decimal(30)}
    assert told(found) == [("transfer.no_industry", "1", at(path, "E3"))]


def test_nothing_is_taken_out_of_divisions(path: Path) -> None:
    found = taken(table(path, ("industry/C30", "diesel_oil", "40"), NON_ENERGY))
    assert sums(found) == {"industry/C30": Decimal(40), "non_energy_use": Decimal(30)}
    assert told(found) == [("transfer.only_divisions", "1", at(path, "E3"))]


def test_a_negative_net_of_two_numbers_is_a_finding(path: Path) -> None:
    found = taken(table(path, ("industry", "diesel_oil", "10"), NON_ENERGY))
    assert sums(found)["industry"] == Decimal(-20)
    assert told(found) == [("balance.negative_net", "-20 t", at(path, "E3"))]


def test_a_negative_net_of_a_balance_sheet_is_a_finding_at_its_cell(tmp_path: Path) -> None:
    found = taken(write(tmp_path / "a.xlsx", Balance(SHEET, {("工业", "柴油"): 1, ("用作原料、材料", "柴油"): 2})))
    ((code, seen, cell),) = told(found)
    assert (code, seen) == ("balance.negative_net", "-10000 t")
    assert cell == found.activity.filter(pl.col("category") == "non_energy_use")["cell"].item()


def test_a_blank_industry_cell_of_a_balance_gives_no_negative_sum(tmp_path: Path) -> None:
    found = taken(write(tmp_path / "a.xlsx", Balance(SHEET, {("建筑业", "柴油"): 1, ("用作原料、材料", "柴油"): 2})))
    assert sums(found) == {"construction": Decimal(10000), "non_energy_use": Decimal(20000)}
    assert [code for code, _, _ in told(found)] == ["transfer.no_industry"]


def test_two_notation_keys_for_one_key_are_said(path: Path) -> None:
    found = taken(table(path, ("transport", "diesel_oil", "NO"), ("transport", "diesel_oil", "IE"), ("farming", "coke", "NO")))
    assert sums(found) == {"transport": "IE", "farming": "NO"}
    assert told(found) == [("notation.several", "IE, NO", at(path, "E3"))]


def test_a_notation_key_beside_a_number_disagrees_with_none(path: Path) -> None:
    found = taken(table(path, ("transport", "diesel_oil", "NO"), ("transport", "diesel_oil", "5"), ("farming", "coke", "NO")))
    assert sums(found) == {"transport": Decimal(5), "farming": "NO"}
    assert told(found) == []


def test_keys_beyond_those_listed_are_counted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "LISTED", 1)
    items = ("diesel_oil", "gasoline", "kerosene")
    nets = [row for item in items for row in (("industry", item, "1"), ("non_energy_use", item, "2"))]
    keys = [("farming", item, key) for item in items for key in ("C", "NE")]
    found = taken(table(path, *nets, *keys)).findings
    assert found.filter(pl.col("code").is_in(["balance.negative_net", "notation.several"])).height == 2
    rest = found.filter(code="finding.unlisted").select("seen", "severity").sort("seen").rows()
    assert rest == [("balance.negative_net 2", "warning"), ("notation.several 2", "warning")]


@pytest.mark.parametrize(("key", "said"), [("NE", True), ("C", True), ("NO", False), ("IE", False), ("NA", False)])
def test_a_number_beside_what_is_not_said_stands_and_is_too_low(path: Path, key: str, said: bool) -> None:
    found = taken(table(path, ("transport", "diesel_oil", "5"), ("transport", "diesel_oil", key), ("farming", "coke", "NE")))
    assert sums(found)["transport"] == Decimal(5)
    assert told(found) == [("notation.beside_number", key, at(path, "E3"))] * said


def test_a_month_that_is_not_said_is_told_beside_the_others(tmp_path: Path) -> None:
    rows = [
        ("110000", 2007, month, "transport", "diesel_oil", quantity, "t") for month, quantity in ((1, "5"), (2, "NE"), (3, "C"))
    ]
    pl.DataFrame(rows, schema=[*HEAD[:2], "month", *HEAD[2:]], orient="row").write_csv(tmp_path / "a.csv")
    (row,) = taken(tmp_path / "a.csv").findings.filter(code="notation.beside_number").to_dicts()
    assert (row["seen"], row["category"], row["item"]) == ("C, NE", "transport", "diesel_oil")
