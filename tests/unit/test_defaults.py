"""Packs and policy of a run over several views: named, or the default of all; nothing is mixed unsaid."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest
from small import table

import accounting as ac
from accounting import views
from accounting.cli.app import invoked
from accounting.defaults import DEFAULT_PACKS, OFFICIAL_VIEWS, chosen
from accounting.errors import LANGS, UsageError, lines
from accounting.factors import pack

CLINKER = table([("330000", 2022, "process", "clinker", "1000", "t")])
POWER = table([("330000", 2023, "purchased", "electricity", "1000", "MWh")])
OFFICIAL = ("provincial-2011", "cn-enterprise-2024", "grid-cn", "cn-heat")
PAIRS = [(first, second) for first, second in permutations(views.views(), 2) if DEFAULT_PACKS[first] != DEFAULT_PACKS[second]]


def refused(*views: str, **named: object) -> UsageError:
    with pytest.raises(UsageError) as caught:
        chosen(views, **named)  # type: ignore[arg-type]
    return caught.value


def mass(run: ac.Run, account: str = "main") -> Decimal:
    return run.inventory.filter(account=account)["mass_t"].item()


def test_every_view_has_packs_and_an_official_one_takes_official_packs_only() -> None:
    assert set(DEFAULT_PACKS) == set(views.views())
    kinds = {view: {pack.load(name).kind for name in DEFAULT_PACKS[view]} for view in OFFICIAL_VIEWS}
    assert kinds == {view: {"official"} for view in OFFICIAL_VIEWS}


@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_views_with_other_packs_are_refused_in_either_order(pair: tuple[str, str]) -> None:
    error = refused(*pair)
    assert (error.code, error.seen, error.exit_code) == ("view.defaults_differ", ", ".join(pair), 2)
    for lang in LANGS:
        text = "\n".join(lines(error, lang))
        assert all(view in text and ",".join(DEFAULT_PACKS[view]) in text for view in pair)


@pytest.mark.parametrize("pair", [*PAIRS, ("china-pilot", "zero-carbon-park"), ("gpc", "zero-carbon-park")], ids="+".join)
def test_what_the_refusal_names_can_be_pasted(pair: tuple[str, str]) -> None:
    told = refused(*pair).facts
    words = shlex.split(told["options"])
    named = dict(zip(words[::2], words[1::2], strict=True))
    packs = tuple(name for name in named.get("--factors", "").split(",") if name)
    taken, policy = chosen(pair, packs, named.get("--electricity"))
    assert taken in {DEFAULT_PACKS[view] for view in pair}
    assert policy == ("zero_carbon_park" if "zero-carbon-park" in pair else "market_residual")
    official = set(pair) & set(OFFICIAL_VIEWS)
    assert not official or "ceads-2018" not in taken
    for run in told["runs"].split(" | "):
        chosen(shlex.split(run)[1::2])


@pytest.mark.parametrize(
    "same", [("china-pilot", "provincial"), ("gpc", "ipcc2006"), ("gpc", "gpc"), ("energy-balance",)], ids="+".join
)
def test_views_with_the_same_defaults_run_together(same: tuple[str, ...]) -> None:
    assert chosen(same) == (DEFAULT_PACKS[same[0]], "market_residual")


def test_both_differences_stand_in_one_refusal() -> None:
    told = refused("gpc", "provincial", "china-pilot", "zero-carbon-park").facts
    assert told["options"] == f"--factors {','.join(OFFICIAL)} --electricity zero_carbon_park"
    assert told["keys"] == f'electricity = "zero_carbon_park", [factors] packs = {list(OFFICIAL)}'.replace("'", '"')
    assert told["runs"] == "--view gpc | --view provincial --view china-pilot | --view zero-carbon-park"


def test_what_is_named_is_not_asked_for_again() -> None:
    assert refused("gpc", "zero-carbon-park", packs=OFFICIAL).facts["options"] == "--electricity zero_carbon_park"
    told = refused("gpc", "zero-carbon-park", electricity="zero_carbon_park").facts
    assert told["options"] == f"--factors {','.join(OFFICIAL)}"
    assert chosen(("gpc", "zero-carbon-park"), ("ipcc-2006",), "zero_carbon_park") == (("ipcc-2006",), "zero_carbon_park")


@pytest.mark.parametrize("without", ["ipcc2006", "energy-balance"])
def test_a_view_that_counts_no_electricity_has_no_policy_to_differ(without: str) -> None:
    assert chosen((without, "zero-carbon-park"), OFFICIAL) == (OFFICIAL, "zero_carbon_park")
    assert chosen(("zero-carbon-park", without), OFFICIAL) == (OFFICIAL, "zero_carbon_park")


def test_a_policy_that_a_view_does_not_take_is_refused_among_others_too() -> None:
    error = refused("china-pilot", "zero-carbon-park", electricity="market_average")
    assert (error.code, error.facts["policy"]) == ("electricity.policy_of_view", "zero_carbon_park")
    assert refused("china-pilot", electricity="market").code == "electricity.policy"


@pytest.mark.parametrize(("packs", "factor"), [(OFFICIAL, "0.538"), (("ipcc-2006",), "0.52")])
def test_clinker_has_the_factor_of_its_view_alone_and_of_the_named_packs_together(packs: Sequence[str], factor: str) -> None:
    view = "china-pilot" if packs == OFFICIAL else "ipcc2006"
    by_hand = 1000 * Decimal(factor)  # 省级指南 2011 表2.1; IPCC 2006 Vol 3 Ch 2: 0.65 × 0.785 × 1.02
    assert mass(ac.run(CLINKER, view=view)) == by_hand
    for order in (["china-pilot", "ipcc2006"], ["ipcc2006", "china-pilot"]):
        with pytest.raises(UsageError, match=r"view\.defaults_differ"):
            ac.run(CLINKER, view=order)
        together = ac.run(CLINKER, view=order, factors=packs)
        assert mass(together) == by_hand
        assert [one["id"] for one in together.manifest["packs"]] == list(packs)


def test_no_research_pack_comes_to_an_official_view_unasked() -> None:
    with pytest.raises(UsageError, match=r"view\.defaults_differ"):
        ac.run(CLINKER, view=["energy-balance", "china-pilot"])
    asked = ac.run(CLINKER, view=["energy-balance", "china-pilot"], factors=["ceads-2018", *OFFICIAL])
    warnings = asked.findings.filter(code="pack.research")
    assert warnings.select("severity", "seen").rows() == [("warning", "china-pilot: ceads-2018")]


def test_the_market_account_of_a_view_has_its_own_policy_or_the_named_one() -> None:
    with pytest.raises(UsageError, match=r"view\.defaults_differ"):
        ac.run(POWER, view=["china-pilot", "zero-carbon-park"])
    alone = {view: ac.run(POWER, view=view) for view in ("china-pilot", "zero-carbon-park")}
    assert {view: run.manifest["settings"]["electricity"] for view, run in alone.items()} == {
        "china-pilot": "market_residual",
        "zero-carbon-park": "zero_carbon_park",
    }
    together = ac.run(POWER, view=["china-pilot", "zero-carbon-park"], electricity="zero_carbon_park")
    assert mass(together, "market") == mass(alone["zero-carbon-park"], "market") != mass(alone["china-pilot"], "market")
    assert mass(together) == mass(alone["china-pilot"])


def test_a_view_says_alone_what_it_says_beside_one_with_its_defaults() -> None:
    together = ac.run(pl.concat([CLINKER, POWER]), view=["provincial", "china-pilot"])
    for view in ("provincial", "china-pilot"):
        assert together.views[view].equals(ac.run(pl.concat([CLINKER, POWER]), view=view).views[view])


def project(folder: Path, *keys: str) -> Path:
    CLINKER.write_csv(folder / "data.csv")
    text = 'view = ["ipcc2006", "zero-carbon-park", "gpc"]\n[[inputs]]\npath = "data.csv"\n'
    (folder / "tanfeng.toml").write_text("\n".join([*keys[:1], text, *keys[1:]]), encoding="utf-8")
    return folder


def test_a_project_file_names_packs_and_policy(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"view\.defaults_differ") as caught:
        ac.run(project(tmp_path))
    electricity, packs = caught.value.facts["keys"].split(", ", 1)
    named = ac.run(project(tmp_path, electricity, packs.replace("[factors] ", "[factors]\n")))
    assert named.manifest["settings"]["electricity"] == "zero_carbon_park"
    assert [one["id"] for one in named.manifest["packs"]] == list(OFFICIAL)
    assert mass(named) == 538


@pytest.mark.parametrize(("lang", "words"), [("zh", "例如在命令后加 --factors"), ("en", "for instance --factors")])
def test_the_command_refuses_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str], lang, words) -> None:
    CLINKER.write_csv(tmp_path / "data.csv")
    views_given = ["--view", "china-pilot", "--view", "ipcc2006"]
    command = ["run", str(tmp_path / "data.csv"), *views_given, "--out", str(tmp_path / "out")]
    assert invoked(command, lang) == 2
    told = capsys.readouterr().err
    assert "view.defaults_differ" in told
    assert words in told
    assert not (tmp_path / "out").exists()
    assert invoked([*command, "--factors", ",".join(OFFICIAL)], lang) == 0
