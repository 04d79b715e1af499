"""CSV and TSV to batches; a row that doesn't fit its header is set aside."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from dedupe.errors import InputError
from dedupe.read.files import File
from dedupe.read.json_lines import DAMAGE, breaks_off, group
from dedupe.read.raw import Raw, Source

FIELD_LIMIT = 1 << 30
"""Bytes of one field, at most."""


def delimiter(format: str) -> str:
    """The character between the fields of "csv" and "tsv"."""
    return "\t" if format == "tsv" else ","


def _records(file: File) -> Iterator[list[str]]:
    """Fields of each row, the header first; bytes that are not UTF-8 become lone surrogates."""
    csv.field_size_limit(FIELD_LIMIT)
    with file.open() as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
        yield from csv.reader(text, delimiter=delimiter(file.format))


def _objects(file: File) -> Iterator[tuple[int, bytes, dict[str, Any] | None, str]]:
    number = -1
    try:
        records = _records(file)
        header = next(records, [])
        for fields in records:
            if not fields:
                continue
            number += 1
            line = delimiter(file.format).join(fields)
            if len(fields) != len(header):
                reason = f"{len(fields)} fields, but the header has {len(header)}"
                yield number, line.encode(errors="surrogateescape"), None, reason
            elif not line.isascii() and _has_surrogate(line):
                yield number, line.encode(errors="surrogateescape"), None, "bad encoding: not UTF-8"
            else:
                yield number, b"", {name: value or None for name, value in zip(header, fields, strict=True)}, ""
    except (*DAMAGE, csv.Error) as error:
        yield number + 1, b"", None, breaks_off(error)


def _has_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def open_delimited(file: File) -> Source:
    """A CSV or TSV file, with a header, as a source.  Empty fields are null."""
    try:
        header = next(_records(file), [])
    except (*DAMAGE, csv.Error) as error:
        raise InputError(f"{file.name}: can't be opened ({error})") from error
    if len(set(header)) != len(header):
        raise InputError(f"{file.name}: the header names a column twice: {', '.join(header)}")

    def read(wanted: Sequence[str] | None) -> Iterator[Raw]:
        return group(file.name, _objects(file), header if wanted is None else wanted, keep_lines=False)

    return Source(file.name, file.format, header, read)
