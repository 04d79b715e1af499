"""Rows of files and of standard input, as an index takes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from dedupe.read.raw import Reject, Source
from dedupe.read.records import MIXED


def rows_of(source: Source, rejects: list[Reject]) -> Iterator[dict[str, Any]]:
    """The rows of a source; those that can't be read go to the rejects."""
    for raw in source.read(None):
        rejects += raw.rejects
        mixed = [name for name, column in zip(raw.table.schema.names, raw.table.columns, strict=True)
                 if column.type == MIXED]  # fmt: skip
        for row in raw.table.to_pylist():
            for name in mixed:
                row[name] = row[name]["text"]
            yield row


def rows_of_lines(lines: Iterable[bytes], rejects: list[Reject]) -> Iterator[dict[str, Any]]:
    """Lines of JSON as rows, one as soon as it is there."""
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            rejects.append(Reject("stdin", number, f"not JSON ({error})", line.decode(errors="replace")))
            continue
        if isinstance(row, dict):
            yield row
        else:
            rejects.append(Reject("stdin", number, "not an object", row))
