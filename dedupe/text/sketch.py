"""One batch of articles to everything that is kept of their texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import types
from numpy.typing import NDArray

from dedupe.compiled import I64, U8, U32, U64, Bool, kernel, readonly, writable
from dedupe.settings import Settings
from dedupe.text.minhash import EMPTY, permutations, sign_text
from dedupe.text.segments import kept_tokens
from dedupe.text.shingles import count_shingles, shingle_text
from dedupe.text.tokens import NAME, NO_LETTERS, Tokens, mix64, tokenise_array
from dedupe.text.winnow import winnow_text

T = TypeVar("T", np.uint8, np.uint32, np.uint64)

_BASE_1 = np.uint64(0x9E3779B97F4A7C15)
_BASE_2 = np.uint64(0xC2B2AE3D27D4EB4F)


@kernel(readonly(types.uint32), readonly(types.int64))
def content_keys(hashes, bounds):  # type: ignore[no-untyped-def]
    """128-bit key of each token sequence: equal for equal texts after normalisation.

    hashes: uint32[t]; bounds: int64[n + 1].  Returns uint64[n, 2].
    """
    keys = np.empty((len(bounds) - 1, 2), dtype=np.uint64)
    for text in range(len(bounds) - 1):
        one, two = np.uint64(1), np.uint64(2)
        for i in range(bounds[text], bounds[text + 1]):
            one = one * _BASE_1 + np.uint64(hashes[i])
            two = (two ^ np.uint64(hashes[i])) * _BASE_2
        keys[text, 0], keys[text, 1] = mix64(one), mix64(two)
    return keys


@kernel(
    readonly(types.uint32), readonly(types.int64), types.int64, readonly(types.uint32), readonly(types.uint32),
    types.int64,
)  # fmt: skip
def _sketch(hashes, bounds, size, a, b, window):  # type: ignore[no-untyped-def]
    """Signatures and fingerprints of each text; its shingles live only as long as they stay in the cache."""
    n = len(bounds) - 1
    signatures = np.full((n, len(a)), EMPTY, dtype=np.uint32)
    fingerprints = np.empty(bounds[n] - bounds[0], dtype=np.uint64)
    out_bounds = np.zeros(n + 1, dtype=np.int64)
    room = np.empty(4096, dtype=np.uint64)
    for text in range(n):
        count = count_shingles(bounds[text + 1] - bounds[text], size)
        if count > len(room):
            room = np.empty(2 * count, dtype=np.uint64)
        shingles = room[:count]
        shingle_text(hashes[bounds[text] : bounds[text + 1]], size, shingles)
        sign_text(shingles, a, b, signatures[text])
        used = out_bounds[text]
        out_bounds[text + 1] = used + winnow_text(shingles, window, fingerprints[used:])
    return signatures, fingerprints[: out_bounds[n]].copy(), out_bounds


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of n articles.

    text, headline: their tokens (a headline's without names: capitals mean nothing there);
    keys: uint64[n, 2], equal for equal normalised texts; signatures: uint32[n, num_perm];
    fingerprints: uint64[f], with fingerprint_bounds int64[n + 1].
    """

    text: Tokens
    headline: Tokens
    keys: U64
    signatures: U32
    fingerprints: U64
    fingerprint_bounds: I64

    def __len__(self) -> int:
        return len(self.keys)


def sketch(texts: pa.Array, headlines: pa.Array, settings: Settings) -> Sketch:
    """Sketch a batch of articles.

    texts, headlines: large_string[n]; an article without text is read by its headline.

    >>> made = sketch(pa.array(["a b c d e f"], pa.large_string()), pa.nulls(1, pa.large_string()), Settings())
    >>> made.signatures.shape, made.text.counts().tolist()
    ((1, 128), [6])
    """
    if headlines.null_count:
        headlines = pc.fill_null(headlines, "")
    spelled = settings.noise > 0
    text = tokenise_array(texts, spelled)
    headline = tokenise_array(headlines)
    if (bare := text.counts() == 0).any():
        text = tokenise_array(pc.if_else(pa.array(bare), headlines, texts), spelled)
    headline = Tokens(headline.hashes, headline.marks & np.uint8(255 - NAME), headline.bounds)
    return sketch_tokens(text, headline, settings)


def sketch_tokens(text: Tokens, headline: Tokens, settings: Settings) -> Sketch:
    """Sketch a batch of articles whose tokens are known; headline: without names."""
    a, b = permutations(settings.num_perm, settings.seed)
    reading = settings.reading
    signatures, fingerprints, fingerprint_bounds = _sketch(
        text.hashes, text.bounds, reading.sketched, a, b, reading.window
    )
    keys = content_keys(text.hashes, text.bounds)
    return Sketch(text, headline, keys, signatures, fingerprints, fingerprint_bounds)


def _picker(kind: Any) -> Any:
    """The kernel that gathers segments of an array of this type."""

    @kernel(readonly(kind), readonly(types.int64), readonly(types.int64), writable(kind), readonly(types.int64))
    def gather(values, bounds, rows, out, out_bounds):  # type: ignore[no-untyped-def]
        for i in range(len(rows)):
            out[out_bounds[i] : out_bounds[i + 1]] = values[bounds[rows[i]] : bounds[rows[i] + 1]]

    return gather


_PICKERS = {np.dtype(name): _picker(getattr(types, name)) for name in ("uint8", "uint32", "uint64")}


def pick_values(values: NDArray[T], bounds: I64, rows: I64) -> tuple[NDArray[T], I64]:
    """The values (uint8, uint32 or uint64) of these texts, in this order, and their bounds."""
    out_bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.diff(bounds)[rows])])
    out = np.empty(out_bounds[-1], dtype=values.dtype)
    _PICKERS[values.dtype](values, bounds, rows, out, out_bounds)
    return out, out_bounds


def pick(tokens: Tokens, rows: I64) -> Tokens:
    """The tokens of these texts, in this order."""
    hashes, bounds = pick_values(tokens.hashes, tokens.bounds, rows)
    marks = pick_values(tokens.marks, tokens.bounds, rows)[0]
    letters = pick_values(tokens.letters, tokens.bounds, rows)[0] if len(tokens.letters) else NO_LETTERS
    return Tokens(hashes, marks, bounds, letters)


def set_aside(tokens: Tokens, spans: I64) -> Tokens:
    """The texts without spans of them.  spans: int64[s, 3], text, start and length in its tokens."""
    keep: Bool = kept_tokens(tokens.bounds, np.ascontiguousarray(spans))
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(keep)])
    letters = tokens.letters[keep] if len(tokens.letters) else NO_LETTERS
    return Tokens(tokens.hashes[keep], tokens.marks[keep], before[tokens.bounds], letters)


def join_tokens(parts: list[Tokens]) -> Tokens:
    """Tokens of several batches as one."""
    if len(parts) == 1:
        return parts[0]
    counts = np.concatenate([np.zeros(1, np.int64), *(part.counts() for part in parts)])
    hashes: U32 = np.concatenate([np.zeros(0, np.uint32), *(part.hashes for part in parts)])
    marks: U8 = np.concatenate([np.zeros(0, np.uint8), *(part.marks for part in parts)])
    return Tokens(hashes, marks, np.cumsum(counts), np.concatenate([NO_LETTERS, *(part.letters for part in parts)]))
