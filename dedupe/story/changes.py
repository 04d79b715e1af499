"""What each copy changed of its original: cut, added to, re-headlined."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe.compiled import F64, I32, I64, Bool

CHANGES = (
    "cut at the start", "cut inside", "cut at the end", "lead added", "text added inside", "text added at the end",
    "headline changed", "furniture added",
)  # fmt: skip
CUT_START, CUT_INSIDE, CUT_END, LEAD, INSIDE, END, HEADLINE, FURNITURE = range(8)
LEAST = 6
"""Words from which a cut or an addition is one ..."""
SHARE = 0.04
"""... and the share of the text."""


@dataclass(frozen=True, slots=True)
class Changes:
    """For each article: made, bool[n, 8], which of CHANGES; kept, float64[n], share of the original's words that it
    has, NaN for an article that has no other original.
    """

    made: NDArray[np.bool_]
    kept: F64


def changes(
    shape: I32, turned: Bool, members: I64, count: int, headline: I64, original: I64, furniture: Bool
) -> Changes:
    """What members changed of their originals.

    shape: int32[m, 8], of `match.pairs.Pairs`, for each member and its original; turned: bool[m], the member is the
    pair's second; members: int64[m], their numbers; count: articles; headline: int64[n], number of each headline, -1
    for none; original: int64[n]; furniture: bool[n], furniture was set aside.
    """
    own = np.where(turned[:, None], shape[:, 1::2], shape[:, 0::2]).astype(np.int64)
    of = np.where(turned[:, None], shape[:, 0::2], shape[:, 1::2]).astype(np.int64)

    def left(side: I64) -> tuple[Bool, Bool, Bool]:
        words, covered, before, after = side.T
        least = np.maximum(LEAST, SHARE * words)
        return before >= least, words - covered - before - after >= least, after >= least

    made = np.zeros((count, len(CHANGES)), dtype=np.bool_)
    kept = np.full(count, np.nan)
    for columns, side in (((CUT_START, CUT_INSIDE, CUT_END), of), ((LEAD, INSIDE, END), own)):
        for column, found in zip(columns, left(side), strict=True):
            made[members, column] = found
    kept[members] = of[:, 1] / np.maximum(of[:, 0], 1)
    copies = np.flatnonzero(original != np.arange(count))
    other = headline[copies] != headline[original[copies]]
    made[copies, HEADLINE] = other & (headline[copies] >= 0) & (headline[original[copies]] >= 0)
    made[copies, FURNITURE] = furniture[copies]
    same = np.isnan(kept[copies])
    kept[copies[same]] = 1.0
    return Changes(made, kept)
