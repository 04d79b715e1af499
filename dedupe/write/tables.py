"""Results as Arrow tables: the columns that other programs rely on."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.article import TIME
from dedupe.compiled import F64, I64, U64, Bool
from dedupe.match.pairs import Pairs
from dedupe.match.relation import ABRIDGED, EXACT, RELATIONS, REVISION
from dedupe.story.headline_groups import KINDS
from dedupe.story.original import REASONS

LABEL = pa.string()
ROLES = ("original", "copy", "abridged", "revision", "single")
ORIGINAL, COPY, CUT, LATER, SINGLE = range(5)

ARTICLES = pa.schema([
    ("id", LABEL), ("story_id", LABEL), ("role", LABEL), ("original_id", LABEL), ("relation", LABEL),
    ("score", pa.float64()), ("headline_group", LABEL), ("outlet", LABEL), ("published", TIME), ("agency", LABEL),
    ("source_file", LABEL), ("row", pa.int64()),
])  # fmt: skip
PAIRS = pa.schema([
    ("id_a", LABEL), ("id_b", LABEL), ("relation", LABEL), ("score", pa.float64()), ("jaccard", pa.float64()),
    ("containment", pa.float64()), ("contained_id", LABEL), ("cosine", pa.float64()), ("coverage_a", pa.float64()),
    ("coverage_b", pa.float64()), ("shared_words", pa.int64()), ("headline_similarity", pa.float64()),
    ("why", pa.large_string()),
])  # fmt: skip
STORIES = pa.schema([
    ("story_id", LABEL), ("original_id", LABEL), ("size", pa.int64()), ("outlets", pa.list_(LABEL)), ("agency", LABEL),
    ("kind", LABEL), ("first_published", TIME), ("last_published", TIME), ("headlines", pa.list_(LABEL)),
    ("why", LABEL),
])  # fmt: skip
HEADLINES = pa.schema([
    ("headline_group", LABEL), ("headline", LABEL), ("variants", pa.list_(LABEL)), ("articles", pa.list_(LABEL)),
    ("kind", LABEL),
])  # fmt: skip


def words_of(names: tuple[str, ...], codes: I64) -> pa.Array:
    """Names by number, string[n]; a negative number is null."""
    return pa.array(names, LABEL).take(pa.array(codes.astype(np.int64), mask=codes < 0))


def made_ids(ids: pa.Array, keys: U64) -> pa.Array:
    """The ids, with one made of content and position for each article that has none, string[n].

    keys: uint64[n, 2], the texts' keys.

    >>> made_ids(pa.array(["a", None]), np.array([[1, 2], [3, 4]], np.uint64)).to_pylist()
    ['a', '0000000000000003-1']
    """
    missing = np.flatnonzero(ids.is_null())
    if not len(missing):
        return ids.cast(LABEL)
    digits = np.ascontiguousarray(keys[missing, 0]).astype(">u8").tobytes().hex().encode()
    offsets = pa.array(np.arange(len(missing) + 1, dtype=np.int64) * 16).cast(pa.int32())
    contents = pa.StringArray.from_buffers(len(missing), offsets.buffers()[1], pa.py_buffer(digits))
    made = pc.binary_join_element_wise(contents, pa.array(missing).cast(LABEL), "-")
    return pc.replace_with_mask(ids.cast(LABEL), ids.is_null(), made)


def _shown(values: F64, digits: int = 4) -> pa.Array:
    return pa.array(np.round(values, digits), mask=np.isnan(values))


def pair_table(pairs: Pairs, ids: pa.Array) -> pa.Table:
    """`pairs.parquet`: one row for each verified pair.  ids: string[n], of the articles."""
    contained = np.where(pairs.relation == ABRIDGED, np.where(pairs.a_contained, pairs.a, pairs.b), -1)
    return pa.Table.from_arrays(
        [
            ids.take(pa.array(pairs.a)),
            ids.take(pa.array(pairs.b)),
            words_of(RELATIONS, pairs.relation.astype(np.int64)),
            _shown(pairs.score),
            _shown(pairs.jaccard),
            _shown(pairs.containment),
            ids.take(pa.array(contained, mask=contained < 0)),
            _shown(pairs.cosine),
            _shown(pairs.coverage_a),
            _shown(pairs.coverage_b),
            pa.array(pairs.shared_words),
            _shown(pairs.headline),
            pairs.why,
        ],
        schema=PAIRS,
    )


def roles(original: I64, relation: I64, contained: Bool) -> I64:
    """Role of each article, index into ROLES.

    original: int64[n]; relation: int64[n], to the original, -1 for none; contained: bool[n],
    the article stands in its original (read with `abridged`).
    """
    n = np.arange(len(original))
    role = np.full(len(original), COPY, dtype=np.int64)
    role[(relation == ABRIDGED) & contained] = CUT
    role[relation == REVISION] = LATER
    role[relation == EXACT] = COPY
    sizes = np.bincount(original, minlength=len(original))
    role[original == n] = ORIGINAL
    role[(original == n) & (sizes[original] == 1)] = SINGLE
    return role


def lists(group: I64, values: pa.Array, groups: I64, distinct: bool) -> pa.Array:
    """For each of these groups, its members' values, null left out, in input order, list<string>.

    group: int64[n], -1 for none; groups: int64[g], sorted; distinct: each value once, where it comes first.
    """
    rows = np.flatnonzero((group >= 0) & np.asarray(values.is_valid()))
    rows = rows[np.isin(group[rows], groups)]
    if distinct and len(rows):
        codes = values.take(pa.array(rows)).dictionary_encode().indices.to_numpy().astype(np.int64)
        _, first = np.unique(group[rows] * (int(codes.max()) + 1) + codes, return_index=True)
        rows = rows[np.sort(first)]
    rows = rows[np.argsort(group[rows], kind="stable")]
    counts = np.bincount(np.searchsorted(groups, group[rows]), minlength=len(groups))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values.take(pa.array(rows)).cast(LABEL))


def story_table(original: I64, story_ids: pa.Array, articles: pa.Table, why: I64) -> pa.Table:
    """`stories.parquet`: one row for each story of two or more, by its first article.

    original: int64[n]; story_ids: string[n]; articles: id, headline, outlet, agency and published
    of each; why: int64[n], why each original was chosen, index into `original.REASONS`.
    """
    sizes = np.bincount(original, minlength=len(original))
    many = sizes[original] > 1
    rows = np.flatnonzero(many)
    groups, first = np.unique(original[rows], return_index=True)
    group = np.where(many, original, -1)
    ids, outlet = articles["id"].combine_chunks(), articles["outlet"].combine_chunks()
    outlets = lists(group, outlet, groups, distinct=True)
    published = articles["published"].combine_chunks().cast(pa.int64())
    known = np.asarray(published.is_valid())[rows]
    when = published.fill_null(0).to_numpy()[rows]
    place = np.searchsorted(groups, original[rows])
    earliest = np.full(len(groups), np.iinfo(np.int64).max)
    latest = np.full(len(groups), np.iinfo(np.int64).min)
    np.minimum.at(earliest, place[known], when[known])
    np.maximum.at(latest, place[known], when[known])
    unknown = earliest == np.iinfo(np.int64).max
    agencies = lists(group, articles["agency"].combine_chunks(), groups, distinct=True)
    order = np.argsort(rows[first], kind="stable")
    kind = words_of(("repost", "syndicated"), (pc.list_value_length(outlets).to_numpy() >= 2).astype(np.int64))
    table = pa.Table.from_arrays(
        [
            story_ids.take(pa.array(rows[first])),
            ids.take(pa.array(groups)).cast(LABEL),
            pa.array(sizes[groups]),
            outlets,
            pc.list_element(_padded(agencies), 0),
            kind,
            pa.array(earliest, pa.int64(), mask=unknown).cast(TIME),
            pa.array(latest, pa.int64(), mask=unknown).cast(TIME),
            lists(group, articles["headline"].combine_chunks(), groups, distinct=True),
            words_of(tuple(f"the original is {reason}" for reason in REASONS), why[groups]),
        ],
        schema=STORIES,
    )
    return table.take(pa.array(order))


def _padded(values: pa.ListArray) -> pa.Array:
    """Lists, the empty ones null, so that each has a first element."""
    return pc.if_else(pc.equal(pc.list_value_length(values), 0), pa.scalar(None, values.type), values)


def headline_table(group: I64, kind: I64, group_ids: pa.Array, articles: pa.Table) -> pa.Table:
    """`headlines.parquet`: one row for each headline that repeats, by its first article.

    group: int64[n], -1 for none; kind: int64[max + 1], by group; group_ids: string[n].
    """
    rows = np.flatnonzero(group >= 0)
    groups, first = np.unique(group[rows], return_index=True)
    headline, ids = articles["headline"].combine_chunks(), articles["id"].combine_chunks()
    variants = lists(group, headline, groups, distinct=True)
    named = pc.list_element(_padded(variants), 0) if len(groups) else pa.array([], LABEL)
    table = pa.Table.from_arrays(
        [
            group_ids.take(pa.array(rows[first])),
            named,
            variants,
            lists(group, ids, groups, distinct=False),
            words_of(KINDS, kind[groups]),
        ],
        schema=HEADLINES,
    )
    return table.take(pa.array(np.argsort(rows[first], kind="stable")))


def article_table(
    ids: pa.Array, story_ids: pa.Array, original: I64, role: I64, relation: I64, score: F64, group_ids: pa.Array,
    articles: pa.Table, source_files: pa.Array, rows: I64,
) -> pa.Table:  # fmt: skip
    """`articles.parquet`: one row for each article, in input order."""
    return pa.Table.from_arrays(
        [
            ids,
            story_ids,
            words_of(ROLES, role),
            ids.take(pa.array(original)),
            words_of(RELATIONS, relation),
            _shown(score),
            group_ids,
            articles["outlet"].combine_chunks().cast(LABEL),
            articles["published"].combine_chunks(),
            articles["agency"].combine_chunks().cast(LABEL),
            source_files,
            pa.array(rows),
        ],
        schema=ARTICLES,
    )
