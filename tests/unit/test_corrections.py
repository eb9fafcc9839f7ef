"""Corrections: applied where they still fit, refused where they do not, never a guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from accounting import corrections
from accounting.errors import UsageError, Where
from accounting.ingest.cells import Cell, Sheet
from accounting.tables import TABLES

SHA = "ab" * 32
ONE = """
[[correction]]
file = "370200.xls"
sheet = "实物量"
cell = "F17"
expect = "4126.4"
use = 412.64
reason = "小数点错位"
source = "市统计局函"
by = "张三"
on = 2024-03-05
"""


def read(folder: Path, text: str) -> tuple[corrections.Correction, ...]:
    file = folder / "corrections.toml"
    file.write_text(text, encoding="utf-8")
    return corrections.load(file)


def sheet(text: str = "4126.4", kind: str = "number", name: str = "实物量") -> Sheet:
    return Sheet(name, 0, cells=[Cell(17, 1, "text", "工业"), Cell(17, 6, kind, text)])


def test_a_correction_replaces_what_it_expects_and_says_so(tmp_path: Path) -> None:
    done = corrections.corrected(sheet(), read(tmp_path, ONE), file="data/370200.xls", sha256=SHA)
    assert done.sheet.cells[1] == Cell(17, 6, "text", "412.64")
    assert [(f["code"], f["severity"], f["cell"], f["seen"], f["used"]) for f in done.findings] == [
        ("correction.applied", "info", "F17", "4126.4", "412.64")
    ]
    assert done.rejections == []
    assert set(done.applied[0]) == set(TABLES["corrections"])
    assert (done.applied[0]["on"], done.applied[0]["sha256"]) == ("2024-03-05", SHA)


def test_a_stale_correction_refuses_its_cell_and_guesses_nothing(tmp_path: Path) -> None:
    done = corrections.corrected(sheet("500"), read(tmp_path, ONE), file="370200.xls", sha256=SHA)
    assert [(r["code"], r["cell"], r["seen"]) for r in done.rejections] == [("correction.stale", "F17", "500")]
    assert (done.sheet.cells[1].kind, done.applied) == ("error", [])


def test_a_number_cell_is_compared_as_a_number_and_a_text_as_text(tmp_path: Path) -> None:
    known = read(tmp_path, ONE.replace('"4126.4"', '"4126.40"'))
    assert corrections.corrected(sheet(), known, file="370200.xls", sha256=SHA).applied
    assert not corrections.corrected(sheet(kind="text"), known, file="370200.xls", sha256=SHA).applied


def test_a_blank_cell_can_be_filled(tmp_path: Path) -> None:
    known = read(tmp_path, ONE.replace('cell = "F17"', "row = 18\ncolumn = 2").replace('"4126.4"', '""'))
    done = corrections.corrected(sheet(), known, file="370200.xls", sha256=SHA)
    assert done.sheet.cells[-1] == Cell(18, 2, "text", "412.64")


def test_a_unit_is_kept_for_its_cell(tmp_path: Path) -> None:
    done = corrections.corrected(sheet(), read(tmp_path, ONE + 'unit = "吨"'), file="370200.xls", sha256=SHA)
    assert done.units == {(17, 6): "吨"}


@pytest.mark.parametrize(
    ("file", "fits"),
    [("370200.xls", True), ("a/370200.xls", True), ("1370200.xls", False), ("other.xls", False)],
)
def test_a_file_is_named_by_its_path_or_its_content(tmp_path: Path, file: str, fits: bool) -> None:
    assert bool(corrections.of_files(read(tmp_path, ONE), {file: SHA})[file]) is fits
    by_hash = read(tmp_path, ONE.replace("370200.xls", SHA.upper()))
    assert corrections.of_files(by_hash, {file: SHA, "b.xls": "cd" * 32}) == {file: by_hash, "b.xls": ()}


def test_a_whole_name_comes_before_the_ending_of_another(tmp_path: Path) -> None:
    files = {"370200.xls": "ab" * 32, "old/370200.xls": "cd" * 32}
    known = read(tmp_path, ONE)
    assert corrections.of_files(known, files) == {"370200.xls": known, "old/370200.xls": ()}


def test_one_that_fits_two_sheets_asks_which_is_meant(tmp_path: Path) -> None:
    (known,) = read(tmp_path, ONE)
    places = [Where("a/370200.xls", "实物量"), Where("b/370200.xls", "实物量")]
    corrections.one_place_each([(known, places[0])])
    with pytest.raises(UsageError) as raised:
        corrections.one_place_each([(known, place) for place in places])
    assert (raised.value.code, raised.value.exit_code) == ("correction.ambiguous", 2)
    assert raised.value.seen == "a/370200.xls › 实物量; b/370200.xls › 实物量"
    assert "SHA-256" in raised.value.remedy


def test_two_that_name_one_cell_differently_cannot_be_meant(tmp_path: Path) -> None:
    known = read(tmp_path, ONE + ONE.replace("370200.xls", SHA).replace("412.64", "4.1264"))
    with pytest.raises(UsageError) as raised:
        corrections.corrected(sheet(), known, file="370200.xls", sha256=SHA)
    assert (raised.value.code, raised.value.seen) == ("correction.twice", "412.64 / 4.1264")


def test_what_was_not_used_is_a_warning(tmp_path: Path) -> None:
    known = read(tmp_path, ONE)
    assert [f["severity"] for f in corrections.unused(known, [])] == ["warning"]
    assert corrections.unused(known, known) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ONE.replace('by = "张三"\n', ""), "correction.demanded"),
        (ONE.replace('"小数点错位"', '" "'), "correction.demanded"),
        (ONE.replace("reason", "reasn"), "correction.unknown_key"),
        (ONE.replace("[[correction]]", "[[corections]]"), "correction.unknown_key"),
        (ONE.replace('"F17"', '"17F"'), "correction.address"),
        (ONE.replace('cell = "F17"\n', "row = 3\n"), "correction.address"),
        (ONE.replace('cell = "F17"', 'cell = "F17"\nrow = 3'), "correction.address"),
        (ONE.replace("412.64", "true"), "correction.kind"),
        (ONE.replace("2024-03-05", '"2026-13-41"'), "correction.date"),
        (ONE + ONE, "correction.twice"),
        ("[[correction", "correction.syntax"),
    ],
)
def test_a_correction_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(UsageError) as raised:
        read(tmp_path, text)
    assert raised.value.code == code


def test_digits_are_kept_as_they_were_written(tmp_path: Path) -> None:
    assert read(tmp_path, ONE.replace("412.64", "412.640"))[0].use == "412.640"
