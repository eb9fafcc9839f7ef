"""The command: exit codes, one JSON document, both languages, nothing written that should not be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import packs
import pytest
from small import ROWS, table

import accounting as ac
from accounting.cli.app import invoked
from accounting.errors import Lang, UsageError

TANFENG = str(Path(sys.executable).parent / "tanfeng")


def tanfeng(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TANFENG, *map(str, arguments)], capture_output=True, text=True, cwd=cwd, env={**os.environ, **environment}
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    table().write_csv(tmp_path / "table.csv")
    table([ROWS[0]]).write_csv(tmp_path / "clean.csv")
    (tmp_path / "broken.csv").write_text("entity,year,category,item,quantity,unit\n110000,2007,transport,diesel_oil,x1,t\n")
    return tmp_path


def run(folder: Path, *names: str, out: str = "out", **options: str) -> subprocess.CompletedProcess[str]:
    return tanfeng("run", *names, "--factors", "ceads-2018", "--out", out, "--lang", "en", cwd=folder, **options)


EXITS = [
    (("run", "clean.csv", "--out", "o"), 0),
    (("run", "table.csv", "--out", "o"), 1),
    (("run", "broken.csv", "--out", "o"), 3),
    (("run", "table.csv", "--out", "o", "--strict"), 3),
    (("run", "nowhere.csv", "--out", "o"), 2),
    (("run", "table.csv"), 2),
    (("run",), 2),
    (("run", "table.csv", "--out", "o", "--view", "energy-balnce"), 2),
    (("run", "table.csv", "--out", "o", "--gwp", "AR9"), 2),
    (("run", "table.csv", "--out", "o", "--factors", "ceads-2019"), 2),
    (("run", "table.csv", "--out", "o", "--memory", "much"), 2),
    (("run", "table.csv", "--out", "o", "--year", "1907"), 3),
    (("run", "table.csv", "--out", "o", "--year", "99999"), 2),
    (("check", "table.csv", "--year", "1800"), 2),
    (("rnu",), 2),
    (("check", "clean.csv"), 0),
    (("check", "broken.csv"), 3),
    (("check", "clean.csv", "broken.csv"), 1),
    (("explain", "."), 2),
    (("verify", "."), 2),
    (("verify-text", "2 × 2 = 4"), 0),
    (("verify-text", "2 × 2 = 5"), 5),
    (("verify-text", "nothing"), 2),
    (("factors", "verify"), 0),
    (("factors", "show", "ceads-2019"), 2),
    (("factors", "find", "柴油"), 0),
    (("factors", "find", "nothing of the kind"), 1),
    (("factors", "find", "柴油", "--parameter", "no such"), 1),
    (("factors", "find", "ym"), 0),
    (("factors", "find", "ＹＭ"), 0),
    (("factors", "find", "jzy"), 0),
    (("factors", "show", "ipcc-2006", "--item", "原煤"), 0),
    (("factors", "show", "ipcc-2006", "--item", "nothing of the kind"), 2),
    (("factors", "diff", "cn-enterprise-2015", "cn-enterprise-2024"), 0),
    (("factors", "diff", "cn-enterprise-2015", "cn-enterprise-2042"), 2),
    (("factors", "diff", "cn-enterprise-2015"), 2),
    (("factors", "diff", "cn-heat", "gwp", "--run", "."), 2),
    (("factors", "inspect", "combustion"), 0),
    (("factors", "inspect", "combusiton"), 2),
    (("run", "clean.csv", "--out", "o", "--view", "zero-carbon-park", "--electricity", "market_average"), 2),
    (("run", "clean.csv", "--out", "o", "--electricity-year", "closest"), 2),
    (("run", "clean.csv", "--out", "o", "--electricity-year", "fixed:2023"), 0),
    (("schema", "sums"), 0),
    (("schema", "entities"), 0),
    (("schema", "project"), 0),
    (("schema", "sumz"), 2),
    (("--version",), 0),
    (("--help",), 0),
]


@pytest.mark.parametrize(("arguments", "code"), EXITS, ids=[" ".join(a) for a, _ in EXITS])
def test_exit_codes(folder: Path, arguments: tuple[str, ...], code: int) -> None:
    answer = tanfeng(*arguments, cwd=folder)
    assert answer.returncode == code, answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr
    if code in (2, 3):
        assert not (folder / "o").exists()


def test_a_refusal_prints_every_rejection_on_stdout(folder: Path) -> None:
    answer = run(folder, "broken.csv")
    assert "number.unreadable" in answer.stdout
    assert "broken.csv › E2" in answer.stdout


JSON = [
    ("run", "table.csv", "--out", "o"), ("run", "broken.csv", "--out", "o"), ("check", "table.csv", "broken.csv"),
    ("factors", "list"), ("factors", "show", "gwp"), ("factors", "verify"), ("schema",),
    ("factors", "find", "ym"), ("factors", "find", "原媒炭"), ("factors", "show", "gwp", "--item", "原煤"), ("factors", "diff", "cn-heat", "cn-heat"),
    ("schema", "ids"),
    ("verify-text", "2 × 2 = 4"), ("run", "table.csv", "--view", "x", "--out", "o"),
]  # fmt: skip


@pytest.mark.parametrize("arguments", JSON, ids=" ".join)
def test_json_is_one_document_with_a_schema_version(folder: Path, arguments: tuple[str, ...]) -> None:
    answer = tanfeng(*arguments, "--json", cwd=folder)
    assert json.loads(answer.stdout)["schema_version"] == 1


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (["柴游"], "柴油"),  # a near name
        (["柴油", "--parameter", "ncw"], "ncv"),
        (["柴油", "--parameter", "gwp"], "factors.no_value"),
    ],
)
def test_finding_nothing_is_said_and_gives_an_empty_list(
    command: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoked(["factors", "find", *command, "--json"], "zh") == 1
    told = capsys.readouterr()
    document = json.loads(told.out)
    assert (document["values"], document["exit_code"]) == ([], 1)
    assert why in told.err


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_asking_a_run_in_both_languages(folder: Path, lang: Lang) -> None:
    run(folder, "table.csv")
    for command in (
        ("explain", "out", "北京/2007/total"), ("findings", "out"), ("findings", "out", "--open", "--kind", "missing_factor"),
        ("verify", "out"), ("verify", "out", "--inputs", "."),
    ):  # fmt: skip
        answer = tanfeng(*command, "--lang", lang, cwd=folder)
        assert answer.returncode in (0, 1), answer.stderr
        assert answer.stdout.strip()


def test_the_language_follows_the_surroundings(folder: Path) -> None:
    zh = tanfeng("check", "clean.csv", cwd=folder, LC_ALL="zh_CN.UTF-8").stdout
    en = tanfeng("check", "clean.csv", cwd=folder, LC_ALL="en_GB.UTF-8").stdout
    assert "个文件" in zh
    assert "files" in en


def test_output_on_code_page_936_never_fails(folder: Path) -> None:
    answer = subprocess.run(
        [TANFENG, "run", "table.csv", "--factors", "ceads-2018", "--out", "out", "--lang", "zh"],
        capture_output=True, cwd=folder, env={**os.environ, "PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0"},
    )  # fmt: skip
    assert answer.returncode == 1, answer.stderr
    assert "北京" in answer.stdout.decode("gbk")


def test_running_again_is_the_same_run_and_another_result_is_refused(folder: Path) -> None:
    assert run(folder, "table.csv").returncode == 1
    assert run(folder, "table.csv").returncode == 1
    other = run(folder, "clean.csv")
    assert other.returncode == 2
    assert "out-2" in other.stderr


def test_accepting_changes_the_exit_code_and_no_number(folder: Path) -> None:
    run(folder, "table.csv")
    waiting = json.loads(tanfeng("findings", "out", "--open", "--json", cwd=folder).stdout)["findings"]
    ids = [row["id"] for row in waiting]
    accepted = tanfeng("accept", *ids, "--by", "Li", "--reason", "checked", "--run", "out", cwd=folder)
    assert accepted.returncode == 0, accepted.stderr
    again = run(folder, "table.csv", out="again")
    assert again.returncode == 0, again.stdout
    digests = [json.loads((folder / name / "manifest.json").read_text(encoding="utf-8"))["digest"] for name in ("out", "again")]
    assert digests[0] == digests[1]


def test_an_acceptance_lapses_when_the_value_changes(folder: Path) -> None:
    test_accepting_changes_the_exit_code_and_no_number(folder)
    table([*ROWS[:2], (*ROWS[2][:4], "684.27", "万吨")]).write_csv(folder / "table.csv")
    changed = run(folder, "table.csv", out="changed")
    assert changed.returncode == 1
    listed = json.loads(tanfeng("findings", "changed", "--json", cwd=folder).stdout)["findings"]
    assert "acceptance.lapsed" in {row["code"] for row in listed}


def test_a_project_needs_neither_path_nor_out(folder: Path) -> None:
    (folder / "tanfeng.toml").write_text(
        '[inputs]\npaths = ["table.csv"]\n[factors]\npacks = ["ceads-2018"]\n', encoding="utf-8"
    )
    assert tanfeng("run", cwd=folder).returncode == 1
    assert (folder / "runs" / "0001" / "manifest.json").is_file()


def test_copies_of_the_inputs_are_kept_where_they_are_asked_for(folder: Path) -> None:
    answer = tanfeng("run", "table.csv", "--factors", "ceads-2018", "--out", "out", "--copy-inputs", cwd=folder)
    assert answer.returncode == 1, answer.stderr
    assert (folder / "out" / "inputs" / "table.csv").read_bytes() == (folder / "table.csv").read_bytes()
    assert tanfeng("verify", "out", "--inputs", "out/inputs", cwd=folder).returncode == 0


def test_the_version_imports_no_engine(folder: Path) -> None:
    program = "import sys; from accounting.cli import main\ntry: main(['--version'])\nexcept SystemExit: pass\nprint(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "tanfeng 0" in loaded
    assert not [name for name in ("polars", "pyarrow", "duckdb", "pandera", "pint", "typer") if f"'{name}'" in loaded]


def test_a_value_stands_both_ways_with_its_source_and_its_editions(folder: Path) -> None:
    told = json.loads(tanfeng("factors", "show", "cn-enterprise-2024", "--item", "柴油", "--json", cwd=folder).stdout)
    ncv = next(row for row in told["parameters"] if row["parameter"] == "ncv")
    assert (ncv["value"], ncv["unit"]) == ("42.652", "GJ/t")
    assert (ncv["inverse"]["value"], ncv["inverse"]["unit"], ncv["inverse"]["exact"]) == ("0.0234455594", "t/GJ", False)
    assert (told["issued"], bool(told["producer"])) == ("2024", True)
    dates = [(row["published"], row["pack"]) for row in told["history"] if row["parameter"] == "ncv"]
    assert dates == sorted(dates, key=lambda pair: pair[0])
    assert {"ipcc-2006", "provincial-2011", "cn-enterprise-2015", "gbt-2589-2020"} < {name for _, name in dates}


def test_what_another_pack_does_to_a_run(folder: Path) -> None:
    tanfeng("run", "clean.csv", "--factors", "ceads-2018", "--out", "out", cwd=folder)
    own = packs.write(folder / "mine", {"value": "3.1"})
    answer = tanfeng("factors", "diff", "ceads-2018", own, "--run", "out", "--json", cwd=folder)
    assert answer.returncode == 0, answer.stderr
    impact = json.loads(answer.stdout)["impact"]
    (cell,) = impact["cells"]
    assert (cell["old_mass_t"], cell["new_mass_t"], cell["difference_mass_t"]) == ("3175186.4397", "3181530", "6343.5603")
    assert {(total["gas"], total["difference_t"]) for total in impact["totals"]} == {
        ("CO2", "6343.5603"),
        ("CO2e", "6343.5603"),
    }
    told = tanfeng("factors", "diff", "ceads-2018", own, "--run", "out", "--lang", "zh", cwd=folder).stdout
    assert "北京 / 2007 / 交通运输、仓储和邮政业 / 柴油 / CO2  3175186.4397 → 3181530  +6343.5603" in told
    lost = tanfeng("factors", "diff", "ceads-2018", "cn-heat", "--run", "out", cwd=folder)
    assert lost.returncode == 1
    other = tanfeng("factors", "diff", "cn-heat", own, "--run", "out", cwd=folder)
    assert (other.returncode, "diff.pack_not_of_run" in other.stderr) == (2, True)


def test_a_pack_of_the_run_that_is_no_longer_at_hand_is_named(folder: Path) -> None:
    own = packs.write(folder / "mine", {"item": "gasoline"})
    tanfeng("run", "clean.csv", "--factors", f"ceads-2018,{own}", "--out", "out", cwd=folder)
    answer = tanfeng("factors", "diff", "ceads-2018", "cn-enterprise-2024", "--run", "out", "--lang", "en", cwd=folder)
    assert (answer.returncode, "run.pack_gone" in answer.stderr, "mine" in answer.stderr) == (2, True, True)
    other = tanfeng("factors", "diff", own, "cn-enterprise-2024", "--run", "out", "--lang", "en", cwd=folder)
    assert other.returncode == 0, other.stderr
    assert "the run stays the same in every cell" in other.stdout


def test_every_help_page_has_an_example_and_fits_a_screen(folder: Path) -> None:
    commands = [
        "run",
        "check",
        "demo",
        "explain",
        "findings",
        "accept",
        "verify",
        "verify-text",
        "reconcile",
        "export",
        "report",
        "schema",
    ]
    for command in [[name] for name in commands] + [
        ["factors", name] for name in ("list", "show", "verify", "find", "inspect", "diff")
    ]:
        text = tanfeng(*command, "--help", "--lang", "en", cwd=folder, COLUMNS="100").stdout
        assert "Example" in text, command
        assert len(text.splitlines()) <= 50, command


def test_the_project_here_holds_for_paths_too(folder: Path) -> None:
    (folder / "tanfeng.toml").write_text('strict = true\n[factors]\npacks = ["ceads-2018"]\n', encoding="utf-8")
    assert run(folder, "table.csv").returncode == 3


@pytest.mark.parametrize(
    "arguments",
    [("run", "clean.csv", "--factors", ",", "--out", "x"), ("accept", "00", "--by", "", "--reason", "seen", "--run", "out"),
     ("reconcile", "out", "nowhere.csv", "--out", "x.csv"), ("reconcile", "out", "clean.csv", "--out", "clean.csv")],
)  # fmt: skip
def test_what_cannot_be_meant_is_a_usage_error(folder: Path, arguments: tuple[str, ...]) -> None:
    run(folder, "clean.csv")
    before = (folder / "clean.csv").read_bytes()
    answer = tanfeng(*arguments, cwd=folder)
    assert answer.returncode == 2, answer.stderr
    assert "Traceback" not in answer.stderr
    assert (folder / "clean.csv").read_bytes() == before


def test_a_declared_place_is_one_by_name_or_code(folder: Path) -> None:
    (folder / "bare.csv").write_text("年份,部门,品种,数量,单位\n2007,transport,diesel_oil,1,t\n", encoding="utf-8")
    digests = set()
    for place in ("北京", "110000"):
        answer = tanfeng("run", "bare.csv", "--entity", place, "--out", place, "--json", cwd=folder)
        digests.add(json.loads(answer.stdout)["digest"])
    assert len(digests) == 1


def test_nothing_usable_names_what_was_found(folder: Path) -> None:
    (folder / "head.csv").write_text("entity,year,category,item,quantity,unit\n", encoding="utf-8")
    answer = tanfeng("run", "head.csv", "--out", "o", "--lang", "en", cwd=folder)
    assert answer.returncode == 3
    assert "head.csv" in answer.stdout


POWER = "entity,year,category,item,quantity,unit\n330000,2020,purchased,electricity,1000,MWh\n330000,2023,purchased,electricity,1000,MWh\n"


@pytest.mark.parametrize(("lang", "given_twice"), [("zh", "NE | 0.05 (2023)"), ("en", "NE | 0.05 (2023)")])
def test_the_policies_of_electricity_stand_beside_every_result(folder: Path, lang: Lang, given_twice: str) -> None:
    (folder / "power.csv").write_text(POWER, encoding="utf-8")
    told = tanfeng("run", "power.csv", "--view", "china-pilot", "--out", "p", "--lang", lang, cwd=folder)
    assert "market_residual · strict" in told.stdout
    assert given_twice in told.stdout
    why = tanfeng(
        "explain", "p", "--row", "purchased_electricity", "--entity", "330000", "--year", "2023", "--lang", lang, cwd=folder
    )
    assert "market_residual · strict" in why.stdout
    answer = tanfeng(
        "run", "power.csv", "--view", "china-pilot", "--electricity-year", "nearest", "--out", "n", "--json", cwd=folder
    )
    assert json.loads(answer.stdout)["electricity"] == {"electricity": "market_residual", "electricity_year": "nearest"}
    report = tanfeng("report", "n", "--out", "n.html", "--lang", lang, cwd=folder)
    assert report.returncode == 0, report.stderr
    page = (folder / "n.html").read_text(encoding="utf-8")
    assert "market_residual · nearest" in page
    assert "各年因子" in page
    assert "one fixed factor" in page


def test_a_result_without_electricity_says_nothing_of_it(folder: Path) -> None:
    assert "market_residual" not in run(folder, "table.csv").stdout


def test_the_project_says_the_year_policy_too(folder: Path) -> None:
    (folder / "power.csv").write_text(POWER, encoding="utf-8")
    (folder / "tanfeng.toml").write_text(
        'view = "china-pilot"\nelectricity_year = "fixed:2022"\n[inputs]\npaths = ["power.csv"]\n', encoding="utf-8"
    )
    assert "fixed:2022" in tanfeng("run", cwd=folder).stdout


def test_schema_publishes_the_tables_and_keys_of_a_project(folder: Path) -> None:
    from accounting.project import KEYS
    from accounting.tables import PROJECT_TABLES

    for name, columns in PROJECT_TABLES.items():
        told = json.loads(tanfeng("schema", name, "--json", cwd=folder).stdout)
        assert [row["column"] for row in told["columns"]] == list(columns)
        assert all(row["headings"] for row in told["columns"])
    assert json.loads(tanfeng("schema", "project", "--json", cwd=folder).stdout)["keys"] == KEYS
    whole = tanfeng("schema", "--lang", "zh", cwd=folder).stdout
    assert "[tables] splits" in whole
    assert "[[parts]]" in whole
    assert "必填" in whole


def test_problems_of_a_projects_tables_are_the_answer_and_nothing_is_written(folder: Path) -> None:
    (folder / "splits.csv").write_text("entity,item,into,share,source\n140000,raw_coal,lignite,80,x\n", encoding="utf-8")
    (folder / "tanfeng.toml").write_text('[inputs]\npaths = ["clean.csv"]\n[tables]\nsplits = "splits.csv"\n', encoding="utf-8")
    answer = tanfeng("run", "--lang", "en", cwd=folder)
    assert answer.returncode == 2
    assert "splits.csv › D2" in answer.stdout
    assert "share.percent" in answer.stdout
    assert "if 80 % is meant, write 0.8" in answer.stdout
    assert "project_table.unusable" in answer.stderr
    assert "the first: if 80 % is meant, write 0.8" in answer.stderr
    assert not (folder / "runs").exists()


@pytest.mark.parametrize(
    "option", [{"view": "nosuch"}, {"factors": ["nosuch"]}, {"gwp": "AR9"}, {"electricity_year": "fixed:19"}]
)
def test_what_cannot_be_meant_is_said_before_anything_is_read(option: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounting.runs.taken_in", None)
    with pytest.raises(UsageError):
        ac.run("a.csv", **option)
