"""Bloom filters, one for each block of a run: most keys that a block lacks cost no reading.

Blocked (Putze, Sanders and Singler, 2007): all bits of a key lie in one line of 512, so a question costs one miss of
the processor's cache.  Sixteen bits a key; of keys that are not there, one in a thousand passes.
"""

from __future__ import annotations

import numba
import numpy as np
from numba import types

from dedupe.compiled import U64, kernel, readonly, writable
from dedupe.text.tokens import mix64

BITS = 16
"""Bits that a key is given."""
PROBES = 7
_WORDS = 8  # of 64 bits, in a line


def lines(count: int) -> int:
    """Lines for so many keys."""
    return max(1, -(-count * BITS // 512))


@numba.njit(inline="always")
def _line(value, count):  # type: ignore[no-untyped-def]
    """The line of a value among so many, and the bits to choose within it."""
    h = mix64(value)
    return np.int64(((h >> np.uint64(32)) * np.uint64(count)) >> np.uint64(32)), mix64(h ^ np.uint64(0x5BD1E995))


@kernel(readonly(types.uint64), writable(types.uint64))
def _fill(values, words):  # type: ignore[no-untyped-def]
    count = len(words) // _WORDS
    for i in range(len(values)):
        line, bits = _line(values[i], count)
        for _ in range(PROBES):
            bit = bits & np.uint64(511)
            words[line * _WORDS + np.int64(bit >> np.uint64(6))] |= np.uint64(1) << (bit & np.uint64(63))
            bits >>= np.uint64(9)


def make_filter(values: U64) -> U64:
    """Filter of these values, uint64[8 * lines]."""
    words = np.zeros(_WORDS * lines(len(values)), dtype=np.uint64)
    _fill(values, words)
    return words


@numba.njit(inline="always")
def line_of(value, size):  # type: ignore[no-untyped-def]
    """Where, among so many words of a filter, those begin that tell of a value."""
    return _line(value, size // _WORDS)[0] * _WORDS


@numba.njit(inline="always")
def holds(words, begin, end, value):  # type: ignore[no-untyped-def]
    """Whether the filter at words[begin:end] may hold the value."""
    line, bits = _line(value, (end - begin) // _WORDS)
    for _ in range(PROBES):
        bit = bits & np.uint64(511)
        if not words[begin + line * _WORDS + np.int64(bit >> np.uint64(6))] >> (bit & np.uint64(63)) & np.uint64(1):
            return False
        bits >>= np.uint64(9)
    return True
