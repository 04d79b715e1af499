"""The generated load: the same bytes always, and a truth that holds."""

from __future__ import annotations

import hashlib

import pyarrow.compute as pc

import dedupe
from benchmarks.corpora import generated
from benchmarks.generate import generate
from benchmarks.truth import judge, of_groups


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
    corpus = generated(5_000)
    found = dedupe.find_duplicates(corpus.articles)
    standing = of_groups(found.articles["original_id"].to_numpy().astype(int), judge(corpus))
    assert standing.recall_high >= 0.995 and standing.recall_all >= 0.98
    assert standing.precision == 1.0 and standing.b_cubed > 0.98 and standing.ari > 0.98
