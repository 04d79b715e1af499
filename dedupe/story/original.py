"""The order in which articles are taken for originals.

First an agency's own article, then the earliest publication, then the longer
text, then input order.  An outlet is an agency when articles of the collection
credit it.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.compiled import F64, I64, Bool


def is_agency(outlet: pa.Array, agency: pa.Array) -> Bool:
    """Articles that stand at the agency itself: others credit the outlet, and they credit nobody else, bool[n]."""
    outlet, agency = pc.utf8_lower(outlet), pc.utf8_lower(agency)
    credited = pc.fill_null(pc.is_in(outlet, value_set=pc.unique(agency.drop_null())), False)
    own = pc.or_kleene(pc.is_null(agency), pc.fill_null(pc.equal(outlet, agency), False))
    both: Bool = pc.and_(credited, own).to_numpy(zero_copy_only=False)
    return both


def originality(agency: Bool, hours: F64, words: I64) -> I64:
    """Place of each article in the order of originals, int64[n]; 0 comes first.

    agency: bool[n]; hours: float64[n], time of publication, NaN when unknown (comes last);
    words: int64[n].

    >>> originality(np.array([False, True]), np.array([1.0, 2.0]), np.array([9, 9])).tolist()
    [1, 0]
    """
    order = np.lexsort((-words, np.nan_to_num(hours, nan=np.inf), ~agency))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank


REASONS = ("the agency's own", "the earliest", "the longest", "the first in the input")


def reason(chosen: I64, story: I64, agency: Bool, hours: F64, words: I64, rank: I64) -> I64:
    """Why each chosen original comes before the next member of its story: an index into REASONS, int64[s].

    chosen: int64[s], originals; story: int64[n], each article's original.
    """
    members = np.flatnonzero(story != np.arange(len(story)))
    order = members[np.lexsort((rank[members], story[members]))]
    place = np.searchsorted(story[order], chosen)
    other = order[np.minimum(place, len(order) - 1)] if len(order) else chosen
    why = np.full(len(chosen), 3, dtype=np.int64)
    why[words[chosen] > words[other]] = 2
    known = ~np.isnan(hours[chosen])
    why[known & ~(hours[chosen] >= hours[other])] = 1
    why[agency[chosen] & ~agency[other]] = 0
    return why
