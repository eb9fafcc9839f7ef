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
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from accounting.ranks import in_order
from accounting.tables import ORDER, TABLES

DIGESTED = ("sums", "effective", "resolution", "corrections")
Hash = Any  # of hashlib, which names no type for it
_TYPES: dict[pl.DataType, str] = {pl.String(): "string", pl.Int8(): "int8", pl.Int16(): "int16", pl.Int64(): "int64"}


def digest(tables: Mapping[str, pl.DataFrame], settings: Mapping[str, Any]) -> str:
    """The digest of a result. `tables` need not be in order, nor in one piece, nor in plain strings."""
    return ended(begun(settings, tables["sums"]), tables)


def begun(settings: Mapping[str, Any], sums: pl.DataFrame) -> Hash:
    """A digest as far as the table `sums`, which is nearly all of it: for whoever has the other tables later."""
    total = hashlib.sha256(canonical_json(settings).encode() + b"\n")
    _add_table(total, "sums", in_order(sums, ORDER["sums"]))
    return total


def ended(total: Hash, tables: Mapping[str, pl.DataFrame]) -> str:
    """The digest that was begun, with the other tables."""
    for name in DIGESTED[1:]:
        _add_table(total, name, in_order(tables[name], ORDER[name]))
    return total.hexdigest()


def canonical_json(value: Any) -> str:
    """JSON with sorted keys, no spaces and no NaN: one text for one value.

    >>> canonical_json({"year": 2007, "entity": None})
    '{"entity":null,"year":2007}'
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _add_table(total: Hash, name: str, table: pl.DataFrame) -> None:
    columns = [[column, _type_word(dtype)] for column, dtype in TABLES[name].items()]
    head = {"table": name, "rows": table.height, "columns": columns}
    total.update(json.dumps(head, separators=(",", ":")).encode() + b"\n")
    for column in TABLES[name]:
        for part in _parts(table[column].rechunk()):
            total.update(part)


def _type_word(dtype: pl.DataType) -> str:
    """The type in the words of the definition; floats have none, because they are no part of a digest."""
    if isinstance(dtype, pl.Decimal):
        return f"decimal({dtype.precision},{dtype.scale})"
    return _TYPES[dtype]


def _parts(values: pl.Series) -> Iterator[memoryview]:
    """The bytes of a column, each part as it lies in memory: which rows have a value, then the values."""
    yield _bytes(values.is_not_null().cast(pl.UInt8)) if values.has_nulls() else memoryview(b"\x01" * len(values))
    if isinstance(values.dtype, pl.String | pl.Enum):
        text = _text(values)
        yield _lengths(text)
        yield _text_bytes(text)
    elif isinstance(values.dtype, pl.Decimal):
        yield _bytes(values.fill_null(pl.Series([0]).cast(values.dtype)[0]))
    else:
        yield _bytes(values.cast(pl.Int64).fill_null(strategy="zero"))


def _bytes(values: pl.Series) -> memoryview:
    """The values of a fixed-width column without nulls, little-endian as Arrow lays them out."""
    import pyarrow as pa

    array: Any = values.to_arrow(compat_level=pl.CompatLevel.oldest())
    return _buffer(array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array)


def _buffer(whole: Any) -> memoryview:
    width, buffer = whole.type.bit_width // 8, whole.buffers()[1]
    return memoryview(b"") if buffer is None else memoryview(buffer)[whole.offset * width : (whole.offset + len(whole)) * width]


def _text(values: pl.Series) -> Any:
    """Words, coded or not, as Arrow lays out long strings: no null among them, a missing one is empty."""
    import pyarrow as pa

    array: Any = values.to_arrow(compat_level=pl.CompatLevel.oldest())
    text = array.dictionary_decode() if pa.types.is_dictionary(array.type) else array
    return text.fill_null("") if text.null_count else text


def _lengths(text: Any) -> memoryview:
    import pyarrow.compute as pc

    return _buffer(pc.call_function("binary_length", [text]))


def _text_bytes(text: Any) -> memoryview:
    _, offsets, data = text.buffers()
    if data is None or len(text) == 0:
        return memoryview(b"")
    bounds = memoryview(offsets).cast("q")
    return memoryview(data)[bounds[text.offset] : bounds[text.offset + len(text)]]
