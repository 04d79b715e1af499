"""What a format's reader hands on: rows as they stand in the input, and rows that can't be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from dedupe.compiled import I64

ROWS = 1536
"""Rows in a batch, at most."""
BYTES = 16 << 20
"""Bytes of text in a batch, about; a batch has at least one row."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that can't be used: where it stands, why, and the row itself."""

    source_file: str
    row: int
    reason: str
    content: Any


@dataclass(frozen=True, slots=True)
class Raw:
    """Some rows of one source, in order.

    table: the rows, with the columns asked for; rows: int64, each one's number in its
    source, from 0; rejects: rows between them that could not be read at all;
    lines: the rows' own bytes, where the format is a text with a row on each line.
    """

    table: pa.RecordBatch
    rows: I64
    rejects: list[Reject] = field(default_factory=list)
    lines: list[bytes] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One input that can be read again: a file, or a table in memory.

    name: how reports call it; format: "parquet", "jsonl", "json", "csv", "tsv", "table", "pages", "warc" or "feed";
    columns: names found; read: batches with these columns (None: all), from the start;
    schema: types of the columns, where the format states them; files: the file of each row, where each is one.
    """

    name: str
    format: str
    columns: list[str]
    read: Callable[[Sequence[str] | None], Iterator[Raw]]
    schema: pa.Schema | None = None
    files: list[str] | None = None

    def place(self, row: int) -> tuple[str, int]:
        """The file that a row stands in, and its number there."""
        return (self.files[row], 0) if self.files else (self.name, row)


def numbered(table: pa.RecordBatch, first: int) -> Raw:
    """A batch whose rows are numbered from `first` without gaps."""
    return Raw(table, np.arange(first, first + table.num_rows, dtype=np.int64))
