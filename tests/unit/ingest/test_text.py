"""Delimited text: the encoding is decided by a ladder, never guessed; lines keep their numbers."""

import pytest

from accounting.errors import DataRefused
from accounting.ingest.limits import Limits
from accounting.ingest.text import decoded, read_text

TEXT = "地区,数量\n北京,1\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"), (TEXT.encode("utf-8-sig"), "utf-8-sig"), (TEXT.encode("gbk"), "gb18030"),
        (TEXT.encode("utf-16"), "utf-16"), ("𠮷".encode("gb18030"), "gb18030"), ("京".encode("gbk"), "gb18030"), (b"a,b", "utf-8"),
    ],
)  # fmt: skip
def test_the_ladder_decides(content: bytes, encoding: str) -> None:
    text, found = decoded(content)
    assert found == encoding
    assert "\ufffd" not in text


@pytest.mark.parametrize(
    ("content", "encoding", "code"),
    [
        (b"a\xff\xff", None, "file.encoding"), (TEXT.encode("utf-16-le"), None, "file.zero_bytes"), (b"a\0b", None, "file.zero_bytes"),
        (TEXT.encode("gbk"), "utf-8", "file.encoding"), (b"a", "klingon", "file.unknown_encoding"),
    ],
)  # fmt: skip
def test_what_fits_nothing_is_refused(content: bytes, encoding: str | None, code: str) -> None:
    with pytest.raises(DataRefused) as caught:
        decoded(content, encoding)
    assert caught.value.code == code


def cells(text: str) -> list[tuple[str, str]]:
    sheet, _ = read_text(text.encode(), Limits())
    return [(cell.address, cell.text) for cell in sheet.cells]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_one(delimiter: str, end: str) -> None:
    text = end.join(delimiter.join(row) for row in (("a", "b"), ("1", "2"))) + end
    assert cells(text) == [("A1", "a"), ("B1", "b"), ("A2", "1"), ("B2", "2")]


def test_blank_lines_and_cells_keep_their_addresses() -> None:
    assert cells("a,b\n\n,2\n") == [("A1", "a"), ("B1", "b"), ("B3", "2")]


def test_a_record_is_a_row_whatever_line_breaks_it_holds() -> None:
    assert cells('a,b\n"x\ny",2\n\n3,4\n')[2:] == [("A2", "x\ny"), ("B2", "2"), ("A4", "3"), ("B4", "4")]


def test_open_quotes_are_refused_with_the_line() -> None:
    with pytest.raises(DataRefused) as caught:
        cells('a,b\n1,"2\n')
    assert caught.value.code == "file.csv_syntax"
    assert "line" in str(caught.value.seen)
