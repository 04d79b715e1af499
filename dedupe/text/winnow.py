"""Shingles to fingerprints: the least shingle hash of every window of the text.

Winnowing (Schleimer, Wilkerson and Aiken, 2003): two texts that share w + k - 1
consecutive words share a fingerprint, wherever the passage stands in each.
Each fingerprint is a MinHash of one permutation of its passage.
"""

from __future__ import annotations

import numpy as np
from numba import types

from dedupe.compiled import kernel, readonly


@kernel(readonly(types.uint64), readonly(types.int64), types.int64)
def winnow(shingles, bounds, window):  # type: ignore[no-untyped-def]
    """Distinct fingerprints of each text, in order of first appearance among neighbours.

    shingles: uint64[s]; bounds: int64[n + 1]; window: shingles in a window.
    Returns fingerprints uint64[f] and their bounds int64[n + 1].  A text shorter than the
    window has one.  A minimum that neighbouring windows share is kept once.
    """
    n = len(bounds) - 1
    out_bounds = np.zeros(n + 1, dtype=np.int64)
    fingerprints = np.empty(bounds[n] - bounds[0] + 1, dtype=np.uint64)
    used = 0
    for text in range(n):
        start, end = bounds[text], bounds[text + 1]
        if end > start:
            last = min(start + window, end)
            best = start
            for s in range(start + 1, last):
                if shingles[s] <= shingles[best]:
                    best = s
            fingerprints[used] = shingles[best]
            used += 1
            for s in range(last, end):
                if shingles[s] <= shingles[best]:
                    best = s
                elif best <= s - window:
                    best = s - window + 1
                    for t in range(best + 1, s + 1):
                        if shingles[t] <= shingles[best]:
                            best = t
                else:
                    continue
                if fingerprints[used - 1] != shingles[best]:
                    fingerprints[used] = shingles[best]
                    used += 1
        out_bounds[text + 1] = used
    return fingerprints[:used].copy(), out_bounds
