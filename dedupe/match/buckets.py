"""Buckets to candidate pairs, by sorting: what all three indexes stand on.

A bucket holds the articles that share a value.  Entries are packed as value
(high 32 bits) and article (low 32 bits), so that one sort brings each bucket
together with its members in order.  Two values that fall together in 32 bits
cost a candidate, which the confirmation refuses; none is lost.

A bucket of more than `cap` members is not expanded into all its pairs: each
member is paired with its next neighbours, so that a story in ten thousand
copies costs ten thousand pairs and stays connected.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numba import types

from dedupe.compiled import I64, U32, U64, kernel, readonly

NEIGHBOURS = 4
"""Members that each one is paired with in a bucket above the cap."""
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of articles that an index brought together.

    keys: uint64[p], a << 32 | b with a < b, sorted, distinct; capped: buckets that were
    too large to expand; largest: members of the largest bucket.
    """

    keys: U64
    capped: int
    largest: int


def pack(values: U32, articles: I64) -> U64:
    """Values and articles as sortable entries, uint64[n]."""
    return (values.astype(np.uint64) << _32) | articles.astype(np.uint64)


def unpack(keys: U64) -> I64:
    """Pair keys as int64[p, 2].

    >>> unpack(np.array([(3 << 32) | 7], np.uint64)).tolist()
    [[3, 7]]
    """
    pairs = np.empty((len(keys), 2), dtype=np.int64)
    pairs[:, 0] = keys >> _32
    pairs[:, 1] = keys & _LOW
    return pairs


def pair_keys(a: I64, b: I64) -> U64:
    """Pairs as keys, the lesser article first."""
    return (np.minimum(a, b).astype(np.uint64) << _32) | np.maximum(a, b).astype(np.uint64)


@numba.njit(inline="always")
def partners(size, cap, neighbours):  # type: ignore[no-untyped-def]
    """How many later members each member of a bucket is paired with, at most."""
    return size if size <= cap else neighbours


@kernel(readonly(types.uint64), types.int64, types.int64)
def _expand(entries, cap, neighbours):  # type: ignore[no-untyped-def]
    n = len(entries)
    total, capped, largest = 0, 0, 0
    for turn in range(2):
        if turn == 1:
            keys = np.empty(total, dtype=np.uint64)
            total = 0
        start = 0
        while start < n:
            end = start + 1
            while end < n and entries[end] >> _32 == entries[start] >> _32:
                end += 1
            size = end - start
            if size > 1:
                reach = partners(size, cap, neighbours)
                if turn == 0:
                    largest = max(largest, size)
                    capped += size > cap
                for i in range(start, end):
                    last = min(i + 1 + reach, end)
                    if turn == 0:
                        total += last - i - 1
                    else:
                        for j in range(i + 1, last):
                            keys[total] = (entries[i] & _LOW) << _32 | (entries[j] & _LOW)
                            total += 1
            start = end
    return keys, capped, largest


def expand(entries: U64, cap: int, neighbours: int = NEIGHBOURS) -> Candidates:
    """The pairs of each bucket.

    entries: uint64[n] from `pack`, in any order, no entry twice; cap: members up to which a
    bucket gives all its pairs.

    >>> values, articles = np.array([9, 9, 8], np.uint32), np.array([0, 2, 1])
    >>> unpack(expand(pack(values, articles), 10).keys).tolist()
    [[0, 2]]
    """
    keys, capped, largest = _expand(np.sort(entries), cap, neighbours)
    return Candidates(np.unique(keys), int(capped), int(largest))


def united(parts: list[Candidates]) -> Candidates:
    """The pairs of several indexes, each once."""
    keys = np.unique(np.concatenate([np.zeros(0, np.uint64), *(part.keys for part in parts)]))
    return Candidates(keys, sum(part.capped for part in parts), max((part.largest for part in parts), default=0))
