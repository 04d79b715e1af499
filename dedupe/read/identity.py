"""Explicit ids that come twice: a set of 64-bit hashes, grown as the input is read."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numba import types

from dedupe.compiled import U64, Bool, kernel, readonly, writable
from dedupe.text.tokens import buffers, hash_strings


@kernel(writable(types.uint64), readonly(types.uint64))
def _insert(table, hashes):  # type: ignore[no-untyped-def]
    mask = np.uint64(len(table) - 1)
    fresh = np.empty(len(hashes), dtype=np.bool_)
    for i in range(len(hashes)):
        slot = hashes[i] & mask
        while table[slot] != 0 and table[slot] != hashes[i]:
            slot = (slot + np.uint64(1)) & mask
        fresh[i] = table[slot] == 0
        table[slot] = hashes[i]
    return fresh


class Seen:
    """The ids met so far (as hashes: two of a million ids collide with probability 3e-8).

    >>> seen = Seen()
    >>> seen.add(pa.array(["a", "b", "a", None], pa.large_string())).tolist()
    [True, True, False, True]
    """

    __slots__ = ("_count", "_table")

    def __init__(self) -> None:
        self._table: U64 = np.zeros(1 << 12, dtype=np.uint64)
        self._count = 0

    def add(self, ids: pa.Array) -> Bool:
        """Whether each id is new, bool[n]; a null always is."""
        given = ids.is_valid().to_numpy(zero_copy_only=False)
        hashes = hash_strings(*buffers(ids.filter(pa.array(given))))
        size = len(self._table)
        while size < 2 * (self._count + len(hashes)):
            size *= 2
        if size > len(self._table):
            table = np.zeros(size, dtype=np.uint64)
            _insert(table, self._table[self._table != 0])
            self._table = table
        new = _insert(self._table, hashes)
        self._count += int(new.sum())
        fresh = np.ones(len(ids), dtype=np.bool_)
        fresh[given] = new
        return fresh
