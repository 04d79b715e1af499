"""gaoya: its string index, filled and asked in parallel.

Recommended, as its README has it: words, 42 bands of 3, threshold 0.5.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.common import BANDS, ROWS, SHINGLE, THRESHOLD, groups, main


def solve(texts: list[str], matched: bool) -> NDArray[np.int64]:
    """Groups by gaoya's index."""
    from gaoya.minhash import MinHashStringIndex

    kind: dict[str, Any]
    if matched:
        kind = {
            "jaccard_threshold": THRESHOLD,
            "num_bands": BANDS,
            "band_size": ROWS,
            "ngram_range": (SHINGLE, SHINGLE),
        }
    else:
        kind = {"jaccard_threshold": 0.5, "num_bands": 42, "band_size": 3, "ngram_range": (1, 1)}
    hashes = kind["num_bands"] * kind["band_size"]
    index = MinHashStringIndex(
        hash_size=32, num_hashes=hashes, analyzer="word", lowercase=True, id_container="vec", **kind
    )
    index.par_bulk_insert_docs(list(range(len(texts))), texts)
    answers = index.par_bulk_query(texts)
    return groups(len(texts), ((int(b), a) for a, found in enumerate(answers) for b in found if int(b) < a))


if __name__ == "__main__":
    main(solve)
