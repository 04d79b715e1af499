"""Who copies whom: from agencies and outlets to the outlets that carry their articles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dedupe.compiled import F64, I64


@dataclass(frozen=True, slots=True)
class Flows:
    """Rows of the table, by count: source, target int64 (numbers of names); from_agency bool; articles int64; delay
    float64, median hours after the source, NaN when unknown.
    """

    source: I64
    target: I64
    from_agency: I64
    articles: I64
    delay: F64


def flows(original: I64, outlet: I64, agency: I64, at_agency: I64, hours: F64) -> Flows:
    """Count the articles that went from one to another.

    original, outlet, agency (that an article credits), at_agency (that its outlet is): int64[n], -1 for none; hours:
    float64[n].  An article that credits an agency came from it; one that credits none came from its original's outlet.
    """
    numbers = np.arange(len(original), dtype=np.int64)
    outlet_ = outlet >= 0
    credits = outlet_ & (agency >= 0) & (at_agency != agency)
    copies = outlet_ & ~credits & (original != numbers)
    own = np.where(at_agency[original] >= 0, at_agency[original], -1)
    from_wire = copies & (own >= 0) & (at_agency != own)
    from_outlet = copies & (own < 0) & (outlet[original] >= 0) & (outlet[original] != outlet)
    rows = np.concatenate([np.flatnonzero(credits), np.flatnonzero(from_wire), np.flatnonzero(from_outlet)])
    source = np.concatenate([agency[credits], own[from_wire], outlet[original][from_outlet]])
    kind = np.concatenate(
        [np.ones(int(credits.sum() + from_wire.sum()), np.int64), np.zeros(int(from_outlet.sum()), np.int64)]
    )
    if not len(rows):
        none = np.zeros(0, dtype=np.int64)
        return Flows(none, none, none, none, np.zeros(0))
    told = original[rows] != rows
    delay = np.where(told, hours[rows] - hours[original[rows]], np.nan)
    # What an agency sent is timed from the agency's own article; where that is not in the collection, nothing is known.
    delay[(kind == 1) & (at_agency[original[rows]] != source)] = np.nan
    width = int(outlet.max()) + 1
    key = (kind * (int(source.max()) + 1) + source) * width + outlet[rows]
    _, at, inverse, counts = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    unique = np.stack([kind[at], source[at], outlet[rows][at]], 1)
    order = np.lexsort((delay, inverse))
    known = ~np.isnan(delay[order])
    many = np.bincount(inverse, weights=~np.isnan(delay), minlength=len(unique)).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(many)])[:-1]
    sorted_ = delay[order][known]
    has = many > 0
    median = np.full(len(unique), np.nan)
    median[has] = (sorted_[starts[has] + (many[has] - 1) // 2] + sorted_[starts[has] + many[has] // 2]) / 2
    by_count = np.lexsort((unique[:, 2], unique[:, 1], -unique[:, 0], -counts))
    return Flows(
        unique[by_count, 1],
        unique[by_count, 2],
        unique[by_count, 0],
        counts[by_count].astype(np.int64),
        median[by_count],
    )
