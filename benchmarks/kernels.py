"""`kernels`: every stage by itself on one core, against the memory's bandwidth and against its Python peer.

And how accurate our signatures are: bias and root mean squared error of the estimated Jaccard,
beside what theory gives for as many permutations, sqrt(J (1 - J) / k) (Broder, 1997).
"""

from __future__ import annotations

import itertools
import math
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.machine import bandwidth
from benchmarks.peers.common import shingles
from dedupe.match.collection import keep
from dedupe.match.lsh import band_values
from dedupe.match.misprints import align
from dedupe.match.overlap import overlap
from dedupe.match.passages import passage_values
from dedupe.match.tfidf import idf, weigh
from dedupe.read.agencies import load_agencies
from dedupe.read.credited import credited_agencies
from dedupe.read.pages.reading import take_apart
from dedupe.settings import Settings
from dedupe.text.minhash import permutations, sign
from dedupe.text.segments import list_segments
from dedupe.text.shingles import shingle
from dedupe.text.sketch import sketch
from dedupe.text.terms import COLUMNS, count_documents, count_terms
from dedupe.text.tokens import tokenise_array
from dedupe.text.winnow import winnow


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: seconds of each repetition over so many bytes of text, and of its Python peer over the same share."""

    name: str
    text_bytes: int
    seconds: list[float]
    peer: str = ""
    peer_bytes: int = 0
    peer_seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Megabytes of text a second, from the best repetition."""
        return self.text_bytes / min(self.seconds) / 1e6

    @property
    def times_peer(self) -> float:
        """How many times as fast as the peer."""
        return self.rate * 1e6 / (self.peer_bytes / self.peer_seconds) if self.peer_seconds else float("nan")


def _timed(work: Callable[[], Any], repeat: int) -> list[float]:
    work()  # loads, compiles, touches memory
    seconds = []
    for _ in range(repeat):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return seconds


def stages(articles: pa.Table, repeat: int, peers: bool) -> list[Stage]:
    """Every stage over these articles, on one core; peers: beside Python's own ways, too."""
    texts, headlines = (articles[name].combine_chunks().cast(pa.large_string()) for name in ("text", "headline"))
    texts = pc.fill_null(texts, "")
    size, settings = texts.nbytes, Settings(threads=1)
    tokens = tokenise_array(texts)
    values, bounds = shingle(tokens.hashes, tokens.bounds, settings.shingle)
    a, b = permutations(settings.num_perm, settings.seed)
    made = sketch(texts, headlines, settings)
    few = texts[:200]
    strings, few_size = few.to_pylist(), few.nbytes
    word = re.compile(r"\w+")
    n = len(texts)
    frequency = np.zeros((COLUMNS, 2), dtype=np.int32)
    pairs = np.stack([np.arange(n - 1), np.arange(1, n)], axis=1).astype(np.int64)
    indptr, columns, counts, looks = count_terms(tokens.hashes, tokens.marks, tokens.bounds)
    weights = idf(np.ascontiguousarray(frequency[:, 0]), n)
    noisy = tokenise_array(texts[: n // 10], spelled=True)
    some = pairs[: n // 10 - 1]
    agencies = load_agencies()
    pages = [f"Menu\n\n{text[:60]}\n\nMay 4, 2026\n\n{text}\n\nRead also:\n\nLatest\n" for text in strings]

    def python(work: Callable[[str], Any]) -> float:
        begin = time.perf_counter()
        for text in strings:
            work(text)
        return time.perf_counter() - begin

    def signed(text: str) -> None:
        from datasketch import MinHash

        MinHash(settings.num_perm).update_batch([gram.encode() for gram in set(shingles(text))])

    def counted() -> float:
        from sklearn.feature_extraction.text import HashingVectorizer

        vectorizer = HashingVectorizer(n_features=COLUMNS, alternate_sign=False, norm=None, token_pattern=r"\w+")
        begin = time.perf_counter()
        vectorizer.transform(strings)
        return time.perf_counter() - begin

    sets = [set(shingles(text)) for text in strings]
    encoded = [[gram.encode() for gram in grams] for grams in sets]

    def hashed() -> float:
        from datasketch import MinHash

        begin = time.perf_counter()
        for grams in encoded:
            MinHash(settings.num_perm).update_batch(grams)
        return time.perf_counter() - begin

    begin = time.perf_counter()
    for one, other in itertools.pairwise(sets):
        len(one & other)
    crossing = time.perf_counter() - begin

    def made_stage(name: str, work: Callable[[], Any], peer: str = "", seconds: float = 0.0, of: int = size) -> Stage:
        if not peers:
            peer, seconds = "", 0.0
        return Stage(name, of, _timed(work, repeat), peer, few_size if seconds else 0, seconds)

    def documents() -> None:
        frequency[:] = 0
        count_documents(
            made.text.hashes, made.text.bounds, made.headline.hashes, made.headline.bounds, frequency, np.int32(1)
        )

    return [
        made_stage("tokens", lambda: tokenise_array(texts), "re, lower", python(lambda text: word.findall(text.lower()))),
        made_stage("shingles", lambda: shingle(tokens.hashes, tokens.bounds, settings.shingle), "re, join", python(shingles)),
        made_stage("signatures", lambda: sign(values, bounds, a, b), "datasketch, shingles at hand", hashed()),
        made_stage("fingerprints", lambda: winnow(values, bounds, settings.window)),
        made_stage("sketching, whole", lambda: sketch(texts, headlines, settings), "re, datasketch", python(signed)),
        made_stage("bands and passages", lambda: (band_values(made.signatures, settings.body_threshold), passage_values(made.fingerprints))),
        made_stage("document frequencies", documents),
        made_stage("term counts", lambda: count_terms(tokens.hashes, tokens.marks, tokens.bounds), "HashingVectorizer", counted()),
        made_stage(
            "overlap of a pair", lambda: overlap(tokens.hashes, tokens.marks, tokens.bounds, values, bounds, pairs, settings.shingle),
            "set &, sets at hand", crossing, 2 * size,
        ),
        made_stage("TF-IDF of a pair", lambda: weigh(indptr, columns, counts, looks, weights, pairs), of=2 * size),
        made_stage("noisy texts side by side", lambda: align(noisy, weights, some), of=2 * texts[: n // 10].nbytes),
        made_stage("segments, for furniture", lambda: list_segments(tokens.hashes, tokens.marks, tokens.bounds, np.zeros(n, np.int64))),
        made_stage("credits (where names stand)", lambda: credited_agencies(texts, tokens, agencies)),
        made_stage("plain pages (Python)", lambda: [take_apart(page, agencies) for page in pages], of=sum(map(len, pages))),
        made_stage("sketching, kept", lambda: keep(sketch(texts, headlines, settings), settings)),
    ]  # fmt: skip


def rows_of(found: list[Stage], memory: float) -> list[list[str]]:
    """The rows of the table."""
    return [
        [
            stage.name, f"{stage.rate:,.0f}", f"{max(stage.seconds) / min(stage.seconds) - 1:.0%}",
            f"{stage.rate * 1e6 / memory:.1%}", stage.peer, f"{stage.times_peer:,.0f}" if stage.peer else "",
        ]
        for stage in found
    ]  # fmt: skip


HEADER = ("stage", "MB of text/s", "spread", "of the memory's bandwidth", "Python peer", "times as fast")


def accuracy(pairs: int = 400, shingles_each: int = 400) -> list[dict[str, float]]:
    """Bias and RMSE of the Jaccard that signatures estimate, for sets of known Jaccard, beside theory.

    Each set is of random 64-bit shingles, of which the two of a pair share what the Jaccard asks for.
    """
    settings = Settings()
    a, b = permutations(settings.num_perm, settings.seed)
    draw = np.random.default_rng(11)
    shown = []
    for wanted in np.arange(0.05, 1.0, 0.1):
        shared = round(2 * shingles_each * wanted / (1 + wanted))
        true = shared / (2 * shingles_each - shared)
        sets = []
        for _ in range(pairs):
            values = draw.integers(0, 2**63, 2 * shingles_each - shared, dtype=np.uint64)
            sets += [values[:shingles_each], values[shingles_each - shared :]]
        bounds = np.concatenate([[0], np.cumsum([len(one) for one in sets])]).astype(np.int64)
        made = sign(np.concatenate(sets), bounds, a, b)
        error = (made[::2] == made[1::2]).mean(axis=1) - true
        theory = math.sqrt(true * (1 - true) / settings.num_perm)
        shown.append({
            "jaccard": true, "bias": float(error.mean()), "rmse": float(np.sqrt((error**2).mean())), "theory": theory,
        })  # fmt: skip
    return shown


def measure(articles: pa.Table, repeat: int, peers: bool) -> tuple[list[Stage], float, list[dict[str, float]]]:
    """All stages, the memory's bandwidth (bytes a second), and the accuracy of signatures."""
    pa.set_cpu_count(1)
    with ThreadPoolExecutor(1) as one:  # a thread of its own, as the batch job's workers are
        found = one.submit(stages, articles, repeat, peers).result()
    return found, bandwidth(), accuracy()
