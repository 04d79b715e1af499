"""Tokens to bytes and back: raw arrays under zstd, nothing that can be executed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
import pyarrow as pa

from dedupe.compiled import U8
from dedupe.text.sketch import join_tokens
from dedupe.text.tokens import NO_LETTERS, Tokens


@cache
def _codec() -> pa.Codec:
    return pa.Codec("zstd", compression_level=1)


def _squeezed(raw: bytes) -> bytes:
    packed: bytes = _codec().compress(raw, asbytes=True)
    return len(raw).to_bytes(4, "little") + packed


def _expanded(packed: bytes) -> bytes:
    return bytes(_codec().decompress(packed[4:], int.from_bytes(packed[:4], "little"), asbytes=True))


def squeeze(values: np.ndarray) -> bytes:  # type: ignore[type-arg]
    """An array as bytes."""
    return _squeezed(np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<"), copy=False).tobytes())


def expand(packed: bytes, dtype: str) -> np.ndarray:  # type: ignore[type-arg]
    """The array of those bytes."""
    return np.frombuffer(_expanded(packed), dtype=np.dtype(dtype).newbyteorder("<")).astype(dtype)


def pack_tokens(text: Tokens, headline: Tokens, row: int) -> bytes:
    """Tokens of one text and its headline as bytes."""
    parts, head = [], []
    for tokens in (text, headline):
        low, high = int(tokens.bounds[row]), int(tokens.bounds[row + 1])
        letters = len(tokens.letters) > 0
        head += [high - low, int(letters)]
        parts += [tokens.hashes[low:high].astype("<u4").tobytes(), tokens.marks[low:high].tobytes()]
        if letters:
            parts.append(tokens.letters[low:high].astype("<u8").tobytes())
    return _squeezed(b"".join([np.array(head, "<u4").tobytes(), *parts]))


def _tokens(raw: bytes, at: int, count: int, letters: int) -> tuple[Tokens, int]:
    hashes = np.frombuffer(raw, "<u4", count, at).astype(np.uint32)
    marks: U8 = np.frombuffer(raw, np.uint8, count, at + 4 * count)
    at += 5 * count
    spelled = np.frombuffer(raw, "<u8", count, at).astype(np.uint64) if letters else NO_LETTERS
    return Tokens(hashes, marks, np.array([0, count]), spelled), at + 8 * count * letters


def join_packed(packed: Iterable[bytes]) -> tuple[Tokens, Tokens]:
    """Tokens of several texts, at least one, and of their headlines."""
    parts = [unpack_tokens(one) for one in packed]
    return join_tokens([text for text, _ in parts]), join_tokens([headline for _, headline in parts])


def unpack_tokens(packed: bytes) -> tuple[Tokens, Tokens]:
    """Tokens of a text and of its headline.

    >>> tokens = Tokens(np.array([7, 9], np.uint32), np.array([1, 0], np.uint8), np.array([0, 2]))
    >>> unpack_tokens(pack_tokens(tokens, tokens, 0))[0].hashes.tolist()
    [7, 9]
    """
    raw = _expanded(packed)
    count, letters, head_count, head_letters = np.frombuffer(raw, "<u4", 4).tolist()
    text, at = _tokens(raw, 16, count, letters)
    return text, _tokens(raw, at, head_count, head_letters)[0]
