"""Confirmed pairs, as the outputs have them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedupe.compiled import F64, I32, I64, Bool
from dedupe.match.relation import NOTHING, Decision, Evidence, sides
from dedupe.match.why import TEXT, explain


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of articles that are something to each other; arrays of length p.

    a, b: int64, article numbers, a < b; relation: int8, index into RELATIONS; score: 0 to 1;
    a_contained: bool, a is the one that stands in b; jaccard, containment, cosine, coverage_a,
    coverage_b, headline: float64; shared_words: int64, words of the shorter that stand in shared
    shingles; host_share: float64, share of the longer's words that do; shape: int32[p, 8], words, words in shared
    shingles, words before the first shared one and after the last, of a and b in turn; why: string.
    """

    a: I64
    b: I64
    relation: NDArray[np.int8]
    score: F64
    a_contained: Bool
    jaccard: F64
    containment: F64
    cosine: F64
    coverage_a: F64
    coverage_b: F64
    headline: F64
    shared_words: I64
    host_share: F64
    shape: I32
    why: pa.Array

    def __len__(self) -> int:
        return len(self.a)

    def take(self, rows: I64) -> Pairs:
        """These pairs, in this order."""
        arrays = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "why"}
        return Pairs(**arrays, why=self.why.take(pa.array(rows)))


def no_pairs() -> Pairs:
    """None at all."""
    figure, number = np.zeros(0, np.float64), np.zeros(0, np.int64)
    return Pairs(
        a=number, b=number, relation=np.zeros(0, np.int8), score=figure, a_contained=np.zeros(0, np.bool_),
        jaccard=figure, containment=figure, cosine=figure, coverage_a=figure, coverage_b=figure, headline=figure,
        shared_words=number, host_share=figure, shape=np.zeros((0, 8), np.int32), why=pa.array([], TEXT),
    )  # fmt: skip


def found_pairs(
    pairs: I64, evidence: Evidence, decision: Decision, everything: bool = False, explained: bool = True
) -> Pairs:
    """The pairs among int64[p, 2] that are something, with the figures that are reported.

    everything: those that are nothing too; explained: with the sentences that say why, which else are null.
    """
    rows = np.flatnonzero((decision.relation != NOTHING) | everything)
    overlap, weight = evidence.overlap, evidence.weight
    x = sides(overlap, weight)
    return Pairs(
        a=pairs[rows, 0],
        b=pairs[rows, 1],
        relation=decision.relation[rows],
        score=decision.score[rows],
        a_contained=decision.a_contained[rows],
        jaccard=overlap.jaccard[rows],
        containment=overlap.containment[rows],
        cosine=weight.cosine[rows],
        coverage_a=weight.coverage_a[rows],
        coverage_b=weight.coverage_b[rows],
        headline=evidence.headline[rows],
        shared_words=x.covered[rows].astype(np.int64),
        host_share=x.l_share[rows],
        shape=np.stack(
            [
                overlap.words_a,
                overlap.words_b,
                overlap.covered_a,
                overlap.covered_b,
                overlap.first_a,
                overlap.first_b,
                overlap.after_a,
                overlap.after_b,
            ],
            axis=1,
        )[rows].astype(np.int32),
        why=explain(evidence, decision, rows) if explained else pa.nulls(len(rows), TEXT),
    )


def join_pairs(parts: list[Pairs]) -> Pairs:
    """Several runs of pairs as one, sorted by a and b."""
    arrays = {
        f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Pairs) if f.name != "why"
    }
    joined = Pairs(**arrays, why=pa.concat_arrays([part.why for part in parts]))
    return joined.take(np.lexsort((joined.b, joined.a)))
