"""The naive baseline: scikit-learn's TfidfVectorizer, and its NearestNeighbors within a radius.

Recommended: words, cosine of 0.8; matched: 5-grams of words, cosine of 0.7.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.common import SHINGLE, THRESHOLD, groups, main


def solve(texts: list[str], matched: bool) -> NDArray[np.int64]:
    """Groups of articles within the radius of each other."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.neighbors import NearestNeighbors

    size = (SHINGLE, SHINGLE) if matched else (1, 1)
    rows = TfidfVectorizer(token_pattern=r"\w+", ngram_range=size, dtype=np.float32).fit_transform(texts)
    radius = 1 - (THRESHOLD if matched else 0.8)
    near = NearestNeighbors(radius=radius, metric="cosine", algorithm="brute").fit(rows)
    pairs: list[tuple[int, int]] = []
    for start in range(0, len(texts), 1024):  # a square of all distances would not fit
        found = near.radius_neighbors(rows[start : start + 1024], return_distance=False)
        pairs += [(int(b), a) for a, of in enumerate(found, start) for b in of if b < a]
    return groups(len(texts), pairs)


if __name__ == "__main__":
    main(solve)
