"""semhash: its own static embeddings, where its model is on this machine or can be fetched."""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.common import groups, main


def solve(texts: list[str], matched: bool) -> NDArray[np.int64]:
    """Groups by semhash's duplicates, at its own threshold."""
    from semhash import SemHash

    try:
        made = SemHash.from_records(
            records=[{"text": text, "id": str(i)} for i, text in enumerate(texts)], columns=["text"]
        )
    except Exception:  # its hub client has many ways of saying so
        sys.exit("its embedding model (minishlab/potion-base-8M) is not on this machine and can't be fetched")
    found = made.self_deduplicate()
    pairs = [
        (int(other["id"]), int(record.record["id"]))
        for record in found.filtered for other, _ in record.duplicates
    ]  # fmt: skip
    return groups(len(texts), pairs)


if __name__ == "__main__":
    main(solve)
