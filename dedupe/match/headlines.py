"""Headlines to repeats: exact after normalisation, and near by character n-grams."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import types

from dedupe.compiled import F64, I64, U64, kernel, readonly
from dedupe.match.buckets import Candidates, expand, pack, pair_keys, unpack
from dedupe.match.lsh import band_values, lsh_candidates
from dedupe.settings import Settings
from dedupe.text.headlines import grams, normalise_headlines
from dedupe.text.minhash import permutations, sign
from dedupe.text.tokens import buffers


@dataclass(frozen=True, slots=True)
class Headlines:
    """The headlines of n articles.

    code: int64[n], number of each article's normalised headline, -1 for none; grams, bounds:
    uint64[g], int64[h + 1], the distinct character n-grams of each headline, sorted.
    """

    code: I64
    grams: U64
    bounds: I64

    @property
    def count(self) -> int:
        """How many different headlines there are."""
        return len(self.bounds) - 1


@kernel(readonly(types.uint64), readonly(types.int64), readonly(types.int64, 2))
def gram_jaccard(values, bounds, pairs):  # type: ignore[no-untyped-def]
    """Jaccard of the sorted sets of each pair, float64[p]; NaN where a number is negative."""
    out = np.empty(len(pairs), dtype=np.float64)
    for p in range(len(pairs)):
        a, b = pairs[p, 0], pairs[p, 1]
        if a < 0 or b < 0:
            out[p] = np.nan
            continue
        if a == b:
            out[p] = 1.0
            continue
        i, j, both = bounds[a], bounds[b], 0
        while i < bounds[a + 1] and j < bounds[b + 1]:
            if values[i] == values[j]:
                both += 1
                i += 1
                j += 1
            elif values[i] < values[j]:
                i += 1
            else:
                j += 1
        either = bounds[a + 1] - bounds[a] + bounds[b + 1] - bounds[b] - both
        out[p] = both / either if either > 0 else 0.0
    return out


def read_headlines(headlines: pa.ChunkedArray, outlets: pa.Array, settings: Settings) -> Headlines:
    """Number the normalised headlines of articles, in order of first appearance.

    headlines: large_string[n], null for none; outlets: names of the collection's outlets.
    """
    raw = headlines.combine_chunks().dictionary_encode()
    if isinstance(raw, pa.ChunkedArray):  # no chunk at all
        raw = pa.array([], pa.large_string()).dictionary_encode()
    plain = normalise_headlines(raw.dictionary, outlets).dictionary_encode()
    codes = plain.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    given = pc.fill_null(raw.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    code = np.where(given >= 0, codes[given] if len(codes) else -1, -1).astype(np.int64)
    values, bounds = grams(*buffers(plain.dictionary.cast(pa.large_string())), settings.headline_gram)
    return Headlines(code, values, bounds)


def similarity(headlines: Headlines, pairs: I64) -> F64:
    """Likeness of the headlines of each pair of articles: Jaccard of their n-grams; NaN where one has none."""
    likeness: F64 = gram_jaccard(headlines.grams, headlines.bounds, headlines.code[pairs])
    return likeness


def near_headlines(headlines: Headlines, settings: Settings, pool: Executor) -> I64:
    """Pairs of different normalised headlines that are alike enough to repeat each other, int64[p, 2]."""
    a, b = permutations(settings.headline_perm, settings.seed)
    values = band_values(sign(headlines.grams, headlines.bounds, a, b), settings.headline_threshold)
    numbers = np.arange(headlines.count, dtype=np.int64)
    found = lsh_candidates(values, numbers, settings.headline_cap, pool)
    pairs = unpack(found.keys)
    alike = gram_jaccard(headlines.grams, headlines.bounds, pairs) >= settings.headline_threshold
    return np.ascontiguousarray(pairs[alike])


@kernel(readonly(types.int64, 2), readonly(types.int64), readonly(types.int64), types.int64)
def _across(near, starts, members, cap):  # type: ignore[no-untyped-def]
    """Pairs of articles under near headlines: all of them up to `cap`, else each member with one of the others."""
    total = 0
    for turn in range(2):
        if turn == 1:
            out = np.empty((total, 2), dtype=np.int64)
            total = 0
        for p in range(len(near)):
            a, b = near[p, 0], near[p, 1]
            size_a, size_b = starts[a + 1] - starts[a], starts[b + 1] - starts[b]
            every = size_a * size_b <= cap
            if turn == 0:
                total += size_a * size_b if every else max(size_a, size_b)
                continue
            for i in range(size_a * size_b if every else max(size_a, size_b)):
                x, y = (i // size_b, i % size_b) if every else (i % size_a, i % size_b)
                out[total, 0], out[total, 1] = members[starts[a] + x], members[starts[b] + y]
                total += 1
    return out


def headline_candidates(code: I64, articles: I64, near: I64, count: int, cap: int) -> Candidates:
    """Pairs of articles whose headlines repeat.

    code: int64[n], headline of each of the articles int64[n], -1 for none; near: pairs of near
    headlines; count: how many headlines there are; cap: articles up to which one headline
    gives all its pairs.
    """
    has = np.flatnonzero(code >= 0)
    same = expand(pack(code[has].astype(np.uint32), articles[has]), cap, neighbours=1)
    order = has[np.argsort(code[has], kind="stable")]
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.bincount(code[has], minlength=count))])
    across = _across(near, starts, articles[order], cap * cap)
    keys = np.unique(np.concatenate([same.keys, pair_keys(across[:, 0], across[:, 1])]))
    return Candidates(keys, same.capped, same.largest)
