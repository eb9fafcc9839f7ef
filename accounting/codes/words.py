"""Items, categories and gases: ids, names in both languages, aliases, parents.

A word is found by id, name or alias; spaces, punctuation, numbering and the signs of sub-rows do not matter.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from accounting import shipped
from accounting.errors import DataRefused, Lang, did_you_mean

_SPACES_AND_SIGNS = re.compile(r"[\s、，,。.；;:：·•&/'\"“”‘’#＃*()（）\[\]【】_-]+")
_NUMBERING = re.compile(r"^(其中|[一二三四五六七八九十]+[、.．]|[0-9]+[、.．)）])")


@dataclass(frozen=True, slots=True)
class Item:
    """What is measured: a fuel, energy or product; `dimensions` are those in which it may be given."""

    id: str
    name_zh: str
    name_en: str
    parent: str | None
    dimensions: tuple[str, ...]
    kind: str
    aliases: tuple[str, ...]

    def name(self, lang: Lang) -> str:
        """Its name in one language."""
        return self.name_zh if lang == "zh" else self.name_en


@dataclass(frozen=True, slots=True)
class Category:
    """Where it is used; `role` says what a row of it means (final_consumption, burnt_transformation, supply, …)."""

    id: str
    name_zh: str
    name_en: str
    role: str
    parent: str | None
    negative: bool
    aliases: tuple[str, ...]

    def name(self, lang: Lang) -> str:
        """Its name in one language."""
        return self.name_zh if lang == "zh" else self.name_en


@dataclass(frozen=True, slots=True)
class Gas:
    """A greenhouse gas; methane of fossil and of biogenic origin are two."""

    id: str
    name_zh: str
    name_en: str
    aliases: tuple[str, ...]

    def name(self, lang: Lang) -> str:
        """Its name in one language."""
        return self.name_zh if lang == "zh" else self.name_en


def folded(word: str) -> str:
    """A word without spaces, punctuation, numbering and case: what names are compared by.

    >>> folded(" 1.农、林、牧、渔业"), folded("Other Gas"), folded("#用作原料、材料")
    ('农林牧渔业', 'othergas', '用作原料材料')
    """
    bare = _NUMBERING.sub("", word.strip().lstrip("#＃ "))
    return _SPACES_AND_SIGNS.sub("", bare).casefold()


def _rows(name: str) -> list[dict[str, str]]:
    with (shipped.datasets() / "codes" / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


@cache
def items() -> tuple[Item, ...]:
    """Every item, in the order of the balance."""
    return tuple(
        Item(r["id"], r["name_zh"], r["name_en"], r["parent"] or None, _split(r["dimensions"]), r["kind"], _split(r["aliases"]))
        for r in _rows("items.csv")
    )


@cache
def categories() -> tuple[Category, ...]:
    """Every category, in the order of the balance."""
    return tuple(
        Category(
            r["id"], r["name_zh"], r["name_en"], r["kind"], r["parent"] or None, r["negative"] == "1", _split(r["aliases"])
        )
        for r in _rows("categories.csv")
    )


@cache
def gases() -> tuple[Gas, ...]:
    """Every gas."""
    return tuple(Gas(r["id"], r["name_zh"], r["name_en"], _split(r["aliases"])) for r in _rows("gases.csv"))


@cache
def _index(kind: str) -> dict[str, str]:
    known = {"item": items, "category": categories, "gas": gases}[kind]()
    index: dict[str, str] = {}
    for one in known:
        for word in (one.id, one.name_zh, one.name_en, *one.aliases):
            index.setdefault(folded(word), one.id)
    return index


@cache
def _items_by_id() -> dict[str, Item]:
    return {one.id: one for one in items()}


@cache
def _categories_by_id() -> dict[str, Category]:
    return {one.id: one for one in categories()}


def find_item(word: str) -> str | None:
    """The id of an item named so, else None."""
    return _index("item").get(folded(word))


def find_category(word: str) -> str | None:
    """The id of a category named so, else None.

    >>> find_category("农业"), find_category("industry/C30"), find_category("其他石油制品")
    ('farming', 'industry/C30', None)
    """
    return _index("category").get(folded(word))


def find_gas(word: str) -> str | None:
    """The id of a gas named so, else None."""
    return _index("gas").get(folded(word))


def item(word: str) -> Item:
    """The item of an id, name or alias. Raises DataRefused (`item.unknown`) with near names.

    >>> item("柴油").id, item("Other Washed Coal").id
    ('diesel_oil', 'other_washed_coal')
    """
    found = find_item(word)
    if found is None:
        raise DataRefused("item.unknown", seen=word, close=near_items(word))
    return _items_by_id()[found]


def category(word: str) -> Category:
    """The category of an id, name or alias. Raises DataRefused (`category.unknown`) with near names."""
    found = find_category(word)
    if found is None:
        raise DataRefused("category.unknown", seen=word, close=_near(word, categories()))
    return _categories_by_id()[found]


def gas(word: str) -> Gas:
    """The gas of an id or name. Raises DataRefused (`gas.unknown`)."""
    found = find_gas(word)
    if found is None:
        raise DataRefused("gas.unknown", seen=word, close=did_you_mean(word, [one.id for one in gases()]))
    return next(one for one in gases() if one.id == found)


def near_items(word: str) -> str:
    """Names of items near to a word, for a remedy."""
    return _near(word, items())


def near_words(word: str) -> str:
    """Names of items and categories near to a word, for a remedy."""
    return _near(word, (*items(), *categories()))


def _near(word: str, known: Iterable[Item | Category]) -> str:
    return did_you_mean(word, [name for one in known for name in (one.id, one.name_zh, one.name_en)]) or "tanfeng schema ids"


@cache
def item_parents(id: str) -> tuple[str, ...]:  # noqa: A002 - the field's word
    """The items above an item, nearest first.

    >>> item_parents("naphtha")
    ('other_petroleum_products',)
    """
    parent = _items_by_id()[id].parent
    return (parent, *item_parents(parent)) if parent else ()


@cache
def category_parents(id: str) -> tuple[str, ...]:  # noqa: A002 - the field's word
    """The categories above a category, nearest first.

    >>> category_parents("industry/C30")
    ('industry',)
    """
    parent = _categories_by_id()[id].parent
    return (parent, *category_parents(parent)) if parent else ()


@cache
def of_role(role: str) -> tuple[str, ...]:
    """The categories of a role.

    >>> of_role("boundary_energy")
    ('purchased', 'exported', 'self_generated', 'net_import')
    """
    return tuple(category.id for category in categories() if category.role == role)


@cache
def divisions(id: str) -> tuple[str, ...]:  # noqa: A002 - the field's word
    """The categories below a category.

    >>> divisions("industry")[:2], divisions("farming")
    (('industry/B06', 'industry/B07'), ())
    """
    return tuple(one.id for one in categories() if id in category_parents(one.id))


@cache
def names() -> tuple[str, ...]:
    """Every id and name of items, categories and gases: what a did-you-mean chooses from."""
    return tuple(name for one in (*items(), *categories(), *gases()) for name in (one.id, one.name_zh, one.name_en))


def pair_name(of_category: str, of_item: str, lang: Lang) -> str:
    """A category and an item in one language.

    >>> pair_name("transport", "diesel_oil", "zh")
    '交通运输、仓储和邮政业·柴油'
    """
    return f"{category(of_category).name(lang)}·{item(of_item).name(lang)}"


def in_one_line(one: str, other: str, parents: Callable[[str], tuple[str, ...]]) -> bool:
    """Whether two words are equal or one stands above the other.

    >>> in_one_line("industry/C30", "industry", category_parents), in_one_line("coke", "lng", item_parents)
    (True, False)
    """
    return one == other or one in parents(other) or other in parents(one)
