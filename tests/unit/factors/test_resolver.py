"""Resolution: seven ranks, no silent fallback, no tie broken by the order of rows."""

import random
from pathlib import Path
from types import ModuleType

import packs
import polars as pl
import pytest

from accounting import tables
from accounting.factors import candidates, classes, effective, pack, resolver

KEY = {"entity": "370203", "year": 2015, "category": "transport", "item": "diesel_oil", "unit": "t", "quantity": "1"}
COUNTED = [("transport", 1), ("farming", 1), ("industry", 1), ("industry/C30", 1)]


def resolved(chosen: list[pack.Pack], **key: object) -> resolver.Resolved:
    sums = tables.frame("sums", [KEY | key]).drop("class")
    _, class_frame = classes.classed(sums, chosen)
    return resolver.resolve(class_frame, chosen, COUNTED)


def factor(tmp_path: Path, *rows: dict, **key: object) -> str | None:
    found = resolved([pack.load(packs.write(tmp_path / "a", *rows))], **key).effective
    return None if found.is_empty() else f"{found['effective_factor'].item().normalize():f}"


def test_rank_1_the_nearest_place(tmp_path: Path) -> None:
    rows = [
        {"value": "1"},
        {"value": "2", "region": "370000"},
        {"value": "3", "region": "370200"},
        {"value": "2.5", "region": "110000"},
    ]
    assert factor(tmp_path, *rows) == "3"


def test_rank_1_the_entity_itself_before_any_region(tmp_path: Path) -> None:
    rows = [{"value": "1", "region": "370200"}, {"value": "2", "region": None, "entity": "370203"}]
    assert factor(tmp_path, *rows) == "2"


def test_rank_1_international_comes_last(tmp_path: Path) -> None:
    assert factor(tmp_path, {"value": "1", "region": "WORLD"}, {"value": "2", "region": "CN"}) == "2"
    assert factor(tmp_path, {"value": "1", "region": "WORLD"}) == "1"


def test_rank_2_the_order_of_the_packs(tmp_path: Path) -> None:
    first, second = (pack.load(packs.write(tmp_path / n, {"value": v})) for n, v in (("a", "1"), ("b", "2")))
    assert resolved([first, second]).effective["effective_factor"].item() == 1
    assert resolved([second, first]).effective["effective_factor"].item() == 2


def test_rank_3_a_category_before_none(tmp_path: Path) -> None:
    assert (
        factor(tmp_path, {"value": "1"}, {"value": "2", "category": "transport"}, {"value": "3", "category": "farming"}) == "2"
    )


def test_rank_3_the_category_above_serves_its_divisions(tmp_path: Path) -> None:
    rows = [{"value": "1"}, {"value": "2", "category": "industry"}]
    assert factor(tmp_path, *rows, category="industry") == "2"


def test_rank_4_the_item_before_its_parent_and_the_parent_is_said(tmp_path: Path) -> None:
    rows = [{"value": "1", "item": "other_petroleum_products"}, {"value": "2", "item": "naphtha"}]
    assert factor(tmp_path, *rows, item="naphtha") == "2"
    alone = resolved([pack.load(packs.write(tmp_path / "b", rows[0]))], item="naphtha")
    assert alone.findings.select("code", "kind", "severity").rows() == [("factor.other_item", "fallback", "warning")]


def test_rank_5_the_highest_tier(tmp_path: Path) -> None:
    assert factor(tmp_path, {"value": "1", "tier": "1"}, {"value": "2", "tier": "3"}, {"value": "3", "tier": "2"}) == "2"


def test_rank_6_and_7_the_latest(tmp_path: Path) -> None:
    assert factor(tmp_path, {"value": "1", "valid_from": "2000"}, {"value": "2", "valid_from": "2010"}) == "2"
    assert factor(tmp_path, {"value": "1", "published": "2011-05"}, {"value": "2", "published": "2011-11"}) == "2"


def test_a_tie_is_a_fault_of_the_pack_and_never_broken(tmp_path: Path) -> None:
    found = resolved([pack.load(packs.write(tmp_path / "a", {"value": "1"}, {"value": "2"}))])
    assert found.effective.is_empty()
    assert found.findings["code"].to_list() == ["factor.ambiguous"]
    assert found.missing["code"].item() == "factor.ambiguous"


def test_the_order_of_rows_decides_nothing(tmp_path: Path) -> None:
    rows = [
        {"value": "1"}, {"value": "2", "category": "transport"}, {"value": "3", "region": "370000"},
        {"value": "4", "region": "370000", "category": "transport"}, {"value": "5", "tier": "3"},
    ]  # fmt: skip
    seeded = random.Random(7)
    for number in range(6):
        assert factor(tmp_path / str(number), *seeded.sample(rows, len(rows))) == "4"


@pytest.mark.parametrize(("year", "expected"), [(1999, None), (2000, "1"), (2010, "1"), (2011, "2"), (2030, "2")])
def test_only_validity_selects_a_year(tmp_path: Path, year: int, expected: str | None) -> None:
    rows = [
        {"value": "1", "valid_to": "2010", "measured_from": "2020"},
        {"value": "2", "valid_from": "2011", "published": "1990"},
    ]
    assert factor(tmp_path, *rows, year=year) == expected


@pytest.mark.parametrize(("basis", "expected"), [(None, "1"), ("dry", "2"), ("wet", "1")])
def test_a_basis_serves_only_itself_and_none_serves_every_basis(tmp_path: Path, basis: str | None, expected: str) -> None:
    assert factor(tmp_path, {"value": "1", "tier": "1"}, {"value": "2", "basis": "dry", "tier": "2"}, basis=basis) == expected


def test_an_unstated_basis_is_not_guessed(tmp_path: Path) -> None:
    found = resolved([pack.load(packs.write(tmp_path / "a", {"basis": "dry"}))])
    assert found.missing["code"].item() == "factor.basis_unstated"


def test_a_unit_of_another_dimension_finds_nothing(tmp_path: Path) -> None:
    assert factor(tmp_path, {}, unit="GJ") is None


CARBON = [
    {"parameter": "ncv", "value": "42.652", "unit": "GJ/t", "gas": None},
    {"parameter": "carbon_content", "value": "0.0202", "unit": "tC/GJ", "gas": None},
    {"parameter": "oxidation_factor", "value": "98", "unit": "%", "gas": None, "item": None},
]


def test_heat_carbon_and_oxidation_multiply_and_are_rounded_once(tmp_path: Path) -> None:
    found = resolved([pack.load(packs.write(tmp_path / "a", *CARBON))])
    row = found.effective.row(0, named=True)
    assert str(row["effective_factor"]) == "3.095909637333333"  # 42.652 × 0.0202 × 0.98 × 44/12, by hand
    assert row["formula"] == "42.652 × 0.0202 × 98 ÷ 100 × 44 ÷ 12"
    assert sorted(found.resolution["parameter"]) == ["carbon_content", "ncv", "oxidation_factor"]


def test_methods_are_never_mixed(tmp_path: Path) -> None:
    found = resolved([pack.load(packs.write(tmp_path / "a", *CARBON[:2]))])
    assert found.effective.is_empty()
    assert "oxidation_factor" in found.missing["reason"].item()


def test_the_first_declared_method_that_resolves_is_taken(tmp_path: Path) -> None:
    found = resolved([pack.load(packs.write(tmp_path / "a", {"value": "3"}, *CARBON))])
    assert found.effective["method"].to_list() == ["combustion.co2_factor"]


def test_what_a_pack_leaves_out_on_purpose_is_info_with_its_reason(tmp_path: Path) -> None:
    absence = {"item": "diesel_oil", "severity": "info", "reason_zh": "不计", "reason_en": "not counted"}
    found = resolved([pack.load(packs.write(tmp_path / "a", {"item": "gasoline"}, absences=(absence,)))])
    assert found.missing.select("severity").item() == "info"
    assert "不计" in found.missing["reason"].item()


def test_a_gas_for_which_the_packs_hold_nothing_has_no_cell(tmp_path: Path) -> None:
    found = resolved([pack.load(packs.write(tmp_path / "a", {"category": "farming"}))])
    assert found.effective.is_empty()
    assert found.missing.is_empty()


def test_entities_without_values_of_their_own_share_a_class(tmp_path: Path) -> None:
    chosen = [pack.load(packs.write(tmp_path / "a", {}, {"region": "370000"}))]
    rows = [KEY | {"entity": entity} for entity in ("370203", "370100", "110000", "park-7", "130000")]
    sums = tables.frame("sums", rows).drop("class")
    classed, class_frame = classes.classed(sums, chosen)
    assert sorted(class_frame["place"]) == ["370000", "CN"]
    assert classed.height == 5
    assert classed.group_by("class").len()["len"].sort().to_list() == [2, 3]


def test_a_class_number_depends_on_its_key_alone() -> None:
    key = ("CN", "transport", "diesel_oil", 2007, None, "t", None)
    assert classes.class_number(key) == classes.class_number(list(key))
    assert 0 <= classes.class_number(key) < 2**63
    others = [
        ("CN", "transport", "diesel_oil", 2007, None, "t", "wet"),
        ("CN", "transport", "diesel_oil", 2008, None, "t", None),
    ]
    assert len({classes.class_number(k) for k in [key, *others]}) == 3


def test_resolving_ten_thousand_classes_stays_quick(tmp_path: Path) -> None:
    chosen = [pack.load(packs.write(tmp_path / "a", {}))]
    frame = pl.DataFrame({"class": range(10_000), "place": "CN", "category": "transport", "item": "diesel_oil",
                          "year": [2000 + n % 50 for n in range(10_000)], "month": None, "unit": "t", "basis": None})  # fmt: skip
    assert resolver.resolve(frame, chosen, COUNTED).effective.height == 10_000


def test_a_row_is_judged_once_and_a_product_made_once_for_all_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entities = [f"E{number}" for number in range(50)]
    own = [{"value": "1", "region": None, "entity": entity} for entity in entities]
    chosen = [pack.load(packs.write(tmp_path / "a", {"value": "2"}, {"value": "3", "valid_to": "2010"}, *own))]
    judged, made = counting(monkeypatch, candidates, "_obstacle"), counting(monkeypatch, effective, "rows")
    sums = tables.frame("sums", [KEY | {"entity": entity} for entity in [*entities, "elsewhere"]]).drop("class")
    found = resolver.resolve(classes.classed(sums, chosen)[1], chosen, COUNTED)
    assert (len(judged), len(made)) == (52, 2)
    assert found.effective.height == found.resolution.height == 51
    told = {row["place"]: (row["region"], row["rank"], row["passed_over"]) for row in found.resolution.to_dicts()}
    assert told["CN"] == ("CN", "0.0.1.0", "a: 3 tCO2/t (other year)")
    assert told["E7"] == ("E7", "0.0.1.0", "a: 2 tCO2/t (rank); a: 3 tCO2/t (other year)")


def counting(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> list[None]:
    """One entry for each call of a function from now on."""
    calls: list[None] = []
    known = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *given: (calls.append(None), known(*given))[1])
    return calls


def test_a_value_of_the_category_above_at_the_place_serves_its_divisions(tmp_path: Path) -> None:
    rows = [{"value": "1", "category": "industry"}, {"value": "2", "category": "industry", "region": "370000"}]
    chosen = [pack.load(packs.write(tmp_path / "a", *rows))]
    assert resolved(chosen, category="industry/C30").effective["effective_factor"].item() == 2


def test_a_date_without_a_month_is_the_first_of_its_year(tmp_path: Path) -> None:
    assert factor(tmp_path, {"value": "1", "published": "2018"}, {"value": "2", "published": "2018-05"}) == "2"
