"""Splits: the factor of raw coal is the exact weighted sum of the factors of its kinds, rounded once."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import packs
import polars as pl

from accounting import tables
from accounting.exact import rounded
from accounting.factors import classes, effective, own, pack, resolver
from accounting.methods import method

KEY = {"entity": "140200", "year": 2015, "category": "industry", "item": "raw_coal", "unit": "t", "quantity": "1"}
KINDS = (
    {"item": "bituminous_coal", "value": "2.1"},
    {"item": "anthracite", "value": "2.7"},
    {"item": "lignite", "value": "1.3"},
)


def split(entity: str, *shares: tuple[str, str], since: int | None = None, until: int | None = None) -> list[dict]:
    return [
        {"entity": entity, "item": "raw_coal", "into": into, "value": share, "valid_from": since, "valid_to": until,
         "citation": "made for a test"}
        for into, share in shares
    ]  # fmt: skip


def resolved(tmp_path: Path, splits: list[dict], *rows: dict, **key: object) -> resolver.Resolved:
    chosen = [pack.load(packs.write(tmp_path / "a", *(rows or KINDS))), own.splits(splits)]
    sums = tables.frame("sums", [KEY | key]).drop("class")
    _, class_frame = classes.classed(sums, chosen)
    return resolver.resolve(class_frame, chosen, [("industry", 1)])


def test_the_factor_is_the_weighted_sum(tmp_path: Path) -> None:
    found = resolved(tmp_path, split("140000", ("bituminous_coal", "0.8"), ("anthracite", "0.2")))
    assert found.effective["effective_factor"].item() == Decimal("2.22")  # 0.8 × 2.1 + 0.2 × 2.7
    assert found.effective["formula"].item() == "0.2 × (2.7) + 0.8 × (2.1)"
    assert found.effective["place"].item() == "140000"
    assert found.effective["pack"].item() == "a+splits"


def test_it_is_rounded_once_and_not_by_kind(tmp_path: Path) -> None:
    thirds = split("140000", *((row["item"], "1/3") for row in KINDS))
    found = resolved(tmp_path, thirds, *(row | {"value": "0.0000000000000010"} for row in KINDS))
    assert found.effective["effective_factor"].item() == rounded(Fraction(1, 10**15))  # thirds rounded alone give 0


def test_each_share_and_each_parameter_of_each_kind_has_its_row(tmp_path: Path) -> None:
    found = resolved(tmp_path, split("140000", ("bituminous_coal", "0.8"), ("anthracite", "0.2")))
    rows = found.resolution.select("parameter", "pack", "value", "region", "citation").sort("parameter").rows()
    assert rows == [
        ("anthracite.co2_factor", "a", "2.7", "CN", "made for a test"),
        ("anthracite.share", "splits", "0.2", "140000", "made for a test"),
        ("bituminous_coal.co2_factor", "a", "2.1", "CN", "made for a test"),
        ("bituminous_coal.share", "splits", "0.8", "140000", "made for a test"),
    ]


def test_the_printed_rows_give_factor_and_formula_again(tmp_path: Path) -> None:
    found = resolved(tmp_path, split("140000", ("bituminous_coal", "2/3"), ("lignite", "1/3")))
    printed = found.resolution.select("parameter", "value", "value_unit").to_dicts()
    stored = found.effective.row(0, named=True)
    again = effective.printed_rows(method(stored["method"]), printed[::-1])
    assert [(row["effective_factor"], row["formula"]) for row in again] == [(stored["effective_factor"], stored["formula"])]
    assert effective.printed_rows(method(stored["method"]), printed[:-1]) != again  # a row that is gone is seen


def test_the_nearest_place_with_a_split_decides(tmp_path: Path) -> None:
    rows = [*split("CN", ("lignite", "1")), *split("140000", ("anthracite", "1")), *split("140200", ("bituminous_coal", "1"))]
    factors = {
        entity: resolved(tmp_path / entity, rows, entity=entity).effective["effective_factor"].item()
        for entity in ("140200", "140100", "530000")
    }
    assert factors == {"140200": Decimal("2.1"), "140100": Decimal("2.7"), "530000": Decimal("1.3")}


def test_a_split_holds_in_its_years(tmp_path: Path) -> None:
    rows = [*split("140000", ("anthracite", "1"), until=2014), *split("140000", ("lignite", "1"), since=2015)]
    assert resolved(tmp_path / "a", rows, year=2014).effective["effective_factor"].item() == Decimal("2.7")
    assert resolved(tmp_path / "b", rows, year=2015).effective["effective_factor"].item() == Decimal("1.3")
    nothing = resolved(tmp_path / "c", split("140000", ("lignite", "1"), until=2014), year=2015)
    assert nothing.effective.is_empty()


def test_a_factor_of_the_item_itself_goes_before_its_split(tmp_path: Path) -> None:
    rows = (*KINDS, {"item": "raw_coal", "value": "1.9"})
    found = resolved(tmp_path, split("140000", ("lignite", "1")), *rows)
    assert found.effective["effective_factor"].item() == Decimal("1.9")


def test_a_kind_without_a_factor_leaves_the_whole_missing_and_is_named(tmp_path: Path) -> None:
    found = resolved(tmp_path, split("140000", ("bituminous_coal", "0.8"), ("anthracite", "0.2")), KINDS[0])
    assert found.effective.is_empty()
    assert found.resolution.is_empty()
    assert "anthracite.co2_factor" in found.missing["reason"].item()


def test_shares_of_mass_do_not_cut_heat(tmp_path: Path) -> None:
    rows = [{"parameter": "energy_emission_factor", "unit": "tCO2/GJ", "value": "0.09", "item": row["item"]} for row in KINDS]
    found = resolved(tmp_path, split("140000", ("lignite", "1")), *rows, unit="GJ")
    assert found.effective.is_empty()
    assert "GJ" in found.missing["reason"].item()


def test_methods_are_never_mixed_over_kinds(tmp_path: Path) -> None:
    carbon = [
        {"parameter": "ncv", "value": "20", "unit": "GJ/t", "gas": None}, {"parameter": "carbon_content", "value": "0.025",
         "unit": "tC/GJ", "gas": None}, {"parameter": "oxidation_factor", "value": "0.9", "unit": "1", "gas": None},
    ]  # fmt: skip
    rows = [KINDS[0], *(row | {"item": kind} for row in carbon for kind in ("bituminous_coal", "anthracite"))]
    found = resolved(tmp_path, split("140000", ("bituminous_coal", "0.5"), ("anthracite", "0.5")), *rows)
    assert found.effective["method"].to_list() == ["combustion.carbon_content"]


def test_other_items_do_not_know_of_the_split(tmp_path: Path) -> None:
    found = resolved(tmp_path, split("140000", ("anthracite", "1")), item="lignite")
    assert found.effective["effective_factor"].item() == Decimal("1.3")
    assert found.resolution.filter(pl.col("pack") == "splits").is_empty()
