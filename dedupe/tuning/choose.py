"""Points of a sweep against labels, in folds, and the one to keep.

Articles that the labels tie together stand in one fold, so that nothing is chosen on an article
that it is then tried on.  A setting is kept only when it did better than the base on articles
that had no part in choosing it, and in no fold clearly worse.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

from dedupe.compiled import F64, I64
from dedupe.errors import TruthError
from dedupe.evaluation.scores import Pairwise
from dedupe.evaluation.truth import SAME, UNKNOWN, Truth, story_pairs
from dedupe.match.buckets import pair_keys
from dedupe.settings import Settings
from dedupe.tuning.sweep import Point

TIE = 0.002
"""F1 within which two points are as good as each other, and the one nearer to the base is taken."""
FOUND = 0.5
"""Containment from which a pair should be found, where the truth has figures but does not say what is the same."""


def folds_of(truth: Truth, folds: int) -> I64:
    """Fold of each article, int64[n]; -1 where no label speaks of it.

    Articles tied by pairs or by a story stand together; groups go to the folds from the largest
    down, each into the one that has least.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    n = len(truth.story)
    a, b = truth.a, truth.b
    rows = np.flatnonzero(truth.story >= 0)
    rows = rows[np.argsort(truth.story[rows], kind="stable")]
    tied = truth.story[rows[1:]] == truth.story[rows[:-1]]
    a, b = np.concatenate([a, rows[:-1][tied]]), np.concatenate([b, rows[1:][tied]])
    _, group = connected_components(coo_matrix((np.ones(len(a)), (a, b)), shape=(n, n)), directed=False)
    spoken = np.unique(np.concatenate([truth.a, truth.b, rows]))
    size = np.bincount(group[spoken], minlength=int(group.max()) + 1)
    weight = np.zeros(folds, dtype=np.int64)
    fold_of_group = np.full(len(size), -1, dtype=np.int64)
    for g in np.argsort(-size, kind="stable"):
        if size[g]:
            fold_of_group[g] = int(np.argmin(weight))
            weight[fold_of_group[g]] += size[g]
    if (weight == 0).any():
        raise TruthError(
            f"the truth ties its articles into {int((size > 0).sum()):,} groups, too few for {folds} folds; "
            "give fewer --folds or more labels"
        )
    fold = np.full(n, -1, dtype=np.int64)
    fold[spoken] = fold_of_group[group[spoken]]
    return fold


def count(point: Point, truth: Truth, fold: I64, folds: int) -> I64:
    """Right, wrong and missed pairs of each fold, int64[folds, 3]."""
    counts = np.zeros((folds, 3), dtype=np.int64)
    if (truth.story >= 0).any():
        joined = story_pairs(np.where(truth.story >= 0, point.story, -1))
        same = truth.story[joined[:, 0]] == truth.story[joined[:, 1]]
        of = fold[joined[:, 0]]  # a wrong pair may reach into another fold: it counts where its first article stands
        counts[:, 0] = np.bincount(of[same], minlength=folds)
        counts[:, 1] = np.bincount(of[~same], minlength=folds)
        counts[:, 2] = np.bincount(fold[story_pairs(truth.story)[:, 0]], minlength=folds) - counts[:, 0]
        return counts
    if truth.labelled:
        known = truth.same != UNKNOWN
        same, got = truth.same[known] == SAME, (point.story[truth.a] == point.story[truth.b])[known]
    else:  # only figures are known: what shares enough should be found
        known = truth.containment >= FOUND
        one, other = point.first[truth.a], point.first[truth.b]
        found = np.isin(pair_keys(np.minimum(one, other), np.maximum(one, other)), point.keys) | (one == other)
        same, got = np.ones(int(known.sum()), dtype=np.bool_), found[known]
    of = fold[truth.a[known]]
    for place, mask in enumerate((same & got, ~same & got, same & ~got)):
        counts[:, place] = np.bincount(of[mask], minlength=folds)
    return counts


@dataclass(slots=True)
class Trial:
    """Points with their counts; the first is the base."""

    points: list[Settings] = field(default_factory=list)
    candidates: list[int] = field(default_factory=list)
    counts: list[I64] = field(default_factory=list)

    def add(self, point: Point, counts: I64) -> None:
        """Keep what a point came to."""
        self.points.append(point.settings)
        self.candidates.append(point.candidates)
        self.counts.append(counts)

    def f1(self, keep: I64) -> F64:
        """F1 of each point over these folds."""
        summed = np.array([counts[keep].sum(axis=0) for counts in self.counts])
        return np.array([Pairwise(*map(int, row)).f1 for row in summed])

    def total(self, place: int) -> Pairwise:
        """A point's counts over all folds."""
        return Pairwise(*map(int, self.counts[place].sum(axis=0)))

    def best(self, keep: I64) -> int:
        """The point that does best on these folds; among equals the nearest to the base, then the cheapest."""
        f1 = self.f1(keep)
        good = np.flatnonzero(f1 >= f1.max() - TIE)
        return int(
            min(good, key=lambda place: (distance(self.points[place], self.points[0]), self.candidates[place], place))
        )


def distance(one: Settings, other: Settings) -> float:
    """How far two choices lie apart: the number of settings that differ, and then by how much."""
    off = 0.0
    for f in fields(Settings):
        a, b = getattr(one, f.name), getattr(other, f.name)
        if a != b:
            off += 1.0 + 0.5 * abs(a - b) / (f.metadata["high"] - f.metadata["low"])
    return off


@dataclass(frozen=True, slots=True)
class Choice:
    """What tuning came to.

    settings: those to use; base: those it began with; kept: the base stays; f1, base_f1: on articles
    that had no part in the choice, by cross-validation; whole, base_whole: counts on all labels;
    trial: every point.
    """

    settings: Settings
    base: Settings
    kept: bool
    f1: float
    base_f1: float
    whole: Pairwise
    base_whole: Pairwise
    trial: Trial


def choose(trial: Trial, folds: int) -> Choice:
    """The best point, when it holds on articles that it was not chosen on; else the base."""
    every = np.arange(folds)
    held = np.array([
        trial.counts[trial.best(np.delete(every, f))][f] for f in range(folds)
    ])  # fmt: skip
    base = trial.counts[0]
    ours, theirs = (Pairwise(*map(int, counts.sum(axis=0))).f1 for counts in (held, base))
    by_fold = [Pairwise(*map(int, held[f])).f1 - Pairwise(*map(int, base[f])).f1 for f in range(folds)]
    best = trial.best(every)
    chosen = trial.counts[best]
    worse = [Pairwise(*map(int, chosen[f])).f1 < Pairwise(*map(int, base[f])).f1 - TIE for f in range(folds)]
    kept = (
        best == 0
        or ours <= theirs + TIE
        or sum(gain < -TIE for gain in by_fold) > folds // 5
        or sum(worse) > folds // 5
    )
    place = 0 if kept else best
    return Choice(trial.points[place], trial.points[0], kept, ours, theirs, trial.total(place), trial.total(0), trial)
