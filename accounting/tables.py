"""The canonical tables: their columns, types, total order and what must hold of their values.

Every stage takes and gives these tables. `check` asserts a contract on values, for lazy frames too (pandera alone
looks only at the schema of a lazy frame): one query says whether it is kept, and pandera, which takes half a second to
load, what breaks it. Columns of the files of a run are exactly these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from accounting import ranks
from accounting.errors import InvariantBroken
from accounting.exact import FACTOR_DIGITS, MASS_DIGITS, QUANTITY_DIGITS, decimal_type

if TYPE_CHECKING:
    import pandera.polars as pa

SCHEMA_VERSION = 2
ADDED = {2: {"missing": ("code",)}}  # the columns that a version brought

NOTATION_KEYS = ("NO", "NE", "NA", "IE", "C")
BASES = ("ncv", "gcv", "wet", "dry", "stp0", "stp20")
ACCOUNTS = ("main", "market", "memo", "removal")
SEVERITIES = ("info", "warning", "error")
FINDING_KINDS = (
    "default", "fallback", "missing_factor", "rounding", "duplicate", "own_value", "correction",
    "plausibility", "completeness", "assertion", "difference",
)  # fmt: skip
BASIS_UNSTATED, OTHER_BASIS, AMBIGUOUS, NO_VALUE, NO_CATEGORY = CAUSES = (
    "factor.basis_unstated", "factor.other_basis", "factor.ambiguous", "factor.missing", "factor.no_category",
)  # of several causes of a missing factor the first is told  # fmt: skip
KEY = ("entity", "year", "month", "category", "item", "unit", "basis")
CLASS_KEY = ("place", "category", "item", "year", "month", "unit", "basis")
CELL = ("entity", "year", "category", "item", "gas", "scope", "account")
STORED = (
    "activity", "sums", "effective", "resolution", "missing", "inventory", "rejections", "findings", "corrections",
)  # fmt: skip

_QUANTITY, _FACTOR, _MASS = (decimal_type(d) for d in (QUANTITY_DIGITS, FACTOR_DIGITS, MASS_DIGITS))
_PROBLEM_TEXTS = {name: pl.String() for name in ("message_zh", "message_en", "remedy_zh", "remedy_en")}
_ADDRESS = {name: pl.String() for name in ("file", "sheet", "cell")}
_CLASS_KEY = {
    "class": pl.Int64(), "place": pl.String(), "category": pl.String(), "item": pl.String(), "year": pl.Int16(),
    "month": pl.Int8(), "unit": pl.String(), "basis": pl.String(),
}  # fmt: skip

TABLES: dict[str, dict[str, pl.DataType]] = {
    "activity": {
        "row_id": pl.String(),
        "entity": pl.String(),
        "year": pl.Int16(),
        "month": pl.Int8(),
        "category": pl.String(),
        "item": pl.String(),
        "quantity": _QUANTITY,
        "unit": pl.String(),
        "basis": pl.String(),
        "reported_value": pl.String(),
        "reported_unit": pl.String(),
        "notation_key": pl.String(),
        **_ADDRESS,
        "sha256": pl.String(),
        "note": pl.String(),
    },
    "rejections": {
        "code": pl.String(),
        "severity": pl.String(),
        **_ADDRESS,
        "seen": pl.String(),
        **_PROBLEM_TEXTS,
    },
    "findings": {
        "id": pl.String(),
        "code": pl.String(),
        "kind": pl.String(),
        "severity": pl.String(),
        "entity": pl.String(),
        "year": pl.Int16(),
        "category": pl.String(),
        "item": pl.String(),
        **_ADDRESS,
        "seen": pl.String(),
        "used": pl.String(),
        "stake_t": pl.Float64(),
        **_PROBLEM_TEXTS,
        "accepted_by": pl.String(),
        "accepted_on": pl.String(),
        "reason": pl.String(),
    },
    "corrections": {
        "file": pl.String(),
        "sha256": pl.String(),
        "sheet": pl.String(),
        "cell": pl.String(),
        "expect": pl.String(),
        "use": pl.String(),
        "unit": pl.String(),
        "reason": pl.String(),
        "source": pl.String(),
        "by": pl.String(),
        "on": pl.String(),
    },
    "sums": {
        "entity": pl.String(),
        "year": pl.Int16(),
        "month": pl.Int8(),
        "category": pl.String(),
        "item": pl.String(),
        "unit": pl.String(),
        "basis": pl.String(),
        "quantity": _QUANTITY,
        "notation_key": pl.String(),
        "class": pl.Int64(),
    },
    "effective": {
        **_CLASS_KEY,
        "gas": pl.String(),
        "scope": pl.Int8(),
        "account": pl.String(),
        "lag": pl.Int16(),
        "effective_factor": _FACTOR,
        "method": pl.String(),
        "pack": pl.String(),
        "formula": pl.String(),
    },
    "resolution": {
        **_CLASS_KEY,
        "gas": pl.String(),
        "scope": pl.Int8(),
        "account": pl.String(),
        "parameter": pl.String(),
        "pack": pl.String(),
        "value": pl.String(),
        "value_unit": pl.String(),
        "edition": pl.String(),
        "published": pl.String(),
        "region": pl.String(),
        "parameter_category": pl.String(),
        "parameter_item": pl.String(),
        "tier": pl.Int8(),
        "valid_from": pl.Int16(),
        "valid_to": pl.Int16(),
        "citation": pl.String(),
        "original_value": pl.String(),
        "original_unit": pl.String(),
        "rank": pl.String(),
        "reason": pl.String(),
        "passed_over": pl.String(),
    },
    "missing": {
        "class": pl.Int64(),
        "gas": pl.String(),
        "scope": pl.Int8(),
        "account": pl.String(),
        "severity": pl.String(),
        "code": pl.String(),
        "reason": pl.String(),
    },
    "inventory": {
        "entity": pl.String(),
        "year": pl.Int16(),
        "category": pl.String(),
        "item": pl.String(),
        "gas": pl.String(),
        "scope": pl.Int8(),
        "account": pl.String(),
        "mass_t": _MASS,
        "co2e_t": _MASS,
        "notation_key": pl.String(),
        "method": pl.String(),
        "pack": pl.String(),
        "reason": pl.String(),
    },
    "view": {
        "entity": pl.String(),
        "year": pl.Int16(),
        "account": pl.String(),
        "row": pl.String(),
        "item": pl.String(),
        "gas": pl.String(),
        "mass_t": _MASS,
        "co2e_t": _MASS,
        "cells": pl.Int64(),
        "missing_cells": pl.Int64(),
    },
}

ORDER: dict[str, tuple[str, ...]] = {
    "activity": ("file", "sheet", "row_id"),
    "rejections": ("file", "sheet", "cell", "code", "seen"),
    "findings": ("severity", "kind", "code", "entity", "year", "category", "item", "file", "sheet", "cell", "seen"),
    "corrections": ("sha256", "sheet", "cell"),
    "sums": KEY,
    "effective": ("class", "gas", "scope", "account", "lag"),
    "resolution": ("class", "gas", "scope", "account", "parameter"),
    "missing": ("class", "gas", "scope", "account"),
    "inventory": CELL,
    "view": ("entity", "year", "account", "row", "item", "gas"),
}

# What a project says of its own, in tables that people write; the columns of `DEMANDED` are filled in every row.
PROJECT_TABLES: dict[str, dict[str, pl.DataType]] = {
    "entities": {
        **{name: pl.String() for name in ("entity", "name", "kind", "parent", "share", "place")},
        "valid_from": pl.Int16(),
        "valid_to": pl.Int16(),
        "note": pl.String(),
    },
    "parameters": {
        **{name: pl.String() for name in ("entity", "parameter", "item", "category")},
        "year": pl.Int16(),
        "month": pl.Int8(),
        **{name: pl.String() for name in ("value", "unit", "basis")},
        "tier": pl.Int8(),
        **{name: pl.String() for name in ("samples", "measured_from", "measured_to", "lower", "upper")},
        **{name: pl.String() for name in ("source", "reason", "author", "gas", "note")},
    },
    "splits": {
        "entity": pl.String(),
        "year_from": pl.Int16(),
        "year_to": pl.Int16(),
        **{name: pl.String() for name in ("item", "into", "share", "source", "note")},
    },
}  # fmt: skip
DEMANDED: dict[str, tuple[str, ...]] = {
    "entities": ("entity", "kind"),
    "parameters": ("entity", "parameter", "year", "value", "unit", "source", "reason", "author"),
    "splits": ("entity", "item", "into", "share", "source"),
}
ENTITY_KINDS = ("province", "city", "county", "park", "facility", "enterprise")

Table = TypeVar("Table", pl.DataFrame, pl.LazyFrame)


def empty(name: str) -> pl.DataFrame:
    """The table without rows.

    >>> empty("sums").columns[-2:]
    ['notation_key', 'class']
    """
    return pl.DataFrame(schema=TABLES[name])


def columns_of(name: str, version: int) -> dict[str, pl.DataType]:
    """The columns that a table had in a schema version.

    >>> list(TABLES["missing"].keys() - columns_of("missing", 1).keys())
    ['code']
    """
    later = {column for since, added in ADDED.items() if since > version for column in added.get(name, ())}
    return {column: dtype for column, dtype in TABLES[name].items() if column not in later}


def frame(name: str, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows given as mappings, typed as the table says; a column that a row does not name is null.

    >>> frame("rejections", [{"code": "unit.unknown", "severity": "error"}]).shape
    (1, 10)
    """
    listed = list(rows)
    columns = {
        column: pl.Series(column, [row.get(column) for row in listed], dtype=dtype, strict=True)
        for column, dtype in TABLES[name].items()
    }
    return pl.DataFrame(columns)


class Frames(Mapping[str, pl.DataFrame]):
    """Tables by name, `coded` as they were made: the words of one become strings when somebody asks for it.

    They are the tables of their names, or all of one `schema`.
    """

    def __init__(self, coded: Mapping[str, pl.DataFrame], schema: str | None = None) -> None:
        self.coded = coded
        self._schema = schema
        self._plain: dict[str, pl.DataFrame] = {}

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self._plain:
            self._plain[name] = plain(self._schema or name, self.coded[name])
        return self._plain[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.coded)

    def __len__(self) -> int:
        return len(self.coded)


def as_made(tables: Mapping[str, pl.DataFrame]) -> Mapping[str, pl.DataFrame]:
    """The tables as they were made, their words coded or not."""
    return tables.coded if isinstance(tables, Frames) else tables


def plain(name: str, table: pl.DataFrame) -> pl.DataFrame:
    """The table in its declared columns and types; coded words become strings."""
    return table.select(pl.col(column).cast(dtype) for column, dtype in TABLES[name].items())


def ordered(name: str, table: pl.DataFrame) -> pl.DataFrame:
    """The table in its declared columns, types and total order: nulls first, strings by their UTF-8 bytes.

    A table that stands in order is not sorted again.
    """
    return plain(name, ranks.in_order(table, ORDER[name]))


def check(name: str, table: Table) -> Table:
    """The same table, if types and values keep the contract.

    Raises InvariantBroken (`table.broken`) with the first failures; a lazy frame is checked when it is collected by
    the check itself.
    """
    if not keeps(name, table):
        raise InvariantBroken("table.broken", table=name, failure=_failures(name, table))
    return table


def keeps(name: str, table: pl.DataFrame | pl.LazyFrame) -> bool:
    """Whether a table keeps its contract: exact columns, exact types, and the same rules as `contract`.

    Words may be coded: then the rules are asked of each word once.
    """
    schema = table.collect_schema()
    plain_types = {column: pl.String() if isinstance(dtype, pl.Enum) else dtype for column, dtype in schema.items()}
    if list(plain_types.items()) != list(TABLES[name].items()):
        return False
    words = {column: pl.lit(dtype.categories) for column, dtype in schema.items() if isinstance(dtype, pl.Enum)}
    if _holds(name, table, words):
        return True
    return bool(words) and _holds(name, table, {column: pl.col(column).unique().cast(pl.String) for column in words})


def _holds(name: str, table: pl.DataFrame | pl.LazyFrame, words: Mapping[str, pl.Expr]) -> bool:
    """Whether the rules hold; of coded columns for these words: all that they may have, or those that rows have."""
    rules = [pl.col(_REQUIRED[name]).is_not_null().all().name.prefix("required ")]
    rules += [rule.all().alias(f"rule {number}") for number, rule in enumerate(_rules(name, words))]
    return all(table.lazy().select(rules).collect().row(0))


def _rules(name: str, words: Mapping[str, pl.Expr]) -> Iterator[pl.Expr]:
    """What holds of every row in which the column has a value."""
    for column in TABLES[name]:
        value = words.get(column, pl.col(column))
        if closed := _closed(name, column):
            yield value.is_in(closed)
        if column in _RANGES:
            yield value.is_between(*_RANGES[column])
        if column in _COUNTS:
            yield value >= 0
        if _is_word(name, column):
            yield value.str.len_bytes() > 0
    if name in _OF_ROWS:
        yield _OF_ROWS[name][1]


def _failures(name: str, table: Table) -> str:
    from pandera.config import ValidationDepth, config_context
    from pandera.errors import SchemaError, SchemaErrors

    try:
        with config_context(validation_depth=ValidationDepth.SCHEMA_AND_DATA):
            contract(name).validate(ranks.uncoded(table.lazy().collect()), lazy=True)
    except (SchemaError, SchemaErrors) as error:
        return _first_failures(error)
    return "?"


def _first_failures(error: Any) -> str:
    cases = error.failure_cases
    if isinstance(cases, pl.DataFrame):
        return "; ".join(
            f"{row.get('column')} {row.get('check')} {row.get('failure_case')}" for row in cases.head(5).to_dicts()
        )
    return str(cases)[:500]


@cache
def contract(name: str) -> pa.DataFrameSchema:
    """The pandera schema of a table: exact columns, exact types, and the rules of values."""
    import pandera.polars as pa

    columns = {
        column: pa.Column(dtype, checks=_checks(name, column), nullable=column not in _REQUIRED[name])
        for column, dtype in TABLES[name].items()
    }
    return pa.DataFrameSchema(columns, checks=_row_checks(name), strict=True, ordered=True)


_REQUIRED: dict[str, tuple[str, ...]] = {
    "activity": ("row_id", "entity", "year", "category", "item", "unit", "sha256"),
    "rejections": ("code", "severity", "message_zh", "message_en", "remedy_zh", "remedy_en"),
    "findings": ("id", "code", "kind", "severity", "message_zh", "message_en"),
    "corrections": ("expect", "use", "reason", "source", "by", "on"),
    "sums": ("entity", "year", "category", "item", "unit", "class"),
    "effective": (
        "class", "place", "category", "item", "year", "unit", "gas", "scope", "account", "lag",
        "effective_factor", "method", "pack", "formula",
    ),
    "resolution": ("class", "place", "gas", "parameter", "pack", "value", "value_unit", "citation", "rank", "reason"),
    "missing": ("class", "gas", "scope", "account", "severity", "code", "reason"),
    "inventory": ("entity", "year", "category", "item", "gas", "scope", "account"),
    "view": ("entity", "year", "account", "row", "gas", "cells", "missing_cells"),
}  # fmt: skip


_CLOSED: dict[str, tuple[str, ...]] = {
    "notation_key": NOTATION_KEYS,
    "basis": BASES,
    "account": ACCOUNTS,
    "severity": SEVERITIES,
    "kind": FINDING_KINDS,
}
_RANGES = {"year": (1900, 2200), "month": (1, 12), "scope": (1, 3), "lag": (0, 200)}
_COUNTS = ("cells", "missing_cells")
_QUANTITY_OR_KEY = pl.col("quantity").is_not_null() != pl.col("notation_key").is_not_null()
_OF_ROWS: dict[str, tuple[str, pl.Expr]] = {
    "activity": ("a row has a quantity or a notation key", _QUANTITY_OR_KEY),
    "sums": ("a key has a quantity or a notation key", _QUANTITY_OR_KEY),
    "inventory": (
        "a cell has a mass or a notation key",
        pl.col("mass_t").is_not_null() != pl.col("notation_key").is_not_null(),
    ),
    "view": ("missing cells are cells", pl.col("missing_cells") <= pl.col("cells")),
}


def _closed(name: str, column: str) -> tuple[str, ...]:
    return CAUSES if (name, column) == ("missing", "code") else _CLOSED.get(column, ())


def _is_word(name: str, column: str) -> bool:
    return column in ("entity", "category", "item") and name in ("activity", "sums", "inventory")


def _checks(name: str, column: str) -> list[Any]:
    import pandera.polars as pa

    if closed := _closed(name, column):
        return [pa.Check.isin(closed)]
    if column in _RANGES:
        return [pa.Check.in_range(*_RANGES[column])]
    if column in _COUNTS:
        return [pa.Check.ge(0)]
    return [pa.Check.str_length(min_value=1)] if _is_word(name, column) else []


def _row_checks(name: str) -> list[Any]:
    import pandera.polars as pa

    if name not in _OF_ROWS:
        return []
    text, rule = _OF_ROWS[name]

    def holds(data: Any) -> pl.LazyFrame:
        return data.lazyframe.select(rule)

    return [pa.Check(holds, name=text, error=text)]
