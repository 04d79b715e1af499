"""A few records as they mostly are, strings that need no cleaning, to articles in one go.

A crawler hands over one article at a time, and for one the general way, column by column, costs more than its sketch.
What is not as plain as here takes that way, and so is read as always.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from dedupe.article import FIELDS, SCHEMA, Article
from dedupe.errors import InputError
from dedupe.read.columns import map_columns
from dedupe.read.dates import read_dates
from dedupe.read.records import as_record, names_of

FEW = 4
"""Records up to which this is faster."""


def _is_plain(name: str, value: object) -> bool:
    """Whether a value of a field stays as it is; a label's ends are letters, digits or ASCII's signs."""
    if value is None or (name == "published" and isinstance(value, datetime)):
        return True
    if not isinstance(value, str) or not value or value.isspace():
        return False
    return name in ("text", "headline") or all("!" <= end <= "~" or end.isalnum() for end in (value[0], value[-1]))


def plain_articles(records: Sequence[Article | Mapping[str, Any]], asked: Mapping[str, str]) -> pa.RecordBatch | None:
    """Records as a batch of `dedupe.article.SCHEMA`; None where one has to be looked at more closely.

    asked: field of an article -> name in the records.

    >>> plain_articles([{"id": "a", "text": "Rain."}], {})["text"].to_pylist()
    ['Rain.']
    >>> plain_articles([{"id": 7, "text": "Rain."}], {}) is None
    True
    """
    if not 0 < len(records) <= FEW:
        return None
    try:
        rows = [as_record(record, row) for row, record in enumerate(records)]
        mapping = map_columns(names_of(rows), asked, "records")
    except InputError:
        return None  # told where all that can be wrong is
    found = {name: [row.get(mapping[name]) if name in mapping else None for row in rows] for name in FIELDS}
    if None in found["text"] or not all(_is_plain(name, value) for name in FIELDS for value in found[name]):
        return None
    if any(outlet is None and url is not None for outlet, url in zip(found["outlet"], found["url"], strict=True)):
        return None  # the URL's host stands for it
    moments = found.pop("published")
    try:
        columns = [pa.array(values, pa.large_string()) for values in found.values()]
        written = not any(isinstance(value, datetime) for value in moments)
        published, unreadable = read_dates(pa.array(moments, pa.large_string() if written else None))
    except (UnicodeEncodeError, pa.ArrowInvalid, pa.ArrowTypeError):
        return None
    if unreadable:
        return None
    columns.insert(FIELDS.index("published"), published)
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)
