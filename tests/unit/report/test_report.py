"""The page opens with the cable pulled, says first what is missing, and stays small whatever the run."""

from __future__ import annotations

import re
import string
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from sample_run import HOSTILE, cell, sample_run

from accounting.errors import EnvironmentFault, UsageError
from accounting.report import page as report_page
from accounting.report import render_report, write_report
from accounting.report.words import both

LOADING = {"src", "srcset", "href", "action", "poster", "data", "xlink:href", "background", "formaction"}


class Page(HTMLParser):
    """What the page consists of: tags, what it would load, tables by their number of rows, texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.rows: list[int] = []
        self.ids: list[str] = []
        self.texts: list[str] = []
        self.in_body = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [value or "" for name, value in attrs if name in LOADING]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag == "tbody":
            self.rows.append(0)
            self.in_body = True
        elif tag == "tr" and self.in_body:
            self.rows[-1] += 1

    def handle_endtag(self, tag: str) -> None:
        self.in_body = self.in_body and tag != "tbody"

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture(scope="module")
def text() -> str:
    return render_report(sample_run(), "zh")


def side(text: str, lang: str) -> str:
    return text[text.index(f'<main lang="{lang}">') :].partition("</main>")[0]


def test_nothing_is_loaded_and_no_script_is_there(text: str) -> None:
    page = Page(text)
    assert {"script", "link", "iframe", "img", "object", "base", "form"}.isdisjoint(page.tags)
    assert all(target.startswith("#") for target in page.loads)
    assert re.findall(r"https?://|//[a-z]|@import|javascript:", text) == []
    assert set(re.findall(r"url\((.)", text)) <= {"#"}
    assert "default-src 'none'" in text


def test_ids_are_used_once_and_every_anchor_has_its_target(text: str) -> None:
    page = Page(text)
    assert len(page.ids) == len(set(page.ids))
    assert {target[1:] for target in page.loads} <= set(page.ids)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_label_of_the_pack_and_the_digest_stand_at_the_head(text: str, lang: str) -> None:
    run = sample_run()
    head = side(text, lang).partition("<h2 id=")[0]
    assert run.manifest["packs"][0][f"label_{lang}"] in head
    assert {"zh": "ceads-2018 · 研究", "en": "ceads-2018 · research"}[lang] in head
    assert run.digest in head


@pytest.mark.parametrize(("lang", "words"), [("zh", "59.0% (按折标准煤)"), ("en", "59.0% of the energy counted")])
def test_what_has_no_factor_is_said_before_any_total(text: str, lang: str, words: str) -> None:
    own = side(text, lang)
    assert own.index(words) < own.index('<table class="grid')


@pytest.mark.parametrize(("lang", "mark"), [("zh", "不完整 (缺 1 项)"), ("en", "incomplete (1\u00a0missing)")])
def test_a_total_that_lacks_cells_says_so_in_its_cell(text: str, lang: str, mark: str) -> None:
    total = side(text, lang).partition('<tr class="depth0">')[2].partition("</tr>")[0]
    assert "471.29" in total
    assert mark in total


def test_a_total_without_any_mass_is_not_a_number(text: str) -> None:
    industry = side(text, "zh").partition("工业(扣除用作原料、材料)</th>")[2].partition("</tr>")[0]
    assert "NE 未估算" in industry


@pytest.mark.parametrize(("lang", "name", "item"), [("zh", "北京 2007", "柴油"), ("en", "Beijing 2007", "Diesel oil")])
def test_names_are_those_that_people_write(text: str, lang: str, name: str, item: str) -> None:
    own = side(text, lang)
    assert name in own
    assert item in own


def test_what_was_refused_stands_with_its_address_and_remedy(text: str) -> None:
    own = side(text, "zh")
    assert "O20" in own
    assert "-35.73①" in own
    assert "删去①" in own


def test_findings_that_wait_come_before_those_accepted(text: str) -> None:
    own = side(text, "zh").partition('id="findings-zh"')[2]
    assert own.index("没有因子") < own.index("合计与分项不符")
    assert "✓ 确认: 王 2026-11-24 原表如此" in own


def test_text_of_a_workbook_is_text_on_the_page(text: str) -> None:
    assert HOSTILE not in text
    assert "&lt;script&gt;" in text


def test_an_own_id_that_is_markup_is_text_in_table_and_drawing() -> None:
    evil = "<img src=x onerror=alert(1)>"
    text = render_report(sample_run([cell(evil, "transport", "diesel_oil", "5"), cell("b", "transport", "lpg", "5")]))
    assert evil not in text
    assert "img" not in Page(text).tags
    assert 'onerror="' not in text


def test_the_page_opens_in_the_language_asked_for() -> None:
    assert re.search(r'id="lang-en"[^>]* checked', render_report(sample_run(), "en"))
    assert re.search(r'id="lang-zh"[^>]* checked', render_report(sample_run(), "zh"))


def test_chinese_stands_as_text_in_the_drawing(text: str) -> None:
    assert "交通运输、仓储和邮政业" in "".join(re.findall(r"<text[^>]*>([^<]*)<", text))


def test_the_same_run_gives_the_same_page(text: str) -> None:
    assert render_report(sample_run(), "zh") == text


def large_run() -> Any:
    cells = [cell(f"park-{n}", "transport", "diesel_oil", str(n + 1), year=2000 + n % 20) for n in range(3000)]
    long = "长" * 5000
    refused = [{"code": "x", "severity": "error", "file": long, "sheet": long, "cell": "A1", "seen": long,
                "message_zh": long, "message_en": long, "remedy_zh": long, "remedy_en": long}] * 3000  # fmt: skip
    found = [{**refused[0], "id": f"{n}", "kind": "default", "severity": "warning", "stake_t": float(n), "reason": long,
              "accepted_by": long, "accepted_on": long} for n in range(3000)]  # fmt: skip
    run = sample_run(cells, rejections=refused, findings=found)
    run.manifest = {**run.manifest, "inputs": run.manifest["inputs"] * 3000}
    return run


def test_a_large_run_gives_a_small_page_that_says_what_it_leaves_out() -> None:
    text = render_report(large_run())
    assert len(text.encode()) < 5_000_000
    assert max(Page(text).rows) == 200
    assert text.count("只列 200 行，共 3000 行") == 5


def test_a_run_without_any_cell_still_has_a_page() -> None:
    assert "0 个地区·年份" in render_report(sample_run([], rejections=[], findings=[], resolution=[]))


def test_a_report_replaces_a_report_and_nothing_else(tmp_path: Path) -> None:
    path = write_report(sample_run(), tmp_path / "new" / "report.html")
    write_report(sample_run(), path, "en")
    assert 'id="lang-en" aria-label="English" checked' in path.read_text(encoding="utf-8")
    (tmp_path / "figures.xlsx").write_bytes(b"mine")
    with pytest.raises(UsageError) as error:
        write_report(sample_run(), tmp_path / "figures.xlsx")
    assert error.value.code == "report.other_file"
    assert (tmp_path / "figures.xlsx").read_bytes() == b"mine"
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["report.html"]


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_page, "NEEDS", ("altair", "no_such_module"))
    with pytest.raises(EnvironmentFault) as error:
        render_report(sample_run())
    assert (error.value.code, error.value.seen) == ("report.extra_missing", "no_such_module")
    assert "pip install" in error.value.remedy


def test_a_run_never_imports_what_a_report_needs() -> None:
    code = "import sys, accounting.runs; print([m for m in ('altair', 'jinja2', 'vl_convert') if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("name", list(both()))
def test_every_word_is_there_in_both_languages_with_the_same_gaps(name: str) -> None:
    assert set(both()[name]) == {"zh", "en"}
    assert gaps(both()[name]["zh"]) == gaps(both()[name]["en"])
