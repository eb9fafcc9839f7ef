"""Verification finds what was changed, level by level, and says what it could not check."""

import json
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from small import run, table

import accounting as ac
from accounting.cli.app import invoked
from accounting.demo.sample import lay_out
from accounting.errors import DataRefused, UsageError, VerificationFailed
from accounting.store import manifest
from accounting.store.verify import verified
from accounting.tables import TABLES


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    source = tmp_path / "in" / "table.csv"
    source.parent.mkdir()
    table().write_csv(source)
    ac.run(source, factors=["ceads-2018"]).save(tmp_path / "run")
    return tmp_path / "run"


def states(folder: Path, **options: object) -> list[tuple[int, str]]:
    return [(level.level, level.state) for level in verified(folder, **options)]


def resealed(folder: Path) -> None:
    """The seal after somebody has changed a file and mended the seal to hide it."""
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(manifest.text(manifest.sealed(told, folder)), encoding="utf-8")


def changed(folder: Path, name: str, change: pl.Expr) -> None:
    pl.read_parquet(folder / f"{name}.parquet").with_columns(change).write_parquet(folder / f"{name}.parquet")
    resealed(folder)


def test_a_sound_run_is_checked_at_every_level(stored: Path) -> None:
    found = states(stored, inputs=stored.parent / "in")
    assert {state for _, state in found} == {"checked"}
    assert {level for level, _ in found} == {1, 2, 3}


def test_a_run_of_the_first_schema_opens_and_verifies(stored: Path) -> None:
    file = stored / "missing.parquet"
    pl.read_parquet(file).drop("code").write_parquet(file)
    told = json.loads((stored / "manifest.json").read_text(encoding="utf-8"))
    (stored / "manifest.json").write_text(json.dumps(told | {"schema_version": 1}), encoding="utf-8")
    resealed(stored)
    earlier = ac.open(stored).missing
    assert earlier.schema == TABLES["missing"]
    assert earlier.height == earlier["code"].null_count() == 1
    assert {state for _, state in states(stored, inputs=stored.parent / "in")} == {"checked"}


def test_a_column_that_the_schema_of_a_run_has_is_not_made_up(stored: Path) -> None:
    file = stored / "missing.parquet"
    pl.read_parquet(file).drop("code").write_parquet(file)
    resealed(stored)
    with pytest.raises(VerificationFailed, match="run.damaged"):
        _ = ac.open(stored).missing


def test_a_stored_key_sum_that_would_wrap_is_refused_by_name(stored: Path) -> None:
    changed(stored, "sums", pl.lit(10**28, pl.Decimal(38, 9)).alias("quantity"))
    with pytest.raises(DataRefused, match="sum.overflow"):
        verified(stored)


def test_without_sources_the_last_level_says_so(stored: Path) -> None:
    assert states(stored)[-1] == (3, "not_checked")


def test_a_digest_from_a_report_is_compared(stored: Path) -> None:
    digest = json.loads((stored / "manifest.json").read_text(encoding="utf-8"))["digest"]
    assert states(stored, digest=digest[:16])[1] == (1, "checked")
    assert states(stored, digest="0" * 16)[1] == (1, "different")
    assert states(stored, digest=digest[:8])[1] == (1, "different")  # too short to mean anything


@pytest.fixture
def of_three(tmp_path: Path) -> Path:
    for number, folder in enumerate(("a", "b", "b/c")):
        (tmp_path / "in" / folder).mkdir(parents=True, exist_ok=True)
        rows = [("110000", 2007 + number, "transport", "diesel_oil", "1", "t")]
        table(rows).write_csv(tmp_path / "in" / folder / ("t.csv" if folder != "b/c" else "u.csv"))
    ac.run(tmp_path / "in", factors=["ceads-2018"]).save(tmp_path / "run")
    return tmp_path / "run"


def sources_told(folder: Path, inputs: Path) -> list[tuple[str, str]]:
    return [(level.state, level.en) for level in verified(folder, inputs=inputs) if "sources" in level.en]


def test_every_source_that_is_not_as_it_was_is_named_and_nothing_is_read(of_three: Path) -> None:
    sources = of_three.parent / "in"
    (sources / "b" / "c" / "u.csv").unlink()
    with (sources / "b" / "t.csv").open("a") as changed_source:
        changed_source.write("110000,2009,transport,diesel_oil,1,t\n")
    gone, other, unread = sources_told(of_three, sources)
    assert other[0] == gone[0] == "different"
    assert "in/b/t.csv is not as it was read" in other[1]
    assert "in/b/c/u.csv not found" in gone[1]
    assert unread == ("not_checked", "key sums from sources: not all there, none read")


def test_a_changed_source_is_known_by_its_file_name_in_a_folder_of_another_name(of_three: Path) -> None:
    sources = of_three.parent / "in"
    (sources / "a" / "t.csv").write_text("entity,year\n", encoding="utf-8")
    sources.rename(of_three.parent / "elsewhere")
    told = sources_told(of_three, of_three.parent / "elsewhere")
    assert "in/a/t.csv is not as it was read" in told[0][1]
    assert "elsewhere/a/t.csv" in told[0][1]


@pytest.mark.parametrize("fault", ["changed", "another", "missing"])
def test_the_command_ends_with_5_where_a_source_is_not_as_it_was(
    stored: Path, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source = stored.parent / "in" / "table.csv"
    command = ["verify", str(stored), "--inputs", str(source.parent), "--json"]
    assert invoked(command, "zh") == 0
    if fault == "changed":
        source.write_bytes(source.read_bytes() + b"\n")
    elif fault == "another":
        table([("110000", 2007, "transport", "diesel_oil", "1", "t")]).write_csv(source)
    else:
        source.unlink()
    capsys.readouterr()
    assert invoked(command, "zh") == 5
    told = json.loads(capsys.readouterr().out)
    assert told["exit_code"] == 5
    assert "in/table.csv" in next(level["zh"] for level in told["levels"] if level["state"] == "different")


def test_sources_that_are_not_there_are_different_and_said_to_be_not_checked(stored: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    assert states(stored, inputs=tmp_path / "elsewhere")[-2:] == [(3, "different"), (3, "not_checked")]


def test_a_mapped_source_is_read_again_with_its_mapping(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text("品种,用量\n柴油,5\n", encoding="utf-8")
    mapping = tmp_path / "map.toml"
    mapping.write_text(
        'header = 1\n[columns]\nitem = "品种"\nquantity = "用量"\n'
        '[constants]\nentity = "110000"\nyear = 2007\ncategory = "transport"\nunit = "t"\n',
        encoding="utf-8",
    )
    ac.run(tmp_path / "in", mapping=mapping, factors=["ceads-2018"]).save(tmp_path / "run")
    mapping.unlink()
    assert states(tmp_path / "run", inputs=tmp_path / "in")[-1] == (3, "checked")


def test_a_statement_that_the_project_sets_aside_stays_aside(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / "in" / name).mkdir(parents=True)
        lay_out(tmp_path / "in" / name)
    for book in (tmp_path / "in" / "two").iterdir():
        with book.open("ab") as twin:
            twin.write(b"\0")  # other bytes, the same sheet
    project = tmp_path / "tanfeng.toml"
    project.write_text(
        '[[inputs]]\npath = "in/one"\nuse = true\n[[inputs]]\npath = "in/two"\nuse = false\n[factors]\npacks = ["ceads-2018"]\n',
        encoding="utf-8",
    )
    ac.run(project).save(tmp_path / "run")
    assert states(tmp_path / "run", inputs=tmp_path / "in")[-1] == (3, "checked")


@pytest.mark.parametrize("name", ["sums", "inventory", "activity", "findings"])
def test_a_changed_file_breaks_the_seal(stored: Path, name: str) -> None:
    with (stored / f"{name}.parquet").open("ab") as stream:
        stream.write(b"\0")
    assert states(stored) == [(1, "different"), (2, "not_checked"), (3, "not_checked")]


def test_a_file_that_is_gone_or_new_breaks_the_seal(stored: Path) -> None:
    (stored / "extra.csv").write_text("x")
    assert states(stored)[0] == (1, "different")


TAMPERED = [
    ("inventory", pl.col("mass_t") + pl.lit(Decimal("0.000000000001")).cast(pl.Decimal(38, 12)), 2),
    ("sums", pl.col("quantity") + pl.lit(Decimal("0.000000001")).cast(pl.Decimal(38, 9)), 1),
    ("effective", pl.col("effective_factor") + pl.lit(Decimal("0.000000000000001")).cast(pl.Decimal(38, 15)), 1),
    ("resolution", pl.lit("3.1").alias("value"), 1),
    ("activity", pl.col("quantity") + pl.lit(Decimal("1")).cast(pl.Decimal(38, 9)), 3),
]


@pytest.mark.parametrize(("name", "change", "level"), TAMPERED, ids=[name for name, _, _ in TAMPERED])
def test_a_changed_number_is_found_even_under_a_mended_seal(stored: Path, name: str, change: pl.Expr, level: int) -> None:
    changed(stored, name, change)
    assert (level, "different") in states(stored, inputs=stored.parent / "in")


def test_a_changed_view_is_found(stored: Path) -> None:
    file = stored / "views" / "energy-balance.parquet"
    pl.read_parquet(file).with_columns(pl.col("missing_cells") * 0).write_parquet(file)
    resealed(stored)
    assert (2, "different") in states(stored)


def test_another_source_of_the_same_name_is_not_taken(stored: Path) -> None:
    table([("110000", 2007, "transport", "diesel_oil", "1", "t")]).write_csv(stored.parent / "in" / "table.csv")
    assert states(stored, inputs=stored.parent / "in")[-2:] == [(3, "different"), (3, "not_checked")]


def test_a_folder_without_a_run_and_a_torn_manifest_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="run.not_a_run"):
        verified(tmp_path)
    (tmp_path / "manifest.json").write_text('{"schema_version": 1, "fil')
    with pytest.raises(VerificationFailed, match="run.damaged"):
        verified(tmp_path)


def test_a_run_of_a_frame_is_verified_from_its_rows(tmp_path: Path) -> None:
    run().save(tmp_path / "run")
    assert (3, "checked") in states(tmp_path / "run")


def test_a_copy_that_was_refused_does_not_stand_for_the_file_that_counted(tmp_path: Path) -> None:
    (tmp_path / "in" / "a").mkdir(parents=True)
    other = [("310000", 2007, "transport", "diesel_oil", "2", "t")]
    table().write_csv(tmp_path / "in" / "a" / "table.csv")
    table().write_csv(tmp_path / "in" / "copy.csv")
    table(other).write_csv(tmp_path / "in" / "other.csv")
    made = ac.run(tmp_path / "in", factors=["ceads-2018"]).save(tmp_path / "run")
    assert made.sums.height
    assert states(tmp_path / "run", inputs=tmp_path / "in")[-1] == (3, "checked")


def test_a_table_that_is_referenced_is_checked_by_its_source(tmp_path: Path) -> None:
    rows = {
        "entity": ["110000"],
        "year": [2007],
        "category": ["transport"],
        "item": ["diesel_oil"],
        "quantity": [5.0],
        "unit": ["t"],
    }
    pl.DataFrame(rows).write_parquet(tmp_path / "a.parquet")
    ac.run(tmp_path / "a.parquet", factors=["ceads-2018"]).save(tmp_path / "run")
    assert "not_checked" in {state for _, state in states(tmp_path / "run")}
    assert "not_checked" not in {state for _, state in states(tmp_path / "run", inputs=tmp_path / "a.parquet")}
