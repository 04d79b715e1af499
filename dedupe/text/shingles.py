"""Tokens to shingles: one 64-bit hash for each run of k consecutive tokens.

The hash is a polynomial over the token hashes, rolled along the text, and then
mixed (Karp and Rabin, 1987).  A text of fewer than k tokens has its single
tokens for shingles, so that short items still compare.
"""

from __future__ import annotations

import numba
import numpy as np
from numba import types

from dedupe.compiled import kernel, readonly
from dedupe.text.tokens import mix64, token_hash

_BASE = np.uint64(0xD6E8FEB86659FD93)
_TOP = np.uint64(32)


def shingle_hash(shingle: bytes) -> int:
    """32-bit hash of a shingle's bytes: folded tokens with blanks between them, UTF-8.

    This is the `hashfunc` under which `datasketch.MinHash` makes the very
    signatures of this package (`scheme="affine32"`, `seed=1`).

    >>> from datasketch import MinHash
    >>> sketch = MinHash(num_perm=128, seed=1, scheme="affine32", hashfunc=shingle_hash)
    >>> sketch.update(b"the same five words again")
    """
    mask = (1 << 64) - 1
    rolled = 0
    for token in shingle.decode().split(" "):
        rolled = (rolled * int(_BASE) + token_hash(token)) & mask
    return int(mixed(rolled)) >> 32


def mixed(value: int) -> int:
    """MurmurHash3's 64-bit finalizer in plain Python."""
    mask = (1 << 64) - 1
    value = ((value ^ (value >> 33)) * 0xFF51AFD7ED558CCD) & mask
    value = ((value ^ (value >> 33)) * 0xC4CEB9FE1A85EC53) & mask
    return value ^ (value >> 33)


@numba.njit(inline="always")
def count_shingles(tokens, size):  # type: ignore[no-untyped-def]
    """Number of shingles of a text: its runs of `size` tokens, or its tokens when it is shorter."""
    return tokens - size + 1 if tokens >= size else tokens


@numba.njit(nogil=True, error_model="numpy")
def shingle_text(tokens, size, out):  # type: ignore[no-untyped-def]
    """Shingles of one text, in order, into out: uint32[t] tokens to uint64[count_shingles(t, size)]."""
    count = len(tokens)
    if count < size:
        for i in range(count):
            out[i] = mix64(np.uint64(tokens[i]))
        return
    leaving = np.uint64(1)
    for _ in range(size):
        leaving *= _BASE
    rolled = np.uint64(0)
    for i in range(count):
        rolled = rolled * _BASE + np.uint64(tokens[i])
        if i >= size:
            rolled -= leaving * np.uint64(tokens[i - size])
        if i >= size - 1:
            out[i - size + 1] = mix64(rolled)


@kernel(readonly(types.uint32), readonly(types.int64), types.int64)
def shingle(hashes, bounds, size):  # type: ignore[no-untyped-def]
    """Shingles of each text, in the order of the text, repeats included.

    hashes: uint32[t] token hashes; bounds: int64[n + 1]; size: tokens in a shingle (k >= 1).
    Returns shingles uint64[s] and their bounds int64[n + 1].
    """
    n = len(bounds) - 1
    out_bounds = np.zeros(n + 1, dtype=np.int64)
    for text in range(n):
        out_bounds[text + 1] = out_bounds[text] + count_shingles(bounds[text + 1] - bounds[text], size)
    shingles = np.empty(out_bounds[n], dtype=np.uint64)
    for text in range(n):
        tokens = hashes[bounds[text] : bounds[text + 1]]
        shingle_text(tokens, size, shingles[out_bounds[text] : out_bounds[text + 1]])
    return shingles, out_bounds
