"""A hash that was begun is that of the file as it is when somebody asks."""

import hashlib
import os
from pathlib import Path

import pytest

from accounting import hashing


def of(content: bytes) -> tuple[str, int]:
    return hashlib.sha256(content).hexdigest(), len(content)


def test_begun_or_not_it_is_the_hash_of_the_content(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    file.write_bytes(b"one")
    assert hashing.hashed(file) == of(b"one")
    hashing.begin(file)
    assert hashing.hashed(file) == of(b"one")


def test_a_file_that_changes_after_it_was_begun_is_hashed_again(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    file.write_bytes(b"one")
    hashing.begin(file)
    file.write_bytes(b"two")
    os.utime(file, ns=(1, 1))
    assert hashing.hashed(file) == of(b"two")


def test_a_file_that_is_not_there_is_said_to_whoever_asks(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    hashing.begin(file)
    with pytest.raises(FileNotFoundError):
        hashing.hashed(file)
    file.write_bytes(b"one")
    hashing.begin(file)
    file.unlink()
    with pytest.raises(FileNotFoundError):
        hashing.hashed(file)
