"""Daft: its minhash expression on normalised text, bands grouped by sorting.

Recommended, as its guide has it: 64 permutations, threshold 0.7 (7 bands of 9); matched: 128.
"""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.common import BANDS, NUM_PERM, ROWS, SHINGLE, groups, neighbours


def solve(path: str, matched: bool) -> NDArray[np.int64]:
    """Groups by Daft's signatures, banded as datasketch's optimiser says for the threshold."""
    import daft
    from daft import col

    perms, bands, rows = (NUM_PERM, BANDS, ROWS) if matched else (64, 7, 9)
    frame = daft.read_parquet(path).select("text")
    words = col("text").normalize(remove_punct=True, lowercase=True, white_space=True)
    signed = frame.select(words.minhash(num_hashes=perms, ngram_size=SHINGLE, seed=1, hash_function="xxhash"))
    column = signed.to_arrow().column(0).combine_chunks()
    matrix = np.ascontiguousarray(column.flatten().to_numpy().reshape(len(column), perms))
    pairs: list[tuple[int, int]] = []
    for band in range(bands):
        part = np.ascontiguousarray(matrix[:, band * rows : (band + 1) * rows])
        keys = part.view([("", part.dtype)] * rows).ravel()
        pairs += neighbours(np.argsort(keys, kind="stable"), keys)
    return groups(len(matrix), pairs)


if __name__ == "__main__":
    np.save(sys.argv[2], solve(sys.argv[1], sys.argv[3] == "matched"))
