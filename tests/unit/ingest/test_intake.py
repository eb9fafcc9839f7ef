"""A batch of files: whose and when, what competes, what adds up, and that no cell is lost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from balance_sheets import Balance, write

from accounting.errors import InvariantBroken, UsageError
from accounting.ingest import taking, union
from accounting.ingest.intake import Intake, intake, sources
from accounting.project import load

FIGURES = {("建筑业", "柴油"): 18.68, ("工业", "原煤"): 684.26, ("四.终端消费量", "柴油"): 18.68}
HEAD = "entity,year,category,item,quantity,unit\n"


def title(year: int, kind: str = "实物量", place: str = "山东") -> str:
    return f"6-15 {place}能源平衡表({kind})-{year}"


def taken(*paths: Path, **options: Any) -> Intake:
    return intake(sources(list(paths), **options))


def codes_of(found: Intake) -> list[str]:
    return sorted(found.rejections["code"])


def diesel(found: Intake) -> list[Decimal]:
    return found.sums.filter(pl.col("item") == "diesel_oil").sort("entity", "year")["quantity"].to_list()


def account(found: Intake) -> dict[str, int]:
    return next(stage for stage in found.stages if stage["stage"] == "read")


def project(folder: Path, *inputs: str, tables: str = "") -> Any:
    text = "\n".join(f"[[inputs]]\n{one}" for one in inputs)
    (folder / "tanfeng.toml").write_text(f"{text}\n{tables}", encoding="utf-8")
    return load(folder / "tanfeng.toml")


def table(path: Path, *rows: str) -> Path:
    path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_ten_yearbooks_of_one_file_name_hold_the_years_that_their_titles_say(tmp_path: Path) -> None:
    for edition in range(2014, 2024):
        write(tmp_path / f"年鉴{edition}" / "6-15.xlsx", Balance(title(edition - 1), FIGURES))
    found = taken(tmp_path)
    assert sorted(set(found.sums["year"])) == list(range(2013, 2023))
    assert codes_of(found) == []
    assert diesel(found) == [Decimal("186800")] * 10
    assert sorted(sheet["edition"] for one in found.inputs for sheet in one["sheets"]) == [
        str(edition) for edition in range(2014, 2024)
    ]


def test_physical_and_standard_quantity_in_one_workbook_count_once(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.xlsx",
        Balance(title(2007), FIGURES, name="实物量"),
        Balance(title(2007, "标准量"), FIGURES, name="标准量", unit="万吨标准煤"),
    )
    found = taken(path)
    assert diesel(found) == [Decimal("186800")]
    assert codes_of(found) == []
    assert found.findings["code"].to_list() == ["statement.set_aside"]
    assert (account(found)["read"], account(found)["set_aside"]) == (6, 3)


def test_a_standard_quantity_sheet_is_set_aside_while_two_physical_ones_compete(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", Balance(title(2007), FIGURES))
    write(tmp_path / "b.xlsx", Balance(title(2007), {("建筑业", "柴油"): 20}))
    write(tmp_path / "c.xlsx", Balance(title(2007, "标准量"), FIGURES, unit="万吨标准煤"))
    found = taken(tmp_path)
    assert codes_of(found) == ["statement.twice", "statement.twice"]
    assert found.sums.is_empty()


def test_one_year_from_two_editions_is_refused_with_the_number_of_differing_cells(tmp_path: Path) -> None:
    write(tmp_path / "年鉴2008" / "6-15.xlsx", Balance(title(2007), FIGURES))
    write(
        tmp_path / "年鉴2009" / "6-15.xlsx",
        Balance(title(2007), {**FIGURES, ("建筑业", "柴油"): 20, ("建筑业", "汽油"): 1}),
    )
    found = taken(tmp_path)
    assert codes_of(found) == ["statement.twice", "statement.twice"]
    assert found.sums.is_empty()
    assert "differs from" in found.rejections["message_en"][0]
    assert "in 2 cells" in found.rejections["message_en"][0]
    assert account(found)["rejected"] == account(found)["read"] == 7


def test_the_project_says_which_edition_is_used(tmp_path: Path) -> None:
    write(tmp_path / "年鉴2008" / "6-15.xlsx", Balance(title(2007), FIGURES))
    write(tmp_path / "年鉴2009" / "6-15.xlsx", Balance(title(2007), {("建筑业", "柴油"): 20}))
    plan = project(tmp_path, 'path = "年鉴2008/6-15.xlsx"', 'path = "年鉴2009/6-15.xlsx"\nuse = true')
    found = intake(sources([], plan), project=plan)
    assert diesel(found) == [Decimal("200000")]
    assert codes_of(found) == []
    assert found.findings["code"].to_list() == ["statement.not_used"]


def test_an_edition_that_is_not_to_be_used_is_set_aside(tmp_path: Path) -> None:
    write(tmp_path / "1" / "a.xlsx", Balance(title(2007), FIGURES))
    write(tmp_path / "2" / "a.xlsx", Balance(title(2007), {("建筑业", "柴油"): 20}))
    plan = project(tmp_path, 'path = "1/a.xlsx"', 'path = "2/a.xlsx"\nuse = false')
    assert diesel(intake(sources([], plan), project=plan)) == [Decimal("186800")]


def test_a_title_that_contradicts_the_file_name_refuses_the_sheet_with_both(tmp_path: Path) -> None:
    found = taken(write(tmp_path / "110000.xlsx", Balance(title(2007), FIGURES)))
    assert codes_of(found) == ["evidence.entity_conflict"]
    assert found.rejections["seen"][0] == "370000 / 110000"
    assert (account(found)["read"], account(found)["rejected"]) == (3, 3)


def test_a_file_name_gives_what_the_sheet_does_not_say_and_is_listed(tmp_path: Path) -> None:
    found = taken(write(tmp_path / "370000_2007.xlsx", Balance("能源平衡表(实物量)", FIGURES)))
    assert found.sums.select("entity", "year").unique().rows() == [("370000", 2007)]
    assert sorted(found.findings["code"]) == ["evidence.entity_from_name", "evidence.year_from_name"]


def test_options_declare_and_never_filter(tmp_path: Path) -> None:
    unlabelled = write(tmp_path / "x.xlsx", Balance("能源平衡表(实物量)", FIGURES))
    assert taken(unlabelled, entity="370000", year=2007).sums.height == 2
    labelled = write(tmp_path / "y.xlsx", Balance(title(2007), FIGURES))
    assert codes_of(taken(labelled, year=2008)) == ["evidence.year_conflict"]
    assert codes_of(taken(labelled, entity="110000")) == ["evidence.entity_conflict"]


def test_a_year_option_for_two_unlabelled_sheets_cannot_be_meant(tmp_path: Path) -> None:
    for name in ("110000.xlsx", "370000.xlsx"):
        write(tmp_path / name, Balance("能源平衡表(实物量)", {("建筑业", "柴油"): len(name) + int(name[0])}))
    with pytest.raises(UsageError) as raised:
        taken(tmp_path, year=2007)
    assert raised.value.code == "evidence.year_for_many"


def test_a_sheet_that_says_neither_place_nor_year_is_refused_for_both(tmp_path: Path) -> None:
    found = taken(write(tmp_path / "x.xlsx", Balance("能源平衡表", FIGURES)))
    assert codes_of(found) == ["evidence.no_entity", "evidence.no_year"]


def test_a_code_that_did_not_exist_in_the_year_is_refused_with_its_successor(tmp_path: Path) -> None:
    found = taken(write(tmp_path / "341400.xlsx", Balance("能源平衡表-2015", FIGURES)))  # 巢湖 was divided in 2011
    assert codes_of(found) == ["entity.code_not_valid_in_year"]


def test_the_same_bytes_twice_count_once(tmp_path: Path) -> None:
    first = write(tmp_path / "a.xlsx", Balance(title(2007), FIGURES))
    (tmp_path / "b.xlsx").write_bytes(first.read_bytes())
    found = taken(tmp_path)
    assert codes_of(found) == ["file.twice"]
    assert diesel(found) == [Decimal("186800")]


def test_a_file_given_by_itself_and_by_its_folder_is_one(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", Balance(title(2007), FIGURES))
    assert codes_of(taken(tmp_path, path)) == []


def test_a_stray_sheet_of_numbers_is_one_warning(tmp_path: Path) -> None:
    stray = Balance("Coal Consumption", {}, name="Sheet2", columns=(), rows=())
    path = tmp_path / "370000.xlsx"
    write(path, Balance(title(2007), FIGURES), replace(stray, columns=FEW, extra=NUMBERS))
    found = taken(path)
    assert codes_of(found) == ["sheet.unrecognised"]
    assert found.rejections["severity"].to_list() == ["warning"]
    assert found.sums.height == 2


FEW = (("a", "", ""), ("b", "", ""))
NUMBERS = {(row, 1): row * 1.5 for row in range(20, 50)} | {(row, 3): row * 2.5 for row in range(20, 50)}


def test_a_hidden_sheet_is_listed_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write(path, Balance(title(2007), FIGURES), Balance(title(2006), FIGURES, name="旧", hidden=True))
    found = taken(path)
    assert set(found.sums["year"]) == {2007}
    assert found.findings["code"].to_list() == ["sheet.hidden"]


def test_lock_files_and_hidden_files_are_skipped_and_listed(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", Balance(title(2007), FIGURES))
    for name in ("~$a.xlsx", ".b.xlsx", "说明.docx"):
        (tmp_path / name).write_bytes(b"x")
    found = taken(tmp_path)
    assert sorted(found.findings["code"]) == ["file.hidden", "file.lock", "file.no_table"]
    assert codes_of(found) == []


def test_a_correction_changes_the_figure_before_it_is_read(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", Balance(title(2007), FIGURES))
    (tmp_path / "corrections.toml").write_text(
        '[[correction]]\nfile = "a.xlsx"\nsheet = "Sheet1"\ncell = "O34"\nexpect = "18.68"\nuse = "1.868"\n'
        'reason = "小数点错位"\nsource = "函"\nby = "张三"\non = 2024-03-05\n',
        encoding="utf-8",
    )
    plan = project(tmp_path, 'path = "a.xlsx"', tables='[tables]\ncorrections = "corrections.toml"')
    found = intake(sources([], plan), project=plan)
    assert diesel(found) == [Decimal("18680")]
    assert found.corrections.select("expect", "use").rows() == [("18.68", "1.868")]


def test_a_correction_that_fits_two_files_refuses_no_good_cell(tmp_path: Path) -> None:
    for edition, figure in (("1", 18.68), ("2", 20)):
        write(tmp_path / edition / "a.xlsx", Balance(title(2006 + int(edition)), {**FIGURES, ("建筑业", "柴油"): figure}))
    correction = (
        '[[correction]]\nfile = "{}"\nsheet = "Sheet1"\ncell = "O34"\nexpect = "18.68"\nuse = "1.868"\n'
        'reason = "小数点错位"\nsource = "函"\nby = "张三"\non = 2024-03-05\n'
    )
    plan = project(tmp_path, 'path = "1"', 'path = "2"', tables='[tables]\ncorrections = "corrections.toml"')
    (tmp_path / "corrections.toml").write_text(correction.format("a.xlsx"), encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        intake(sources([], plan), project=plan)
    assert (raised.value.code, raised.value.seen) == ("correction.ambiguous", "1/a.xlsx › Sheet1; 2/a.xlsx › Sheet1")
    (tmp_path / "corrections.toml").write_text(correction.format("1/a.xlsx"), encoding="utf-8")
    assert diesel(intake(sources([], plan), project=plan)) == [Decimal("18680"), Decimal("200000")]


def test_a_stale_correction_is_told_once(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", Balance(title(2007), FIGURES))
    (tmp_path / "corrections.toml").write_text(
        '[[correction]]\nfile = "a.xlsx"\nsheet = "Sheet1"\ncell = "O34"\nexpect = "1"\nuse = "1.868"\n'
        'reason = "小数点错位"\nsource = "函"\nby = "张三"\non = 2024-03-05\n',
        encoding="utf-8",
    )
    plan = project(tmp_path, 'path = "a.xlsx"', tables='[tables]\ncorrections = "corrections.toml"')
    found = intake(sources([], plan), project=plan)
    assert found.rejections.select("code", "cell").rows() == [("correction.stale", "O34")]


def test_two_like_tables_of_one_workbook_are_named_by_their_sheets(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        for name in ("甲", "乙"):
            page = book.add_worksheet(name)
            page.write_row(0, 0, HEAD.strip().split(","))
            page.write_row(1, 0, ("370000", 2007, "industry", "coke", 5, "t"))
    warned = taken(tmp_path / "a.xlsx").findings.filter(pl.col("code") == "table.repeated")
    assert warned["sheet"].to_list() == ["乙"]
    assert "a.xlsx › 甲" in warned["message_en"][0]


def test_long_tables_add_up(tmp_path: Path) -> None:
    table(tmp_path / "a.csv", "370000,2007,construction,diesel_oil,1,万吨")
    table(tmp_path / "b.csv", "370000,2007,construction,diesel_oil,2,万吨", "370000,2007,industry,coke,5,万吨")
    assert diesel(taken(tmp_path)) == [Decimal("30000")]


def test_a_key_in_a_statement_and_in_a_table_is_refused_in_both(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", Balance(title(2007), FIGURES))
    table(
        tmp_path / "b.csv",
        "370000,2007,construction,diesel_oil,1,万吨",
        "370000,2007,transport,diesel_oil,4,万吨",
    )
    found = taken(tmp_path)
    assert codes_of(found) == ["statement.and_table", "statement.and_table"]
    assert diesel(found) == [Decimal("40000")]


def test_a_table_that_is_said_to_add_to_a_statement_adds(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", Balance(title(2007), FIGURES))
    table(tmp_path / "b.csv", "370000,2007,construction,diesel_oil,1,万吨")
    plan = project(tmp_path, 'path = "a.xlsx"', 'path = "b.csv"\nadds = true')
    found = intake(sources([], plan), project=plan)
    assert codes_of(found) == []
    assert diesel(found) == [Decimal("196800")]


def test_a_whole_and_its_part_are_both_refused_with_both_addresses(tmp_path: Path) -> None:
    table(
        tmp_path / "a.csv", "370000,2007,industry,raw_coal,10,万吨", "370000,2007,industry,anthracite,4,万吨",
        "370000,2007,industry,coke,5,万吨",
    )  # fmt: skip
    found = taken(tmp_path)
    assert codes_of(found) == ["key.parent_and_child"] * 2
    assert found.sums["item"].to_list() == ["coke"]
    assert account(found)["rejected"] == 2


def test_what_is_left_over_stands_beside_what_is_named_in_one_table(tmp_path: Path) -> None:
    rows = ("370000,2007,industry,other_gas,1,亿立方米", "370000,2007,industry,blast_furnace_gas,2,亿立方米")
    alone = taken(table(tmp_path / "a.csv", *rows))
    assert codes_of(alone) == []
    assert alone.findings.select("code", "severity", "seen").rows() == [
        ("key.rest_and_part", "warning", "other_gas blast_furnace_gas 1")
    ]
    table(tmp_path / "a.csv", rows[0])
    table(tmp_path / "b.csv", rows[1])
    assert codes_of(taken(tmp_path)) == ["key.parent_and_child"] * 2


def test_two_tables_with_the_same_figures_are_a_warning_with_the_amount(tmp_path: Path) -> None:
    same = ("370000,2007,construction,diesel_oil,1.5,万吨", "370000,2007,industry,coke,5,万吨")
    table(tmp_path / "a.csv", *same)
    table(tmp_path / "b.csv", *same, "370000,2007,industry,gasoline,7,万吨")
    warned = taken(tmp_path).findings.filter(pl.col("code") == "table.repeated")
    assert warned["severity"].to_list() == ["warning"]
    assert warned["seen"].to_list() == ["65000 t"]


def test_one_equal_figure_among_many_is_no_warning(tmp_path: Path) -> None:
    items = ("diesel_oil", "gasoline", "coke")
    table(tmp_path / "a.csv", *(f"370000,2007,industry,{item},{n + 1},万吨" for n, item in enumerate(items)))
    table(tmp_path / "b.csv", *(f"370000,2007,industry,{item},{3 * n + 1},万吨" for n, item in enumerate(items)))
    assert "table.repeated" not in taken(tmp_path).findings["code"].to_list()


def test_a_cell_that_is_lost_stops_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = taking.balance_rows.reading

    def losing(*args: Any, **options: Any) -> Any:
        reading = real(*args, **options)
        return replace(reading, activity=reading.activity.head(1))

    monkeypatch.setattr(taking.balance_rows, "reading", losing)
    with pytest.raises(InvariantBroken) as raised:
        taken(write(tmp_path / "a.xlsx", Balance(title(2007), FIGURES)))
    assert raised.value.code == "conservation.rows"


def test_sums_that_do_not_equal_their_rows_stop_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = union.ledger.key_sums
    monkeypatch.setattr(union.ledger, "key_sums", lambda given: real(given).head(1))
    with pytest.raises(InvariantBroken) as raised:
        taken(
            write(tmp_path / "a.xlsx", Balance(title(2007), FIGURES)), write(tmp_path / "b.xlsx", Balance(title(2008), FIGURES))
        )
    assert raised.value.code == "conservation.sums"
