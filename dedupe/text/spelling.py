"""Packed spellings: the last eight characters of a token in 64 bits, and how far two are apart.

A byte holds the low eight bits of a character: enough to tell the letters of one script
apart.  The tokeniser makes spellings when it is asked to (`tokens.Tokens.letters`).
"""

from __future__ import annotations

import numba
import numpy as np

_8 = np.uint64(8)
_BYTE = np.uint64(255)
_ZERO, _NINE = np.uint64(48), np.uint64(57)
LONGEST = 8
"""Characters of a spelling."""


@numba.njit(inline="always")
def length(letters):  # type: ignore[no-untyped-def]
    """Characters of a spelling, eight at most."""
    count = 0
    while letters:
        letters >>= _8
        count += 1
    return count


@numba.njit(inline="always")
def is_figure(letters):  # type: ignore[no-untyped-def]
    """At least half of the characters are digits: a letter misread as one does not make a figure."""
    count, digits = 0, 0
    while letters:
        byte = letters & _BYTE
        digits += _ZERO <= byte <= _NINE
        letters >>= _8
        count += 1
    return count > 0 and 2 * digits >= count


@numba.njit(inline="always")
def joined(one, other):  # type: ignore[no-untyped-def]
    """The spelling of two tokens written as one word."""
    return one << np.uint64(8 * length(other)) | other if length(other) < LONGEST else other


@numba.njit(inline="always")
def _unpacked(letters, out):  # type: ignore[no-untyped-def]
    count = 0
    while letters:
        out[count] = np.uint8(letters & _BYTE)
        letters >>= _8
        count += 1
    return count


@numba.njit(inline="never", nogil=True)
def edit_distance(one, other, x, y, row):  # type: ignore[no-untyped-def]
    """Levenshtein distance of two spellings.

    one, other: uint64; x, y: uint8[8] and row: int64[9], scratch.
    """
    n, m = _unpacked(one, x), _unpacked(other, y)
    for j in range(m + 1):
        row[j] = j
    for i in range(1, n + 1):
        corner = row[0]
        row[0] = i
        for j in range(1, m + 1):
            cost = corner + (x[i - 1] != y[j - 1])
            corner = row[j]
            row[j] = min(cost, row[j] + 1, row[j - 1] + 1)
    return row[m]


@numba.njit(inline="never", nogil=True)
def near(one, other, x, y, row):  # type: ignore[no-untyped-def]
    """Whether at most half of the longer spelling's characters would have to change; never for one character."""
    n, m = length(one), length(other)
    longest, shortest = max(n, m), min(n, m)
    if shortest < 2 or longest - shortest > longest // 2:
        return False
    return edit_distance(one, other, x, y, row) <= longest // 2
