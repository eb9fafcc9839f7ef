"""What a stored run says of its own terms: belongings come back, own tables are refused by name, packs by content."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import packs
import pytest
from own_project import measured, parts, written

import accounting as ac
from accounting import calculation, codes
from accounting.calculation import terms_told
from accounting.cli.app import invoked
from accounting.errors import UsageError
from accounting.tables import plain

PARK = [("P1", "钱塘园区", "park", "330100", "2/3", "330100"), ("P1", "钱塘园区", "park", "330600", "1/3", "330100")]
HALVES = [("P1", "钱塘园区", "park", city, "1/2", "330100") for city in ("330100", "330600")]
MOVED = [("P1", "钱塘园区", "park", "330100", "", "", "", "2021"), ("P1", "钱塘园区", "park", "330200", "", "", "2022", "")]
DATA = [
    ("P1", 2022, "", "purchased", "electricity", "1000", "MWh"),
    ("P1", 2022, "", "process", "clinker", "2000", "t"),
    ("P1", 2022, "", "import", "diesel_oil", "100", "t"),
    ("P1", 2022, "", "transport", "diesel_oil", "90", "t"),
]
OFFICIAL = "provincial-2011,cn-enterprise-2024,grid-cn"
OWN_TABLES = {
    "own-values": {"parameters": [measured("P1", "ncv", "diesel_oil", "42", "GJ/t")]},
    "splits": {"splits": [("P1", "", "", "raw_coal", "烟煤", "1", "省统计局函")]},
}


def stored(folder: Path, more: str = "", **tables: object) -> ac.Run:
    project = written(folder / "project", more, packs=OFFICIAL, **{"data": DATA, "entities": PARK, **tables})
    return ac.run(project).save(folder / "run")


def regional(folder: Path) -> str:
    regions = (("CN", "3"), ("330100", "2"), ("330200", "2.5"))
    return str(packs.write(folder / "regional", *({"region": region, "value": value} for region, value in regions)))


def test_the_terms_of_a_stored_run_give_its_cells_back(tmp_path: Path) -> None:
    run = stored(tmp_path, parts("330100", "P1") + parts("330600", "P1"))
    assert set(run.inventory["entity"]) == {"P1", "330100", "330600"}
    again = ac.open(run.path)
    terms = terms_told(again.manifest)
    assert terms.lineages.above("P1", 2022) == ("330100", *codes.ancestors("330100"))
    assert [row.share.as_integer_ratio() for row in terms.lineages.within("P1", 2022)] == [(2, 3), (1, 3)]
    sums = calculation.classed(again.sums.drop("class"), terms)
    assert plain("sums", sums.sums).equals(again.sums)
    assert plain("inventory", calculation.calculated(sums, terms).cells).equals(again.inventory)


def test_a_whole_made_from_parts_has_the_reference_approach_of_its_parts(tmp_path: Path) -> None:
    run = stored(tmp_path, parts("330100", "P1") + parts("330600", "P1"), entities=HALVES)
    told = run.reference().filter(item="diesel_oil")
    by_entity = {row["entity"]: row for row in told.to_dicts()}
    assert set(by_entity) == {"P1", "330100", "330600"}
    for name in ("reference_co2_t", "sectoral_co2_t"):
        assert by_entity["330100"][name] == by_entity["330600"][name]
        assert abs(2 * by_entity["330100"][name] - by_entity["P1"][name]) <= Decimal("1e-12")  # each is rounded once


@pytest.mark.parametrize(("year", "mass"), [(2021, 200), (2022, 250)])
def test_supply_of_a_park_has_the_factor_of_its_city_in_that_year(tmp_path: Path, year: int, mass: int) -> None:
    rows = [("P1", year, "", category, "diesel_oil", "100", "t") for category in ("import", "transport")]
    own = regional(tmp_path)
    project = written(tmp_path / "project", packs=own, data=rows, entities=MOVED)
    run = ac.run(project).save(tmp_path / "run")
    told = ac.open(run.path).reference([own]).filter(item="diesel_oil").row(0, named=True)
    assert (told["reference_co2_t"], told["sectoral_co2_t"], told["difference_t"]) == (mass, mass, 0)


def test_another_pack_on_a_run_of_a_project_with_entities(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = stored(tmp_path, parts("330100", "P1") + parts("330600", "P1"))
    assert invoked(["factors", "diff", "provincial-2011", "provincial-2025", "--run", str(run.path)], "zh") == 1
    told = capsys.readouterr().out
    assert "钱塘园区 / 2022 / main / 范围1直接排放 / CO2  " in told
    assert "钱塘园区 / 2022 / " in told.partition("合计")[0]
    assert "P1 / " not in told


def test_a_total_that_is_lost_whole_is_printed_as_ne(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = stored(tmp_path, data=DATA[1:2])
    assert invoked(["factors", "diff", "provincial-2011", "provincial-2025", "--run", str(run.path)], "en") == 1
    assert "钱塘园区 / 2022 / main / scope 1 / CO2  1076 → NE  (lost -1076, incomplete, 1 missing)" in capsys.readouterr().out


def test_the_reference_approach_calls_a_park_by_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = stored(tmp_path)
    invoked(["reconcile", str(run.path), "--reference", "--out", str(tmp_path / "o.csv")], "zh")
    assert "钱塘园区 P1 · 2022" in capsys.readouterr().out


@pytest.mark.parametrize("name", OWN_TABLES)
def test_own_tables_are_refused_by_name_in_both(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    run = stored(tmp_path, **OWN_TABLES[name])
    for named in ((), ("provincial-2011", "cn-enterprise-2024")):
        with pytest.raises(UsageError, match="run.own_tables") as refused:
            run.reference(named)
        assert refused.value.seen == name
    assert invoked(["factors", "diff", "provincial-2011", "provincial-2025", "--run", str(run.path)], "en") == 2
    assert "run.own_tables" in capsys.readouterr().err


def test_a_pack_of_one_s_own_is_found_only_where_it_is_at_hand(tmp_path: Path) -> None:
    own = regional(tmp_path)
    run = ac.run(written(tmp_path / "project", packs=own, data=DATA[2:], entities=PARK))
    with pytest.raises(UsageError, match="run.pack_gone"):
        terms_told(run.manifest)
    at_hand = ac.factors.pack.load(own)
    assert terms_told(run.manifest, at_hand=[at_hand]).packs == (at_hand,)


def test_a_run_that_does_not_keep_its_belongings_is_refused(tmp_path: Path) -> None:
    told = {name: kept for name, kept in stored(tmp_path).manifest.items() if name != "belongings"}
    with pytest.raises(UsageError, match="run.belongings_gone"):
        terms_told(told)
