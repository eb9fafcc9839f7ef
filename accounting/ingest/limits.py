"""How much a file may ask for; what asks for more is refused, never tried."""

from __future__ import annotations

from dataclasses import dataclass, replace

MEBIBYTE = 1 << 20
MEMORY = 1000 * MEBIBYTE
TABLE_MEMORY = 6 << 30  # address space, of which polars reserves more than it touches
TABLE_LEAST_MEMORY = 300 * MEBIBYTE  # the engine itself, before it has read a row
TABLE_SECONDS = 1800
TABLE_FILE = 64 << 30
_OUT_OF_MEMORY = (  # how Rust, Python, the system and polars say it
    "memory allocation of",
    "MemoryError",
    "Cannot allocate memory",
    "zstd returned null",
    "could not spawn threads",
    "can't spawn worker thread",
)


def speaks_of_memory(text: str) -> bool:
    """Whether the last words of a reader say that memory was what it lacked.

    >>> speaks_of_memory("memory allocation of 4096 bytes failed"), speaks_of_memory("File out of specification")
    (True, False)
    """
    return any(words in text for words in _OUT_OF_MEMORY)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one file and of the child process that reads it; `memory_bytes` is what somebody asked for, if anybody."""

    file_bytes: int = 512 * MEBIBYTE
    unpacked_bytes: int = 768 * MEBIBYTE
    memory_bytes: int | None = None
    answer_bytes: int = 512 * MEBIBYTE
    seconds: int = 18
    sheets: int = 500
    cells: int = 3_000_000
    columns: int = 1024
    merged_cells: int = 200_000
    text_length: int = 32_767

    @property
    def memory(self) -> int:
        """The memory in force: what was asked for, else as much as a child needs for cells."""
        return self.memory_bytes or MEMORY

    @property
    def memory_text(self) -> str:
        return f"{self.memory >> 20} MiB"

    def for_tables(self) -> Limits:
        """The bounds of a child that adds up a large table: it loads the engine, reads more, and may take longer."""
        return replace(
            self,
            memory_bytes=self.memory_bytes or TABLE_MEMORY,
            seconds=TABLE_SECONDS,
            file_bytes=TABLE_FILE,
            answer_bytes=TABLE_FILE,
        )
