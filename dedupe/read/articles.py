"""Rows to articles: columns to the fields of an article, unusable rows to the rejects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.article import FIELDS, SCHEMA, TIME
from dedupe.compiled import I64
from dedupe.read.columns import map_columns
from dedupe.read.dates import read_dates
from dedupe.read.identity import Seen
from dedupe.read.raw import Raw, Reject, Source
from dedupe.read.records import MIXED

_EMPTY = pa.scalar("", pa.large_string())
_HOST = r"^(?i)(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#@]*@)?(?:www\.|m\.|amp\.)?(?P<host>[^/?#:@]+)"


@dataclass(frozen=True, slots=True)
class Articles:
    """Usable rows of one source.

    table: the schema of `dedupe.article.SCHEMA`, text never null; rows: int64, their numbers
    in the source; rejects: the rows that can't be used; unreadable_dates: how many dates are null
    because they could not be read.
    """

    table: pa.RecordBatch
    rows: I64
    rejects: list[Reject]
    unreadable_dates: int


def _valid(column: pa.Array) -> bool:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def as_text(column: pa.Array) -> tuple[pa.Array, dict[int, str]]:
    """A column as large_string, and why each row that holds something else can't be used.

    >>> texts, problems = as_text(pa.array([1, None]))
    >>> texts.to_pylist(), problems
    ([None, None], {0: 'not a string but int64'})
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    if pa.types.is_large_string(kind) or pa.types.is_string(kind) or pa.types.is_string_view(kind):
        if _valid(column):
            return column.cast(pa.large_string()), {}
        column = column.cast(pa.large_binary())
        kind = column.type
    if pa.types.is_large_binary(kind) or pa.types.is_binary(kind) or pa.types.is_binary_view(kind):
        return _decoded(column)
    if kind == MIXED:
        problems = column.field("problem")
        found = {int(i): problems[int(i)].as_py() for i in np.flatnonzero(problems.is_valid())}
        return _without(column.field("text"), found), found
    if pa.types.is_null(kind):
        return pa.nulls(len(column), pa.large_string()), {}
    name = "object" if pa.types.is_nested(kind) else str(kind)
    wrong = {int(i): f"not a string but {name}" for i in np.flatnonzero(column.is_valid())}
    return pa.nulls(len(column), pa.large_string()), wrong


def _without(texts: pa.Array, rows: dict[int, str]) -> pa.Array:
    keep = np.ones(len(texts), dtype=np.bool_)
    keep[list(rows)] = False
    return pc.if_else(pa.array(keep), texts, pa.scalar(None, texts.type))


def _decoded(column: pa.Array) -> tuple[pa.Array, dict[int, str]]:
    values: list[str | None] = []
    wrong: dict[int, str] = {}
    for row, value in enumerate(column.to_pylist()):
        try:
            values.append(None if value is None else value.decode())
        except UnicodeDecodeError as error:
            values.append(None)
            wrong[row] = f"bad encoding: not UTF-8 ({error.reason} at byte {error.start})"
    return pa.array(values, pa.large_string()), wrong


def as_label(column: pa.Array) -> pa.Array:
    """A column as trimmed large_string: numbers as written, blanks and anything else null."""
    kind = column.type
    if pa.types.is_null(kind):
        return pa.nulls(len(column), pa.large_string())
    if kind == MIXED:
        texts = column.field("text")
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        texts = column.cast(pa.large_string())
    else:
        texts, _ = as_text(column)
    texts = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(texts, _EMPTY), pa.scalar(None, pa.large_string()), texts)


def _published(column: pa.Array) -> tuple[pa.Array, int]:
    return read_dates(column.field("text") if column.type == MIXED else column)


def _host(urls: pa.Array) -> pa.Array:
    """The host of each URL, without www: the outlet of an article that names none."""
    found = pc.extract_regex(urls, _HOST)
    return pc.utf8_lower(pc.struct_field(found, "host")).cast(pa.large_string())


def _content(raw: Raw, row: int) -> Any:
    """The row as Python values, for the rejects."""
    if raw.lines is not None:
        return raw.lines[row].decode(errors="replace").rstrip("\r\n")
    shown = {}
    for name, column in zip(raw.table.schema.names, raw.table.columns, strict=True):
        cell = column.slice(row, 1)
        if cell.type == MIXED:
            shown[name] = cell[0].as_py()["text"]
        elif _valid(cell):
            shown[name] = cell[0].as_py()
        else:
            shown[name] = cell.cast(pa.large_binary())[0].as_py().decode(errors="replace")
    return shown


def to_articles(raw: Raw, mapping: Mapping[str, str], source: Source, seen: Seen | None) -> Articles:
    """One batch of rows as articles.

    mapping: field of an article -> column; source: where the rows stand, for rejects; seen: the ids met
    so far, which this batch's are added to (None: an id may come again).
    """
    table, n = raw.table, raw.table.num_rows
    columns: dict[str, pa.Array] = {}
    wrong: dict[int, str] = {}
    unreadable = 0
    for name in FIELDS:
        found = table.column(mapping[name]) if name in mapping else pa.nulls(n)
        if name == "text":
            columns[name], problems = as_text(found)
            wrong |= {
                row: problem if "encoding" in problem else f"the text is {problem}" for row, problem in problems.items()
            }
        elif name == "published":
            columns[name], unreadable = _published(found) if name in mapping else (pa.nulls(n, TIME), 0)
        elif name == "headline" and found.type in (pa.string(), pa.large_string()):
            columns[name], problems = as_text(found)
            wrong |= problems
        else:
            columns[name] = as_label(found)
    if "url" in mapping and columns["outlet"].null_count:
        columns["outlet"] = pc.coalesce(columns["outlet"], _host(columns["url"]))

    def blank(texts: pa.Array) -> Any:
        spaces = pc.or_(pc.utf8_is_space(texts), pc.equal(texts, _EMPTY))
        return (pc.fill_null(spaces, True) if spaces.null_count else spaces).to_numpy(zero_copy_only=False)

    no_text, no_headline = blank(columns["text"]), blank(columns["headline"])
    for row in np.flatnonzero(no_text & no_headline):
        wrong.setdefault(int(row), "no text and no headline")
    usable = np.ones(n, dtype=np.bool_)
    usable[list(wrong)] = False
    if seen is not None:
        ids = pc.if_else(pa.array(usable), columns["id"], pa.scalar(None, pa.large_string()))
        for row in np.flatnonzero(~seen.add(ids)):
            wrong[int(row)] = f"the id {ids[int(row)].as_py()!r} came before"
        usable[list(wrong)] = False

    if columns["text"].null_count:
        columns["text"] = pc.fill_null(columns["text"], "")
    if no_headline.any():
        columns["headline"] = pc.if_else(pa.array(no_headline), pa.scalar(None, pa.large_string()), columns["headline"])
    rejects = raw.rejects + [Reject(*source.place(int(raw.rows[i])), wrong[i], _content(raw, i)) for i in sorted(wrong)]
    rejects.sort(key=lambda reject: reject.row)
    articles = pa.RecordBatch.from_arrays([columns[name] for name in FIELDS], schema=SCHEMA)
    rows = raw.rows
    if wrong:
        articles, rows = articles.filter(pa.array(usable)), rows[usable]
    return Articles(articles, rows, rejects, unreadable)


def read_articles(source: Source, asked: Mapping[str, str], seen: Seen | None) -> Iterator[Articles]:
    """The articles of a source, batch by batch.  seen: see `to_articles`.

    asked: the user's mapping, field -> column.  Raises InputError when neither text nor headline is found.
    """
    if not source.columns:
        for raw in source.read([]):
            empty = SCHEMA.empty_table().to_batches()
            rejects = raw.rejects + [Reject(source.name, int(r), "no text and no headline", {}) for r in raw.rows]
            table = empty[0] if empty else pa.RecordBatch.from_pylist([], schema=SCHEMA)
            yield Articles(table, raw.rows[:0], rejects, 0)
        return
    mapping = map_columns(source.columns, asked, source.name)
    wanted = list(dict.fromkeys(mapping.values()))
    for raw in source.read(wanted):
        yield to_articles(raw, mapping, source, seen)
