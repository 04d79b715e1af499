"""LSHBloom (Khan et al., 2024) as datasketch has it: Bloom filters in place of the bands' tables.

It says that an article repeats an earlier one, and not which.  Recommended: its defaults,
threshold 0.9, over words.
"""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.common import NUM_PERM, THRESHOLD, main, shingles


def solve(texts: list[str], matched: bool) -> NDArray[np.bool_]:
    """Which articles repeat an earlier one."""
    from datasketch import MinHash, MinHashLSHBloom

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it stays in memory
        index = MinHashLSHBloom(THRESHOLD if matched else 0.9, NUM_PERM, n=len(texts), fp=1e-5)
    flags = np.zeros(len(texts), dtype=np.bool_)
    for key, text in enumerate(texts):
        sketch = MinHash(NUM_PERM)
        sketch.update_batch([s.encode() for s in set(shingles(text) if matched else text.split())])
        flags[key] = bool(index.query(sketch))
        index.insert(sketch)
    return flags


if __name__ == "__main__":
    main(solve)
