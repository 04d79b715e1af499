"""Which texts hold one of many names near their beginning or end, where it is more than a word of a sentence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import types

from dedupe.compiled import I64, U32, Bool, kernel, readonly
from dedupe.text.tokens import LINE, NAME, NUMBER, OPENS, SIGN, Tokens, tokenise_strings

_BITS = np.uint32(16)
SHORT = 5
"""Characters of a word, at most, that is no name where it is written small ..."""
LAST = 3
"""... unless it is among the last words."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases by their first tokens: first uint32[p], sorted; tokens uint32[t] with bounds int64[p + 1], of each
    phrase, in the same order; cased bool[p], it is of a script with capitals, shy bool[p], and a short word; before
    uint32[w], sorted, tokens that lead to one; maybe bool[2^16], by the first token's upper half.
    """

    first: U32
    tokens: U32
    bounds: I64
    cased: Bool
    shy: Bool
    before: U32
    maybe: Bool


def phrases(texts: list[str], before: list[str]) -> Phrases:
    """Prepare phrases to be looked for.

    before: words that may stand before one ("by"); else a sign must, or the beginning of a sentence or a line, where
    the script has capitals.  A single short word with a capital ("AP") is a phrase only where it has one, or opens a
    sentence or a line, or is among the last: else it is a word like any other ("ap").
    """
    texts = sorted(texts)
    made = tokenise_strings(texts)
    some = np.flatnonzero(made.counts() > 0)
    order = some[np.argsort(made.hashes[made.bounds[some]], kind="stable")]
    parts = [made.hashes[made.bounds[i] : made.bounds[i + 1]] for i in order]
    first = np.array([part[0] for part in parts], dtype=np.uint32)
    cased = np.array([texts[i] != texts[i].lower() or texts[i] != texts[i].upper() for i in order])
    short = np.array([len(parts[k]) == 1 and len(texts[i]) <= SHORT for k, i in enumerate(order)])
    capital = np.array([texts[i] != texts[i].lower() for i in order])
    leads: U32 = np.sort(tokenise_strings([" ".join(before)]).hashes)
    maybe = np.zeros(1 << 16, dtype=np.bool_)
    maybe[first >> _BITS] = True
    bounds = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
    tokens: U32 = np.concatenate([np.zeros(0, np.uint32), *parts])
    return Phrases(first, tokens, bounds, cased, short & capital, leads, maybe)


@kernel(
    readonly(types.uint32), readonly(types.uint8), readonly(types.int64), types.int64, types.int64,
    readonly(types.uint32), readonly(types.uint32), readonly(types.int64), readonly(types.boolean),
    readonly(types.boolean), readonly(types.uint32), readonly(types.boolean),
)  # fmt: skip
def _hold(hashes, marks, bounds, head, tail, first, tokens, phrase_bounds, cased, shy, before, maybe):  # type: ignore[no-untyped-def]
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
                    placed = not cased[p] or marks[i] & (SIGN | OPENS | LINE) != 0 or i == start
                    if not placed:
                        at = np.searchsorted(before, hashes[i - 1])
                        placed = marks[i - 1] & NUMBER != 0 or (at < len(before) and before[at] == hashes[i - 1])
                    if k == size and placed and (looks or not shy[p]):
                        out[text] = True
                    p += 1
            i += 1
    return out


def hold_phrase(tokens: Tokens, wanted: Phrases, head: int, tail: int) -> Bool:
    """Whether each text has one of the phrases among its first and last tokens, bool[n].

    head, tail: how many tokens are looked at.

    >>> texts = tokenise_strings(["KYIV (AP) - Snow.", "An apt remark.", "He told AP that it snows."])
    >>> hold_phrase(texts, phrases(["AP", "Associated Press"], ["by"]), 10, 10).tolist()
    [True, False, False]
    """
    found: Bool = _hold(
        tokens.hashes, tokens.marks, tokens.bounds, head, tail, wanted.first, wanted.tokens, wanted.bounds,
        wanted.cased, wanted.shy, wanted.before, wanted.maybe,
    )  # fmt: skip
    return found
