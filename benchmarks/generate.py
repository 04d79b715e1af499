"""News-like collections of any size, with truth: the load on which the job is timed.

Words come from a Zipfian vocabulary of made-up syllables, lengths from a log-normal
around 400 words.  A share of the articles stands in families (an original and its
copies: verbatim, edited, cut, topped); others are filled-in forms, carry another
article's passage, or end with their outlet's furniture.  The same arguments give the
same bytes on every machine.

    python -m benchmarks generate --size 100000 --out load
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

I64 = NDArray[np.int64]

VOCABULARY = 60_000
TABLE = 1 << 18  # places of the Zipf table
TEMPLATES = 60
FURNITURE = 40
OUTLETS = 120
LONGEST = 2_000
KINDS = ("single", "original", "verbatim", "edited", "cut", "topped", "form", "passage", "furniture")
SINGLE, FIRST, VERBATIM, EDITED, CUT, TOPPED, FORM, PASSAGE, FURNISHED = range(9)


@dataclass(frozen=True, slots=True)
class Load:
    """A generated collection: articles (id, headline, text, outlet, published) and truth (id, story, kind)."""

    articles: pa.Table
    truth: pa.Table


@numba.njit(inline="always")
def _next(state: Any) -> Any:
    """SplitMix64: advance the state and return 64 random bits."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@numba.njit(inline="always")
def _below(state: Any, n: Any) -> Any:
    """A number from 0 to n - 1."""
    return np.int64((_next(state) >> np.uint64(33)) % np.uint64(n))


@numba.njit(inline="always")
def _word(state: Any, table: Any) -> Any:
    """A word of the vocabulary by Zipf's law; one in 40 is a figure (negative)."""
    bits = _next(state)
    if bits & np.uint64(63) < 2:
        return np.int32(-1 - np.int64((bits >> np.uint64(8)) % np.uint64(9000)))
    return table[(bits >> np.uint64(20)) & np.uint64(len(table) - 1)]


@numba.njit(nogil=True, cache=True)
def _compose(kind: Any, story: Any, length: Any, table: Any, seed: Any) -> Any:
    """Words of each article.

    kind: int64[n]; story: int64[n], the article whose words a copy (or a shared passage) starts from;
    length: int64[n].  Returns words int32[w] and bounds int64[n + 1].
    """
    n = len(kind)
    bounds = np.zeros(n + 1, dtype=np.int64)
    words = np.empty(int(length.sum()) + 2_600 * 2, dtype=np.int32)
    state = np.array([seed], dtype=np.uint64)
    forms = np.empty((TEMPLATES, 110), dtype=np.int32)
    for t in range(TEMPLATES):
        for i in range(110):
            forms[t, i] = _word(state, table)
    lines = np.empty((FURNITURE, 35), dtype=np.int32)
    for t in range(FURNITURE):
        for i in range(35):
            lines[t, i] = _word(state, table)
    used = 0
    for a in range(n):
        need = used + LONGEST * 2
        if need > len(words):
            grown = np.empty(2 * need, dtype=np.int32)
            grown[:used] = words[:used]
            words = grown
        source, end = bounds[story[a]], bounds[story[a] + 1]
        if kind[a] == VERBATIM or kind[a] == EDITED:
            # An editor changes a few places: one word in 25 to one in 300.
            every = 25 + _below(state, 276) if kind[a] == EDITED else 0
            for i in range(source, end):
                words[used] = words[i]
                if every and _below(state, every) == 0:
                    words[used] = _word(state, table)
                used += 1
        elif kind[a] == CUT:
            share = 35 + _below(state, 50)
            for i in range(source, source + (end - source) * share // 100):
                words[used] = words[i]
                used += 1
        elif kind[a] == TOPPED:
            for _ in range(30 + _below(state, 70)):
                words[used] = _word(state, table)
                used += 1
            for i in range(source, end):
                words[used] = words[i]
                used += 1
        elif kind[a] == FORM:
            t = _below(state, TEMPLATES)
            for i in range(60 + t % 50):
                # Slots come in runs: names and figures; the words between them are the form's.
                # A form opens with its subject, and so does its headline ("Halvorsen Shipping ASA results").
                slot = i < 4 or (i * 2654435761 + t * 40503) % 100 < 30
                words[used] = _word(state, table) if slot else forms[t, i]
                used += 1
        else:
            for _ in range(length[a]):
                words[used] = _word(state, table)
                used += 1
            if kind[a] == PASSAGE and end - source > 60:
                at = _below(state, end - source - 60)
                for i in range(source + at, source + at + 30 + _below(state, 30)):
                    words[used] = words[i]
                    used += 1
            if kind[a] == FURNISHED:
                t = _below(state, FURNITURE)
                for i in range(35):
                    words[used] = lines[t, i]
                    used += 1
        bounds[a + 1] = used
    return words[:used], bounds


@numba.njit(nogil=True, cache=True)
def _render(words: Any, bounds: Any, spelling: Any, spelling_bounds: Any, out: Any) -> Any:
    """Write words as UTF-8 with sentences and paragraphs into out; returns the texts' offsets, int64[n + 1]."""
    offsets = np.zeros(len(bounds), dtype=np.int64)
    at = 0
    for a in range(len(bounds) - 1):
        opens, in_sentence, in_paragraph = True, 0, 0
        for i in range(bounds[a], bounds[a + 1]):
            w = words[i]
            if w < 0:
                value, digits = np.int64(-w), 1
                while 10**digits <= value:
                    digits += 1
                for d in range(digits):
                    out[at + digits - 1 - d] = 48 + value % 10
                    value //= 10
                at += digits
            else:
                first = at
                for p in range(spelling_bounds[w], spelling_bounds[w + 1]):
                    out[at] = spelling[p]
                    at += 1
                if opens or w % 23 == 7:
                    out[first] -= 32
            opens = False
            in_sentence += 1
            # The end of a sentence depends on the word, so that copies keep their punctuation.
            if in_sentence > 8 and w % 11 == 3:
                out[at] = 46
                at += 1
                opens, in_sentence = True, 0
                in_paragraph += 1
                if in_paragraph == 4:
                    out[at], out[at + 1] = 10, 10
                    at += 2
                    in_paragraph = 0
                    continue
            out[at] = 32
            at += 1
        offsets[a + 1] = at
    return offsets


@numba.njit(nogil=True, cache=True)
def _room(words: Any, lengths: Any) -> Any:
    """Bytes that the words need at most, with what stands between them."""
    total = 0
    for w in words:
        total += 3 + (5 if w < 0 else lengths[w])
    return total


def _spelling() -> tuple[NDArray[np.uint8], I64, NDArray[np.int32]]:
    """Made-up words, common ones short, and the table that draws them by Zipf's law."""
    draw = np.random.Generator(np.random.PCG64(7))
    onsets = ["b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "st", "tr", "pl", "ch", "sh"]
    rhymes = ["a", "e", "i", "o", "u", "an", "en", "in", "on", "ar", "er", "or", "al", "el", "as", "es", "ist", "ent"]
    syllables = [onset + rhyme for onset in onsets for rhyme in rhymes]
    made: dict[str, None] = {}
    for one, two, three, long in draw.integers(0, len(syllables), (3 * VOCABULARY, 4)).tolist():
        word = syllables[one]
        if len(made) > 150:
            word += syllables[two]
        if len(made) > 4_000 and long % 10 < 7:
            word += syllables[three]
        made[word] = None
        if len(made) == VOCABULARY:
            break
    spelled = [word.encode() for word in made]
    bounds = np.concatenate([[0], np.cumsum([len(word) for word in spelled])]).astype(np.int64)
    weights = 1.0 / (np.arange(VOCABULARY) + 2.7)
    share = np.cumsum(weights / weights.sum())
    table = np.searchsorted(share, (np.arange(TABLE) + 0.5) / TABLE).astype(np.int32)
    return np.frombuffer(b"".join(spelled), dtype=np.uint8), bounds, table


def _plan(size: int, copies: float, forms: float, seed: int) -> tuple[I64, I64, I64]:
    """Kind, source and length of each article: families lie near each other, as a day's news does."""
    draw = np.random.Generator(np.random.PCG64(seed))
    kind = np.full(size, SINGLE, dtype=np.int64)
    story = np.arange(size, dtype=np.int64)
    roll = draw.random(size)
    kind[roll < forms] = FORM
    kind[(roll >= forms) & (roll < forms + 0.05)] = PASSAGE
    kind[(roll >= forms + 0.05) & (roll < forms + 0.10)] = FURNISHED
    passages = np.flatnonzero(kind == PASSAGE)
    story[passages] = (passages * draw.random(len(passages))).astype(np.int64)
    # Copies take the place of articles at random; each copies a story opened lately.
    is_copy = draw.random(size) < copies
    is_copy[0] = False
    openers = np.flatnonzero(~is_copy & (kind != FORM) & (kind != PASSAGE) & (kind != FURNISHED))
    fresh = openers[draw.random(len(openers)) < (min(0.9, copies / 1.2) if copies < 0.8 else 0.5)]
    spots = np.flatnonzero(is_copy)
    if len(fresh) and len(spots):
        place = np.searchsorted(fresh, spots) - 1
        back = (draw.exponential(20.0, len(spots))).astype(np.int64)
        place = np.maximum(place - back, 0)
        usable = fresh[place] < spots
        spots, place = spots[usable], place[usable]
        story[spots] = fresh[place]
        kind[spots] = draw.choice([VERBATIM, EDITED, CUT, TOPPED], len(spots), p=[0.4, 0.25, 0.2, 0.15])
        kind[np.unique(story[spots])] = FIRST
    length = np.clip(draw.lognormal(5.9, 0.45, size), 40, LONGEST - 200).astype(np.int64)
    return kind, story, length


def generate(size: int, copies: float = 0.3, forms: float = 0.05, seed: int = 1) -> Load:
    """A collection of `size` articles.

    copies: share of articles that copy another; forms: share that are filled-in forms.
    """
    spelling, spelling_bounds, table = _spelling()
    kind, story, length = _plan(size, copies, forms, seed)
    words, bounds = _compose(kind, story, length, table, np.uint64(seed))
    buffer = np.empty(_room(words, np.diff(spelling_bounds)), dtype=np.uint8)
    offsets = _render(words, bounds, spelling, spelling_bounds, buffer)
    texts = pa.LargeStringArray.from_buffers(size, pa.py_buffer(offsets), pa.py_buffer(buffer[: offsets[-1]]))
    # A headline: the first seven words of the story, which copies keep more often than not.
    draw = np.random.Generator(np.random.PCG64(seed + 1))
    keeps = (kind != TOPPED) | (draw.random(size) < 0.5)
    origin = np.where((kind >= VERBATIM) & (kind <= TOPPED) & keeps, story, np.arange(size))
    starts = bounds[origin]
    heads = words[starts[:, None] + np.arange(7)].ravel()
    head_bounds = np.arange(size + 1, dtype=np.int64) * 7
    head_buffer = np.empty(len(heads) * 16, dtype=np.uint8)
    head_offsets = _render(heads, head_bounds, spelling, spelling_bounds, head_buffer)
    headlines = pa.LargeStringArray.from_buffers(
        size, pa.py_buffer(head_offsets), pa.py_buffer(head_buffer[: head_offsets[-1]])
    )
    ids = pa.array(np.arange(size)).cast(pa.string())
    outlets = pa.array([f"outlet-{i}.example" for i in range(OUTLETS)]).take(pa.array(draw.integers(0, OUTLETS, size)))
    minutes = 27_000_000 + np.arange(size, dtype=np.int64) * 60 * 24 * 30 // size
    published = pa.array(minutes * 60_000_000, pa.timestamp("us", tz="UTC"))
    articles = pa.table({"id": ids, "headline": headlines, "text": texts, "outlet": outlets, "published": published})
    family = np.where((kind == PASSAGE) | (kind == FORM), np.arange(size), story)
    truth = pa.table(
        {"id": ids, "story": pa.array(family).cast(pa.string()), "kind": pa.array(KINDS).take(pa.array(kind))}
    )
    return Load(articles, truth)


def write_load(load: Load, folder: Path) -> Path:
    """Write `articles.parquet` and `truth.parquet` into a folder; returns the path of the articles."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(load.articles, folder / "articles.parquet", row_group_size=16_384, use_dictionary=["outlet"])
    pq.write_table(load.truth, folder / "truth.parquet")
    return folder / "articles.parquet"
