"""A printed parameter value, in the units that a method reads: exact, with the step written out.

A parameter's unit is a ratio of two spellings, `tCO2/10^4 m3`, or `1`. Both sides are looked up in the closed list of
units; the printed figure stays as it was published, the step to base units stands beside it in the formula.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache

from accounting import units
from accounting.errors import DataRefused
from accounting.exact import fraction, significant
from accounting.units import Unit

# What each parameter is, over what: dimensions of units.DIMENSIONS, or `gas` (a mass of any gas), `activity` (what the
# row's quantity measures), `1` (a share or a ratio of masses).
PARAMETERS: dict[str, tuple[str, str]] = {
    "co2_factor": ("co2", "activity"),
    "emission_factor": ("gas", "activity"),
    "energy_emission_factor": ("gas", "energy"),
    "ncv": ("energy", "activity"),
    "carbon_content": ("carbon", "energy"),
    "carbon_fraction": ("carbon", "activity"),
    "oxidation_factor": ("1", "1"),
    "fossil_fraction": ("1", "1"),
    "purity": ("1", "1"),
    "destruction": ("1", "1"),
    "utilisation": ("1", "1"),
    "fuel_requirement": ("energy", "activity"),
    "anode_consumption": ("1", "1"),
    "anode_sulphur": ("1", "1"),
    "anode_ash": ("1", "1"),
    "fuel_consumption": ("volume", "activity"),
    "density": ("mass", "volume"),
    "energy_intensity": ("energy", "activity"),
    "methane_correction_factor": ("1", "1"),
    "degradable_organic_carbon": ("1", "1"),
    "decomposable_fraction": ("1", "1"),
    "methane_fraction": ("1", "1"),
    "oxidised_in_cover": ("1", "1"),
    "decay_rate": ("1", "1"),
    "methane_capacity": ("1", "1"),
    "gas_volume": ("volume", "activity"),
    "gas_density": ("mass", "volume"),
    "standard_coal": ("energy", "activity"),
    "cao": ("1", "1"),
    "cao_not_carbonate": ("1", "1"),
    "mgo": ("1", "1"),
    "mgo_not_carbonate": ("1", "1"),
    "co2_uptake": ("gas", "activity"),
    "anode_effect_slope": ("mass", "activity"),
    "anode_effect_minutes": ("1", "1"),
    "c2f6_share": ("1", "1"),
    "nitrogen_emission_factor": ("1", "1"),
    "heel": ("1", "1"),
    "deduction": ("gas", "activity"),
    "clinker_factor": ("gas", "activity"),
    "dust_correction": ("1", "1"),
    "cullet_share": ("1", "1"),
    "oxidised_in_use": ("1", "1"),
    "enthalpy": ("energy", "activity"),
    "reference_enthalpy": ("energy", "activity"),
    "gwp": ("1", "1"),
    "u_activity": ("1", "1"),
    "u_factor": ("1", "1"),
    "u_ncv": ("1", "1"),
}
_GAS = ("mass", "co2")
INVERSE_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Value:
    """A value in base units: `printed` × `step` = `exact`; `measures` is the base unit of the activity, if any.

    `gives` and `per` are the units above and below the line, None where there is none.
    """

    printed: str
    step: Fraction
    measures: str | None
    gives: Unit | None = None
    per: Unit | None = None

    @property
    def exact(self) -> Fraction:
        return fraction(self.printed) * self.step

    def written(self) -> str:
        """The figure as it enters a formula: 21.607290 ÷ 10."""
        numerator, denominator = self.step.numerator, self.step.denominator
        times = f" × {numerator}" if numerator != 1 else ""
        over = f" ÷ {denominator}" if denominator != 1 else ""
        return f"{self.printed}{times}{over}"


def inverse(printed: str, unit: str) -> tuple[Decimal, str, bool] | None:
    """The other direction of a factor, t/GJ of GJ/t: to nine significant digits, its unit, and whether it is exact.

    None for shares, for 0, and for what is no plain number.

    >>> inverse("20", "GJ/t"), inverse("0.98", "1")
    ((Decimal('0.05'), 't/GJ', True), None)
    """
    numerator, slash, denominator = unit.partition("/")
    try:
        exact = fraction(printed)
    except ValueError:
        return None
    if not slash or not exact:
        return None
    shown = significant(1 / exact, INVERSE_DIGITS)
    return shown, f"{denominator}/{numerator}", Fraction(shown) * exact == 1


@cache
def value(parameter: str, printed: str, unit: str) -> Value:
    """The value of a parameter in base units.

    Raises DataRefused: `parameter.unknown`, `parameter.unit` (the unit does not measure the parameter), or what the
    list of units refuses.

    >>> value("co2_factor", "21.607290", "tCO2/10^4 m3").written()
    '21.607290 ÷ 10'
    """
    if parameter not in PARAMETERS:
        raise DataRefused("parameter.unknown", seen=parameter, known=", ".join(PARAMETERS))
    above, below = PARAMETERS[parameter]
    if above == "1":
        if unit not in ("1", "%"):
            raise DataRefused("parameter.unit", seen=unit, parameter=parameter, wanted="1")
        return Value(printed, Fraction(1) if unit == "1" else Fraction(1, 100), None)
    numerator, slash, denominator = unit.partition("/")
    if not slash:
        raise DataRefused("parameter.unit", seen=unit, parameter=parameter, wanted=f"{above}/{below}")
    over, under = units.unit(numerator), units.unit(denominator)
    measured = over.dimension in _GAS if above == "gas" else over.dimension == above
    if not measured or (below != "activity" and under.dimension != below):
        raise DataRefused("parameter.unit", seen=unit, parameter=parameter, wanted=f"{above}/{below}")
    return Value(printed, over.factor / under.factor, under.base if below == "activity" else None, over, under)
