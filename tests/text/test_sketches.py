"""Shingles, signatures, fingerprints and term counts against their twins, datasketch and scikit-learn."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from datasketch import LeanMinHash, MinHash
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import HashingVectorizer

from dedupe.settings import Settings
from dedupe.text.minhash import from_minhash, permutations, sign, to_lean_minhash, to_minhash
from dedupe.text.shingles import shingle, shingle_hash
from dedupe.text.sketch import sketch
from dedupe.text.terms import COLUMNS, count_documents, count_terms, to_csr
from dedupe.text.tokens import token_hash, tokenise_strings
from dedupe.text.winnow import winnow
from tests.oracle import fingerprints, shingles

WORDS = st.lists(st.sampled_from([f"w{i}" for i in range(30)]), max_size=120)


@settings(max_examples=150, deadline=None)
@given(WORDS, st.integers(1, 8))
def test_shingles_are_those_of_the_plain_twin(words: list[str], size: int) -> None:
    made = tokenise_strings([" ".join(words)])
    values, bounds = shingle(made.hashes, made.bounds, size)
    runs = shingles(words, size)
    assert bounds.tolist() == [0, len(runs)]
    assert (values >> np.uint64(32)).tolist() == [shingle_hash(" ".join(run).encode()) for run in runs]


@settings(max_examples=60, deadline=None)
@given(WORDS, st.sampled_from([16, 64, 128, 200]), st.integers(1, 5))
def test_signatures_are_datasketch_s_own_bit_for_bit(words: list[str], num_perm: int, seed: int) -> None:
    made = tokenise_strings([" ".join(words)])
    values, bounds = shingle(made.hashes, made.bounds, 5)
    ours = sign(values, bounds, *permutations(num_perm, seed))[0]
    theirs = MinHash(num_perm=num_perm, seed=seed, scheme="affine32", hashfunc=shingle_hash)
    theirs.update_batch([" ".join(run).encode() for run in shingles(words, 5)])
    assert (ours == theirs.hashvalues).all()
    assert to_minhash(ours, seed).jaccard(theirs) == 1.0
    assert (from_minhash(to_lean_minhash(ours, seed)) == ours).all()
    assert (from_minhash(LeanMinHash(theirs)) == ours).all()


def test_a_sketch_of_another_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="legacy"):
        from_minhash(MinHash(num_perm=16, scheme="legacy"))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 50), max_size=300), st.integers(1, 20))
def test_fingerprints_are_those_of_the_plain_twin(values: list[int], window: int) -> None:
    array = np.array(values, dtype=np.uint64)
    found, bounds = winnow(array, np.array([0, len(values)]), window)
    assert found.tolist() == fingerprints(values, window)
    assert bounds.tolist() == [0, len(found)]


@settings(max_examples=100, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=4))
def test_the_fused_sketch_is_its_parts(texts: list[list[str]]) -> None:
    lines = [" ".join(words) for words in texts]
    made = sketch(pa.array(lines, pa.large_string()), pa.nulls(len(lines), pa.large_string()), Settings())
    tokens = tokenise_strings(lines)
    values, bounds = shingle(tokens.hashes, tokens.bounds, 5)
    assert (made.signatures == sign(values, bounds, *permutations(128, 1))).all()
    found, found_bounds = winnow(values, bounds, 16)
    assert made.fingerprints.tolist() == found.tolist() and made.fingerprint_bounds.tolist() == found_bounds.tolist()


def test_a_shared_passage_leaves_a_shared_fingerprint() -> None:
    draw = np.random.default_rng(5)
    for _ in range(200):
        passage = draw.integers(0, 2**63, 40, dtype=np.uint64)
        one = np.concatenate([draw.integers(0, 2**63, draw.integers(0, 300), dtype=np.uint64), passage])
        other = np.concatenate([passage, draw.integers(0, 2**63, draw.integers(0, 300), dtype=np.uint64)])
        found = [set(winnow(text, np.array([0, len(text)]), 16)[0].tolist()) for text in (one, other)]
        assert found[0] & found[1] & set(passage.tolist())


@settings(max_examples=80, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=5))
def test_term_counts_are_those_of_a_hashing_vectorizer(texts: list[list[str]]) -> None:
    lines = [" ".join(words) for words in texts]
    made = tokenise_strings(lines)
    indptr, columns, counts, looks = count_terms(made.hashes, made.marks, made.bounds)
    ours = to_csr(indptr, columns, counts)
    theirs = HashingVectorizer(norm=None, alternate_sign=False).fit_transform(lines)
    for row in range(len(lines)):  # the columns are other hashes; the counts are the same
        assert sorted(ours[row].data.tolist()) == sorted(int(v) for v in theirs[row].data)
    assert ours.shape == (len(lines), COLUMNS) and len(looks) == len(columns)
    column = token_hash("w3") >> 12
    assert ours[:, column].toarray().ravel().tolist() == [words.count("w3") for words in texts]


def test_document_frequency_counts_a_text_once_headline_included() -> None:
    text, headline = tokenise_strings(["a a b", "b c"]), tokenise_strings(["b d", ""])
    table = np.zeros((COLUMNS, 2), dtype=np.int32)
    count_documents(text.hashes, text.bounds, headline.hashes, headline.bounds, table, np.int32(1))
    count = {word: int(table[token_hash(word) >> 12, 0]) for word in "abcd"}
    assert count == {"a": 1, "b": 2, "c": 1, "d": 1}


def test_an_article_without_text_is_read_by_its_headline() -> None:
    made = sketch(pa.array(["", "b c"], pa.large_string()), pa.array(["A flash", None], pa.large_string()), Settings())
    assert made.text.counts().tolist() == [2, 2]
