"""Tokens to term counts: a sparse row for each text, over hashed columns.

The hashing trick (Weinberger et al., 2009) with 2^20 columns, unsigned, as
scikit-learn's `HashingVectorizer(alternate_sign=False)` has it, so that no
vocabulary has to be built or kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import types

from dedupe.compiled import I32, I64, kernel, readonly, writable

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

COLUMNS = 1 << 20
SHIFT = np.uint32(32 - 20)
"""A token's column is its hash less so many bits."""


@kernel(
    readonly(types.uint32), readonly(types.int64), readonly(types.uint32), readonly(types.int64),
    writable(types.int32, 2), types.int32,
)  # fmt: skip
def count_documents(hashes, bounds, more, more_bounds, table, first):  # type: ignore[no-untyped-def]
    """Add, to each column's document frequency, the texts that have its term.

    hashes, bounds: tokens of the texts; more, more_bounds: tokens of their headlines;
    table: int32[2^20, 2], the frequencies, added to, and beside each the text that added last,
    as a number from `first` to `first` + n - 1, which must not have been used before.
    """
    for text in range(len(bounds) - 1):
        mark = first + np.int32(text)
        for i in range(bounds[text], bounds[text + 1]):
            column = hashes[i] >> SHIFT
            table[column, 0] += table[column, 1] != mark  # no branch: it could not be foreseen
            table[column, 1] = mark
        for i in range(more_bounds[text], more_bounds[text + 1]):
            column = more[i] >> SHIFT
            table[column, 0] += table[column, 1] != mark  # no branch: it could not be foreseen
            table[column, 1] = mark


@kernel(readonly(types.uint32), readonly(types.uint8), readonly(types.int64))
def count_terms(hashes, marks, bounds):  # type: ignore[no-untyped-def]
    """Terms of each text with their counts, as the arrays of a CSR matrix.

    hashes, marks: uint32[t], uint8[t]; bounds: int64[n + 1].
    Returns indptr int64[n + 1], columns int32[z], counts int32[z] and looks uint8[z]:
    the marks that the term's tokens have in this text, united.  Columns stand in the
    order of first appearance.
    """
    n = len(bounds) - 1
    total = bounds[n] - bounds[0]
    indptr = np.zeros(n + 1, dtype=np.int64)
    columns = np.empty(total, dtype=np.int32)
    counts = np.empty(total, dtype=np.int32)
    looks = np.empty(total, dtype=np.uint8)
    place = np.full(1 << 20, -1, dtype=np.int32)
    used = 0
    for text in range(n):
        row = used
        for i in range(bounds[text], bounds[text + 1]):
            column = np.int32(hashes[i] >> SHIFT)
            at = place[column]
            if at < row:
                place[column] = used
                columns[used], counts[used], looks[used] = column, 1, marks[i]
                used += 1
            else:
                counts[at] += 1
                looks[at] |= marks[i]
        indptr[text + 1] = used
    return indptr, columns[:used].copy(), counts[:used].copy(), looks[:used].copy()


def to_csr(indptr: I64, columns: I32, counts: I32) -> csr_matrix:
    """The counts as a SciPy matrix, rows sorted by column, for scikit-learn.

    >>> to_csr(np.array([0, 2]), np.array([5, 3], np.int32), np.array([1, 2], np.int32)).indices.tolist()
    [3, 5]
    """
    from scipy.sparse import csr_matrix

    matrix = csr_matrix((counts, columns, indptr), shape=(len(indptr) - 1, COLUMNS))
    matrix.sort_indices()
    return matrix
