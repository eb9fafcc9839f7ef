"""How much a file may ask for; what asks for more is refused, never tried."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one file and of the child process that reads it."""

    file_bytes: int = 512 * MEBIBYTE
    unpacked_bytes: int = 768 * MEBIBYTE
    memory_bytes: int = 1000 * MEBIBYTE
    answer_bytes: int = 512 * MEBIBYTE
    seconds: int = 18
    sheets: int = 500
    cells: int = 3_000_000
    columns: int = 1024
    merged_cells: int = 200_000
    text_length: int = 32_767
