"""Write `dedupe/text/characters.npz`, the character table of the tokeniser.

    python tools/make_characters.py

The table is a product of the Unicode version of the Python that runs this, and
is kept in the repository so that every machine, whatever its Python, reads
text in the same way.  `tests/text/test_characters.py` compares the two.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np

WORD, MARK, SINGLE, IGNORED = 1, 2, 3, 4
DIGIT, UPPER, QUOTE, STOP, CONTEXT = 8, 16, 32, 64, 128

# Scripts written without spaces between words: each character is a token.
SPACELESS = [
    (0x2E80, 0x2FD5), (0x3005, 0x3007), (0x3021, 0x3029), (0x3038, 0x303B),
    (0x3040, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF), (0x1B000, 0x1B16F), (0x20000, 0x3FFFD),
    (0x0E00, 0x0EFF), (0x1780, 0x17FF), (0x19E0, 0x19FF),
    (0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F),
]  # fmt: skip
QUOTES = set("\"'\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a\u300c\u300d\u300e\u300f")
STOPS = set(".!?\u2026\u3002\uff01\uff1f\u061f\u06d4\u0964\u0965\u104b\u17d4\u1362")
INVISIBLE = {0x00AD, 0x034F, 0x061C, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF} | set(range(0xFE00, 0xFE10))
PAGE = 256


def folded(char: str) -> str:
    """NFKC, casefold and NFKC again: what the character becomes when it stands alone."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", char).casefold())


def second_composers() -> set[str]:
    """Characters that can compose with the one before them (NFC_QC = Maybe)."""
    found = {chr(c) for c in range(0x1161, 0x1176)} | {chr(c) for c in range(0x11A8, 0x11C3)}
    for code in range(0x110000):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            found.add(chr(int(parts[1], 16)))
    return found


def kind(char: str, code: int, composers: set[str]) -> int:
    category = unicodedata.category(char)
    flags = 0
    if code in INVISIBLE or 0xE0100 <= code <= 0xE01EF:
        flags = IGNORED
    elif category[0] == "M":
        flags = MARK
    elif category[0] == "N":
        flags = WORD | DIGIT
    elif category[0] == "L":
        flags = SINGLE if any(a <= code <= b for a, b in SPACELESS) else WORD
    if category in ("Lu", "Lt"):
        flags |= UPPER
    if char in QUOTES:
        flags |= QUOTE
    if char in STOPS:
        flags |= STOP
    first = unicodedata.normalize("NFKD", char)[0]
    if unicodedata.combining(first) or first in composers:
        flags |= CONTEXT
    return flags


def main() -> None:
    composers = second_composers()
    kinds = np.zeros(0x110000, dtype=np.uint8)
    folds = np.arange(0x110000, dtype=np.int32)
    expansions: list[int] = [0]
    for code in range(0x110000):
        char = chr(code)
        if unicodedata.category(char) in ("Cn", "Cs", "Co"):
            continue
        kinds[code] = kind(char, code, composers)
        target = folded(char)
        if len(target) == 1:
            folds[code] = ord(target)
        elif target != char:
            folds[code] = -len(expansions)
            expansions += [len(target), *map(ord, target)]
    # A fold that depends on the code point itself is stored as an offset, so that equal pages merge.
    offsets = np.where(folds >= 0, folds - np.arange(0x110000), folds - 0x200000).astype(np.int32)
    pages: dict[bytes, int] = {}
    index = np.zeros(0x110000 // PAGE, dtype=np.uint16)
    rows = []
    for page in range(len(index)):
        part = slice(page * PAGE, (page + 1) * PAGE)
        key = kinds[part].tobytes() + offsets[part].tobytes()
        if key not in pages:
            pages[key] = len(rows)
            rows.append(part)
        index[page] = pages[key]
    np.savez_compressed(
        Path(__file__).parent.parent / "dedupe" / "text" / "characters.npz",
        index=index,
        kinds=np.concatenate([kinds[r] for r in rows]),
        folds=np.concatenate([offsets[r] for r in rows]),
        expansions=np.array(expansions, dtype=np.int32),
        unicode_version=np.array(unicodedata.unidata_version),
    )


if __name__ == "__main__":
    main()
