"""Python records (dicts) to Arrow columns: strings stay strings, what doesn't fit is kept apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from dedupe.article import Article
from dedupe.errors import InputError


def column(values: list[Any]) -> pa.Array:
    """Values of any kind as one Arrow array: strings when all are, else of the type that Arrow finds for them.

    Where Arrow finds none they are of type MIXED.
    """
    try:
        return pa.array(values, pa.large_string())
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeError, TypeError):
        pass
    try:
        return pa.array(values)
    except (pa.ArrowException, UnicodeError, TypeError, OverflowError, ValueError):
        return mixed(values)


MIXED = pa.struct([("text", pa.large_string()), ("problem", pa.string())])
"""Type of a column whose values are of several kinds: the string, or why it is none."""


def mixed(values: list[Any]) -> pa.Array:
    """A column of values of several kinds, each as its string or as the reason why it has none."""
    rows: list[dict[str, str | None]] = []
    for value in values:
        if value is None:
            rows.append({"text": None, "problem": None})
        elif isinstance(value, str):
            try:
                value.encode()
                rows.append({"text": value, "problem": None})
            except UnicodeEncodeError:
                rows.append({"text": None, "problem": "bad encoding: a lone surrogate"})
        elif isinstance(value, int | float):
            rows.append({"text": str(value), "problem": f"not a string but {type(value).__name__}"})
        else:
            rows.append({"text": None, "problem": f"not a string but {type(value).__name__}"})
    return pa.array(rows, MIXED)


def batch(records: Sequence[dict[str, Any]], names: Iterable[str]) -> pa.RecordBatch:
    """Records as a batch with these columns; a name that a record lacks is null.

    >>> batch([{"text": "a"}, {"text": "b", "n": 1}], ["text", "n"]).to_pydict()
    {'text': ['a', 'b'], 'n': [None, 1]}
    """
    names = list(names)
    if not names:
        return pa.RecordBatch.from_struct_array(pa.array([{}] * len(records), pa.struct([])))
    return pa.RecordBatch.from_arrays([column([r.get(name) for r in records]) for name in names], names=names)


def as_record(item: object, row: int) -> dict[str, Any]:
    """What Python code hands over for an article as a record.  Raises InputError for what is none; row: its number."""
    if isinstance(item, Article):
        return item.as_dict()
    if isinstance(item, Mapping):
        return dict(item)
    raise InputError(f"item {row} is a {type(item).__name__}; give articles as dicts or dedupe.Article")


def names_of(records: Iterable[dict[str, Any]]) -> list[str]:
    """Every name that the records use, in order of first appearance.

    What is under a key that is no string, as csv.DictReader has it for cells too many, is no column.
    """
    return [name for name in dict.fromkeys(name for record in records for name in record) if isinstance(name, str)]
