"""Signatures to candidates: MinHash LSH (Leskovec, Rajaraman and Ullman, section 3.4).

A signature of b bands of r values each meets another in at least one band with
probability 1 - (1 - J^r)^b.  datasketch's optimiser chooses b and r so that
false candidates and misses around the threshold weigh the same: 14 bands of 9
at 0.7 and 128 permutations, so a pair of J = 0.7 is met with probability 0.43,
of 0.8 with 0.87, of 0.9 with 1.00.  Passages find what lies below.
"""

from __future__ import annotations

from concurrent.futures import Executor
from functools import cache, partial

import numpy as np
from numba import types

from dedupe.compiled import I64, U32, U64, kernel, readonly
from dedupe.match.buckets import Candidates, expand, pack, united
from dedupe.text.minhash import EMPTY
from dedupe.text.tokens import mix64


@cache
def bands_and_rows(threshold: float, num_perm: int) -> tuple[int, int]:
    """Bands and rows that suit a Jaccard threshold, by `datasketch.lsh`.

    >>> bands_and_rows(0.7, 128)
    (14, 9)
    """
    from datasketch.lsh import _optimal_param

    bands, rows = _optimal_param(threshold, num_perm, 0.5, 0.5)
    return int(bands), int(rows)


@kernel(readonly(types.uint32, 2), types.int64, types.int64)
def band_values(signatures, first, rows):  # type: ignore[no-untyped-def]
    """Hash of the values first to first + rows of each signature, uint64[n]."""
    values = np.empty(len(signatures), dtype=np.uint64)
    for i in range(len(signatures)):
        h = np.uint64(first + 1)
        for r in range(first, first + rows):
            h = (h ^ np.uint64(signatures[i, r])) * np.uint64(0x9E3779B97F4A7C15)
            h ^= h >> np.uint64(29)
        values[i] = mix64(h)
    return values


def _band(signatures: U32, articles: I64, rows: int, cap: int, first: int) -> Candidates:
    return expand(pack(band_values(signatures, first, rows), articles), cap)


def lsh_candidates(
    signatures: U32, articles: I64, threshold: float, cap: int, pool: Executor
) -> Candidates:
    """Pairs of articles whose signatures meet in a band.

    signatures: uint32[n, num_perm]; articles: int64[n], their numbers; threshold: the Jaccard
    that bands and rows are chosen for; cap: see `buckets`; pool: threads for the bands.
    """
    filled = (signatures != EMPTY).any(axis=1) if len(signatures) else np.zeros(0, dtype=np.bool_)
    if not filled.all():
        signatures, articles = np.ascontiguousarray(signatures[filled]), articles[filled]
    bands, rows = bands_and_rows(threshold, signatures.shape[1])
    starts = [band * rows for band in range(bands)]
    return united(list(pool.map(partial(_band, signatures, articles, rows, cap), starts)))
