"""Shingles to signatures: MinHash, bit for bit that of `datasketch.MinHash`.

The sketch is Broder's (1997) with datasketch's `affine32` family: the shingle's
32-bit hash h goes through MurmurHash3's finalizer once, and permutation p keeps
the minimum of a[p] * h + b[p] modulo 2^32.  `MinHash(num_perm, seed=1,
scheme="affine32", hashfunc=dedupe.text.shingles.shingle_hash)`, fed with the
shingles' bytes, has the same values.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numba
import numpy as np
from numba import types

from dedupe.compiled import U32, kernel, readonly

if TYPE_CHECKING:
    from datasketch import LeanMinHash, MinHash

_M1, _M2 = np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)
_S1, _S2 = np.uint32(16), np.uint32(13)
_HIGH = np.uint64(32)
EMPTY = np.uint32(0xFFFFFFFF)


@cache
def permutations(num_perm: int, seed: int) -> tuple[U32, U32]:
    """The factors a (odd) and offsets b, uint32[num_perm] each, that datasketch draws for a seed.

    >>> a, b = permutations(128, 1)
    >>> bool((a % 2 == 1).all()), a.dtype.name
    (True, 'uint32')
    """
    draw = np.random.RandomState(seed)
    a = draw.randint(0, 1 << 31, num_perm, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    b = draw.randint(0, 1 << 32, num_perm, dtype=np.uint32)
    a.flags.writeable = b.flags.writeable = False
    return a, b


@numba.njit(inline="always")
def _spread(shingle):  # type: ignore[no-untyped-def]
    """The shingle's 32-bit hash after MurmurHash3's 32-bit finalizer."""
    # Each product is cut to 32 bits: compiled, it would keep 64.
    h = np.uint32(shingle >> _HIGH)
    h = np.uint32((h ^ (h >> _S1)) * _M1)
    h = np.uint32((h ^ (h >> _S2)) * _M2)
    return np.uint32(h ^ (h >> _S1))


@numba.njit(nogil=True, error_model="numpy")
def sign_text(shingles, a, b, row):  # type: ignore[no-untyped-def]
    """Lower each value of row, uint32[num_perm], to the minimum over the shingles, uint64[s]."""
    s, end = 0, len(shingles)
    while s + 4 <= end:  # four at a time, so that the row is loaded and stored a quarter as often
        h, i = _spread(shingles[s]), _spread(shingles[s + 1])
        j, k = _spread(shingles[s + 2]), _spread(shingles[s + 3])
        for p in range(len(row)):
            one = min(np.uint32(a[p] * h + b[p]), np.uint32(a[p] * i + b[p]))
            two = min(np.uint32(a[p] * j + b[p]), np.uint32(a[p] * k + b[p]))
            row[p] = min(row[p], min(one, two))
        s += 4
    while s < end:
        h = _spread(shingles[s])
        for p in range(len(row)):
            row[p] = min(row[p], np.uint32(a[p] * h + b[p]))
        s += 1


@kernel(readonly(types.uint64), readonly(types.int64), readonly(types.uint32), readonly(types.uint32))
def sign(shingles, bounds, a, b):  # type: ignore[no-untyped-def]
    """Signature of each text, uint32[n, num_perm]; all ones for a text without shingles.

    shingles: uint64[s], of which the high 32 bits are hashed; bounds: int64[n + 1];
    a, b: uint32[num_perm].
    """
    signatures = np.full((len(bounds) - 1, len(a)), EMPTY, dtype=np.uint32)
    for text in range(len(bounds) - 1):
        sign_text(shingles[bounds[text] : bounds[text + 1]], a, b, signatures[text])
    return signatures


def to_minhash(signature: U32, seed: int = 1) -> MinHash:
    """The signature as a `datasketch.MinHash`, ready for its LSH indexes.

    >>> to_minhash(np.full(16, 7, np.uint32)).jaccard(to_minhash(np.full(16, 7, np.uint32)))
    1.0
    """
    from datasketch import MinHash

    from dedupe.text.shingles import shingle_hash

    return MinHash(seed=seed, scheme="affine32", hashfunc=shingle_hash, hashvalues=signature)


def to_lean_minhash(signature: U32, seed: int = 1) -> LeanMinHash:
    """The signature as a `datasketch.LeanMinHash`: smaller, frozen, serializable."""
    from datasketch import LeanMinHash

    return LeanMinHash(to_minhash(signature, seed))


def from_minhash(sketch: MinHash | LeanMinHash) -> U32:
    """The signature, uint32[num_perm], of a datasketch sketch of the same scheme.

    >>> from_minhash(to_minhash(np.arange(4, dtype=np.uint32))).tolist()
    [0, 1, 2, 3]
    """
    if sketch.scheme != "affine32":
        raise ValueError(f"the sketch has scheme {sketch.scheme!r}; signatures here are of scheme 'affine32'")
    return np.asarray(sketch.hashvalues, dtype=np.uint32)
