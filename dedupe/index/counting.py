"""Document frequencies of an index: counted anew whenever it has grown by a quarter, later with every thousand texts.

All processes weigh by the same count, that of the last time, so a verdict does not depend on who gives it.
"""

from __future__ import annotations

import numpy as np

from dedupe.compiled import I32
from dedupe.index.packing import join_packed
from dedupe.index.records import State
from dedupe.index.store import View
from dedupe.text.terms import COLUMNS, count_documents
from dedupe.text.tokens import Tokens

FIRST, STEP = 16, 1024
"""Texts from one count to the next: at least, and at most ..."""
PART = 4
"""... and between those, this part of the texts."""


def next_count(counted: int) -> int:
    """The number of texts at which the count is due again.

    >>> next_count(0), next_count(16), next_count(5000)
    (16, 32, 6024)
    """
    return counted + min(max(counted // PART, FIRST), STEP)


def count_due(state: State) -> bool:
    """Whether frequencies are to be counted."""
    return state.texts >= next_count(state.counted)


def frequencies_of(text: Tokens, headline: Tokens) -> I32:
    """Document frequencies of texts, int32[2^20]."""
    table = np.zeros((COLUMNS, 2), dtype=np.int32)
    count_documents(text.hashes, text.bounds, headline.hashes, headline.bounds, table, np.int32(1))
    return np.ascontiguousarray(table[:, 0])


def count(view: View, end: int) -> None:
    """Keep the frequencies of all texts below a number; the state says so afterwards."""
    state = view.state
    packed = list(view.packed(range(state.counted, end)).values())
    if packed:
        view.keep_frequencies(view.frequencies() + frequencies_of(*join_packed(packed)))
    state.documents += len(packed)
    state.counted = end
