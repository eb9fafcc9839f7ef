"""How much a file may ask for; what asks for more is refused, never tried."""

from __future__ import annotations

from dataclasses import dataclass, replace

MEBIBYTE = 1 << 20
TABLE_MEMORY = 6 << 30  # address space, of which polars reserves far more than it touches
TABLE_SECONDS = 1800
TABLE_FILE = 64 << 30


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

    def for_tables(self) -> Limits:
        """The bounds of a child that adds up a large table: it loads the engine, reads more, and may take longer."""
        return replace(
            self,
            memory_bytes=max(self.memory_bytes, TABLE_MEMORY),
            seconds=TABLE_SECONDS,
            file_bytes=TABLE_FILE,
            answer_bytes=TABLE_FILE,
        )
