"""datasketch: MinHash one by one, and its in-memory LSH.

Recommended, as its manual has it: words, 128 permutations, threshold 0.5.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.common import NUM_PERM, THRESHOLD, groups, main, shingles


def solve(texts: list[str], matched: bool) -> NDArray[np.int64]:
    """Groups by datasketch's LSH."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=THRESHOLD if matched else 0.5, num_perm=NUM_PERM)
    found = []
    for key, text in enumerate(texts):
        sketch = MinHash(NUM_PERM)
        sketch.update_batch([s.encode() for s in set(shingles(text) if matched else text.split())])
        found += [(int(other), key) for other in index.query(sketch)]
        index.insert(key, sketch)
    return groups(len(texts), found)


if __name__ == "__main__":
    main(solve)
