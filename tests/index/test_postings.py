"""Runs, their filters and merges, and postings as a whole, against what a dictionary would say."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.compiled import I64, U32, U64
from dedupe.index.entries import BAND, NUMBER_BITS, Keys, numbers_of, to_entries, values_of
from dedupe.index.records import Text
from dedupe.index.runs import BLOCK, CHUNK, END, Run, find_in_entries, find_in_run, merge_slice, to_blocks, to_run
from dedupe.index.sqlite import SqliteStore
from dedupe.settings import Settings


def bands(keys: U32) -> U64:
    """Keys of bands as values."""
    return np.uint64(BAND << 62) | (keys.astype(np.uint64) << np.uint64(NUMBER_BITS))


def some_entries(chance: np.random.Generator, keys: int, texts: int, count: int) -> U64:
    """Distinct sorted entries of so many keys and texts, at most `count`."""
    values = bands((chance.integers(0, keys, count) * (2**32 // keys)).astype(np.uint32))
    return np.unique(to_entries(values, chance.integers(0, texts, count)))


def made(entries: U64) -> tuple[Run, U64]:
    """Entries as a run, and its chunks, uint64[c, 1000]."""
    blocks = to_blocks(entries)
    chunks = np.concatenate([np.zeros((0, CHUNK), np.uint64), *(block.chunks for block in blocks)])
    return to_run([block.lows for block in blocks], [block.filter for block in blocks]), chunks


def latest(entries: U64, values: U64, limit: int) -> U64:
    found = [entries[values_of(entries) == value][-limit:] for value in values.tolist()]
    return np.concatenate([np.zeros(0, np.uint64), *found])


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32), st.sampled_from([3, 40, 2000, 2**31]), st.sampled_from([0, 1, 900, 30_000, 140_000]),
    st.sampled_from([1, 2, 200, 10**6]),
)  # fmt: skip
def test_a_run_gives_the_latest_entries_of_each_value(seed: int, keys: int, count: int, limit: int) -> None:
    chance = np.random.default_rng(seed)
    entries = some_entries(chance, keys, 50_000, count)
    run, chunks = made(entries)
    there = chance.choice(values_of(entries), min(30, len(entries))) if len(entries) else np.zeros(0, np.uint64)
    absent = bands(chance.integers(0, 2**32, 30).astype(np.uint32))
    values = np.unique(np.concatenate([there, absent]))
    wanted = latest(entries, values, limit)
    assert find_in_run(values, run, lambda asked: chunks[asked], limit).tolist() == wanted.tolist()
    assert find_in_entries(entries, values, limit).tolist() == wanted.tolist()


def test_few_values_that_a_run_lacks_are_read_for() -> None:
    chance = np.random.default_rng(1)
    entries = some_entries(chance, 2**31, 50_000, 200_000)
    run, chunks = made(entries)
    absent = np.setdiff1d(bands(chance.integers(0, 2**32, 100_000).astype(np.uint32)), values_of(entries))
    asked: list[int] = []

    def read(numbers: I64) -> U64:
        asked.extend(numbers.tolist())
        return chunks[numbers]

    for start in range(0, len(absent), 10):
        assert not len(find_in_run(absent[start : start + 10], run, read, 10))
    assert len(asked) < 0.003 * len(absent)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**32), st.sampled_from([3, 2000, 2**31]),
    st.lists(st.sampled_from([1, 999, 1000, 5000, 70_000, 130_000]), min_size=1, max_size=4), st.booleans(),
)  # fmt: skip
def test_a_merge_block_by_block_is_all_entries_but_the_dead(
    seed: int, keys: int, sizes: list[int], some_dead: bool
) -> None:
    chance = np.random.default_rng(seed)
    parts, low = [], 0
    for size in sizes:  # runs hold texts that came one after another
        entries = some_entries(chance, keys, 1000, size)
        parts.append(entries + np.uint64(low))
        low += 1000
    runs = [made(part) for part in parts]
    dead: I64 = np.sort(chance.choice(low, low // 3, replace=False)) if some_dead else np.zeros(0, np.int64)
    blocks, start = [], 0
    while start is not None:
        part = merge_slice([run for run, _ in runs], start, dead, lambda place, a, b: runs[place][1][a:b])
        if part.block is not None:
            assert 1 <= len(part.block.chunks) <= BLOCK and (part.block.lows == part.block.chunks[:, 0]).all()
            blocks.append(part.block)
        assert part.next is None or part.next > start
        start = part.next  # type: ignore[assignment]
    merged = np.concatenate([np.zeros(0, np.uint64), *(block.chunks.ravel() for block in blocks)])
    everything = np.sort(np.concatenate(parts))
    wanted = everything[~np.isin(numbers_of(everything), dead)]
    assert merged[merged != END].tolist() == wanted.tolist()
    run = to_run([block.lows for block in blocks], [block.filter for block in blocks])
    chunks = np.concatenate([np.zeros((0, CHUNK), np.uint64), *(block.chunks for block in blocks)])
    values = np.unique(chance.choice(values_of(everything), 20))
    assert find_in_run(values, run, lambda asked: chunks[asked], 50).tolist() == latest(wanted, values, 50).tolist()


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([50, 5000, 2**30]))
def test_postings_of_an_index_are_those_of_a_dictionary_whatever_was_merged_and_deleted(seed: int, keys: int) -> None:
    chance = np.random.default_rng(seed)
    held: defaultdict[int, set[int]] = defaultdict(set)
    gone: set[int] = set()
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "news.db", Settings(), "normal", 5.0)
        texts = 0
        for _ in range(60):
            count = int(chance.integers(1, 400))
            values = bands(chance.integers(0, keys, 6 * count).astype(np.uint32))
            own = [np.unique(values[6 * i : 6 * i + 6]) for i in range(count)]
            bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum([len(some) for some in own])])
            numbers = list(range(texts, texts + count))
            with store.writing() as view:
                view.keep(numbers, [b""] * count, Keys(np.concatenate(own), bounds, np.zeros((0, count), np.uint32)))
                view.state.texts = texts = texts + count
            for number, some in zip(numbers, own, strict=True):
                for value in some.tolist():
                    held[value].add(number)
            store.tidy(int(chance.integers(0, 5)))
            if chance.random() < 0.2:
                old = sorted(set(chance.integers(0, texts, texts // 4).tolist()) - gone)
                with store.writing() as view:
                    view.state.removals += len(old)
                    view.delete(Text, old)
                gone |= set(old)
            asked = np.unique(chance.choice(values, 20))
            since = int(chance.integers(0, texts)) if chance.random() < 0.3 else 0
            with store.reading() as view:
                found = view.postings(
                    Keys(asked, np.array([0, len(asked)]), np.zeros((0, 1), np.uint32)), 1 << 30, since
                )
            mine = {(value, number) for value in asked.tolist() for number in held[value] - gone if number >= since}
            told = set(zip(values_of(found).tolist(), numbers_of(found).tolist(), strict=True))
            assert {(value, number) for value, number in told if number not in gone} == mine
        store.close()
