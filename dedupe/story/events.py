"""Stories to events: what happened once and was told in several stories, and how many told it of their own.

Stories are linked when their articles share passages within days, or when two outlets carry near headlines about one
time.  Each story that comes from an agency counts as that agency's; forty reprints are one witness.
"""

from __future__ import annotations

import numpy as np

from dedupe.compiled import F64, I64
from dedupe.match.numbers import begins
from dedupe.match.pairs import Pairs
from dedupe.match.relation import HEADLINE, SHARED_PASSAGE
from dedupe.story.connected import connected

PASSAGE_HOURS = 96.0
"""Hours within which stories that share passages are of one event."""
HEADLINE_HOURS = 36.0
"""Hours within which articles of two outlets under near headlines are."""
SUBJECT = 0.1
"""TF-IDF cosine from which near headlines speak of one thing."""


def events(pairs: Pairs, original: I64, outlet: I64, hours: F64) -> I64:
    """The event of each article, int64[n]: the first article of it.

    original: int64[n]; outlet: int64[n], -1 for unknown; hours: float64[n], time of publication, NaN when unknown.
    """
    apart = np.abs(hours[pairs.a] - hours[pairs.b])
    passages = (pairs.relation == SHARED_PASSAGE) & ~(apart > PASSAGE_HOURS)
    elsewhere = (outlet[pairs.a] != outlet[pairs.b]) | (outlet[pairs.a] < 0)
    headlines = (pairs.relation == HEADLINE) & (apart <= HEADLINE_HOURS) & elsewhere & (pairs.cosine >= SUBJECT)
    linked = np.flatnonzero(passages | headlines)
    label = connected(len(original), original[pairs.a[linked]], original[pairs.b[linked]])[original]
    first = np.full(len(original), len(original), dtype=np.int64)
    np.minimum.at(first, label, np.arange(len(original)))
    found: I64 = first[label]
    return found


def independent_origins(event: I64, original: I64, agency: I64) -> I64:
    """How many told the event of each article of their own, int64[n].

    agency: int64[n], number of the agency that each one's story comes from, -1 for none.
    """
    stories = np.flatnonzero(original == np.arange(len(original)))
    told = np.where(agency[stories] >= 0, agency[stories], len(original) + stories)
    order = np.lexsort((told, event[stories]))
    by = event[stories][order]
    counts = np.bincount(by, weights=begins(by, told[order]), minlength=len(event))
    return counts[event].astype(np.int64)
