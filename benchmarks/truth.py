"""Exact truth, and how groups, flags and pairs stand against it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.corpora import Corpus
from benchmarks.peers.common import shingles
from dedupe.evaluation.scores import b_cubed, contingency
from dedupe.evaluation.truth import SAME, UNKNOWN, story_pairs

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
NAN = float("nan")
HIGH = 0.8
SAMPLE = 40_000
"""Pairs of families, at most, whose exact Jaccard is computed, drawn at random: Python's own sets are slow."""


@dataclass(frozen=True, slots=True)
class Judge:
    """What is known of a collection.

    pairs: int64[p, 2] that are copies (or, where only figures are known, share something); high, half:
    bool[p], those with a Jaccard of 0.8 or more, and with a containment of a half or more; family: int64[n],
    the story of each article, where stories are known; else known: int64[q, 2], every pair that the truth
    speaks of, and same: bool[q], whether it is one.
    """

    pairs: I64
    high: NDArray[np.bool_]
    half: NDArray[np.bool_]
    family: I64 | None
    known: I64
    same: NDArray[np.bool_]


def jaccard(texts: pa.ChunkedArray, pairs: I64) -> tuple[F64, F64]:
    """Exact Jaccard and containment of word 5-gram sets, by Python's own sets: independent of what is measured."""
    rows = np.unique(pairs)
    picked = texts.take(pa.array(rows)).to_pylist()
    sets = {int(row): frozenset(shingles(text)) for row, text in zip(rows, picked, strict=True)}
    resemblance, containment = np.empty(len(pairs)), np.empty(len(pairs))
    for p, (a, b) in enumerate(pairs.tolist()):
        both = len(sets[a] & sets[b])
        resemblance[p] = both / max(len(sets[a]) + len(sets[b]) - both, 1)
        containment[p] = both / max(min(len(sets[a]), len(sets[b])), 1)
    return resemblance, containment


def judge(corpus: Corpus) -> Judge:
    """The truth of a collection, with exact figures for its pairs."""
    truth = corpus.truth
    if corpus.family is not None:
        pairs = story_pairs(corpus.family)
        if len(pairs) > SAMPLE:
            pairs = pairs[np.sort(np.random.default_rng(1).choice(len(pairs), SAMPLE, replace=False))]
        resemblance, containment = jaccard(corpus.articles["text"], pairs)
        every = np.zeros((0, 2), dtype=np.int64)
        return Judge(pairs, resemblance >= HIGH, containment >= 0.5, corpus.family, every, np.zeros(0, dtype=np.bool_))
    assert truth is not None
    every = np.stack([truth.a, truth.b], axis=1)
    if (truth.same != UNKNOWN).any():
        told = truth.same != UNKNOWN
        known, same = every[told], truth.same[told] == SAME
        resemblance, containment = jaccard(corpus.articles["text"], known[same])
        return Judge(known[same], resemblance >= HIGH, containment >= 0.5, None, known, same)
    real = np.ones(len(every), dtype=np.bool_)
    return Judge(every, truth.jaccard >= HIGH, truth.containment >= 0.5, None, every, real)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an answer stands: recall of the pairs with Jaccard >= 0.8, of those with containment >= 0.5, of all
    (for a truth of figures, all that share three tenths); precision; and of stories B-cubed F1 and ARI (NaN where unknown).
    """

    recall_high: float
    recall_half: float
    recall_all: float
    precision: float
    b_cubed: float
    ari: float


def _share(hit: NDArray[np.bool_]) -> float:
    return float(hit.mean()) if len(hit) else NAN


def _standing(hit: NDArray[np.bool_], truth: Judge, precision: float, b3: float = NAN, ari: float = NAN) -> Standing:
    """The three recalls of the pairs that were hit, with the rest."""
    return Standing(_share(hit[truth.high]), _share(hit[truth.half]), _share(hit), precision, b3, ari)


def _keys(pairs: I64) -> NDArray[np.uint64]:
    low, high = pairs.min(axis=1).astype(np.uint64), pairs.max(axis=1).astype(np.uint64)
    keys: NDArray[np.uint64] = low << np.uint64(32) | high
    return keys


def of_groups(groups: I64, truth: Judge) -> Standing:
    """How groups stand: two articles are together when they are in one."""
    from sklearn.metrics import adjusted_rand_score

    hit = groups[truth.pairs[:, 0]] == groups[truth.pairs[:, 1]]
    b3 = ari = NAN
    if truth.family is not None:
        cells = contingency(truth.family, groups)
        together = float((cells.found * (cells.found - 1.0)).sum())
        precision = float((cells.both * (cells.both - 1.0)).sum()) / together if together else 1.0
        b3, ari = b_cubed(truth.family, groups)[2], float(adjusted_rand_score(truth.family, groups))
    else:
        made = story_pairs(groups)
        if truth.same.all():  # every pair that shares enough is in the truth: others are wrong
            precision = _share(np.isin(_keys(made), _keys(truth.known))) if len(made) else 1.0
        else:
            joined = groups[truth.known[:, 0]] == groups[truth.known[:, 1]]
            precision = _share(truth.same[joined]) if joined.any() else 1.0
    return _standing(hit, truth, precision, b3, ari)


def of_pairs(found: I64, truth: Judge) -> Standing:
    """How reported pairs stand, int64[q, 2]."""
    keys = _keys(found)
    hit = np.isin(_keys(truth.pairs), keys)
    if truth.family is not None:
        precision = _share(truth.family[found[:, 0]] == truth.family[found[:, 1]])
    elif truth.same.all():
        precision = _share(np.isin(keys, _keys(truth.known)))
    else:
        precision = NAN
    return _standing(hit, truth, precision)


def of_flags(flags: NDArray[np.bool_], truth: Judge) -> Standing:
    """How flags stand: a pair counts as found when its later article is said to repeat something."""
    hit = flags[truth.pairs.max(axis=1)]
    precision = NAN
    if truth.family is not None:
        first = np.full(int(truth.family.max()) + 1, len(flags), dtype=np.int64)
        np.minimum.at(first, truth.family, np.arange(len(flags)))
        precision = _share((first[truth.family] < np.arange(len(flags)))[flags]) if flags.any() else 1.0
    return _standing(hit, truth, precision)
