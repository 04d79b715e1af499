"""Articles with the same normalised text collapse to one, before any index.

A story verbatim in 5,000 outlets then costs one entry, and 4,999 pairs.
"""

from __future__ import annotations

import numpy as np
from numba import types

from dedupe.compiled import F64, I64, U64, kernel, readonly
from dedupe.match.numbers import known_or
from dedupe.match.relation import DAY, NOTICE_WORDS


@kernel(readonly(types.int64), readonly(types.uint64, 2), readonly(types.int64), readonly(types.float64))
def _groups(order, keys, words, hours):  # type: ignore[no-untyped-def]
    n = len(order)
    first = np.empty(n, dtype=np.int64)
    start = 0
    while start < n:
        end = start
        a = order[start]
        while end < n and keys[order[end], 0] == keys[a, 0] and keys[order[end], 1] == keys[a, 1]:
            end += 1
        if words[a] == 0:
            for i in range(start, end):
                first[order[i]] = order[i]
        elif words[a] > NOTICE_WORDS:
            for i in range(start, end):
                first[order[i]] = a
        else:
            # The same few words on another day are another notice: members come by time, unknown times first.
            head, opened = a, np.nan
            low = start
            for i in range(start, end):
                if np.isnan(hours[order[i]]):
                    continue
                if np.isnan(opened):
                    opened = hours[order[i]]
                elif hours[order[i]] - opened > DAY:
                    for j in range(low, i):
                        head = min(head, order[j])
                    for j in range(low, i):
                        first[order[j]] = head
                    low, head, opened = i, order[i], hours[order[i]]
            for j in range(low, end):
                head = min(head, order[j])
            for j in range(low, end):
                first[order[j]] = head
        start = end
    return first


def exact_groups(keys: U64, words: I64, hours: F64) -> I64:
    """For each article, the first article (in input order) with the same text, int64[n].

    keys: uint64[n, 2], of the token sequences; words: int64[n]; hours: float64[n], time of
    publication, NaN when unknown.  Articles without words are alone, and so are short notices
    of different days.
    """
    order = np.lexsort((known_or(hours, -np.inf), keys[:, 1], keys[:, 0]))
    short = words[order] <= NOTICE_WORDS
    # By time where the day matters, else by input order.
    plain = np.lexsort((keys[:, 1], keys[:, 0]))
    order = np.where(short, order, plain)
    first: I64 = _groups(order, keys, words, hours)
    return first
