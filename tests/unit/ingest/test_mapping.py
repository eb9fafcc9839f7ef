"""map.toml: any other layout, described once, judged like every table."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from tables_as_sheets import refused, sheet

from accounting.errors import UsageError
from accounting.ingest import mapping
from accounting.ingest.cells import Merged, Sheet
from accounting.ingest.reading import Reading
from accounting.ingest.sources import Declared, Source

WIDE = """
sheet = "消费"
header = [2, 3]
skip = ["^其中"]
footnotes = "strip"
[columns]
category = "^行业"
[constants]
entity = "370200"
[wide]
columns = '^能源 (.+?)\\((.+)\\)$'
"""
TABLE = """
青岛市2023年能源消费
行业,能源,,
,原煤(万吨),柴油（吨）,天然气
工业,1.5,20①,3
其中：制造业,1,1,1
交通运输,,30,
"""


def read(folder: Path, text: str, table: Sheet) -> Reading:
    file = folder / "map.toml"
    file.write_text(text, encoding="utf-8")
    source = Source(Path("t.xls"), "t.xls", "5a" * 32, 1, Declared(map=file))
    return mapping.read_mapped(table, source, [])


def wide(name: str = "能源消费") -> Sheet:
    made = sheet(TABLE, name)
    made.merged = [Merged(2, 2, 2, 4), Merged(2, 1, 3, 1)]
    return made


def test_a_block_of_columns_becomes_rows_under_merged_heads(tmp_path: Path) -> None:
    made = read(tmp_path, WIDE, wide())
    assert made.activity.select("entity", "year", "category", "item", "quantity", "cell").rows() == [
        ("370200", 2023, "industry", "raw_coal", Decimal(15000), "B4"),
        ("370200", 2023, "industry", "diesel_oil", Decimal(20), "C4"),
        ("370200", 2023, "transport", "diesel_oil", Decimal(30), "C6"),
    ]
    assert made.activity["row_id"].is_unique().all()
    assert (made.layout, made.read, made.accepted, made.rejected) == ("mapping", 3, 3, 0)


def test_what_the_mapping_leaves_out_skips_or_strips_is_listed(tmp_path: Path) -> None:
    made = read(tmp_path, WIDE, wide())
    assert {f["code"]: f["seen"] for f in made.findings} == {
        "mapping.rows_skipped": "1",
        "header.not_read": "能源 天然气 (D)",
    }
    assert [(c.code, c.count, c.cells) for c in made.counts] == [("mapping.footnotes_stripped", 1, ["能源消费!C4"])]


def test_a_row_that_is_refused_for_its_words_lists_its_figures_once(tmp_path: Path) -> None:
    table = sheet(TABLE.replace("交通运输,,30,", "某行业,7,30,"), "能源消费")
    table.merged = [Merged(2, 2, 2, 4), Merged(2, 1, 3, 1)]
    made = read(tmp_path, WIDE, table)
    assert [(row["code"], row["cell"], row["seen"]) for row in made.rejections] == [
        ("category.unknown", "A6", "某行业 (B6 7, C6 30)")
    ]
    assert (made.read, made.rejected) == (4, 2)


def test_the_row_of_units_is_no_data(tmp_path: Path) -> None:
    text = WIDE.replace("header = [2, 3]", "header = [2]").replace("'^能源 (.+?)\\((.+)\\)$'", "'^(原煤|柴油)$'\nunit_row = 3")
    made = read(tmp_path, text, sheet("青岛市2023年能源消费\n行业,原煤,柴油\n,万吨,吨\n工业,1.5,20", "能源消费"))
    assert made.rejections == []
    assert made.activity.select("item", "quantity").rows() == [("raw_coal", Decimal(15000)), ("diesel_oil", Decimal(20))]
    assert made.read == 2


def test_without_permission_a_footnote_mark_is_refused(tmp_path: Path) -> None:
    made = read(tmp_path, WIDE.replace('footnotes = "strip"', ""), wide())
    assert refused(made) == [("number.footnote", "C4")]


def test_a_head_that_names_no_item_is_told_once_at_the_head(tmp_path: Path) -> None:
    made = read(tmp_path, WIDE, sheet(TABLE.replace("柴油", "木头").replace("行业,能源,,", "行业,能源,能源,"), "消费"))
    assert refused(made) == [("item.unknown", "C3")]
    assert made.rejected == 2


def test_years_across_and_constants(tmp_path: Path) -> None:
    text = """
header = 1
[columns]
item = "品种"
unit = "单位"
[constants]
entity = "park-1"
category = "industry"
[wide]
columns = '^(20..)年$'
are = "year"
"""
    made = read(tmp_path, text, sheet("品种,单位,2021年,2022年\n柴油,吨,1,2\n汽油,吨,,x"))
    assert made.activity.select("year", "item", "quantity").rows() == [
        (2021, "diesel_oil", Decimal(1)),
        (2022, "diesel_oil", Decimal(2)),
    ]
    assert [cell for _, cell in refused(made)] == ["D3"]


def test_a_unit_row_gives_the_units(tmp_path: Path) -> None:
    text = """
header = 1
[columns]
category = "部门"
[constants]
entity = "park-1"
year = 2022
[wide]
columns = "煤|油"
unit_row = 2
"""
    made = read(tmp_path, text, sheet("部门,原煤,柴油\n,万吨,吨\n工业,1,2"))
    assert made.activity["quantity"].to_list() == [Decimal(10000), Decimal(2)]


def test_industry_may_be_said_to_be_net(tmp_path: Path) -> None:
    text = "header = 1\n[columns]\n" + "\n".join(
        f'{field} = "^{heading}$"'
        for field, heading in zip(
            ("entity", "year", "category", "item", "quantity", "unit"),
            ("甲", "乙", "丙", "丁", "戊", "己"),
            strict=True,
        )
    )
    table = sheet("甲,乙,丙,丁,戊,己\npark-1,2022,工业,原煤,5,t\npark-1,2022,non_energy_use,原煤,2,t")
    assert read(tmp_path, text, table).transfers == 1
    assert read(tmp_path, 'industry = "net"\n' + text, table).transfers == 0


def test_another_sheet_is_listed_and_not_read(tmp_path: Path) -> None:
    made = read(tmp_path, WIDE, wide("人口"))
    assert ([f["code"] for f in made.findings], made.read) == (["mapping.other_sheet"], 0)


@pytest.mark.parametrize(
    ("change", "code"),
    [(("^行业", "^部门"), "mapping.no_column"), (("^行业", "^能源|行业"), "mapping.several_columns"),
     (("^能源 (", "^没有 ("), "mapping.no_column")],
)  # fmt: skip
def test_a_column_that_cannot_be_found_refuses_the_sheet(tmp_path: Path, change: tuple[str, str], code: str) -> None:
    made = read(tmp_path, WIDE.replace(*change), wide())
    assert [c for c, _ in refused(made)] == [code]
    assert made.read == made.rejected == 3


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("footnotes", "footnote"), "mapping.unknown_key"),
        (("category =", "catgory ="), "mapping.unknown_key"),
        (('"strip"', '"keep"'), "mapping.kind"),
        (("[2, 3]", '"2"'), "mapping.kind"),
        (("[2, 3]", "[0]"), "mapping.header"),
        (('"^行业"', '"("'), "mapping.pattern"),
        (("[columns]", "[columns"), "mapping.syntax"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(tmp_path: Path, change: tuple[str, str], code: str) -> None:
    with pytest.raises(UsageError) as raised:
        read(tmp_path, WIDE.replace(*change), wide())
    assert raised.value.code == code


def test_the_content_hash_follows_the_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "a.toml", tmp_path / "b.toml"
    first.write_text("header = 1", encoding="utf-8")
    second.write_text("header = 1", encoding="utf-8")
    assert mapping.load(first).content_hash == mapping.load(second).content_hash
    with pytest.raises(UsageError):
        mapping.load(tmp_path / "none.toml")
