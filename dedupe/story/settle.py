"""Pairs to the original of each article, exact groups and all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dedupe.compiled import F64, I64, U64, Bool
from dedupe.match.buckets import pair_keys
from dedupe.match.pairs import Pairs
from dedupe.match.relation import ABRIDGED, EXACT, REVISION
from dedupe.story.join import Joins, join_stories

MOSTLY = 0.5
"""Share of a host from which it is mostly what it contains: two such hosts of one article are its copies."""


class Judged(Protocol):
    """What settling looks at of pairs: `match.pairs.Pairs` tells more."""

    @property
    def a(self) -> I64:
        """The one that comes first, int64[p]."""

    @property
    def b(self) -> I64:
        """The other, int64[p]."""

    @property
    def relation(self) -> NDArray[np.int8]:
        """Index into RELATIONS, int8[p]."""

    @property
    def score(self) -> F64:
        """From 0 to 1, float64[p]."""

    @property
    def a_contained(self) -> Bool:
        """Whether a stands in b, bool[p]."""

    @property
    def host_share(self) -> F64:
        """Share of the longer's words that stand in shared shingles, float64[p]."""


def joining(pairs: Judged, first: I64) -> Joins:
    """The joining pairs between first members of exact groups.  first: int64[n]."""
    rows = np.flatnonzero((pairs.relation <= REVISION) & (first[pairs.a] == pairs.a) & (first[pairs.b] == pairs.b))
    even = (pairs.relation[rows] != ABRIDGED) | (pairs.host_share[rows] >= MOSTLY)
    return Joins(pairs.a[rows], pairs.b[rows], even, pairs.a_contained[rows], pairs.score[rows])


def best_of_group(first: I64, rank: I64) -> I64:
    """For each first member, the one of its exact group that comes first in the order of originals."""
    best = np.arange(len(first), dtype=np.int64)
    order = np.argsort(-rank, kind="stable")
    best[first[order]] = order  # the last written, and so the first in rank, stays
    return best


def settle(pairs: Judged, first: I64, rank: I64, confirm: Callable[[U64], Pairs]) -> tuple[I64, list[Pairs]]:
    """The original of each article, int64[n], and the pairs that had to be confirmed on the way.

    first: int64[n], the first article with the same text; rank: int64[n], the order of
    originals; confirm: what pairs (keys uint64[p]) that no index brought together are.
    """
    best = best_of_group(first, rank)
    refused = pair_keys(pairs.a, pairs.b)[pairs.relation > REVISION]
    more: list[Pairs] = []

    def related(asked: I64) -> Bool:
        keys = pair_keys(asked[:, 0], asked[:, 1])
        unknown = keys[~np.isin(keys, refused)]
        if not len(unknown):
            return np.zeros(len(keys), dtype=np.bool_)
        found = confirm(unknown)
        more.append(found)
        joins = found.relation <= REVISION
        return np.isin(keys, pair_keys(found.a[joins], found.b[joins]))

    tied = join_stories(len(first), joining(pairs, first), rank[best], related)
    return best[tied[first]], more


def to_original(pairs: Pairs, original: I64, first: I64) -> tuple[I64, F64, Bool]:
    """Relation and score of each article to its original, and whether it is contained in it.

    The relation is an index into RELATIONS, -1 for none.

    pairs: sorted by a and b; original, first: int64[n].
    """
    n = len(original)
    relation, score = np.full(n, -1, dtype=np.int64), np.full(n, np.nan)
    contained = np.zeros(n, dtype=np.bool_)
    members = np.flatnonzero(original != np.arange(n))
    alike = first[members] == first[original[members]]
    relation[members[alike]], score[members[alike]] = EXACT, 1.0
    rest = members[~alike]
    a, b = first[rest], first[original[rest]]
    place = np.searchsorted(pair_keys(pairs.a, pairs.b), pair_keys(a, b))
    relation[rest], score[rest] = pairs.relation[place], pairs.score[place]
    contained[rest] = pairs.a_contained[place] == (a < b)
    return relation, score, contained
