"""The ingestion index as it grows, beside datasketch's MinHash LSH and one B-tree in SQLite.

Each system runs in a process of its own over the same generated articles, in batches; then articles of its own come one
at a time.  The two peers only bring candidates together: they confirm nothing, keep no stories and give no verdict.
"""

from __future__ import annotations

import gc
import multiprocessing
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dedupe.index.arriving import Arrivals, read_arrivals
from dedupe.index.opening import open_index
from dedupe.read.agencies import load_agencies
from dedupe.settings import Settings

BATCH = 1000
STEP = 10_000
SINGLES = 2000


@dataclass(slots=True)
class Growth:
    """A system's figures: articles and seconds at each step, bytes on disk, milliseconds of single adds, peak memory."""

    system: str
    articles: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    disk: list[int] = field(default_factory=list)
    singles: list[float] = field(default_factory=list)
    slowest_batch: float = 0.0
    memory: int = 0

    def rate(self, last: int) -> float:
        """Articles a second over the last so many."""
        past = [i for i, count in enumerate(self.articles) if count <= self.articles[-1] - last]
        start, begun = (self.articles[past[-1]], self.seconds[past[-1]]) if past else (0, 0.0)
        return (self.articles[-1] - start) / (self.seconds[-1] - begun)


class Adds(Protocol):
    """What is measured."""

    def add(self, rows: list[dict[str, Any]]) -> None:
        """Check and add articles, in one transaction."""

    def disk(self) -> int:
        """Bytes on the disk."""


class _Dedupe:
    def __init__(self, address: str) -> None:
        self._index = open_index(address)

    def add(self, rows: list[dict[str, Any]]) -> None:
        for _ in self._index.add_many(rows, batch=len(rows)):
            pass

    def disk(self) -> int:
        return int(self._index.stats()["bytes"].get("file", 0))


def _arrivals(rows: list[dict[str, Any]]) -> Arrivals:
    return read_arrivals(rows, {}, Settings(), load_agencies())


class _Datasketch:
    """The body's signature alone, in datasketch's own index."""

    def __init__(self) -> None:
        from datasketch import MinHash, MinHashLSH

        self._minhash = MinHash
        self._lsh: Any = None
        self._lsh_of = MinHashLSH
        self._next = 0

    def add(self, rows: list[dict[str, Any]]) -> None:
        bands = _arrivals(rows).kept.bands
        if self._lsh is None:
            self._lsh = self._lsh_of(num_perm=len(bands), params=(len(bands), 1))
        for row in range(bands.shape[1]):
            signature = self._minhash(scheme="affine32", hashvalues=bands[:, row])
            self._lsh.query(signature)
            self._lsh.insert(self._next, signature, check_duplication=False)
            self._next += 1

    def disk(self) -> int:
        return 0


class _BTree:
    """The same keys, each a row of one table, looked up and inserted one by one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = sqlite3.connect(path, isolation_level=None)
        for line in (
            "PRAGMA page_size = 8192", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA cache_size = -65536",
            "CREATE TABLE keys (key INTEGER, number INTEGER, PRIMARY KEY (key, number)) WITHOUT ROWID",
        ):  # fmt: skip
            self._connection.execute(line)
        self._next = 0

    def add(self, rows: list[dict[str, Any]]) -> None:
        keys = _arrivals(rows).keys
        values = (keys.values >> np.uint64(30)).astype(np.int64)
        numbers = keys.owners() + self._next
        self._next += len(keys)
        pairs = list(zip(values.tolist(), numbers.tolist(), strict=True))
        self._connection.execute("BEGIN IMMEDIATE")
        for value, _ in pairs:
            self._connection.execute("SELECT number FROM keys WHERE key = ? LIMIT 200", (value,)).fetchall()
        self._connection.executemany("INSERT INTO keys VALUES (?, ?)", pairs)
        self._connection.execute("COMMIT")

    def disk(self) -> int:
        return self._path.stat().st_size + self._path.with_name("keys.db-wal").stat().st_size


def _open(system: str, folder: Path) -> Adds:
    if system == "dedupe memory":
        return _Dedupe("memory:")
    if system == "datasketch LSH":
        return _Datasketch()
    if system == "SQLite B-tree":
        return _BTree(folder / "keys.db")
    return _Dedupe(system if "://" in system else str(folder / "news.db"))


def _batches(path: Path, size: int) -> Iterator[list[dict[str, Any]]]:
    """Articles as rows, up to so many, and then for ever."""
    file = pq.ParquetFile(path, pre_buffer=False)
    for group in range(file.num_row_groups):
        table = file.read_row_group(group)
        for start in range(0, table.num_rows, BATCH):
            yield table.slice(start, min(BATCH, size)).to_pylist()
        del table
        pa.default_memory_pool().release_unused()


def grow(system: str, path: str, size: int) -> Growth:
    """One system, in this process: batches up to `size` articles, then singles."""
    found = Growth(system)
    with tempfile.TemporaryDirectory() as folder:
        adds = _open(system, Path(folder))
        gc.freeze()  # as docs/index.md advises: else a walk over all that was imported falls into one of the singles
        done, spent = 0, 0.0
        for rows in _batches(Path(path), size):
            if done >= size:
                for row in rows[:SINGLES]:
                    begin = time.perf_counter()
                    adds.add([row])
                    found.singles.append(1000 * (time.perf_counter() - begin))
                if len(found.singles) >= SINGLES:
                    break
                continue
            begin = time.perf_counter()
            adds.add(rows)
            took = time.perf_counter() - begin
            spent += took
            found.slowest_batch = max(found.slowest_batch, took)
            done += len(rows)
            if done // STEP > (found.articles[-1] if found.articles else 0) // STEP or done >= size:
                found.articles.append(done)
                found.seconds.append(spent)
                found.disk.append(adds.disk())
    found.memory = _peak_memory()
    return found


def _peak_memory() -> int:
    """Bytes of memory of this process at its largest; what `getrusage` says begins with the parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))


def measure(systems: list[str], path: Path, size: int) -> list[Growth]:
    """Each system in a fresh process."""
    found = []
    for system in systems:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            one = pool.apply(grow, (system, str(path), size))
        found.append(one)
        print(f"  {system.partition('://')[0]}: {one.rate(size):,.0f} articles/s", file=sys.stderr)
    return found


HEADER = (
    "system", "articles", "articles/s", "over the last 100,000", "slowest batch ms", "add p50 ms", "p99 ms", "slowest",
    "bytes an article", "memory MB",
)  # fmt: skip


def rows_of(found: list[Growth]) -> list[list[str]]:
    """The rows of the table."""
    shown = []
    for one in found:
        p50, p99 = np.quantile(one.singles, [0.5, 0.99]) if one.singles else (0, 0)
        shown.append([
            one.system.partition("://")[0], f"{one.articles[-1]:,}", f"{one.rate(one.articles[-1]):,.0f}", f"{one.rate(100_000):,.0f}",
            f"{1000 * one.slowest_batch:,.0f}", f"{p50:.2f}", f"{p99:.2f}", f"{max(one.singles, default=0):.1f}",
            f"{one.disk[-1] / one.articles[-1]:,.0f}" if one.disk[-1] else "", f"{one.memory / 1e6:,.0f}",
        ])  # fmt: skip
    return shown
