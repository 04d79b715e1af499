"""Texts to segments: their lines, and the sentences within a line, as hashes, for finding those that recur.

A table of small counters tells the hashes that may recur; only the texts that have one are looked at more closely.
"""

from __future__ import annotations

import numba
import numpy as np
from numba import types

from dedupe.compiled import U8, U64, kernel, readonly, writable
from dedupe.text.tokens import LINE, OPENS, QUOTED, mix64

LEAST_BITS, MOST_BITS = 16, 28
SPARSE = 4
"""Counters of the table for each segment; one that shares its counter with others is only looked at more closely."""
SENTENCE = 4
"""Tokens that a sentence within a line must have."""
LONGEST = 96
"""Tokens of a segment, at most; longer ones are no furniture."""

_BASE = np.uint64(0x9E3779B97F4A7C15)
_32 = np.uint64(32)
_POWERS: U64 = np.array([pow(0x9E3779B97F4A7C15, i, 1 << 64) for i in range(1, LONGEST + 1)], dtype=np.uint64)
"""Factor of each token of a segment, by its place: the hash is a sum, whose terms don't wait for one another."""


def counters(segments: int) -> U8:
    """A table of counters, zero, for so many segments."""
    bits = min(max((SPARSE * segments).bit_length(), LEAST_BITS), MOST_BITS)
    return np.zeros(1 << bits, dtype=np.uint8)


@numba.njit(inline="always")
def slot_of(value, table):  # type: ignore[no-untyped-def]
    """Counter of a segment, by its short hash."""
    return (np.uint64(value) * np.uint64(len(table))) >> _32


@numba.njit(inline="always")
def _seed(group):  # type: ignore[no-untyped-def]
    return np.uint64(group + 2) * _BASE


@numba.njit(inline="always")
def _counts(marks, start, stop, end):  # type: ignore[no-untyped-def]
    """Whether a segment is one that can be furniture, and whether it is a line of its own."""
    whole = marks[start] & LINE != 0 and (stop == end or marks[stop] & LINE != 0)
    return stop - start <= LONGEST and (stop - start >= SENTENCE or whole), whole


@kernel(readonly(types.uint32), readonly(types.uint8), readonly(types.int64), readonly(types.int64))
def list_segments(hashes, marks, bounds, group):  # type: ignore[no-untyped-def]
    """Short hashes of the segments of each text.

    hashes, marks, bounds: tokens of n texts; group: int64[n], within which segments recur.
    Returns uint32[s] and their bounds int64[n + 1].
    """
    n = len(bounds) - 1
    room = n
    for i in range(bounds[0], bounds[n]):
        room += (marks[i] & (LINE | OPENS)) != 0
    out = np.empty(room, dtype=np.uint32)
    out_bounds = np.zeros(n + 1, dtype=np.int64)
    used = 0
    for text in range(n):
        start, end = bounds[text], bounds[text + 1]
        h = _seed(group[text])
        for i in range(start, end + 1):
            if i == end or (i > start and marks[i] & (LINE | OPENS)):
                if i > start and _counts(marks, start, i, end)[0]:
                    out[used] = mix64(h) >> _32
                    used += 1
                if i == end:
                    break
                start, h = i, _seed(group[text])
            if i - start < LONGEST:
                h += np.uint64(hashes[i]) * _POWERS[i - start]
        out_bounds[text + 1] = used
    return out[:used].copy(), out_bounds


@kernel(readonly(types.uint32), writable(types.uint8))
def count_segments(values, table):  # type: ignore[no-untyped-def]
    """Count segments, up to 255, in place.  values: uint32[s], of `list_segments`; table: uint8[c], of `counters`."""
    for i in range(len(values)):
        slot = slot_of(values[i], table)
        table[slot] += table[slot] < 255


@kernel(
    readonly(types.uint32), readonly(types.uint8), readonly(types.int64), readonly(types.int64),
    readonly(types.uint32), readonly(types.int64), readonly(types.uint8), types.int64,
)  # fmt: skip
def recurring_segments(hashes, marks, bounds, group, values, value_bounds, table, least):  # type: ignore[no-untyped-def]
    """The segments whose counter has come to `least`.

    hashes, marks, bounds: tokens of n texts; group: int64[n]; values, value_bounds: of `list_segments`; table:
    uint8[c], their counters.
    Returns, for each: value uint64; text, start and length int64, in tokens of the text; whole bool, it is a line;
    quoted bool, most of it stands inside quotation marks.
    """
    room = 0
    often = np.empty(len(values), dtype=np.bool_)
    for i in range(len(values)):
        often[i] = table[slot_of(values[i], table)] >= least
        room += often[i]
    value = np.empty(room, dtype=np.uint64)
    place = np.empty((room, 3), dtype=np.int64)
    looks = np.empty((room, 2), dtype=np.bool_)
    used = 0
    for text in range(len(bounds) - 1):
        first, last = value_bounds[text], value_bounds[text + 1]
        while last > first and not often[last - 1]:
            last -= 1
        if last == first:
            continue
        begin, end = bounds[text], bounds[text + 1]
        start, k = begin, first
        for i in range(begin + 1, end + 1):
            if i < end and not marks[i] & (LINE | OPENS):
                continue
            counts, whole = _counts(marks, start, i, end)
            if counts:
                if often[k]:
                    h, quoted = _seed(group[text]), 0
                    for j in range(start, i):
                        h += np.uint64(hashes[j]) * _POWERS[j - start]
                        quoted += (marks[j] & QUOTED) != 0
                    value[used] = mix64(h)
                    place[used, 0], place[used, 1], place[used, 2] = text, start - begin, i - start
                    looks[used, 0], looks[used, 1] = whole, 2 * quoted > i - start
                    used += 1
                k += 1
                if k == last:
                    break
            start = i
    return value, place, looks


@kernel(readonly(types.uint32), readonly(types.int64), readonly(types.int64))
def whole_values(hashes, bounds, group):  # type: ignore[no-untyped-def]
    """Value that each text (a headline) would have as a segment of its group, uint64[n]; 0 for an empty one."""
    out = np.zeros(len(bounds) - 1, dtype=np.uint64)
    for text in range(len(out)):
        h = _seed(group[text])
        for i in range(bounds[text], min(bounds[text + 1], bounds[text] + LONGEST)):
            h += np.uint64(hashes[i]) * _POWERS[i - bounds[text]]
        if bounds[text + 1] > bounds[text]:
            out[text] = mix64(h)
    return out


@kernel(readonly(types.int64), readonly(types.int64, 2))
def kept_tokens(bounds, spans):  # type: ignore[no-untyped-def]
    """Which tokens stay when spans are taken out, bool[t].

    bounds: int64[n + 1], from 0; spans: int64[s, 3], text, start and length, in tokens of the text.
    """
    keep = np.ones(bounds[-1], dtype=np.bool_)
    for s in range(len(spans)):
        start = bounds[spans[s, 0]] + spans[s, 1]
        keep[start : start + spans[s, 2]] = False
    return keep
