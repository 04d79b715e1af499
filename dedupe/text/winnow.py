"""Shingles to fingerprints: the least shingle hash of every window of the text.

Winnowing (Schleimer, Wilkerson and Aiken, 2003): two texts that share w + k - 1
consecutive words share a fingerprint, wherever the passage stands in each.
Each fingerprint is a MinHash of one permutation of its passage.

Windows are smaller in a short text, and over the lead of any text, so that a
brief has several fingerprints and a flash meets the story that it opens.  What
is least in a window is least in any smaller one inside it that holds it, so
texts of different windows still meet.
"""

from __future__ import annotations

import numba
import numpy as np
from numba import types

from dedupe.compiled import kernel, readonly

LEAD = 32
"""Shingles at the start of a text that are read closely."""
LEAD_WINDOW = 4
"""Their window, at most."""
PART = 8
"""A window is at most this part of a text."""


@numba.njit(nogil=True, error_model="numpy")
def winnow_text(shingles, window, out):  # type: ignore[no-untyped-def]
    """Fingerprints of one text, in order, into out, uint64[s] at most; returns how many there are."""
    end = len(shingles)
    reach = max(min(window, end // PART), 1)
    close = min(reach, LEAD_WINDOW)
    best, seen, last, used = -1, 0, -1, 0
    least = np.uint64(0)
    for left in range(end):
        right = min(left + (close if left < LEAD else reach), end)
        if best < left:
            best, least = left, shingles[left]
            seen = left + 1
        for s in range(seen, right):
            if shingles[s] <= least:
                best, least = s, shingles[s]
        seen = max(seen, right)
        if best != last:
            if last < 0 or least != out[used - 1]:
                out[used] = least
                used += 1
            last = best
        if right == end:
            break
    return used


@kernel(readonly(types.uint64), readonly(types.int64), types.int64)
def winnow(shingles, bounds, window):  # type: ignore[no-untyped-def]
    """Fingerprints of each text, in order; a minimum that neighbouring windows share is kept once.

    shingles: uint64[s]; bounds: int64[n + 1]; window: shingles in a window, at most.
    Returns fingerprints uint64[f] and their bounds int64[n + 1].
    """
    n = len(bounds) - 1
    out_bounds = np.zeros(n + 1, dtype=np.int64)
    fingerprints = np.empty(bounds[n] - bounds[0], dtype=np.uint64)
    for text in range(n):
        used = out_bounds[text]
        out_bounds[text + 1] = used + winnow_text(
            shingles[bounds[text] : bounds[text + 1]], window, fingerprints[used:]
        )
    return fingerprints[: out_bounds[n]].copy(), out_bounds
