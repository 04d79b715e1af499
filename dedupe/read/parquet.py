"""Parquet files to batches, the next ones decoded while one is worked on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from dedupe.errors import InputError
from dedupe.read.ahead import read_ahead
from dedupe.read.files import File
from dedupe.read.raw import ROWS, Raw, Source, numbered

BUFFER = 1 << 20
"""Bytes read from the file at a time: a row group is streamed, and never whole in memory."""


def _open(file: File) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(file.path, pre_buffer=False, buffer_size=BUFFER)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{file.name}: can't be opened as Parquet ({error})") from error


def open_parquet(file: File) -> Source:
    """A Parquet file as a source.  Raises InputError when it is none."""
    with _open(file) as opened:
        schema = opened.schema_arrow

    def read(wanted: Sequence[str] | None) -> Iterator[Raw]:
        first = 0
        try:
            with _open(file) as opened:
                for table in read_ahead(opened.iter_batches(ROWS, columns=None if wanted is None else list(wanted))):
                    yield numbered(table, first)
                    first += table.num_rows
        except (OSError, pa.ArrowException) as error:
            raise InputError(f"{file.name}: damaged near row {first} ({error})") from error

    return Source(file.name, "parquet", schema.names, read, schema)
