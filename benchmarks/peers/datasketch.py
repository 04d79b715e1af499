"""datasketch: MinHash one by one, and its in-memory LSH.

Recommended, as its manual has it: words, 128 permutations, threshold 0.5.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.common import NUM_PERM, THRESHOLD, groups, main, shingles


def solve(texts: list[str], matched: bool) -> NDArray[np.int64]:
    """Groups by datasketch's LSH."""
    sets = (set(shingles(text) if matched else text.split()) for text in texts)
    return alike(sets, THRESHOLD if matched else 0.5)


def alike(sets: Iterable[set[str]], threshold: float) -> NDArray[np.int64]:
    """Groups of sets that the index takes for alike."""
    from datasketch import MinHash, MinHashLSH

    index, count = MinHashLSH(threshold=threshold, num_perm=NUM_PERM), 0
    found = []
    for key, some in enumerate(sets):
        sketch = MinHash(NUM_PERM)
        sketch.update_batch([s.encode() for s in some])
        found += [(int(other), key) for other in index.query(sketch)]
        index.insert(key, sketch)
        count += 1
    return groups(count, found)


if __name__ == "__main__":
    main(solve)
