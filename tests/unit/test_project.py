"""The project file: strict, relative to itself, with the line of a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from accounting import project
from accounting.errors import UsageError

WHOLE = """
view = "energy-balance"
gwp = "AR5"
[[inputs]]
path = "年鉴/*/6-11.xls"
edition = "2014"
entity = "110000"
year = 2013
status = "final"
map = "map.toml"
use = true
[[inputs]]
path = "long.csv"
adds = true
[factors]
packs = ["ceads-2018", "own/pack"]
[tables]
corrections = "corrections.toml"
accepted = "accepted.toml"
entities = "entities.csv"
parameters = "own/parameters.xlsx"
splits = "splits.parquet"
[coal]
split = "bituminous"
[[parts]]
whole = "330100"
of = ["P1", "P2"]
[[parts]]
whole = "330200"
of = ["P3"]
adds = true
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "tanfeng.toml"
    file.write_text(text, encoding="utf-8")
    return file


def refusal(folder: Path, text: str) -> UsageError:
    with pytest.raises(UsageError) as raised:
        project.load(written(folder, text))
    assert raised.value.exit_code == 2
    return raised.value


def test_a_whole_project_is_read(tmp_path: Path) -> None:
    read = project.load(written(tmp_path, WHOLE))
    first, second = read.inputs
    assert (read.views, read.gwp, read.strict) == (("energy-balance",), "AR5", False)
    assert (first.edition, first.entity, first.year, first.status) == ("2014", "110000", 2013, "final")
    assert first.map == tmp_path / "map.toml"
    assert (first.use, first.adds, second.use, second.adds) == (True, False, None, True)
    assert read.packs == ("ceads-2018", str(tmp_path / "own/pack"))
    assert read.corrections == tmp_path / "corrections.toml"
    assert read.accepted == tmp_path / "accepted.toml"
    assert (read.entities, read.splits) == (tmp_path / "entities.csv", tmp_path / "splits.parquet")
    assert read.parameters == tmp_path / "own/parameters.xlsx"
    assert read.coal_split == "bituminous"
    assert read.wholes == (project.Whole("330100", ("P1", "P2")), project.Whole("330200", ("P3",), adds=True))


def test_the_short_form_lists_paths(tmp_path: Path) -> None:
    read = project.load(written(tmp_path, '[inputs]\npaths = ["data", "more.csv"]'))
    assert [one.path for one in read.inputs] == ["data", "more.csv"]


def test_a_folder_stands_for_its_project_file(tmp_path: Path) -> None:
    written(tmp_path, 'view = ["energy-balance", "gpc"]')
    assert project.load(tmp_path).views == ("energy-balance", "gpc")


def test_patterns_are_relative_to_the_file_and_sorted(tmp_path: Path) -> None:
    home = tmp_path / "a[1]"
    for year in ("2014", "2013"):
        (home / "年鉴" / year).mkdir(parents=True)
        (home / "年鉴" / year / "6-11.xls").touch()
    files = project.load(written(home, '[inputs]\npaths = ["年鉴/*/6-11.xls"]')).inputs[0].files()
    assert [file.parent.name for file in files] == ["2013", "2014"]


def test_a_name_with_brackets_that_exists_is_no_pattern(tmp_path: Path) -> None:
    (tmp_path / "表[1].xls").touch()
    (tmp_path / "表1.xls").touch()
    files = project.load(written(tmp_path, '[inputs]\npaths = ["表[1].xls"]')).inputs[0].files()
    assert [file.name for file in files] == ["表[1].xls"]


def test_a_pattern_without_a_file_is_said(tmp_path: Path) -> None:
    read = project.load(written(tmp_path, '[inputs]\npaths = ["*.xls"]'))
    with pytest.raises(UsageError) as raised:
        read.inputs[0].files()
    assert raised.value.code == "project.no_file"


@pytest.mark.parametrize(
    ("text", "code", "line", "near"),
    [
        ('veiw = "gpc"', "project.unknown_key", "line 1", "view"),
        ('view = "gpc"\n[factor]\n', "project.unknown_key", "line 2", "factors"),
        ('[[inputs]]\npath = "a"\nentitty = "1"', "project.unknown_key", "line 3", "entity"),
        ('[tables]\n\naccepts = "a"', "project.unknown_key", "line 3", "accepted"),
        ('[tables]\ndrivers = "d.csv"', "project.not_served", "line 2", None),
        ('[coal]\nsplit = "bituminus"', "project.word", "line 2", "bituminous"),
        ('[coal]\nsplits = "bituminous"', "project.unknown_key", "line 2", "split"),
        ('[[parts]]\nwhole = "330100"', "project.parts_demanded", "line 1", None),
        ('[[parts]]\nwhole = "330100"\nof = []', "project.parts_demanded", "line 1", None),
        ('[[parts]]\nwhole = "330100"\nof = "P1"', "project.kind", "line 3", None),
        ('[parts]\nwhole = "330100"', "project.kind", "line 1", None),
        ("[[inputs]]\npath = 3", "project.kind", "line 2", None),
        ('[[inputs]]\npath = "a"\nentity = 110000', "project.kind", "line 3", None),
        ('[[inputs]]\npath = "a"\nyear = true', "project.kind", "line 3", None),
        ('[[inputs]]\npath = "a"\nuse = "yes"', "project.kind", "line 3", None),
        ('[factors]\npacks = "gwp"', "project.kind", "line 2", None),
        ('inputs = ["a"]', "project.kind", "line 1", None),
        ('[[inputs]]\nyear = 2010', "project.path_demanded", "line 1", None),
        ('[[inputs]]\npath = "a"\nstatus = "finall"', "project.word", "line 3", "final"),
        ('gwp = "AR7"', "project.word", "line 1", "AR"),
        ("\nview = 1 2", "project.syntax", "line 2", None),
    ],
)  # fmt: skip
def test_what_is_not_known_is_refused_with_its_line(tmp_path: Path, text: str, code: str, line: str, near: str | None) -> None:
    error = refusal(tmp_path, text)
    assert (error.code, error.where.cell) == (code, line)
    assert near is None or near in error.remedy


def test_a_project_that_is_not_there_or_not_utf8_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        project.load(tmp_path / "tanfeng.toml")
    assert raised.value.code == "project.missing"
    (tmp_path / "tanfeng.toml").write_bytes('view = "能源平衡"'.encode("gb18030"))
    with pytest.raises(UsageError) as raised:
        project.load(tmp_path)
    assert raised.value.code == "project.encoding"


def test_the_next_run_stands_above_the_highest(tmp_path: Path) -> None:
    read = project.load(written(tmp_path, ""))
    assert project.next_run(read) == tmp_path / "runs" / "0001"
    for name in ("0002", "0010", "tmp-0099", "STANDING"):
        (tmp_path / "runs" / name).mkdir(parents=True)
    assert project.next_run(read) == tmp_path / "runs" / "0011"
