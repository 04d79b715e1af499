"""Two noisy texts read side by side, so that a word and its misprint count as one word.

Scanned, retyped and transliterated copies differ from each other in a few characters
of many words: with 8 % of the characters wrong in each of two copies, four words in
ten are still the same, and next to no run of five.  So before a pair of noisy texts is
compared, it is aligned: from every word that both have (a seed), the texts are followed
both ways for as long as they go on alike (seed and extend, as in BLAST: Altschul et al.,
1990), over misprints, words left out, and words run together or torn apart.  Where the
one has a misprint of what stands in the other, both get the word that the collection
knows better.  All rules then read the pair as if it were clean.

A word that the collection knows is no misprint of another that it knows ("Monday",
"Sunday"), and a figure is a misread one only where the words around are misread as well:
what differs in facts stays different.
"""

from __future__ import annotations

import numba
import numpy as np
from numba import types

from dedupe.compiled import F32, I64, kernel, readonly
from dedupe.text.spelling import LONGEST, is_figure, joined, near
from dedupe.text.terms import SHIFT
from dedupe.text.tokens import NAME, NUMBER, Tokens

MISSES = 3
"""Words in a row that may be unlike before the texts are no longer followed."""
LEAST = 3
"""Words that must go on alike for the place to count."""
REPEATS = 8
"""Places of a word in a text from which an alignment is tried."""
GAP = 3
"""Words between two aligned ones that may be one and the same, torn apart or run together."""
RARE = 1.4
"""A word within this distance of the greatest idf is rare: it stands in three articles at most."""
RARER = 2.0
"""Difference in idf from which the rarer of two words may be a misprint of the other: some seven times as rare."""
NOISE = 0.04
"""Share of misprints among the words of a pair from which its figures may be misread too."""
SAME, MISPRINT, FIGURE = 1, 2, 3


@numba.njit(inline="never", nogil=True)
def _alike(i, j, hashes, letters, weights, rare, x, y, row):  # type: ignore[no-untyped-def]
    """Whether tokens i and j may be one word: 0, or SAME, MISPRINT, FIGURE (one may be the other, misread)."""
    if hashes[i] == hashes[j]:
        return SAME
    one, other = letters[i], letters[j]
    figures = is_figure(one) and is_figure(other)
    of_one, of_other = weights[hashes[i] >> SHIFT], weights[hashes[j] >> SHIFT]
    known = max(of_one, of_other) < rare and abs(of_one - of_other) < RARER
    if (known and not figures) or not near(one, other, x, y, row):
        return 0
    return FIGURE if figures else MISPRINT


@numba.njit(inline="never", nogil=True)
def _follow(seed_a, seed_b, a, n, b, m, partner, path, hashes, letters, weights, rare, x, y, row):  # type: ignore[no-untyped-def]
    """Follow both texts from a seed; fills path int64[., 3] (place in a, place in b, how alike), returns its length.

    a, n, b, m: where each text starts in the tokens, and its length; partner: int64[m], -1 where b is free.
    """
    path[0, 0], path[0, 1], path[0, 2] = seed_a, seed_b, SAME
    found = 1
    for way in (1, -1):
        i, j, misses = seed_a, seed_b, 0
        while misses <= MISSES:
            went = False
            for step in range(3):  # the next of both; or one more of a's, or of b's
                to_a, to_b = i + way * (1 + (step == 1)), j + way * (1 + (step == 2))
                if to_a < 0 or to_b < 0 or to_a >= n or to_b >= m or partner[to_b] >= 0:
                    continue
                alike = _alike(a + to_a, b + to_b, hashes, letters, weights, rare, x, y, row)
                if alike:
                    path[found, 0], path[found, 1], path[found, 2] = to_a, to_b, alike
                    found += 1
                    i, j, misses, went = to_a, to_b, 0, True
                    break
            if not went:
                i, j, misses = i + way, j + way, misses + 1
    return found


@numba.njit(inline="always")
def _promising(i, j, a, n, b, m, hashes):  # type: ignore[no-untyped-def]
    """A second word near the seed is the same too: told at once, where following takes a microsecond."""
    for off in (-2, -1, 1, 2):
        if 0 <= i + off < n and 0 <= j + off < m and hashes[a + i + off] == hashes[b + j + off]:
            return True
    return False


@numba.njit(inline="always")
def _slot(table, hashes, a, word):  # type: ignore[no-untyped-def]
    """Slot of a word in the table of a's places: its own, or the empty one where it belongs."""
    mask = len(table) - 1
    slot = np.int64(word) & mask
    while table[slot] >= 0 and hashes[a + table[slot]] != word:
        slot = (slot + 1) & mask
    return slot


@numba.njit(inline="never", nogil=True)
def _partners(a, n, b, m, hashes, letters, weights, rare, table, before, partner, kind, path, x, y, row):  # type: ignore[no-untyped-def]
    """Where in a each word of b stands, into partner int64[m] (-1: nowhere), and how alike, into kind.

    table, before, path, x, y, row: scratch.
    """
    table[:] = -1
    partner[:m] = -1
    for i in range(n):
        slot = _slot(table, hashes, a, hashes[a + i])
        before[i], table[slot] = table[slot], i
    for seed in range(m):
        if partner[seed] >= 0:
            continue
        place, tries = table[_slot(table, hashes, a, hashes[b + seed])], 0
        while place >= 0 and tries < REPEATS:
            found = 0
            if _promising(place, seed, a, n, b, m, hashes):
                found = _follow(place, seed, a, n, b, m, partner, path, hashes, letters, weights, rare, x, y, row)
            if found >= LEAST:
                for f in range(found):
                    partner[path[f, 1]], kind[path[f, 1]] = path[f, 0], path[f, 2]
                break
            place = before[place]
            tries += 1


@numba.njit(inline="always")
def _together(letters, start, count):  # type: ignore[no-untyped-def]
    """Spelling of several tokens written as one word."""
    spelling = letters[start]
    for i in range(start + 1, start + count):
        spelling = joined(spelling, letters[i])
    return spelling


@numba.njit(inline="never", nogil=True)
def _bridge(a, b, m, hashes, letters, partner, text_a, text_b, gone_a, gone_b, x, y, row):  # type: ignore[no-untyped-def]
    """Make one word of what stands between aligned words, where the letters of both sides agree.

    text_a, text_b: uint32, the words as they are read; gone_a, gone_b: bool, words that another one now stands for.
    """
    last = -1
    for j in range(m):
        if partner[j] < 0:
            continue
        if last >= 0:
            first_a, first_b = partner[last] + 1, last + 1
            count_a, count_b = partner[j] - first_a, j - first_b
            if 0 < count_a <= GAP and 0 < count_b <= GAP:
                one, other = _together(letters, a + first_a, count_a), _together(letters, b + first_b, count_b)
                if not is_figure(one) and not is_figure(other) and near(one, other, x, y, row):
                    text_b[first_b] = text_a[first_a]
                    for i in range(first_a + 1, first_a + count_a):
                        gone_a[i] = True
                    for i in range(first_b + 1, first_b + count_b):
                        gone_b[i] = True
        last = j


@numba.njit(inline="always")
def _write(text, look, gone, count, out, out_marks, used):  # type: ignore[no-untyped-def]
    """Append the words that are not gone; returns how many words there are now."""
    for i in range(count):
        if not gone[i]:
            out[used], out_marks[used] = text[i], look[i]
            used += 1
    return used


@kernel(
    readonly(types.uint32), readonly(types.uint8), readonly(types.uint64), readonly(types.int64),
    readonly(types.float32), types.float64, readonly(types.int64, 2),
)  # fmt: skip
def _align(hashes, marks, letters, bounds, weights, rare, pairs):  # type: ignore[no-untyped-def]
    total, most = 0, 1
    for p in range(len(pairs)):
        for side in range(2):
            size = bounds[pairs[p, side] + 1] - bounds[pairs[p, side]]
            total += size
            most = max(most, size)
    out_bounds = np.zeros(2 * len(pairs) + 1, dtype=np.int64)
    out, out_marks = np.empty(total, dtype=np.uint32), np.empty(total, dtype=np.uint8)
    slots = 16
    while slots < 2 * most:
        slots *= 2
    table = np.empty(slots, dtype=np.int64)  # the last place of each of a's words
    before = np.empty(most, dtype=np.int64)  # the place before it
    partner, kind = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    path = np.empty((2 * most + 2, 3), dtype=np.int64)
    text_a, text_b = np.empty(most, dtype=np.uint32), np.empty(most, dtype=np.uint32)
    look_a, look_b = np.empty(most, dtype=np.uint8), np.empty(most, dtype=np.uint8)
    gone_a, gone_b = np.empty(most, dtype=np.bool_), np.empty(most, dtype=np.bool_)
    x, y, row = np.empty(LONGEST, np.uint8), np.empty(LONGEST, np.uint8), np.empty(LONGEST + 1, np.int64)
    plain = np.uint8(255 - NUMBER)
    for p in range(len(pairs)):
        a, b = bounds[pairs[p, 0]], bounds[pairs[p, 1]]
        n, m = bounds[pairs[p, 0] + 1] - a, bounds[pairs[p, 1] + 1] - b
        _partners(a, n, b, m, hashes, letters, weights, rare, table, before, partner, kind, path, x, y, row)
        text_a[:n], text_b[:m] = hashes[a : a + n], hashes[b : b + m]
        gone_a[:n], gone_b[:m] = False, False
        for i in range(n):
            look_a[i] = marks[a + i] if is_figure(letters[a + i]) else marks[a + i] & plain
        for j in range(m):
            look_b[j] = marks[b + j] if is_figure(letters[b + j]) else marks[b + j] & plain
        same, misprints = 0, 0
        for j in range(m):
            if partner[j] >= 0:
                same += kind[j] == SAME
                misprints += kind[j] == MISPRINT
        noisy = misprints > NOISE * (same + misprints)
        for j in range(m):
            i = partner[j]
            if i < 0 or kind[j] == SAME or (kind[j] == FIGURE and not noisy):
                continue
            better = a + i if weights[hashes[a + i] >> SHIFT] <= weights[hashes[b + j] >> SHIFT] else b + j
            text_a[i], text_b[j] = hashes[better], hashes[better]
            name = marks[better] & NAME
            look_a[i], look_b[j] = (look_a[i] & ~NAME) | name, (look_b[j] & ~NAME) | name
        if noisy:
            _bridge(a, b, m, hashes, letters, partner, text_a, text_b, gone_a, gone_b, x, y, row)
        used = out_bounds[2 * p]
        out_bounds[2 * p + 1] = _write(text_a, look_a, gone_a, n, out, out_marks, used)
        out_bounds[2 * p + 2] = _write(text_b, look_b, gone_b, m, out, out_marks, out_bounds[2 * p + 1])
    used = out_bounds[2 * len(pairs)]
    return out[:used].copy(), out_marks[:used].copy(), out_bounds


def align(text: Tokens, idf: F32, pairs: I64) -> tuple[Tokens, I64]:
    """The texts of each pair, read side by side.

    text: tokens of n articles, with their letters; idf: float32[2^20], of the collection; pairs:
    int64[p, 2].  Returns tokens of 2 p texts, those of pair i at 2 i and 2 i + 1, and their
    numbers, int64[p, 2].
    """
    hashes, marks, bounds = _align(
        text.hashes, text.marks, text.letters, text.bounds, idf, float(idf.max()) - RARE, pairs
    )
    return Tokens(hashes, marks, bounds), np.arange(2 * len(pairs), dtype=np.int64).reshape(-1, 2)
