"""Whose figures a sheet holds, and of which year: evidence, ranked, and never in contradiction (contract §3).

    1 column of the table · 2 title in the sheet · 3 sheet name · 4 project file or option · 5 file name · 6 folder name

The first that speaks decides; another that says something else is a refusal with both values. The words of an
edition (年鉴2014, Yearbook 2008, 2008年版) are kept as the edition: a yearbook of 2014 holds 2013. A title that names
a part of a region is refused, never taken for the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Literal

from accounting import codes
from accounting.errors import LANGS, DataRefused, UsageError, Where, finding, rejection
from accounting.ingest import places
from accounting.ingest.labels import folded
from accounting.ingest.places import Place

Subject = Literal["entity", "year", "edition", "part", "years"]  # part of a region, several years: neither decides
COLUMN, TITLE, SHEET_NAME, DECLARED, FILE_NAME, FOLDER_NAME = range(1, 7)
PLACES = {
    COLUMN: ("表列", "column"),
    TITLE: ("表内标题", "title"),
    SHEET_NAME: ("工作表名", "sheet name"),
    DECLARED: ("项目文件或选项", "project file or option"),
    FILE_NAME: ("文件名", "file name"),
    FOLDER_NAME: ("文件夹名", "folder name"),
}

_YEAR = r"(?:19|20)\d{2}"
_EDITION = re.compile(
    rf"年鉴\s*[》>]?\s*[-_(]?\s*({_YEAR})\s*[)]?\s*(?:年?版|年)?"
    rf"|(?<!\d)({_YEAR})\s*年?\s*《?[一-鿿]{{0,12}}年鉴"
    rf"|(?<!\d)({_YEAR})\s*年?\s*(?:版|修订|编印|出版|发布|印发|公布|第\d+版)"
    rf"|yearbook[\s_\-,(]*({_YEAR})"
    rf"|(?<!\d)({_YEAR})[\s_\-]*(?:china\s+)?(?:energy\s+)?(?:statistical\s+)?yearbook"
    rf"|(?:edition|ed\.)\s*({_YEAR})|(?<!\d)({_YEAR})\s+edition",
    re.IGNORECASE,
)
_RANGE = re.compile(rf"(?<!\d){_YEAR}\s*年?\s*(?:[-–—~～]|至|到)\s*(?:\d{{4}}|\d{{2}})(?!\d)\s*年?")
_YEAR_NIAN = re.compile(rf"(?<!\d)({_YEAR})\s*年")
_YEAR_BARE = re.compile(rf"(?<![\d.])({_YEAR})(?!\d|\.\d)")
_CHINESE_YEAR = re.compile(r"([一二][〇○零九][〇○零一二三四五六七八九]{2})\s*年")
_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")
_TABLE_NUMBER = re.compile(r"^\s*(?:附?表|table)?\s*[A-Za-z]?\d{1,2}(?:\s*[-–—.－]\s*\d{1,3})+\s*", re.IGNORECASE)
_BALANCE_OF_ZH = re.compile(r"^(.*?)(?:地区)?(?:综合)?能源平衡(?:简)?表")
_BALANCE_OF_EN = re.compile(
    r"energy\s+balance\s+(?:sheet\s+|table\s+)?(?:of|for)\s+([a-z' ]+?)\s*(?:province|municipality)?\s*(?:[-–—(,\d]|$)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:地区|行政区划?|省份|城市|地\s*区|region|province)(?:名称)?\s*[:：]\s*([^\s,，;；()（）]+)",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[\s_\-–—()（）《》\[\]【】.,，、]+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that says whose or of which year: its value, rank, the words seen and where they stand."""

    subject: Subject
    value: str | int
    rank: int
    seen: str
    where: Where

    def told(self, lang: str) -> str:
        zh, en = PLACES[self.rank]
        at = self.where.cell or ""
        return f"{self.value}（{zh}{at} “{self.seen}”）" if lang == "zh" else f"{self.value} ({en} {at} '{self.seen}')"


@dataclass(frozen=True, slots=True)
class Decided:
    """The value that applies, from which evidence; or None and why not."""

    value: str | int | None
    by: Evidence | None = None
    rejection: dict[str, Any] | None = None
    findings: tuple[dict[str, Any], ...] = field(default=())


def editions(text: str) -> list[str]:
    """The years that stand as words of an edition.

    >>> editions("中国能源统计年鉴2014"), editions("Yearbook 2008"), editions("2008年版"), editions("2013年")
    (['2014'], ['2008'], ['2008'], [])
    """
    return [next(part for part in match.groups() if part) for match in _EDITION.finditer(folded(text))]


def several_years(text: str) -> str | None:
    """The years of a text that names more than one, as it names them; None else.

    >>> several_years("浙江2014-2015年能源平衡表"), several_years("浙江2015年能源平衡表")
    ('2014-2015年', None)
    """
    text = _EDITION.sub(" ", folded(text))
    if (span := _RANGE.search(text)) is not None:
        return span.group().strip()
    named = years(text)
    return ", ".join(map(str, named)) if len(named) > 1 else None


def years(text: str) -> list[int]:
    """The data years that a text names; none where only an edition, a range of years or a table number stands.

    >>> years("6-15 山东能源平衡表(实物量)-2007"), years("年鉴2014"), years("表6-1 2013年"), years("2005-2010年")
    ([2007], [], [2013], [])
    """
    text = folded(text)
    text = _CHINESE_YEAR.sub(lambda match: match.group(1).translate(_CHINESE_DIGITS) + "年", text)
    text = _RANGE.sub(" ", _EDITION.sub(" ", text))
    named = _YEAR_NIAN.findall(text) or _YEAR_BARE.findall(text)
    return list(dict.fromkeys(int(year) for year in named))


def entity_of_title(text: str) -> str | None:
    """Whose balance a title announces, None where it announces none or a part of a region.

    >>> entity_of_title("6-15 山东能源平衡表(实物量)-2007"), entity_of_title("浙江省杭州市能源平衡表")
    ('370000', '330100')
    >>> entity_of_title("ENERGY BALANCE OF BEIJING-2007"), entity_of_title("广东省(不含深圳)能源平衡表")
    ('110000', None)
    """
    return _whole(_place_of_title(text))


def _whole(place: Place | None) -> str | None:
    return None if place is None or place.part else place.code


def _place_of_title(text: str) -> Place | None:
    text = folded(text)
    for pattern in (_BALANCE_OF_ZH, _NAMED, _BALANCE_OF_EN):
        match = pattern.search(text)
        if match and (place := places.place_in(_name_only(match.group(1)))):
            return Place(place.code, place.part or places.excludes(text))
    return None


def _name_only(text: str) -> str:
    """A name without table number, years and the words around it."""
    text = _RANGE.sub(" ", _EDITION.sub(" ", _TABLE_NUMBER.sub("", text)))
    text = re.sub(rf"{_YEAR}\s*年?度?", " ", text)
    return text.strip(" -–—_:：、.")


def entity_of_name(text: str) -> str | None:
    """Whose file or sheet a name announces: a code that exists, or a place that its words name.

    >>> entity_of_name("110000"), entity_of_name("山东2007"), entity_of_name("6-15"), entity_of_name("Sheet1")
    ('110000', '370000', None, None)
    """
    return _whole(_place_of_name(text))


def _place_of_name(text: str) -> Place | None:
    text = folded(text)
    found = {code for digits in _CODE.findall(text) if (code := codes.find_region(digits))}
    if not found and (titled := _place_of_title(text)):
        return titled
    if not found:
        words = [re.sub(r"\d+|年|实物量|标准量", "", word) for word in _SEPARATORS.split(_name_only(text))]
        found = {code for word in words if len(word) > 1 and (code := _region(word))}
    return Place(found.pop(), places.excludes(text)) if len(found) == 1 else None


def _region(word: str) -> str | None:
    """The region that a word of a name names and nothing else: 浙江杭州, not 杭州钢铁."""
    return codes.find_region(word) or (_whole(places.place_in(word)) if _is_chinese(word) else None)


def of_title(text: str, where: Where) -> list[Evidence]:
    """What a cell above the table says."""
    return _evidence(text, TITLE, where, _place_of_title(text))


def of_sheet_name(name: str, where: Where) -> list[Evidence]:
    """What the name of a sheet says."""
    return _evidence(name, SHEET_NAME, where, _place_of_name(name))


def of_path(name: str, where: Where) -> list[Evidence]:
    """What file and folder names say, as the file is named in addresses; of folders the nearest that speaks."""
    path = PurePath(name)
    found = _evidence(path.stem, FILE_NAME, where, _place_of_name(path.stem))
    for folder in reversed(path.parts[:-1]):
        told = {evidence.subject for evidence in found if evidence.rank == FOLDER_NAME}
        found += [e for e in _evidence(folder, FOLDER_NAME, where, _place_of_name(folder)) if e.subject not in told]
    return found


def declared(entity: str | None, year: int | None, edition: str | None, where: Where) -> list[Evidence]:
    """What the project file or an option says."""
    said: list[tuple[Subject, str | int | None]] = [("entity", entity), ("year", year), ("edition", edition)]
    return [Evidence(subject, value, DECLARED, str(value), where) for subject, value in said if value is not None]


def _evidence(text: str, rank: int, where: Where, place: Place | None) -> list[Evidence]:
    seen = folded(text)
    found = [Evidence("edition", edition, rank, seen, where) for edition in editions(text)]
    if place is not None:
        found.append(Evidence("part" if place.part else "entity", place.code, rank, seen, where))
    named, several = years(text), several_years(text)
    if len(named) == 1:
        found.append(Evidence("year", named[0], rank, seen, where))
    elif several is not None:
        found.append(Evidence("years", several, rank, seen, where))
    return found


def decided(subject: Literal["entity", "year"], evidence: Iterable[Evidence], where: Where) -> Decided:
    """What the evidence says, or why it says nothing.

    Refused: none (`evidence.no_year`, `evidence.no_entity`), several years in one text (`evidence.several_years`), a part
    of a region (`evidence.part_of_region`, unless a project declares an own id for it), or two that disagree
    (`evidence.year_conflict`, `evidence.entity_conflict`). A place within the place that a lower rank names does not
    disagree with it. What a file or folder name decides is listed.
    """
    every = sorted(evidence, key=lambda e: e.rank)
    found = [e for e in every if e.subject == subject]
    if subject == "entity" and (partial := _part(every)) is not None:
        name_zh, name_en = (codes.entity_name(str(partial.value), lang) for lang in LANGS)
        return Decided(None, partial, rejection("evidence.part_of_region", partial.where, partial.seen,
                                                region=partial.value, name_zh=name_zh, name_en=name_en))  # fmt: skip
    several = next((e for e in every if e.subject == "years"), None)
    if subject == "year" and not found and several is not None:
        return Decided(None, several, rejection("evidence.several_years", several.where, several.seen, years=several.value))
    if not found:
        return Decided(None, rejection=rejection(f"evidence.no_{subject}", where, where.sheet or where.file))
    first = found[0]
    against = next((e for e in found if not _agrees(first.value, e.value)), None)
    if against is not None:
        return Decided(
            None,
            first,
            rejection(
                f"evidence.{subject}_conflict", where, f"{first.value} / {against.value}",
                first_zh=first.told("zh"), first_en=first.told("en"),
                second_zh=against.told("zh"), second_en=against.told("en"),
            ),
        )  # fmt: skip
    listed = [_listed(first, where)] if first.rank >= FILE_NAME else []
    return Decided(first.value, first, None, tuple(listed))


def _part(evidence: Iterable[Evidence]) -> Evidence | None:
    """The words that name a part of a region, unless the project says by an own id whose figures these are."""
    every = list(evidence)
    own = [e for e in every if e.subject == "entity" and e.rank == DECLARED and not codes.is_region_code(str(e.value))]
    return None if own else next((e for e in every if e.subject == "part"), None)


def _agrees(value: str | int, other: str | int) -> bool:
    if value == other:
        return True
    return isinstance(value, str) and str(other) in codes.ancestors(value)


def _listed(evidence: Evidence, where: Where) -> dict[str, Any]:
    zh, en = PLACES[evidence.rank]
    return finding(
        f"evidence.{evidence.subject}_from_name", "default", "info", where=where, seen=evidence.seen,
        used=evidence.value, place_zh=zh, place_en=en,
    )  # fmt: skip


def edition(evidence: Sequence[Evidence]) -> str | None:
    """The edition of highest rank, if any speaks of one."""
    found = sorted((e for e in evidence if e.subject == "edition"), key=lambda e: e.rank)
    return str(found[0].value) if found else None


@dataclass(frozen=True, slots=True)
class Heard:
    """The titles of a sheet once two languages are weighed: Chinese names the place, English where it is silent."""

    evidence: list[Evidence]
    findings: list[dict[str, Any]]


def settled_titles(titles: Sequence[Evidence]) -> Heard:
    """Titles of which the Chinese one decides on the place: romanised names (Shanxi) are often not what they mean.

    An English title that names another place is a warning (`evidence.translation_differs`); years are all kept.
    """
    named = [e for e in titles if e.subject == "entity"]
    zh = [e for e in named if _is_chinese(e.seen)]
    dropped = [e for e in named if zh and not _is_chinese(e.seen)]
    findings = [
        finding("evidence.translation_differs", "plausibility", "warning", where=e.where, seen=e.seen,
                used=zh[0].value, title=zh[0].seen)
        for e in dropped
        if e.value != zh[0].value
    ]  # fmt: skip
    return Heard([e for e in titles if e not in dropped], findings)


def _is_chinese(text: str) -> bool:
    return re.search(r"[㐀-鿿]", text) is not None


def only_by_option(by_option: bool, said: Iterable[Evidence]) -> bool:
    """Whether nothing but `--year` gives this sheet its year."""
    named = [e for e in said if e.subject == "year"]
    return by_option and bool(named) and all(e.rank == DECLARED for e in named)


def one_unlabelled(sheets: Sequence[Where]) -> None:
    """`--year` may label one sheet that says no year of its own; for more raises UsageError (`year.for_many`)."""
    if len(sheets) > 1:
        listed = "; ".join(str(place) for place in sheets[:12])
        raise UsageError("evidence.year_for_many", seen=len(sheets), sheets=listed)


def not_valid(entity: str, year: int, by: Evidence | None, where: Where) -> list[dict[str, Any]]:
    """The refusal of a six-digit code that did not exist in the year, with its successor; else nothing."""
    try:
        codes.entity(entity, year)
    except DataRefused as refused:
        return [refused.as_rejection(by.where if by else where)]
    return []
