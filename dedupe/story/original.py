"""Which article of a story the others come from, and what says so.

In this order: it stands at the agency that others credit; its canonical URL does not point to another site; the
earliest publication, where a date without a time does not beat a time on its day; the longer text; input order.  The
rules, and where they fail, are in `docs/originals.md`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.compiled import F64, I64, Bool
from dedupe.match.numbers import known_or

DAY_HOURS = 24.0


@dataclass(frozen=True, slots=True)
class Traits:
    """What the choice of an original looks at, for n articles.

    agency: bool, it stands at an agency; points_away: bool, its canonical URL is another site's; hours: float64, time
    of publication, NaN when unknown; dated: bool, of that only the date is known; words: int64; sequence: int64, what
    its headline says of its version (`versions.sequence`).
    """

    agency: Bool
    points_away: Bool
    hours: F64
    dated: Bool
    words: I64
    sequence: I64


def is_agency(outlet: pa.Array, agency: pa.Array, at: pa.Array) -> Bool:
    """Articles that stand at the agency itself: others credit the outlet, and they credit nobody else, bool[n].

    at: large_string[n], the agency that each outlet is by the table, null for none.
    """
    named, agency = pc.coalesce(at, outlet), pc.utf8_lower(agency)
    outlet = pc.utf8_lower(named)
    credited = pc.fill_null(pc.is_in(outlet, value_set=pc.unique(agency.drop_null())), False)
    credited = pc.or_(credited, at.is_valid())
    own = pc.or_kleene(pc.is_null(agency), pc.fill_null(pc.equal(outlet, agency), False))
    both: Bool = pc.and_(credited, own).to_numpy(zero_copy_only=False)
    return both


def only_dated(hours: F64) -> Bool:
    """Times of which only the date is known: midnight to the microsecond, bool[n]."""
    dated: Bool = known_or(hours, 0.5) % DAY_HOURS == 0
    return dated


def originality(traits: Traits) -> I64:
    """Place of each article in the order of originals, int64[n]; 0 comes first.

    >>> same = np.array([False, False])
    >>> dated, nothing = np.array([True, False]), np.zeros(2, np.int64)
    >>> traits = Traits(same, same, np.array([48.0, 55.0]), dated, np.array([9, 9]), nothing)
    >>> originality(traits).tolist()
    [1, 0]
    """
    known = known_or(traits.hours, np.inf)
    day = np.where(np.isinf(known), np.inf, np.floor(known / DAY_HOURS))
    order = np.lexsort(
        (-traits.words, traits.sequence > 0, known, traits.dated, day, traits.points_away, ~traits.agency)
    )
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank


REASONS = (
    "stands at the agency", "the others' canonical URLs point elsewhere", "the earliest",
    "the earliest of those with a time", "its headline names no later version", "the longest", "the first in the input",
)  # fmt: skip
AGENCY, ADDRESS, EARLIEST, TIMED, FIRST_VERSION, LONGEST, INPUT = range(7)


def reason(chosen: I64, story: I64, traits: Traits, rank: I64) -> I64:
    """Why each chosen original comes before the next member of its story: an index into REASONS, int64[s].

    chosen: int64[s], originals; story: int64[n], each article's original.
    """
    members = np.flatnonzero(story != np.arange(len(story)))
    order = members[np.lexsort((rank[members], story[members]))]
    place = np.searchsorted(story[order], chosen)
    other = order[np.minimum(place, len(order) - 1)] if len(order) else chosen
    hours, words = traits.hours, traits.words
    why = np.full(len(chosen), INPUT, dtype=np.int64)
    why[words[chosen] > words[other]] = LONGEST
    why[(traits.sequence[chosen] == 0) & (traits.sequence[other] > 0)] = FIRST_VERSION
    known = ~np.isnan(hours[chosen])
    same_day = known & (np.floor(known_or(hours[chosen], 0.0) / 24) == np.floor(known_or(hours[other], -1e9) / 24))
    why[known & ~(hours[chosen] >= hours[other])] = EARLIEST
    why[same_day & ~traits.dated[chosen] & traits.dated[other]] = TIMED
    why[~traits.points_away[chosen] & traits.points_away[other]] = ADDRESS
    why[traits.agency[chosen] & ~traits.agency[other]] = AGENCY
    return why
