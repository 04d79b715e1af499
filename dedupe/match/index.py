"""The three indexes over a collection, and the confirmation of what they bring together."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa

from dedupe.compiled import F32, F64, I64, U64
from dedupe.match.buckets import Candidates, expand, pack, pair_keys, unpack
from dedupe.match.collection import Collection
from dedupe.match.confirm import Known, weigh_evidence
from dedupe.match.headlines import Headlines, headline_candidates, near_headlines, read_headlines, similarity
from dedupe.match.lsh import lsh_candidates
from dedupe.match.numbers import same_known
from dedupe.match.pairs import Pairs, found_pairs
from dedupe.match.passages import Passages, passage_candidates
from dedupe.match.relation import Evidence, decide
from dedupe.settings import Settings
from dedupe.text.tokens import Tokens

CHUNK = 1536
"""Pairs that are confirmed in one go by one thread."""


class HasTokens(Protocol):
    """Articles whose tokens can be had by number, wherever a driver keeps them."""

    def tokens(self, rows: I64) -> tuple[Tokens, Tokens]:
        """Tokens of the texts and of the headlines of these articles (sorted numbers)."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of n articles besides their texts.

    hours: float64, time of publication, NaN when unknown; outlet: int64, its number, -1 for
    unknown; address: int64, number of its canonical URL, -1 for unknown; first: int64, the first article with the
    same text; headlines: see its own page.
    """

    hours: F64
    outlet: I64
    address: I64
    first: I64
    headlines: Headlines


@dataclass(frozen=True, slots=True)
class Found:
    """All candidates: keys uint64[p], sorted, distinct; spread float64[p], 0 where passages did not find it.

    near: int64[q, 2], pairs of near headlines; capped: buckets that were too large, by index.
    """

    keys: U64
    spread: F64
    near: I64
    capped: dict[str, int]
    counts: dict[str, int]


def find_candidates(
    collection: Collection,
    first: I64,
    headlines: pa.ChunkedArray,
    outlets: pa.Array,
    address: I64,
    settings: Settings,
    pool: Executor,
) -> tuple[Headlines, Found]:
    """Bring together the articles that may be something to each other.

    first: int64[n], the first article with the same text: only that one takes part in the
    indexes, and the others are paired with it; headlines: large_string[n]; outlets: their names; address:
    int64[n], number of each one's canonical URL, -1 for unknown.
    """
    n = len(collection)
    numbers = np.arange(n, dtype=np.int64)
    firsts = np.flatnonzero(first == numbers)

    def by_headline() -> tuple[Headlines, I64, Candidates]:
        read = read_headlines(headlines, outlets, settings)
        near = near_headlines(read, settings, pool)
        found = headline_candidates(read.code[firsts], firsts, near, read.count, settings.headline_cap)
        return read, near, found

    with ThreadPoolExecutor(1) as beside:
        heads = beside.submit(by_headline)
        bodies, passages = _by_text(collection, firsts, settings, pool)
        read, near, headline = heads.result()
    copies = np.flatnonzero(first != numbers)
    exact = pair_keys(first[copies], copies)
    placed = firsts[address[firsts] >= 0]
    addresses = expand(pack(address[placed].astype(np.uint32), placed), settings.headline_cap, neighbours=1)
    return read, _together(headline, bodies, passages, addresses, exact, near)


def _by_text(collection: Collection, firsts: I64, settings: Settings, pool: Executor) -> tuple[Candidates, Passages]:
    bodies = lsh_candidates(collection.bands(firsts), firsts, settings.bucket_cap, pool)
    reading = settings.reading
    passages = passage_candidates(
        collection.passages(firsts), collection.words(), reading.window, reading.containment, settings.passage_shared,
        settings.bucket_cap, pool, settings.workers,
    )  # fmt: skip
    return bodies, passages


def _together(
    headline: Candidates, bodies: Candidates, passages: Passages, addresses: Candidates, exact: U64, near: I64
) -> Found:
    keys = np.unique(np.concatenate([headline.keys, bodies.keys, passages.keys, addresses.keys, exact]))
    spread = np.zeros(len(keys), dtype=np.float64)
    spread[np.searchsorted(keys, passages.keys)] = passages.spread
    capped = {"headlines": headline.capped, "bodies": bodies.capped, "passages": passages.capped,
              "addresses": addresses.capped}  # fmt: skip
    counts = {
        "headlines": len(headline.keys), "bodies": len(bodies.keys), "passages": len(passages.keys),
        "addresses": len(addresses.keys), "exact": len(exact), "all": len(keys),
    }  # fmt: skip
    return Found(keys, spread, near, capped, counts)


def weigh_candidates(
    collection: HasTokens, facts: Facts, idf: F32, keys: U64, spread: F64, settings: Settings
) -> tuple[I64, Evidence]:
    """The candidates as pairs, int64[p, 2], and all that is known of them."""
    pairs = unpack(keys)
    rows = np.unique(pairs)
    text, headline = collection.tokens(rows)
    a, b = pairs[:, 0], pairs[:, 1]
    known = Known(
        headline=similarity(facts.headlines, pairs),
        hours=np.abs(facts.hours[a] - facts.hours[b]),
        same_outlet=same_known(facts.outlet[a], facts.outlet[b]),
        same_address=same_known(facts.address[a], facts.address[b]),
        same_text=facts.first[a] == facts.first[b],
        spread=spread,
    )
    return pairs, weigh_evidence(text, headline, idf, np.searchsorted(rows, pairs), known, settings)


def confirm_candidates(
    collection: HasTokens,
    facts: Facts,
    idf: F32,
    keys: U64,
    spread: F64,
    settings: Settings,
    pool: Executor,
    advance: Callable[[int], None],
    everything: bool = False,
) -> list[Pairs]:
    """Confirm candidates in runs: exact figures and the decision.

    everything: keep pairs that are nothing to each other too, which else are left out.
    """

    def run(start: int) -> Pairs:
        few = slice(start, start + CHUNK)
        pairs, evidence = weigh_candidates(collection, facts, idf, keys[few], spread[few], settings)
        advance(len(pairs))
        return found_pairs(pairs, evidence, decide(evidence, settings), everything)

    return list(pool.map(run, range(0, max(len(keys), 1), CHUNK)))
