"""Explanations lead from any number to its workbook cell and citation, and every printed line can be redone."""

from decimal import Decimal
from pathlib import Path

import pytest
from small import ROWS, run, table

import accounting as ac
from accounting import codes
from accounting.errors import LANGS, Lang, UsageError
from accounting.explain import explanation_text, formula_line, place_of, recomputed

MANY = [
    *ROWS,
    ("110000", 2007, "transport", "gasoline", "52.54", "万吨"),
    ("110000", 2007, "transport", "diesel_oil", "1", "kt"),
]


def test_a_cell_leads_to_its_row_factor_and_citation() -> None:
    text = explanation_text(run().explain("北京/2007/transport/柴油"), "zh")
    assert "1026300 t × 3.093819 t/t = 3175186.4397 t CO2" in text
    assert "102.63 万吨 → 1026300 t" in text
    assert "Shan et al. 2018" in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_printed_line_of_arithmetic_can_be_redone(lang: str) -> None:
    text = explanation_text(run(MANY).explain("110000/2007/total"), lang)
    lines = [line for line in text.splitlines() if " = " in line and "→" not in line]
    assert len(lines) >= 5
    assert all(recomputed(line).right for line in lines), [line for line in lines if not recomputed(line).right]


def test_a_total_is_the_sum_of_its_cells_by_size() -> None:
    made = run(MANY)
    explanation = made.explain("110000/2007/total")
    masses = [cell.cell["mass_t"] for cell in explanation.cells]
    assert masses == sorted(masses, reverse=True)
    assert explanation.mass_t == sum(masses) == made.inventory["mass_t"].drop_nulls().sum()
    assert [cell["item"] for cell in explanation.missing] == ["raw_coal"]


def test_two_rows_of_one_key_are_both_shown() -> None:
    explanation = run(MANY).explain(entity="110000", category="transport", item="diesel_oil")
    sources = explanation.cells[0].postings[0].sources
    assert sorted(source["reported_value"] for source in sources) == ["1", "102.63"]
    assert recomputed(formula_line(explanation.cells[0])).right


def test_a_saved_run_explains_as_the_one_in_memory(tmp_path: Path) -> None:
    made = run(MANY)
    saved = made.save(tmp_path / "run")
    assert explanation_text(saved.explain("110000/2007/total"), "zh") == explanation_text(
        made.explain("110000/2007/total"), "zh"
    )


def test_entities_years_and_gases_are_never_added_up() -> None:
    two = run([*ROWS, ("310000", 2007, "transport", "diesel_oil", "1", "万吨")])
    with pytest.raises(UsageError, match="explain.ambiguous") as caught:
        two.explain("2007/transport/柴油")
    assert caught.value.facts["choices"] == "110000, 310000"


def test_what_fits_nothing_names_what_there_is() -> None:
    with pytest.raises(UsageError, match="explain.nothing") as caught:
        run().explain("北京/2008")
    assert "2007" in caught.value.facts["has_zh"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("浙江/2007/农业/柴油", ("330000", 2007, "farming", None, "diesel_oil", None)),
        ("330000/2007/farming/diesel_oil/CO2", ("330000", 2007, "farming", None, "diesel_oil", "CO2")),
        ("柴油/2007/浙江", ("330000", 2007, None, None, "diesel_oil", None)),
        ("浙江/2007/total", ("330000", 2007, None, "total", None, None)),
        ("浙江/2007/生活消费", ("330000", 2007, None, "residential", None, None)),
        ("park-7/2022", ("park-7", 2022, None, None, None, None)),
    ],
)
def test_a_path_of_names_or_ids_in_any_order(path: str, expected: tuple) -> None:
    place = place_of(path)
    assert (place.entity, place.year, place.category, place.row, place.item, place.gas) == expected


def test_a_word_too_many_is_said() -> None:
    with pytest.raises(UsageError, match="explain.unknown_word"):
        place_of("浙江/2007/农业/柴油/某某")


def test_zero_is_a_number_not_an_absence() -> None:
    explanation = run([("110000", 2007, "transport", "diesel_oil", "0", "t")]).explain("北京/2007/transport/柴油")
    assert explanation.mass_t == Decimal(0)
    assert recomputed(formula_line(explanation.cells[0])).right


def test_a_line_of_another_view_is_no_line_of_this_run() -> None:
    made = run(view="china-pilot")
    with pytest.raises(UsageError, match=r"view\.unknown_row"):
        made.explain("110000/2007/total")
    assert made.explain(row="energy", gas="CO2").mass_t is not None


def test_a_total_names_entity_year_line_view_and_gas() -> None:
    text = explanation_text(run(MANY).explain("110000/2007/total"), "en").splitlines()
    assert text[0].startswith("Beijing 2007 Energy total (energy-balance) CO2 total: ")
    assert text[1].startswith("Beijing 2007 Energy total (energy-balance) CO2: ")
    assert text[1].endswith(" t CO2")
    of_item = explanation_text(run(MANY).explain(category="transport"), "zh").splitlines()
    assert of_item[0].startswith("北京 2007 交通运输、仓储和邮政业 CO2 合计: ")


def test_a_line_of_one_cell_names_its_view_too() -> None:
    text = explanation_text(run(MANY).explain("北京/2007/residential"), "zh").splitlines()
    assert "(energy-balance)" in text[0]


TWO_VIEWS = [*ROWS, ("110000", 2007, "net_import", "electricity", "5", "MWh")]


def test_a_line_that_views_fill_differently_is_asked_for_by_view() -> None:
    made = ac.run(
        table(TWO_VIEWS), view=["china-pilot", "provincial"], factors=["provincial-2011", "grid-cn"], electricity_year="nearest"
    )
    with pytest.raises(UsageError, match=r"explain\.several_views") as caught:
        made.explain("北京/2007/energy/CO2")
    assert caught.value.facts["example"] == "china-pilot/energy"
    pilot, provincial = (made.explain(f"北京/2007/{view}/energy/CO2") for view in ("china-pilot", "provincial"))
    assert pilot.mass_t is not None
    assert provincial.mass_t is not None
    assert {cell.cell["category"] for cell in pilot.cells} - {cell.cell["category"] for cell in provincial.cells} == {
        "net_import"
    }
    alike = made.explain("北京/2007/net_import_electricity/CO2")
    assert alike.views == ("china-pilot", "provincial")
    assert "(china-pilot, provincial)" in explanation_text(alike, "zh").splitlines()[0]


def test_a_view_that_the_run_has_not_is_no_total() -> None:
    with pytest.raises(UsageError, match=r"explain\.other_view"):
        run(MANY).explain("北京/2007/gpc/I")


def test_with_a_view_a_category_is_its_line() -> None:
    made = run(MANY)
    assert made.explain("北京/2007/energy-balance/transport").views == ("energy-balance",)
    with pytest.raises(UsageError, match=r"view\.unknown_row"):
        made.explain("北京/2007/energy-balance/landfill")
    with pytest.raises(UsageError, match=r"view\.unknown_row"):
        made.explain("北京/2007/energy-balance")


INFORMATION = [
    *ROWS,
    ("110000", 2007, "production", "raw_coal", "6.5", "万吨"),
    ("110000", 2007, "transport", "electricity", "3", "MWh"),
    ("110000", 2007, "self_generated", "electricity", "2", "MWh"),
]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("path", "amount", "rule"),
    [
        ("production/原煤", "65000 t", ("production", "raw_coal")),
        ("transport", "3 MWh", ("transport", "electricity")),
        ("self_generated", "2 MWh", ("self_generated", "electricity")),
    ],
)
def test_information_is_told_with_the_reason_of_its_rule(lang: Lang, path: str, amount: str, rule: tuple[str, str]) -> None:
    explanation = run(INFORMATION).explain(f"北京/2007/{path}")
    assert [(row["category"], row["item"]) for row in explanation.information] == [rule]
    last = explanation_text(explanation, lang).splitlines()[-1]
    assert amount in last
    assert str(codes.information_reason(*rule, lang)) in last


def test_what_is_lost_is_no_information() -> None:
    made = ac.run(table(INFORMATION), view="zero-carbon-park", factors=["cn-enterprise-2024"])
    assert made.explain("北京/2007/transport/CO2").information == ()
    with pytest.raises(UsageError, match=r"explain\.nothing"):
        made.explain("北京/2007/transport/电力")


def test_information_of_several_years_is_not_told_together() -> None:
    rows = [*INFORMATION, ("110000", 2008, "production", "raw_coal", "1", "t")]
    with pytest.raises(UsageError, match=r"explain\.ambiguous"):
        run(rows).explain("北京/production")


def test_a_row_that_is_marked_is_told_with_its_mark_beside_the_number() -> None:
    rows = [("110000", 2007, "transport", "diesel_oil", quantity, "t") for quantity in ("5", "NE")]
    text = explanation_text(run(rows).explain("110000/2007/transport/diesel_oil"), "en")
    assert "NE t → NE" in text
    assert "5 t → 5 t" in text
