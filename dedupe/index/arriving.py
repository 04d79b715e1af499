"""Articles as they arrive: checked, sketched, and their keys listed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.article import Article
from dedupe.compiled import F64, I64, Bool
from dedupe.errors import InputError
from dedupe.gather import described, one_name
from dedupe.index.entries import Keys, list_keys
from dedupe.match.collection import Kept, keep
from dedupe.match.furniture import outlet_groups
from dedupe.match.known_furniture import NOTHING, Learned, known_furniture
from dedupe.match.lsh import band_values
from dedupe.match.numbers import hours_of
from dedupe.read.agencies import Agencies
from dedupe.read.articles import read_articles
from dedupe.read.columns import map_columns
from dedupe.read.objects import open_objects
from dedupe.read.plain import plain_articles
from dedupe.read.raw import Reject
from dedupe.settings import Settings
from dedupe.story.versions import sequence
from dedupe.text.headlines import grams, normalise_each
from dedupe.text.minhash import permutations, sign
from dedupe.text.sketch import set_aside, sketch, sketch_tokens
from dedupe.text.tokens import buffers, hash_strings

LONGEST = 10_000_000
"""Bytes of text that an article may have."""
_32 = np.uint64(32)
EARLIEST, LATEST = -24.0 * 365.25 * 370, 24.0 * 366
"""Publication in hours from 1970, at the earliest (1600), and from now, at the latest: a year ahead is a mistake."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Articles to be added or checked, in order.

    ids: of each; kept: their sketches; hours: float64[m], time of publication, NaN when unknown; arrived: hours since
    1970; headline, plain, outlet, agency, address: lists, None where unknown, plain being the headline as it is
    compared; points_away: bool[m]; sequence: int64[m]; keys: of each text.
    """

    ids: list[str]
    kept: Kept
    hours: F64
    arrived: float
    headline: list[str | None]
    plain: list[str | None]
    outlet: list[str | None]
    agency: list[str | None]
    address: list[str | None]
    points_away: Bool
    sequence: I64
    keys: Keys

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: I64) -> Arrivals:
        """These arrivals, in this order."""
        headline, plain, outlet, agency, address = (
            [values[row] for row in rows]
            for values in (self.headline, self.plain, self.outlet, self.agency, self.address)
        )
        return Arrivals(
            [self.ids[row] for row in rows], self.kept.take(rows), self.hours[rows], self.arrived, headline, plain,
            outlet, agency, address, self.points_away[rows], self.sequence[rows], self.keys.take(rows),
        )  # fmt: skip


def _place(row: int, ids: Sequence[str | None], headlines: Sequence[str | None]) -> str:
    if ids[row]:
        return f"article {ids[row]!r}"
    return f"article {row}" + (f" ({headlines[row][:60]!r})" if (headlines[row] or "") else "")  # type: ignore[index]


def _may_hold_nul(column: pa.Array) -> bool:
    data = column.buffers()[2]
    return data is not None and b"\0" in data.to_pybytes()


def _problems(table: pa.RecordBatch, hours: F64, unreadable: Bool, now: float) -> dict[int, str]:
    """Why articles can't be taken into an index, by row."""
    found: dict[int, str] = {}
    if table.column("text").nbytes > LONGEST:
        sizes = pc.binary_length(table.column("text")).to_numpy(zero_copy_only=False)
        for row in np.flatnonzero(sizes > LONGEST):
            found[int(row)] = f"the text has {int(sizes[row]):,} bytes; an index takes {LONGEST:,} at most"
    for row in np.flatnonzero(unreadable):
        found.setdefault(int(row), "the time of publication can't be read; give ISO 8601 or nothing")
    early, late = hours < EARLIEST, hours > now + LATEST
    for row in np.flatnonzero(early | late):
        when = table.column("published")[int(row)].as_py()
        found.setdefault(int(row), f"published {when:%Y-%m-%d} can't be true; give the right time or nothing")
    for name in ("id", "headline", "text", "url", "outlet", "agency", "canonical_url"):
        if not _may_hold_nul(table.column(name)):
            continue
        nul = pc.fill_null(pc.match_substring(table.column(name), "\0"), False)
        for row in np.flatnonzero(nul.to_numpy(zero_copy_only=False)):
            found.setdefault(int(row), f"the {name} holds a NUL character; take it out")
    if table.column("id").null_count:
        for row in np.flatnonzero(np.asarray(table.column("id").is_null())):
            found.setdefault(int(row), "no id; an index needs one to know an article when it comes again")
    return found


def list_arrival_keys(kept: Kept, plain: pa.Array, address: pa.Array, settings: Settings) -> Keys:
    """The keys of texts; plain, address: large_string[m], headlines as they are compared and canonical URLs."""
    a, b = permutations(settings.headline_perm, settings.seed)
    values, bounds = grams(*buffers(_filled(plain)), settings.headline_gram)
    others, given = np.zeros((2, len(kept)), dtype=np.uint32), np.zeros((3, len(kept)), dtype=np.bool_)
    given[0] = bounds[1:] > bounds[:-1]
    others[0], given[1] = kept.keys[:, 0] >> _32, kept.text.bounds[1:] > kept.text.bounds[:-1]
    if address.null_count < len(address):
        others[1], given[2] = hash_strings(*buffers(_filled(address))) >> _32, np.asarray(address.is_valid())
    return list_keys(
        kept.passages,
        kept.passage_bounds,
        kept.bands,
        band_values(sign(values, bounds, a, b), settings.headline_threshold),
        others,
        given,
    )


def _filled(texts: pa.Array) -> pa.Array:
    return pc.fill_null(texts, "") if texts.null_count else texts


def read_arrivals(
    articles: Iterable[Article | Mapping[str, Any]] | pa.Table, columns: Mapping[str, str], settings: Settings,
    agencies: Agencies, learned: Learned = NOTHING, rejects: list[Reject] | None = None,
) -> Arrivals:  # fmt: skip
    """Check and sketch articles.

    learned: furniture that is set aside; rejects: where articles that can't be taken go; None: the first of them is an
    InputError that names it.
    """
    given = list(articles) if not isinstance(articles, pa.Table) else articles
    batch = plain_articles(given, columns) if isinstance(given, list) else None
    rows, refused, unreadable_dates = np.arange(len(given), dtype=np.int64), [], 0
    if batch is None:
        batches = [part for source in open_objects(given) for part in read_articles(source, columns, None)]
        refused = [
            replace(reject, reason=f"{_named(reject)}: {reject.reason}") for part in batches for reject in part.rejects
        ]
        rows = np.concatenate([np.zeros(0, np.int64), *(part.rows for part in batches)])
        unreadable_dates = sum(part.unreadable_dates for part in batches)
        batch = _one_batch([part.table for part in batches])
    now = time.time() / 3600
    hours = hours_of(batch.column("published"))
    unreadable = np.zeros(len(batch), dtype=np.bool_)
    if unreadable_dates:
        unreadable = np.isnan(hours) & _has_time(given, columns, rows)
    problems = _problems(batch, hours, unreadable, now)
    ids, headlines = batch.column("id").to_pylist(), batch.column("headline").to_pylist()
    refused += [
        Reject("articles", int(rows[row]), f"{_place(row, ids, headlines)}: {problem}", {"id": ids[row]})
        for row, problem in sorted(problems.items())
    ]
    if refused and rejects is None:
        raise InputError(min(refused, key=lambda reject: reject.row).reason)
    if rejects is not None:
        rejects.extend(sorted(refused, key=lambda reject: reject.row))
    if problems:
        good = np.ones(len(batch), dtype=np.bool_)
        good[list(problems)] = False
        batch, hours = batch.filter(pa.array(good)), hours[good]
    return _sketched(batch, hours, now, settings, agencies, learned)


def _one_batch(parts: list[pa.RecordBatch]) -> pa.RecordBatch:
    if len(parts) == 1:
        return parts[0]
    table = pa.Table.from_batches(parts).combine_chunks()
    return table.to_batches()[0] if table.num_rows else pa.RecordBatch.from_pylist([], schema=table.schema)


def _named(reject: Reject) -> str:
    given = reject.content.get("id") if isinstance(reject.content, dict) else None
    return f"article {given!r}" if given else f"article {reject.row}"


def _has_time(given: Any, columns: Mapping[str, str], rows: I64) -> Bool:
    """Which of these rows name a time of publication at all."""
    source = open_objects(given)[0]
    name = map_columns(source.columns, columns, source.name).get("published")
    parts = [raw.table.column(0).is_valid() for raw in source.read([name])] if name else []
    has: Bool = np.concatenate([np.zeros(0, np.bool_), *(np.asarray(part) for part in parts)])[rows]
    return has


def _sketched(
    batch: pa.RecordBatch, hours: F64, now: float, settings: Settings, agencies: Agencies, learned: Learned
) -> Arrivals:
    made = sketch(batch.column("text"), batch.column("headline"), settings)
    table = described(batch, made.text, agencies)
    if len(learned):
        spans = known_furniture(made.text, made.headline, outlet_groups(batch.column("outlet")), learned)
        if len(spans):
            made = sketch_tokens(set_aside(made.text, spans), made.headline, settings)
    kept = keep(made, settings)
    headline, outlet = table.column("headline"), table.column("outlet")
    plain = normalise_each(headline, outlet, agencies.lowered)
    return Arrivals(
        table.column("id").to_pylist(),
        kept,
        hours,
        now,
        headline.to_pylist(),
        plain.to_pylist(),
        outlet.to_pylist(),
        one_name(pa.chunked_array([table.column("agency")]), agencies).to_pylist(),
        table.column("address").to_pylist(),
        table.column("points_away").to_numpy(zero_copy_only=False),
        sequence(headline),
        list_arrival_keys(kept, plain, table.column("address"), settings),
    )
