"""Pairs as an index keeps them: rows of JSON, with the later text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from dedupe.compiled import F64, I64, Bool
from dedupe.index.verdict import Match
from dedupe.match.numbers import or_none
from dedupe.match.pairs import Pairs
from dedupe.match.relation import ABRIDGED, NOTHING, RELATIONS, REVISION

Row = list[Any]
"""Of text b: number of the earlier text a; relation, score, whether a stands in b, jaccard, containment, cosine,
coverage of a and of b, likeness of the headlines or None, shared words, share of the host, why."""
OTHER, RELATION, SCORE, A_CONTAINED, HEADLINE, SHARED, HOST, WHY = 0, 1, 2, 3, 9, 10, 11, 12


def to_rows(pairs: Pairs, numbers: I64) -> list[Row]:
    """Pairs as rows; numbers: of the texts a, int64[p]."""
    figures = [
        np.round(values, 4).tolist()
        for values in (
            pairs.score, pairs.jaccard, pairs.containment, pairs.cosine, pairs.coverage_a, pairs.coverage_b,
            pairs.host_share,
        )
    ]  # fmt: skip
    score, jaccard, containment, cosine, coverage_a, coverage_b, host = figures
    return [
        list(row)
        for row in zip(
            numbers.tolist(), pairs.relation.tolist(), score, pairs.a_contained.tolist(), jaccard, containment, cosine,
            coverage_a, coverage_b, or_none(np.round(pairs.headline, 4)),
            pairs.shared_words.tolist(), host, pairs.why.to_pylist(), strict=True,
        )
    ]  # fmt: skip


def as_json(rows: Sequence[Row]) -> str | None:
    """Rows as they are stored; None for none."""
    return orjson.dumps(rows).decode() if rows else None


def of_json(text: str | None) -> list[Row]:
    """Rows as they were stored."""
    rows: list[Row] = orjson.loads(text) if text else []
    return rows


def joins(row: Row) -> bool:
    """Whether the pair puts the two into one story."""
    return bool(row[RELATION] <= REVISION)


def best_first(rows: Sequence[Row]) -> list[Row]:
    """Rows that join before others, then by score, then by age."""
    return sorted(rows, key=lambda row: (not joins(row), -row[SCORE], row[RELATION], row[OTHER]))


def best_relation(rows: Sequence[Row]) -> int:
    """What the best of these is, where it joins; NOTHING else."""
    told = best_first(rows)
    return told[0][RELATION] if told and joins(told[0]) else NOTHING


def to_match(row: Row, id_: str) -> Match:
    """The pair as a verdict tells it; id_: an article that has the text."""
    contained = None
    if row[RELATION] == ABRIDGED:
        contained = "match" if row[A_CONTAINED] else "this"
    return Match(
        id_, RELATIONS[row[RELATION]], row[SCORE], row[WHY], row[4], row[5], contained, row[6], row[8], row[7],
        row[SHARED], row[HEADLINE],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """See `story.settle.Judged`; arrays of length p, sorted by a and b."""

    a: I64
    b: I64
    relation: NDArray[np.int8]
    score: F64
    a_contained: Bool
    host_share: F64


def to_known(rows: Sequence[Row], a: Sequence[int], b: Sequence[int]) -> Known:
    """Rows as pairs again, as far as stories are settled by them; a, b: places of the texts."""
    one, other = np.array(a, dtype=np.int64), np.array(b, dtype=np.int64)
    order = np.lexsort((other, one))
    return Known(
        one[order],
        other[order],
        np.array([row[RELATION] for row in rows], dtype=np.int8)[order],
        np.array([row[SCORE] for row in rows], dtype=np.float64)[order],
        np.array([row[A_CONTAINED] for row in rows], dtype=np.bool_)[order],
        np.array([row[HOST] for row in rows], dtype=np.float64)[order],
    )
