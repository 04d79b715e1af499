"""Every setting that matters, tried on one collection.

The collection is read and sketched once for each kind of shingle.  Evidence on all candidates
is gathered once for each of those; a point of the sweep then only takes the candidates of its
window, decides again, and settles the stories.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from itertools import product

import numpy as np

from dedupe.compiled import F64, I64, U64
from dedupe.gather import bring_together, collect, silent, traits_of
from dedupe.match.buckets import pair_keys, unpack
from dedupe.match.collection import Collection
from dedupe.match.index import CHUNK, Facts, weigh_candidates
from dedupe.match.overlap import Overlap
from dedupe.match.pairs import Pairs, found_pairs
from dedupe.match.passages import passage_values
from dedupe.match.relation import NOTHING, Evidence, decide
from dedupe.match.tfidf import Weight
from dedupe.read.agencies import load_agencies
from dedupe.read.raw import Source
from dedupe.settings import Settings
from dedupe.story.original import originality
from dedupe.story.settle import settle
from dedupe.text.shingles import shingle
from dedupe.text.winnow import winnow

SHINGLES: tuple[tuple[int, int], ...] = ((5, 0), (3, 0), (4, 0), (7, 0), (5, 1))
"""Shingle sizes, and whether texts are read as noisy."""
WINDOWS = (8, 16, 32)
CONTAINMENTS = (0.05, 0.15, 0.3)
SHARES = (0.6, 0.66, 0.72, 0.78, 0.84, 0.9)
COVERAGES = (0.0, 0.4, 0.6, 0.7, 0.8)
COSINES = (0.0, 0.4, 0.6, 0.8)


@dataclass(frozen=True, slots=True)
class Point:
    """What one choice of settings makes of n articles.

    candidates: pairs that had to be compared; story: int64[n], the original of each article, as a
    number; keys: uint64[p], sorted, the pairs that are reported for their texts or headlines.
    """

    settings: Settings
    candidates: int
    story: I64
    keys: U64
    first: I64


def _joined(parts: list[Evidence]) -> Evidence:
    """Evidence of several runs of pairs as one."""

    def both(kind: type, rows: list[Overlap] | list[Weight]) -> dict[str, F64]:
        return {f.name: np.concatenate([getattr(row, f.name) for row in rows]) for f in fields(kind)}

    rest = {
        f.name: np.concatenate([getattr(part, f.name) for part in parts])
        for f in fields(Evidence) if f.name not in ("overlap", "weight")
    }  # fmt: skip
    overlap = Overlap(**both(Overlap, [part.overlap for part in parts]))
    weight = Weight(**both(Weight, [part.weight for part in parts]))
    return Evidence(overlap=overlap, weight=weight, **rest)


def _taken(evidence: Evidence, rows: I64, spread: F64) -> Evidence:
    """The evidence on some of the pairs, with the spread that their own index saw."""

    def some(part: Overlap | Weight) -> dict[str, F64]:
        return {f.name: getattr(part, f.name)[rows] for f in fields(part)}

    return Evidence(
        Overlap(**some(evidence.overlap)), Weight(**some(evidence.weight)), evidence.headline[rows],
        evidence.hours[rows], evidence.same_outlet[rows], evidence.same_address[rows], evidence.same_text[rows], spread,
    )  # fmt: skip


class Sketched:
    """A collection sketched with one kind of shingle, and the evidence on its candidates."""

    def __init__(self, sources: list[Source], columns: Mapping[str, str], settings: Settings) -> None:
        self.settings = settings
        with ThreadPoolExecutor(settings.workers) as pool:
            gathered = collect(sources, columns, settings, pool, silent)
            self.given, self.collection, self.idf = gathered.given, gathered.collection, gathered.weights
            self.found: dict[tuple[int, float], tuple[U64, F64]] = {}
            windows = (
                [(settings.window, settings.passage_containment)] if settings.noise else product(WINDOWS, CONTAINMENTS)
            )
            last = settings.window
            for window, containment in sorted(windows):
                if window != last and not settings.noise:
                    _winnow_again(self.collection, settings.shingle, window)
                    last = window
                facts, found = bring_together(
                    self.given, self.collection, replace(settings, window=window, passage_containment=containment), pool
                )
                self.found[window, containment] = found.keys, found.spread
            self.facts: Facts = facts
            self.keys = np.unique(np.concatenate([keys for keys, _ in self.found.values()]))

            def weigh(start: int) -> Evidence:
                few = self.keys[start : start + CHUNK]
                return weigh_candidates(self.collection, facts, self.idf, few, np.zeros(len(few)), settings)[1]

            self.evidence = _joined(list(pool.map(weigh, range(0, max(len(self.keys), 1), CHUNK))))
        self.rank = originality(traits_of(self.given, facts, load_agencies())[1])
        self.ids: list[str] = self.given.ids().to_pylist()
        self.known: dict[int, tuple[Evidence, int]] = {}

    def point(self, settings: Settings) -> Point:
        """What these settings make of the collection."""
        keys, spread = self.found[settings.window, settings.passage_containment]
        evidence = _taken(self.evidence, np.searchsorted(self.keys, keys), spread)
        pairs = self._decided(keys, evidence, settings)
        original, more = settle(pairs, self.facts.first, self.rank, lambda asked: self._confirm(asked, settings))
        reported = [pairs, *more]
        told = np.unique(np.concatenate([_keys(part) for part in reported]))
        return Point(settings, len(keys), original, told, self.facts.first)

    def _decided(self, keys: U64, evidence: Evidence, settings: Settings) -> Pairs:
        return found_pairs(unpack(keys), evidence, decide(evidence, settings), explained=False)

    def _confirm(self, keys: U64, settings: Settings) -> Pairs:
        _, evidence = weigh_candidates(self.collection, self.facts, self.idf, keys, np.zeros(len(keys)), settings)
        return self._decided(keys, evidence, settings)


def _keys(pairs: Pairs) -> U64:
    rows = pairs.relation != NOTHING
    return pair_keys(pairs.a[rows], pairs.b[rows])


def _winnow_again(collection: Collection, size: int, window: int) -> None:
    """Fingerprints for another window, from the tokens that were kept."""
    for batch in collection.batches:
        values, bounds = shingle(batch.text.hashes, batch.text.bounds, size)
        fingerprints, batch.passage_bounds = winnow(values, bounds, window)
        batch.passages = passage_values(fingerprints)


def gates(base: Settings) -> Iterator[Settings]:
    """The settings of a join, all combinations; the base's own first."""
    yield base
    for share, coverage, cosine in product(SHARES, COVERAGES, COSINES):
        made = replace(base, join_share=share, join_coverage=coverage, join_cosine=cosine)
        if made != base:
            yield made


def windows(base: Settings) -> Iterable[Settings]:
    """The settings of the passage index, all combinations; none for noisy texts, which have their own."""
    if base.noise:
        return [base]
    return [
        replace(base, window=window, passage_containment=containment)
        for window, containment in product(WINDOWS, CONTAINMENTS)
    ]
