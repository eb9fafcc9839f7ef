"""The closed list of unit spellings, Chinese and English, each compiled once to an exact rational.

A spelling is looked up after a normal form (spaces, full-width letters, wrapping brackets, raised digits); it is never
parsed. A spelling with two readings is refused with both named; one that is not listed is refused with the nearest that
is.

Pint compiles `_DEFINITIONS` ahead of every run, into datasets/codes/unit_factors.csv (`python -m accounting.units` writes
it anew). It sees only names of our own, never text from a table: to pint's own registry `kt` is a knot and `ton` the US
short ton.

Heat of standard coal: 1 kgce = 7000 kcal = 29307.6 kJ (GB/T 2589-2020, with 1 kcal = 4.1868 kJ); tonne of oil
equivalent: 41.868 GJ (IEA). Yearbooks up to 2008 print heat with 1 kcal = 4.1816 kJ, one reason more why a bare kcal
is not taken.
"""

from __future__ import annotations

import csv
import difflib
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from accounting import shipped
from accounting.errors import DataRefused
from accounting.exact import fraction


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a unit measures: its base unit as tables name it, its names, and spellings to offer instead."""

    id: str
    base: str
    pint_base: str
    zh: str
    en: str
    usual: str


@dataclass(frozen=True, slots=True)
class Unit:
    """One spelling: `factor` base units are one of it.

    `basis` is a word of the contract (`ncv`, `gcv`, `stp0`, `stp20`) or None; `equivalent` says of what the unit is
    an equivalent (`standard coal`, `oil`), because such heat turns into electricity in more than one way.
    """

    spelling: str
    dimension: str
    base: str
    factor: Fraction
    basis: str | None
    equivalent: str | None

    @property
    def dimension_zh(self) -> str:
        return DIMENSIONS[self.dimension].zh

    @property
    def dimension_en(self) -> str:
        return DIMENSIONS[self.dimension].en


DIMENSIONS = {
    dimension.id: dimension
    for dimension in (
        Dimension("mass", "t", "tonne", "质量", "mass", "t, kt, 万吨"),
        Dimension("volume", "10^3 m3", "thousand_cubic_metre", "体积", "volume", "m3, 万立方米, 亿立方米, 万Nm3"),
        Dimension("energy", "GJ", "gigajoule", "热量", "heat", "GJ, 百万千焦, tce, 万吨标准煤"),
        Dimension("electricity", "MWh", "megawatthour", "电量", "electricity", "MWh, 万千瓦时, 亿千瓦时"),
        Dimension("freight", "10^4 t·km", "freight_base", "货物周转量", "freight turnover", "万吨公里, 亿吨公里"),
        Dimension("passenger", "10^4 person·km", "passenger_base", "旅客周转量", "passenger turnover",
                  "万人公里, 亿人公里"),
        Dimension("distance", "10^4 km", "distance_base", "行驶里程", "distance", "km, 万公里"),
        Dimension("area", "10^4 m2", "area_base", "面积", "area", "m2, 万平方米"),
        Dimension("persons", "10^4 persons", "persons_base", "人数", "persons", "人, 万人"),
        Dimension("vehicles", "10^4 vehicles", "vehicles_base", "车辆数", "vehicles", "辆, 万辆"),
        Dimension("co2", "t CO2", "tonne_co2", "二氧化碳排放量", "CO2 emission", "tCO2, 万吨CO2"),
        Dimension("co2e", "t CO2e", "tonne_co2e", "二氧化碳当量", "CO2 equivalent", "tCO2e, 万吨CO2e"),
        Dimension("carbon", "t C", "tonne_carbon", "碳量", "carbon", "tC"),
    )
}  # fmt: skip

_DEFINITIONS = """
kilo- = 1000; mega- = 1000000; giga- = 1000000000; tera- = 1000000000000
peta- = 1000000000000000; exa- = 1000000000000000000
gram = [mass]; tonne = 1000000 * gram
metre = [length]; litre = metre ** 3 / 1000; thousand_cubic_metre = 1000 * metre ** 3; distance_base = 10000 * kilometre
area_base = 10000 * metre ** 2
joule = [energy]; watthour = 3600 * joule; calorie = 4.1868 * joule
gram_coal = 7000 * calorie; tonne_coal = 1000000 * gram_coal; tonne_oil = 41.868 * gigajoule
person = [person]; persons_base = 10000 * person
vehicle = [vehicle]; vehicles_base = 10000 * vehicle
freight_base = 10000 * tonne * kilometre; passenger_base = 10000 * person * kilometre
gram_co2 = [co2]; tonne_co2 = 1000000 * gram_co2
gram_co2e = [co2e]; tonne_co2e = 1000000 * gram_co2e
gram_carbon = [carbon]; tonne_carbon = 1000000 * gram_carbon
"""


@dataclass(frozen=True, slots=True)
class _Root:
    """Spellings of one unit; with `counted`, each also behind every count word."""

    dimension: str
    pint: str
    spellings: str
    counted: bool = True
    basis: str | None = None
    equivalent: str | None = None


_COAL = "standard coal"
_ROOTS = (
    _Root("mass", "gram", "g 克", counted=False),
    _Root("mass", "kilogram", "kg KG Kg 千克 公斤"),
    _Root("mass", "tonne", "t 吨 公吨 tonne tonnes metricton metrictons"),
    _Root("mass", "kilotonne", "kt kilotonne kilotonnes Gg", counted=False),
    _Root("mass", "megatonne", "Mt megatonne megatonnes Tg", counted=False),
    _Root("mass", "gigatonne", "Gt", counted=False),
    _Root("volume", "metre ** 3", "m3 m^3 立方米 立方 方 cu.m cubicmetre cubicmetres cubicmeter cubicmeters"),
    _Root("volume", "metre ** 3", "kL 千升", counted=False),
    _Root("volume", "litre", "L 升 公升 litre litres liter liters"),
    _Root("volume", "metre ** 3", "Nm3 Nm^3 标准立方米 标立方米 标准立方 标立方 标方 标准方", basis="stp0"),
    _Root("energy", "joule", "J 焦 焦耳"),
    _Root("energy", "kilojoule", "kJ KJ 千焦 千焦耳"),
    _Root("energy", "megajoule", "MJ 兆焦 兆焦耳"),
    _Root("energy", "gigajoule", "GJ 吉焦 吉焦耳"),
    _Root("energy", "terajoule", "TJ 太焦 太焦耳"),
    _Root("energy", "petajoule", "PJ 拍焦 拍焦耳", counted=False),
    _Root("energy", "exajoule", "EJ 艾焦 艾焦耳", counted=False),
    _Root("energy", "gram_coal", "gce 克标准煤 克标煤", counted=False, equivalent=_COAL),
    _Root("energy", "kilogram_coal", "kgce 千克标准煤 千克标煤 公斤标准煤 公斤标煤", equivalent=_COAL),
    _Root("energy", "tonne_coal", "tce 吨标准煤 吨标煤 吨ce tonsofSCE", equivalent=_COAL),
    _Root("energy", "kilotonne_coal", "ktce", counted=False, equivalent=_COAL),
    _Root("energy", "megatonne_coal", "Mtce", counted=False, equivalent=_COAL),
    _Root("energy", "tonne_oil", "toe 吨油当量 吨标准油 吨标油", equivalent="oil"),
    _Root("energy", "kilotonne_oil", "ktoe", counted=False, equivalent="oil"),
    _Root("energy", "megatonne_oil", "Mtoe", counted=False, equivalent="oil"),
    _Root("electricity", "watthour", "Wh 瓦时", counted=False),
    _Root("electricity", "kilowatthour", "kWh KWh kwh KWH Kwh kW.h 千瓦时 千瓦小时 度"),
    _Root("electricity", "megawatthour", "MWh MWH 兆瓦时 兆瓦小时"),
    _Root("electricity", "gigawatthour", "GWh 吉瓦时", counted=False),
    _Root("electricity", "terawatthour", "TWh 太瓦时", counted=False),
    _Root("freight", "tonne * kilometre", "tkm t-km tonnekm tonne-km 吨公里 吨千米"),
    _Root("passenger", "person * kilometre", "personkm person-km passengerkm passenger-km pkm 人公里 人千米"),
    _Root("distance", "kilometre", "km 公里 千米 vkm vehiclekm vehicle-km 车公里 车千米"),
    _Root("area", "metre ** 2", "m2 m^2 平方米"),
    _Root("persons", "person", "person persons 人"),
    _Root("vehicles", "vehicle", "vehicle vehicles 辆"),
    _Root("co2", "gram_co2", "gCO2", counted=False),
    _Root("co2", "kilogram_co2", "kgCO2 千克CO2 千克二氧化碳"),
    _Root("co2", "tonne_co2", "tCO2 吨CO2 吨二氧化碳"),
    _Root("co2", "kilotonne_co2", "ktCO2", counted=False),
    _Root("co2", "megatonne_co2", "MtCO2", counted=False),
    _Root("co2", "gigatonne_co2", "GtCO2", counted=False),
    _Root("co2e", "kilogram_co2e", "kgCO2e kgCO2eq 千克CO2e 千克二氧化碳当量"),
    _Root("co2e", "tonne_co2e", "tCO2e tCO2eq tCO2-eq 吨CO2e 吨CO2当量 吨二氧化碳当量"),
    _Root("co2e", "kilotonne_co2e", "ktCO2e ktCO2eq", counted=False),
    _Root("co2e", "megatonne_co2e", "MtCO2e MtCO2eq", counted=False),
    _Root("carbon", "kilogram_carbon", "kgC 千克碳", counted=False),
    _Root("carbon", "tonne_carbon", "tC 吨碳"),
)
_CALORIES = (
    _Root("energy", "calorie", "cal 卡"),
    _Root("energy", "kilocalorie", "kcal Kcal 千卡 大卡"),
    _Root("energy", "megacalorie", "Mcal 兆卡"),
    _Root("energy", "gigacalorie", "Gcal 吉卡"),
)
# The yearbook's English heads lose the raised position of the power: 10⁴ is printed 104. Exactly these, no others.
_FLAT_POWERS = {
    "104tn": ("t", 4), "10^4tn": ("t", 4), "108cu.m": ("m3", 8), "1010kJ": ("kJ", 10), "108kWh": ("kWh", 8),
    "104tce": ("tce", 4),
}  # fmt: skip
_COUNT_WORDS = {
    "百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "十亿": 9, "百亿": 10, "千亿": 11, "万亿": 12,
    "万百万": 10, "thousand": 3, "million": 6, "billion": 9, "10thousand": 4, "100million": 8, "100": 2, "1000": 3, "10000": 4,
    **{f"10^{power}": power for power in range(2, 13)},
}  # fmt: skip
_BASES = {
    "energy": {
        "ncv": "(NCV) (LHV) (低位) (低位发热量) (低位热值)",
        "gcv": "(GCV) (HHV) (高位) (高位发热量) (高位热值)",
    },
    "volume": {"stp0": "(0℃) (标况) (标准状态)", "stp20": "(20℃)"},
}

# Two readings: spellings, readings zh, readings en, what to write instead.
_AMBIGUOUS = (
    ("ton tons tn Ton Tons TON", "公吨 (1000 kg) 或美国短吨 (907 kg)",
     "a metric tonne (1000 kg) or a US short ton (907 kg)", "t, 万吨"),
    ("MT mt Mton mton", "公吨或百万吨", "a metric tonne or a million tonnes", "t, Mt"),
    ("T", "吨、太 (10^12) 或特斯拉", "tonne, tera or tesla", "t"),
    ("C c", "碳、摄氏度或库仑", "carbon, degree Celsius or coulomb", "tC"),
    ("m M", "米、百万或月", "metre, million or month", "m3, 百万吨"),
    ("k K", "千或开尔文", "thousand or kelvin", "kt, kg"),
    ("th TH", "千、热卡 (thermie) 或英寸的千分之一", "thousand, thermie or a thousandth of an inch", "kt, GJ"),
    ("Sm3 scm", "15 ℃ 或 20 ℃ 状态下的体积", "a volume at 15 °C or at 20 °C", "m3(20℃), Nm3"),
    ("吨/吨公里", "比值", "a ratio", "吨公里"),
)  # fmt: skip
# Known, but no unit of activity data here.
_NOT_USED = (
    ("W kW KW MW GW 瓦 千瓦 兆瓦 吉瓦", "功率，不是电量", "power, not energy", "kWh, MWh, 万千瓦时"),
    ("元 人民币元 yuan RMB CNY", "金额，不是实物量", "money, not a physical quantity", "t, m3, kWh, GJ"),
    ("% ‰ 百分比 百分点", "比例", "a share", "t, m3, kWh, GJ"),
    ("短吨 美吨 吨(美) shortton shorttons", "美国短吨 (907.18474 kg)", "the US short ton (907.18474 kg)", "t, 吨"),
    ("长吨 英吨 吨(英) longton longtons", "英国长吨 (1016.0469088 kg)", "the long ton (1016.0469088 kg)", "t, 吨"),
    ("Btu MBtu MMBtu mmBtu therm therms quad", "英制热量，且未注明高位或低位",
     "British heat without its basis", "GJ(NCV), GJ(GCV)"),
)  # fmt: skip

_LONGEST = 64
_FACTORS = shipped.datasets() / "codes" / "unit_factors.csv"
_FOLDED = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **{ord(raised): str(digit) for digit, raised in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{ord(lowered): str(digit) for digit, lowered in enumerate("₀₁₂₃₄₅₆₇₈₉")},
    **dict.fromkeys(map(ord, "[【〔{［"), "("),
    **dict.fromkeys(map(ord, "]】〕}］"), ")"),
    **dict.fromkeys(map(ord, "·•・⋅∙‧×✕"), "·"),
    ord("㎥"): "m3", ord("㎏"): "kg", ord("㎞"): "km", ord("㏄"): "cc",
}  # fmt: skip
_RAISED_POWER = re.compile(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_WRITTEN_POWER = re.compile(r"^(?:10\*\*|1[eE]\+?|10\^)0?([0-9]{1,2})(?![0-9])")
_JOINING_DOT = re.compile(r"(?<![0-9])·|·(?![0-9])")


def normal(spelling: str) -> str:
    """The normal form under which a spelling is looked up: how it was typed, without what typing adds.

    >>> normal("（ 万　吨 ）"), normal("10⁴ m³"), normal("kW•h"), normal("1e4 Nm3")
    ('万吨', '10^4m3', 'kWh', '10^4Nm3')
    """
    text = _RAISED_POWER.sub(r"10^\1", spelling).translate(_FOLDED).replace("°C", "℃")
    text = "".join(text.split())
    text = text.removeprefix("计量单位:").removeprefix("单位:")
    while _wrapped(text):
        text = text[1:-1]
    text = _JOINING_DOT.sub("", text)
    return _WRITTEN_POWER.sub(r"10^\1", text)


def _wrapped(text: str) -> bool:
    inner = text[1:-1]
    return (text.startswith("(") and text.endswith(")") and not ("(" in inner or ")" in inner)) or (
        (text.startswith("(")) and text.endswith("))") and inner.count("(") == inner.count(")")
    )


def compiled() -> dict[tuple[str, str], Fraction]:
    """How many base units one unit of each definition is, by definition and base, as pint finds it."""
    import pint

    registry: Any = pint.UnitRegistry(None, non_int_type=Fraction)  # type: ignore[arg-type]  # its stubs know floats only
    for line in _DEFINITIONS.strip().splitlines():
        for definition in line.split(";"):
            registry.define(definition.strip())
    pairs = dict.fromkeys((root.pint, DIMENSIONS[root.dimension].pint_base) for root in (*_ROOTS, *_CALORIES))
    return {(one, base): Fraction(registry.Quantity(Fraction(1), one).to(base).magnitude) for one, base in pairs}


@cache
def _factors() -> dict[tuple[str, str], Fraction]:
    with _FACTORS.open(encoding="utf-8", newline="") as source:
        return {(row["definition"], row["base"]): Fraction(row["factor"]) for row in csv.DictReader(source)}


@dataclass(frozen=True, slots=True)
class _Entry:
    """One listed spelling: its root, the power of ten before it, its basis."""

    spelling: str
    root: _Root
    power: int
    basis: str | None


@cache
def _listed() -> dict[str, _Entry]:
    entries: dict[str, _Entry] = {}
    counts = [("", "", 0), *((word, normal(word), power) for word, power in _COUNT_WORDS.items())]
    for root in (*_ROOTS, *_CALORIES):
        for spelling in root.spellings.split():
            for suffix, basis in _suffixes(root):
                bare = normal(spelling + suffix)
                for word, looked_up, power in counts if root.counted else counts[:1]:
                    entries.setdefault(looked_up + bare, _Entry(word + spelling + suffix, root, power, basis))
    by_spelling = {entry.spelling: entry for entry in entries.values()}
    for flat, (spelling, power) in _FLAT_POWERS.items():
        entries.setdefault(normal(flat), _Entry(flat, by_spelling[spelling].root, power, None))
    return entries


def _suffixes(root: _Root) -> list[tuple[str, str | None]]:
    bases = {} if root.equivalent or root.basis else _BASES.get(root.dimension, {})
    stated: list[tuple[str, str | None]] = [(suffix, basis) for basis, words in bases.items() for suffix in words.split()]
    return stated if root in _CALORIES else [("", root.basis), *stated]


@lru_cache(maxsize=4096)
def unit(spelling: str) -> Unit:
    """What a unit spelling means.

    Raises DataRefused: `unit.unknown` (with near spellings), `unit.ambiguous` (with its readings), `unit.not_used`,
    `unit.calorie` (a calorie without its basis).

    >>> unit("万吨").factor, unit("亿立方米").base, unit("万Nm3").basis, unit("kt").factor
    (Fraction(10000, 1), '10^3 m3', 'stp0', Fraction(1000, 1))
    """
    known = find(spelling)
    if known is None:
        raise _refusal(spelling, normal(spelling[: _LONGEST + 1]))
    return known


@lru_cache(maxsize=4096)
def find(spelling: str) -> Unit | None:
    """What a unit spelling means, None where it is not listed: for looking whether a text is a unit at all."""
    entry = _listed().get(normal(spelling[: _LONGEST + 1]))
    if entry is None:
        return None
    dimension = DIMENSIONS[entry.root.dimension]
    factor = _factors()[entry.root.pint, dimension.pint_base] * 10**entry.power
    return Unit(entry.spelling, dimension.id, dimension.base, factor, entry.basis, entry.root.equivalent)


def _refusal(spelling: str, looked_up: str) -> DataRefused:
    for texts, zh, en, instead in _AMBIGUOUS:
        if looked_up in {normal(text) for text in texts.split()}:
            return DataRefused("unit.ambiguous", seen=spelling, readings_zh=zh, readings_en=en, instead=instead)
    for texts, zh, en, instead in _NOT_USED:
        if looked_up in {normal(text) for text in texts.split()}:
            return DataRefused("unit.not_used", seen=spelling, meaning_zh=zh, meaning_en=en, instead=instead)
    calories = {normal(word + text) for root in _CALORIES for text in root.spellings.split() for word in ("", *_COUNT_WORDS)}
    if looked_up in calories:
        return DataRefused("unit.calorie", seen=spelling)
    near = difflib.get_close_matches(looked_up, list(_listed()), n=3, cutoff=0.6)
    return DataRefused("unit.unknown", seen=spelling[:_LONGEST], close=", ".join(near) or "tanfeng schema ids")


def convert(value: str | int | Decimal | Fraction, from_unit: str, to_unit: str) -> Fraction:
    """A quantity in another unit, exactly.

    Raises DataRefused: `unit.convert` across dimensions, `unit.basis` across bases, and what `unit` refuses.

    >>> convert("1.5", "万吨标准煤", "GJ")
    Fraction(439614, 1)
    """
    if not isinstance(from_unit, str) or not isinstance(to_unit, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise DataRefused("unit.missing", seen=f"{from_unit} → {to_unit}")
    source, target = unit(from_unit), unit(to_unit)
    if source.dimension != target.dimension:
        raise DataRefused(
            "unit.convert", seen=f"{from_unit} → {to_unit}", from_zh=source.dimension_zh, from_en=source.dimension_en,
            to_zh=target.dimension_zh, to_en=target.dimension_en,
        )  # fmt: skip
    if source.basis != target.basis:
        raise DataRefused(
            "unit.basis", seen=f"{from_unit} → {to_unit}", from_basis=source.basis or "–", to_basis=target.basis or "–"
        )
    return _exact(value) * source.factor / target.factor


def _exact(value: str | int | Decimal | Fraction) -> Fraction:
    try:
        if isinstance(value, bool):
            raise ValueError(value)
        return fraction(value.strip()) if isinstance(value, str) else Fraction(value)
    except (ValueError, TypeError, OverflowError) as error:
        raise DataRefused("unit.number", seen=str(value)) from error


def base_units() -> tuple[str, ...]:
    """The base units in which tables hold quantities."""
    return tuple(dimension.base for dimension in DIMENSIONS.values())


def listed() -> list[dict[str, str | None]]:
    """Every spelling without count words, with its dimension, base unit, basis and factor."""
    rows: list[dict[str, str | None]] = []
    for entry in _listed().values():
        if entry.power == 0:
            known = unit(entry.spelling)
            rows.append(
                {"spelling": entry.spelling, "dimension": known.dimension, "base": known.base, "basis": entry.basis,
                 "factor": str(known.factor)}
            )  # fmt: skip
    return rows


def _write_factors() -> None:
    rows = [(definition, base, factor) for (definition, base), factor in compiled().items()]
    with _FACTORS.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target, lineterminator="\n").writerows([("definition", "base", "factor"), *rows])


if __name__ == "__main__":
    _write_factors()
