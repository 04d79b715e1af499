"""What is told of stories once they are settled: whose they are, what was changed, how far they went."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.compiled import F64, I64, Bool
from dedupe.match.buckets import pair_keys
from dedupe.match.pairs import Pairs
from dedupe.story.changes import Changes, changes
from dedupe.story.events import events, independent_origins
from dedupe.story.flows import Flows, flows
from dedupe.story.original import Traits
from dedupe.story.versions import Versions, versions


@dataclass(frozen=True, slots=True)
class Names:
    """Agencies and outlets by number, for n articles; -1 for none.

    names: the agencies' names; credited, at: int64[n], the agency that an article credits, and that its outlet is.
    """

    names: pa.Array
    credited: I64
    at: I64


@dataclass(frozen=True, slots=True)
class Told:
    """For n articles; changes, versions, flows: see their own pages.

    agency: int64[n], number of the agency that each one's story comes from, -1 for none; event: int64[n], the first
    article of each one's event; origins: int64[n], how many told it of their own.
    """

    changes: Changes
    versions: Versions
    agency: I64
    event: I64
    origins: I64
    flows: Flows


def name_agencies(agency: pa.Array, at: pa.Array) -> Names:
    """Number the agencies that articles credit and that their outlets are.  agency, at: large_string[n]."""
    both = pa.concat_arrays([agency, at]).dictionary_encode()
    codes = pc.fill_null(both.indices.cast(pa.int64()), -1).to_numpy()
    return Names(both.dictionary, codes[: len(agency)], codes[len(agency) :])


def agency_of_stories(original: I64, names: Names) -> I64:
    """The agency that each article's story comes from, int64[n]: where it stands, or whom most members credit."""
    n = len(original)
    found = np.full(n, -1, dtype=np.int64)
    rows = np.flatnonzero(names.credited >= 0)
    if len(rows):
        key, counts = np.unique(np.stack([original[rows], names.credited[rows]], 1), axis=0, return_counts=True)
        order = np.lexsort((-key[:, 1], counts, key[:, 0]))  # the last of each story has most
        found[key[order, 0]] = key[order, 1]
    at = names.at[original]
    told: I64 = np.where(at >= 0, at, found[original])
    return told


def tell(
    pairs: Pairs, original: I64, first: I64, traits: Traits, names: Names, outlet: I64, address: I64, headline: I64,
    furniture: Bool,
) -> Told:  # fmt: skip
    """Tell of settled stories.

    pairs: sorted; original, first, outlet, address, headline (number of its wording): int64[n]; furniture: bool[n],
    some was set aside.
    """
    n = len(original)
    members = np.flatnonzero((original != np.arange(n)) & (first != first[original]))
    a, b = first[members], first[original[members]]
    place = np.searchsorted(pair_keys(pairs.a, pairs.b), pair_keys(a, b))
    agency = agency_of_stories(original, names)
    event = events(pairs, original, outlet, traits.hours)
    return Told(
        changes(pairs.shape[place], a > b, members, n, headline, original, furniture),
        versions(original, outlet, address, traits.hours, traits.sequence),
        agency, event, independent_origins(event, original, agency),
        flows(original, outlet, names.credited, names.at, traits.hours),
    )  # fmt: skip


def spread_hours(original: I64, hours: F64, stories: I64) -> F64:
    """Hours from the first to the last publication of each story (by its original), float64[s]; NaN when unknown."""
    n = len(original)
    known = np.flatnonzero(~np.isnan(hours))
    low, high = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(low, original[known], hours[known])
    np.maximum.at(high, original[known], hours[known])
    apart: F64 = high[stories] - low[stories]
    return np.where(np.isfinite(apart), apart, np.nan)
