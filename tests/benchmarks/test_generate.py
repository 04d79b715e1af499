"""The generated load: the same bytes always, and a truth that holds."""

from __future__ import annotations

import hashlib

import pyarrow.compute as pc

import dedupe
from benchmarks.generate import generate
from benchmarks.truth import family_pairs, jaccard, precision, recall


def test_the_same_arguments_give_the_same_bytes() -> None:
    one, other = generate(2_000), generate(2_000)
    assert one.articles.equals(other.articles) and one.truth.equals(other.truth)
    assert not one.articles.equals(generate(2_000, seed=2).articles)
    text = "\n".join(one.articles["text"].to_pylist()[:50])
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == DIGEST


DIGEST = "ec90e2e0a71000d4"


def test_every_kind_occurs_with_news_like_lengths() -> None:
    load = generate(20_000)
    kinds = {row["values"]: row["counts"] for row in pc.value_counts(load.truth["kind"]).to_pylist()}
    assert len(kinds) == 9 and min(kinds.values()) > 200
    words = pc.mean(pc.count_substring(load.articles["text"], " ")).as_py()
    assert 300 < words < 500


def test_the_job_finds_the_families_and_nothing_else() -> None:
    load = generate(5_000)
    found = dedupe.find_duplicates(load.articles)
    groups = found.articles["original_id"].to_numpy().astype(int)
    pairs = family_pairs(load.truth["story"])
    high = pairs[jaccard(load.articles["text"], pairs) >= 0.8]
    assert recall(groups, high) >= 0.995 and recall(groups, pairs) >= 0.98
    assert precision(groups, load.truth["story"]) == 1.0
