"""Plain Python twins of the kernels: slow, obvious, and independent of them."""

from __future__ import annotations

import unicodedata

SPACELESS = [
    (0x2E80, 0x2FD5), (0x3005, 0x3007), (0x3021, 0x3029), (0x3038, 0x303B), (0x3040, 0x30FF), (0x31F0, 0x31FF),
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x1B000, 0x1B16F), (0x20000, 0x3FFFD), (0x0E00, 0x0EFF),
    (0x1780, 0x17FF), (0x19E0, 0x19FF), (0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F),
]  # fmt: skip
INVISIBLE = {0x00AD, 0x034F, 0x061C, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF} | set(range(0xFE00, 0xFE10))


def fold(text: str) -> str:
    """The text in NFKC, then each character case folded."""
    return "".join(unicodedata.normalize("NFKC", char.casefold()) for char in unicodedata.normalize("NFKC", text))


def tokens(text: str) -> list[str]:
    """Folded tokens: runs of letters, marks and digits; single characters in scripts without spaces."""
    found: list[str] = []
    open_, single = False, False
    for char in fold(text):
        code = ord(char)
        if code in INVISIBLE or 0xE0100 <= code <= 0xE01EF:
            continue
        kind = unicodedata.category(char)[0]
        alone = kind == "L" and any(low <= code <= high for low, high in SPACELESS)
        if kind not in "LMN":
            open_ = False
        elif alone or not open_ or (single and kind != "M"):
            found.append(char)
            open_, single = True, alone
        else:
            found[-1] += char
    return found


def shingles(words: list[str], size: int) -> list[tuple[str, ...]]:
    if len(words) < size:
        return [(word,) for word in words]
    return [tuple(words[i : i + size]) for i in range(len(words) - size + 1)]


def fingerprints(values: list[int], window: int) -> list[int]:
    """The rightmost least value of every window; what neighbouring windows share is kept once."""
    reach = max(min(window, len(values) // 8), 1)
    chosen: list[int] = []
    last = -1
    for left in range(len(values)):
        right = min(left + (min(reach, 4) if left < 32 else reach), len(values))
        best = max(range(left, right), key=lambda i: (-values[i], i))
        if best != last and (not chosen or chosen[-1] != values[best]):
            chosen.append(values[best])
        last = best
        if right == len(values):
            break
    return chosen
