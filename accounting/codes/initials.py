"""Chinese names by the first letters of their pinyin: ym is 原煤.

datasets/codes/initials.csv holds for each letter the characters that are read with it: all of GB 2312 level 1 and those
of our names; a character with two readings stands at both.
"""

from __future__ import annotations

import csv
import unicodedata
from functools import cache

from accounting import shipped
from accounting.codes.words import Category, Item, categories, find_category, find_item, folded, items

SHORTEST = 2  # letters: one is the initial of too many names


@cache
def _letters() -> dict[str, set[str]]:
    letters: dict[str, set[str]] = {}
    with (shipped.datasets() / "codes" / "initials.csv").open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            for character in row["characters"]:
                letters.setdefault(character, set()).add(row["letter"])
    return letters


def begins_with(name: str, letters: str) -> bool:
    """Whether the pinyin of a name begins with these letters, one a character.

    >>> begins_with("原煤", "ym"), begins_with("原煤(井工)", "YM"), begins_with("原油", "ym")
    (True, True, False)
    """
    characters = [one for one in folded(name) if one in _letters() or one.isalnum()]
    return len(letters) <= len(characters) and all(
        letter in _letters().get(character, {character})
        for letter, character in zip(letters.casefold(), characters, strict=False)
    )


def items_called(word: str) -> tuple[str, ...]:
    """The items that a word may mean: by name; by the pinyin initials of a whole name; by a part of a name; by the
    initials with which a name begins. The first of these that finds anything; full-width letters are as narrow ones.

    >>> items_called("ＹＭ"), items_called("diesel"), items_called("nothing of the kind")
    (('raw_coal', 'bituminous_coal'), ('diesel_oil',), ())
    """
    return _called(word, items(), find_item(_narrow(word)))


def categories_called(word: str) -> tuple[str, ...]:
    """The categories that a word may mean, in the same order of trials.

    >>> categories_called("jzy")
    ('construction',)
    """
    return _called(word, categories(), find_category(_narrow(word)))


def _narrow(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip()


def _called(word: str, known: tuple[Item, ...] | tuple[Category, ...], exact: str | None) -> tuple[str, ...]:
    wanted = _narrow(word).casefold()
    if exact or not wanted:
        return (exact,) if exact else ()
    letters = wanted if wanted.isascii() and wanted.isalpha() and len(wanted) >= SHORTEST else ""
    begun = [(one.id, name) for one in known for name in (one.name_zh, *one.aliases) if letters and begins_with(name, letters)]
    whole = [id for id, name in begun if len(folded(name)) == len(letters)]  # noqa: A001 - the field's word
    parts = [
        one.id for one in known if any(wanted in name.casefold() for name in (one.id, one.name_zh, one.name_en, *one.aliases))
    ]
    found = whole or parts or [id for id, _ in begun]  # noqa: A001 - the field's word
    return tuple(dict.fromkeys(found))
