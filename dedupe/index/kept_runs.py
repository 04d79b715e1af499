"""What a process keeps of runs: filters and first entries, and those of runs that merges are making.

A run never changes and its number is never used again, so what is kept is right for every transaction.  What a merge
makes is taken in block by block: the filters of a large run, read at once when it is done, would make an article wait.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from dedupe.compiled import U64
from dedupe.index.records import Merge
from dedupe.index.runs import Run, run_of
from dedupe.match.collection import Growing

if TYPE_CHECKING:
    from dedupe.index.sql import Database

_NONE = np.zeros(0, dtype=np.uint64)


class _Coming:
    """A run as far as its blocks were taken in; room for so many words of lows and filters, and for more."""

    def __init__(self, lows: int, words: int) -> None:
        self.lows, self.filter = Growing(lows, _NONE), Growing(words, _NONE)
        self.chunks: list[int] = []
        self.words: list[int] = []

    def add(self, lows: U64, words: U64) -> None:
        """Take in the next block."""
        self.lows, self.filter = _grown(self.lows, lows), _grown(self.filter, words)
        self.chunks.append(len(lows))
        self.words.append(len(words))

    def made(self) -> Run:
        """All of it as a run."""
        return run_of(self.lows.made(), self.filter.made(), self.chunks, self.words)


def _grown(room: Growing, values: U64) -> Growing:
    if not room.fits(len(values)):
        before = room.made()
        room = Growing(2 * (len(before) + len(values)), _NONE)
        room.add(before)
    room.add(values)
    return room


class KeptRuns:
    """Runs by number; may be used from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: dict[int, Run] = {}
        self._coming: dict[int, _Coming] = {}

    def get(self, database: Database, run: int) -> Run:
        """A run that is done."""
        with self._lock:
            kept = self._runs.get(run)
            coming = self._coming.pop(run, None)
        if kept is None:
            coming = coming or _Coming(0, 0)
            _take_in(database, run, coming)
            kept = coming.made()
            with self._lock:
                self._runs[run] = kept
        return kept

    def follow(self, database: Database, merge: Merge) -> None:
        """Take in what a merge has made since."""
        with self._lock:
            coming = self._coming.pop(merge.out, None)  # nobody else has it meanwhile
            inputs = [self._runs[run] for run in merge.inputs if run in self._runs]
        if coming is None:
            coming = _Coming(sum(len(run.lows) for run in inputs), sum(len(run.filter) for run in inputs))
        if len(coming.chunks) < merge.blocks:
            _take_in(database, merge.out, coming)
        with self._lock:
            self._coming[merge.out] = coming

    def keep_only(self, live: set[int]) -> None:
        """Let go of all other runs."""
        with self._lock:
            for run in self._runs.keys() - live:
                del self._runs[run]
            for run in self._coming.keys() - live:
                del self._coming[run]

    def forget(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._runs.clear()
            self._coming.clear()


def _take_in(database: Database, run: int, coming: _Coming) -> None:
    sql = "SELECT lows, filter FROM blocks WHERE run = ? AND block >= ? ORDER BY block"
    for row in database.rows(sql, (run, len(coming.chunks))):
        lows, words = (np.frombuffer(raw, "<u8").astype(np.uint64, copy=False) for raw in row)
        coming.add(lows, words)
