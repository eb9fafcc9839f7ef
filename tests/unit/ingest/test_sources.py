"""The files of a batch: one name each, what is declared of them, and what stands in the way of reading them."""

from __future__ import annotations

import os
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest

from accounting import hashing
from accounting.errors import EnvironmentFault, UsageError
from accounting.ingest import sources as stage
from accounting.ingest.intake import Intake, intake
from accounting.ingest.sources import sources
from accounting.project import load

HEAD = "entity,year,category,item,quantity,unit\n"
ROW = "370000,2007,construction,diesel_oil,1,t\n"


def table(path: Path, text: str = ROW) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def taken(*paths: Path, **options: Any) -> Intake:
    return intake(sources(list(paths), **options))


def names(*paths: Path) -> list[str]:
    return [source.name for source in sources(list(paths))]


def test_an_absolute_file_is_named_with_its_folder(tmp_path: Path) -> None:
    assert names(table(tmp_path / "data" / "t.csv")) == ["data/t.csv"]


def test_files_of_one_name_are_told_apart_by_the_folders_above_them(tmp_path: Path) -> None:
    for place in ("a/data/t.csv", "d/data/t.csv", "d/data/other.csv"):
        table(tmp_path / place)
    assert names(tmp_path / "a" / "data", tmp_path / "d" / "data") == ["a/data/t.csv", "d/data/t.csv", "data/other.csv"]


def test_a_lengthened_name_is_no_name_of_another_file(tmp_path: Path) -> None:
    for place in ("x/a/data/t.csv", "d/data/t.csv", "y/a/data/t.csv"):
        table(tmp_path / place)
    found = names(tmp_path / "x/a/data", tmp_path / "d/data", tmp_path / "y/a")
    assert found == ["d/data/t.csv", "x/a/data/t.csv", "y/a/data/t.csv"]


def test_a_drive_tells_files_apart_like_a_folder() -> None:
    files = {PureWindowsPath(f"{drive}:/data/t.csv"): "data/t.csv" for drive in "CD"}
    assert list(stage._unlike(files).values()) == ["C/data/t.csv", "D/data/t.csv"]


def test_a_name_never_leads_out_of_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table(tmp_path / "t.csv")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert names(Path("../t.csv")) == [f"{tmp_path.name}/t.csv"]


def test_one_file_reached_in_two_ways_is_one(tmp_path: Path) -> None:
    table(tmp_path / "data" / "t.csv")
    (tmp_path / "link").symlink_to(tmp_path / "data")
    assert names(tmp_path / "data", tmp_path / "link" / "t.csv", tmp_path / "data" / ".." / "data") == ["data/t.csv"]


def test_the_same_bytes_under_one_name_count_once(tmp_path: Path) -> None:
    for place in ("a/data/t.csv", "d/data/t.csv"):
        table(tmp_path / place)
    found = taken(tmp_path / "a" / "data", tmp_path / "d" / "data")
    assert found.rejections.select("code", "file").rows() == [("file.twice", "d/data/t.csv")]
    assert [(one["name"], one["refused"], len(one["sheets"])) for one in found.inputs] == [
        ("a/data/t.csv", False, 1),
        ("d/data/t.csv", True, 0),
    ]
    assert found.sums.height == 1


def test_files_of_one_name_keep_their_own_accounts_and_copies(tmp_path: Path) -> None:
    table(tmp_path / "a/data/t.csv", ROW + ROW.replace("diesel_oil", "gasoline"))
    table(tmp_path / "d/data/t.csv", ROW.replace("2007", "2008"))
    found = taken(tmp_path / "a" / "data", tmp_path / "d" / "data")
    assert [(one["name"], [sheet["read"] for sheet in one["sheets"]]) for one in found.inputs] == [
        ("a/data/t.csv", [2]),
        ("d/data/t.csv", [1]),
    ]
    assert found.paths == {f"{top}/data/t.csv": tmp_path / top / "data" / "t.csv" for top in ("a", "d")}


@pytest.mark.parametrize("said", ["北京", " 110000 ", "Beijing"])
def test_a_declared_entity_is_read_as_in_a_column(tmp_path: Path, said: str) -> None:
    path = table(tmp_path / "t.csv")
    path.write_text("category,item,quantity,unit\nconstruction,diesel_oil,1,t\n")
    assert taken(path, entity=said, year=2007).sums["entity"].to_list() == ["110000"]
    (tmp_path / "tanfeng.toml").write_text(f'[[inputs]]\npath = "t.csv"\nentity = "{said}"\nyear = 2007', encoding="utf-8")
    found = sources([], load(tmp_path), entity="110000")
    assert [source.declared.entity for source in found] == ["110000"]


@pytest.mark.parametrize(
    ("said", "code"), [("999999", "entity.unknown_code"), ("0110", "entity.code_shape"), ("鼓楼区", "entity.ambiguous_name")]
)
def test_a_declared_entity_that_is_none_cannot_be_meant(tmp_path: Path, said: str, code: str) -> None:
    path = table(tmp_path / "t.csv")
    with pytest.raises(UsageError) as raised:
        sources([path], entity=said)
    assert (raised.value.code, raised.value.exit_code) == (code, 2)
    (tmp_path / "tanfeng.toml").write_text(f'[[inputs]]\npath = "t.csv"\nentity = "{said}"', encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        sources([], load(tmp_path))
    assert (raised.value.code, raised.value.where.file) == (code, "t.csv")


@pytest.mark.parametrize("name", ["klingon", "base64"])
def test_an_encoding_that_is_none_cannot_be_meant(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError) as raised:
        sources([table(tmp_path / "t.csv")], encoding=name)
    assert (raised.value.code, raised.value.exit_code) == ("file.unknown_encoding", 2)


def test_a_folder_without_a_table_is_named_with_what_lies_in_it(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "说明.docx").write_bytes(b"x")
    found = taken(tmp_path, tmp_path / "empty").findings
    assert set(found.select("code", "severity", "file").rows()) == {
        ("folder.no_tables", "warning", tmp_path.as_posix()),
        ("folder.no_tables", "warning", (tmp_path / "empty").as_posix()),
        ("file.no_table", "info", f"{tmp_path.name}/说明.docx"),
    }
    table(tmp_path / "t.csv")
    assert "folder.no_tables" not in taken(tmp_path).findings["code"].to_list()


@pytest.fixture
def forbidden(monkeypatch: pytest.MonkeyPatch):
    """Files of these names may not be opened (the superuser may open any, so permissions alone test nothing)."""

    def close(*shut: str) -> None:
        opened = hashing.hashed

        def hashed(file: Path) -> tuple[str, int]:
            if file.name in shut:
                raise PermissionError(13, "Permission denied", str(file))
            return opened(file)

        monkeypatch.setattr(hashing, "hashed", hashed)

    return close


def test_a_file_that_may_not_be_read_is_refused_and_the_others_are_computed(tmp_path: Path, forbidden: Any) -> None:
    table(tmp_path / "a.csv")
    table(tmp_path / "b.csv")
    forbidden("b.csv")
    found = taken(tmp_path)
    assert found.rejections.select("code", "file").rows() == [("file.no_permission", f"{tmp_path.name}/b.csv")]
    assert found.sums.height == 1
    assert [one["refused"] for one in found.inputs] == [False, True]
    assert list(found.paths) == [f"{tmp_path.name}/a.csv"]


def test_where_no_file_may_be_read_the_environment_is_at_fault(tmp_path: Path, forbidden: Any) -> None:
    path = table(tmp_path / "a.csv")
    forbidden("a.csv")
    with pytest.raises(EnvironmentFault) as raised:
        taken(path)
    assert (raised.value.code, raised.value.exit_code) == ("file.no_permission", 6)


def test_a_folder_that_may_not_be_listed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table(tmp_path / "a.csv")
    table(tmp_path / "shut" / "b.csv")
    scan = os.scandir

    def scandir(path: Any) -> Any:
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    refused = taken(tmp_path).rejections
    assert refused.select("code", "file").rows() == [("file.no_permission", f"{tmp_path.name}/shut")]


def test_a_link_that_leads_nowhere_is_said(tmp_path: Path) -> None:
    table(tmp_path / "a.csv")
    (tmp_path / "b.csv").symlink_to(tmp_path / "gone.csv")
    refused = taken(tmp_path).rejections
    assert refused.select("code", "file").rows() == [("disk.fault", f"{tmp_path.name}/b.csv")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes in folders")
def test_a_pipe_in_a_folder_is_never_opened(tmp_path: Path) -> None:
    table(tmp_path / "a.csv")
    os.mkfifo(tmp_path / "b.csv")
    assert taken(tmp_path).sums.height == 1
