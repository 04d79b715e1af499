"""Daft: its minhash expression on normalised text, bands grouped by its engine."""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.common import NUM_PERM, SHINGLE, groups

BANDS, ROWS = 9, 13


def solve(path: str) -> NDArray[np.int64]:
    """Groups by Daft's signatures, banded as datasketch's optimiser says for the common threshold."""
    import daft
    from daft import col

    frame = daft.read_parquet(path).select("text")
    words = col("text").normalize(remove_punct=True, lowercase=True, white_space=True)
    signed = frame.select(words.minhash(num_hashes=NUM_PERM, ngram_size=SHINGLE, seed=1, hash_function="xxhash"))
    table = signed.to_arrow()
    column = table.column(0).combine_chunks()
    matrix = np.ascontiguousarray(column.flatten().to_numpy().reshape(len(column), NUM_PERM))
    pairs: list[tuple[int, int]] = []
    for band in range(BANDS):
        part = np.ascontiguousarray(matrix[:, band * ROWS : (band + 1) * ROWS])
        keys = part.view([("", part.dtype)] * ROWS).ravel()
        order = np.argsort(keys, kind="stable")
        same = np.flatnonzero(keys[order][1:] == keys[order][:-1])
        pairs += zip(order[same].tolist(), order[same + 1].tolist(), strict=True)
    return groups(len(matrix), pairs)


if __name__ == "__main__":
    np.save(sys.argv[2], solve(sys.argv[1]))
