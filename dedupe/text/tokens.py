"""Text to tokens: UTF-8 bytes in, one 32-bit hash for each token out.

A token is a run of letters, marks and digits, after NFKC and case folding, or
one character (with its marks) in scripts written without spaces.  Characters
that are not seen, such as the soft hyphen, are left out.  The hash of a token
depends on its folded code points alone; `token_hash` is its plain twin.  Two
given words share one with probability 2^-32; shingles, which the exact figures
are counted in, have 64 bits.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TypeVar

import numba
import numpy as np
import pyarrow as pa
from numba import types
from numpy.typing import NDArray

from dedupe.compiled import I64, U8, U32, U64, kernel, readonly
from dedupe.text.characters import (
    CONTEXT,
    DIGIT,
    EXPANDS,
    IGNORED,
    QUOTE,
    ROLE,
    SEPARATOR,
    SINGLE,
    STOP,
    UPPER,
    WORD,
    characters,
)  # fmt: skip

# What a token looked like before folding: it has a digit; it has a capital and does not
# open a sentence (or it opens the text: the subject often does); it stands inside quotation marks;
# it is the first of a line; it is the first of a sentence; a sign, not only a blank, stands before it.
NUMBER, NAME, QUOTED, LINE, OPENS, SIGN = 1, 2, 4, 8, 16, 64
SOFT = 32  # the first of a line that may have been broken at a width; no text keeps it

T = TypeVar("T", np.uint32, np.uint8, np.uint64)

_SEED = np.uint64(0xCBF29CE484222325)
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xFF51AFD7ED558CCD)
_MIX_2 = np.uint64(0xC4CEB9FE1A85EC53)
_33 = np.uint64(33)
_32 = np.uint64(32)
_FOLD = np.uint16(8)
_0, _1, _2, _3, _4, _8 = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4), np.uint64(8)
# Lines of a text that was broken at a width (WRAP characters at most, and the longest no more than that) are none.
WRAP, FULL = 90, 32
_SPAN = 256  # a quotation that is not closed within so many tokens was none


@numba.njit(inline="always")
def mix64(h):  # type: ignore[no-untyped-def]
    """Finalizer of MurmurHash3: every bit of the input moves every bit of the output."""
    h = (h ^ (h >> _33)) * _MIX_1
    h = (h ^ (h >> _33)) * _MIX_2
    return h ^ (h >> _33)


@numba.njit(inline="always")
def sort_once(values, first, end):  # type: ignore[no-untyped-def]
    """Sort values[first:end] and leave each once, in place; returns where they end."""
    found = np.sort(values[first:end])
    used = first
    for i in range(len(found)):
        if i == 0 or found[i] != found[i - 1]:
            values[used] = found[i]
            used += 1
    return used


def token_hash(token: str) -> int:
    """Hash of one folded token, in plain Python: the kernel's twin.

    >>> token_hash("kyiv") == int(tokenise_strings(["Kyiv"]).hashes[0])
    True
    """
    mask = (1 << 64) - 1
    h = int(_SEED)
    for char in token:
        h = ((h ^ ord(char)) * int(_STEP)) & mask
    h = ((h ^ (h >> 33)) * int(_MIX_1)) & mask
    h = ((h ^ (h >> 33)) * int(_MIX_2)) & mask
    return (h ^ (h >> 33)) >> 32


_FNV_SEED = np.uint64(0xCBF29CE484222325)
_FNV_STEP = np.uint64(0x100000001B3)


@kernel(readonly(types.uint8), readonly(types.int64))
def hash_strings(data, offsets):  # type: ignore[no-untyped-def]
    """64-bit hash (FNV-1a, mixed) of each string's bytes; never 0.

    data: uint8[bytes]; offsets: int64[n + 1].  Returns uint64[n].
    """
    hashes = np.empty(len(offsets) - 1, dtype=np.uint64)
    for i in range(len(hashes)):
        h = _FNV_SEED
        for p in range(offsets[i], offsets[i + 1]):
            h = (h ^ np.uint64(data[p])) * _FNV_STEP
        hashes[i] = max(mix64(h), np.uint64(1))
    return hashes


@kernel(
    readonly(types.uint8), readonly(types.int64), readonly(types.uint16), readonly(types.uint8),
    readonly(types.int32), readonly(types.int32), types.boolean,
)  # fmt: skip
def tokenise(data, offsets, index, kinds, folds, expansions, spelled):  # type: ignore[no-untyped-def]
    """Hash the tokens of each text.

    data: uint8[bytes], valid UTF-8; offsets: int64[n + 1]; then the character table; spelled:
    whether to give the letters too.
    Returns hashes uint32[t], marks uint8[t], bounds int64[n + 1] (text i has tokens
    bounds[i] to bounds[i + 1]), context bool[n]: the text has characters that
    normalise differently beside others, so it must go through NFKC first; and letters
    uint64[t] (or of length 0): the last eight characters of each token, a byte of each.
    """
    n = len(offsets) - 1
    bounds = np.zeros(n + 1, dtype=np.int64)
    context = np.zeros(n, dtype=np.bool_)
    capacity = (offsets[n] - offsets[0]) // 4 + 64
    hashes = np.empty(capacity, dtype=np.uint32)
    marks = np.empty(capacity, dtype=np.uint8)
    letters = np.empty(capacity if spelled else 0, dtype=np.uint64)
    # ASCII letters and digits, most of the world's news by volume: kind and fold in one; 0 for any other byte.
    plain_words = np.zeros(256, dtype=np.uint16)
    for char in range(128):
        if kinds[char] & ROLE == WORD:
            plain_words[char] = np.uint16((char + folds[char]) << 8 | kinds[char])
    used = 0
    for text in range(n):
        # Unsigned, so that no index can be negative: the compiler then leaves out the test.
        position, end = np.uint64(offsets[text]), np.uint64(offsets[text + 1])
        need = used + 2 * np.int64(end - position) + 32
        if need > capacity:
            capacity = max(need, 2 * capacity)
            grown, grown_marks = np.empty(capacity, dtype=np.uint32), np.empty(capacity, dtype=np.uint8)
            grown[:used], grown_marks[:used] = hashes[:used], marks[:used]
            hashes, marks = grown, grown_marks
            if spelled:
                grown_letters = np.empty(capacity, dtype=np.uint64)
                grown_letters[:used] = letters[:used]
                letters = grown_letters
        inside = 0  # 0: between tokens; 1: in a word; 2: in a single character's token
        h = _SEED
        spelling = _0
        mark = np.uint8(0)
        starts = True
        breaks, softly, signed = True, False, False
        line_from, extra, longest, lines, soft = position, _0, _0, 0, 0
        quote_from = -1  # token at which the open quotation began; -1: none is open
        single_quote = False
        opener = np.int32(0)  # the mark that opened it
        before = np.int32(32)
        while position < end:
            lead = data[position]
            if lead < 0x80 and kinds[lead] == SEPARATOR and lead != 10:
                if inside:
                    hashes[used], marks[used] = np.uint32(mix64(h) >> _32), mark
                    if spelled:
                        letters[used] = spelling
                    used += 1
                    inside = 0
                before = np.int32(lead)
                if lead > 32:
                    signed = True
                position += _1
                continue
            look = plain_words[lead]
            if look:
                if inside == 2:
                    hashes[used], marks[used] = np.uint32(mix64(h) >> _32), mark
                    if spelled:
                        letters[used] = spelling
                    used += 1
                    inside = 0
                if inside == 0:
                    inside = 1
                    h, spelling = _SEED, _0
                    mark = np.uint8(0)
                    if look & UPPER and (not starts or used == bounds[text]):
                        mark |= NAME
                    if quote_from >= 0:
                        if used - quote_from > _SPAN:
                            quote_from = -1
                        else:
                            mark |= QUOTED
                    if starts:
                        mark |= OPENS
                    if breaks:
                        mark |= SOFT if softly else LINE
                    if signed:
                        mark |= SIGN
                    starts = breaks = signed = False
                seen = np.uint16(0)
                while look:
                    seen |= look
                    h = (h ^ np.uint64(look >> _FOLD)) * _STEP
                    spelling = spelling << _8 | np.uint64(look >> _FOLD)
                    position += _1
                    if position == end:
                        break
                    lead = data[position]
                    look = plain_words[lead]
                before = np.int32(data[position - _1])
                if seen & DIGIT:
                    mark |= NUMBER
                if position < end and lead == 32:  # what most words end with
                    hashes[used], marks[used] = np.uint32(mix64(h) >> _32), mark
                    if spelled:
                        letters[used] = spelling
                    used += 1
                    inside = 0
                    before = np.int32(32)
                    position += _1
                continue
            byte = np.int32(lead)
            if byte < 0x80:
                code = byte
                position += _1
            elif byte < 0xE0:
                code = (byte & 0x1F) << 6 | np.int32(data[position + _1]) & 0x3F
                position += _2
            elif byte < 0xF0:
                code = (byte & 0x0F) << 12 | (np.int32(data[position + _1]) & 0x3F) << 6
                code |= np.int32(data[position + _2]) & 0x3F
                position += _3
            else:
                code = (byte & 0x07) << 18 | (np.int32(data[position + _1]) & 0x3F) << 12
                code |= (np.int32(data[position + _2]) & 0x3F) << 6 | np.int32(data[position + _3]) & 0x3F
                position += _4
            extra += np.uint64((byte >= 0xC0) + (byte >= 0xE0) + (byte >= 0xF0))
            slot = np.uint32(index[np.uint32(code >> 8)]) << 8 | np.uint32(code & 255)
            kind = kinds[slot]
            if kind & CONTEXT:
                context[text] = True
            fold = folds[slot]
            count, source = np.int64(1), np.int64(0)
            folded = code + fold
            if fold <= EXPANDS:
                source = np.int64(-(fold + 0x200000))
                count = np.int64(expansions[source])
            for part in range(count):
                part_kind = kind
                if fold <= EXPANDS:
                    folded = expansions[source + 1 + part]
                if fold != 0:  # what counts is what it folds to: a radical is a sign, an ideograph is a word
                    part_kind = kinds[np.int64(index[folded >> 8]) << 8 | np.int64(folded & 255)]
                role = part_kind & ROLE
                if role == IGNORED:
                    continue
                if inside and (role in (SEPARATOR, SINGLE) or (inside == 2 and role == WORD)):
                    hashes[used], marks[used] = np.uint32(mix64(h) >> _32), mark
                    if spelled:
                        letters[used] = spelling
                    used += 1
                    inside = 0
                if role == SEPARATOR:
                    if code > 32 and code != 0xA0 and code != 0x3000:
                        signed = True
                    continue
                if inside == 0:
                    inside = 2 if role == SINGLE else 1
                    h, spelling = _SEED, _0
                    mark = np.uint8(0)
                    if kind & UPPER and (not starts or used == bounds[text]):
                        mark |= NAME
                    if quote_from >= 0:
                        if used - quote_from > _SPAN:
                            quote_from = -1
                        else:
                            mark |= QUOTED
                    if starts:
                        mark |= OPENS
                    if breaks:
                        mark |= SOFT if softly else LINE
                    if signed:
                        mark |= SIGN
                    starts = breaks = signed = False
                if part_kind & DIGIT:
                    mark |= NUMBER
                h = (h ^ np.uint64(folded)) * _STEP
                spelling = spelling << _8 | np.uint64(folded & 255)
            if kind & STOP:
                starts = True
            if kind & QUOTE:
                after = np.uint8(32)
                if position < end:
                    after = data[position]
                opens = (before <= 32 or before == 40 or before == 91 or before == 0xA0) and after > 32
                plain = code == 39 or code == 0x2018 or code == 0x2019 or code == 0x201A
                if (
                    quote_from >= 0
                    and code != opener
                    and (opener == 0xAB or opener == 0xBB)
                    and (code == 0xAB or code == 0xBB)
                ):
                    quote_from = -1  # guillemets close one another, whatever the blanks around them
                elif opens and quote_from < 0:
                    quote_from = used
                    single_quote = plain
                    opener = code
                elif not opens and quote_from >= 0 and plain == single_quote:
                    # An apostrophe stands between letters; a closing mark does not.
                    if not plain or after <= 47 or after == 58 or after == 59:
                        quote_from = -1
            elif code == 10:
                length = position - line_from - extra
                longest = max(longest, length)
                lines += 1 if length > _1 else 0
                breaks = True
                softly = bool(length > FULL and not starts and position < end and data[position] > 32)
                soft += 1 if softly else 0
                line_from, extra = position, _0
                if before == 10 or (position < end and (data[position] == 32 or data[position] == 9)):
                    quote_from = -1
                    starts = True
            before = code
        if inside:
            hashes[used], marks[used] = np.uint32(mix64(h) >> _32), mark
            if spelled:
                letters[used] = spelling
            used += 1
        bounds[text + 1] = used
        if soft:
            wrapped = max(longest, end - line_from - extra) <= WRAP and lines >= 6 and 2 * soft >= lines
            line = np.uint8(0 if wrapped else LINE)
            for i in range(bounds[text], used):
                if marks[i] & SOFT:
                    marks[i] = (marks[i] & np.uint8(255 - SOFT)) | line
    return hashes[:used], marks[:used], bounds, context, letters[:used]


NO_LETTERS: U64 = np.zeros(0, dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of many texts: `hashes` and `marks` of text i stand at `bounds[i]:bounds[i + 1]`.

    letters: uint64, the last eight characters of each token, a byte of each; of length 0 where
    nobody asked for them.
    """

    hashes: U32
    marks: U8
    bounds: I64
    letters: U64 = field(default_factory=lambda: NO_LETTERS)

    def counts(self) -> I64:
        """Number of tokens of each text, int64[n]."""
        return np.diff(self.bounds)


def buffers(texts: pa.Array) -> tuple[U8, I64]:
    """Bytes and int64 offsets of an Arrow large_string array without nulls; no copy.

    >>> data, offsets = buffers(pa.array(["a", "bc"], pa.large_string()))
    >>> bytes(data), offsets.tolist()
    (b'abc', [0, 1, 3])
    """
    _, offset_buffer, data_buffer = texts.buffers()
    offsets = np.zeros(1, dtype=np.int64)
    if offset_buffer is not None and len(texts):
        offsets = np.frombuffer(offset_buffer, dtype=np.int64, count=texts.offset + len(texts) + 1)[texts.offset :]
    data = np.zeros(0, dtype=np.uint8)
    if data_buffer is not None:
        data = np.frombuffer(data_buffer, dtype=np.uint8)
    return data, offsets


def composed(texts: pa.Array) -> pa.Array:
    """The texts in NFKC, large_string.

    >>> composed(pa.array(["e\u0301"])).to_pylist()
    ['é']
    """
    return pa.array(
        [None if t is None else unicodedata.normalize("NFKC", t) for t in texts.to_pylist()], pa.large_string()
    )


def tokenise_array(texts: pa.Array, spelled: bool = False) -> Tokens:
    """Tokens of an Arrow array of strings (large_string, no nulls); spelled: with their letters."""
    table = characters()
    parts = (table.index, table.kinds, table.folds, table.expansions, spelled)
    hashes, marks, bounds, context, letters = tokenise(*buffers(texts), *parts)
    if context.any():
        # Combining marks and the like are put in order first (Arrow's own NFKC does not compose them).
        ordered = composed(texts.filter(pa.array(context)))
        again, again_marks, again_bounds, _, again_letters = tokenise(*buffers(ordered), *parts)
        rows = np.flatnonzero(context)
        hashes = _splice(hashes, bounds, again, again_bounds, rows)
        marks = _splice(marks, bounds, again_marks, again_bounds, rows)
        if spelled:
            letters = _splice(letters, bounds, again_letters, again_bounds, rows)
        counts = np.diff(bounds)
        counts[rows] = np.diff(again_bounds)
        bounds = np.concatenate([[0], np.cumsum(counts)])
    return Tokens(hashes, marks, bounds, letters)


def _splice(old: NDArray[T], bounds: I64, new: NDArray[T], new_bounds: I64, rows: I64) -> NDArray[T]:
    """`old` with the segments of these rows replaced by those of `new`, in order."""
    pieces: list[NDArray[T]] = []
    position = 0
    for place, row in enumerate(rows):
        pieces += [old[position : bounds[row]], new[new_bounds[place] : new_bounds[place + 1]]]
        position = bounds[row + 1]
    return np.concatenate([*pieces, old[position:]])


def tokenise_strings(texts: list[str]) -> Tokens:
    """Tokens of a list of strings.

    >>> tokenise_strings(["NATO-style", "東京"]).counts().tolist()
    [2, 2]
    """
    return tokenise_array(pa.array(texts, pa.large_string()))
