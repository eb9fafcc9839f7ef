"""Which place words name: the most specific region of a chain, and whether only a part of it is meant.

    浙江省宁波市鄞州区 → 330212      广东省(不含深圳) → 440000, a part      新疆兵团 → 650000, a part

A part of a region is no region: its figures are never those of the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from accounting import codes

_WITHOUT = re.compile(r"(?:不含|不包括|不包含|未含|剔除|扣除|除去?|excluding|except|without)\s*([^)）,，;；]+)", re.IGNORECASE)
_OF_THE_WHOLE = re.compile(
    r"地区|全社会|[全各][省市县区地州盟]+|本[省市县区]|辖区|综合|主要|分品种|分行业|统计局|实物量|标准量|等价值|当量值|快报|初步|最终|修订|年度?"
)
_LONGEST = 12  # characters of a region's name
_NOT_CHINESE = re.compile(r"[^㐀-鿿]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A region, or a part of it that no code stands for."""

    code: str
    part: bool = False


def place_in(text: str) -> Place | None:
    """The region that a text names; what is written behind it, and is no word for the whole, makes it a part.

    >>> place_in("浙江省杭州市"), place_in("北京朝阳区"), place_in("苏州工业园区"), place_in("6-15 山东").part
    (Place(code='330100', part=False), Place(code='110105', part=False), Place(code='320500', part=True), False)
    """
    code = codes.find_region(text.strip()) if text.strip() else None
    if code is not None:
        return Place(code)
    first = _first(text)
    if first is None:
        named = codes.named_in(text)
        return Place(named[0].code, excludes(text)) if len(named) == 1 else None
    code, rest = first
    while (inner := _within(code, rest)) is not None:
        code, rest = inner
    left = _OF_THE_WHOLE.sub("", _NOT_CHINESE.sub("", rest))
    return Place(code, bool(left) or excludes(text))


def chained(text: str) -> str | None:
    """The region that a text names from its first character to its last, within those that it names before.

    >>> chained("浙江省宁波市鄞州区"), chained("杭州萧山区"), chained("华润杭州"), chained("苏州工业园区")
    ('330212', '330109', None, None)
    """
    if text.isascii():
        return None
    known = _first_names()
    name = next((text[:end] for end in range(min(len(text) - 1, _LONGEST), 1, -1) if text[:end] in known), None)
    if name is None:
        return None
    code, rest = known[name], text[len(name) :]
    while (inner := _within(code, rest)) is not None:
        code, rest = inner
    return None if rest else code


def excludes(text: str) -> bool:
    """Whether a text leaves a region out of another.

    >>> excludes("能源平衡表(不含深圳)"), excludes("能源平衡表(不含回收能)")
    (True, False)
    """
    return any(codes.find_region(left) or codes.named_in(left) or "兵团" in left for left in _WITHOUT.findall(text))


def _first(text: str) -> tuple[str, str] | None:
    """The province, else the city, that a text names first, by its longest name, and what is written behind it."""
    for kind in ("province", "city"):
        start = min((at for name in _names(kind) if (at := text.find(name)) >= 0), default=None)
        if start is not None:
            tail, known = text[start:], _first_names()
            name = max((name for name in known if tail.startswith(name)), key=len)
            return known[name], tail[len(name) :]
    return None


def _within(code: str, text: str) -> tuple[str, str] | None:
    """The region inside another whose name a text begins with, and what is written behind it."""
    text = text.lstrip(" ·-—、")
    inside = {name: found for name, found in _names_inside(code).items() if text.startswith(name)}
    name = max(inside, key=len, default="")
    return (inside[name], text[len(name) :]) if name else None


@cache
def _first_names() -> dict[str, str]:
    """Names with which a chain may begin; of one name the province's."""
    return {**_names("city"), **_names("province")}


@cache
def _names(kind: str) -> dict[str, str]:
    return _by_name(region for region in codes.regions().values() if region.kind == kind)


@cache
def _names_inside(code: str) -> dict[str, str]:
    return _by_name(region for region in codes.regions().values() if code in codes.ancestors(region.code))


def _by_name(regions: Iterable[codes.Region]) -> dict[str, str]:
    """The codes of Chinese names that name one region: of several the one in force, none where several are."""
    found: dict[str, list[codes.Region]] = {}
    for region in regions:
        for name in {region.name_zh, region.short_zh} - {""}:
            found.setdefault(name, []).append(region)
    standing = {name: [r for r in known if r.valid_to is None] or known for name, known in found.items()}
    return {name: known[0].code for name, known in standing.items() if len(known) == 1}
