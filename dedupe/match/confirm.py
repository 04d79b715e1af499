"""Candidates to evidence: every figure of a pair computed exactly.

Drivers differ in how they bring candidates together and where tokens are kept;
this is what they all call with the tokens at hand, before `relation.decide`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dedupe.compiled import F32, F64, I64, Bool
from dedupe.match.misprints import align
from dedupe.match.overlap import overlap
from dedupe.match.relation import Evidence
from dedupe.match.tfidf import weigh
from dedupe.settings import Settings
from dedupe.text.shingles import shingle
from dedupe.text.sketch import join_tokens, pick
from dedupe.text.terms import count_terms
from dedupe.text.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of pairs besides their texts; arrays of length p, as in `relation.Evidence`."""

    headline: F64
    hours: F64
    same_outlet: Bool
    same_address: Bool
    same_text: Bool
    spread: F64


def interleave(first: Tokens, second: Tokens) -> Tokens:
    """For each text, the tokens of the first and then those of the second."""
    n = len(first.bounds) - 1
    both = join_tokens([first, second])
    rows = np.arange(2 * n, dtype=np.int64).reshape(2, n).T.ravel()
    mixed = pick(both, rows)
    return Tokens(mixed.hashes, mixed.marks, np.ascontiguousarray(mixed.bounds[::2]))


def weigh_evidence(text: Tokens, headline: Tokens, idf: F32, pairs: I64, known: Known, settings: Settings) -> Evidence:
    """Every figure of each pair, exactly.

    text, headline: tokens of n articles; idf: float32[2^20], of the collection;
    pairs: int64[p, 2], numbers of the articles, best sorted by the first.
    """
    size = settings.reading.compared
    if settings.noise:
        headline = pick(headline, pairs.ravel())
        text, pairs = align(text, idf, pairs)
    shingles, bounds = shingle(text.hashes, text.bounds, size)
    shared = overlap(text.hashes, text.marks, text.bounds, shingles, bounds, pairs, size)
    both = interleave(headline, text)
    indptr, columns, counts, looks = count_terms(both.hashes, both.marks, both.bounds)
    weight = weigh(indptr, columns, counts, looks, idf, pairs)
    return Evidence(
        shared,
        weight,
        known.headline,
        known.hours,
        known.same_outlet,
        known.same_address,
        known.same_text,
        known.spread,
    )
