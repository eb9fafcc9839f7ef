"""What people open is in their words and cannot run; what programs read is the table to the last digit."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from sample_run import cell, sample_run

from accounting.errors import UsageError
from accounting.export import export_run, write_table
from accounting.export.people import for_people, with_names
from accounting.ingest.sandbox import read_workbook
from accounting.quality.published import PUBLISHED
from accounting.quality.reconcile import compared
from accounting.tables import TABLES, frame


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def test_people_get_names_beside_ids_and_wan_beside_tonnes(tmp_path: Path) -> None:
    export_run(sample_run(), tmp_path / "out")
    diesel = next(r for r in rows_of(tmp_path / "out" / "inventory.csv") if r["排放量(t)"].startswith("3175186"))
    assert diesel["地区代码"] == "110000"
    assert (diesel["地区"], diesel["部门"], diesel["品种"]) == ("北京", "交通运输、仓储和邮政业", "柴油")
    assert (diesel["排放量(t)"], diesel["排放量(万吨)"]) == ("3175186.439700000001", "317.5186")


def test_a_total_that_lacks_cells_says_so_in_its_row(tmp_path: Path) -> None:
    export_run(sample_run(), tmp_path / "out")
    rows = rows_of(tmp_path / "out" / "energy-balance.csv")
    total = next(r for r in rows if r["行"] == "能源活动合计" and r["地区"] == "北京" and not r["品种编码"])
    assert total["完整性"] == "不完整 (缺 1 项)"


def test_the_files_say_what_the_factors_are(tmp_path: Path) -> None:
    export_run(sample_run(), tmp_path / "out")
    text = (tmp_path / "out" / "about.csv").read_text(encoding="utf-8-sig")
    assert "因子包,ceads-2018 研究 研究数据反推因子, 非官方核算口径" in text.replace('"', "")
    assert "电力口径" not in text
    assert "59.0%" in text


def test_files_for_people_have_a_mark_and_files_for_programs_have_none(tmp_path: Path) -> None:
    export_run(sample_run(), tmp_path / "people")
    export_run(sample_run(), tmp_path / "programs", machine=True)
    assert (tmp_path / "people" / "inventory.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert (tmp_path / "programs" / "inventory.csv").read_bytes().startswith(b"entity,year,")


@pytest.mark.parametrize("name", ["inventory", "rejections", "findings", "resolution", "sums", "energy-balance"])
def test_a_program_reads_back_the_table_as_it_was(tmp_path: Path, name: str) -> None:
    run = sample_run()
    export_run(run, tmp_path / "out", machine=True)
    table = run.views[name] if name in run.views else run.tables[name]
    schema = TABLES["view" if name in run.views else name]
    read = pl.read_csv(tmp_path / "out" / f"{name}.csv", schema=schema)
    assert read.sort(pl.all()).equals(table.sort(pl.all()))


def test_a_run_can_be_added_up_again_from_the_machine_files(tmp_path: Path) -> None:
    export_run(sample_run(), tmp_path / "out", machine=True, tables=["inventory", "energy-balance"])
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["energy-balance.csv", "inventory.csv"]
    cells = [r for r in rows_of(tmp_path / "out" / "inventory.csv") if r["entity"] == "110000" and r["mass_t"]]
    total = next(
        r
        for r in rows_of(tmp_path / "out" / "energy-balance.csv")
        if (r["entity"], r["row"], r["item"], r["gas"]) == ("110000", "total", "", "CO2")
    )
    assert sum(Decimal(r["mass_t"]) for r in cells) == Decimal(total["mass_t"]) == Decimal("4712898.788100000001")


@pytest.mark.parametrize("start", ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1", "－x", "＠x", " =1", "\u200b=1"])
def test_text_that_would_run_is_made_harmless(start: str) -> None:
    table = for_people(frame("rejections", [{"code": "x", "seen": start}]), "zh")
    assert table["看到"][0] == "'" + start


@pytest.mark.parametrize("text", ["-35.73", "+4", "12", "安全", "5 t", "2007"])
def test_numbers_and_plain_text_stay(text: str) -> None:
    assert for_people(frame("rejections", [{"seen": text}]), "zh")["看到"][0] == text


def test_the_workbook_holds_text_and_no_formula_and_the_same_bytes(tmp_path: Path) -> None:
    one = export_run(sample_run(), tmp_path / "one", form="xlsx")[0]
    two = export_run(sample_run(), tmp_path / "two", form="xlsx")[0]
    assert one.read_bytes() == two.read_bytes()
    document = read_workbook(one)
    assert [sheet.name for sheet in document.sheets][:2] == ["about", "energy-balance"]
    assert document.problems == []
    texts = {c.text for sheet in document.sheets for c in sheet.cells if c.kind == "text"}
    assert {"3175186.439700000001", "北京"} <= texts


def test_english_words_and_headings(tmp_path: Path) -> None:
    export_run(sample_run(), tmp_path / "out", lang="en")
    row = rows_of(tmp_path / "out" / "findings.csv")[0]
    assert "message" in row
    assert "说明" not in row
    assert rows_of(tmp_path / "out" / "inventory.csv")[0]["entity name"] == "Beijing"


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError) as error:
        export_run(sample_run(), tmp_path)
    assert error.value.code == "export.not_empty"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("given", "code"),
    [({"form": "ods"}, "export.format"), ({"tables": ["inventary"]}, "export.unknown_table")],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_written(
    tmp_path: Path, given: dict[str, object], code: str
) -> None:
    with pytest.raises(UsageError) as error:
        export_run(sample_run(), tmp_path / "out", **given)  # type: ignore[arg-type]
    assert error.value.code == code
    assert not (tmp_path / "out").exists()


def test_more_rows_than_a_worksheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounting.export.workbook.MOST_ROWS", 3)
    with pytest.raises(UsageError) as error:
        export_run(sample_run(), tmp_path / "out", form="xlsx")
    assert error.value.code == "export.too_many_rows"
    assert not (tmp_path / "out").exists()


def comparison() -> pl.DataFrame:
    row = {
        "entity": "110000", "year": 2007, "category": "transport", "item": "diesel_oil", "view": "energy-balance",
        "gas": "CO2", "value": "3.175186", "unit": "Mt", "tolerance": "0.000001", "published_t": Decimal("3175186"),
    }  # fmt: skip
    published = pl.DataFrame({n: pl.Series([row.get(n)], dtype=k) for n, k in PUBLISHED.items()})
    return compared(
        sample_run([cell("110000", "transport", "diesel_oil", "3175186.4397")]).tables["inventory"], published
    ).table


@pytest.mark.parametrize("name", ["compared.csv", "compared.xlsx", "compared.parquet"])
def test_one_table_goes_into_the_kind_of_file_that_its_name_says(tmp_path: Path, name: str) -> None:
    write_table(comparison(), tmp_path / "new" / name)
    assert (tmp_path / "new" / name).stat().st_size > 0


def test_a_comparison_begins_with_its_verdict() -> None:
    row = with_names(comparison()).row(0, named=True)
    assert next(iter(row.items())) == ("verdict", "一致 equal")
    assert (row["entity"], row["entity_name"], row["item_name"]) == ("110000", "北京", "柴油")


def test_a_name_without_a_known_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        write_table(comparison(), tmp_path / "compared.doc")
    assert error.value.code == "export.file_kind"
