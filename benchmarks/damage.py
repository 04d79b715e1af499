"""What time, editors and scanners do to a text: the edit operations of the noise study.

Each takes a text, a strength and a random generator, and gives the damaged text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

_SENTENCE = re.compile(r"(?<=[.!?。！？؟])\s*(?=\S)")
CONFUSED = {
    "e": "c", "c": "e", "o": "0", "l": "1", "i": "l", "n": "u", "u": "n", "h": "b", "b": "h", "t": "f", "f": "t",
    "s": "5", "g": "q", "a": "o", "r": "t", "m": "n", "0": "o", "1": "l", "5": "s", "8": "3", "é": "e", "ü": "u",
}  # fmt: skip
"""Letters that a scanner takes for each other."""


def sentences(text: str) -> list[str]:
    """Sentences of a text in any script, with the blanks that follow."""
    return [part for part in _SENTENCE.split(text) if part]


def misread(text: str, strength: float, draw: np.random.Generator, alphabet: str) -> str:
    """Character noise: a share of the characters (blanks too) is replaced (6 of 10), lost or doubled (2 of 10 each).

    alphabet: characters to draw replacements from, where no likely confusion is known.

    >>> misread("rain over the lake", 0.0, np.random.default_rng(1), "abc")
    'rain over the lake'
    """
    roll, kind = draw.random(len(text)), draw.random(len(text))
    other = draw.integers(0, len(alphabet), len(text))
    made = []
    for i, char in enumerate(text):
        if roll[i] >= strength:
            made.append(char)
        elif kind[i] < 0.6:
            made.append(CONFUSED.get(char, alphabet[other[i]]) if kind[i] < 0.3 else alphabet[other[i]])
        elif kind[i] < 0.8:
            made += [char, alphabet[other[i]]]
    return "".join(made)


def abridge(text: str, strength: float, draw: np.random.Generator) -> str:
    """Sentences cut away: two thirds of the cut from the end, the rest anywhere."""
    parts = sentences(text)
    away = min(round(strength * len(parts)), len(parts) - 1)
    from_end = round(away * 2 / 3)
    kept = list(range(len(parts) - from_end))
    for _ in range(away - from_end):
        kept.pop(int(draw.integers(0, len(kept))))
    return " ".join(parts[i] for i in kept)


def top(text: str, strength: float, draw: np.random.Generator, others: Sequence[str]) -> str:
    """A local lead over the text: sentences of other texts, `strength` times its length."""
    lead, room = "", round(strength * len(text))
    while len(lead) < room:
        parts = sentences(others[int(draw.integers(0, len(others)))])
        lead += parts[int(draw.integers(0, len(parts)))] + " "
    return lead[:room].strip() + "\n\n" + text


def reorder(text: str, strength: float, draw: np.random.Generator) -> str:
    """A share of the sentences moved to other places."""
    parts = sentences(text)
    for _ in range(round(strength * len(parts))):
        part = parts.pop(int(draw.integers(0, len(parts))))
        parts.insert(int(draw.integers(0, len(parts) + 1)), part)
    return " ".join(parts)


def paraphrase(text: str, strength: float, draw: np.random.Generator, retold: Sequence[tuple[str, str]]) -> str:
    """A share of the paragraphs told in other words, where other words are at hand: (paragraph, retold)."""
    paragraphs = text.split("\n\n")
    known = [(old, new) for old, new in retold if old in paragraphs]
    for pick in draw.permutation(len(known))[: round(strength * len(paragraphs))]:
        old, new = known[int(pick)]
        paragraphs[paragraphs.index(old)] = new
    return "\n\n".join(paragraphs)


Edit = Callable[[str, float, np.random.Generator], str]
