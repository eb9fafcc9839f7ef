"""tanfeng reconcile RUN --reference: groups on screen, the table in a file, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

import accounting as ac
from accounting.cli.app import invoked

ROWS = [("import", "100"), ("transport", "95")]


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    return saved(tmp_path / "run", ROWS)


def saved(folder: Path, rows: list[tuple[str, str]]) -> Path:
    table = pl.DataFrame(
        [("370200", 2022, category, "diesel_oil", quantity, "t") for category, quantity in rows],
        schema=["entity", "year", "category", "item", "quantity", "unit"],
        orient="row",
    )
    ac.run(table, factors=["cn-enterprise-2024"]).save(folder)
    return folder


@pytest.mark.parametrize(("lang", "words"), [("zh", "超过 5 %，须说明原因"), ("en", "over 5 %: explain")])
def test_a_group_over_five_percent_is_said_and_exits_1(stored: Path, tmp_path: Path, capsys, lang, words) -> None:
    out = tmp_path / f"{lang}.csv"
    assert invoked(["reconcile", str(stored), "--reference", "--out", str(out)], lang) == 1
    printed = capsys.readouterr().out
    assert "+5.26 %" in printed
    assert words in printed
    assert pl.read_csv(out).height == 3


def test_within_five_percent_exits_0(tmp_path: Path, capsys) -> None:
    run = saved(tmp_path / "near", [("import", "100"), ("transport", "98")])
    assert invoked(["reconcile", str(run), "--reference", "--out", str(tmp_path / "t.parquet"), "--json"], "en") == 0
    assert json.loads(capsys.readouterr().out)["agrees"] is True
    table = pl.read_parquet(tmp_path / "t.parquet")
    assert table["difference_t"].null_count() == 0
    assert table["pack"].drop_nulls().to_list() == ["cn-enterprise-2024"]  # of the run, not of its view


def test_other_packs_may_be_named(stored: Path, tmp_path: Path) -> None:
    out = tmp_path / "o.parquet"
    invoked(["reconcile", str(stored), "--reference", "--factors", "ceads-2018", "--out", str(out)], "en")
    assert pl.read_parquet(out)["pack"].drop_nulls().to_list() == ["ceads-2018"]


@pytest.mark.parametrize(
    "arguments",
    [["--out", "o.csv"], ["p.csv", "--reference", "--out", "o.csv"], ["p.csv", "--factors", "ceads-2018", "--out", "o.csv"]],
)
def test_it_must_be_clear_what_to_reconcile_with(stored: Path, capsys, arguments: list[str]) -> None:
    assert invoked(["reconcile", str(stored), *arguments], "en") == 2
    assert "reconcile.which" in capsys.readouterr().err


def test_a_run_without_supply_and_a_file_that_is_there_are_refused(stored: Path, tmp_path: Path, capsys) -> None:
    bare = saved(tmp_path / "bare", [("transport", "95")])
    assert invoked(["reconcile", str(bare), "--reference", "--out", str(tmp_path / "n.csv")], "en") == 2
    assert "reference.no_supply" in capsys.readouterr().err
    (tmp_path / "there.csv").write_text("mine")
    assert invoked(["reconcile", str(stored), "--reference", "--out", str(tmp_path / "there.csv")], "en") == 2
    assert (tmp_path / "there.csv").read_text() == "mine"
