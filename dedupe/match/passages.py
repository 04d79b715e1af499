"""Fingerprints to candidates: articles that share enough passages.

Each fingerprint is an entry (value, article).  A counting filter sets aside
the values that only one article has, most of them; a sort brings the others
together.  Then each article counts, over its own fingerprints, which later
articles have them too (term-at-a-time accumulation), and keeps those with
which it shares enough.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

import numba
import numpy as np
from numba import types

from dedupe.compiled import F64, I32, I64, U32, U64, kernel, readonly, writable
from dedupe.match.buckets import _LOW, NEIGHBOURS, partners
from dedupe.text.tokens import mix64

WORK = 256
"""Steps of accumulation an article may cost on average, before large buckets are capped further."""
_32 = np.uint64(32)


@kernel(readonly(types.uint64))
def passage_values(fingerprints):  # type: ignore[no-untyped-def]
    """Fingerprints as evenly spread 32-bit values, uint32[f]: minima of windows crowd at the low end."""
    values = np.empty(len(fingerprints), dtype=np.uint32)
    for i in range(len(fingerprints)):
        values[i] = mix64(fingerprints[i]) >> _32
    return values


@kernel(readonly(types.uint32), writable(types.uint8), types.int64)
def _tally(values, seen, bits):  # type: ignore[no-untyped-def]
    """Count each value in its slot of `seen`, uint8[2^bits], up to 2."""
    shift = np.uint32(32 - bits)
    for i in range(len(values)):
        slot = values[i] >> shift
        if seen[slot] < 2:
            seen[slot] += np.uint8(1)


@kernel(readonly(types.uint32), readonly(types.uint8), types.int64)
def _count_shared(values, seen, bits):  # type: ignore[no-untyped-def]
    """How many of the values may stand in two articles."""
    shift = np.uint32(32 - bits)
    total = 0
    for i in range(len(values)):
        total += seen[values[i] >> shift] > 1
    return total


@kernel(
    readonly(types.uint32), readonly(types.int64), readonly(types.int64), readonly(types.uint8), types.int64,
    writable(types.uint64),
)  # fmt: skip
def _shared(values, bounds, articles, seen, bits, entries):  # type: ignore[no-untyped-def]
    """Write the entries of those values: value (high 32 bits), article (low)."""
    shift = np.uint32(32 - bits)
    used = 0
    for text in range(len(bounds) - 1):
        for i in range(bounds[text], bounds[text + 1]):
            if seen[values[i] >> shift] > 1:
                entries[used] = np.uint64(values[i]) << _32 | np.uint64(articles[text])
                used += 1


def _entries(parts: list[tuple[U32, I64, I64]], pool: Executor) -> U64:
    """Sorted entries of the values that may stand in two articles; each part is let go of once it is read."""
    total = sum(len(values) for values, _, _ in parts)
    bits = max(16, min(30, int(2 * total).bit_length()))
    seen = np.zeros(1 << bits, dtype=np.uint8)
    for values, _, _ in parts:
        _tally(values, seen, bits)
    counts = list(pool.map(lambda part: int(_count_shared(part[0], seen, bits)), parts))
    edges = np.cumsum([0, *counts])
    entries = np.empty(edges[-1], dtype=np.uint64)

    def fill(turn: int) -> None:
        values, bounds, articles = parts[turn]
        _shared(values, bounds, articles, seen, bits, entries[edges[turn] : edges[turn + 1]])

    list(pool.map(fill, range(len(parts))))
    parts.clear()
    entries.sort()
    return entries


@kernel(readonly(types.uint64), types.int64)
def _buckets(entries, articles):  # type: ignore[no-untyped-def]
    """Sorted entries to buckets of two and more, and each article's places in them.

    Returns members int32[m]; ends int32[m], where the bucket of each member ends; places
    int32[m] and their bounds int64[articles + 1]: article a's members stand at
    places[bounds[a]:bounds[a + 1]]; sizes int32[m], members of each one's bucket.
    """
    n = len(entries)
    members = np.empty(n, dtype=np.int32)
    ends = np.empty(n, dtype=np.int32)
    sizes = np.empty(n, dtype=np.int32)
    bounds = np.zeros(articles + 1, dtype=np.int64)
    used, start = 0, 0
    while start < n:
        first = used
        end = start
        while end < n and entries[end] >> _32 == entries[start] >> _32:
            if end == start or entries[end] != entries[end - 1]:
                members[used] = np.int32(entries[end] & _LOW)
                used += 1
            end += 1
        if used - first == 1:
            used = first
        for i in range(first, used):
            ends[i], sizes[i] = used, used - first
            bounds[members[i] + 1] += 1
        start = end
    for a in range(articles):
        bounds[a + 1] += bounds[a]
    places = np.empty(used, dtype=np.int32)
    fill = bounds.copy()
    for i in range(used):
        places[fill[members[i]]] = i
        fill[members[i]] += 1
    return members[:used], ends[:used], places, bounds, sizes[:used]


@numba.njit(inline="always")
def shares_enough(count, length, other, containment, shared):  # type: ignore[no-untyped-def]
    """Whether so many shared fingerprints make a candidate; length, other: fingerprints expected of each."""
    return count >= shared or count >= containment * min(length, other)


def expected_fingerprints(words: I64, window: int) -> F64:
    """Fingerprints expected of texts of so many words: a window of w gives two in w + 1 shingles."""
    expected: F64 = 2.0 * words / (window + 1)
    return expected


@kernel(
    readonly(types.int32), readonly(types.int32), readonly(types.int32), readonly(types.int32), readonly(types.int64),
    readonly(types.float64), types.int64, types.int64, types.int64, types.float64, types.int64, types.int64,
)  # fmt: skip
def _accumulate(members, ends, sizes, places, bounds, lengths, first, last, cap, containment, shared, neighbours):  # type: ignore[no-untyped-def]
    """Candidates (a, b) with first <= a < last, b > a: keys uint64[p] and mean bucket sizes float64[p].

    lengths: float64[articles], fingerprints expected of each; the rest as in `passage_candidates`.
    """
    n = len(bounds) - 1
    count = np.zeros(n, dtype=np.int32)
    spread = np.zeros(n, dtype=np.int64)
    touched = np.empty(n, dtype=np.int32)
    capacity = 1024
    keys, means = np.empty(capacity, dtype=np.uint64), np.empty(capacity, dtype=np.float64)
    used = 0
    for a in range(first, last):
        met = 0
        for p in range(bounds[a], bounds[a + 1]):
            place = np.int64(places[p])
            until = min(place + 1 + partners(sizes[place], cap, neighbours), ends[place])
            for q in range(place + 1, until):
                b = members[q]
                if count[b] == 0:
                    touched[met] = b
                    met += 1
                count[b] += 1
                spread[b] += sizes[place]
        for m in range(met):
            b = touched[m]
            if shares_enough(count[b], lengths[a], lengths[b], containment, shared):
                if used == capacity:
                    capacity *= 2
                    more, more_means = np.empty(capacity, dtype=np.uint64), np.empty(capacity, dtype=np.float64)
                    more[:used], more_means[:used] = keys, means
                    keys, means = more, more_means
                keys[used] = np.uint64(a) << _32 | np.uint64(b)
                means[used] = spread[b] / count[b]
                used += 1
            count[b], spread[b] = 0, 0
    return keys[:used].copy(), means[:used].copy()


@dataclass(frozen=True, slots=True)
class Passages:
    """Candidates that share passages.

    keys: uint64[p], sorted; spread: float64[p], mean number of articles in which the shared
    fingerprints stand; capped: buckets too large to expand; largest: articles of the largest.
    """

    keys: U64
    spread: F64
    capped: int
    largest: int


def fitting_cap(sizes: I32, cap: int, budget: int) -> int:
    """The largest cap, up to `cap`, under which expanding the buckets takes at most `budget` steps.

    sizes: int32[m], for each member the size of its bucket, so a bucket of s stands in it s times.

    >>> fitting_cap(np.array([4] * 4 + [100] * 100), 200, 1000)
    99
    """
    counts = np.bincount(np.minimum(sizes, cap + 1), minlength=cap + 2)
    steps = counts[: cap + 1] * np.arange(cap + 1) / 2
    within = np.flatnonzero(np.cumsum(steps) <= budget)
    return max(int(within[-1]) if len(within) else 0, 2 * NEIGHBOURS)


def passage_candidates(
    parts: list[tuple[U32, I64, I64]],
    words: I64,
    window: int,
    containment: float,
    shared: int,
    cap: int,
    pool: Executor,
    workers: int,
) -> Passages:
    """Pairs that share passages.

    parts: batches of values uint32[f] from `passage_values`, bounds int64[n + 1] and articles
    int64[n], their numbers (the list is emptied: memory is at its peak here); words: int64[n], of
    every article; window: shingles in a full window; containment: shared fingerprints over those
    that full windows give the shorter article, from which a pair
    is a candidate; shared: or so many shared ones; cap: articles up to which a fingerprint is
    expanded into all its pairs; pool, workers: threads.
    """
    articles = len(words)
    lengths = expected_fingerprints(words, window)
    entries = _entries(parts, pool)
    members, ends, places, bounds, sizes = _buckets(entries, articles)
    del entries
    cap = fitting_cap(sizes, cap, WORK * max(articles, 1000))
    edges = np.linspace(0, articles, 4 * workers + 1).astype(np.int64)

    def accumulate(turn: int) -> tuple[U64, F64]:
        found: tuple[U64, F64] = _accumulate(
            members, ends, sizes, places, bounds, lengths,
            edges[turn], edges[turn + 1], cap, containment, shared, NEIGHBOURS,
        )  # fmt: skip
        return found

    made = list(pool.map(accumulate, range(4 * workers)))
    keys = np.concatenate([keys for keys, _ in made])
    spread = np.concatenate([means for _, means in made])
    order = np.argsort(keys)
    over = sizes > cap
    capped = round(float((1.0 / sizes[over]).sum()))
    return Passages(keys[order], spread[order], capped, int(sizes.max()) if len(sizes) else 0)
