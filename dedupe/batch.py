"""The batch job: files or tables to stories, on one machine.

The input is read once in batches, sketched in threads while it is read, and
only the sketches stay; candidates are confirmed from the kept tokens.  The rows
that stay are copied in a second reading.
"""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedupe.article import SCHEMA
from dedupe.compiled import F64, I32, I64, U64
from dedupe.errors import InputError
from dedupe.match.collection import Collection, Kept, keep
from dedupe.match.exact import exact_groups
from dedupe.match.index import Facts, Found, confirm_candidates, find_candidates, hours_of, numbered_names
from dedupe.match.pairs import Pairs, join_pairs
from dedupe.match.tfidf import idf
from dedupe.read.articles import Articles, read_articles
from dedupe.read.identity import Seen
from dedupe.read.json_lines import as_json
from dedupe.read.objects import open_files, open_objects
from dedupe.read.raw import Reject, Source
from dedupe.settings import Settings
from dedupe.story.original import is_agency, originality
from dedupe.story.settle import settle
from dedupe.text.sketch import Sketch, sketch
from dedupe.text.terms import COLUMNS, count_documents
from dedupe.write.folder import output_folder
from dedupe.write.kept import write_kept
from dedupe.write.result import Input, Outcome, Result, tabulate

Progress = Callable[[str, int, int | None], None]
"""Told of the work: the stage, what was done since the last call, and the whole, when known."""


FEW = 256
"""Articles from which a batch is worth a worker's while."""


def silent(stage: str, done: int, whole: int | None) -> None:
    """Progress that nobody watches."""


@contextmanager
def _workers(count: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that are given no more work once something went wrong."""
    pool = ThreadPoolExecutor(count)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@dataclass(slots=True)
class _Collected:
    """The input as it was read."""

    tables: list[pa.RecordBatch] = field(default_factory=list)
    rows: list[I64] = field(default_factory=list)
    source: list[I64] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    unreadable_dates: int = 0
    text_bytes: int = 0


class _Frequency:
    """Document frequencies, counted by each thread on its own and added up at the end."""

    def __init__(self) -> None:
        self._local = threading.local()
        self._parts: list[I32] = []

    def count(self, made: Sketch) -> None:
        if not hasattr(self._local, "table"):
            self._local.table = np.zeros((COLUMNS, 2), dtype=np.int32)
            self._local.next = 1
            self._parts.append(self._local.table)
        count_documents(
            made.text.hashes, made.text.bounds, made.headline.hashes, made.headline.bounds,
            self._local.table, np.int32(self._local.next),
        )  # fmt: skip
        self._local.next += len(made)

    def total(self) -> I32:
        total = np.zeros(COLUMNS, dtype=np.int32)
        for table in self._parts:
            total += table[:, 0]
        return total


class _Clock:
    """Seconds of each stage, and in all."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self.stages: dict[str, dict[str, float]] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        before = time.perf_counter()
        yield
        self.stages[name] = {"seconds": round(time.perf_counter() - before, 3)}

    def seconds(self) -> float:
        return round(time.perf_counter() - self._start, 3)


def collect(
    sources: list[Source], columns: Mapping[str, str], settings: Settings, pool: ThreadPoolExecutor, progress: Progress
) -> tuple[Input, Collection, I32]:
    """Read and sketch the whole input, reading one batch while others are sketched."""
    got, frequency, seen = _Collected(), _Frequency(), Seen()
    collection = Collection()
    waiting: deque[Future[Kept]] = deque()
    small: list[pa.RecordBatch] = []

    def work(table: pa.RecordBatch) -> Kept:
        made = sketch(table.column("text"), table.column("headline"), settings)
        frequency.count(made)
        progress("read", len(made), None)
        return keep(made, settings)

    def take(number: int, batch: Articles) -> None:
        got.rejects.extend(batch.rejects)
        got.unreadable_dates += batch.unreadable_dates
        if not len(batch.rows):
            return
        got.text_bytes += batch.table.column("text").nbytes
        got.tables.append(batch.table.drop_columns("text"))
        got.rows.append(batch.rows)
        got.source.append(np.full(len(batch.rows), number, dtype=np.int64))
        small.append(batch.table)
        if sum(table.num_rows for table in small) >= FEW:
            hand_on()

    def hand_on() -> None:
        """Give the gathered articles to a worker: files of a few rows each go together."""
        if small:
            waiting.append(pool.submit(work, pa.Table.from_batches(small).combine_chunks().to_batches()[0]))
            small.clear()
        if len(waiting) > settings.workers + 1:
            collection.add(waiting.popleft().result())

    for number, source in enumerate(sources):
        for batch in read_articles(source, columns, seen):
            take(number, batch)
    hand_on()
    while waiting:
        collection.add(waiting.popleft().result())
    collection.done()
    if not got.rows:
        raise InputError(_nothing(sources, got.rejects))
    pa.default_memory_pool().release_unused()  # the texts are gone; what they took would stand beside what comes
    table = pa.Table.from_batches(got.tables, SCHEMA.remove(SCHEMA.get_field_index("text")))
    read = Input(
        sources, table, collection.keys(), collection.words(), np.concatenate(got.source), np.concatenate(got.rows),
        got.rejects, got.unreadable_dates, got.text_bytes,
    )  # fmt: skip
    return read, collection, frequency.total()


def bring_together(
    given: Input, collection: Collection, settings: Settings, pool: ThreadPoolExecutor
) -> tuple[Facts, Found]:
    """What is known of the articles besides their texts, and the candidates of all indexes."""
    hours, outlet = hours_of(given.table["published"].combine_chunks()), given.table["outlet"].combine_chunks()
    first = exact_groups(given.keys, given.words, hours)
    outlets = pc.unique(outlet.drop_null())
    headlines, found = find_candidates(collection, first, given.table["headline"], outlets, settings, pool)
    return Facts(hours, numbered_names(outlet), first, headlines), found


def _nothing(sources: list[Source], rejects: list[Reject]) -> str:
    """Why no article can be used, in a line."""
    names = ", ".join(source.name for source in sources[:3]) + (", ..." if len(sources) > 3 else "")
    if not rejects:
        return f"{names}: no rows; there is nothing to do"
    first = rejects[0]
    where = f"row {first.row} of {first.source_file}"
    return f"{names}: none of {len(rejects)} rows can be used; the first, {where}: {first.reason}"


def _find(
    sources: list[Source], settings: Settings, columns: Mapping[str, str] | None, progress: Progress, clock: _Clock
) -> Outcome:
    """Read, bring together, confirm and settle."""
    with _workers(settings.workers) as pool:
        with clock.stage("read and sketch"):
            given, collection, frequency = collect(sources, columns or {}, settings, pool, progress)
        n = len(collection)
        with clock.stage("candidates"):
            facts, found = bring_together(given, collection, settings, pool)
            collection.forget_sketches()
        weights = idf(frequency, n)

        def confirm(keys: U64, spread: F64, advance: Callable[[int], None]) -> Pairs:
            return join_pairs(confirm_candidates(collection, facts, weights, keys, spread, settings, pool, advance))

        with clock.stage("confirm"):
            progress("confirm", 0, len(found.keys))
            pairs = confirm(found.keys, found.spread, lambda count: progress("confirm", count, None))
        with clock.stage("stories"):
            agency = is_agency(given.table["outlet"].combine_chunks(), given.table["agency"].combine_chunks())
            rank = originality(agency, facts.hours, given.words)
            original, more = settle(
                pairs, facts.first, rank, lambda keys: confirm(keys, np.zeros(len(keys)), lambda count: None)
            )
            pairs = join_pairs([pairs, *more]) if more else pairs
    for name, rows in {
        "read and sketch": n,
        "candidates": len(found.keys),
        "confirm": len(found.keys),
        "stories": n,
    }.items():
        clock.stages[name]["rows"] = rows
    return Outcome(given, facts, found, pairs, original, rank, agency)


def deduplicate(
    sources: list[Source], settings: Settings, columns: Mapping[str, str] | None = None, progress: Progress = silent
) -> Result:
    """Find the copies, stories and repeated headlines in these sources.

    Raises InputError when no article can be used.
    """
    clock = _Clock()
    outcome = _find(sources, settings, columns, progress, clock)
    with clock.stage("tables"):
        result = tabulate(outcome, settings)
    result.summary["stages"] = clock.stages
    result.summary["seconds"] = clock.seconds()
    return result


def find_duplicates(
    articles: Any,
    *,
    settings: Settings | None = None,
    columns: Mapping[str, str] | None = None,
    progress: Progress = silent,
) -> Result:
    """Find copies, stories and repeated headlines.

    articles: a path or several; any table with the Arrow C stream interface; a pandas, polars or
    datasets table; or an iterable of dicts or `Article`.  columns: field of an article -> column of
    the input, where the usual names don't tell.

    >>> text = "The minister said on Monday that the bridge over the river would open in May after ten years."
    >>> rows = [{"id": "a", "text": text}, {"id": "b", "text": text.upper()}, {"id": "c", "text": "Rain."}]
    >>> found = find_duplicates(rows)
    >>> found.articles["role"].to_pylist()
    ['original', 'copy', 'single']
    >>> found.pairs["relation"].to_pylist(), found.kept()["id"].to_pylist()
    (['exact'], ['a', 'c'])
    """
    return deduplicate(open_objects(articles), settings or Settings(), columns, progress)


def run(
    inputs: list[str | Path], out: str | Path, *, settings: Settings | None = None,
    columns: Mapping[str, str] | None = None, kept: bool = True, progress: Progress = silent,
) -> dict[str, Any]:  # fmt: skip
    """The whole job: read the inputs, write the outputs into a folder, and return the summary.

    kept: also write the rows that stay, for which the inputs are read a second time.

    Raises InputError for inputs that can't be used, OutputError when the folder can't be written;
    the folder is then as it was.
    """
    clock, settings = _Clock(), settings or Settings()
    sources = open_files(inputs, skip=Path(out))
    with output_folder(Path(out)) as folder:
        outcome = _find(sources, settings, columns, progress, clock)
        progress("write", 0, None)
        with clock.stage("write"), _workers(1) as beside:
            copied = beside.submit(write_kept, folder, sources, outcome.kept_rows()) if kept else None
            result = tabulate(outcome, settings)
            for name in ("articles", "pairs", "stories", "headlines"):
                pq.write_table(getattr(result, name), folder / f"{name}.parquet")
            _write_rejects(folder / "rejects.jsonl", result.rejects)
            if copied:
                copied.result()
        summary = result.summary
        clock.stages["write"]["rows"] = summary["kept"]
        summary["stages"], summary["seconds"] = clock.stages, clock.seconds()
        summary["articles_per_second"] = round(summary["articles"] / summary["seconds"])
        summary["peak_memory_bytes"] = _peak_memory()
        (folder / "summary.json").write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return summary


def _write_rejects(path: Path, rejects: list[Reject]) -> None:
    with path.open("wb") as lines:
        for reject in rejects:
            row = {name: getattr(reject, name) for name in ("source_file", "row", "reason", "content")}
            lines.write(as_json(row) + b"\n")


def _peak_memory() -> int:
    """Bytes of memory this process had at its largest."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
