"""What people call the columns of tables and the closed words in them, in both languages."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

from accounting import shipped
from accounting.errors import LANGS, Lang


def column_name(column: str, lang: Lang) -> str:
    """The heading of a column for people; a column without one keeps its name.

    >>> column_name("entity_name", "zh"), column_name("mass_wan", "en"), column_name("other", "zh")
    ('地区', 'mass, 10^4 t', 'other')
    """
    return _columns().get((column, lang), column)


def marks(column: str, lang: Lang) -> Mapping[str, str]:
    """The closed words of a column and what they mean; empty where a column has none.

    >>> marks("severity", "zh")["warning"]
    '警告'
    """
    return _marks().get((column, lang), {})


@cache
def _columns() -> dict[tuple[str, str], str]:
    return {(row["column"], lang): row[f"name_{lang}"] for row in _rows("columns.csv") for lang in LANGS}


@cache
def _marks() -> dict[tuple[str, str], dict[str, str]]:
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in _rows("marks.csv"):
        for lang in LANGS:
            found.setdefault((row["column"], lang), {})[row["mark"]] = row[f"name_{lang}"]
    return found


def _rows(name: str) -> list[dict[str, str]]:
    with (shipped.datasets() / "codes" / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))
