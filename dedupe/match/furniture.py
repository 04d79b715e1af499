"""Furniture, learned from the collection: what recurs in an outlet's articles though their stories differ.

A line or a sentence is furniture of its outlet when enough of the outlet's articles have it, and these articles are,
without all that recurs, of different stories: they share few rare words.  A story that the outlet carries many times
recurs with its story, and a quotation with its subject; both stay.  What articles share at length must recur widely.
A line that is the headline of another of the outlet's articles is a lead to it ("Read also").  No phrase is known
beforehand, so any language will do.
"""

from __future__ import annotations

import itertools
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.compiled import F32, F64, I64, U8, U32, U64, Bool
from dedupe.match.collection import Collection
from dedupe.match.numbers import among, begins, numbered
from dedupe.match.tfidf import weigh
from dedupe.text.segments import (
    count_segments,
    counters,
    recurring_segments,
    whole_values,
)
from dedupe.text.sketch import set_aside
from dedupe.text.terms import count_terms
from dedupe.text.tokens import Tokens, buffers, hash_strings

LEAST = 3
"""Articles of an outlet in which a line must stand."""
SHARE = 0.02
"""Share of an outlet's articles in which it must, in a large one ..."""
ENOUGH = 12
"""... up to so many articles."""
NEVER = 0.002
"""Share of an outlet's articles below which nothing is furniture; a sentence within a paragraph: five times as much."""
WITHIN = 1.5
"""Times as many are asked of a sentence within a paragraph."""
MIDDLE = 0.05
"""Share of the outlet's articles in which what stands amid the text must be; and twice the articles."""
UNKNOWN = 6
"""Articles asked for where the outlet isn't known: they may be anybody's."""
WIDE, WIDELY = 0.3, 6
"""Share of the outlet's articles from which furniture may be long, and how many there must be."""
LONG = 0.4
"""Share of the articles that is long."""
SAMPLE = 12
"""Articles, at most, that are compared to tell whether their stories differ."""
UNLIKE = 0.15
"""Cosine of idf weights up to which two articles are of different stories."""
DIFFER = 0.6
"""Share of the compared pairs that must be."""
REST = 12
"""Tokens that an article must have besides what recurs, to be compared ..."""
PAIRS = 3
"""... and pairs of such articles that there must be."""
LEAD = 4
"""Tokens that a headline of another article must have, to be a lead to it."""
ALIKE = 3
"""Bands of their signatures that two articles share which are near copies: J of 0.85 and more."""
SETS = 20_000
"""Sets of articles that are compared, at most, the largest first."""
_ODD = np.uint64(0x9E3779B97F4A7C15)
HEAD, BODY, TAIL = range(3)
PLACES = ("head", "body", "tail")
KINDS = ("recurring", "lead")


@dataclass(frozen=True, slots=True)
class Furniture:
    """What is set aside.

    spans: int64[s, 3], article, start and length in its tokens, sorted;
    value: uint64[f], of each entry, see `text.segments`; article, start, length: int64[f], where it stands first;
    articles: int64[f], in how many; place: int64[f], where in them it mostly stands, into PLACES; kind: int64[f], into
    KINDS.
    """

    spans: I64
    value: U64
    article: I64
    start: I64
    length: I64
    articles: I64
    place: I64
    kind: I64

    def __len__(self) -> int:
        return len(self.article)


NONE = np.zeros(0, dtype=np.int64)
NO_FURNITURE = Furniture(np.zeros((0, 3), np.int64), np.zeros(0, np.uint64), NONE, NONE, NONE, NONE, NONE, NONE)


@dataclass(frozen=True, slots=True)
class Segments:
    """Segments that may recur: value uint64; article, start, length int64; whole, quoted bool."""

    value: U64
    article: I64
    start: I64
    length: I64
    whole: Bool
    quoted: Bool

    def where(self, rows: I64 | Bool) -> Segments:
        """Some of them."""
        return Segments(
            self.value[rows],
            self.article[rows],
            self.start[rows],
            self.length[rows],
            self.whole[rows],
            self.quoted[rows],
        )

    def spans(self) -> I64:
        """Article, start and length of each, int64[s, 3]."""
        return np.stack([self.article, self.start, self.length], 1)


def may_recur(text: Tokens, group: I64, segments: U32, bounds: I64, table: U8) -> Segments:
    """The segments of texts whose counter has come to LEAST; segments, bounds, table: see `text.segments`."""
    value, place, looks = recurring_segments(
        text.hashes, text.marks, text.bounds, group, segments, bounds, table, LEAST
    )  # fmt: skip
    return Segments(value, place[:, 0], place[:, 1], place[:, 2], looks[:, 0], looks[:, 1])


def are_leads(found: Segments, headlines: U64, own: U64) -> Bool:
    """Which segments are lines that say the headline of another article, bool[s].

    headlines: uint64, sorted; own: uint64[n], of each article, see `segments.whole_values`.
    """
    leads: Bool = found.whole & among(found.value, headlines) & (found.value != own[found.article])
    return leads


def _segments(collection: Collection, group: I64, headlines: U64, pool: Executor) -> Segments:
    """The segments that stand in several articles of one outlet, and lines that are headlines; by value and article."""
    table = counters(sum(len(batch.segments) for batch in collection.batches))
    for batch in collection.batches:
        count_segments(batch.segments, table)
    short = (headlines >> np.uint64(32)) * np.uint64(len(table)) >> np.uint64(32)
    table[short.astype(np.int64)] = 255

    def gather(at: int) -> Segments:
        batch, first = collection.batches[at], collection.starts[at]
        here = group[first : first + len(batch)]
        found = may_recur(batch.text, here, batch.segments, batch.segment_bounds, table)
        return replace(found, article=found.article + first)

    parts = list(pool.map(gather, range(len(collection.batches))))
    names = ("value", "article", "start", "length", "whole", "quoted")
    found = Segments(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
    return found.where(np.lexsort((found.start, found.article, found.value)))


def outlet_groups(outlets: pa.Array) -> I64:
    """Number of each outlet by its name alone, whatever its case, int64[n]; -1 for null.

    outlets: large_string[n].
    """
    hashes = hash_strings(*buffers(pc.utf8_lower(pc.fill_null(outlets, ""))))
    numbers: I64 = (hashes >> np.uint64(2)).astype(np.int64)
    numbers[np.asarray(outlets.is_null())] = -1
    return numbers


def _runs(values: U64) -> I64:
    """Where each run of equal values begins, and the end, int64[r + 1]."""
    return (
        np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1], [True]]))
        if len(values)
        else np.zeros(1, np.int64)
    )


def _asked(outlet: I64) -> F64:
    """How many articles each article's outlet asks for, of a line and of a sentence within one, float64[n, 2]."""
    sizes = np.bincount(outlet + 1, minlength=1)
    asked = np.maximum(np.clip(np.ceil(SHARE * sizes), LEAST, ENOUGH), NEVER * sizes)
    asked[0] = UNKNOWN
    return np.stack([asked, np.maximum(WITHIN * asked, np.where(np.arange(len(sizes)) > 0, 5 * NEVER * sizes, 0))], 1)[
        outlet + 1
    ]


def _differ(collection: Collection, candidates: Segments, sets: list[I64], weights: F32) -> F64:
    """For each set of articles, the share of pairs among some of them that are of different stories, float64[k].

    What recurs (the candidates) is left out of the comparison.
    """
    rows = np.unique(np.concatenate(sets)) if sets else np.zeros(0, np.int64)
    text, _ = collection.tokens(rows)
    inside = np.isin(candidates.article, rows)
    spans = candidates.where(inside).spans()
    spans[:, 0] = np.searchsorted(rows, spans[:, 0])
    rest = set_aside(text, spans)
    counts = rest.counts()
    pairs = [
        np.array([(a, b) for i, a in enumerate(s) for b in s[i + 1 :]], dtype=np.int64)
        for s in (np.searchsorted(rows, s) for s in sets)
    ]
    every = np.concatenate([np.zeros((0, 2), np.int64), *pairs])
    order = np.lexsort((every[:, 1], every[:, 0]))
    cosine = np.empty(len(every), dtype=np.float64)
    indptr, columns, terms, looks = count_terms(rest.hashes, rest.marks, rest.bounds)
    # Each term once, and none for what every article has: in a small collection common words would decide.
    rare = weights - np.float32(1)
    cosine[order] = weigh(indptr, columns, np.ones_like(terms), looks, rare, np.ascontiguousarray(every[order])).cosine
    comparable = counts[every].min(axis=1, initial=1 << 40) >= REST
    unlike = (cosine <= UNLIKE) & comparable
    edges = np.cumsum([0, *(len(p) for p in pairs)])
    return np.array([
        unlike[i:j].sum() / comparable[i:j].sum() if comparable[i:j].sum() >= PAIRS else 0.0
        for i, j in itertools.pairwise(edges)
    ])  # fmt: skip


def _often(found: Segments, edges: I64, outlet: I64, words: I64) -> I64:
    """Numbers of the values (runs of the segments) that stand in enough articles, where they stand, unquoted."""
    first, counts = edges[:-1], np.diff(edges)
    asked, sizes = _asked(outlet), np.bincount(outlet + 1, minlength=1)
    articles = np.add.reduceat(begins(found.value, found.article), first)
    whole = np.add.reduceat(found.whole, first) * 2 > counts
    quoted = np.add.reduceat(found.quoted, first) * 2 > counts
    need = asked[found.article[first], np.where(whole, 0, 1)]
    after = (found.start + found.length / 2) / np.maximum(words[found.article], 1)
    amid = np.abs(np.add.reduceat(after, first) / counts - 0.5) < 0.25
    large = np.where(outlet[found.article[first]] >= 0, MIDDLE * sizes[outlet[found.article[first]] + 1], 0)
    need = np.where(amid, np.maximum(2 * need, large), need)
    return np.flatnonzero((articles >= need) & ~quoted)


def _copies(collection: Collection, found: Segments, edges: I64) -> Bool:
    """Values whose articles are mostly near copies of one another, by their sketches, bool[runs]."""
    rows, place = np.unique(found.article, return_inverse=True)
    bands = collection.bands(rows)
    alike = np.zeros(len(found.value), dtype=np.int64)
    alike[1:] = (bands[:, place[1:]] == bands[:, place[:-1]]).sum(axis=0) >= ALIKE
    next_ = begins(found.value, found.article)
    next_[edges[:-1]] = False  # neighbours within one value only
    pairs = np.add.reduceat(next_.astype(np.int64), edges[:-1])
    return 2 * np.add.reduceat(alike * next_, edges[:-1]) > pairs


def _recurring(collection: Collection, found: Segments, outlet: I64, words: I64, weights: F32) -> Bool:
    """Which of the segments are furniture because they recur, bool[s]."""
    edges = _runs(found.value)
    if len(edges) < 2:
        return np.zeros(len(found.value), dtype=np.bool_)
    within = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
    often = np.zeros(len(edges) - 1, dtype=np.bool_)
    often[_often(found, edges, outlet, words)] = True
    yes = np.zeros(len(edges) - 1, dtype=np.bool_)
    candidates, numbers = found.where(often[within]), np.flatnonzero(often)
    if not len(numbers):
        return yes[within]
    runs = _runs(candidates.value)
    # Values that stand in the same articles are judged together.
    mixed = (candidates.article.astype(np.uint64) + _ODD) * _ODD
    mixed ^= mixed >> np.uint64(29)
    of_set = np.add.reduceat(
        np.where(begins(candidates.value, candidates.article), mixed * _ODD, np.uint64(0)), runs[:-1]
    )
    _, first, inverse = np.unique(of_set, return_index=True, return_inverse=True)
    copies = _copies(collection, candidates, runs)[first]
    order = np.lexsort((first, -np.diff(runs)[first]))
    sets = order[~copies[order]][:SETS]
    members = [np.unique(candidates.article[runs[k] : runs[k + 1]]) for k in first[sets]]
    samples = [rows[np.linspace(0, len(rows) - 1, min(len(rows), SAMPLE)).astype(np.int64)] for rows in members]
    share = _differ(collection, candidates, samples, weights)
    length = np.bincount(inverse, weights=candidates.length[runs[:-1]], minlength=len(first))
    at = np.bincount(outlet + 1, minlength=1)
    chosen = np.zeros(len(first), dtype=np.bool_)
    for number, rows, differ in zip(sets, members, share, strict=True):
        long = length[number] >= LONG * words[rows].mean()
        wide = len(rows) >= max(WIDELY, WIDE * at[outlet[rows[0]] + 1])
        chosen[number] = differ >= DIFFER and (wide or not long)
    yes[numbers] = chosen[inverse]
    return yes[within]


def is_rest(words: I64, article: I64, length: I64) -> Bool:
    """Which spans stand in an article that has something else, bool[s]: what is nothing but furniture stays as it is.

    words: int64[n], of all articles; article, length: int64[s], of the spans.
    """
    taken = np.bincount(article, weights=length, minlength=len(words))
    rest: Bool = words - taken >= np.minimum(words, 5)
    return rest[article]


def learn_furniture(collection: Collection, group: I64, weights: F32, pool: Executor) -> Furniture:
    """What is furniture in a collection whose batches were kept with their groups.

    group: int64[n], of `outlet_groups`; weights: float32[2^20], idf of the collection.
    """
    outlet = numbered(pa.array(group, mask=group < 0))
    own = np.concatenate([np.zeros(0, np.uint64), *(
        whole_values(batch.headline.hashes, batch.headline.bounds, group[start : start + len(batch)])
        for start, batch in zip(collection.starts, collection.batches, strict=False)
    )])  # fmt: skip
    long_headline = (
        np.concatenate([np.zeros(0, np.int64), *(batch.headline.counts() for batch in collection.batches)]) >= LEAD
    )
    headlines = own[long_headline & (outlet >= 0)]
    found = _segments(collection, group, headlines, pool)
    words = collection.words()
    recurs = _recurring(collection, found, outlet, words, weights)
    leads = are_leads(found, np.sort(headlines), own)
    chosen = found.where(recurs | leads)
    kind = np.where(recurs, 0, 1)[recurs | leads]
    aside = is_rest(words, chosen.article, chosen.length)
    chosen, kind = chosen.where(aside), kind[aside]
    edges = _runs(chosen.value)
    first = edges[:-1]
    entry = np.repeat(np.arange(len(first)), np.diff(edges)) if len(first) else np.zeros(0, np.int64)
    if not len(first):
        return NO_FURNITURE
    total = words[chosen.article]
    after = (chosen.start + chosen.length / 2) / np.maximum(total, 1)
    place = np.where(after < 0.25, HEAD, np.where(after > 0.75, TAIL, BODY))
    votes = np.stack([np.bincount(entry, weights=place == p, minlength=len(first)) for p in range(3)], 1)
    fresh = begins(entry, chosen.article)
    order = np.lexsort((chosen.start, chosen.article))
    return Furniture(
        chosen.spans()[order], chosen.value[first], chosen.article[first],
        chosen.start[first], chosen.length[first],
        np.bincount(entry, weights=fresh, minlength=len(first)).astype(np.int64), votes.argmax(axis=1), kind[first],
    )  # fmt: skip
