"""From what a cell says to an exact quantity in the base unit of its dimension.

    quantity = number × (base units in one reported unit), 9 decimals

Number texts, unit spellings and pairs of unit and item are judged once each; rows only gather the verdicts. The
product is an Int128; a number that needs more than 9 decimals is rounded once, half away from zero, counted and
listed. Missing is null with a notation key, never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import polars as pl

from accounting import codes, errors, exact, units
from accounting.errors import DataRefused, Where
from accounting.ingest import numbers
from accounting.ingest.counts import CELLS, Counted
from accounting.tables import BASES, NOTATION_KEYS, TABLES

RAW: dict[str, pl.DataType] = {
    "row_id": pl.String(),
    "entity": pl.String(),
    "year": pl.Int16(),
    "month": pl.Int8(),
    "category": pl.String(),
    "item": pl.String(),
    "value": pl.String(),
    "reported_unit": pl.String(),
    "basis": pl.String(),
    "notation_key": pl.String(),
    "file": pl.String(),
    "sheet": pl.String(),
    "cell": pl.String(),
    "unit_cell": pl.String(),
    "sha256": pl.String(),
    "note": pl.String(),
}
LARGEST = 10**13  # base units; the world uses 6·10^11 GJ a year: more than this in one cell is a slip
TRANSFER = "transfer"  # the note of rows that take non-energy use out of industry: these are negative by design
_ROOM = 4e37  # 2·|m·n| + d stays below Int128's 1.7e38


@dataclass(frozen=True, slots=True)
class Converted:
    """Activity rows, what was refused, and which rows were read otherwise than written.

    `rejected_rows` holds the row_id of each refused row once; `odd` the row_id, address, `inexact` and `fixes` of rows
    that were rounded or tidied, of which `counted` makes counts.
    """

    activity: pl.DataFrame
    rejections: list[dict[str, Any]]
    odd: pl.DataFrame
    rejected_rows: pl.Series


@dataclass(frozen=True, slots=True)
class Measure:
    """What one spelling means for one item: base units in one, the base unit, the basis."""

    factor: Fraction
    base: str
    basis: str | None


def converted(raw: pl.DataFrame, *, negative_allowed: bool = False, list_at_most: int | None = None) -> Converted:
    """Rows of `RAW` as Activity rows with exact quantities; a column that `raw` lacks is null.

    `value` is the text as seen, `reported_unit` a spelling, `cell` the address of the value and `unit_cell`
    that of the unit where it stands elsewhere. Refused are numbers (`number.*`, `quantity.*`), spellings
    (`unit.*`), a unit that does not measure its item (`unit.dimension`) and bases (`basis.*`). With
    `negative_allowed` a negative quantity of a final or burnt use passes: the caller has a sign rule of its
    own. At most `list_at_most` rejections a kind are made; `rejected_rows` is always whole.
    """
    rows, mismeasured = _with_measures(_with_numbers(_completed(raw)))
    rows = rows.with_columns(quantities(rows))
    rows = rows.with_columns(_faults(rows, negative_allowed)).with_columns(pl.any_horizontal(_FAULTS).alias("refused"))
    told: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
        "misread": _number_rejection,
        "blank": _blank_rejection,
        "odd_key": _key_rejection,
        "mismeasured": partial(_measure_rejection, refusals=mismeasured),
        "beyond": _size_rejection,
        "negative": _sign_rejection,
    }
    found = {fault: _first(rows.filter(fault), list_at_most).to_dicts() for fault in told}
    rejections = [told[fault](row) for fault, faulty in found.items() for row in faulty]
    kept = rows.filter(~pl.col("refused"))
    return Converted(
        activity=_activity(kept),
        rejections=rejections,
        odd=kept.filter(pl.col("inexact") | _TIDIED).select("row_id", "file", "sheet", "cell", "inexact", "fixes"),
        rejected_rows=rows.filter("refused")["row_id"],
    )


def _first(rows: pl.DataFrame, at_most: int | None) -> pl.DataFrame:
    return rows if at_most is None else rows.head(at_most)


_FAULTS = ("misread", "blank", "odd_key", "mismeasured", "beyond", "negative")


def _faults(rows: pl.DataFrame, negative_allowed: bool) -> list[pl.Expr]:
    """One truth column a fault; `beyond` is there already."""
    keyed, number = pl.col("keyed"), pl.col("number").is_not_null()
    never_below = [name for name in rows["category"].unique().drop_nulls() if not codes.category(name).negative]
    below = number & (pl.col("quantity") < 0) & pl.col("category").is_in(never_below)
    below &= pl.col("note").is_null() | (pl.col("note") != TRANSFER)
    return [
        pl.col("number_code").is_not_null().alias("misread"),
        (~keyed & ~number & pl.col("number_code").is_null()).alias("blank"),
        (keyed & (number | ~pl.col("notation_key").is_in(NOTATION_KEYS))).alias("odd_key"),
        pl.col("measure_refusal").is_not_null().alias("mismeasured"),
        (pl.lit(not negative_allowed) & below).fill_null(value=False).alias("negative"),
    ]


def measure(spelling: str | None, item: str, basis: str | None) -> Measure:
    """What a unit spelling means for an item.

    Raises DataRefused: `unit.missing`, `unit.co2e`, `unit.dimension`, `basis.unknown`, `basis.conflict`, or what `units.unit`
    refuses.

    >>> measure("万吨", "raw_coal", None)
    Measure(factor=Fraction(10000, 1), base='t', basis=None)
    """
    if spelling is None or not spelling.strip():
        raise DataRefused("unit.missing")
    unit, of_item = units.unit(spelling), codes.item(item)
    if unit.dimension == "co2e":
        raise DataRefused("unit.co2e", seen=spelling)
    if unit.dimension not in of_item.dimensions:
        facts: dict[str, Any] = _dimension_facts(unit, of_item)
        raise DataRefused("unit.dimension", seen=spelling, **facts)
    if basis is not None and basis not in BASES:
        raise DataRefused("basis.unknown", seen=basis, bases=", ".join(BASES))
    if basis is not None and unit.basis is not None and basis != unit.basis:
        raise DataRefused("basis.conflict", seen=f"{spelling}, {basis}", implied=unit.basis, written=basis)
    return Measure(unit.factor, unit.base, unit.basis or basis)


def _dimension_facts(unit: units.Unit, item: codes.Item) -> dict[str, str]:
    wanted = [units.DIMENSIONS[name] for name in item.dimensions]
    return {
        "unit": unit.spelling,
        "item_zh": item.name_zh,
        "item_en": item.name_en,
        "unit_dimension_zh": unit.dimension_zh,
        "unit_dimension_en": unit.dimension_en,
        "dimension_zh": "、".join(dimension.zh for dimension in wanted),
        "dimension_en": " or ".join(dimension.en for dimension in wanted),
        "usual": "; ".join(dimension.usual for dimension in wanted),
    }


def quantities(rows: pl.DataFrame) -> list[pl.Series]:
    """Exact quantities of rows with `number` (plain decimal or null) and `factor` (a fraction as text or null).

    Gives `quantity` (Decimal(38,9), null where a part is null or the result is beyond `LARGEST`), `inexact` (true
    where it was rounded) and `beyond` (true where it is too large).

    >>> two = pl.DataFrame({"number": ["12.5", "1.0000000004"], "factor": ["10", "1"]})
    >>> [series.to_list() for series in quantities(two)][:2]
    [[Decimal('125.000000000'), Decimal('1.000000000')], [False, True]]
    """
    split = rows.lazy().select("factor", "number", _DIGITS.alias("digits"), _SCALE.alias("scale")).collect()
    ratios = split.join(_ratios(split), on=["factor", "scale"], how="left", nulls_equal=True, maintain_order="left")
    product = pl.col("digits").abs() * pl.col("numerator")
    fits = pl.col("digits").cast(pl.Float64).abs() * pl.col("numerator").cast(pl.Float64) < _ROOM
    divisor = pl.col("denominator")
    integer = (2 * product + divisor) // (2 * divisor) * pl.col("digits").sign()
    computed = ratios.select(
        "number", "factor",
        pl.when(fits).then(integer).alias("integer"),
        pl.when(fits).then(product % divisor != 0).alias("inexact"),
    )  # fmt: skip
    computed = _with_long_numbers(computed)
    beyond = pl.col("integer").abs() >= pl.lit(LARGEST * 10**exact.QUANTITY_DIGITS, dtype=pl.Int128)
    known = computed.select(
        exact.decimals(pl.when(~beyond).then("integer"), exact.QUANTITY_DIGITS).alias("quantity"),
        pl.col("inexact").fill_null(value=False),
        beyond.fill_null(value=False).alias("beyond"),
    )
    return known.get_columns()


_DIGITS = pl.col("number").str.replace(".", "", literal=True).cast(pl.Int128, strict=False)
_SCALE = pl.col("number").str.split(".").list.get(1, null_on_oob=True).str.len_bytes().fill_null(0)


def _ratios(split: pl.DataFrame) -> pl.DataFrame:
    """numerator / denominator: what an integer at `scale` decimals is multiplied by to stand at 9 decimals."""
    pairs = split.select("factor", "scale").unique().drop_nulls()
    ratios = [Fraction(pair["factor"]) * 10**exact.QUANTITY_DIGITS / Fraction(10 ** pair["scale"]) for pair in pairs.to_dicts()]
    return pairs.with_columns(
        pl.Series("numerator", [_within(ratio.numerator) for ratio in ratios], dtype=pl.Int128),
        pl.Series("denominator", [_within(ratio.denominator) for ratio in ratios], dtype=pl.Int128),
    )


def _within(integer: int) -> int | None:
    return integer if integer < 10**36 else None


def _with_long_numbers(computed: pl.DataFrame) -> pl.DataFrame:
    """The few numbers with more digits than Int128 arithmetic holds, in Python's own."""
    left = computed.with_row_index("at").filter(
        pl.col("integer").is_null() & pl.col("number").is_not_null() & pl.col("factor").is_not_null()
    )
    if left.is_empty():
        return computed
    values = [Fraction(number) * Fraction(factor) for number, factor in left.select("number", "factor").rows()]
    largest = LARGEST * 10**exact.QUANTITY_DIGITS
    integers = [exact.scaled(value, exact.QUANTITY_DIGITS) for value in values]
    longs = pl.DataFrame(
        {
            "at": left["at"],
            "long": pl.Series([max(-largest, min(largest, integer)) for integer in integers], dtype=pl.Int128),
            "long_inexact": [not exact.holds(value, exact.QUANTITY_DIGITS) for value in values],
        }
    )
    joined = computed.with_row_index("at").join(longs, on="at", how="left", maintain_order="left")
    return joined.select(
        "number", "factor",
        pl.coalesce("integer", "long").alias("integer"),
        pl.coalesce("inexact", "long_inexact").alias("inexact"),
    )  # fmt: skip


def _completed(raw: pl.DataFrame) -> pl.DataFrame:
    named = {name: pl.col(name) if name in raw.columns else pl.lit(None) for name in RAW}
    return raw.select(column.cast(RAW[name]).alias(name) for name, column in named.items())


def _with_numbers(rows: pl.DataFrame) -> pl.DataFrame:
    """Adds `number` (plain decimal), `number_code` (why there is none), `fixes`, and `keyed`: a notation key stands.

    A key may stand in its own column or in place of the number.
    """
    read = numbers.read_column(rows["value"])
    own_key = rows["notation_key"].str.strip_chars().replace("", None)
    return rows.with_columns(
        read["decimal"].alias("number"),
        read["code"].alias("number_code"),
        read["fixes"],
        pl.coalesce(own_key, read["notation_key"]).alias("notation_key"),
    ).with_columns(pl.col("notation_key").is_not_null().alias("keyed"))


def _with_measures(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[DataRefused]]:
    """Adds `factor`, `unit` (base), the `basis` in force and `measure_refusal`, a place in the list of refusals."""
    triples = rows.select(_MEASURED_BY).unique(maintain_order=True)
    refusals: list[DataRefused] = []
    judged: list[dict[str, Any]] = []
    for triple in triples.to_dicts():
        try:
            found = _measure_of(**triple)
            judged.append({"factor": str(found.factor), "unit": found.base, "basis_in_force": found.basis})
        except DataRefused as refusal:
            judged.append({"measure_refusal": len(refusals)})
            refusals.append(refusal)
    table = pl.concat([triples, pl.DataFrame(judged, schema=_JUDGED)], how="horizontal")
    return rows.join(table, on=_MEASURED_BY, how="left", nulls_equal=True, maintain_order="left"), refusals


_MEASURED_BY = ["reported_unit", "item", "basis", "keyed"]
_JUDGED = {"factor": pl.String, "unit": pl.String, "basis_in_force": pl.String, "measure_refusal": pl.UInt32}


def _measure_of(reported_unit: str | None, item: str, basis: str | None, *, keyed: bool) -> Measure:
    """A notation key needs no unit: it stands in the unit in which its item is usually counted."""
    if keyed and not (reported_unit or "").strip():
        return Measure(Fraction(1), units.DIMENSIONS[codes.item(item).dimensions[0]].base, basis)
    return measure(reported_unit, item, basis)


def _number_rejection(row: dict[str, Any]) -> dict[str, Any]:
    return errors.rejection(row["number_code"], _where(row), row["value"])


def _key_rejection(row: dict[str, Any]) -> dict[str, Any]:
    key = row["notation_key"]
    if key not in NOTATION_KEYS:
        return errors.rejection("notation.unknown", _where(row), key, keys=", ".join(NOTATION_KEYS))
    return errors.rejection("notation.conflict", _where(row), row["value"], key=key)


def _blank_rejection(row: dict[str, Any]) -> dict[str, Any]:
    return errors.rejection("quantity.missing", _where(row), None)


def _measure_rejection(row: dict[str, Any], *, refusals: Sequence[DataRefused]) -> dict[str, Any]:
    refusal = refusals[row["measure_refusal"]]
    where = Where(row["file"], row["sheet"], row["unit_cell"] or row["cell"])
    seen = refusal.seen if refusal.code.startswith("basis.") else row["reported_unit"]
    if refusal.code in ("unit.co2e", "unit.dimension"):
        seen = f"{row['value'] or ''} {row['reported_unit']}".strip()
    return errors.rejection(refusal.code, where, seen, **refusal.facts_but_seen())


def _size_rejection(row: dict[str, Any]) -> dict[str, Any]:
    seen = f"{row['value']} {row['reported_unit']}"
    return errors.rejection("number.too_large", _where(row), seen, largest="10^13", unit=row["unit"])


def _sign_rejection(row: dict[str, Any]) -> dict[str, Any]:
    category = codes.category(row["category"])
    names = {"category_zh": category.name_zh, "category_en": category.name_en}
    return errors.rejection("quantity.negative", _where(row), row["value"], **names)


def _where(row: dict[str, Any]) -> Where:
    return Where(row["file"], row["sheet"], row["cell"])


def _activity(kept: pl.DataFrame) -> pl.DataFrame:
    return kept.with_columns(
        pl.when(~pl.col("keyed")).then("quantity").alias("quantity"),
        pl.col("basis_in_force").alias("basis"),
        pl.col("value").alias("reported_value"),
    ).select(list(TABLES["activity"]))


# A dash is not among what was tidied: the contract reads it as 0.
_TIDIED = ~pl.col("fixes").is_in(["", "dash"])


def counted(odd: pl.DataFrame, activity: pl.DataFrame) -> Iterator[Counted]:
    """Of the rows that came to be Activity, how many of each file were rounded, how many tidied, and where."""
    kept = odd.filter(pl.col("row_id").is_in(activity["row_id"].implode()))
    address = pl.concat_str(pl.col("sheet").replace("", None), "cell", separator="!", ignore_nulls=True)
    for code, which in (("quantity.rounded", pl.col("inexact")), ("number.tidied", _TIDIED)):
        of_file = kept.filter(which).group_by("file", maintain_order=True).agg(
            pl.len(), address.head(CELLS), pl.col("fixes").replace("", None).drop_nulls().unique().sort()
        )  # fmt: skip
        for file, count, cells, fixes in of_file.iter_rows():
            yield Counted(code, file, count, cells, list(dict.fromkeys("|".join(fixes).split("|"))) if fixes else [])
