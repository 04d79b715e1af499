"""The input rows that stay, untouched, in the input's own format.

The sources are read a second time: no more of them than a batch is ever in memory.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dedupe.compiled import I64
from dedupe.read.ahead import read_ahead
from dedupe.read.columns import USUAL_NAMES
from dedupe.read.delimited import delimiter
from dedupe.read.json_lines import as_json
from dedupe.read.raw import Raw, Source

GROUP_ROWS = 32_768
"""Rows of a Parquet row group."""


def staying(sources: Sequence[Source], rows: Sequence[I64]) -> Iterator[Raw]:
    """The batches of the sources, cut down to these rows (sorted numbers, one array for each source)."""
    for source, wanted in zip(sources, rows, strict=True):
        for raw in source.read(None):
            low, high = np.searchsorted(wanted, [raw.rows[0], raw.rows[-1] + 1]) if len(raw.rows) else (0, 0)
            mask = np.isin(raw.rows, wanted[low:high], assume_unique=True)
            lines = None if raw.lines is None else [raw.lines[i] for i in np.flatnonzero(mask)]
            yield Raw(raw.table if mask.all() else raw.table.filter(pa.array(mask)), raw.rows[mask], lines=lines)


def kept_table(sources: Sequence[Source], rows: Sequence[I64]) -> pa.Table:
    """The rows that stay as one Arrow table; columns that only some sources have are null in the others."""
    tables = [pa.Table.from_batches([raw.table]) for raw in staying(sources, rows)]
    return pa.concat_tables(tables, promote_options="permissive") if tables else pa.table({})


Write = Callable[[Raw], None]


@contextmanager
def _parquet(path: Path, schema: pa.Schema) -> Iterator[Write]:
    # A dictionary or bounds of whole texts would be made and thrown away.
    short = [f.name for f in schema if f.name.lower() not in USUAL_NAMES["text"]]
    options = {"compression": "snappy", "use_dictionary": short or False, "write_statistics": short or False}
    with pq.ParquetWriter(path, schema, **options) as writer:

        def write(raw: Raw) -> None:
            for batch in pa.Table.from_batches([raw.table]).cast(schema).to_batches() if raw.table.num_rows else ():
                writer.write_batch(batch, row_group_size=GROUP_ROWS)

        yield write


@contextmanager
def _lines(path: Path) -> Iterator[Write]:
    with path.open("wb") as out:

        def write(raw: Raw) -> None:
            if raw.lines is not None:
                out.writelines(line if line.endswith(b"\n") else line + b"\n" for line in raw.lines)
            else:
                out.writelines(as_json(row) + b"\n" for row in raw.table.to_pylist())

        yield write


@contextmanager
def _array(path: Path) -> Iterator[Write]:
    with path.open("wb") as out:
        before = b"["

        def write(raw: Raw) -> None:
            nonlocal before
            for line in raw.lines or []:
                out.write(before + b"\n" + line)
                before = b","

        yield write
        out.write(b"\n]\n" if before == b"," else b"[]\n")


@contextmanager
def _delimited(path: Path, header: list[str]) -> Iterator[Write]:
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, delimiter=delimiter(path.suffix[1:]))
        writer.writerow(header)

        def write(raw: Raw) -> None:
            writer.writerows(zip(*(column.to_pylist() for column in raw.table.columns), strict=True))

        yield write


def _common_schema(sources: Sequence[Source]) -> pa.Schema | None:
    try:
        return pa.unify_schemas([s.schema for s in sources if s.schema is not None], promote_options="permissive")
    except pa.ArrowException:
        return None


def _writer(folder: Path, sources: Sequence[Source]) -> AbstractContextManager[Write]:
    """The writer that suits the sources: their own format when they share one, else JSON Lines."""
    formats = {source.format for source in sources}
    if formats <= {"parquet", "table"} and (schema := _common_schema(sources)) is not None:
        return _parquet(folder / "kept.parquet", schema)
    if formats == {"json"}:
        return _array(folder / "kept.json")
    if len(formats) == 1 and formats < {"csv", "tsv"} and all(s.columns == sources[0].columns for s in sources):
        return _delimited(folder / f"kept.{sources[0].format}", sources[0].columns)
    return _lines(folder / "kept.jsonl")


def write_kept(folder: Path, sources: Sequence[Source], rows: Sequence[I64]) -> None:
    """Write the rows that stay: sorted row numbers, one array for each source."""
    with _writer(folder, sources) as write:
        for raw in read_ahead(staying(sources, rows)):  # one is written while the next is cut down
            write(raw)
