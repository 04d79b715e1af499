"""What Python code hands over: paths, Arrow, pandas, polars and datasets tables, or records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa

from dedupe.errors import InputError
from dedupe.read.delimited import open_delimited
from dedupe.read.feeds import is_json_feed, open_feed
from dedupe.read.files import File, find_files
from dedupe.read.json_lines import first_bytes, open_json
from dedupe.read.pages.files import open_pages, open_warc
from dedupe.read.parquet import open_parquet
from dedupe.read.raw import ROWS, Raw, Source, numbered
from dedupe.read.records import as_record, batch, names_of


def open_file(file: File, agencies: str | None = None) -> Source:
    """The source of one file; agencies: see `open_files`."""
    if file.format == "parquet":
        return open_parquet(file)
    if file.format in ("csv", "tsv"):
        return open_delimited(file)
    if file.format == "feed" or (file.format == "json" and is_json_feed(first_bytes(file))):
        return open_feed(file)
    if file.format == "warc":
        return open_warc(file, agencies)
    return open_json(file)


def open_files(inputs: Iterable[str | Path], skip: Path | None = None, agencies: str | None = None) -> list[Source]:
    """The sources that paths, folders and globs name; pages that follow one another are one source.

    skip: see `find_files`; agencies: a file that adds to the table of agencies, for pages.
    """
    found: list[Source] = []
    for is_page, some in groupby(find_files(inputs, skip), key=lambda file: file.format == "page"):
        files = list(some)
        found += [open_pages(files, agencies)] if is_page else [open_file(file, agencies) for file in files]
    return found


def open_table(table: pa.Table, name: str = "table") -> Source:
    """An Arrow table in memory as a source."""

    def read(wanted: Sequence[str] | None) -> Iterator[Raw]:
        first = 0
        for part in (table if wanted is None else table.select(list(wanted))).to_batches(max_chunksize=ROWS):
            yield numbered(part, first)
            first += part.num_rows

    return Source(name, "table", table.column_names, read, table.schema)


def _arrow_table(given: Any) -> pa.Table | None:
    module = type(given).__module__.partition(".")[0]
    if isinstance(given, pa.Table):
        return given
    if isinstance(given, pa.RecordBatch):
        return pa.Table.from_batches([given])
    if module == "pandas":
        return pa.Table.from_pandas(given, preserve_index=False)
    if module == "datasets":
        return given.with_format("arrow")[:]
    if hasattr(given, "__arrow_c_stream__"):
        return pa.table(given)
    return None


def open_objects(given: Any) -> list[Source]:
    """The sources of anything that holds articles.

    given: a path or several; any object with the Arrow C stream interface; a pandas, polars
    or datasets table; or an iterable of dicts or `dedupe.Article`.  Raises InputError for
    anything else.
    """
    if isinstance(given, str | Path):
        return open_files([given])
    table = _arrow_table(given)
    if table is not None:
        return [open_table(table)]
    if isinstance(given, Mapping) or not isinstance(given, Iterable):
        raise InputError(f"a {type(given).__name__} holds no articles; give paths, a table, or an iterable of dicts")
    items = list(given)
    if items and all(isinstance(item, str | Path) for item in items):
        return open_files(items)
    records = [as_record(item, row) for row, item in enumerate(items)]
    return [open_table(pa.Table.from_batches([batch(records, names_of(records) or ["text"])]), "records")]
