"""The digest: SHA-256 over logical rows and settings, so that the same result has the same digest anywhere.

Canonical bytes of a table, for anybody who wants to compute it in another language:

1. a line of JSON without spaces, {"table": name, "rows": n, "columns": [[name, type], …]} with the keys and columns in
   this order, types as `string`, `int8`, `int16`, `int64`, `decimal(38,9)`, then LF;
2. the rows in the table's declared total order (tables.ORDER: nulls first, strings by their UTF-8 bytes);
3. column by column: n bytes, 1 where the row has a value and 0 where it is null; then the values, a null as zeros:
   integers as 8 bytes and decimals (their unscaled integer) as 16 bytes, little-endian two's complement; strings as n
   lengths of 8 bytes (UTF-8 bytes, little-endian), then all their bytes one after the other.

The digest is SHA-256 of the settings as canonical JSON (sorted keys, no spaces, UTF-8), LF, and the tables `sums`,
`effective`, `resolution`, `corrections` in this order. Parquet bytes, parts, threads and paths are outside.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from accounting.tables import TABLES, ordered

DIGESTED = ("sums", "effective", "resolution", "corrections")
_TYPES: dict[pl.DataType, str] = {pl.String(): "string", pl.Int8(): "int8", pl.Int16(): "int16", pl.Int64(): "int64"}


def digest(tables: Mapping[str, pl.DataFrame], settings: Mapping[str, Any]) -> str:
    """The digest of a result. `tables` need not be in order, nor in one piece, nor in plain strings."""
    total = hashlib.sha256(canonical_json(settings).encode() + b"\n")
    for name in DIGESTED:
        _add_table(total, name, ordered(name, tables[name]))
    return total.hexdigest()


def canonical_json(value: Any) -> str:
    """JSON with sorted keys, no spaces and no NaN: one text for one value.

    >>> canonical_json({"year": 2007, "entity": None})
    '{"entity":null,"year":2007}'
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _add_table(total: Any, name: str, table: pl.DataFrame) -> None:
    columns = [[column, _type_word(dtype)] for column, dtype in TABLES[name].items()]
    head = {"table": name, "rows": table.height, "columns": columns}
    total.update(json.dumps(head, separators=(",", ":")).encode() + b"\n")
    for column in TABLES[name]:
        _add_column(total, table[column].rechunk())


def _type_word(dtype: pl.DataType) -> str:
    """The type in the words of the definition; floats have none, because they are no part of a digest."""
    if isinstance(dtype, pl.Decimal):
        return f"decimal({dtype.precision},{dtype.scale})"
    return _TYPES[dtype]


def _add_column(total: Any, values: pl.Series) -> None:
    total.update(_bytes(values.is_not_null().cast(pl.UInt8)))
    if values.dtype == pl.String:
        present = values.fill_null("")
        total.update(_bytes(present.str.len_bytes().cast(pl.UInt64)))
        total.update(_text_bytes(present))
    elif isinstance(values.dtype, pl.Decimal):
        total.update(_decimal_bytes(values))
    else:
        total.update(_bytes(values.cast(pl.Int64).fill_null(strategy="zero")))


def _bytes(values: pl.Series) -> memoryview:
    """The values of a fixed-width column without nulls, little-endian as Arrow lays them out."""
    import pyarrow as pa

    array: Any = values.to_arrow(compat_level=pl.CompatLevel.oldest())
    whole: pa.Array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    width = whole.type.bit_width // 8
    buffer = whole.buffers()[1]
    return memoryview(b"") if buffer is None else memoryview(buffer)[whole.offset * width : (whole.offset + len(whole)) * width]


def _text_bytes(values: pl.Series) -> memoryview:
    import pyarrow as pa

    array: Any = values.to_arrow(compat_level=pl.CompatLevel.oldest())
    text = array.cast(pa.large_binary())
    _, offsets, data = text.buffers()
    if data is None or len(text) == 0:
        return memoryview(b"")
    bounds = memoryview(offsets).cast("q")
    return memoryview(data)[bounds[text.offset] : bounds[text.offset + len(text)]]


def _decimal_bytes(values: pl.Series) -> memoryview:
    zero = pl.Series([0]).cast(values.dtype)[0]
    return _bytes(values.fill_null(zero))
