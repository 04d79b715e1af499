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
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedupe.article import SCHEMA
from dedupe.compiled import F64, I32, I64, U64, Bool
from dedupe.errors import InputError
from dedupe.match.buckets import pair_keys
from dedupe.match.collection import Collection, Kept, keep
from dedupe.match.exact import exact_groups
from dedupe.match.index import Facts, Found, confirm_candidates, find_candidates
from dedupe.match.pairs import Pairs, join_pairs
from dedupe.match.relation import ABRIDGED, EXACT, REVISION
from dedupe.match.tfidf import idf
from dedupe.read.articles import Articles, read_articles
from dedupe.read.identity import Seen
from dedupe.read.json_lines import as_json
from dedupe.read.objects import open_objects
from dedupe.read.raw import Reject, Source
from dedupe.settings import Settings
from dedupe.story.headline_groups import group_headlines, kinds
from dedupe.story.join import Joins, join_stories
from dedupe.story.original import is_agency, originality, reason
from dedupe.text.sketch import Sketch, sketch
from dedupe.text.terms import COLUMNS, count_documents
from dedupe.write.folder import output_folder
from dedupe.write.kept import kept_table, write_kept
from dedupe.write.tables import (
    LABEL, article_table, headline_table, made_ids, pair_table, roles, story_table,
)  # fmt: skip

Progress = Callable[[str, int, int | None], None]
"""Told of the work: the stage, what was done since the last call, and the whole, when known."""


def silent(stage: str, done: int, whole: int | None) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a run found.

    articles, pairs, stories, headlines: tables, one row for each article (in input order),
    verified pair, story of two or more, and repeated headline; rejects: rows that could not be
    used; summary: counts, settings, seconds by stage.
    """

    articles: pa.Table
    pairs: pa.Table
    stories: pa.Table
    headlines: pa.Table
    rejects: list[Reject]
    summary: dict[str, Any]
    sources: list[Source] = field(repr=False)

    def kept_rows(self) -> list[I64]:
        """Numbers of the rows that stay when copies are dropped, one sorted array for each source."""
        role, row = self.articles["role"], self.articles["row"].to_numpy()
        stays = pc.is_in(role, value_set=pa.array(["original", "single"])).to_numpy()
        counts = self.summary["articles_by_source"]
        edges = np.cumsum([0, *counts])
        return [row[a:b][stays[a:b]] for a, b in zip(edges[:-1], edges[1:], strict=True)]

    def kept(self) -> pa.Table:
        """The input's rows without the copies, with the input's own columns."""
        return kept_table(self.sources, self.kept_rows())


@dataclass(slots=True)
class _Collected:
    """The input as it was read."""

    collection: Collection = field(default_factory=Collection)
    tables: list[pa.RecordBatch] = field(default_factory=list)
    rows: list[I64] = field(default_factory=list)
    source: list[int] = field(default_factory=list)
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
    """Seconds and rows of each stage."""

    def __init__(self) -> None:
        self.start = time.perf_counter()
        self.stages: dict[str, dict[str, float]] = {}

    @contextmanager
    def stage(self, name: str, rows: int | None = None) -> Iterator[None]:
        before, cpu = time.perf_counter(), time.process_time()
        yield
        self.stages[name] = {"seconds": round(time.perf_counter() - before, 3), "cpu": round(time.process_time()-cpu,3), "rss": _peak_memory()>>20}
        if rows is not None:
            self.stages[name]["rows"] = rows


def _collect(
    sources: list[Source], columns: Mapping[str, str], settings: Settings, pool: ThreadPoolExecutor, progress: Progress
) -> tuple[_Collected, I32]:
    """Read and sketch the whole input, reading one batch while others are sketched."""
    got, frequency, seen = _Collected(), _Frequency(), Seen()
    waiting: deque[Future[Kept]] = deque()

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
        waiting.append(pool.submit(work, batch.table))
        got.tables.append(batch.table.drop_columns("text"))
        got.rows.append(batch.rows)
        got.source.append(number)
        if len(waiting) > 2 * settings.workers:
            got.collection.add(waiting.popleft().result())

    for number, source in enumerate(sources):
        for batch in read_articles(source, columns, seen):
            take(number, batch)
    while waiting:
        got.collection.add(waiting.popleft().result())
    return got, frequency.total()


def _hours(published: pa.Array) -> F64:
    micros = published.cast(pa.int64())
    hours: F64 = micros.fill_null(0).to_numpy().astype(np.float64) / 3.6e9
    hours[np.asarray(micros.is_null())] = np.nan
    return hours


def _codes(values: pa.Array) -> I64:
    """Number of each value, null -1; case is set aside."""
    indices = pc.utf8_lower(values).dictionary_encode().indices.cast(pa.int64())
    codes: I64 = indices.fill_null(-1).to_numpy().astype(np.int64)
    return codes


def _candidates(
    got: _Collected, table: pa.Table, settings: Settings, pool: ThreadPoolExecutor
) -> tuple[Facts, Found]:
    hours = _hours(table["published"].combine_chunks())
    outlet = table["outlet"].combine_chunks()
    first = exact_groups(got.collection.keys(), got.collection.words(), hours)
    outlets = pc.unique(outlet.drop_null())
    headlines, found = find_candidates(got.collection, first, table["headline"], outlets, settings, pool)
    return Facts(hours, _codes(outlet), first, headlines), found


def _joins(pairs: Pairs, first: I64) -> Joins:
    """The joining pairs between representatives of exact groups."""
    rows = np.flatnonzero((pairs.relation <= REVISION) & (first[pairs.a] == pairs.a) & (first[pairs.b] == pairs.b))
    even = pairs.relation[rows] != ABRIDGED
    return Joins(pairs.a[rows], pairs.b[rows], even, pairs.a_contained[rows], pairs.score[rows])


def _best_of_group(first: I64, rank: I64) -> I64:
    """For each representative, the member of its exact group that comes first in the order of originals."""
    best = np.arange(len(first), dtype=np.int64)
    order = np.argsort(-rank, kind="stable")
    best[first[order]] = order  # the last written, and so the first in rank, stays
    return best


def _to_original(pairs: Pairs, original: I64, first: I64) -> tuple[I64, F64, Bool]:
    """Relation and score of each article to its original, and whether it is the one contained."""
    n = len(original)
    relation, score = np.full(n, -1, dtype=np.int64), np.full(n, np.nan)
    contained = np.zeros(n, dtype=np.bool_)
    members = np.flatnonzero(original != np.arange(n))
    alike = first[members] == first[original[members]]
    relation[members[alike]], score[members[alike]] = EXACT, 1.0
    rest = members[~alike]
    a, b = first[rest], first[original[rest]]
    keys: U64 = pair_keys(pairs.a, pairs.b)
    order = np.argsort(keys)
    place = order[np.searchsorted(keys[order], pair_keys(a, b))] if len(rest) else rest
    relation[rest], score[rest] = pairs.relation[place], pairs.score[place]
    contained[rest] = pairs.a_contained[place] == (a < b)
    return relation, score, contained


def deduplicate(
    sources: list[Source], settings: Settings, columns: Mapping[str, str] | None = None, progress: Progress = silent
) -> Result:
    """Find the copies, stories and repeated headlines in these sources.

    Raises InputError when no article can be used.
    """
    clock = _Clock()
    with ThreadPoolExecutor(settings.workers) as pool:
        with clock.stage("read and sketch"):
            got, frequency = _collect(sources, columns or {}, settings, pool, progress)
        n = len(got.collection)
        clock.stages["read and sketch"]["rows"] = n
        if n == 0:
            raise InputError(_nothing(sources, got.rejects))
        table = pa.Table.from_batches(got.tables, SCHEMA.remove(SCHEMA.get_field_index("text")))
        got.tables.clear()
        with clock.stage("candidates"):
            facts, found = _candidates(got, table, settings, pool)
            got.collection.forget_sketches()
        weights = idf(frequency, n)
        with clock.stage("confirm", len(found.keys)):
            progress("confirm", 0, len(found.keys))
            parts = confirm_candidates(
                got.collection, facts, weights, found.keys, found.spread, settings, pool,
                lambda done: progress("confirm", done, None),
            )  # fmt: skip
        with clock.stage("stories", n):
            pairs = join_pairs(parts)
            agency = is_agency(table["outlet"].combine_chunks(), table["agency"].combine_chunks())
            rank = originality(agency, facts.hours, got.collection.words())
            best = _best_of_group(facts.first, rank)

            def related(asked: I64) -> Bool:
                keys = pair_keys(asked[:, 0], asked[:, 1])
                more = confirm_candidates(
                    got.collection, facts, weights, keys, np.zeros(len(keys)), settings, pool, lambda _: None
                )  # fmt: skip
                parts.extend(more)
                joining = [part.relation <= REVISION for part in more]
                yes = [pair_keys(part.a[mask], part.b[mask]) for part, mask in zip(more, joining, strict=True)]
                return np.isin(keys, np.concatenate(yes))

            tied = join_stories(n, _joins(pairs, facts.first), rank[best], related)
            if sum(len(part) for part in parts) > len(pairs):
                pairs = join_pairs(parts)
            original = best[tied[facts.first]]
    with clock.stage("tables", n):
        result = _tables(got, table, facts, found, pairs, original, rank, agency, settings, sources)
    result.summary["stages"] = clock.stages
    result.summary["seconds"] = round(time.perf_counter() - clock.start, 3)
    return result


def _nothing(sources: list[Source], rejects: list[Reject]) -> str:
    """Why no article can be used, in a line."""
    names = ", ".join(source.name for source in sources[:3]) + (", ..." if len(sources) > 3 else "")
    if not rejects:
        return f"{names}: no rows; there is nothing to do"
    first = rejects[0]
    return (
        f"{names}: none of {len(rejects)} rows can be used; the first, row {first.row} of {first.source_file}: {first.reason}"
    )


def _tables(
    got: _Collected, table: pa.Table, facts: Facts, found: Found, pairs: Pairs, original: I64, rank: I64, agency: Bool,
    settings: Settings, sources: list[Source],
) -> Result:  # fmt: skip
    n = len(original)
    ids = made_ids(table["id"].combine_chunks(), got.collection.keys())
    table = table.set_column(table.schema.get_field_index("id"), "id", pa.chunked_array([ids]))
    relation, score, contained = _to_original(pairs, original, facts.first)
    role = roles(original, relation, contained)
    head = np.full(n, n, dtype=np.int64)
    np.minimum.at(head, original, np.arange(n))
    story_ids = ids.take(pa.array(head[original]))
    group = group_headlines(facts.headlines.code, found.near, len(facts.headlines.first))
    kind = kinds(group, original, facts.outlet, np.floor(facts.hours / 24))
    opener = np.where(group >= 0, _first_member(group), -1)
    group_ids = ids.take(pa.array(opener, mask=opener < 0))
    why = np.zeros(n, dtype=np.int64)
    chosen = np.unique(original[original != np.arange(n)])
    why[chosen] = reason(chosen, original, agency, facts.hours, got.collection.words(), rank)
    counts = [len(rows) for rows in got.rows]
    names = pa.array([source.name for source in sources], LABEL)
    source_files = names.take(pa.array(np.repeat(np.array(got.source, dtype=np.int64), counts)))
    articles = article_table(
        ids, story_ids, original, role, relation, score, group_ids, table, source_files, np.concatenate(got.rows)
    )
    stories = story_table(original, story_ids, table, why)
    headlines = headline_table(group, kind, group_ids, table)
    summary = _summary(got, found, articles, pairs_table := pair_table(pairs, ids), stories, headlines, settings, sources)
    return Result(articles, pairs_table, stories, headlines, got.rejects, summary, sources)


def _first_member(group: I64) -> I64:
    """For each article of a group, the first article of it."""
    first = np.full(int(group.max(initial=-1)) + 1, len(group), dtype=np.int64)
    rows = np.flatnonzero(group >= 0)
    np.minimum.at(first, group[rows], rows)
    out = np.full(len(group), -1, dtype=np.int64)
    out[rows] = first[group[rows]]
    return out


def _count(column: pa.ChunkedArray) -> dict[str, int]:
    values = pc.value_counts(column.combine_chunks().drop_null()).to_pylist()
    return {item["values"]: item["counts"] for item in sorted(values, key=lambda item: str(item["values"]))}


def _summary(
    got: _Collected, found: Found, articles: pa.Table, pairs: pa.Table, stories: pa.Table, headlines: pa.Table,
    settings: Settings, sources: list[Source],
) -> dict[str, Any]:  # fmt: skip
    from importlib.metadata import version

    reasons: dict[str, int] = {}
    for reject in got.rejects:
        kind = reject.reason.partition(":")[0] if "the id" not in reject.reason else "an id that came before"
        reasons[kind] = reasons.get(kind, 0) + 1
    by_source = [0] * len(sources)
    for number, rows in zip(got.source, got.rows, strict=True):
        by_source[number] += len(rows)
    role = _count(articles["role"])
    return {
        "version": version("dedupe-news"),
        "articles": articles.num_rows,
        "kept": role.get("original", 0) + role.get("single", 0),
        "stories": stories.num_rows,
        "stories_by_kind": _count(stories["kind"]),
        "copies": articles.num_rows - role.get("original", 0) - role.get("single", 0),
        "copies_by_relation": _count(articles["relation"]),
        "roles": role,
        "pairs": pairs.num_rows,
        "pairs_by_relation": _count(pairs["relation"]),
        "repeated_headlines": headlines.num_rows,
        "repeated_headlines_by_kind": _count(headlines["kind"]),
        "rejected": len(got.rejects),
        "rejected_by_reason": reasons,
        "unreadable_dates": got.unreadable_dates,
        "candidates": found.counts,
        "capped_buckets": found.capped,
        "text_bytes": got.text_bytes,
        "articles_by_source": by_source,
        "sources": [source.name for source in sources],
        "settings": {name: value for name, value in asdict(settings).items() if name != "threads"},
        "settings_fingerprint": settings.fingerprint,
        "threads": settings.workers,
    }


def find_duplicates(
    articles: Any, *, settings: Settings | None = None, columns: Mapping[str, str] | None = None, progress: Progress = silent
) -> Result:
    """Find copies, stories and repeated headlines.

    articles: a path or several; any table with the Arrow C stream interface; a pandas, polars or
    datasets table; or an iterable of dicts or `Article`.  columns: field of an article -> column of
    the input, where the usual names don't tell.

    >>> text = "The minister said on Monday that the bridge over the river would open in May after ten years."
    >>> found = find_duplicates([{"id": "a", "text": text}, {"id": "b", "text": text.upper()}, {"id": "c", "text": "Rain."}])
    >>> found.articles["role"].to_pylist()
    ['original', 'copy', 'single']
    >>> found.pairs["relation"].to_pylist(), found.kept()["id"].to_pylist()
    (['exact'], ['a', 'c'])
    """
    return deduplicate(open_objects(articles), settings or Settings(), columns, progress)


def run(
    inputs: list[str | Path], out: str | Path, *, settings: Settings | None = None,
    columns: Mapping[str, str] | None = None, progress: Progress = silent,
) -> dict[str, Any]:  # fmt: skip
    """The whole job: read the inputs, write the outputs into a folder, and return the summary.

    Raises InputError for inputs that can't be used, OutputError when the folder can't be written;
    the folder is then as it was.
    """
    began = time.perf_counter()
    sources = open_objects(inputs)
    with output_folder(Path(out)) as folder:
        result = deduplicate(sources, settings or Settings(), columns, progress)
        before = time.perf_counter()
        progress("write", 0, None)
        with ThreadPoolExecutor(2) as pool:
            kept = pool.submit(write_kept, folder, sources, result.kept_rows())
            for name in ("articles", "pairs", "stories", "headlines"):
                pq.write_table(getattr(result, name), folder / f"{name}.parquet")
            with (folder / "rejects.jsonl").open("wb") as lines:
                for r in result.rejects:
                    row = {"source_file": r.source_file, "row": r.row, "reason": r.reason, "content": r.content}
                    lines.write(as_json(row) + b"\n")
            kept.result()
        summary = result.summary
        summary["stages"]["write"] = {"seconds": round(time.perf_counter() - before, 3), "rows": summary["kept"]}
        seconds = time.perf_counter() - began
        summary["seconds"] = round(seconds, 3)
        summary["articles_per_second"] = round(summary["articles"] / seconds)
        summary["peak_memory_bytes"] = _peak_memory()
        (folder / "summary.json").write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return summary


def _peak_memory() -> int:
    """Bytes of memory this process had at its largest."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
