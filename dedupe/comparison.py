"""Two articles side by side: every score, the shared passages, the relation and why."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from dedupe.article import Article
from dedupe.compiled import Bool
from dedupe.errors import InputError
from dedupe.match.collection import Collection, keep
from dedupe.match.exact import exact_groups
from dedupe.match.headlines import read_headlines
from dedupe.match.index import Facts, confirm_candidates
from dedupe.match.numbers import hours_of, numbered, numbered_names
from dedupe.match.pairs import join_pairs
from dedupe.match.relation import ABRIDGED, RELATIONS
from dedupe.match.tfidf import idf
from dedupe.read.addresses import article_addresses
from dedupe.read.articles import read_articles
from dedupe.read.identity import Seen
from dedupe.read.objects import open_objects
from dedupe.settings import Settings
from dedupe.text.shingles import shingle
from dedupe.text.sketch import sketch
from dedupe.text.spans import spans
from dedupe.text.terms import COLUMNS, count_documents
from dedupe.text.tokens import tokenise_strings


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two articles are to each other.

    relation: one of the eight, or None; contained: "a" or "b", of an abridged pair; the figures are
    those of `pairs.parquet` (None where there is nothing to compare), with a TF-IDF model of these two
    texts alone; passages: what they share, as it stands in a, longest first.
    """

    relation: str | None
    why: str
    score: float
    jaccard: float
    containment: float
    contained: str | None
    cosine: float
    coverage_a: float
    coverage_b: float
    shared_words: int
    headline_similarity: float | None
    passages: tuple[str, ...]


def _passages(a: str, b: str, size: int) -> tuple[str, ...]:
    """Runs of a's text that stand in shared shingles."""
    tokens = tokenise_strings([a, b])
    size = size if min(tokens.counts()) >= size else 1
    values, bounds = shingle(tokens.hashes, tokens.bounds, size)
    hit: Bool = np.isin(values[: bounds[1]], values[bounds[1] :])
    covered = np.zeros(int(tokens.bounds[1]) + 1, dtype=np.bool_)
    for start in np.flatnonzero(hit):
        covered[start : start + size] = True
    text, places = spans(a)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], covered]).astype(np.int8)))
    runs = [text[places[i][0] : places[j - 1][1]] for i, j in zip(edges[::2], edges[1::2], strict=True)]
    return tuple(sorted(runs, key=len, reverse=True))


def compare(
    a: Article | Mapping[str, Any], b: Article | Mapping[str, Any], *, settings: Settings | None = None
) -> Comparison:
    """Compare two articles as the batch job would.

    Raises InputError when one of them has neither text nor headline.

    >>> one = "The council voted on Tuesday to close the old bathing place and to build a heated one."
    >>> found = compare({"text": one}, {"text": "Good news for swimmers. " + one})
    >>> found.relation, found.contained, found.containment
    ('abridged', 'a', 1.0)
    """
    settings = settings or Settings()
    batches = list(read_articles(open_objects([a, b])[0], {}, Seen()))
    rejects = [reject for batch in batches for reject in batch.rejects]
    if rejects:
        raise InputError(f"article {'ab'[rejects[0].row]}: {rejects[0].reason}")
    table = pa.Table.from_batches([batch.table for batch in batches])
    made = sketch(table["text"].combine_chunks(), table["headline"].combine_chunks(), settings)
    frequency = np.zeros((COLUMNS, 2), dtype=np.int32)
    count_documents(
        made.text.hashes, made.text.bounds, made.headline.hashes, made.headline.bounds, frequency, np.int32(1)
    )
    collection = Collection()
    collection.add(keep(made, settings))
    collection.done()
    hours = hours_of(table["published"].combine_chunks())
    outlet = table["outlet"].combine_chunks()
    headlines = read_headlines(table["headline"], outlet.drop_null(), settings)
    first = exact_groups(made.keys, made.text.counts(), hours)
    address = numbered(article_addresses(table["canonical_url"].combine_chunks(), table["url"].combine_chunks())[0])
    facts = Facts(hours, numbered_names(outlet), address, first, headlines)
    with ThreadPoolExecutor(1) as pool:
        keys = np.array([1], dtype=np.uint64)  # articles 0 and 1
        weights = idf(np.ascontiguousarray(frequency[:, 0]), 2)
        pairs = join_pairs(
            confirm_candidates(
                collection, facts, weights, keys, np.zeros(1), settings, pool, lambda _: None, everything=True
            )
        )
    relation = int(pairs.relation[0])
    texts = [row["text"] or row["headline"] for row in table.select(["text", "headline"]).to_pylist()]
    likeness = float(pairs.headline[0])
    return Comparison(
        relation=RELATIONS[relation] if relation >= 0 else None,
        why=pairs.why[0].as_py(),
        score=float(pairs.score[0]),
        jaccard=float(pairs.jaccard[0]),
        containment=float(pairs.containment[0]),
        contained=("a" if pairs.a_contained[0] else "b") if relation == ABRIDGED else None,
        cosine=float(pairs.cosine[0]),
        coverage_a=float(pairs.coverage_a[0]),
        coverage_b=float(pairs.coverage_b[0]),
        shared_words=int(pairs.shared_words[0]),
        headline_similarity=None if np.isnan(likeness) else likeness,
        passages=_passages(texts[0], texts[1], settings.shingle),
    )
