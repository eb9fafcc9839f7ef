"""The method cards: every method and parameter stands in the card of its family, every line worked by hand is right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from accounting.explain import recomputed
from accounting.methods import Method, methods

CARDS = Path(__file__).parents[2] / "docs" / "methods"
WORKED = re.compile(r"^    (\S.* = -?[0-9].*)$", re.MULTILINE)
ASKED = re.compile(r"`tanfeng verify-text '([^']+)'`")


def card(method: Method) -> str:
    family = method.id.partition(".")[0]
    name = "electricity_heat" if family in ("electricity", "heat") else family
    return (CARDS / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("method", methods(), ids=lambda method: method.id)
def test_a_card_names_the_method_and_what_it_reads(method: Method) -> None:
    text = card(method)
    assert all(f"`{word}`" in text for word in (*method.reads, *filter(None, [method.policy])))
    assert f"`{method.id}`" in text or f".{method.id.rpartition('.')[2]}`" in text


@pytest.mark.parametrize("file", sorted(CARDS.glob("*.md")), ids=lambda file: file.stem)
def test_what_a_card_works_by_hand_is_right(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    lines = [*WORKED.findall(text), *ASKED.findall(text)]
    assert len(lines) >= 2
    assert [line for line in lines if not recomputed(line).right] == []
