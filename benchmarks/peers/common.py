"""What the peers share: reading the file, shingles as sets of strings, groups from pairs."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

THRESHOLD = 0.7
NUM_PERM = 128
SHINGLE = 5
BANDS, ROWS = 14, 9
"""Bands and rows for that threshold, by datasketch's optimiser."""
_WORD = re.compile(r"\w+")


def shingles(text: str) -> list[str]:
    """Word 5-grams, lower-cased; the words of a text that is shorter."""
    words = _WORD.findall(text.lower())
    if len(words) < SHINGLE:
        return words
    return [" ".join(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)]


def groups(n: int, pairs: Iterable[tuple[int, int]]) -> NDArray[np.int64]:
    """Connected components: the lowest number of each article's component."""
    parent = list(range(n))

    def find(x: int) -> int:
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for a, b in pairs:
        x, y = find(a), find(b)
        if x != y:
            parent[max(x, y)] = min(x, y)
    return np.array([find(x) for x in range(n)], dtype=np.int64)


def neighbours(order: NDArray[np.int64], keys: NDArray[Any]) -> Iterable[tuple[int, int]]:
    """Pairs of rows that stand side by side in this order and have one key."""
    same = np.flatnonzero(keys[order][1:] == keys[order][:-1])
    return zip(order[same].tolist(), order[same + 1].tolist(), strict=True)


def main(solve: Callable[[list[str], bool], NDArray[Any]]) -> None:
    """Read the texts, group them (the second argument: at the matched setting), and write the groups."""
    texts = pq.read_table(sys.argv[1], columns=["text"])["text"].to_pylist()
    np.save(sys.argv[2], solve(texts, sys.argv[3] == "matched"))
