"""Names and times as numbers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.compiled import F64, I64, Bool


def same_known(a: I64, b: I64) -> Bool:
    """Both known, and equal."""
    same: Bool = (a == b) & (a >= 0)
    return same


def hours_of(published: pa.Array) -> F64:
    """Times of publication as hours since 1970, float64[n]; NaN for null."""
    micros = published.cast(pa.int64())
    hours: F64 = micros.fill_null(0).to_numpy().astype(np.float64) / 3.6e9
    hours[np.asarray(micros.is_null())] = np.nan
    return hours


def numbered_names(values: pa.Array) -> I64:
    """Number of each name, whatever its case, int64[n]; -1 for null."""
    return numbered(pc.utf8_lower(values))


def numbered(values: pa.Array) -> I64:
    """Number of each value, in order of first appearance, int64[n]; -1 for null."""
    indices = values.dictionary_encode().indices.cast(pa.int64())
    numbers: I64 = indices.fill_null(-1).to_numpy().astype(np.int64)
    return numbers
