"""Whether two headlines of a page say the same, by their words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

NEAR = 0.4
"""Likeness from which two headlines of one page are wordings of one."""

_WORDS = re.compile(r"[\w’'-]+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The words of a line in lower case; pairs of characters in scripts without blanks.

    >>> words("Rain, again"), words("大桥通车")
    (('rain', 'again'), ('大桥', '桥通', '通车'))
    """
    text = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()
    if not text.isascii() and _UNSPACED.search(text) and len(_UNSPACED.findall(text)) * 3 > len(text):
        plain = "".join(c for c in text if c.isalnum())
        return tuple(plain[i : i + 2] for i in range(max(len(plain) - 1, 1)))
    return tuple(_WORDS.findall(text))


@lru_cache(maxsize=4096)
def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:5] if len(word) > 6 else word[:4] for word in words(text))


def likeness(a: str, b: str) -> float:
    """Likeness of two lines, 0 to 1: the Jaccard of their words; endings aside, as headlines inflect.

    >>> round(likeness("Bridge opens in May", "Bridge to open in May"), 2), likeness("Rain", "RAIN!")
    (0.8, 1.0)
    """
    first, second = _stems(a), _stems(b)
    both = len(first & second)
    return both / (len(first) + len(second) - both) if both else 0.0
