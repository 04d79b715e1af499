"""Signatures to candidates: MinHash LSH (Leskovec, Rajaraman and Ullman, section 3.4).

A signature of b bands of r values each meets another in at least one band with
probability 1 - (1 - J^r)^b.  datasketch's optimiser chooses b and r so that
false candidates and misses around the threshold weigh the same: 14 bands of 9
at 0.7 and 128 permutations, so a pair of J = 0.7 is met with probability 0.43,
of 0.8 with 0.87, of 0.9 with 1.00.  Passages find what lies below.
"""

from __future__ import annotations

from concurrent.futures import Executor
from functools import cache

import numpy as np
from numba import types

from dedupe.compiled import I64, U32, kernel, readonly
from dedupe.match.buckets import Candidates, expand, pack, united
from dedupe.text.tokens import mix64

_32 = np.uint64(32)


KNOWN = {(0.7, 128): (14, 9), (0.6, 64): (10, 6)}
"""What the optimiser says of the default settings; spares a usual run the loading of SciPy."""


@cache
def bands_and_rows(threshold: float, num_perm: int) -> tuple[int, int]:
    """Bands and rows that suit a Jaccard threshold, by datasketch's optimiser.

    >>> bands_and_rows(0.7, 128)
    (14, 9)
    """
    if (threshold, num_perm) in KNOWN:
        return KNOWN[threshold, num_perm]
    from datasketch.lsh import _optimal_param

    bands, rows = _optimal_param(threshold, num_perm, 0.5, 0.5)
    return int(bands), int(rows)


@kernel(readonly(types.uint32, 2), types.int64, types.int64)
def _band_values(signatures, bands, rows):  # type: ignore[no-untyped-def]
    values = np.empty((bands, len(signatures)), dtype=np.uint32)
    for i in range(len(signatures)):
        for band in range(bands):
            h = np.uint64(band + 1)
            for r in range(band * rows, band * rows + rows):
                h = (h ^ np.uint64(signatures[i, r])) * np.uint64(0x9E3779B97F4A7C15)
                h ^= h >> np.uint64(29)
            values[band, i] = mix64(h) >> _32
    return values


def band_values(signatures: U32, threshold: float) -> U32:
    """Hash of each band of each signature, uint32[bands, n]: all that an index of signatures needs.

    signatures: uint32[n, num_perm]; threshold: the Jaccard that bands and rows are chosen for.
    """
    bands, rows = bands_and_rows(threshold, signatures.shape[1])
    values: U32 = _band_values(signatures, bands, rows)
    return values


def lsh_candidates(values: U32, articles: I64, cap: int, pool: Executor) -> Candidates:
    """Pairs of articles that meet in a band.

    values: uint32[bands, n], from `band_values`; articles: int64[n], their numbers; cap: see
    `buckets`; pool: threads for the bands.
    """
    return united(list(pool.map(lambda band: expand(pack(band, articles), cap), values)))
