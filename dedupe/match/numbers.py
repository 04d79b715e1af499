"""Names and times as numbers; runs in sorted numbers, and what stands among them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedupe.compiled import F64, I64, U64, Bool


def begins(*keys: NDArray[Any]) -> Bool:
    """Where a run of equal rows begins, bool[n].  keys: arrays of length n, sorted together.

    >>> begins(np.array([1, 1, 2]), np.array([5, 6, 6])).tolist()
    [True, True, True]
    """
    fresh = np.ones(len(keys[0]), dtype=np.bool_)
    fresh[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    return fresh


def among(values: U64, in_order: U64) -> Bool:
    """Whether each value stands in a sorted array.

    >>> among(np.array([3, 4], np.uint64), np.array([1, 3], np.uint64)).tolist()
    [True, False]
    """
    if not len(in_order):
        return np.zeros(len(values), dtype=np.bool_)
    found: Bool = in_order[np.minimum(np.searchsorted(in_order, values), len(in_order) - 1)] == values
    return found


def same_known(a: I64, b: I64) -> Bool:
    """Both known, and equal."""
    same: Bool = (a == b) & (a >= 0)
    return same


def hours_of(published: pa.Array) -> F64:
    """Times of publication as hours since 1970, float64[n]; NaN for null."""
    micros = published.view(pa.int64())
    if not micros.null_count:
        known: F64 = micros.to_numpy() / 3.6e9
        return known
    hours: F64 = micros.fill_null(0).to_numpy() / 3.6e9
    hours[np.asarray(micros.is_null())] = np.nan
    return hours


def known_or(values: F64, instead: float) -> F64:
    """Figures with something instead of NaN.

    >>> known_or(np.array([1.5, np.nan]), 0.0).tolist()
    [1.5, 0.0]
    """
    return np.where(np.isnan(values), instead, values)  # numpy's nan_to_num takes five times as long for a few


def or_none(values: F64) -> list[float | None]:
    """Figures as a list, NaN as None.

    >>> or_none(np.array([1.5, np.nan]))
    [1.5, None]
    """
    return [None if value != value else value for value in values.tolist()]


def or_nan(values: Iterable[float | None]) -> F64:
    """Figures as an array, None as NaN, float64[n].

    >>> or_nan([1.5, None]).tolist()
    [1.5, nan]
    """
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def numbered_names(values: pa.Array) -> I64:
    """Number of each name, whatever its case, int64[n]; -1 for null."""
    return numbered(pc.utf8_lower(values))


def numbered(values: pa.Array) -> I64:
    """Number of each value, in order of first appearance, int64[n]; -1 for null."""
    indices = values.dictionary_encode().indices
    numbers: I64 = (indices.fill_null(-1) if indices.null_count else indices).to_numpy().astype(np.int64)
    return numbers
