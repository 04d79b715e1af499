"""gaoya: its string index with word 5-grams, filled and asked in parallel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.common import SHINGLE, THRESHOLD, groups, main


def solve(texts: list[str]) -> NDArray[np.int64]:
    """Groups by gaoya's index at the common threshold."""
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(
        jaccard_threshold=THRESHOLD,
        analyzer="word", lowercase=True, ngram_range=(SHINGLE, SHINGLE), id_container="vec",
    )  # fmt: skip
    index.par_bulk_insert_docs(list(range(len(texts))), texts)
    answers = index.par_bulk_query(texts)
    return groups(len(texts), ((int(b), a) for a, found in enumerate(answers) for b in found if int(b) < a))


if __name__ == "__main__":
    main(solve)
