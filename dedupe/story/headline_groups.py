"""Headlines that repeat across articles, and what kind of repetition it is.

Near headlines gather around the one that most articles carry, so that each
wording in a group is like its first: there are no chains.
"""

from __future__ import annotations

import numpy as np
from numba import types

from dedupe.compiled import F64, I64, Bool, kernel, readonly
from dedupe.match.numbers import begins, known_or

KINDS = ("copies", "reheadlined", "recurring", "same_event", "headline_only")
COPIES, REHEADLINED, RECURRING, SAME_EVENT, HEADLINE_ONLY = range(5)


@kernel(readonly(types.int64), readonly(types.int64), readonly(types.int64))
def _gather(order, starts, others):  # type: ignore[no-untyped-def]
    centre = np.full(len(order), -1, dtype=np.int64)
    for h in order:
        if centre[h] >= 0:
            continue
        centre[h] = h
        for i in range(starts[h], starts[h + 1]):
            if centre[others[i]] < 0:
                centre[others[i]] = h
    return centre


def group_headlines(code: I64, near: I64, count: int) -> I64:
    """Group of each article, int64[n]: the number of the headline at its centre; -1 when the headline does not repeat.

    code: int64[n], headline of each article, -1 for none; near: int64[p, 2], pairs of near
    headlines; count: how many headlines there are.
    """
    sizes = np.bincount(code[code >= 0], minlength=count).astype(np.int64)
    order = np.lexsort((np.arange(count), -sizes)).astype(np.int64)
    both = np.concatenate([near, near[:, ::-1]])
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.bincount(both[:, 0], minlength=count))])
    centre = _gather(order, starts, np.ascontiguousarray(both[:, 1]))
    if not count:
        return np.full(len(code), -1, dtype=np.int64)
    group = np.where(code >= 0, centre[code], -1)
    members = np.bincount(group[group >= 0], minlength=count)
    repeated = (group >= 0) & (members[group] > 1)
    return np.where(repeated, group, -1)


def kinds(group: I64, story: I64, outlet: I64, day: F64, code: I64, event: I64) -> I64:
    """Kind of each group (an index into KINDS), by number of headline, int64[max + 1].

    group: int64[n], -1 for none; story, event: int64[n], each article's original and event; outlet: int64[n], -1 for
    unknown; day: float64[n], day of publication, NaN for unknown; code: int64[n], number of each headline's wording.
    `copies`: most of the articles share their story with another of the group, under one wording; `reheadlined`: the
    same, under several; `recurring`: most stand in one outlet on several days; `same_event`: most share their event
    with another one, whose text is not theirs; else `headline_only`.
    """
    rows = np.flatnonzero(group >= 0)
    count = int(group.max(initial=-1)) + 1
    total = np.bincount(group[rows], minlength=count)
    copies = _sharing(group[rows], story[rows], count)
    known = (outlet[rows] >= 0) & ~np.isnan(day[rows])
    several = _several_days(group[rows], outlet[rows], known_or(day[rows], 0.0).astype(np.int64), known)
    recurring = np.bincount(group[rows], weights=several, minlength=count)
    told = _sharing(group[rows], event[rows], count)
    order = rows[np.lexsort((code[rows], group[rows]))]
    wordings = np.bincount(group[order], weights=begins(group[order], code[order]), minlength=count)
    kind = np.full(count, HEADLINE_ONLY, dtype=np.int64)
    kind[2 * told > total] = SAME_EVENT
    kind[2 * recurring > total] = RECURRING
    kind[2 * copies > total] = COPIES
    kind[(2 * copies > total) & (wordings > 1)] = REHEADLINED
    return kind


def _both(first: I64, second: I64) -> I64:
    """Two numbers (not negative) as one that orders like the two."""
    return first * (int(second.max(initial=0)) + 1) + second


def _sharing(group: I64, value: I64, count: int) -> I64:
    """In each group, the members that share their value with another one."""
    _, inverse, sizes = np.unique(_both(group, value), return_inverse=True, return_counts=True)
    shares = sizes[inverse] > 1
    return np.bincount(group, weights=shares, minlength=count).astype(np.int64)


def _several_days(group: I64, outlet: I64, day: I64, known: Bool) -> Bool:
    """Members whose outlet has the group's headline on more than one day."""
    out = np.zeros(len(group), dtype=np.bool_)
    rows = np.flatnonzero(known)
    if not len(rows):
        return out
    column = _both(group[rows], outlet[rows])
    days = np.unique(_both(column, day[rows] - day[rows].min()), return_index=True)[1]
    columns, counts = np.unique(column[days], return_counts=True)
    out[rows] = np.isin(column, columns[counts > 1])
    return out
