"""Results as Arrow tables: the columns that other programs rely on."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dedupe.article import TIME
from dedupe.compiled import F64, I64, U64, Bool
from dedupe.match.pairs import Pairs
from dedupe.match.relation import ABRIDGED, EXACT, RELATIONS, REVISION
from dedupe.story.changes import CHANGES
from dedupe.story.telling import Told

LABEL = pa.string()
ROLES = ("original", "copy", "abridged", "revision", "single")
ORIGINAL, COPY, CUT, LATER, SINGLE = range(5)

ARTICLES = pa.schema([
    ("id", LABEL), ("story_id", LABEL), ("role", LABEL), ("original_id", LABEL), ("relation", LABEL),
    ("score", pa.float64()), ("headline_group", LABEL), ("outlet", LABEL), ("published", TIME), ("agency", LABEL),
    ("event_id", LABEL), ("changes", pa.list_(LABEL)), ("original_kept", pa.float64()), ("version", pa.int64()),
    ("newest", pa.bool_()), ("canonical_url", LABEL), ("source_file", LABEL), ("row", pa.int64()),
])  # fmt: skip
PAIRS = pa.schema([
    ("id_a", LABEL), ("id_b", LABEL), ("relation", LABEL), ("score", pa.float64()), ("jaccard", pa.float64()),
    ("containment", pa.float64()), ("contained_id", LABEL), ("cosine", pa.float64()), ("coverage_a", pa.float64()),
    ("coverage_b", pa.float64()), ("shared_words", pa.int64()), ("headline_similarity", pa.float64()),
    ("why", pa.large_string()),
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


def shown(values: F64, digits: int = 4) -> pa.Array:
    """Figures as they are reported; NaN is null."""
    return pa.array(np.round(values, digits), mask=np.isnan(values))


def pair_table(pairs: Pairs, ids: pa.Array) -> pa.Table:
    """`pairs.parquet`: one row for each verified pair.  ids: string[n], of the articles."""
    contained = np.where(pairs.relation == ABRIDGED, np.where(pairs.a_contained, pairs.a, pairs.b), -1)
    return pa.Table.from_arrays(
        [
            ids.take(pa.array(pairs.a)),
            ids.take(pa.array(pairs.b)),
            words_of(RELATIONS, pairs.relation.astype(np.int64)),
            shown(pairs.score),
            shown(pairs.jaccard),
            shown(pairs.containment),
            ids.take(pa.array(contained, mask=contained < 0)),
            shown(pairs.cosine),
            shown(pairs.coverage_a),
            shown(pairs.coverage_b),
            pa.array(pairs.shared_words),
            shown(pairs.headline),
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


def flagged(flags: NDArray[np.bool_], names: tuple[str, ...]) -> pa.Array:
    """The names of each row's true flags, list<string>.  flags: bool[n, k]."""
    offsets = np.concatenate([[0], np.cumsum(flags.sum(axis=1))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), words_of(names, np.nonzero(flags)[1]))


def article_table(
    ids: pa.Array, story_ids: pa.Array, original: I64, role: I64, relation: I64, score: F64, group_ids: pa.Array,
    articles: pa.Table, told: Told, source_files: pa.Array, rows: I64,
) -> pa.Table:  # fmt: skip
    """`articles.parquet`: one row for each article, in input order."""
    number = told.versions.number
    return pa.Table.from_arrays(
        [
            ids,
            story_ids,
            words_of(ROLES, role),
            ids.take(pa.array(original)),
            words_of(RELATIONS, relation),
            shown(score),
            group_ids,
            articles["outlet"].combine_chunks().cast(LABEL),
            articles["published"].combine_chunks(),
            articles["agency"].combine_chunks().cast(LABEL),
            ids.take(pa.array(told.event)),
            flagged(told.changes.made, CHANGES),
            shown(told.changes.kept),
            pa.array(number, mask=number == 0),
            pa.array(told.versions.newest, mask=number == 0),
            articles["address"].combine_chunks().cast(LABEL),
            source_files,
            pa.array(rows),
        ],
        schema=ARTICLES,
    )
