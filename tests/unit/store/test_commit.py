"""A run is written whole or not at all, and never over another."""

import errno
import getpass
import json
import platform
import shutil
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small import ROWS, run, table

import accounting as ac
from accounting import system
from accounting.errors import EnvironmentFault, UsageError
from accounting.runs import open_run
from accounting.store import commit, manifest
from accounting.tables import TABLES, as_made

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


def test_coded_words_are_strings_to_whoever_opens_the_file(tmp_path: Path) -> None:
    made = run().save(tmp_path / "result")
    assert [dtype for dtype in as_made(made.tables)["inventory"].dtypes if isinstance(dtype, pl.Enum)]
    for file in ("inventory.parquet", "views/energy-balance.parquet"):
        path = tmp_path / "result" / file
        assert not [kind for kind in pq.read_schema(path).types if pa.types.is_dictionary(kind)]
        assert duckdb.sql(f"select typeof(entity) from '{path}' limit 1").fetchall() == [("VARCHAR",)]
        assert pq.read_table(path)["entity"].to_pylist() == pl.read_parquet(path)["entity"].to_list()
    assert pl.read_parquet(tmp_path / "result" / "inventory.parquet").equals(made.inventory)


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


@pytest.mark.parametrize("torn", ["", '{"schema_version": 1, "fil', "[]", "{}", '{"a": NaN}', "\x00"])
def test_a_torn_manifest_is_another_run_and_stays_as_it_is(tmp_path: Path, torn: str) -> None:
    (tmp_path / "result").mkdir()
    (tmp_path / "result" / "manifest.json").write_text(torn)
    with pytest.raises(UsageError, match="out.other_run"):
        run().save(tmp_path / "result")
    assert (tmp_path / "result" / "manifest.json").read_text() == torn


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "result").write_text("mine")
    with pytest.raises(UsageError, match="out.not_empty"):
        run().save(tmp_path / "result")


def test_what_can_never_hold_a_run_is_told_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="out.not_empty"):
        commit.refuse_foreign(tmp_path)
    commit.refuse_foreign(tmp_path / "new")  # nothing there: may be written


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


def test_the_empty_folder_of_a_link_is_used_and_the_link_stays(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "result").symlink_to(tmp_path / "disk")
    run().save(tmp_path / "result")
    assert (tmp_path / "result").is_symlink()
    assert open_run(tmp_path / "disk").inventory.height == 3


def test_a_name_with_brackets_is_a_name_and_no_pattern(tmp_path: Path) -> None:
    run().save(tmp_path / "year=2007" / "结果[1]*")
    assert open_run(tmp_path / "year=2007" / "结果[1]*").sums.columns == list(TABLES["sums"])


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


def test_the_error_of_a_parquet_writer_is_told_as_that_of_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise pl.exceptions.ComputeError("parquet: underlying IO error: No space left on device (os error 28)")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(EnvironmentFault, match="disk.full"):
        run().save(tmp_path / "result")
    assert list(tmp_path.iterdir()) == []


def test_a_mount_point_is_told_with_a_name_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy")

    monkeypatch.setattr(system, "rename_whole", busy)
    (tmp_path / "result").mkdir()
    with pytest.raises(UsageError) as caught:
        run().save(tmp_path / "result")
    assert (caught.value.code, caught.value.facts["inside"]) == ("out.mount_point", str(tmp_path / "result" / "run"))


def faster(monkeypatch: pytest.MonkeyPatch, rows: list[tuple]) -> None:
    """Another writer finishes in the same place, just before this one gives its folder the name."""
    rename, there = system.rename_whole, run(rows)

    def late(source: Path, target: Path) -> None:
        monkeypatch.setattr(system, "rename_whole", rename)
        there.save(target)
        rename(source, target)

    monkeypatch.setattr(system, "rename_whole", late)


def test_where_another_writer_was_faster_with_the_same_result_theirs_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faster(monkeypatch, ROWS)
    assert run().save(tmp_path / "result").inventory.height == 3
    assert [entry.name for entry in tmp_path.iterdir()] == ["result"]


def test_where_another_writer_was_faster_with_another_result_ours_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faster(monkeypatch, OTHER)
    with pytest.raises(UsageError, match="out.other_run"):
        run().save(tmp_path / "result")
    assert open_run(tmp_path / "result").digest == run(OTHER).digest
    assert [entry.name for entry in tmp_path.iterdir()] == ["result"]


def stored_by_hand(folder: Path, **tables: pl.DataFrame) -> commit.Written:
    made = run()
    return commit.write_run(folder, {**made.tables, **tables}, made.views, made.manifest)


def test_dictionaries_are_written_as_plain_strings(tmp_path: Path) -> None:
    coded = run().tables["sums"].with_columns(pl.col("category").cast(pl.Categorical()))
    stored_by_hand(tmp_path / "result", sums=coded)
    assert dict(pl.read_parquet_schema(tmp_path / "result" / "sums.parquet")) == TABLES["sums"]


def test_a_table_in_parts_reads_as_one(tmp_path: Path) -> None:
    stored_by_hand(tmp_path / "result")
    rows = pl.read_parquet(tmp_path / "result" / "inventory.parquet")
    (tmp_path / "result" / "inventory.parquet").unlink()
    (tmp_path / "result" / "inventory.parquet").mkdir()
    for number in range(rows.height):
        rows.slice(number, 1).write_parquet(tmp_path / "result" / "inventory.parquet" / f"part-{number:05d}.parquet")
    told = json.loads((tmp_path / "result" / "manifest.json").read_text(encoding="utf-8"))
    (tmp_path / "result" / "manifest.json").write_text(
        manifest.text(manifest.sealed(told, tmp_path / "result")), encoding="utf-8"
    )
    assert open_run(tmp_path / "result").inventory.equals(rows)


def test_copies_of_inputs_are_those_that_were_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    table().write_csv(tmp_path / "in" / "表.csv")
    made = ac.run(tmp_path / "in", factors=["ceads-2018"])
    made.save(tmp_path / "kept", copy_inputs=True)
    assert (tmp_path / "kept" / "inputs" / "in" / "表.csv").read_bytes() == (tmp_path / "in" / "表.csv").read_bytes()
    (tmp_path / "in" / "表.csv").write_text("changed")
    with pytest.raises(EnvironmentFault, match="input.changed"):
        made.save(tmp_path / "again", copy_inputs=True)
    assert not (tmp_path / "again").exists()


def test_the_manifest_says_nothing_of_clock_host_user_and_folder(tmp_path: Path) -> None:
    for place in ("here", "there"):
        (tmp_path / place / "in").mkdir(parents=True)
        table().write_csv(tmp_path / place / "in" / "table.csv")
        ac.run(tmp_path / place / "in", factors=["ceads-2018"]).save(tmp_path / place / "result")
    texts = [(tmp_path / place / "result" / "manifest.json").read_text(encoding="utf-8") for place in ("here", "there")]
    assert texts[0] == texts[1]
    assert not [word for word in (str(tmp_path), getpass.getuser() + "@", platform.node()) if word and word in texts[0]]


def test_next_free_counts_on(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r-2").mkdir()
    assert commit.next_free(tmp_path / "r") == tmp_path / "r-3"


def test_a_run_can_be_moved(tmp_path: Path) -> None:
    run().save(tmp_path / "a")
    shutil.move(tmp_path / "a", tmp_path / "b")
    assert open_run(tmp_path / "b").inventory.height == 3
