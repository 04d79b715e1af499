"""What each character is, and what it folds to: one table for every script.

The table (`characters.npz`, made by `tools/make_characters.py`) holds, for each
code point, its kind and its form after NFKC and case folding (Unicode Standard
Annex 15; section 3.13 of the standard).  It is in pages of 256 code points, so
that equal pages are kept once: it stays in the processor's cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dedupe.compiled import I32, U8

# The low three bits of a kind say how the character takes part in tokens ...
SEPARATOR, WORD, MARK, SINGLE, IGNORED = 0, 1, 2, 3, 4
ROLE = 7
# ... and the others what else it is.
DIGIT, UPPER, QUOTE, STOP, CONTEXT = 8, 16, 32, 64, 128
# Folds are stored relative to the code point; below this they point into the expansions.
EXPANDS = -0x110000


@dataclass(frozen=True, slots=True)
class Characters:
    """The table: `kinds` and `folds` of code point c stand at `index[c >> 8] << 8 | c & 255`."""

    index: NDArray[np.uint16]
    kinds: U8
    folds: I32
    expansions: I32


@cache
def characters() -> Characters:
    """The character table, read once in a process.

    >>> table = characters()
    >>> table.kinds[ord("a")] == WORD, table.kinds[ord(" ")] == SEPARATOR
    (np.True_, np.True_)
    """
    with np.load(Path(__file__).with_name("characters.npz")) as stored:
        return Characters(stored["index"], stored["kinds"], stored["folds"], stored["expansions"])
