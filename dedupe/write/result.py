"""What a run found: tables, rejects, the rows that stay, and the summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.compiled import I64, U64
from dedupe.match.furniture import Furniture
from dedupe.match.index import Facts, Found
from dedupe.match.pairs import Pairs
from dedupe.match.relation import ABRIDGED
from dedupe.read.raw import Reject, Source
from dedupe.settings import Settings
from dedupe.story.headline_groups import group_headlines, kinds
from dedupe.story.original import Traits, reason
from dedupe.story.settle import to_original
from dedupe.story.telling import Names, Told
from dedupe.story.versions import kept_members
from dedupe.write.furniture import Whence, furniture_table
from dedupe.write.kept import kept_table
from dedupe.write.story_tables import flow_table, headline_table, original_evidence, story_table
from dedupe.write.tables import LABEL, article_table, made_ids, pair_table, roles


@dataclass(frozen=True, slots=True)
class Input:
    """The input as it was read: n articles.

    sources: where from; table: the fields of the articles but the text; keys: uint64[n, 2] and
    words: int64[n], of the texts; source: int64[n], number of each one's source; row: int64[n],
    its number there; rejects: rows set aside; unreadable_dates, text_bytes: counts; furniture: what was
    set aside; columns: the user's mapping.
    """

    sources: list[Source]
    table: pa.Table
    keys: U64
    words: I64
    source: I64
    row: I64
    rejects: list[Reject]
    unreadable_dates: int
    text_bytes: int
    furniture: Furniture
    columns: Mapping[str, str]

    def ids(self) -> pa.Array:
        """The id of each article, made where it has none, string[n]."""
        return made_ids(self.table["id"].combine_chunks(), self.keys)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided, before it is put into tables.

    facts, found: see `match.index`; pairs: sorted by a and b; original: int64[n]; rank: int64[n],
    the order of originals; traits: what that order came from; names: agencies; keep: which member of a story stays.
    """

    given: Input
    facts: Facts
    found: Found
    pairs: Pairs
    original: I64
    rank: I64
    traits: Traits
    names: Names
    told: Told
    keep: str

    def kept_rows(self) -> list[I64]:
        """Numbers of the rows that stay when copies are dropped, one sorted array for each source."""
        stays = kept_members(self.original, self.told.versions, self.given.words, self.facts.hours, self.keep)
        edges = np.searchsorted(self.given.source[stays], np.arange(1, len(self.given.sources)))
        return np.split(self.given.row[stays], edges)


@dataclass(frozen=True, slots=True)
class Result:
    """What a run found.

    articles, pairs, stories, headlines, flows, furniture: tables, one row for each article (in input
    order), verified pair, story of two or more, repeated headline, pair of a source and an outlet that
    carries it, and line that was set aside; rejects: rows that could not be used; summary: counts,
    settings, seconds by stage.
    """

    articles: pa.Table
    pairs: pa.Table
    stories: pa.Table
    headlines: pa.Table
    flows: pa.Table
    furniture: pa.Table
    rejects: list[Reject]
    summary: dict[str, Any]
    sources: list[Source] = field(repr=False)
    kept_rows: list[I64] = field(repr=False)

    def kept(self) -> pa.Table:
        """The input's rows without the copies, with the input's own columns."""
        return kept_table(self.sources, self.kept_rows)


def tabulate(outcome: Outcome, settings: Settings) -> Result:
    """Put what was decided into tables and a summary."""
    given, facts, original = outcome.given, outcome.facts, outcome.original
    n = len(original)
    ids = given.ids()
    table = given.table.set_column(given.table.schema.get_field_index("id"), "id", pa.chunked_array([ids]))
    relation, score, contained = to_original(outcome.pairs, original, facts.first)
    story_ids = ids.take(pa.array(first_member(original)))
    group = group_headlines(facts.headlines.code, outcome.found.near, facts.headlines.count)
    opener = first_member(group)
    group_ids = ids.take(pa.array(opener, mask=opener < 0))
    source_files, rows = _places(given)
    told = outcome.told
    articles = article_table(
        ids, story_ids, original, roles(original, relation, contained), relation, score, group_ids, table, told,
        source_files, rows,
    )  # fmt: skip
    chosen = np.unique(original[original != np.arange(n)])
    why = reason(chosen, original, outcome.traits, outcome.rank)
    credited = ((outcome.names.credited >= 0) & (outcome.names.credited == told.agency)).astype(np.int64)
    cut = contained & (relation == ABRIDGED)
    evidence = original_evidence(
        chosen, original, why, told, credited, outcome.traits.points_away.astype(np.int64), cut.astype(np.int64),
        facts.hours,
    )  # fmt: skip
    stories = story_table(original, ids, story_ids, table, facts.hours, told, outcome.names.names, evidence)
    kind = kinds(group, original, facts.outlet, np.floor(facts.hours / 24), facts.headlines.code, told.event)
    headlines = headline_table(group, kind, group_ids, table)
    pairs = pair_table(outcome.pairs, ids)
    outlets = table["outlet"].combine_chunks().dictionary_encode()
    names = _first_names(outlets, facts.outlet)
    flows = flow_table(told.flows, outcome.names.names, names)
    whence = Whence(given.sources, given.source, given.row, given.columns)
    furniture = furniture_table(given.furniture, table["outlet"].combine_chunks(), whence)
    summary = _summary(outcome, articles, pairs, stories, headlines, settings)
    return Result(
        articles,
        pairs,
        stories,
        headlines,
        flows,
        furniture,
        given.rejects,
        summary,
        given.sources,
        outcome.kept_rows(),
    )


def _first_names(outlets: pa.DictionaryArray, number: I64) -> pa.Array:
    """Name of each outlet, by number, as it is written first."""
    rows = np.flatnonzero(number >= 0)
    _, first = np.unique(number[rows], return_index=True)
    return outlets.take(pa.array(rows[first])).dictionary_decode()


def _places(given: Input) -> tuple[pa.Array, I64]:
    """The file of each article, and its row there; where files are rows, their own names."""
    names = pa.array([source.name for source in given.sources], LABEL).take(pa.array(given.source))
    rows = given.row
    for number, source in enumerate(given.sources):
        if source.files is not None:
            mine = given.source == number
            names = pc.replace_with_mask(
                names, pa.array(mine), pa.array(source.files, LABEL).take(pa.array(rows[mine]))
            )
            rows = np.where(mine, 0, rows)
    return names, rows


def first_member(group: I64) -> I64:
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
    outcome: Outcome, articles: pa.Table, pairs: pa.Table, stories: pa.Table, headlines: pa.Table, settings: Settings
) -> dict[str, Any]:
    given = outcome.given
    reasons: dict[str, int] = {}
    for reject in given.rejects:
        kind = reject.reason.partition(":")[0] if "the id" not in reject.reason else "an id that came before"
        reasons[kind] = reasons.get(kind, 0) + 1
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
        "rejected": len(given.rejects),
        "rejected_by_reason": reasons,
        "unreadable_dates": given.unreadable_dates,
        "events": len(np.unique(outcome.told.event)),
        "articles_with_agency": articles.num_rows - articles["agency"].null_count,
        "furniture_lines": len(given.furniture),
        "furniture_articles": len(np.unique(given.furniture.spans[:, 0])),
        "furniture_words": int(given.furniture.spans[:, 2].sum()),
        "keep": outcome.keep,
        "candidates": outcome.found.counts,
        "capped_buckets": outcome.found.capped,
        "text_bytes": given.text_bytes,
        "sources": [source.name for source in given.sources],
        "settings": {name: value for name, value in asdict(settings).items() if name != "threads"},
        "settings_fingerprint": settings.fingerprint,
        "threads": settings.workers,
    }
