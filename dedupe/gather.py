"""The whole input, read once and sketched: what every driver over a collection starts from.

Batches are read in one thread and sketched in others.  Then furniture is learned from all of them and set aside.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.compiled import F32, I32, I64
from dedupe.errors import InputError
from dedupe.match.collection import Collection, Kept, keep
from dedupe.match.exact import exact_groups
from dedupe.match.furniture import NO_FURNITURE, learn_furniture, outlet_groups
from dedupe.match.index import Facts, Found, find_candidates
from dedupe.match.numbers import hours_of, numbered, numbered_names
from dedupe.match.tfidf import idf
from dedupe.read.addresses import article_addresses
from dedupe.read.agencies import Agencies, load_agencies
from dedupe.read.articles import Articles, read_articles
from dedupe.read.credited import credited_agencies
from dedupe.read.identity import Seen
from dedupe.read.raw import Reject, Source
from dedupe.settings import Settings
from dedupe.story.original import Traits, is_agency, only_dated
from dedupe.story.telling import Names, name_agencies
from dedupe.story.versions import sequence
from dedupe.text.sketch import Sketch, sketch
from dedupe.text.terms import COLUMNS, count_documents
from dedupe.text.tokens import Tokens
from dedupe.write.result import Input

Progress = Callable[[str, int, int | None], None]
"""Told of the work: the stage, what was done since the last call, and the whole, when known."""


def silent(stage: str, done: int, whole: int | None) -> None:
    """Progress that nobody watches."""


FEW = 256
"""Articles from which a batch is worth a worker's while."""


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


def described(table: pa.RecordBatch, text: Tokens, agencies: Agencies) -> pa.RecordBatch:
    """What is known of articles besides their texts: also whom these credit, where they live, and whether elsewhere."""
    credited = credited_agencies(table.column("text"), text, agencies)
    named = table.drop_columns("text")
    if credited.null_count < len(credited):
        place = named.schema.get_field_index("agency")
        named = named.set_column(place, "agency", pc.coalesce(table.column("agency"), credited))
    addresses, points_away = article_addresses(table.column("canonical_url"), table.column("url"))
    return named.append_column("address", addresses).append_column("points_away", points_away)


def one_name(column: pa.ChunkedArray, agencies: Agencies) -> pa.Array:
    """Agencies under the names of the table, where it knows them ("AP" is "Associated Press")."""
    if column.null_count == len(column):
        return pa.nulls(len(column), pa.large_string())
    coded = column.combine_chunks().dictionary_encode()
    names = [found.name if (found := agencies.find(name)) else name for name in coded.dictionary.to_pylist()]
    return pa.array(names, pa.large_string()).take(coded.indices)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The input, read and sketched.  given: see `write.result`; weights: float32[2^20], idf of its terms."""

    given: Input
    collection: Collection
    weights: F32


def collect(
    sources: list[Source], columns: Mapping[str, str], settings: Settings, pool: ThreadPoolExecutor, progress: Progress,
    agencies: Agencies | None = None,
) -> Gathered:  # fmt: skip
    """Read and sketch the whole input, reading one batch while others are sketched; then set furniture aside."""
    table_of_agencies = agencies or load_agencies()
    got, frequency, seen = _Collected(), _Frequency(), Seen()
    collection = Collection()
    waiting: deque[Future[tuple[Kept, pa.RecordBatch]]] = deque()
    small: list[pa.RecordBatch] = []

    def work(table: pa.RecordBatch) -> tuple[Kept, pa.RecordBatch]:
        made = sketch(table.column("text"), table.column("headline"), settings)
        frequency.count(made)
        told = described(table, made.text, table_of_agencies)
        progress("read", len(made), None)
        return keep(made, settings, outlet_groups(table.column("outlet")) if settings.furniture else None), told

    def take(number: int, batch: Articles) -> None:
        got.rejects.extend(batch.rejects)
        got.unreadable_dates += batch.unreadable_dates
        if not len(batch.rows):
            return
        got.text_bytes += batch.table.column("text").nbytes
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
            receive()

    def receive() -> None:
        kept, described = waiting.popleft().result()
        collection.add(kept)
        got.tables.append(described)

    for number, source in enumerate(sources):
        for batch in read_articles(source, columns, seen):
            take(number, batch)
    hand_on()
    while waiting:
        receive()
    collection.done()
    if not got.rows:
        raise InputError(_nothing(sources, got.rejects))
    pa.default_memory_pool().release_unused()  # the texts are gone; what they took would stand beside what comes
    table = pa.Table.from_batches(got.tables)
    place = table.schema.get_field_index("agency")
    table = table.set_column(place, "agency", pa.chunked_array([one_name(table["agency"], table_of_agencies)]))
    weights = idf(frequency.total(), len(collection))
    furniture = NO_FURNITURE
    if settings.furniture:
        furniture = learn_furniture(collection, outlet_groups(table["outlet"].combine_chunks()), weights, pool)
        collection.set_aside(furniture.spans, settings)
        collection.forget_segments()
    given = Input(
        sources, table, collection.keys(), collection.words(), np.concatenate(got.source), np.concatenate(got.rows),
        got.rejects, got.unreadable_dates, got.text_bytes, furniture, columns,
    )  # fmt: skip
    return Gathered(given, collection, weights)


def bring_together(
    given: Input, collection: Collection, settings: Settings, pool: ThreadPoolExecutor
) -> tuple[Facts, Found]:
    """What is known of the articles besides their texts, and the candidates of all indexes."""
    hours, outlet = hours_of(given.table["published"].combine_chunks()), given.table["outlet"].combine_chunks()
    first = exact_groups(given.keys, given.words, hours)
    outlets = pc.unique(outlet.drop_null())
    address = numbered(given.table["address"].combine_chunks())
    headlines, found = find_candidates(collection, first, given.table["headline"], outlets, address, settings, pool)
    return Facts(hours, numbered_names(outlet), address, first, headlines), found


def traits_of(given: Input, facts: Facts, agencies: Agencies) -> tuple[Names, Traits]:
    """The agencies of the articles and of their outlets, and what the choice of originals looks at."""
    outlet, agency = given.table["outlet"].combine_chunks(), given.table["agency"].combine_chunks()
    coded = outlet.dictionary_encode()
    at = [agency_at(name, agencies) for name in coded.dictionary.to_pylist()]
    named = pa.array(at, pa.large_string()).take(coded.indices)
    away = given.table["points_away"].to_numpy()
    stands = is_agency(outlet, agency, named)
    headline = given.table["headline"].combine_chunks()
    credited_at = pc.if_else(pa.array(stands), pc.coalesce(named, outlet), pa.scalar(None, pa.large_string()))
    return name_agencies(agency, pc.coalesce(named, credited_at)), Traits(
        stands, away, facts.hours, only_dated(facts.hours), given.words, sequence(headline)
    )


def agency_at(outlet: str | None, agencies: Agencies) -> str | None:
    """The agency that an outlet is, None for one that is none."""
    found = agencies.of_outlet(outlet) if outlet else None
    return found.name if found is not None and found.kind == "agency" else None


def _nothing(sources: list[Source], rejects: list[Reject]) -> str:
    """Why no article can be used, in a line."""
    names = ", ".join(source.name for source in sources[:3]) + (", ..." if len(sources) > 3 else "")
    if not rejects:
        return f"{names}: no rows; there is nothing to do"
    first = rejects[0]
    where = f"row {first.row} of {first.source_file}"
    return f"{names}: none of {len(rejects)} rows can be used; the first, {where}: {first.reason}"
