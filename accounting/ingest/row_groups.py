"""The row groups of a Parquet table, their words as places: a word is looked up once a group, not once a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from accounting.ingest.ahead import ahead
from accounting.ingest.packed import Packing, blank_is_zero, placed

AHEAD = 3  # groups read before their words have numbers: memory is used again while it is warm


@dataclass(frozen=True, slots=True)
class RowGroups:
    """A table on disk, of which `packing` gives the key columns; `beside` are other columns that are asked for."""

    path: Path
    packing: Packing
    beside: Sequence[str]
    metadata: pq.FileMetaData

    def batches(self, most_rows: int) -> Iterator[list[int]]:
        """The groups in their order, as many together as have so many rows, at least one."""
        batch: list[int] = []
        rows = 0
        for group in range(self.metadata.num_row_groups):
            size = self.metadata.row_group(group).num_rows
            if batch and rows + size > most_rows:
                yield batch
                batch, rows = [], 0
            batch.append(group)
            rows += size
        yield batch

    def rows(self, groups: Sequence[int]) -> int:
        """How many rows these groups have."""
        return sum(self.metadata.row_group(group).num_rows for group in groups)

    def placed(
        self, groups: Sequence[int], pool: ThreadPoolExecutor
    ) -> Iterator[tuple[Callable[[], pl.DataFrame], dict[str, tuple[int, int]]]]:
        """For each group what makes its rows: the place of each field's word, and the columns beside; the range of numbers.

        The words have their numbers when it is handed over, in the order of the rows, whatever the threads do.
        """
        for table in ahead(pool, self._read, groups, AHEAD):
            words = {name: table[column] for name, column in self._words().items()}
            numbers = {name: [self.packing.number(name, pl.Series(c.dictionary)) for c in words[name].chunks] for name in words}
            yield partial(self._rows, table, numbers), self._ranges(table)

    def _ranges(self, table: Any) -> dict[str, tuple[int, int]]:
        """The least and the most place of year and month, where they are numbers, if every number has a place."""
        found: dict[str, tuple[int, int]] = {}
        for name in filter(self.packing.is_number, self.packing.columns):
            told = pc.call_function("min_max", [table[self.packing.columns[name]]]).as_py()
            found[name] = self.packing.range(name, told["min"], told["max"])
        return found

    def _words(self) -> dict[str, str]:
        """The columns of words, by field."""
        return {name: column for name, column in self.packing.columns.items() if not self.packing.is_number(name)}

    def _read(self, group: int) -> Any:
        words = self._words().values()
        texts = [column for column in words if self.packing.dtypes[column] == pl.String]
        columns = [*dict.fromkeys((*self.packing.columns.values(), *self.beside))]
        with pq.ParquetFile(self.path, metadata=self.metadata, read_dictionary=texts) as file:
            table = file.read_row_group(group, columns=columns, use_threads=self.metadata.num_row_groups == 1)
        return pa.table([_encoded(table[name]) if name in words else table[name] for name in columns], columns)

    def _rows(self, table: Any, numbers: dict[str, list[pl.Series]]) -> pl.DataFrame:
        words = self._words()
        own = (name for name in table.column_names if name not in words.values())
        frame = pl.DataFrame([pl.Series(name, table[name]).cast(self.packing.dtypes[name]) for name in own])
        return frame.with_columns(
            *(self._places(name, table[words[name]], numbers[name]).alias(placed(name)) for name in words),
            *(self.packing.place_of_number(name).alias(placed(name)) for name in self.packing.columns if name not in words),
        )

    def _places(self, name: str, words: Any, numbers: Sequence[pl.Series]) -> pl.Series:
        """The place of each row's word, by the places of the words of its chunk; 0 where it may be blank and is."""
        parts = [of_words.gather(pl.Series(chunk.indices)) for chunk, of_words in zip(words.chunks, numbers, strict=True)]
        return blank_is_zero(name, pl.concat([pl.Series(dtype=pl.UInt32), *parts]))


def _encoded(column: Any) -> Any:
    return column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
