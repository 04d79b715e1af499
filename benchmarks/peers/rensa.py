"""rensa: RMinHash sketches made in bulk, its LSH over all of them.

Recommended, as its README has it: words, threshold 0.8, 16 bands.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.common import BANDS, NUM_PERM, ROWS, THRESHOLD, groups, main, shingles


def solve(texts: list[str], matched: bool) -> NDArray[np.int64]:
    """Groups by rensa's LSH."""
    from rensa import RMinHash, RMinHashLSH

    # It wants as many permutations as the bands fill.
    perms, bands, threshold = (BANDS * ROWS, BANDS, THRESHOLD) if matched else (NUM_PERM, 16, 0.8)
    index = RMinHashLSH(threshold=threshold, num_perm=perms, num_bands=bands)
    found = []
    step = 4096
    for start in range(0, len(texts), step):
        some = texts[start : start + step]
        sets = [shingles(text) for text in some] if matched else [text.split() for text in some]
        for key, sketch in enumerate(RMinHash.from_token_sets(sets, perms, 42), start):
            found += [(other, key) for other in index.query(sketch)]
            index.insert(key, sketch)
    return groups(len(texts), found)


if __name__ == "__main__":
    main(solve)
