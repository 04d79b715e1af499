"""The three indexes bring together what belongs together, and no bucket blows up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from datasketch.lsh import _optimal_param
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.match.buckets import NEIGHBOURS, expand, pack, unpack
from dedupe.match.exact import exact_groups
from dedupe.match.lsh import KNOWN, band_values, bands_and_rows, lsh_candidates
from dedupe.match.passages import fitting_cap, passage_candidates, passage_values
from dedupe.text.minhash import permutations, sign
from dedupe.text.winnow import winnow


@pytest.fixture(scope="module")
def pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(2)


def test_known_bands_are_datasketch_s() -> None:
    for (threshold, num_perm), known in KNOWN.items():
        assert tuple(_optimal_param(threshold, num_perm, 0.5, 0.5)) == known
    assert bands_and_rows(0.5, 64) == tuple(_optimal_param(0.5, 64, 0.5, 0.5))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 40)), unique=True, max_size=60))
def test_small_buckets_give_every_pair_once(entries: list[tuple[int, int]]) -> None:
    values = np.array([value for value, _ in entries], dtype=np.uint32)
    articles = np.array([article for _, article in entries], dtype=np.int64)
    found = {tuple(pair) for pair in unpack(expand(pack(values, articles), 100).keys).tolist()}
    expected = {(a, b) for v, a in entries for w, b in entries if v == w and a < b}
    assert found == expected


def test_a_large_bucket_stays_connected_and_linear() -> None:
    n = 50_000
    found = expand(pack(np.zeros(n, np.uint32), np.arange(n)), 200)
    pairs = unpack(found.keys)
    assert found.capped == 1 and found.largest == n and len(pairs) <= NEIGHBOURS * n
    assert set(map(tuple, pairs.tolist())) >= {(i, i + 1) for i in range(n - 1)}


def test_body_index_finds_pairs_as_its_curve_promises(pool: ThreadPoolExecutor) -> None:
    draw = np.random.default_rng(3)
    a, b = permutations(128, 1)
    bands, rows = bands_and_rows(0.7, 128)
    for similarity in (0.6, 0.8, 0.95):
        texts, bounds = [], [0]
        for _ in range(400):
            shared = draw.integers(0, 2**63, round(200 * similarity), dtype=np.uint64)
            own = round((200 - len(shared)) / 2)
            for _ in range(2):
                texts.append(np.concatenate([shared, draw.integers(0, 2**63, own, dtype=np.uint64)]))
                bounds.append(bounds[-1] + len(texts[-1]))
        signatures = sign(np.concatenate(texts), np.array(bounds), a, b)
        found = lsh_candidates(band_values(signatures, 0.7), np.arange(800), 200, pool)
        pairs = set(map(tuple, unpack(found.keys).tolist()))
        hit = np.mean([(2 * i, 2 * i + 1) in pairs for i in range(400)])
        assert hit == pytest.approx(1 - (1 - similarity**rows) ** bands, abs=0.08)


def _passages(
    texts: list[np.ndarray], pool: ThreadPoolExecutor, cap: int = 200, workers: int = 2
) -> set[tuple[int, int]]:
    bounds = np.cumsum([0, *map(len, texts)])
    fingerprints, found_bounds = winnow(np.concatenate(texts), bounds, 16)
    part = (passage_values(fingerprints), found_bounds, np.arange(len(texts)))
    words = np.diff(bounds) + 4
    found = passage_candidates([part], words, 16, 0.15, 8, cap, pool, workers)
    assert (found.spread >= 2).all() and (np.diff(found.keys.astype(np.int64)) > 0).all()
    return set(map(tuple, unpack(found.keys).tolist()))


def test_passages_find_a_part_in_a_whole(pool: ThreadPoolExecutor) -> None:
    draw = np.random.default_rng(4)
    texts = []
    for _ in range(300):
        whole = draw.integers(0, 2**63, 400, dtype=np.uint64)
        start = draw.integers(0, 250)
        own = draw.integers(0, 2**63, 100, dtype=np.uint64)
        texts += [whole, np.concatenate([own, whole[start : start + 150]])]
    found = _passages(texts, pool)
    assert {(2 * i, 2 * i + 1) for i in range(300)} <= found
    assert len(found) < 330


def test_passages_do_not_depend_on_threads(pool: ThreadPoolExecutor) -> None:
    draw = np.random.default_rng(6)
    base = draw.integers(0, 2**63, 300, dtype=np.uint64)
    texts = [
        np.concatenate([base[: draw.integers(20, 300)], draw.integers(0, 2**63, 50, dtype=np.uint64)])
        for _ in range(60)
    ]
    assert _passages(texts, pool, workers=1) == _passages(texts, pool, workers=4)


def test_a_passage_in_every_article_costs_no_square(pool: ThreadPoolExecutor) -> None:
    draw = np.random.default_rng(7)
    common = draw.integers(0, 2**63, 60, dtype=np.uint64)
    texts = [np.concatenate([draw.integers(0, 2**63, 60, dtype=np.uint64), common]) for _ in range(5_000)]
    assert len(_passages(texts, pool)) <= NEIGHBOURS * 5_000


def test_the_cap_fits_the_budget() -> None:
    sizes = np.repeat(np.array([3, 50, 1000], dtype=np.int32), [30, 500, 1000])
    assert fitting_cap(sizes, 200, 10**9) == 200
    assert fitting_cap(sizes, 200, 13_000) >= 50
    assert fitting_cap(sizes, 200, 100) < 50


def test_exact_groups_split_short_notices_by_day() -> None:
    keys = np.array([[1, 1]] * 4 + [[2, 2]] * 2, dtype=np.uint64)
    words = np.array([20, 20, 20, 20, 200, 200])
    hours = np.array([0.0, 5.0, 48.0, np.nan, 0.0, 500.0])
    assert exact_groups(keys, words, hours).tolist() == [0, 0, 2, 0, 4, 4]
    assert exact_groups(keys[:2], np.zeros(2, np.int64), hours[:2]).tolist() == [0, 1]
