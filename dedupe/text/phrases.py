"""Which texts hold one of many phrases near their beginning or end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import types

from dedupe.compiled import I64, U32, Bool, kernel, readonly
from dedupe.text.tokens import LINE, NAME, OPENS, Tokens, tokenise_strings

_BITS = np.uint32(16)
SHORT = 5
"""Characters of a word, at most, that is no name where it is written small ..."""
LAST = 3
"""... unless it is among the last words."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases by their first tokens: first uint32[p], sorted; tokens uint32[t] with bounds int64[p + 1], of each
    phrase, in the same order; shy bool[p], it counts only where it looks like a name, or last; maybe bool[2^16], by
    the first token's upper half.
    """

    first: U32
    tokens: U32
    bounds: I64
    shy: Bool
    maybe: Bool


def phrases(texts: list[str]) -> Phrases:
    """Prepare phrases to be looked for.

    A single short word with a capital ("AP") is one only where it has a capital, or opens a sentence or a line: else
    it is a word like any other ("ap").
    """
    texts = sorted(texts)
    made = tokenise_strings(texts)
    some = np.flatnonzero(made.counts() > 0)
    order = some[np.argsort(made.hashes[made.bounds[some]], kind="stable")]
    parts = [made.hashes[made.bounds[i] : made.bounds[i + 1]] for i in order]
    first = np.array([part[0] for part in parts], dtype=np.uint32)
    shy = np.array(
        [len(parts[k]) == 1 and len(texts[i]) <= SHORT and texts[i] != texts[i].lower() for k, i in enumerate(order)]
    )
    maybe = np.zeros(1 << 16, dtype=np.bool_)
    maybe[first >> _BITS] = True
    bounds = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
    return Phrases(first, np.concatenate([np.zeros(0, np.uint32), *parts]), bounds, shy, maybe)


@kernel(
    readonly(types.uint32), readonly(types.uint8), readonly(types.int64), types.int64, types.int64,
    readonly(types.uint32), readonly(types.uint32), readonly(types.int64), readonly(types.boolean),
    readonly(types.boolean),
)  # fmt: skip
def _hold(hashes, marks, bounds, head, tail, first, tokens, phrase_bounds, shy, maybe):  # type: ignore[no-untyped-def]
    out = np.zeros(len(bounds) - 1, dtype=np.bool_)
    for text in range(len(out)):
        start, end = bounds[text], bounds[text + 1]
        i = start
        while i < end and not out[text]:
            if i == start + head and end - tail > i:
                i = end - tail
            if maybe[hashes[i] >> _BITS]:
                p = np.searchsorted(first, hashes[i])
                while p < len(first) and first[p] == hashes[i]:
                    size = phrase_bounds[p + 1] - phrase_bounds[p]
                    k = 1
                    while k < size and i + k < end and hashes[i + k] == tokens[phrase_bounds[p] + k]:
                        k += 1
                    looks = marks[i] & (NAME | OPENS | LINE) != 0 or i >= end - LAST
                    if k == size and (looks or not shy[p]):
                        out[text] = True
                    p += 1
            i += 1
    return out


def hold_phrase(tokens: Tokens, wanted: Phrases, head: int, tail: int) -> Bool:
    """Whether each text has one of the phrases among its first and last tokens, bool[n].

    head, tail: how many tokens are looked at.

    >>> texts = tokenise_strings(["KYIV (AP) - Snow.", "An apt remark."])
    >>> hold_phrase(texts, phrases(["AP", "Associated Press"]), 10, 10).tolist()
    [True, False]
    """
    found: Bool = _hold(
        tokens.hashes, tokens.marks, tokens.bounds, head, tail, wanted.first, wanted.tokens, wanted.bounds, wanted.shy,
        wanted.maybe,
    )  # fmt: skip
    return found
