"""Exact truth of a generated load, and how groups stand against it."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.peers.common import shingles

I64 = NDArray[np.int64]


@numba.njit(cache=True)
def _pairs_within(order: Any, starts: Any) -> Any:
    total = 0
    for turn in range(2):
        if turn == 1:
            out = np.empty((total, 2), dtype=np.int64)
            total = 0
        for g in range(len(starts) - 1):
            for i in range(starts[g], starts[g + 1]):
                for j in range(i + 1, starts[g + 1]):
                    if turn == 1:
                        out[total, 0], out[total, 1] = order[i], order[j]
                    total += 1
    return out


def family_pairs(story: pa.ChunkedArray) -> I64:
    """Every pair of articles of one family, int64[p, 2]."""
    codes = story.combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    order = np.argsort(codes, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(codes))])
    pairs: I64 = _pairs_within(order, starts)
    return pairs


def jaccard(texts: pa.ChunkedArray, pairs: I64) -> NDArray[np.float64]:
    """Exact Jaccard of word 5-gram sets, by Python's own sets: slow, and independent of what is measured."""
    rows = np.unique(pairs)
    picked = texts.take(pa.array(rows)).to_pylist()
    sets = {int(row): frozenset(shingles(text)) for row, text in zip(rows, picked, strict=True)}
    found = np.empty(len(pairs))
    for p, (a, b) in enumerate(pairs.tolist()):
        both = len(sets[a] & sets[b])
        found[p] = both / max(len(sets[a]) + len(sets[b]) - both, 1)
    return found


def recall(groups: I64, pairs: I64) -> float:
    """Share of the pairs whose two articles are in one group."""
    return float((groups[pairs[:, 0]] == groups[pairs[:, 1]]).mean()) if len(pairs) else 1.0


def precision(groups: I64, story: pa.ChunkedArray) -> float:
    """Share of the pairs in one group whose two articles are of one family."""
    codes = story.combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    sizes = np.bincount(groups).astype(np.float64)
    together = (sizes * (sizes - 1) / 2).sum()
    both = np.unique(groups * (int(codes.max()) + 1) + codes, return_counts=True)[1].astype(np.float64)
    return float((both * (both - 1) / 2).sum() / together) if together else 1.0
