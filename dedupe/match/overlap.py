"""The exact overlap of two articles: what they share, and where it stands in each.

Every candidate pair goes through here, so no reported figure rests on a sketch.
The shingles of one article are put in a hash table, and those of the other are
looked up in it: a few microseconds a pair.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numba
import numpy as np
from numba import types

from dedupe.compiled import F64, I64, U8, U32, U64, kernel, readonly
from dedupe.text.tokens import QUOTED

EDGE = 30
"""Tokens that count as the lead, and as the tail, of an article."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """What pairs (a, b) share; each field float64[p].

    shingles_a, shingles_b, shared: distinct shingles of each side, and of both
    words_a, words_b: tokens of each text
    covered_a, covered_b: tokens that stand in shared shingles
    blocks_a, blocks_b: runs that the covered tokens form
    lead_a, lead_b: covered share of the first 30 tokens
    tail_a, tail_b: covered share of the last 30 tokens
    first_a, first_b: tokens before the first shared one
    quoted_a, quoted_b: covered tokens that stand inside quotation marks
    after_a, after_b: tokens after the last shared one
    """

    shingles_a: F64
    shingles_b: F64
    shared: F64
    words_a: F64
    words_b: F64
    covered_a: F64
    covered_b: F64
    blocks_a: F64
    blocks_b: F64
    lead_a: F64
    lead_b: F64
    tail_a: F64
    tail_b: F64
    first_a: F64
    first_b: F64
    quoted_a: F64
    quoted_b: F64
    after_a: F64
    after_b: F64

    @property
    def jaccard(self) -> F64:
        """Shared shingles over all shingles of the two."""
        union = self.shingles_a + self.shingles_b - self.shared
        return np.divide(self.shared, union, out=np.zeros_like(union), where=union > 0)

    @property
    def containment(self) -> F64:
        """Shared shingles over those of the side that has fewer."""
        least = np.minimum(self.shingles_a, self.shingles_b)
        return np.divide(self.shared, least, out=np.zeros_like(least), where=least > 0)


_FIELDS = len(fields(Overlap))
_MIN_TABLE = 16


@numba.njit(inline="always")
def _find(table, filled, mask, value):  # type: ignore[no-untyped-def]
    """Slot of a value in an open-addressing table: its own, or the empty one where it belongs."""
    slot = np.int64(value & np.uint64(mask))
    while filled[slot] and table[slot] != value:
        slot = (slot + 1) & mask
    return slot


@numba.njit(inline="never", nogil=True)
def _distinct(units, slots):  # type: ignore[no-untyped-def]
    """Number of distinct values; slots: int64 scratch of a power of two at least twice as long."""
    mask = np.int64(len(slots) - 1)
    slots[:] = -1
    count = 0
    for i in range(len(units)):
        slot = np.int64(units[i] & np.uint64(mask))
        while slots[slot] >= 0 and units[slots[slot]] != units[i]:
            slot = (slot + 1) & mask
        if slots[slot] < 0:
            slots[slot] = i
            count += 1
    return count


@numba.njit(inline="never", nogil=True)
def _where(hit, size, marks, row, out):  # type: ignore[no-untyped-def]
    """Where the hits stand in one text; fills out[row: row + 14: 2] (one side's half).

    hit: bool[units]; size: tokens in a unit; marks: uint8[tokens]; out: float64[fields].
    """
    n = len(marks)
    covered, blocks, lead, tail, quoted = 0, 0, 0, 0, 0
    first, until = -1, 0
    for token in range(n):
        if token < len(hit) and hit[token]:
            if token >= until:
                if first < 0:
                    first = token
                if token > until or blocks == 0:
                    blocks += 1
            until = token + size
        if token < until:
            covered += 1
            if token < EDGE:
                lead += 1
            if token >= n - EDGE:
                tail += 1
            if marks[token] & QUOTED:
                quoted += 1
    edge = max(min(n, EDGE), 1)
    out[row] = covered
    out[row + 2] = blocks
    out[row + 4] = lead / edge
    out[row + 6] = tail / edge
    out[row + 8] = first if first >= 0 else n
    out[row + 10] = quoted
    out[row + 12] = max(n - until, 0) if first >= 0 else n


@kernel(
    readonly(types.uint32), readonly(types.uint8), readonly(types.int64), readonly(types.uint64),
    readonly(types.int64), readonly(types.int64, 2), types.int64,
)  # fmt: skip
def _overlap(hashes, marks, bounds, shingles, shingle_bounds, pairs, size):  # type: ignore[no-untyped-def]
    n_pairs = len(pairs)
    out = np.zeros((n_pairs, _FIELDS), dtype=np.float64)
    table = np.empty(_MIN_TABLE, dtype=np.uint64)
    filled = np.zeros(_MIN_TABLE, dtype=np.bool_)
    stamp = np.empty(_MIN_TABLE, dtype=np.int64)  # the last pair that hit the slot
    seen = np.empty(_MIN_TABLE, dtype=np.int64)  # table in which the distinct shingles of b are counted
    slot_of = np.empty(_MIN_TABLE, dtype=np.int64)
    hit_a = np.empty(_MIN_TABLE, dtype=np.bool_)
    hit_b = np.empty(_MIN_TABLE, dtype=np.bool_)
    counted = np.full(len(bounds) - 1, -1, dtype=np.int64)  # distinct shingles of each text, once known
    mask = np.int64(0)
    built, built_short, distinct_a = -1, False, 0
    for p in range(n_pairs):
        a, b = pairs[p, 0], pairs[p, 1]
        tokens_a, tokens_b = bounds[a + 1] - bounds[a], bounds[b + 1] - bounds[b]
        short = tokens_a < size or tokens_b < size
        if short:  # compare by tokens
            units_a = hashes[bounds[a] : bounds[a + 1]].astype(np.uint64)
            units_b = hashes[bounds[b] : bounds[b + 1]].astype(np.uint64)
        else:
            units_a = shingles[shingle_bounds[a] : shingle_bounds[a + 1]]
            units_b = shingles[shingle_bounds[b] : shingle_bounds[b + 1]]
        unit = 1 if short else size
        if built != a or built_short != short:
            slots = _MIN_TABLE
            while slots < 2 * len(units_a):
                slots *= 2
            if slots > len(table):
                table = np.empty(slots, dtype=np.uint64)
                filled = np.empty(slots, dtype=np.bool_)
                stamp = np.empty(slots, dtype=np.int64)
            if len(units_a) > len(slot_of):
                slot_of = np.empty(2 * len(units_a), dtype=np.int64)
                hit_a = np.empty(2 * len(units_a), dtype=np.bool_)
            mask = np.int64(slots - 1)
            filled[:slots] = False
            distinct_a = 0
            for i in range(len(units_a)):
                slot = _find(table, filled, mask, units_a[i])
                if not filled[slot]:
                    filled[slot], table[slot], stamp[slot] = True, units_a[i], -1
                    distinct_a += 1
                slot_of[i] = slot
            built, built_short = a, short
            if not short:
                counted[a] = distinct_a
        if len(units_b) > len(hit_b):
            hit_b = np.empty(2 * len(units_b), dtype=np.bool_)
        shared = 0
        for i in range(len(units_b)):
            slot = _find(table, filled, mask, units_b[i])
            hit_b[i] = filled[slot]
            if filled[slot] and stamp[slot] != p:
                stamp[slot] = p
                shared += 1
        for i in range(len(units_a)):
            hit_a[i] = stamp[slot_of[i]] == p
        row = out[p]
        row[0], row[2], row[3], row[4] = distinct_a, shared, tokens_a, tokens_b
        _where(hit_a[: len(units_a)], unit, marks[bounds[a] : bounds[a + 1]], 5, row)
        _where(hit_b[: len(units_b)], unit, marks[bounds[b] : bounds[b + 1]], 6, row)
        if short or counted[b] < 0:
            slots = _MIN_TABLE
            while slots < 2 * len(units_b):
                slots *= 2
            if slots > len(seen):
                seen = np.empty(slots, dtype=np.int64)
            row[1] = _distinct(units_b, seen[:slots])
            if not short:
                counted[b] = np.int64(row[1])
        else:
            row[1] = counted[b]
    return out


def overlap(hashes: U32, marks: U8, bounds: I64, shingles: U64, shingle_bounds: I64, pairs: I64, size: int) -> Overlap:
    """Overlap of each pair of texts.

    hashes uint32[t], marks uint8[t], bounds int64[n + 1]: tokens; shingles uint64[s] and
    shingle_bounds int64[n + 1]: their shingles of `size` tokens; pairs int64[p, 2], best
    sorted by the first, whose table is then built once.  Where a side is shorter than one
    shingle, both are compared by tokens.
    """
    columns = _overlap(hashes, marks, bounds, shingles, shingle_bounds, pairs, size)
    return Overlap(*np.ascontiguousarray(columns.T))
