"""Runs: sorted entries in chunks, written once, and merged into larger runs a block at a time.

The entries of texts that came one after another form a run; runs of one size merge into one of the next (a
log-structured merge tree, O'Neil et al., 1996), so that nothing is ever inserted at random.  A chunk is what is read
at once; a block of chunks is what is written at once, and has a filter of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numba
import numpy as np
from numba import types

from dedupe.compiled import I64, U64, Bool, kernel, readonly
from dedupe.index.entries import KINDS, NUMBERS, key_of, kind_of, numbers_of, values_of
from dedupe.index.filters import holds, line_of, make_filter
from dedupe.match.numbers import among, begins

CHUNK = 1000
"""Entries in a chunk: 8,000 bytes, so that one lies in a page of 8 KB."""
BLOCK = 64
"""Chunks in a block, at most."""
END = np.uint64(0xFFFFFFFFFFFFFFFF)
"""Above every entry; fills up the last chunk."""


@dataclass(frozen=True, slots=True)
class Block:
    """Chunks to be written: chunks, uint64[c, 1000], sorted, the last filled up with END; lows, uint64[c], each one's
    first entry; filter, uint64[w], of their values.
    """

    chunks: U64
    lows: U64
    filter: U64


@dataclass(frozen=True, slots=True)
class Run:
    """What a process keeps of a run in memory.

    lows: uint64[c], first entry of each chunk; kinds: int64[5], where those of each kind begin; block: int64[c], the
    block of each; filter: uint64[w], of all blocks; bounds: int64[b + 1], where each one's begins.
    """

    lows: U64
    kinds: I64
    block: I64
    filter: U64
    bounds: I64


def to_block(entries: U64) -> Block:
    """At most BLOCK * CHUNK sorted entries as a block."""
    chunks = np.full((-(-len(entries) // CHUNK), CHUNK), END, dtype=np.uint64)
    chunks.ravel()[: len(entries)] = entries
    values = values_of(entries)
    return Block(chunks, chunks[:, 0].copy(), make_filter(values[begins(values)] if len(values) else values))


def to_blocks(entries: U64) -> list[Block]:
    """Sorted entries as blocks."""
    size = BLOCK * CHUNK
    return [to_block(entries[start : start + size]) for start in range(0, len(entries), size)]


def run_of(lows: U64, filter: U64, chunks: Sequence[int], words: Sequence[int]) -> Run:
    """A run of the lows and the filter of all its blocks; chunks, words: how many of them are each block's."""
    block = np.repeat(np.arange(len(chunks), dtype=np.int64), np.array(chunks, dtype=np.int64))
    kinds = np.array([*np.searchsorted(lows, KINDS), len(lows)], dtype=np.int64)
    return Run(lows, kinds, block, filter, np.cumsum(np.array([0, *words], dtype=np.int64)))


def to_run(lows: Sequence[U64], filters: Sequence[U64]) -> Run:
    """A run of the lows and filters of its blocks, in order."""
    none = np.zeros(0, dtype=np.uint64)
    return run_of(
        np.concatenate([none, *lows]), np.concatenate([none, *filters]), [*map(len, lows)], [*map(len, filters)]
    )


@numba.njit(inline="always")
def _guess(value, kinds):  # type: ignore[no-untyped-def]
    """About the chunk of a value: keys are hashes, so they lie evenly."""
    kind = kind_of(value)
    first = kinds[kind]
    guess = first + np.int64((key_of(value) * np.uint64(kinds[kind + 1] - first)) >> np.uint64(32))
    return max(min(guess, kinds[4] - 1), 0)


@numba.njit(inline="always")
def _chunk(value, lows, guess):  # type: ignore[no-untyped-def]
    """The last chunk that begins at or before a value, the first if none does; searched from `guess` on."""
    low, high, step = guess, guess, 1
    while low > 0 and lows[low] > value:
        high, low = low, max(low - step, 0)
        step *= 2
    if high == guess:
        high += 1
        while high < len(lows) and lows[high] <= value:
            low, high = high, min(high + step, len(lows))
            step *= 2
    while high - low > 1:
        middle = (low + high) // 2
        if lows[middle] <= value:
            low = middle
        else:
            high = middle
    return low


@kernel(
    readonly(types.uint64), readonly(types.uint64), readonly(types.int64), readonly(types.int64),
    readonly(types.uint64), readonly(types.int64),
)  # fmt: skip
def _places(values, lows, kinds, block, words, bounds):  # type: ignore[no-untyped-def]
    """Values and the chunks in which they may stand, int64[p, 2]; values: sorted."""
    # What is read lies anywhere in large arrays.  Loops that only read, whatever they find, wait for many lines of
    # memory at a time; what decides comes after.
    n = len(values) if len(lows) else 0
    chunks, seen = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.uint64)
    for i in range(n):
        chunks[i] = _guess(values[i], kinds)
        seen[i] = lows[chunks[i]] ^ np.uint64(block[chunks[i]])
    for i in range(n):
        chunks[i] = _chunk(values[i], lows, chunks[i])
    for i in range(n):
        at = block[chunks[i]]
        seen[i] ^= words[bounds[at] + line_of(values[i], bounds[at + 1] - bounds[at])]
    capacity = n + 16
    out = np.empty((capacity, 2), dtype=np.int64)
    used = 0
    for i in range(n):
        value, last = values[i], values[i] | NUMBERS
        c, asked, there = chunks[i], -1, False
        while c < len(lows) and lows[c] <= last:
            if block[c] != asked:
                asked = block[c]
                there = holds(words, bounds[asked], bounds[asked + 1], value)
            if there:
                if used == capacity:
                    capacity *= 2
                    more = np.empty((capacity, 2), dtype=np.int64)
                    more[:used] = out[:used]
                    out = more
                out[used, 0], out[used, 1] = i, c
                used += 1
            c += 1
    return out[:used].copy()


@kernel(readonly(types.uint64, 2), readonly(types.uint64), readonly(types.int64, 2), types.int64)
def _read(chunks, values, places, limit):  # type: ignore[no-untyped-def]
    """Entries of the values; places: int64[p, 2], value and row of `chunks`, in order of both; the last `limit`."""
    capacity = len(places) * 2 + 16
    out = np.empty(capacity, dtype=np.uint64)
    used, p = 0, 0
    while p < len(places):
        value = values[places[p, 0]]
        first, i = used, places[p, 0]
        while p < len(places) and places[p, 0] == i:
            chunk = chunks[places[p, 1]]
            low, high = 0, len(chunk)
            while low < high:
                middle = (low + high) // 2
                if chunk[middle] < value:
                    low = middle + 1
                else:
                    high = middle
            while low < len(chunk) and chunk[low] <= value | NUMBERS and chunk[low] != END:
                if used == capacity:
                    capacity *= 2
                    more = np.empty(capacity, dtype=np.uint64)
                    more[:used] = out[:used]
                    out = more
                out[used] = chunk[low]
                used += 1
                low += 1
            p += 1
        if used - first > limit:
            out[first : first + limit] = out[used - limit : used].copy()
            used = first + limit
    return out[:used].copy()


def find_in_run(values: U64, run: Run, read: Callable[[I64], U64], limit: int) -> U64:
    """Entries of these values in a run, sorted; of each value the `limit` with the highest numbers.

    values: uint64[k], sorted, distinct; read: chunks by number (sorted), uint64[c, 1000].
    """
    places = _places(values, run.lows, run.kinds, run.block, run.filter, run.bounds)
    if not len(places):
        return np.zeros(0, dtype=np.uint64)
    asked = np.unique(places[:, 1])
    places[:, 1] = np.searchsorted(asked, places[:, 1])
    found: U64 = _read(read(asked), values, places, limit)
    return found


@kernel(readonly(types.uint64), readonly(types.uint64), types.int64)
def find_in_entries(entries, values, limit):  # type: ignore[no-untyped-def]
    """The same in an array of sorted entries."""
    out = np.empty(len(values) * 2 + 16, dtype=np.uint64)
    used, place = 0, 0
    for i in range(len(values)):
        low, high = place, len(entries)
        while low < high:
            middle = (low + high) // 2
            if entries[middle] < values[i]:
                low = middle + 1
            else:
                high = middle
        place = low
        end = low
        while end < len(entries) and entries[end] <= values[i] | NUMBERS:
            end += 1
        first = max(low, end - limit)
        if used + end - first > len(out):
            more = np.empty(2 * (used + end - first), dtype=np.uint64)
            more[:used] = out[:used]
            out = more
        out[used : used + end - first] = entries[first:end]
        used += end - first
    return out[:used].copy()


@dataclass(frozen=True, slots=True)
class Slice:
    """The next block of a merge, and where the one after it begins; None at the end."""

    block: Block | None
    next: int | None


def merge_slice(runs: Sequence[Run], start: int, dead: I64, read: Callable[[int, int, int], U64]) -> Slice:
    """Merge the next block of several runs.

    start: the least entry that has not been merged; dead: sorted numbers of texts that are gone, left out; read:
    chunks first to last of a run (by its place), uint64[c, 1000].
    """
    share = max(2, -(-BLOCK // len(runs)))
    parts, stop = [], int(END)
    for place, run in enumerate(runs):
        first = max(int(np.searchsorted(run.lows, np.uint64(start), "right")) - 1, 0)
        last = min(first + share, len(run.lows))
        if first == last:
            continue
        parts.append(read(place, first, last).ravel())
        if last < len(run.lows):
            stop = min(stop, int(run.lows[last]))
    entries = np.sort(np.concatenate([np.zeros(0, np.uint64), *parts]))
    entries = entries[np.searchsorted(entries, np.uint64(start)) : np.searchsorted(entries, np.uint64(stop))]
    more = stop != int(END)
    if len(dead):
        gone: Bool = among(numbers_of(entries).astype(np.uint64), dead.astype(np.uint64))
        entries = entries[~gone]
    whole = min(len(entries), BLOCK * CHUNK)
    if len(entries) > whole:
        following: int | None = int(entries[whole])
    elif more and len(entries) % CHUNK and len(entries) > CHUNK:
        whole = len(entries) // CHUNK * CHUNK
        following = int(entries[whole])
    else:
        following = stop if more else None
    return Slice(to_block(entries[:whole]) if whole else None, following)
