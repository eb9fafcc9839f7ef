"""The figure that a source prints, against the value that a pack takes from it: the two must be one number.

A source prints 26 344 kJ/kg, 27.4 in 10^-3 tC/GJ, 7 kg N2O/t HNO3, a range of which one end is taken, or two figures to
be multiplied. Digits are read with their thousands apart; a unit with the names of its substances taken out of it.
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import prod

from accounting.errors import DataRefused
from accounting.exact import fraction
from accounting.factors.values import PARAMETERS, value

_POWER = re.compile(r"^10\^(-?[0-9]+)\s+")
_RANGE = re.compile(r"\s*[～~–]\s*")
_PRODUCT = re.compile(r"\s*[×*]\s*")
_THOUSANDS = re.compile(r"(?<=[0-9])[\s,](?=[0-9]{3}(?:[\s,.]|$))")
_BRACKETS = re.compile(r"\([^()]*\)")


def agrees(parameter: str, printed: str, unit: str, original: str, original_unit: str | None) -> bool | None:
    """Whether a printed original and its unit are exactly the value `printed` in `unit`.

    None where that cannot be told: the original is no number, or stands in a unit that cannot be read and has other
    digits than the value.

    >>> agrees("ncv", "26344", "kJ/kg", "26 344", "千焦/千克"), agrees("ncv", "26.344", "GJ/t", "26334", "kJ/kg")
    (True, False)
    >>> agrees("standard_coal", "1.33", "kgce/m3", "1.1～1.33", "kgce/m3")
    True
    """
    ours, told = value(parameter, printed, unit), numbers(original)
    read = _read(parameter, original_unit or unit)
    if not told or read is None:
        return True if fraction(printed) in told else None
    step, measures = read
    return measures == ours.measures and any(number * step == ours.exact for number in told)


def numbers(original: str) -> tuple[Fraction, ...]:
    """What a printed original may stand for: its number, either end of a range, the product of its factors.

    >>> numbers("8 363～12 545")
    (Fraction(8363, 1), Fraction(12545, 1))
    >>> numbers("0.4 × 0.38"), numbers("about 3")
    ((Fraction(19, 125),), ())
    """
    try:
        return tuple(
            prod((fraction(_THOUSANDS.sub("", factor)) for factor in _PRODUCT.split(end)), start=Fraction(1))
            for end in _RANGE.split(original.strip())
        )
    except ValueError:
        return ()


def _read(parameter: str, written: str) -> tuple[Fraction, str | None] | None:
    """The step to base units of a unit as a source writes it, and what it measures; None where it cannot be read."""
    power = _POWER.match(written)
    bare = _POWER.sub("", written)
    for spelling in dict.fromkeys((bare, _without_substances(parameter, bare))):
        try:
            measured = value(parameter, "1", spelling)
        except DataRefused:
            continue
        return measured.step * Fraction(10) ** (int(power[1]) if power else 0), measured.measures
    return None


def _without_substances(parameter: str, written: str) -> str:
    """kg N2O/t HNO3 (100%) as kg/t; of carbon, kg as kgC; of a ratio of two masses, or a fraction, 1."""
    above, _ = PARAMETERS[parameter]
    over, slash, under = (part.strip().split(" ")[0] for part in _BRACKETS.sub("", written).partition("/"))
    if above == "1":
        return "1" if over == under or "fraction" in written or f"{over}/{under}" == "kgC/kg" else written
    return f"{over}C{slash}{under}" if above == "carbon" and not over.endswith("C") else f"{over}{slash}{under}"
