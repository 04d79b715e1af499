"""TF-IDF: how much of each article's weight the other covers.

The model is scikit-learn's `TfidfTransformer` with its defaults (smoothed idf,
raw counts, Euclidean norm), fitted on the whole collection, headlines included;
`transformer` gives it as such.  The figures of a pair come from the counts at
once, so that a matrix of the collection is never built.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numba import types

from dedupe.compiled import F32, F64, I32, I64, U8, kernel, readonly
from dedupe.text.terms import COLUMNS
from dedupe.text.tokens import NAME, NUMBER

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfTransformer


def idf(frequency: I32, documents: int) -> F32:
    """Inverse document frequency of each column, float32[2^20]: ln((1 + n) / (1 + df)) + 1.

    >>> print(idf(np.array([0, 3], np.int32), 3).round(2))
    [2.39 1.  ]
    """
    weights: F32 = (np.log((1.0 + documents) / (1.0 + frequency)) + 1.0).astype(np.float32)
    return weights


def transformer(weights: F32) -> TfidfTransformer:
    """The fitted model as scikit-learn's own object, for rows of `terms.to_csr`."""
    from sklearn.feature_extraction.text import TfidfTransformer

    model = TfidfTransformer()
    model.idf_ = weights.astype(np.float64)
    return model


@dataclass(frozen=True, slots=True)
class Weight:
    """TF-IDF figures of pairs (a, b); each field float64[p].

    cosine: of the two TF-IDF rows
    coverage_a, coverage_b: share of the side's idf weight, each term once, that the other has
    numbers_a, numbers_b: terms with digits that the other side lacks
    numbers: terms with digits that both have
    names_a, names_b: capitalised terms that the other side lacks
    names: capitalised terms that both have
    """

    cosine: F64
    coverage_a: F64
    coverage_b: F64
    numbers_a: F64
    numbers_b: F64
    numbers: F64
    names_a: F64
    names_b: F64
    names: F64


_FIELDS = len(fields(Weight))


@kernel(
    readonly(types.int64), readonly(types.int32), readonly(types.int32), readonly(types.uint8),
    readonly(types.float32), readonly(types.int64, 2),
)  # fmt: skip
def _weigh(indptr, columns, counts, looks, weights, pairs):  # type: ignore[no-untyped-def]
    n = len(indptr) - 1
    norms, sums = np.zeros(n, dtype=np.float64), np.zeros(n, dtype=np.float64)
    for row in range(n):
        for i in range(indptr[row], indptr[row + 1]):
            weight = np.float64(weights[columns[i]])
            norms[row] += (counts[i] * weight) ** 2
            sums[row] += weight
    out = np.zeros((len(pairs), _FIELDS), dtype=np.float64)
    place = np.full(COLUMNS, -1, dtype=np.int32)  # where a's term stands
    built = -1
    for p in range(len(pairs)):
        a, b = pairs[p, 0], pairs[p, 1]
        if built != a:
            if built >= 0:
                for i in range(indptr[built], indptr[built + 1]):
                    place[columns[i]] = -1
            for i in range(indptr[a], indptr[a + 1]):
                place[columns[i]] = np.int32(i)
            built = a
        dot, both = 0.0, 0.0
        shared_numbers, shared_names, numbers_b, names_b = 0, 0, 0, 0
        for i in range(indptr[b], indptr[b + 1]):
            at = place[columns[i]]
            if at >= 0:
                weight = np.float64(weights[columns[i]])
                dot += counts[at] * weight * counts[i] * weight
                both += weight
                look = looks[at] | looks[i]
                shared_numbers += (look & NUMBER) != 0
                shared_names += (look & NAME) != 0
            else:
                numbers_b += (looks[i] & NUMBER) != 0
                names_b += (looks[i] & NAME) != 0
        numbers_a, names_a = -shared_numbers, -shared_names
        for i in range(indptr[a], indptr[a + 1]):
            numbers_a += (looks[i] & NUMBER) != 0
            names_a += (looks[i] & NAME) != 0
        norm = np.sqrt(norms[a] * norms[b])
        row = out[p]
        row[0] = min(dot / norm, 1.0) if norm > 0 else 0.0
        row[1] = min(both / sums[a], 1.0) if sums[a] > 0 else 0.0
        row[2] = min(both / sums[b], 1.0) if sums[b] > 0 else 0.0
        row[3], row[4], row[5] = numbers_a, numbers_b, shared_numbers
        row[6], row[7], row[8] = max(names_a, 0), names_b, shared_names
    return out


def weigh(indptr: I64, columns: I32, counts: I32, looks: U8, weights: F32, pairs: I64) -> Weight:
    """TF-IDF figures of each pair of rows.

    indptr, columns, counts, looks: as `terms.count_terms` gives them; weights float32[2^20]:
    the collection's idf; pairs int64[p, 2], best sorted by the first.
    """
    out = _weigh(indptr, columns, counts, looks, weights, pairs)
    return Weight(*np.ascontiguousarray(out.T))
