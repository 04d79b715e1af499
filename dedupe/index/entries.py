"""Sketches to postings: one 64-bit entry says that a text has a key.

    kind (2 bits) | key (32 bits) | number of the text (30 bits)

Entries sort by key, so the texts that share one lie side by side.  Two keys that fall together in 32 bits cost a
candidate, which the confirmation refuses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numba import types

from dedupe.compiled import I64, U32, U64, Bool, kernel, readonly
from dedupe.text.tokens import sort_once

PASSAGE, BAND, HEADLINE, OTHER = range(4)
"""Kinds: a passage's value, a band of the body's signature, one of the headline's, the text itself or its address."""
NUMBER_BITS = 30
MOST = 1 << NUMBER_BITS
"""Texts that an index can number in its life."""
_NUMBER = np.uint64(NUMBER_BITS)
_KIND = np.uint64(62)
_KEY = np.uint64(0xFFFFFFFF)
KINDS = np.arange(4, dtype=np.uint64) << _KIND
"""The least value of each kind."""
NUMBERS = np.uint64(MOST - 1)
"""The bits of an entry that are the number."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of m texts.

    values: uint64[k], kind and key, with room for a number in the low bits; bounds: int64[m + 1], those of text i stand
    at bounds[i]:bounds[i + 1]; bands: uint32[b, m], the bands among them once more, as an LSH index takes them.
    """

    values: U64
    bounds: I64
    bands: U32

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def owners(self) -> I64:
        """The text that each value is of, int64[k]."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.bounds))

    def of_kind(self, kind: int) -> Keys:
        """Their keys of one kind."""
        some = kinds_of(self.values) == kind
        counts = np.concatenate([np.zeros(1, np.int64), np.cumsum(some)])[self.bounds]
        return Keys(self.values[some], counts, self.bands)

    def take(self, rows: I64) -> Keys:
        """The keys of these texts, in this order."""
        counts = np.diff(self.bounds)[rows]
        bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        places = np.repeat(self.bounds[:-1][rows] - bounds[:-1], counts) + np.arange(bounds[-1])
        return Keys(self.values[places], bounds, np.ascontiguousarray(self.bands[:, rows]))


def to_entries(values: U64, numbers: I64) -> U64:
    """Values and the texts that have them as entries, uint64[k]."""
    return values | numbers.astype(np.uint64)


def values_of(entries: U64) -> U64:
    """The values of entries: what they are without the text."""
    return entries & ~NUMBERS


def numbers_of(entries: U64) -> I64:
    """The texts of entries."""
    return (entries & NUMBERS).astype(np.int64)


def kinds_of(entries: U64) -> I64:
    """The kinds of entries or values."""
    return (entries >> _KIND).astype(np.int64)


@numba.njit(inline="always")
def kind_of(entry):  # type: ignore[no-untyped-def]
    """The kind of one entry or value, in kernels."""
    return np.int64(entry >> _KIND)


@numba.njit(inline="always")
def key_of(entry):  # type: ignore[no-untyped-def]
    """The 32-bit key of one entry or value, in kernels."""
    return (entry >> _NUMBER) & _KEY


@numba.njit(inline="always")
def _value(kind, key):  # type: ignore[no-untyped-def]
    return (np.uint64(kind) << _KIND) | (np.uint64(key) << _NUMBER)


@kernel(
    readonly(types.uint32), readonly(types.int64), readonly(types.uint32, 2), readonly(types.uint32, 2),
    readonly(types.uint32, 2), readonly(types.boolean, 2),
)  # fmt: skip
def _list_keys(passages, passage_bounds, bands, headlines, others, given):  # type: ignore[no-untyped-def]
    m = len(passage_bounds) - 1
    out = np.empty(len(passages) + m * (len(bands) + len(headlines) + len(others)), dtype=np.uint64)
    bounds = np.zeros(m + 1, dtype=np.int64)
    used = 0
    for i in range(m):
        first = used
        for p in range(passage_bounds[i], passage_bounds[i + 1]):
            out[used] = _value(PASSAGE, passages[p])
            used += 1
        for b in range(len(bands)):
            out[used] = _value(BAND, bands[b, i])
            used += 1
        for b in range(len(headlines) if given[0, i] else 0):
            out[used] = _value(HEADLINE, headlines[b, i])
            used += 1
        for o in range(len(others)):
            if given[1 + o, i]:
                out[used] = _value(OTHER, others[o, i])
                used += 1
        used = sort_once(out, first, used)
        bounds[i + 1] = used
    return out[:used].copy(), bounds


def list_keys(passages: U32, passage_bounds: I64, bands: U32, headlines: U32, others: U32, given: Bool) -> Keys:
    """What m texts can be met by, as keys: each text's once and sorted.

    passages: uint32[p], with bounds int64[m + 1]; bands, headlines: uint32[b, m], of the signatures of bodies and of
    headlines; others: uint32[2, m], of the text itself and of its address; given: bool[3, m], which texts have a
    headline, words and an address.

    >>> none = np.zeros((0, 1), np.uint32)
    >>> keys = list_keys(np.array([5, 5], np.uint32), np.array([0, 2]), none, none, none, np.zeros((3, 1), np.bool_))
    >>> (keys.values >> np.uint64(NUMBER_BITS)).tolist(), keys.bounds.tolist()
    ([5], [0, 1])
    """
    values, bounds = _list_keys(passages, passage_bounds, bands, headlines, others, given)
    return Keys(values, bounds, bands)
