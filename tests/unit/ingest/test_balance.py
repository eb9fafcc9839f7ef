"""Balance sheets as the yearbook prints them: what each figure becomes, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from balance_sheets import COLUMNS_2007, COLUMNS_LATER, ROWS_2007, ROWS_LATER, Balance, address, write

from accounting.ingest import balance, balance_rows, sandbox
from accounting.ingest.reading import Reading

TITLE = "6-15  山东能源平衡表(实物量)-2007"
YEARBOOK = Path(__file__).parents[4] / "shared" / "data" / "yearbook-2007"


def read(path: Path, sheet: int = 0) -> Reading:
    document = sandbox.read_workbook(path)
    found = balance.recognised(document.sheets[sheet], path.name)
    assert found is not None
    return balance_rows.reading(found, entity="370000", year=2007, file=path.name, sha256="0" * 64)


def read_sheet(folder: Path, figures: dict[tuple[str, str], object], **unusual: Any) -> Reading:
    return read(write(folder / "a.xlsx", Balance(TITLE, figures, **unusual)))


def amount(reading: Reading, category: str, item: str) -> Decimal:
    rows = reading.activity.filter(pl.col("category") == category, pl.col("item") == item)
    return rows["quantity"].item()


def codes_of(reading: Reading) -> list[str]:
    return [row["code"] for row in reading.rejections]


def balanced(reading: Reading) -> bool:
    told = reading.accepted + reading.rejected + reading.subtotals + reading.set_aside
    return reading.read == told and reading.accepted + reading.transfers == reading.activity.height


def test_each_unit_row_gives_its_base_unit(tmp_path: Path) -> None:
    figures = {("建筑业", "柴油"): 18.68, ("建筑业", "天然气"): 0.35, ("建筑业", "热力"): 125.23,
               ("建筑业", "电力"): 15.52}  # fmt: skip
    reading = read_sheet(tmp_path, figures)
    rows = {row["item"]: (row["quantity"], row["unit"]) for row in reading.activity.to_dicts()}
    assert rows == {
        "diesel_oil": (Decimal("186800.000000000"), "t"),
        "natural_gas": (Decimal("35000.000000000"), "10^3 m3"),
        "heat": (Decimal("1252300.000000000"), "GJ"),
        "electricity": (Decimal("1552000.000000000"), "MWh"),
    }


def test_an_input_to_power_is_positive_and_keeps_the_sign_it_was_reported_with(tmp_path: Path) -> None:
    reading = read_sheet(tmp_path, {("火力发电", "原煤"): -816.17, ("供热", "原煤"): -513.62})
    assert amount(reading, "thermal_power", "raw_coal") == Decimal("8161700")
    assert amount(reading, "heating_supply", "raw_coal") == Decimal("5136200")
    assert reading.activity["reported_value"].to_list() == ["-816.17", "-513.62"]


def test_a_positive_entry_in_power_or_heat_is_an_output(tmp_path: Path) -> None:
    reading = read_sheet(tmp_path, {("火力发电", "电力"): 224.43, ("供热", "热力"): 12951.14, ("火力发电", "热力"): -1})
    assert amount(reading, "thermal_power_output", "electricity") == Decimal("22443000")
    assert amount(reading, "heating_output", "heat") == Decimal("129511400")
    assert amount(reading, "thermal_power", "heat") == Decimal("10000")


def test_a_row_of_fuels_without_their_minus_is_refused_with_cells_and_tonnes(tmp_path: Path) -> None:
    sheet = Balance(TITLE, {("火力发电", "原煤"): 816.17, ("火力发电", "柴油"): 0.5, ("火力发电", "电力"): 224.43,
                            ("供热", "原煤"): -513.62})  # fmt: skip
    reading = read(write(tmp_path / "a.xlsx", sheet))
    assert codes_of(reading) == ["balance.unsigned_inputs"]
    assert reading.rejections[0]["seen"] == "8166700 t"
    assert f"{address(sheet, '火力发电', '原煤')} 816.17 万吨" in reading.rejections[0]["message_zh"]
    assert set(reading.activity["category"]) == {"thermal_power_output", "heating_supply"}
    assert balanced(reading)


def test_a_positive_fuel_among_signed_inputs_is_an_output_and_said(tmp_path: Path) -> None:
    reading = read_sheet(tmp_path, {("火力发电", "原煤"): -816.17, ("火力发电", "柴油"): 0.5})
    assert amount(reading, "thermal_power_output", "diesel_oil") == Decimal("5000")
    assert [(row["code"], row["severity"], row["seen"]) for row in reading.findings] == [
        ("balance.fuel_output", "warning", "5000 t")
    ]


def test_non_energy_use_is_taken_out_of_industry_by_a_transfer_with_the_same_cell(tmp_path: Path) -> None:
    sheet = Balance(TITLE, {("工业", "柴油"): 31.17, ("用作原料、材料", "柴油"): 0.57})
    reading = read(write(tmp_path / "a.xlsx", sheet))
    cell = address(sheet, "用作原料、材料", "柴油")
    moved = reading.activity.filter(pl.col("note") == "transfer").sort("category")
    assert moved["category"].to_list() == ["industry", "non_energy_use"]
    assert moved["quantity"].to_list() == [Decimal("-5700"), Decimal("5700")]
    assert moved["cell"].to_list() == [cell, cell]
    assert (reading.accepted, reading.transfers, reading.activity.height) == (2, 1, 3)


def test_nothing_is_taken_out_of_an_industry_cell_that_was_refused(tmp_path: Path) -> None:
    reading = read_sheet(tmp_path, {("工业", "柴油"): "31,17", ("用作原料、材料", "柴油"): 0.57})
    assert reading.activity["category"].to_list() == ["non_energy_use"]
    assert reading.transfers == 0
    assert balanced(reading)


def test_totals_and_marked_parts_serve_checks_only(tmp_path: Path) -> None:
    figures = {("建筑业", "煤合计"): 15.97, ("建筑业", "原煤"): 15.97, ("四.终端消费量", "原煤"): 15.97,
               ("焦炭再投入量(-)", "焦炭"): -118.93}  # fmt: skip
    reading = read_sheet(tmp_path, figures)
    assert (reading.read, reading.accepted, reading.subtotals) == (4, 1, 3)
    assert reading.findings == []


def test_residential_is_never_counted_beside_town_and_country(tmp_path: Path) -> None:
    figures = {("生活消费", "原煤"): 277, ("城镇", "原煤"): 75, ("乡村", "原煤"): 202}
    reading = read_sheet(tmp_path, figures)
    assert sorted(reading.activity["category"]) == ["rural_residential", "urban_residential"]
    assert reading.activity["quantity"].sum() == Decimal("2770000")


def test_residential_without_town_and_country_is_refused_not_guessed(tmp_path: Path) -> None:
    sheet = Balance(TITLE, {("生活消费", "原煤"): 277, ("生活消费", "汽油"): 0})
    reading = read(write(tmp_path / "a.xlsx", sheet))
    assert [(row["code"], row["cell"]) for row in reading.rejections] == [
        ("balance.parent_only", address(sheet, "生活消费", "原煤"))
    ]
    assert (reading.read, reading.rejected, reading.subtotals) == (2, 1, 1)


def test_other_is_services_only_in_final_consumption(tmp_path: Path) -> None:
    rows = (*ROWS_2007[:10], ("  10.其他", ""), *ROWS_2007[10:])
    sheet = Balance(TITLE, {("  7.其他".strip(), "柴油"): 3}, rows=rows, extra={(9 + 10, 14): 7})
    reading = read(write(tmp_path / "a.xlsx", sheet))
    assert reading.activity["category"].to_list() == ["other_services"]
    assert codes_of(reading) == ["balance.unknown_row"]


def test_a_blank_gives_no_row_and_a_dash_gives_zero(tmp_path: Path) -> None:
    reading = read_sheet(tmp_path, {("建筑业", "柴油"): "-", ("建筑业", "汽油"): 0, ("建筑业", "煤油"): "  "})
    assert dict(reading.activity.select("item", "quantity").iter_rows()) == {"diesel_oil": 0, "gasoline": 0}


def test_a_written_notation_key_is_kept(tmp_path: Path) -> None:
    reading = read_sheet(tmp_path, {("建筑业", "柴油"): "NO"})
    row = reading.activity.row(0, named=True)
    assert (row["notation_key"], row["quantity"]) == ("NO", None)


@pytest.mark.parametrize("seen", ["12.3①", "nan", "…", "1,23"])
def test_a_text_that_is_no_number_is_refused_with_its_address(tmp_path: Path, seen: str) -> None:
    sheet = Balance(TITLE, {("建筑业", "柴油"): seen, ("建筑业", "汽油"): 8.71})
    reading = read(write(tmp_path / "a.xlsx", sheet))
    assert [(row["cell"], row["seen"]) for row in reading.rejections] == [(address(sheet, "建筑业", "柴油"), seen)]
    assert balanced(reading)


def test_a_formula_without_result_is_refused(tmp_path: Path) -> None:
    reading = read_sheet(tmp_path, {("建筑业", "柴油"): "=1+1", ("建筑业", "汽油"): 8.71})
    assert codes_of(reading) == ["cell.formula"]
    assert balanced(reading)


def test_a_figure_in_merged_cells_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", Balance(TITLE, {("建筑业", "汽油"): 8.71, ("建筑业", "柴油"): 1}))
    sheet = sandbox.read_workbook(path).sheets[0]
    cell = next(cell for cell in sheet.cells if cell.text == "8.71")
    merged = replace(sheet, merged=[*sheet.merged, (cell.row, cell.column, cell.row + 1, cell.column)])
    found = balance.recognised(merged, "a.xlsx")
    assert found is not None
    assert [(row["code"], row["cell"]) for row in found.rejections] == [("cell.merged", cell.address)]


def test_an_unknown_row_is_refused_whole_with_near_names(tmp_path: Path) -> None:
    rows = tuple(("  3.建筑", "") if zh.strip() == "3.建筑业" else (zh, en) for zh, en in ROWS_2007)
    reading = read_sheet(tmp_path, {("建筑", "柴油"): 1, ("建筑", "汽油"): 2, ("工业", "柴油"): 3}, rows=rows)
    assert codes_of(reading) == ["balance.unknown_row"]
    assert "建筑业" in reading.rejections[0]["remedy_zh"]
    assert (reading.accepted, reading.rejected) == (1, 2)


def test_an_unknown_column_is_refused_whole(tmp_path: Path) -> None:
    columns = (*COLUMNS_2007, ("可燃冰", "Fire Ice", "万吨"))
    reading = read_sheet(tmp_path, {("建筑业", "可燃冰"): 1, ("工业", "可燃冰"): 2, ("工业", "柴油"): 3}, columns=columns)
    assert codes_of(reading) == ["balance.unknown_column"]
    assert (reading.accepted, reading.rejected) == (1, 2)


def test_figures_beyond_the_last_heading_are_refused(tmp_path: Path) -> None:
    sheet = Balance(TITLE, {("建筑业", "柴油"): 1}, extra={(34, 30): 5})
    assert codes_of(read(write(tmp_path / "a.xlsx", sheet))) == ["balance.unknown_column"]


def test_two_columns_of_one_item_are_both_refused(tmp_path: Path) -> None:
    columns = (*COLUMNS_2007, ("柴 油", "Diesel", "万吨"))
    reading = read_sheet(tmp_path, {("建筑业", "柴油"): 1, ("建筑业", "柴 油"): 2, ("工业", "柴油"): 3}, columns=columns)
    assert codes_of(reading) == ["balance.repeated"]
    assert (reading.accepted, reading.rejected) == (1, 2)


def test_a_column_without_unit_is_refused(tmp_path: Path) -> None:
    columns = tuple((zh, en, "" if zh == "柴油" else unit) for zh, en, unit in COLUMNS_2007)
    reading = read_sheet(tmp_path, {("建筑业", "柴油"): 1, ("建筑业", "汽油"): 2}, columns=columns)
    assert codes_of(reading) == ["balance.no_unit"]
    assert reading.activity["item"].to_list() == ["gasoline"]


def test_of_two_units_in_a_heading_the_one_that_measures_the_item_is_read_and_listed(tmp_path: Path) -> None:
    sheet = Balance(TITLE, {("建筑业", "焦炉煤气"): 0.8}, extra={(4, 8): "(万吨)"})  # beside (108 cu.m)
    reading = read(write(tmp_path / "a.xlsx", sheet))
    assert amount(reading, "construction", "coke_oven_gas") == Decimal("80000")
    assert [row["code"] for row in reading.findings] == ["balance.unit_headings_differ"]


def test_tons_by_the_ten_thousand_are_read_in_a_heading(tmp_path: Path) -> None:
    columns = tuple((zh, en, "" if zh == "柴油" else unit) for zh, en, unit in COLUMNS_2007)
    for place, tons in enumerate(("10 000 tons", "10,000 tons", "10000 tons")):
        sheet = Balance(TITLE, {("建筑业", "柴油"): 18.68}, columns=columns, extra={(8, 14): f"({tons})"})
        reading = read(write(tmp_path / f"{place}.xlsx", sheet))
        assert amount(reading, "construction", "diesel_oil") == Decimal("186800")


def test_tonnes_beside_ten_thousand_tons_are_a_contradiction(tmp_path: Path) -> None:
    columns = tuple((zh, en, "" if zh == "柴油" else unit) for zh, en, unit in COLUMNS_2007)
    both = {(4, 14): "(吨)", (8, 14): "(10 000 tons)"}
    reading = read(write(tmp_path / "a.xlsx", Balance(TITLE, {("建筑业", "柴油"): 18.68}, columns=columns, extra=both)))
    assert codes_of(reading) == ["balance.unit_conflict"]
    assert reading.rejections[0]["seen"] == "吨 / 10 000 tons"


def test_a_unit_that_cannot_be_read_beside_one_that_can_is_said(tmp_path: Path) -> None:
    columns = tuple((zh, en, "" if zh == "柴油" else unit) for zh, en, unit in COLUMNS_2007)
    both = {(4, 14): "(万吨)", (8, 14): "(10 000 barrels)"}
    reading = read(write(tmp_path / "a.xlsx", Balance(TITLE, {("建筑业", "柴油"): 18.68}, columns=columns, extra=both)))
    assert amount(reading, "construction", "diesel_oil") == Decimal("186800")
    assert [(row["code"], row["seen"]) for row in reading.findings] == [("balance.unit_unread", "10 000 barrels")]


@pytest.mark.parametrize("zh", ["汽油", "神秘油"])
def test_a_column_whose_names_disagree_is_refused_with_both(tmp_path: Path, zh: str) -> None:
    columns = (*COLUMNS_2007[:10], (zh, "Diesel Oil", "万吨"))
    reading = read_sheet(tmp_path, {("建筑业", zh): 1, ("工业", zh): 2, ("工业", "原煤"): 3}, columns=columns)
    assert codes_of(reading) == ["balance.names_differ"]
    assert reading.rejections[0]["seen"] == f"{zh} / Diesel Oil"
    assert reading.activity["item"].to_list() == ["raw_coal"]
    assert balanced(reading)


@pytest.mark.parametrize("zh", ["3.工业", "3.采矿业"])
def test_a_row_whose_names_disagree_is_refused_with_both(tmp_path: Path, zh: str) -> None:
    rows = tuple((f"  {zh}", "  Construction") if label == "  3.建筑业" else (label, en) for label, en in ROWS_2007)
    sheet = Balance(TITLE, {("城镇", "柴油"): 3}, rows=rows, extra={(33, 14): 1})
    reading = read(write(tmp_path / "a.xlsx", sheet))
    assert codes_of(reading) == ["balance.names_differ"]
    assert reading.rejections[0]["seen"] == f"{zh[2:]} / Construction"
    assert reading.activity["category"].to_list() == ["urban_residential"]


def test_a_refusal_names_every_lost_figure_with_its_cell(tmp_path: Path) -> None:
    rows = tuple(("  3.建筑", "") if zh.strip() == "3.建筑业" else (zh, en) for zh, en in ROWS_2007)
    figures = {("建筑", column): place + 0.5 for place, (column, _, _) in enumerate(COLUMNS_2007)}
    sheet = Balance(TITLE, figures, rows=rows)
    message = read(write(tmp_path / "a.xlsx", sheet)).rejections[0]["message_zh"]
    assert all(f"{address(sheet, '建筑', column)} {value}" in message for (_, column), value in figures.items())


def test_a_list_that_is_cut_says_how_many_more(tmp_path: Path) -> None:
    items = [zh for zh, _, _ in COLUMNS_2007 if "合计" not in zh]  # 20
    figures = {("建筑业", zh): 1 for zh in items} | {("四.终端消费量", zh): 5 for zh in items}
    told = {row["code"]: row["message_en"] for row in read_sheet(tmp_path, figures, hidden_rows=(33,)).findings}
    assert told["sheet.hidden_cells"].endswith("… +8")
    assert told["balance.total_differs"].endswith("… +8")


def test_a_residential_total_beside_refused_parts_says_so(tmp_path: Path) -> None:
    sheet = Balance(TITLE, {("生活消费", "柴油"): 9, ("城镇", "柴油"): "=1/0", ("工业", "柴油"): 1})
    reading = read(write(tmp_path / "a.xlsx", sheet))
    told = next(row["message_zh"] for row in reading.rejections if row["code"] == "balance.parent_only")
    assert "为空" not in told
    assert address(sheet, "城镇", "柴油") in told


def test_a_unit_given_once_holds_for_the_sheet(tmp_path: Path) -> None:
    sheet = Balance("6-15 山东能源平衡表(标准量)-2007", {("建筑业", "柴油"): 1}, unit="万吨标准煤")
    found = balance.recognised(sandbox.read_workbook(write(tmp_path / "a.xlsx", sheet)).sheets[0], "a.xlsx")
    assert found is not None
    assert found.measure == "standard_coal"
    assert [entry.column.unit for entry in found.entries] == ["万吨标准煤"]


def test_a_sheet_without_english_is_read_alike(tmp_path: Path) -> None:
    figures = {("建筑业", "柴油"): 18.68, ("其他", "原煤"): 1.5}
    both = read_sheet(tmp_path / "1", figures)
    chinese = read_sheet(tmp_path / "2", figures, english=False)
    assert both.activity["quantity"].to_list() == chinese.activity["quantity"].to_list()


def test_the_later_rows_and_columns_are_known(tmp_path: Path) -> None:
    figures = {(zh.strip(), column): -1 for zh, _ in ROWS_LATER for column, _, _ in COLUMNS_LATER}
    reading = read_sheet(tmp_path, figures, rows=ROWS_LATER, columns=COLUMNS_LATER)
    assert codes_of(reading) == []
    assert reading.read == len(ROWS_LATER) * len(COLUMNS_LATER)
    assert balanced(reading)


def test_notes_below_the_table_are_no_figures(tmp_path: Path) -> None:
    reading = read_sheet(tmp_path, {("建筑业", "柴油"): 1}, below=("注：1.本表数据为初步数。", "资料来源：2008年年鉴"))
    assert (reading.read, reading.rejections) == (1, [])


def test_figures_in_hidden_rows_are_read_and_listed(tmp_path: Path) -> None:
    reading = read_sheet(tmp_path, {("建筑业", "柴油"): 1, ("工业", "柴油"): 2}, hidden_rows=(33,))
    assert reading.accepted == 2
    assert [row["code"] for row in reading.findings] == ["sheet.hidden_cells"]


def test_a_total_that_differs_is_one_finding_with_count_gap_and_sign(tmp_path: Path) -> None:
    figures = {("四.终端消费量", "柴油"): 10.5, ("四.终端消费量", "汽油"): 5.5, ("工业", "柴油"): 12.5,
               ("工业", "汽油"): 4.5}  # fmt: skip
    told = [row for row in read_sheet(tmp_path, figures).findings if row["code"] == "balance.total_differs"]
    assert len(told) == 1
    assert "2 cells" in told[0]["message_en"]
    assert "-2 " in told[0]["message_en"]


def test_float_noise_in_a_computed_total_is_no_difference(tmp_path: Path) -> None:
    figures = {("四.终端消费量", "柴油"): 0.1 + 0.2, ("工业", "柴油"): 0.1, ("建筑业", "柴油"): 0.2}
    assert read_sheet(tmp_path, figures).findings == []


def test_a_negative_final_use_is_kept_and_warned_of(tmp_path: Path) -> None:
    reading = read_sheet(tmp_path, {("建筑业", "柴油"): -1.5})
    assert amount(reading, "construction", "diesel_oil") == Decimal("-15000")
    assert [row["code"] for row in reading.findings] == ["balance.negative_use"]


def test_a_province_table_of_another_kind_is_no_balance(tmp_path: Path) -> None:
    sheet = Balance("各地区能源消费", {}, rows=(("北京", ""), ("天津", ""), ("河北", ""), ("山西", "")))
    document = sandbox.read_workbook(write(tmp_path / "a.xlsx", sheet))
    assert balance.recognised(document.sheets[0], "a.xlsx") is None


needs_yearbook = pytest.mark.skipif(not YEARBOOK.is_dir(), reason="the ten yearbook sheets are not here")
CELLS = {  # read, accepted, subtotals, transfers: counted in the sheets
    "110000": (321, 208, 113, 8),
    "130000": (383, 262, 121, 15),
    "210000": (336, 221, 115, 12),
    "310000": (335, 221, 114, 0),
    "320000": (330, 211, 119, 6),
    "370000": (317, 204, 113, 0),
    "440000": (341, 222, 119, 13),
    "500000": (240, 146, 94, 0),
    "510000": (261, 162, 99, 4),
    "640000": (233, 132, 101, 1),
}


@needs_yearbook
@pytest.mark.parametrize("code", sorted(CELLS))
def test_every_cell_of_a_yearbook_sheet_is_accounted_for(code: str) -> None:
    reading = read(YEARBOOK / f"{code}.xls")
    assert (reading.read, reading.accepted, reading.subtotals, reading.transfers) == CELLS[code]
    assert reading.rejections == []


@needs_yearbook
def test_figures_of_the_yearbook_stand_as_printed() -> None:
    beijing = read(YEARBOOK / "110000.xls")
    assert amount(beijing, "transport", "diesel_oil") == Decimal("1026300")  # O36: 102.63 万吨
    assert amount(beijing, "urban_residential", "natural_gas") == Decimal("848000")  # S39: 8.48 亿立方米
    assert amount(beijing, "thermal_power", "raw_coal") == Decimal("8161700")  # D22: -816.17 万吨
    industry = beijing.activity.filter(pl.col("category") == "industry", pl.col("item") == "other_petroleum_products")
    assert industry["quantity"].sum() == Decimal("628600")  # T33 306.99 less T34 244.13
    assert industry["cell"].to_list() == ["T33", "T34"]
