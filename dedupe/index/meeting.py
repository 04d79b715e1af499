"""Arrivals and the texts that share a key with them: a small collection, and the candidates in it.

What is known comes first, in order of arrival, then what arrives; the rules of the batch job's three indexes say which
arrival may be something to which earlier text.  A bucket above its cap gives each arrival its latest members.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numba import types

from dedupe.compiled import F64, I64, U64, Bool, kernel, readonly
from dedupe.index.arriving import Arrivals
from dedupe.index.entries import (
    BAND,
    HEADLINE,
    NUMBERS,
    OTHER,
    PASSAGE,
    kind_of,
    numbers_of,
    to_entries,
    values_of,
)
from dedupe.index.records import Text
from dedupe.match.buckets import pair_keys, unpack
from dedupe.match.exact import exact_groups
from dedupe.match.headlines import Headlines, similarity
from dedupe.match.index import Facts
from dedupe.match.numbers import numbered, numbered_names, or_nan, same_known
from dedupe.match.passages import expected_fingerprints, shares_enough
from dedupe.settings import Settings
from dedupe.text.headlines import grams
from dedupe.text.tokens import buffers

_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)


@kernel(readonly(types.uint64), types.int64, types.int64, types.int64)
def _meet(entries, fresh, cap, headline_cap):  # type: ignore[no-untyped-def]
    """Pairs (a, b) of sorted entries, b from `fresh` on: their keys, kinds, and sizes of the buckets as b met them."""
    n, total = len(entries), 0
    for turn in range(2):
        if turn == 1:
            keys, kinds = np.empty(total, dtype=np.uint64), np.empty(total, dtype=np.int64)
            sizes = np.empty(total, dtype=np.int64)
        total, start = 0, 0
        for i in range(n):
            if entries[i] & ~NUMBERS != entries[start] & ~NUMBERS:
                start = i
            if np.int64(entries[i] & NUMBERS) < fresh:
                continue
            kind = kind_of(entries[i])
            most = cap if kind < HEADLINE else headline_cap
            low = max(start, i - most)
            if turn == 1:
                for q in range(low, i):
                    keys[total + q - low] = (entries[q] & NUMBERS) << _32 | (entries[i] & NUMBERS)
                    kinds[total + q - low] = kind
                    sizes[total + q - low] = min(i - start, most) + 1
            total += i - low
    return keys, kinds, sizes


@kernel(readonly(types.uint64), readonly(types.int64), readonly(types.float64), types.float64, types.int64)
def _enough(keys, sizes, lengths, containment, shared):  # type: ignore[no-untyped-def]
    """Of sorted pairs, each as often as they share a passage, those that share enough, and the mean of the sizes."""
    out, means = np.empty(len(keys), dtype=np.uint64), np.empty(len(keys), dtype=np.float64)
    used, start = 0, 0
    while start < len(keys):
        end, sum_ = start, 0
        while end < len(keys) and keys[end] == keys[start]:
            sum_ += sizes[end]
            end += 1
        a, b = np.int64(keys[start] >> _32), np.int64(keys[start] & _LOW)
        if shares_enough(end - start, lengths[a], lengths[b], containment, shared):
            out[used], means[used] = keys[start], sum_ / (end - start)
            used += 1
        start = end
    return out[:used].copy(), means[:used].copy()


@dataclass(frozen=True, slots=True)
class Meeting:
    """A small collection: k known texts and then m arrivals.

    known: their records; found: the entries that brought them; lead: see `lead_of`; facts: of all k + m, None where
    there are no candidates; keys: candidates, uint64[p], sorted, the second of each an arrival; spread: float64[p], see
    `match.index.Found`.
    """

    known: list[Text]
    found: U64
    lead: I64
    facts: Facts | None
    keys: U64
    spread: F64


def _words(texts: Sequence[Text]) -> I64:
    return np.array([text.words for text in texts], dtype=np.int64)


def _names(values: Sequence[str | None]) -> pa.Array:
    return pa.array(values, pa.large_string())


def facts_of(texts: Sequence[Text], settings: Settings) -> Facts:
    """What is known of texts besides their tokens; each is the first of its kind."""
    plain = _names([text.headline for text in texts]).dictionary_encode()
    code = plain.indices.cast(pa.int64()).fill_null(-1).to_numpy().astype(np.int64)
    values, bounds = grams(*buffers(plain.dictionary), settings.headline_gram)
    return Facts(
        or_nan(text.hours for text in texts),
        numbered_names(_names([text.outlet for text in texts])),
        numbered(_names([text.address for text in texts])),
        np.arange(len(texts), dtype=np.int64),
        Headlines(code, values, bounds),
    )


def lead_of(texts: Sequence[Text], k: int, window: float | None) -> I64:
    """For each text, the first with the same words: a known one, or from k on an earlier arrival; int64[k + m]."""
    if len({text.key for text in texts}) == len(texts):
        return np.arange(len(texts), dtype=np.int64)
    hours, words = or_nan(text.hours for text in texts), _words(texts)
    keys = np.frombuffer(b"".join(text.key for text in texts), "<u8").astype(np.uint64).reshape(-1, 2)
    first = exact_groups(keys, words, hours)
    first[:k] = np.arange(k)
    if window is None:
        return first
    heads: dict[bytes, list[int]] = {}
    for place, text in enumerate(texts):
        if first[place] != place:
            near = [at for at in heads[text.key] if abs(texts[at].time - text.time) <= window]
            first[place] = max((at for at in near if first[at] == at), default=place)
        if first[place] == place:
            heads.setdefault(text.key, []).append(place)
    return first


def within(texts: Sequence[Text], keys: U64, window: float) -> Bool:
    """Which pairs (keys of places) were published no further apart than the window, bool[p]."""
    pairs, at = unpack(keys), np.array([text.time for text in texts], dtype=np.float64)
    near: Bool = np.abs(at[pairs[:, 0]] - at[pairs[:, 1]]) <= window
    return near


def meet(
    known: list[Text], found: U64, fresh: list[Text], arrivals: Arrivals, settings: Settings, window: float | None
) -> Meeting:
    """Bring arrivals together with known texts and with each other.

    known: sorted by number; found: entries of the arrivals' keys in the index, those of texts that are gone too; fresh:
    the arrivals as texts; window: hours that publications may be apart.
    """
    k, texts = len(known), [*known, *fresh]
    first = lead_of(texts, k, window)
    nothing = Meeting(known, found, first, None, np.zeros(0, np.uint64), np.zeros(0, np.float64))
    if len(texts) == 1:
        return nothing
    numbers = np.array([text.number for text in known], dtype=np.int64)
    place = np.searchsorted(numbers, numbers_of(found))
    there = numbers[np.minimum(place, k - 1)] == numbers_of(found) if k else np.zeros(len(found), dtype=np.bool_)
    owners = arrivals.keys.owners() + k
    lead = first[owners] == owners
    local = [to_entries(values_of(found[there]), place[there]), to_entries(arrivals.keys.values[lead], owners[lead])]
    met, kinds, sizes = _meet(np.sort(np.concatenate(local)), k, settings.bucket_cap, settings.headline_cap)
    shared, sizes = met[kinds == PASSAGE], sizes[kinds == PASSAGE]
    order = np.argsort(shared, kind="stable")
    reading = settings.reading
    lengths = expected_fingerprints(_words(texts), reading.window)
    passages, spread = _enough(
        shared[order], sizes[order], lengths, reading.containment, np.int64(settings.passage_shared)
    )
    copies = np.flatnonzero(first[k:] != np.arange(k, len(texts))) + k
    if not len(passages) and not len(copies) and len(shared) == len(met):
        return nothing
    bodies, heads, placed = met[kinds == BAND], np.unique(met[kinds == HEADLINE]), np.unique(met[kinds == OTHER])
    facts = replace(facts_of(texts, settings), first=first)
    heads = heads[similarity(facts.headlines, unpack(heads)) >= settings.headline_threshold]
    pairs = unpack(placed)
    placed = placed[same_known(facts.address[pairs[:, 0]], facts.address[pairs[:, 1]])]
    keys = np.unique(np.concatenate([passages, bodies, heads, placed, pair_keys(first[copies], copies)]))
    means = np.zeros(len(keys), dtype=np.float64)
    means[np.searchsorted(keys, passages)] = spread
    if window is not None:
        near = within(texts, keys, window)
        keys, means = keys[near], means[near]
    return Meeting(known, found, first, facts, keys, means)
