"""Where tokens stand in a text, for showing passages to people: the tokeniser's plain twin, with positions."""

from __future__ import annotations

import unicodedata

from dedupe.text.characters import EXPANDS, IGNORED, MARK, ROLE, SEPARATOR, SINGLE, WORD, characters


def _roles(char: str) -> list[int]:
    """How the character takes part in tokens, once for each character that it folds to."""
    table = characters()
    slot = int(table.index[ord(char) >> 8]) << 8 | ord(char) & 255
    fold = int(table.folds[slot])
    if fold == 0:
        return [int(table.kinds[slot]) & ROLE]
    if fold > EXPANDS:
        folded = [ord(char) + fold]
    else:
        source = -(fold + 0x200000)
        folded = table.expansions[source + 1 : source + 1 + table.expansions[source]].tolist()
    return [int(table.kinds[int(table.index[code >> 8]) << 8 | code & 255]) & ROLE for code in folded]


def spans(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text in NFKC, and where each of its tokens begins and ends.

    >>> spans("Kyiv, 東京")
    ('Kyiv, 東京', [(0, 4), (6, 7), (7, 8)])
    """
    text = unicodedata.normalize("NFKC", text)
    found: list[tuple[int, int]] = []
    inside = SEPARATOR
    for place, char in enumerate(text):
        for role in _roles(char):
            if role == IGNORED:
                continue
            if role == SEPARATOR:
                inside = SEPARATOR
            elif inside == SEPARATOR or role == SINGLE or (inside == SINGLE and role == WORD):
                found.append((place, place + 1))
                inside = SINGLE if role == SINGLE else WORD
            elif role in (WORD, MARK):
                found[-1] = (found[-1][0], place + 1)
    return text, found
