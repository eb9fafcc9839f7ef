"""A run is written whole or not at all, and never over another."""

import shutil
from pathlib import Path

import polars as pl
import pytest
from small import ROWS, run

from accounting import system
from accounting.errors import EnvironmentFault, UsageError
from accounting.runs import open_run
from accounting.store import commit
from accounting.tables import TABLES

OTHER = [(*ROWS[0][:4], "1", "t")]


def test_a_saved_run_reads_back_the_same(tmp_path: Path) -> None:
    made = run()
    saved = made.save(tmp_path / "result")
    again = open_run(tmp_path / "result")
    assert again.digest == made.digest == saved.digest
    for name in made.tables:
        assert again.tables[name].equals(made.tables[name])
    assert again.views["energy-balance"].equals(made.views["energy-balance"])


def test_files_hold_the_types_of_the_contract(tmp_path: Path) -> None:
    run().save(tmp_path / "result")
    for name in ("activity", "sums", "effective", "resolution", "inventory", "findings", "rejections", "corrections"):
        assert dict(pl.read_parquet_schema(tmp_path / "result" / f"{name}.parquet")) == TABLES[name]


def test_nothing_else_is_left_beside_a_run(tmp_path: Path) -> None:
    run().save(tmp_path / "result")
    assert [entry.name for entry in tmp_path.iterdir()] == ["result"]


def test_the_same_result_is_not_written_twice(tmp_path: Path) -> None:
    run().save(tmp_path / "result")
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "result").rglob("*")}
    run().save(tmp_path / "result")
    assert before == {p: p.stat().st_mtime_ns for p in (tmp_path / "result").rglob("*")}


def test_another_run_is_never_overwritten_and_the_next_name_is_told(tmp_path: Path) -> None:
    run().save(tmp_path / "result")
    with pytest.raises(UsageError) as caught:
        run(OTHER).save(tmp_path / "result")
    assert (caught.value.code, caught.value.facts["free"]) == ("out.other_run", str(tmp_path / "result-2"))


def test_a_damaged_run_of_the_same_result_is_not_taken_for_it(tmp_path: Path) -> None:
    run().save(tmp_path / "result")
    (tmp_path / "result" / "sums.parquet").write_bytes(b"x")
    with pytest.raises(UsageError, match="out.other_run"):
        run().save(tmp_path / "result")


@pytest.mark.parametrize("name", ["notes.txt", "manifest.json.bak"])
def test_a_folder_with_something_else_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "result").mkdir()
    (tmp_path / "result" / name).write_text("mine")
    with pytest.raises(UsageError, match="out.not_empty"):
        run().save(tmp_path / "result")
    assert (tmp_path / "result" / name).read_text() == "mine"


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "result").mkdir()
    run().save(tmp_path / "result")
    assert open_run(tmp_path / "result").ok is False


@pytest.mark.parametrize("stage", ["flush_file", "rename_whole"])
def test_a_fault_while_writing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(system, stage, broken)
    with pytest.raises(EnvironmentFault, match="disk.full"):
        run().save(tmp_path / "result")
    assert list(tmp_path.iterdir()) == []


def test_what_a_dead_writer_left_is_swept_and_a_living_one_is_not(tmp_path: Path) -> None:
    dead, living = tmp_path / ".tmp-999999999-0123abcd", tmp_path / ".tmp-1-0123abcd"
    dead.mkdir()
    living.mkdir()
    run().save(tmp_path / "result")
    assert not dead.exists()
    assert living.exists()


def test_next_free_counts_on(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r-2").mkdir()
    assert commit.next_free(tmp_path / "r") == tmp_path / "r-3"


def test_a_run_can_be_moved(tmp_path: Path) -> None:
    run().save(tmp_path / "a")
    shutil.move(tmp_path / "a", tmp_path / "b")
    assert open_run(tmp_path / "b").inventory.height == 3
