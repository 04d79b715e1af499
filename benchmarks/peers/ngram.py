"""n-gram overlap after passim (Smith, Cordell and Mullen, 2015): the algorithm, not the program.

An inverted index of word 5-grams, those of more than 100 articles left out; articles that share
five or more are candidates (`recommended`, as passim's first version has it: of those, the ones that
share a tenth of the shorter's; `matched`: three tenths); connected components.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.common import groups, main, shingles

MOST, LEAST = 100, 5


def solve(texts: list[str], matched: bool) -> NDArray[np.int64]:
    """Groups of articles that share enough 5-grams."""
    return overlapping([set(shingles(text)) for text in texts], 0.3 if matched else 0.1)


def overlapping(sets: list[set[str]], share: float) -> NDArray[np.int64]:
    """Groups of sets that share so much of the smaller."""
    postings: dict[str, list[int]] = defaultdict(list)
    for number, grams in enumerate(sets):
        for gram in grams:
            postings[gram].append(number)
    shared: Counter[tuple[int, int]] = Counter()
    for place in postings.values():
        if 1 < len(place) <= MOST:
            shared.update((a, b) for i, a in enumerate(place) for b in place[i + 1 :])
    enough = (
        pair for pair, count in shared.items()
        if count >= LEAST and count >= share * min(len(sets[pair[0]]), len(sets[pair[1]]))
    )  # fmt: skip
    return groups(len(sets), enough)


if __name__ == "__main__":
    main(solve)
