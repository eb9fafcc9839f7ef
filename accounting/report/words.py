"""The words of the page in one language, and numbers as people write them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from accounting import codes
from accounting.errors import Lang

_LONGEST = 300


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("accounting.report").joinpath("words.toml").read_text(encoding="utf-8"))


class Words:
    """One language: `words.title`, and `words("incomplete", n=3)` with its gaps filled in; `own` are names of own ids."""

    def __init__(self, lang: Lang, own: Mapping[str, str] | None = None) -> None:
        self.lang: Lang = lang
        self.own: Mapping[str, str] = own or {}

    def __getattr__(self, name: str) -> str:
        try:
            return _words()[name][self.lang]
        except KeyError as error:
            raise AttributeError(name) from error

    def __call__(self, name: str, **facts: Any) -> str:
        return getattr(self, name).format_map(facts)

    def __getitem__(self, name: str) -> str:
        return getattr(self, name)


def both() -> dict[str, dict[str, str]]:
    """Every word in both languages: what a test of completeness looks at."""
    return _words()


def wan(tonnes: Decimal) -> str:
    """Tonnes as 万吨 with two decimals; a mass that would vanish keeps its first digits; never a negative zero.

    >>> wan(Decimal("3175186.44")), wan(Decimal("-0.001")), wan(Decimal("12"))
    ('317.52', '-0.0000001', '0.0012')
    """
    amount = tonnes / 10_000
    if amount and abs(amount) < Decimal("0.01"):
        return f"{Decimal(f'{amount:.2g}'):f}"
    return f"{amount.quantize(Decimal('0.01'), ROUND_HALF_UP):,f}" if amount else "0.00"


def shortened(text: str | None, longest: int = _LONGEST) -> str:
    """A text, cut where it is longer than a page needs.

    >>> shortened("abcdef", 3)
    'abc…'
    """
    text = text or ""
    return text if len(text) <= longest else text[:longest] + "…"


def entity_year(entity: str, year: int, words: Words) -> str:
    """北京 2007; an own id without a name stands by itself."""
    return f"{entity_name(entity, words)} {year}"


def entity_name(entity: str, words: Words) -> str:
    """The name of an entity, cut where it is very long."""
    return shortened(codes.entity_name(entity, words.lang, words.own), 40)
