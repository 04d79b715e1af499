"""Postings in a database: the latest in memory and one by one, older ones in runs that merge a block at a time.

Inserted at random into one B-tree, eighty keys an article are fast only while the tree fits into memory.  Here nothing
is inserted at random: what came last is a row an article, from 1,024 texts on a sorted run, and four runs of a level
become one of the next.  A merge goes on by one block with every so many texts, each block a transaction of a few
milliseconds; its place is in the database, so any process goes on with it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from dedupe.compiled import I64, U64
from dedupe.index.entries import Keys, numbers_of, to_entries
from dedupe.index.kept_runs import KeptRuns
from dedupe.index.records import FAN_IN, RECENT, Merge, RunAt, State
from dedupe.index.runs import CHUNK, Block, find_in_entries, find_in_run, merge_slice, to_blocks

if TYPE_CHECKING:
    from dedupe.index.sql import Database

TAIL = 4096
"""Entries that are sorted at each question, before they are sorted once into the others."""
CACHED = 8192
"""Chunks that a process keeps, 64 MB ..."""
SMALL = CACHED // 4
"""... of runs that have no more than so many."""
HIGHEST = 4
"""Level of the largest runs that are made at once, of 262,144 texts."""
DROPPED = 512
"""Chunks of a run no longer needed that are deleted in one transaction."""
MOSTLY = 0.5
"""Share of a run's texts that are gone from which it is written anew."""
_SHIFT = 32


@dataclass(frozen=True, slots=True)
class Recent:
    """Entries of the texts from low to high that are in no run: sorted, uint64[n], and a tail that came last."""

    epoch: int
    low: int
    high: int
    sorted: U64
    tail: U64

    def grown(self, entries: U64, high: int) -> Recent:
        """With the entries of later texts."""
        tail = np.concatenate([self.tail, entries])
        if len(tail) > TAIL:
            return replace(self, high=high, sorted=np.sort(np.concatenate([self.sorted, tail])), tail=tail[:0])
        return replace(self, high=high, tail=tail)

    def all(self) -> U64:
        """All entries, sorted."""
        return np.sort(np.concatenate([self.sorted, self.tail])) if len(self.tail) else self.sorted


_NONE = np.zeros(0, dtype=np.uint64)


class Postings:
    """What a process keeps in memory of an index's postings: the latest, lows and filters of runs, some chunks.

    Runs never change and their numbers are never used again, so what is kept of them is right for every transaction.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._recent = Recent(0, 0, 0, _NONE, _NONE)
        self._runs = KeptRuns()
        self._chunks: OrderedDict[int, U64] = OrderedDict()
        self._dead: tuple[tuple[int, list[int]], I64] | None = None

    def forget(self) -> None:
        """Keep nothing: the database may be another."""
        with self._lock:
            self._recent = Recent(-1, 0, 0, _NONE, _NONE)
            self._runs.forget()
            self._chunks.clear()
            self._dead = None

    def warm(self, database: Database, state: State) -> None:
        """Read at once what the first question would read."""
        for run in state.runs:
            self._runs.get(database, run.id)

    def recent(self, database: Database, state: State) -> Recent:
        """The latest entries, as a transaction sees them."""
        with self._lock:
            kept = self._recent
        if (kept.epoch, kept.low) != (state.epoch, state.recent) or kept.high > state.texts:
            kept = Recent(state.epoch, state.recent, state.recent, _NONE, _NONE)
        if kept.high < state.texts:
            found = database.rows("SELECT entries FROM recent WHERE number >= ? ORDER BY number", (kept.high,))
            kept = kept.grown(_joined(row[0] for row in found), state.texts)
            self.publish(state, kept)
        return kept

    def publish(self, state: State, recent: Recent) -> None:
        """Keep the latest entries for the next transaction, unless newer ones are kept."""
        with self._lock:
            mine = self._recent
            if (recent.epoch, recent.low, recent.high) > (mine.epoch, mine.low, mine.high):
                self._recent = recent
            if recent.high == state.texts:
                self._runs.keep_only({run.id for run in state.runs} | {merge.out for merge in state.merges})

    def add(self, database: Database, state: State, recent: Recent, numbers: Sequence[int], keys: Keys) -> Recent:
        """Keep the entries of new texts."""
        if not len(numbers):
            return recent
        entries = to_entries(keys.values, np.array(numbers, dtype=np.int64)[keys.owners()])
        if numbers[-1] + 1 - state.recent < RECENT:
            raw = entries.astype("<u8").tobytes()
            rows = [(n, raw[8 * keys.bounds[i] : 8 * keys.bounds[i + 1]]) for i, n in enumerate(numbers)]
            database.insert("recent", ("number", "entries"), rows)
        return recent.grown(entries, numbers[-1] + 1)

    def flush(self, database: Database, state: State, recent: Recent) -> Recent:
        """Make a run of the latest, where there are enough."""
        if state.texts - state.recent < RECENT:
            return recent
        _add_run(database, state, recent.all(), 0, state.texts)
        database.run("DELETE FROM recent WHERE number < ?", (state.texts,))
        _plan(state)
        return Recent(state.epoch, state.recent, state.texts, _NONE, _NONE)

    def refill(self, database: Database, state: State, entries: Callable[[int, int], U64]) -> Recent:
        """Make all postings anew, in runs as they are when all merges are done.

        entries: those of the texts from one number to another.
        """
        for table in ("recent", "blocks", "chunks", "dead"):
            database.run(f"DELETE FROM {table}")
        state.runs, state.merges, state.drops = [], [], []
        state.recent, state.epoch = 0, state.epoch + 1
        while (left := state.texts - state.recent) >= RECENT:
            level = next(level for level in range(HIGHEST, -1, -1) if left >= RECENT * FAN_IN**level)
            high = state.recent + RECENT * FAN_IN**level
            _add_run(database, state, np.sort(entries(state.recent, high)), level, high)
        rest = np.sort(entries(state.recent, state.texts))
        if len(rest):
            database.insert("recent", ("number", "entries"), [(state.recent, rest.astype("<u8").tobytes())])
        return Recent(state.epoch, state.recent, state.texts, rest, _NONE)

    def find(self, database: Database, state: State, recent: Recent, values: U64, limit: int, since: int) -> U64:
        """Entries of sorted values, of each the `limit` latest of every run; of texts from `since` on."""
        parts = [find_in_entries(recent.sorted, values, limit), find_in_entries(np.sort(recent.tail), values, limit)]
        for run in (run for run in state.runs if run.high > since):
            parts.append(find_in_run(values, self._runs.get(database, run.id), self._reader(database, run), limit))
        found = np.concatenate(parts)
        return found[numbers_of(found) >= since] if since else found

    def _reader(self, database: Database, run: RunAt) -> Callable[[I64], U64]:
        """What reads chunks of a run; those of small ones stay in memory, as they are asked for again and again."""

        def read_all(asked: I64) -> U64:
            found = database.find("chunks", ("number", "entries"), "number", ((run.id << _SHIFT) + asked).tolist())
            found.sort(key=itemgetter(0))
            return _joined(raw for _, raw in found).reshape(-1, CHUNK)

        def read(asked: I64) -> U64:
            numbers = ((run.id << _SHIFT) + asked).tolist()
            out = np.empty((len(numbers), CHUNK), dtype=np.uint64)
            missing = {}
            with self._lock:
                for place, number in enumerate(numbers):
                    kept = self._chunks.get(number)
                    if kept is None:
                        missing[number] = place
                    else:
                        self._chunks.move_to_end(number)
                        out[place] = kept
            if missing:
                found = database.find("chunks", ("number", "entries"), "number", missing)
                for number, raw in found:
                    out[missing[number]] = np.frombuffer(raw, "<u8")
                with self._lock:
                    for number, _ in found:
                        self._chunks[number] = out[missing[number]].copy()
                    while len(self._chunks) > CACHED:
                        self._chunks.popitem(last=False)
            return out

        return read if run.chunks <= SMALL else read_all

    def _gone(self, database: Database, state: State) -> I64:
        """Texts that were removed and may have postings, sorted."""
        at = state.removals, [run.id for run in state.runs]  # a merge lets go of those that it left out
        if self._dead is None or self._dead[0] != at:
            rows = database.rows("SELECT number FROM dead ORDER BY number")
            self._dead = at, np.array([row[0] for row in rows], dtype=np.int64)
        return self._dead[1]

    def _plan_rewrite(self, database: Database, state: State) -> None:
        """Begin to write anew a run most of whose texts are gone."""
        gone = self._gone(database, state)
        for run in state.runs:
            if np.searchsorted(gone, run.high) - np.searchsorted(gone, run.low) > MOSTLY * run.texts:
                _begin(state, [run])
                return

    def merge(self, database: Database, state: State) -> None:
        """Do the next block of the merges under way, or delete some of what they left."""
        if not state.merges and not state.drops:
            self._plan_rewrite(database, state)
        if state.drops and (not state.merges or len(state.drops) > FAN_IN):
            _drop(database, state)
            return
        if not state.merges:
            return
        merge = min(state.merges, key=lambda one: one.level)
        runs = [self._runs.get(database, run) for run in merge.inputs]

        def read(place: int, first: int, last: int) -> U64:
            base = merge.inputs[place] << _SHIFT
            rows = database.rows(
                "SELECT entries FROM chunks WHERE number >= ? AND number < ? ORDER BY number",
                (base + first, base + last),
            )
            return _joined(row[0] for row in rows).reshape(-1, CHUNK)

        part = merge_slice(runs, merge.next, self._gone(database, state), read)
        state.merges.remove(merge)
        if part.block is not None:
            _write(database, merge.out, merge.blocks, merge.chunks, part.block)
            merge = replace(merge, blocks=merge.blocks + 1, chunks=merge.chunks + len(part.block.chunks))
        if part.next is not None:
            state.merges.append(replace(merge, next=part.next))
        else:
            _switch(database, state, merge)
        for under_way in state.merges:
            self._runs.follow(database, under_way)


def _write(database: Database, run: int, number: int, first: int, block: Block) -> None:
    lows, words = (values.astype("<u8").tobytes() for values in (block.lows, block.filter))
    database.insert("blocks", ("run", "block", "lows", "filter"), [(run, number, lows, words)])
    chunks = block.chunks.astype("<u8", copy=False)
    base = (run << _SHIFT) + first
    database.insert("chunks", ("number", "entries"), [(base + i, chunk.tobytes()) for i, chunk in enumerate(chunks)])


def _add_run(database: Database, state: State, entries: U64, level: int, high: int) -> None:
    """Make a run of the sorted entries of all texts below `high` that are in none."""
    run, chunks = state.next_run, 0
    for number, block in enumerate(to_blocks(entries)):
        _write(database, run, number, chunks, block)
        chunks += len(block.chunks)
    if chunks:
        texts = len(np.unique(numbers_of(entries)))
        state.runs.append(RunAt(run, level, state.recent, high, texts, chunks))
    state.next_run += 1
    state.recent = high


def _joined(blobs: Iterable[bytes]) -> U64:
    """The entries of several rows as one array."""
    return np.frombuffer(b"".join(blobs), "<u8").astype(np.uint64, copy=False)


def _begin(state: State, runs: list[RunAt]) -> None:
    """Begin to merge runs of one level."""
    inputs = [run.id for run in runs]
    state.merges.append(Merge(runs[0].level, inputs, state.next_run, 0, 0, 0, state.removals))
    state.next_run += 1


def _plan(state: State) -> None:
    """Begin the merges that are due: of the oldest four runs of a level, where none of it is under way."""
    busy = {merge.level for merge in state.merges}
    for level in sorted({run.level for run in state.runs} - busy):
        some = [run for run in state.runs if run.level == level][:FAN_IN]
        if len(some) == FAN_IN:
            _begin(state, some)


def _switch(database: Database, state: State, merge: Merge) -> None:
    """Put what was merged in the place of what it was made of."""
    inputs = [run for run in state.runs if run.id in merge.inputs]
    place = state.runs.index(inputs[0])
    low, high = inputs[0].low, inputs[-1].high
    state.runs = [run for run in state.runs if run.id not in merge.inputs]
    gone, within = "FROM dead WHERE number >= ? AND number < ? AND removal <= ?", (low, high, merge.removals)
    left_out = database.rows(f"SELECT count(*) {gone}", within)[0][0]
    if merge.chunks:
        level, texts = merge.level + (len(inputs) > 1), sum(run.texts for run in inputs) - left_out
        state.runs.insert(place, RunAt(merge.out, level, low, high, texts, merge.chunks))
    for run in inputs:
        database.run("DELETE FROM blocks WHERE run = ?", (run.id,))
        state.drops.append((run.id, run.chunks))
    database.run(f"DELETE {gone}", within)
    _plan(state)


def _drop(database: Database, state: State) -> None:
    run, chunks = state.drops.pop(0)
    low = max(chunks - DROPPED, 0)
    base = run << _SHIFT
    database.run("DELETE FROM chunks WHERE number >= ? AND number < ?", (base + low, base + chunks))
    if low:
        state.drops.insert(0, (run, low))
