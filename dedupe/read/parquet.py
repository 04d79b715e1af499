"""Parquet files to batches, a row group at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from dedupe.errors import InputError
from dedupe.read.files import File
from dedupe.read.raw import ROWS, Raw, Source, numbered


def _open(file: File) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(file.path)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{file.name}: can't be opened as Parquet ({error})") from error


def open_parquet(file: File) -> Source:
    """A Parquet file as a source.  Raises InputError when it is none."""
    with _open(file) as opened:
        schema = opened.schema_arrow

    def read(wanted: Sequence[str] | None) -> Iterator[Raw]:
        first = 0
        with _open(file) as opened:
            # A leaf of a nested column would bring its siblings out of shape: whole columns only.
            try:
                for table in opened.iter_batches(ROWS, columns=None if wanted is None else list(wanted)):
                    yield numbered(table, first)
                    first += table.num_rows
            except (OSError, pa.ArrowException) as error:
                raise InputError(f"{file.name}: damaged near row {first} ({error})") from error

    return Source(file.name, "parquet", schema.names, read, schema)
