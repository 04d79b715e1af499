"""Exact figures of a pair against Python's sets and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics.pairwise import cosine_similarity

from dedupe.match.overlap import overlap
from dedupe.match.tfidf import idf, transformer, weigh
from dedupe.text.shingles import shingle
from dedupe.text.terms import COLUMNS, count_documents, count_terms, to_csr
from dedupe.text.tokens import Tokens, tokenise_strings
from tests.oracle import shingles

WORDS = st.lists(st.sampled_from([f"w{i}" for i in range(8)]), min_size=1, max_size=40)
PAIRS = np.array([[0, 1], [0, 2], [1, 2], [2, 2]], dtype=np.int64)


def lines(texts: list[list[str]]) -> list[str]:
    return [" ".join(words) for words in texts]


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, min_size=3, max_size=3), st.integers(1, 5))
def test_jaccard_and_containment_are_those_of_python_sets(texts: list[list[str]], size: int) -> None:
    made = tokenise_strings(lines(texts))
    values, bounds = shingle(made.hashes, made.bounds, size)
    found = overlap(made.hashes, made.marks, made.bounds, values, bounds, PAIRS, size)
    for p, (a, b) in enumerate(PAIRS.tolist()):
        short = min(len(texts[a]), len(texts[b])) < size
        one, other = (set(shingles(texts[x], 1 if short else size)) for x in (a, b))
        assert found.shared[p] == len(one & other)
        assert found.jaccard[p] == pytest.approx(len(one & other) / len(one | other))
        assert found.containment[p] == pytest.approx(len(one & other) / min(len(one), len(other)))


def test_where_the_shared_text_stands() -> None:
    passage = ["the", "minister", "said", "on", "monday", "that", "the", "old", "bridge", "would", "open", "in", "may"]
    lead = [f"lead{i}" for i in range(40)]
    made = tokenise_strings(lines([lead + passage, [*passage, "but", "not", "today"]]))
    values, bounds = shingle(made.hashes, made.bounds, 5)
    found = overlap(made.hashes, made.marks, made.bounds, values, bounds, PAIRS[:1], 5)
    assert (found.covered_a[0], found.covered_b[0]) == (13, 13)
    assert (found.blocks_a[0], found.first_a[0], found.first_b[0]) == (1, 40, 0)
    assert (
        found.lead_a[0] == 0 and found.tail_a[0] == pytest.approx(13 / 30) and found.lead_b[0] == pytest.approx(13 / 16)
    )


@settings(max_examples=80, deadline=None)
@given(st.lists(WORDS, min_size=3, max_size=6))
def test_cosine_is_scikit_learn_s_on_the_same_counts(texts: list[list[str]]) -> None:
    made = tokenise_strings(lines(texts))
    none = Tokens(made.hashes[:0], made.marks[:0], np.zeros(len(texts) + 1, np.int64))
    table = np.zeros((COLUMNS, 2), dtype=np.int32)
    count_documents(made.hashes, made.bounds, none.hashes, none.bounds, table, np.int32(1))
    weights = idf(np.ascontiguousarray(table[:, 0]), len(texts))
    terms = count_terms(made.hashes, made.marks, made.bounds)
    matrix = to_csr(*terms[:3])
    model = TfidfTransformer().fit(matrix)
    assert np.allclose(model.idf_, weights, atol=1e-5)
    found = weigh(*terms, weights, PAIRS)
    expected = cosine_similarity(model.transform(matrix))
    assert np.allclose(found.cosine, [expected[a, b] for a, b in PAIRS], atol=1e-5)
    ours = transformer(weights).transform(matrix)
    assert np.allclose(
        ours.toarray()[:, matrix.indices], model.transform(matrix).toarray()[:, matrix.indices], atol=1e-5
    )


def test_coverage_is_the_share_of_weight_that_the_other_has() -> None:
    made = tokenise_strings(["alpha beta gamma", "beta gamma delta 77 Lund", "x"])
    terms = count_terms(made.hashes, made.marks, made.bounds)
    even = np.ones(COLUMNS, dtype=np.float32)
    found = weigh(*terms, even, PAIRS[:1])
    assert found.coverage_a[0] == pytest.approx(2 / 3) and found.coverage_b[0] == pytest.approx(2 / 5)
    assert (found.numbers_a[0], found.numbers_b[0], found.names_b[0]) == (0, 1, 1)
