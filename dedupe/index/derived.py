"""What follows from texts and their tokens: postings, document frequencies and counts, and how to make them anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dedupe.compiled import I32, I64
from dedupe.index.arriving import list_arrival_keys
from dedupe.index.counting import frequencies_of
from dedupe.index.entries import Keys
from dedupe.index.packing import join_packed
from dedupe.index.records import Filed, Text
from dedupe.index.store import Refill, View
from dedupe.match.collection import Kept, keep
from dedupe.settings import Settings
from dedupe.text.sketch import pick, sketch_tokens
from dedupe.text.terms import COLUMNS

SLICE = 1000


@dataclass(frozen=True, slots=True)
class Derived:
    """Some texts, in order of number, and what follows from them."""

    texts: list[Text]
    kept: Kept
    keys: Keys

    def numbers(self) -> I64:
        """Numbers of the texts, int64[n]."""
        return np.array([text.number for text in self.texts], dtype=np.int64)

    def frequencies(self, end: int) -> I32:
        """Document frequencies of those below a number, int32[2^20]."""
        rows = np.flatnonzero(self.numbers() < end)
        return frequencies_of(pick(self.kept.text, rows), pick(self.kept.headline, rows))


def derive(view: View, settings: Settings, low: int, high: int) -> Iterator[Derived]:
    """The texts from one number to another, those that have tokens, a thousand at a time."""
    for start in range(low, high, SLICE):
        texts = view.load(Text, "number", range(start, min(start + SLICE, high)))
        packed = view.packed([text.number for text in texts])
        texts = [text for text in texts if text.number in packed]
        if not texts:
            continue
        kept = keep(sketch_tokens(*join_packed(packed[text.number] for text in texts), settings), settings)
        plain = pa.array([text.headline for text in texts], pa.large_string())
        address = pa.array([text.address for text in texts], pa.large_string())
        keys = list_arrival_keys(kept, plain, address, settings)
        yield Derived(texts, kept, keys)


def rebuild(view: Refill, settings: Settings) -> None:
    """Make postings, document frequencies and counts anew."""
    state = view.state
    frequencies = np.zeros(COLUMNS, dtype=np.int32)
    state.live_texts = 0

    def keys(low: int, high: int) -> Iterator[tuple[I64, Keys]]:
        for part in derive(view, settings, low, high):
            frequencies[:] += part.frequencies(high)
            state.live_texts += len(part.texts)
            yield part.numbers(), part.keys

    view.refill(keys)
    view.keep_frequencies(frequencies)
    state.counted, state.documents = state.texts, state.live_texts
    state.live_articles = sum(
        len(view.load(Filed, "number", range(start, min(start + SLICE, state.articles))))
        for start in range(0, state.articles, SLICE)
    )
