"""JSON Lines and JSON arrays to batches; a broken line is set aside and the rest read on."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import IO, Any

import ijson
import numpy as np
import orjson

from dedupe.errors import InputError
from dedupe.read.files import File
from dedupe.read.raw import BYTES, ROWS, Raw, Reject, Source
from dedupe.read.records import batch, names_of

LOOK_AHEAD = 256
"""Rows that are looked at to find the columns."""
DAMAGE = (EOFError, OSError, zlib.error)
"""What reading a truncated or damaged compressed file raises."""


def as_json(value: Any) -> bytes:
    """A value as JSON; what JSON has no word for, as its string."""
    try:
        return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS)
    except orjson.JSONEncodeError:  # lone surrogates, integers beyond 64 bits
        return json.dumps(value, default=str).encode()


def breaks_off(error: BaseException) -> str:
    """The reason given for all rows after the point where a file breaks off."""
    return f"the file breaks off here and the rest can't be read ({error}); the rows before are used"


def parse(line: bytes) -> tuple[dict[str, Any] | None, str]:
    """The object on a line; or None and the reason.

    >>> parse(b'{"a": 1}'), parse(b"null")
    (({'a': 1}, ''), (None, 'not an object but null'))
    """
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        try:  # NaN, lone surrogates, huge numbers: JSON as Python writes it
            value = json.loads(line)
        except UnicodeDecodeError as error:
            return None, f"bad encoding: not UTF-8 ({error.reason} at byte {error.start})"
        except (ValueError, RecursionError) as error:
            return None, f"broken JSON: {error}"
    return (value, "") if isinstance(value, dict) else (None, no_object(value))


def no_object(value: Any) -> str:
    """The reason given for a row that is JSON, but no object."""
    return f"not an object but {'null' if value is None else type(value).__name__}"


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(stream):
        if number == 0 and line.startswith(b"\xef\xbb\xbf"):
            line = line[3:]
        if line.strip():
            yield number, line


def first_bytes(file: File) -> bytes:
    """How a file begins, without byte order mark and blanks.  InputError when it can't be opened."""
    try:
        with file.open() as stream:
            return stream.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    except DAMAGE as error:
        raise InputError(f"{file.name}: can't be opened ({error})") from error


def _objects(file: File, array: bool) -> Iterator[tuple[int, bytes, dict[str, Any] | None, str]]:
    """Row number, own bytes, object or None, and the reason, of each row; array: the file holds one JSON array."""
    number = -1
    try:
        with file.open() as stream:
            if array:
                for number, value in enumerate(ijson.items(stream, "item", use_float=True)):
                    if isinstance(value, dict):
                        yield number, b"", value, ""
                    else:
                        yield number, as_json(value), None, no_object(value)
            else:
                for number, line in _lines(stream):
                    value, reason = parse(line)
                    yield number, line, value, reason
    except (*DAMAGE, ijson.JSONError, UnicodeDecodeError) as error:
        yield number + 1, b"", None, breaks_off(error)


def open_json(file: File) -> Source:
    """A JSON Lines file or a file with one JSON array as a source.

    A `.json` file that does not start with "[" is read as JSON Lines.
    """
    array = file.format == "json" and first_bytes(file).startswith(b"[")
    try:
        with file.open() as stream:
            stream.read(1)
    except DAMAGE as error:
        raise InputError(f"{file.name}: can't be opened ({error})") from error
    columns = names_of(value for _, _, value, _ in islice(_objects(file, array), LOOK_AHEAD) if value is not None)

    def read(wanted: Sequence[str] | None) -> Iterator[Raw]:
        return group(file.name, _objects(file, array), wanted, keep_lines=wanted is None or not array)

    return Source(file.name, "json" if array else "jsonl", columns, read)


def group(
    name: str,
    objects: Iterable[tuple[int, bytes, dict[str, Any] | None, str]],
    wanted: Sequence[str] | None,
    keep_lines: bool,
) -> Iterator[Raw]:
    """Rows gathered into batches of a size that fits the processor's work and the memory."""
    records: list[dict[str, Any]] = []
    rows: list[int] = []
    lines: list[bytes] = []
    rejects: list[Reject] = []
    size = 0

    def flush() -> Raw:
        names = names_of(records) if wanted is None else wanted
        kept = lines if keep_lines else None
        return Raw(batch(records, names), np.array(rows, dtype=np.int64), rejects, kept)

    for number, line, value, reason in objects:
        if value is None:
            rejects.append(Reject(name, number, reason, line.decode(errors="replace") if line else None))
            continue
        records.append(value)
        rows.append(number)
        if keep_lines:
            lines.append(line or as_json(value))
        size += len(line) or sum(len(v) for v in value.values() if isinstance(v, str))
        if len(records) == ROWS or size >= BYTES:
            yield flush()
            records, rows, lines, rejects, size = [], [], [], [], 0
    if records or rejects:
        yield flush()
