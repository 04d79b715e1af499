"""The sketched collection of a batch job: tokens kept by batch, reached by article number."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from dedupe.compiled import I64, U32, U64
from dedupe.text.sketch import Sketch, join_tokens, pick, pick_values
from dedupe.text.tokens import Tokens


@dataclass(slots=True)
class Collection:
    """Sketches of n articles, in batches, in input order."""

    batches: list[Sketch] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])

    def add(self, batch: Sketch) -> None:
        """Append the next batch."""
        self.batches.append(batch)
        self.starts.append(self.starts[-1] + len(batch))

    def __len__(self) -> int:
        return self.starts[-1]

    def words(self) -> I64:
        """Tokens of each text, int64[n]."""
        return np.concatenate([np.zeros(0, np.int64), *(batch.text.counts() for batch in self.batches)])

    def keys(self) -> U64:
        """Key of each text, uint64[n, 2]."""
        return np.concatenate([np.zeros((0, 2), np.uint64), *(batch.keys for batch in self.batches)])

    def signatures(self, rows: I64, num_perm: int) -> U32:
        """Signatures of these articles (sorted numbers), uint32[len(rows), num_perm]."""
        parts = [batch.signatures[local] for _, (batch, local) in self._split(rows)]
        return np.concatenate([np.zeros((0, num_perm), np.uint32), *parts])

    def tokens(self, rows: I64) -> tuple[Tokens, Tokens]:
        """Tokens of the texts and of the headlines of these articles (sorted numbers)."""
        parts = [part for _, part in self._split(rows)]
        empty = Tokens(np.zeros(0, np.uint64), np.zeros(0, np.uint8), np.zeros(1, np.int64))
        text = join_tokens([pick(batch.text, local) for batch, local in parts] or [empty])
        headline = join_tokens([pick(batch.headline, local) for batch, local in parts] or [empty])
        return text, headline

    def fingerprints(self, rows: I64) -> list[tuple[U64, I64, I64]]:
        """Fingerprints, their bounds and article numbers of these articles (sorted numbers), by batch."""
        found = []
        for number, (batch, local) in self._split(rows):
            if len(local) == len(batch):
                part = batch.fingerprints, batch.fingerprint_bounds
            else:
                part = pick_values(batch.fingerprints, batch.fingerprint_bounds, local)
            found.append((*part, local + self.starts[number]))
        return found

    def _split(self, rows: I64) -> list[tuple[int, tuple[Sketch, I64]]]:
        """The rows as number of a batch, the batch, and rows within it."""
        edges = np.searchsorted(rows, self.starts)
        return [
            (i, (batch, rows[edges[i] : edges[i + 1]] - self.starts[i]))
            for i, batch in enumerate(self.batches)
            if edges[i + 1] > edges[i]
        ]
