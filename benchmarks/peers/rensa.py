"""rensa: RMinHash sketches made in bulk, its LSH over all of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.common import NUM_PERM, THRESHOLD, groups, main, shingles


def solve(texts: list[str]) -> NDArray[np.int64]:
    """Groups by rensa's LSH at the common threshold."""
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=THRESHOLD, num_perm=NUM_PERM, num_bands=16)
    found = []
    step = 4096
    for start in range(0, len(texts), step):
        sets = [shingles(text) for text in texts[start : start + step]]
        sketches = RMinHash.from_token_sets(sets, NUM_PERM, 42)
        for key, sketch in enumerate(sketches, start):
            found += [(other, key) for other in index.query(sketch)]
            index.insert(key, sketch)
    return groups(len(texts), found)


if __name__ == "__main__":
    main(solve)
