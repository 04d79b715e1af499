"""Furniture that was learned before, known again in articles that come later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dedupe.compiled import I64, U64
from dedupe.match.furniture import Furniture, are_leads, is_rest, may_recur
from dedupe.match.numbers import among
from dedupe.text.segments import list_segments, whole_values
from dedupe.text.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Learned:
    """Segments by value (see `text.segments`), sorted, uint64: what recurs in an outlet, and what leads to another
    article of it where it is a line of its own.
    """

    recurring: U64
    leads: U64

    def __len__(self) -> int:
        return len(self.recurring) + len(self.leads)


_ANY = np.full(1, 255, dtype=np.uint8)
"""Counters as if each segment had come often: what it is is known by its value."""
NOTHING = Learned(np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.uint64))


def learned_from(furniture: Furniture) -> Learned:
    """What was learned from a collection, without the collection."""
    return Learned(np.sort(furniture.value[furniture.kind == 0]), np.sort(furniture.value[furniture.kind == 1]))


def known_furniture(text: Tokens, headline: Tokens, group: I64, learned: Learned) -> I64:
    """What is to be set aside in n texts, as `furniture.Furniture.spans`, int64[s, 3].

    headline: theirs, whose own line is no lead; group: int64[n], of `furniture.outlet_groups`.
    """
    own = whole_values(headline.hashes, headline.bounds, group)
    segments, bounds = list_segments(text.hashes, text.marks, text.bounds, group)
    found = may_recur(text, group, segments, bounds, _ANY)
    found = found.where(among(found.value, learned.recurring) | are_leads(found, learned.leads, own))
    return found.where(is_rest(text.counts(), found.article, found.length)).spans()
