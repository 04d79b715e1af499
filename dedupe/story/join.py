"""Pairs to stories: connected copies, each tied to its original.

Articles that say the same (near duplicates, revisions, hosts that are mostly what
they contain) connect; another abridged one attaches, with its own copies, to one host only, so that a brief contained
in two unlike articles does not glue them.  Then each group chooses its
original, and a member that is not itself related to it leaves and tries again
with the others that left: there are no chains A~B~C with A unlike C.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import types

from dedupe.compiled import F64, I64, U64, Bool, kernel, readonly
from dedupe.match.buckets import pair_keys
from dedupe.match.numbers import among
from dedupe.story.connected import root

ROUNDS = 64
"""Rounds in which what left may form stories of its own; each halves the longest chain."""
LOYAL = 0.8
"""Share of the best choice's copies that an original must be related to."""


@dataclass(frozen=True, slots=True)
class Joins:
    """Joining pairs, arrays of length p.

    a, b: int64, article numbers; even: bool, both say the same (else one is a part of the other);
    a_contained: bool, of an abridged pair; score: float64.
    """

    a: I64
    b: I64
    even: Bool
    a_contained: Bool
    score: F64

    def where(self, mask: Bool) -> Joins:
        """The pairs under the mask."""
        return Joins(self.a[mask], self.b[mask], self.even[mask], self.a_contained[mask], self.score[mask])


@kernel(
    types.int64, readonly(types.int64), readonly(types.int64), readonly(types.boolean), readonly(types.boolean),
    readonly(types.float64), readonly(types.int64),
)  # fmt: skip
def _components(n, a, b, even, a_contained, score, rank):  # type: ignore[no-untyped-def]
    """Label of each article's component: the least article in it."""
    parent = np.arange(n)
    for p in range(len(a)):
        if even[p]:
            x, y = root(parent, a[p]), root(parent, b[p])
            parent[max(x, y)] = min(x, y)
    best = np.full(n, -1, dtype=np.int64)
    for p in range(len(a)):
        if even[p]:
            continue
        inner, outer = (a[p], b[p]) if a_contained[p] else (b[p], a[p])
        x = root(parent, inner)
        if x == root(parent, outer):
            continue
        q = best[x]
        if q < 0 or score[p] > score[q] or (
            score[p] == score[q] and rank[outer] < rank[b[q] if a_contained[q] else a[q]]
        ):  # fmt: skip
            best[x] = p
    for x in range(n):
        if best[x] >= 0:
            y, z = root(parent, a[best[x]]), root(parent, b[best[x]])
            parent[max(y, z)] = min(y, z)
    for x in range(n):
        parent[x] = root(parent, x)
    return parent


def _first_by(label: I64, members: I64, *order: I64) -> I64:
    """Of each label, the member that comes first in the order (a sequence of keys, most telling first)."""
    sorting = np.lexsort((*reversed(order), label[members]))
    labels = label[members][sorting]
    start = np.flatnonzero(np.concatenate([[True], labels[1:] != labels[:-1]])) if len(labels) else sorting
    return members[sorting[start]]


def join_stories(n: int, joins: Joins, rank: I64, related: Callable[[I64], Bool]) -> I64:
    """The original of each article, int64[n]: itself for an original and for one that is alone.

    n: articles; joins: the joining pairs; rank: int64[n], the order in which articles are
    taken for originals; related: whether pairs int64[p, 2] that no index brought together join
    (the driver confirms them as it does any candidate).
    """
    original = np.arange(n, dtype=np.int64)
    open_ = np.zeros(n, dtype=np.bool_)
    open_[joins.a] = open_[joins.b] = True
    known: U64 = np.sort(pair_keys(joins.a, joins.b))
    asked: U64 = np.zeros(0, np.uint64)

    def joined(pairs: I64) -> Bool:
        """Whether the pairs join: known ones at once, others asked for once."""
        nonlocal known, asked
        keys = pair_keys(pairs[:, 0], pairs[:, 1])
        fresh = np.unique(keys[~among(keys, known) & ~among(keys, asked)])
        if len(fresh):
            new = np.stack(
                [(fresh >> np.uint64(32)).astype(np.int64), (fresh & np.uint64(0xFFFFFFFF)).astype(np.int64)], 1
            )
            yes = related(np.ascontiguousarray(new))
            known = np.sort(np.concatenate([known, fresh[yes]]))
            asked = np.sort(np.concatenate([asked, fresh[~yes]]))
        return among(keys, known)

    for _ in range(ROUNDS):
        joins = joins.where(open_[joins.a] & open_[joins.b])
        if not len(joins.a):
            break
        label = _components(n, joins.a, joins.b, joins.even, joins.a_contained, joins.score, rank)
        members = np.unique(np.concatenate([joins.a, joins.b]))
        degree = np.bincount(np.concatenate([joins.a, joins.b]), minlength=n)
        first = _first_by(label, members, rank[members])
        central = _first_by(label, members, -degree[members], rank[members])
        choice = np.empty(n, dtype=np.int64)
        tied = np.zeros((2, len(members)), dtype=np.bool_)
        for turn, chosen in enumerate((first, central)):
            choice[label[chosen]] = chosen
            pairs = np.stack([choice[label[members]], members], 1)
            self_ = pairs[:, 0] == pairs[:, 1]
            tied[turn, ~self_] = joined(pairs[~self_])
            tied[turn, self_] = True
        counts = [np.bincount(label[members], weights=t, minlength=n) for t in tied]
        loyal = counts[0] - 1 >= LOYAL * (counts[1] - 1)
        choice[label[central]] = central
        choice[label[first]] = np.where(loyal[label[first]], first, choice[label[first]])
        settled = np.where(loyal[label[members]], tied[0], tied[1])
        original[members[settled]] = choice[label[members[settled]]]
        open_[members[settled]] = False
        _attach(original, open_, joins, rank)
    return original


def _attach(original: I64, open_: Bool, joins: Joins, rank: I64) -> None:
    """Give what left a place with an original that it is related to, the best by score; in place."""
    inner, outer = np.concatenate([joins.a, joins.b]), np.concatenate([joins.b, joins.a])
    score = np.concatenate([joins.score, joins.score])
    ties = open_[inner] & ~open_[outer] & (original[outer] == outer)
    inner, outer, score = inner[ties], outer[ties], score[ties]
    order = np.lexsort((-rank[outer], score))
    original[inner[order]] = outer[order]  # the last, and so the best, stays
    open_[inner] = False
