"""The sketched collection of a batch job: tokens kept by batch, reached by article number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from dedupe.compiled import I64, U8, U32, U64
from dedupe.match.lsh import band_values
from dedupe.match.passages import passage_values
from dedupe.settings import Settings
from dedupe.text.sketch import Sketch, join_tokens, pick, pick_values
from dedupe.text.tokens import Tokens

T = TypeVar("T", bound=np.generic)
BLOCK = 64 << 20
"""Bytes of a block; the allocator maps so large a one apart, and gives it back when it is freed."""


@dataclass(slots=True)
class Kept:
    """What a batch job keeps of a batch of n articles.

    text, headline: tokens; keys: uint64[n, 2]; bands: uint32[b, n], from `lsh.band_values`;
    passages: uint32[f], from `passages.passage_values`, with passage_bounds int64[n + 1].
    """

    text: Tokens
    headline: Tokens
    keys: U64
    bands: U32
    passages: U32
    passage_bounds: I64

    def __len__(self) -> int:
        return len(self.keys)


def keep(made: Sketch, settings: Settings) -> Kept:
    """What is kept of a sketch: signatures and fingerprints only in the form that the indexes sort."""
    bands = band_values(made.signatures, settings.body_threshold)
    passages = passage_values(made.fingerprints)
    return Kept(made.text, made.headline, made.keys, bands, passages, made.fingerprint_bounds)


class Arena:
    """Room for arrays that stay: large blocks of their own, so that the temporary ones leave no holes between them."""

    __slots__ = ("_block", "_used")

    def __init__(self) -> None:
        self._block: U8 = np.empty(0, dtype=np.uint8)
        self._used = 0

    def keep(self, array: NDArray[T]) -> NDArray[T]:
        """A copy of the array that stays."""
        if self._used + array.nbytes > len(self._block):
            self._block = np.empty(max(BLOCK, array.nbytes), dtype=np.uint8)
            self._used = 0
        room = self._block[self._used : self._used + array.nbytes].view(array.dtype).reshape(array.shape)
        room[...] = array
        self._used += -(-array.nbytes // 64) * 64
        return room

    def keep_tokens(self, tokens: Tokens) -> Tokens:
        """A copy of the tokens that stays."""
        return Tokens(
            self.keep(tokens.hashes), self.keep(tokens.marks), self.keep(tokens.bounds), self.keep(tokens.letters)
        )


@dataclass(slots=True)
class Collection:
    """Sketches of n articles, in batches, in input order."""

    batches: list[Kept] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    arena: Arena = field(default_factory=Arena)
    sketches: Arena = field(default_factory=Arena)

    def add(self, batch: Kept) -> None:
        """Append the next batch, copied to where it stays."""
        stay, sketch = self.arena.keep, self.sketches.keep
        self.batches.append(
            Kept(
                self.arena.keep_tokens(batch.text), self.arena.keep_tokens(batch.headline), stay(batch.keys),
                sketch(batch.bands), sketch(batch.passages), sketch(batch.passage_bounds),
            )
        )  # fmt: skip
        self.starts.append(self.starts[-1] + len(batch))

    def __len__(self) -> int:
        return self.starts[-1]

    def words(self) -> I64:
        """Tokens of each text, int64[n]."""
        return np.concatenate([np.zeros(0, np.int64), *(batch.text.counts() for batch in self.batches)])

    def keys(self) -> U64:
        """Key of each text, uint64[n, 2]."""
        return np.concatenate([np.zeros((0, 2), np.uint64), *(batch.keys for batch in self.batches)])

    def bands(self, rows: I64) -> U32:
        """Band values of these articles (sorted numbers), uint32[bands, len(rows)]."""
        return np.concatenate([batch.bands[:, local] for _, batch, local in self._split(rows)], axis=1)

    def tokens(self, rows: I64) -> tuple[Tokens, Tokens]:
        """Tokens of the texts and of the headlines of these articles (sorted numbers)."""
        parts = self._split(rows)
        empty = Tokens(np.zeros(0, np.uint32), np.zeros(0, np.uint8), np.zeros(1, np.int64))
        text = join_tokens([pick(batch.text, local) for _, batch, local in parts] or [empty])
        headline = join_tokens([pick(batch.headline, local) for _, batch, local in parts] or [empty])
        return text, headline

    def passages(self, rows: I64) -> list[tuple[U32, I64, I64]]:
        """Passage values, their bounds and article numbers of these articles (sorted numbers), by batch."""
        found = []
        for start, batch, local in self._split(rows):
            if len(local) == len(batch):
                part = batch.passages, batch.passage_bounds
            else:
                part = pick_values(batch.passages, batch.passage_bounds, local)
            found.append((*part, local + start))
        return found

    def forget_sketches(self) -> None:
        """Let go of what only the indexes need; the tokens stay for the confirmation."""
        self.sketches = Arena()
        for batch in self.batches:
            batch.bands, batch.passages = batch.bands[:0].copy(), batch.passages[:0].copy()
            batch.passage_bounds = batch.passage_bounds[:0].copy()

    def _split(self, rows: I64) -> list[tuple[int, Kept, I64]]:
        """The rows by batch: its first article, the batch, and the rows within it."""
        edges = np.searchsorted(rows, self.starts)
        return [
            (self.starts[i], batch, rows[edges[i] : edges[i + 1]] - self.starts[i])
            for i, batch in enumerate(self.batches)
            if edges[i + 1] > edges[i]
        ]
