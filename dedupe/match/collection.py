"""The sketched collection of a batch job: tokens kept by batch, reached by article number."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from dedupe.compiled import I64, U32, U64
from dedupe.match.lsh import band_values
from dedupe.match.passages import passage_values
from dedupe.settings import Settings
from dedupe.text.segments import list_segments
from dedupe.text.sketch import Sketch, join_tokens, pick, pick_values, set_aside, sketch_tokens
from dedupe.text.tokens import Tokens

T = TypeVar("T", bound=np.generic)
GATHER = 16_384
"""Articles that lie side by side, about; the blocks are so large that the allocator maps them apart."""
LONGEST = 1 << 24
"""Values that a block has room for, at most, unless one batch has more."""


@dataclass(slots=True)
class Kept:
    """What a batch job keeps of a batch of n articles.

    text, headline: tokens; keys: uint64[n, 2]; bands: uint32[b, n], from `lsh.band_values`;
    passages: uint32[f], from `passages.passage_values`, with passage_bounds int64[n + 1]; segments: uint32[s], from
    `segments.list_segments`, with segment_bounds int64[n + 1], none where nobody asks for furniture.
    """

    text: Tokens
    headline: Tokens
    keys: U64
    bands: U32
    passages: U32
    passage_bounds: I64
    segments: U32
    segment_bounds: I64

    def __len__(self) -> int:
        return len(self.keys)

    def take(self, rows: I64) -> Kept:
        """What is kept of these articles, in this order."""
        passages, passage_bounds = pick_values(self.passages, self.passage_bounds, rows)
        segments, segment_bounds = pick_values(self.segments, self.segment_bounds, rows)
        return Kept(
            pick(self.text, rows), pick(self.headline, rows), self.keys[rows],
            np.ascontiguousarray(self.bands[:, rows]), passages, passage_bounds, segments, segment_bounds,
        )  # fmt: skip


def keep(made: Sketch, settings: Settings, group: I64 | None = None) -> Kept:
    """What is kept of a sketch: signatures and fingerprints only in the form that the indexes sort.

    group: int64[n], within which furniture is to be found; None: it is not.
    """
    bands = band_values(made.signatures, settings.body_threshold)
    passages = passage_values(made.fingerprints)
    segments, segment_bounds = np.empty(0, np.uint32), np.zeros(len(made) + 1, np.int64)
    if group is not None:
        segments, segment_bounds = list_segments(made.text.hashes, made.text.marks, made.text.bounds, group)
    return Kept(made.text, made.headline, made.keys, bands, passages, made.fingerprint_bounds, segments, segment_bounds)


class Growing:
    """Room for one array that is made of many, in a block of its own: they lie side by side, and are read as one."""

    __slots__ = ("_block", "_used")

    def __init__(self, size: int, kind: NDArray[T]) -> None:
        self._block: NDArray[Any] = np.empty(size, dtype=kind.dtype)
        self._used = 0

    def fits(self, count: int) -> bool:
        """Whether so many more find room."""
        return self._used + count <= len(self._block)

    def add(self, values: NDArray[T]) -> None:
        """Copy more values to the end."""
        self._block[self._used : self._used + len(values)] = values
        self._used += len(values)

    def made(self) -> NDArray[Any]:
        """All of it."""
        return self._block[: self._used]


def _parts(batch: Kept) -> list[NDArray[Any]]:
    """What is kept of a batch, array by array; of bounds, the lengths between them."""
    text, headline = batch.text, batch.headline
    return [
        text.hashes, text.marks, text.letters, np.diff(text.bounds),
        headline.hashes, headline.marks, headline.letters, np.diff(headline.bounds),
        batch.keys.ravel(), batch.passages, np.diff(batch.passage_bounds), batch.bands.T.ravel(), batch.segments,
        np.diff(batch.segment_bounds),
    ]  # fmt: skip


def _bounds(lengths: I64) -> I64:
    bounds = np.empty(len(lengths) + 1, dtype=np.int64)
    bounds[0] = 0
    np.cumsum(lengths, out=bounds[1:])
    return bounds


@dataclass(slots=True)
class Collection:
    """Sketches of n articles, in batches, in input order.

    What is added lies side by side in large blocks, so that temporary arrays leave no holes between, and so
    that what reads across the whole collection meets few batches; `done` closes the last.
    """

    batches: list[Kept] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    growing: list[Growing] = field(default_factory=list)
    bands_each: int = 0

    def add(self, batch: Kept) -> None:
        """Append the next batch, copied to where it stays."""
        parts = _parts(batch)
        if self.growing and not all(room.fits(len(part)) for room, part in zip(self.growing, parts, strict=True)):
            self.done()
        if not self.growing:
            times = max(1.0, GATHER / max(len(batch), 1)) * 1.25
            self.growing = [Growing(max(len(part), min(int(len(part) * times), LONGEST)), part) for part in parts]
        for room, part in zip(self.growing, parts, strict=True):
            room.add(part)
        self.bands_each = len(batch.bands)

    def done(self) -> None:
        """Close the batch that grows."""
        if not self.growing:
            return
        made = [room.made() for room in self.growing]
        text, headline = (
            Tokens(hashes, marks, _bounds(counts), letters) for hashes, marks, letters, counts in (made[:4], made[4:8])
        )
        keys, passages, counts, bands, segments, segment_counts = made[8:]
        self.batches.append(
            Kept(
                text,
                headline,
                keys.reshape(-1, 2),
                np.ascontiguousarray(bands.reshape(-1, self.bands_each).T),
                passages,
                _bounds(counts),
                segments,
                _bounds(segment_counts),
            )
        )
        self.starts.append(self.starts[-1] + len(keys) // 2)
        self.growing = []

    def set_aside(self, spans: I64, settings: Settings) -> None:
        """Take spans out of the texts, and sketch anew those that had them.

        spans: int64[s, 3], article, start and length in its tokens; sorted.
        """
        edges = np.searchsorted(spans[:, 0], self.starts)
        for at, (low, high) in enumerate(itertools.pairwise(edges)):
            if low == high:
                continue
            old, local = self.batches[at], spans[low:high] - np.array([self.starts[at], 0, 0], np.int64)
            text = set_aside(old.text, local)
            rows: I64 = np.unique(local[:, 0])
            new = keep(sketch_tokens(pick(text, rows), pick(old.headline, rows), settings), settings)
            keys, bands = old.keys.copy(), old.bands.copy()
            keys[rows], bands[:, rows] = new.keys, new.bands
            order = np.arange(len(old), dtype=np.int64)
            order[rows] = len(old) + np.arange(len(rows))
            both = np.concatenate([old.passages, new.passages])
            bounds = np.concatenate([old.passage_bounds, old.passage_bounds[-1] + new.passage_bounds[1:]])
            passages, passage_bounds = pick_values(both, bounds, order)
            self.batches[at] = Kept(
                text, old.headline, keys, bands, passages, passage_bounds, old.segments, old.segment_bounds
            )

    def forget_segments(self) -> None:
        """Let go of what only the search for furniture needs."""
        for batch in self.batches:
            batch.segments, batch.segment_bounds = np.empty(0, np.uint32), np.zeros(len(batch) + 1, np.int64)

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
        for batch in self.batches:
            batch.bands, batch.passages = np.empty((0, 0), np.uint32), np.empty(0, np.uint32)
            batch.passage_bounds = np.zeros(1, np.int64)

    def _split(self, rows: I64) -> list[tuple[int, Kept, I64]]:
        """The rows by batch: its first article, the batch, and the rows within it."""
        edges = np.searchsorted(rows, self.starts)
        return [
            (self.starts[i], batch, rows[edges[i] : edges[i + 1]] - self.starts[i])
            for i, batch in enumerate(self.batches)
            if edges[i + 1] > edges[i]
        ]
