"""CSV and other delimited text as one sheet of text cells.

The encoding is decided, never guessed: a byte-order mark, else strict UTF-8, else strict GB18030; UTF-16 only with
its mark. Statistics call a short GBK file Korean. The delimiter is the one among comma, tab and semicolon that stands
most often in the first line that is not empty.
"""

from __future__ import annotations

import codecs
import csv
import io

from accounting.errors import DataRefused
from accounting.ingest.cells import Cell, Sheet
from accounting.ingest.limits import Limits

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LADDER = ("utf-8", "gb18030")
_DELIMITERS = (",", "\t", ";")


def decoded(content: bytes, encoding: str | None = None) -> tuple[str, str]:
    """The text and the encoding that gave it.

    Raises DataRefused: `file.encoding` (no encoding of the ladder fits, or the one given does not),
    `file.unknown_encoding`, `file.zero_bytes`.

    >>> decoded("地区,数量".encode("gbk"))[1], decoded("地区".encode())[1]
    ('gb18030', 'utf-8')
    """
    if encoding is not None:
        return _strictly(content, _known(encoding)), encoding
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _strictly(content, name), name
    if b"\0" in content:
        raise DataRefused("file.zero_bytes", seen=f"byte {content.index(0)}")
    for name in _LADDER:
        try:
            return content.decode(name, errors="strict"), name
        except UnicodeDecodeError:
            continue
    raise DataRefused("file.encoding", seen=_first_odd(content), tried=", ".join(_LADDER))


def _known(encoding: str) -> str:
    if not is_encoding(encoding):
        raise DataRefused("file.unknown_encoding", seen=encoding)
    return codecs.lookup(encoding).name


def is_encoding(name: str) -> bool:
    """Whether a name stands for an encoding of text.

    >>> is_encoding("gb18030"), is_encoding("klingon"), is_encoding("base64")
    (True, False, False)
    """
    try:
        "a".encode(name)
    except LookupError:
        return False
    return True


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding, errors="strict")
    except UnicodeDecodeError as error:
        raise DataRefused("file.encoding", seen=f"byte {error.start}", tried=encoding) from error


def _first_odd(content: bytes) -> str:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"byte {error.start}"
    return ""


def read_text(content: bytes, limits: Limits, encoding: str | None = None) -> tuple[Sheet, str]:
    """The one sheet of a delimited text, and its encoding; blank cells are absent, records are rows as in a spreadsheet.

    A row with more cells than the first line keeps them all: the table reader refuses it by its address.
    """
    text, name = decoded(content, encoding)
    sheet = Sheet(name="", index=0)
    csv.field_size_limit(limits.text_length)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    count = 0
    try:
        for row, fields in enumerate(reader, 1):
            for column, field in enumerate(fields, 1):
                if field.strip():
                    count += 1
                    sheet.cells.append(Cell(row, column, "text", field))
            if count > limits.cells or len(fields) > limits.columns:
                raise DataRefused("sheet.too_large", seen=f"line {reader.line_num}", sheet="")
    except csv.Error as error:
        raise DataRefused("file.csv_syntax", seen=f"line {reader.line_num}: {error}") from error
    return sheet, name


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=lambda delimiter: (first.count(delimiter), -_DELIMITERS.index(delimiter)))
