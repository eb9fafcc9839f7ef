"""Industrial processes: gases that come out of the product, not of the fire.

    E = P · EF                              a published factor per tonne of product or material
    E = P · EF · (1 − destruction · utilisation)
    E = M · purity · EF                     carbonates
    E = P · FR · CC · OF · 44/12            ammonia, by the fuel it needs
    E = P · NC · (1 − S − A) · 44/12        anodes of aluminium
    E = P · slope · AEM                     PFC of aluminium, by the minutes of anode effect
    E = M · C · 44/12 − Q · C · 44/12       carbon that goes in, less carbon that stays in the product
    E = F · NCV · CC · 44/12 (· ODU)        fuel as feedstock, or oxidised while it lubricates
    E = G · (1 − h) · EF · (1 − destruction · utilisation)    gases used in electronics, and their by-products
    E = capacity opened + refilled − recovered                SF6 of electrical equipment, by mass balance

IPCC 2006 Vol 3; 省级温室气体清单编制指南(试行) 2011 第二章; GB/T 32151. Card: docs/methods/processes.md
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from accounting.methods.combustion import CARBON_TO_CO2
from accounting.methods.method import Method, by_factor, less_by_factor, minus_one, one

FLUORINATED = (
    "CF4", "C2F6", "C3F8", "c-C4F8", "NF3", "SF6", "HFC-23", "HFC-32", "HFC-125", "HFC-134a", "HFC-143a", "HFC-152a",
    "HFC-227ea", "HFC-236fa", "HFC-245fa",
)  # fmt: skip
GASES = ("CO2", "CH4_fossil", "N2O", *FLUORINATED)
FEEDSTOCK = (  # fuels whose whole carbon goes into a chemical process; lubricants and waxes keep most of theirs
    "raw_coal", "cleaned_coal", "other_washed_coal", "coke", "coke_oven_gas", "other_gas", "crude_oil", "diesel_oil", "fuel_oil",
    "lpg", "refinery_gas", "naphtha", "ethane", "petroleum_coke", "natural_gas", "natural_gas_liquids", "lng",
)  # fmt: skip
CAO_TO_CO2, MGO_TO_CO2 = Fraction(44, 56), Fraction(44, 40)  # t CO2 per t of oxide, molar masses 44, 56, 40


def abated(emission_factor: Fraction, destruction: Fraction, utilisation: Fraction) -> Fraction:
    """Tonnes of a gas per tonne of product behind a plant that destroys it part of the time.

    Nitric acid, 11.8 kg/t, 85 % destroyed in 95 % of the time:

    >>> abated(Fraction("0.0118"), Fraction("0.85"), Fraction("0.95")) * 200_000
    Fraction(4543, 10)
    """
    return emission_factor * (1 - destruction * utilisation)


def of_carbonate(purity: Fraction, emission_factor: Fraction) -> Fraction:
    """Tonnes of CO2 per tonne of a carbonate rock.

    >>> float(of_carbonate(Fraction("0.92"), Fraction("0.43971")) * 10_000)
    4045.332
    """
    return purity * emission_factor


def of_clinker(cao: Fraction, cao_not_carbonate: Fraction, mgo: Fraction, mgo_not_carbonate: Fraction) -> Fraction:
    """Tonnes of CO2 per tonne of clinker, by its oxides.

    65 % CaO of which 1 % from no carbonate, 2 % MgO of which 0.2 %:

    >>> round(float(of_clinker(*map(Fraction, ("0.65", "0.01", "0.02", "0.002"))) * 1_000_000), 1)
    522657.1
    """
    return (cao - cao_not_carbonate) * CAO_TO_CO2 + (mgo - mgo_not_carbonate) * MGO_TO_CO2


def of_ammonia(fuel_requirement: Fraction, carbon_content: Fraction, oxidation_factor: Fraction) -> Fraction:
    """Tonnes of CO2 per tonne of ammonia, by the natural gas it needs.

    >>> float(of_ammonia(*map(Fraction, ("30.2", "0.0153", "1"))) * 100_000)
    169422.0
    """
    return fuel_requirement * carbon_content * oxidation_factor * CARBON_TO_CO2


def taken_up(co2_uptake: Fraction) -> Fraction:
    """CO2 that went into a tonne of product; it leaves again where the product is used.

    >>> taken_up(Fraction(44, 60)) * 120_000
    Fraction(-88000, 1)
    """
    return -co2_uptake


def of_anodes(anode_consumption: Fraction, anode_sulphur: Fraction, anode_ash: Fraction) -> Fraction:
    """Tonnes of CO2 per tonne of aluminium, by the anodes used up.

    >>> float(of_anodes(*map(Fraction, ("0.411", "0.02", "0.004"))) * 500_000)
    735416.0
    """
    return anode_consumption * (1 - anode_sulphur - anode_ash) * CARBON_TO_CO2


def by_slope(anode_effect_slope: Fraction, anode_effect_minutes: Fraction) -> Fraction:
    """Tonnes of CF4 per tonne of aluminium, by minutes of anode effect a cell and day.

    >>> float(by_slope(Fraction("0.000143"), Fraction("0.2")) * 500_000)
    14.3
    """
    return anode_effect_slope * anode_effect_minutes


def by_slope_and_share(anode_effect_slope: Fraction, anode_effect_minutes: Fraction, c2f6_share: Fraction) -> Fraction:
    """Tonnes of C2F6 per tonne of aluminium, as a share of CF4.

    >>> float(by_slope_and_share(*map(Fraction, ("0.000143", "0.2", "0.121"))) * 500_000)
    1.7303
    """
    return anode_effect_slope * anode_effect_minutes * c2f6_share


def of_carbon(carbon_fraction: Fraction) -> Fraction:
    """Tonnes of CO2 of the carbon in a tonne of material.

    >>> float(of_carbon(Fraction("0.041")) * 1_000_000 / 1000) == 41 * 44 / 12
    True
    """
    return carbon_fraction * CARBON_TO_CO2


def kept(carbon_fraction: Fraction) -> Fraction:
    """Carbon that stays in a tonne of product, as the CO2 it does not become.

    >>> float(kept(Fraction("0.00248")) * 1_050_000)
    -9548.0
    """
    return -carbon_fraction * CARBON_TO_CO2


def with_dust(clinker_factor: Fraction, dust_correction: Fraction) -> Fraction:
    """Tonnes of CO2 per tonne of clinker, with the kiln dust that leaves the kiln.

    >>> with_dust(Fraction("0.51"), Fraction("1.02")) * 1_000_000
    Fraction(520200, 1)
    """
    return clinker_factor * dust_correction


def lime_with_dust(emission_factor: Fraction, dust_correction: Fraction) -> Fraction:
    """Tonnes of CO2 per tonne of lime, with its dust.

    >>> lime_with_dust(Fraction("0.75"), Fraction("1.02")) * 1_000
    Fraction(765, 1)
    """
    return emission_factor * dust_correction


def of_glass(emission_factor: Fraction, cullet_share: Fraction) -> Fraction:
    """Tonnes of CO2 per tonne of glass of which a share was molten glass before.

    >>> of_glass(Fraction("0.2"), Fraction("0.15")) * 100_000
    Fraction(17000, 1)
    """
    return emission_factor * (1 - cullet_share)


def taken_off(deduction: Fraction) -> Fraction:
    """CO2 that a material without carbonate spares, per tonne of it in raw meal.

    >>> taken_off(Fraction("0.480")) * 30_000
    Fraction(-14400, 1)
    """
    return -deduction


def of_gas_used(heel: Fraction, emission_factor: Fraction) -> Fraction:
    """Tonnes of a gas that leave a tool per tonne of gas bought, of which a part stays in the container.

    1 000 kg of CF4 for displays, 10 % left, 60 % not used up:

    >>> of_gas_used(Fraction("0.1"), Fraction("0.6")) * 1_000
    Fraction(540, 1)
    """
    return (1 - heel) * emission_factor


def of_gas_abated(heel: Fraction, emission_factor: Fraction, destruction: Fraction, utilisation: Fraction) -> Fraction:
    """The same behind a scrubber that destroys a part of the share of the gas that is led to it.

    >>> float(of_gas_abated(*map(Fraction, ("0.1", "0.6", "0.9", "0.8"))) * 1_000)
    151.2
    """
    return (1 - heel) * emission_factor * (1 - destruction * utilisation)


def of_feedstock(ncv: Fraction, carbon_content: Fraction) -> Fraction:
    """Tonnes of CO2 of the whole carbon of a fuel that is a raw material.

    1 000 · 10^4 m3 of natural gas of 389.31 GJ and 15.3 t C/TJ:

    >>> float(of_feedstock(Fraction("389.31"), Fraction("0.0153")) * 1_000)
    21840.291
    """
    return ncv * carbon_content * CARBON_TO_CO2


def oxidised(ncv: Fraction, carbon_content: Fraction, oxidised_in_use: Fraction) -> Fraction:
    """Tonnes of CO2 of a lubricant or wax of which a part is oxidised while it is used.

    >>> float(oxidised(*map(Fraction, ("40.2", "0.02", "0.2"))) * 1_000)
    589.6
    """
    return ncv * carbon_content * oxidised_in_use * CARBON_TO_CO2


_GIVES = "t/base unit"
_ELECTRONICS = "IPCC 2006 Vol 3 Eq 6.2-6.6"
_SWITCHGEAR = (
    "中国电网企业温室气体排放核算方法与报告指南(试行) 2013; DB13/T 5564-2022 式 (2); IPCC 2006 Vol 3 §8.2 mass balance"
)


def _process(
    id: str, gases: tuple[str, ...], reads: dict[str, str], formula: Callable[..., Fraction], written: str, source: str,  # noqa: A002 - the field's word
    *, decisive: str | None, items: tuple[str, ...] = (), role: str = "process", kinds: tuple[str, ...] = ("product",),
) -> Method:  # fmt: skip
    return Method(
        f"processes.{id}",
        gases=gases,
        reads=reads,
        formula=formula,
        written=written,
        roles=(role,),
        kinds=kinds,
        items=items,
        decisive=decisive,
        by_item=True,
        source=source,
    )


METHODS = (
    _process(
        "clinker_dust", ("CO2",), {"clinker_factor": _GIVES, "dust_correction": "1"},
        with_dust, "clinker_factor × dust_correction", "IPCC 2006 Vol 3 Eq 2.2, 2.4, 2.5", decisive="dust_correction",
        items=("clinker",),
    ),
    _process(
        "lime_dust", ("CO2",), {"emission_factor": _GIVES, "dust_correction": "1"},
        lime_with_dust, "emission_factor × dust_correction", "IPCC 2006 Vol 3 Eq 2.6", decisive="dust_correction",
        items=("lime",),
    ),
    _process(
        "glass_cullet", ("CO2",), {"emission_factor": _GIVES, "cullet_share": "1"},
        of_glass, "emission_factor × (1 − cullet_share)", "IPCC 2006 Vol 3 Eq 2.11, 2.13", decisive="cullet_share",
        items=("glass",),
    ),
    _process(
        "deduction", ("CO2",), {"deduction": _GIVES}, taken_off, "0 − deduction",
        "企业温室气体排放核算与报告指南 水泥熟料生产 2024 (CETS-AG-02.01)", decisive="deduction", items=("non_carbonate_material",),
    ),
    _process(
        "gas_abated", FLUORINATED, {"heel": "1", "emission_factor": _GIVES, "destruction": "1", "utilisation": "1"},
        of_gas_abated, "(1 − heel) × emission_factor × (1 − destruction × utilisation)", _ELECTRONICS,
        decisive="destruction", items=("electronics_gas",),
    ),
    _process(
        "gas_used", FLUORINATED, {"heel": "1", "emission_factor": _GIVES}, of_gas_used, "(1 − heel) × emission_factor",
        _ELECTRONICS, decisive="emission_factor", items=("electronics_gas",),
    ),
    _process(
        "released", ("SF6",), {}, one, "1", _SWITCHGEAR, decisive=None, items=("sf6_opened", "sf6_refilled"),
    ),
    _process(
        "recovered", ("SF6",), {}, minus_one, "0 − 1", _SWITCHGEAR, decisive=None, items=("sf6_recovered",),
    ),
    _process(
        "oxidised_in_use", ("CO2",), {"ncv": "GJ/base unit", "carbon_content": "t C/GJ", "oxidised_in_use": "1"},
        oxidised, "ncv × carbon_content × oxidised_in_use × 44 ÷ 12", "IPCC 2006 Vol 3 Eq 5.2, 5.4",
        decisive="oxidised_in_use", items=("lubricants", "paraffin_wax"), kinds=("fuel",),
    ),
    _process(
        "feedstock", ("CO2",), {"ncv": "GJ/base unit", "carbon_content": "t C/GJ"},
        of_feedstock, "ncv × carbon_content × 44 ÷ 12", "IPCC 2006 Vol 3 Eq 3.2, 3.3, 3.15; GB/T 32151.10",
        decisive="carbon_content", items=FEEDSTOCK, kinds=("fuel",),
    ),
    _process(
        "clinker_oxides", ("CO2",),
        {"cao": "1", "cao_not_carbonate": "1", "mgo": "1", "mgo_not_carbonate": "1"},
        of_clinker, "(cao − cao_not_carbonate) × 44 ÷ 56 + (mgo − mgo_not_carbonate) × 44 ÷ 40",
        "中国水泥生产企业温室气体排放核算方法与报告指南(试行) 2013; IPCC 2006 Vol 3 Eq 2.1", decisive="cao", items=("clinker",),
    ),
    _process(
        "carbonate", ("CO2",), {"purity": "1", "emission_factor": _GIVES}, of_carbonate, "purity × emission_factor",
        "IPCC 2006 Vol 3 Eq 2.14, Table 2.1", decisive="purity",
    ),
    _process(
        "ammonia", ("CO2",), {"fuel_requirement": "GJ/base unit", "carbon_content": "t C/GJ", "oxidation_factor": "1"},
        of_ammonia, "fuel_requirement × carbon_content × oxidation_factor × 44 ÷ 12",
        "IPCC 2006 Vol 3 Eq 3.1", decisive="fuel_requirement",
        items=("ammonia", "ammonia_natural_gas", "ammonia_excess_air"),
    ),
    _process(
        "uptake", ("CO2",), {"co2_uptake": "t CO2/base unit"}, taken_up, "0 − co2_uptake",
        "IPCC 2006 Vol 3 Eq 3.1, R_CO2", decisive="co2_uptake",
    ),
    _process(
        "anodes", ("CO2",), {"anode_consumption": "1", "anode_sulphur": "1", "anode_ash": "1"},
        of_anodes, "anode_consumption × (1 − anode_sulphur − anode_ash) × 44 ÷ 12",
        "IPCC 2006 Vol 3 Eq 4.21; 中国电解铝生产企业温室气体排放核算方法与报告指南(试行) 2013", decisive="anode_consumption",
    ),
    _process(
        "anode_effect_cf4", ("CF4",), {"anode_effect_slope": _GIVES, "anode_effect_minutes": "1"},
        by_slope, "anode_effect_slope × anode_effect_minutes", "IPCC 2006 Vol 3 Eq 4.26", decisive="anode_effect_minutes",
    ),
    _process(
        "anode_effect_c2f6", ("C2F6",), {"anode_effect_slope": _GIVES, "anode_effect_minutes": "1", "c2f6_share": "1"},
        by_slope_and_share, "anode_effect_slope × anode_effect_minutes × c2f6_share",
        "IPCC 2006 Vol 3 Eq 4.26", decisive="anode_effect_minutes",
    ),
    _process(
        "abated", GASES, {"emission_factor": _GIVES, "destruction": "1", "utilisation": "1"},
        abated, "emission_factor × (1 − destruction × utilisation)",
        "IPCC 2006 Vol 3 Eq 3.6, 3.8", decisive="destruction",
    ),
    _process(
        "factor", GASES, {"emission_factor": _GIVES}, by_factor, "emission_factor",
        "IPCC 2006 Vol 3; 省级温室气体清单编制指南(试行) 2011 第二章", decisive="emission_factor",
    ),
    _process(
        "carbon_in", ("CO2",), {"carbon_fraction": "t C/base unit"}, of_carbon, "carbon_fraction × 44 ÷ 12",
        "IPCC 2006 Vol 3 Eq 4.9", decisive="carbon_fraction",
    ),
    _process(
        "carbon_kept", ("CO2",), {"carbon_fraction": "t C/base unit"}, kept, "0 − carbon_fraction × 44 ÷ 12",
        "IPCC 2006 Vol 3 Eq 4.9; GB/T 32151.5", decisive="carbon_fraction", role="fixed_carbon", kinds=("product", "fuel"),
    ),
    _process(
        "carbon_kept_by_factor", ("CO2",), {"emission_factor": _GIVES}, less_by_factor, "0 − emission_factor",
        "GB/T 32151.5", decisive="emission_factor", role="fixed_carbon", kinds=("product", "fuel"),
    ),
)  # fmt: skip
