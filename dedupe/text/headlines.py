"""Headlines to comparable form: what outlets put around a headline is set aside.

Wire prefixes ("UPDATE 1-", "BREAKING:") and outlet suffixes (" - Reuters", " | The
Daily") say nothing of the story.  A suffix counts as an outlet's when it is the name
of an outlet of the collection, or ends many different headlines.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import numba
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import types

from dedupe.compiled import kernel, readonly
from dedupe.text.tokens import composed, mix64, sort_once

RECURS = 4
"""Different headlines that a suffix must end to be taken as an outlet's."""

_WORDS = (
    r"update|updated|rpt|repeat|refile|corrected|correction|wrapup|breaking(?: news)?|news alert|alert|urgent|flash|"
    r"newsflash|exclusive|just in|live(?: updates)?|watch|video|photos|pictures|developing|latest|the latest|factbox|"
    r"timeline|snapshot|brief|bulletin|advisory|eilmeldung|eil|alerte|flash info|en direct|direct|última hora|"
    r"ultima hora|urgente|ultim'ora|pilne|срочно|молния|обновлено|терміново|оновлено|спешно|速報|快讯|突发|عاجل"
)
PREFIX = rf"^(?i)(?:[\[(【]?(?:{_WORDS})(?:\s*\d+)?[\])】]?(?:\s*[-–—:|]\s*|\s*(?:】|\])\s*))+"
SUFFIX = r"\s+[|–—-]\s+(?P<suffix>[^|–—]{2,40}?)\s*$"
_WORD = r"\p{L}\p{M}\p{N}"
_EMPTY = pa.scalar("", pa.large_string())
FEW = 16
_VERSION = (
    r"(?i)\s*[,(-]?\s*\b\d+(?:st|nd|rd|th) (?:ld|lead)(?:-writethru)?\)?\s*$|"
    r"\s*\((?:updated?(?: \d+)?|adds[^)]*|corrected)\)\s*$"
)
_ADORNED = r"[-–—:|\]】)]|\d(?:st|nd|rd|th) (?:ld|lead)|(?i:\d(?:st|nd|rd|th) (?:ld|lead))"
"""What a headline has somewhere, if anything was put around it."""


def normalise_headlines(headlines: pa.Array, outlets: pa.Array) -> pa.Array:
    """Distinct headlines in comparable form: NFKC, lower case, words with single blanks between.

    headlines: large_string, best distinct; outlets: names of the collection's outlets.
    What would be left empty stays as it is.

    >>> given = pa.array(["UPDATE 1-Oil climbs - The Daily", "BREAKING: Oil climbs"], pa.large_string())
    >>> normalise_headlines(given, pa.array(["The Daily"])).to_pylist()
    ['oil climbs', 'oil climbs']
    """
    named = pc.drop_null(pc.utf8_lower(outlets.cast(pa.large_string())))

    def of_outlet(suffix: pa.Array, rows: pa.Array) -> pa.Array:
        counts = pc.value_counts(suffix.drop_null())
        recurs = pc.greater_equal(pc.struct_field(counts, "counts"), RECURS)
        return pc.is_in(suffix, value_set=pa.concat_arrays([pc.struct_field(counts, "values").filter(recurs), named]))

    return _comparable(headlines, of_outlet)


def normalise_each(headlines: pa.Array, outlets: pa.Array, names: frozenset[str]) -> pa.Array:
    """The same of headlines that are no collection: each is read by itself, whatever stands beside it.

    headlines, outlets: large_string[n], each headline's own outlet; names: of other outlets, in lower case.

    >>> given, outlets = pa.array(["Oil climbs - AP"], pa.large_string()), pa.nulls(1, pa.large_string())
    >>> normalise_each(given, outlets, frozenset(["ap"])).to_pylist()
    ['oil climbs']
    """

    def of_outlet(suffix: pa.Array, rows: pa.Array) -> pa.Array:
        own = outlets.filter(rows).to_pylist()
        told = zip(suffix.to_pylist(), own, strict=True)
        return pa.array([end is not None and (end in names or end == (name or "").lower()) for end, name in told])

    return _comparable(headlines, of_outlet)


def _comparable(headlines: pa.Array, of_outlet: Callable[[pa.Array, pa.Array], pa.Array]) -> pa.Array:
    """of_outlet: which suffixes, those of the rows under a mask, are an outlet's."""
    if len(headlines) <= FEW and (told := _bare(headlines.to_pylist())) is not None:
        return pa.array(told, pa.large_string())
    plain = headlines
    if not pc.all(pc.string_is_ascii(headlines)).as_py():
        plain = pc.utf8_normalize(headlines, form="NFKC")
        marked = pc.fill_null(pc.match_substring_regex(plain, r"\p{M}"), False)
        if pc.any(marked).as_py():
            plain = pc.replace_with_mask(plain, marked, composed(plain.filter(marked)))
    adorned = pc.fill_null(pc.match_substring_regex(plain, _ADORNED), False)
    if pc.any(adorned).as_py():
        bare = pc.replace_substring_regex(plain.filter(adorned), PREFIX, "")
        bare = pc.replace_substring_regex(bare, _VERSION, "")
        suffix = pc.utf8_lower(pc.struct_field(pc.extract_regex(bare, SUFFIX), "suffix"))
        strip = pc.fill_null(of_outlet(suffix, adorned), False)
        bare = pc.if_else(strip, pc.replace_substring_regex(bare, SUFFIX, ""), bare)
        plain = pc.replace_with_mask(plain, adorned, bare)
    words = _words(pc.utf8_lower(plain))
    none = pc.equal(words, _EMPTY)
    if not pc.any(none).as_py():
        return words
    return pc.if_else(none, pc.utf8_trim_whitespace(pc.utf8_lower(headlines)), words)


_MAY_ADORN = re.compile(r"[-:|\])]|\d(?:st|nd|rd|th) l", re.IGNORECASE)


def _bare(headlines: list[str | None]) -> list[str | None] | None:
    """The words of a few headlines in ASCII that nothing was put around, without Arrow's calls; None for others."""
    if any(text is not None and (not text.isascii() or _MAY_ADORN.search(text)) for text in headlines):
        return None
    words = [text and _worded(text.lower()) for text in headlines]
    return None if "" in words else words


@cache
def _in_words(character: str) -> bool:
    return bool(pc.match_substring_regex(pa.array([character]), rf"[{_WORD}]")[0].as_py())


def _words(plain: pa.Array) -> pa.Array:
    """The words of each, with single blanks between.  Of a few, letter by letter: the pattern takes 2 ms to compile."""
    if len(plain) > FEW:
        return pc.utf8_trim_whitespace(pc.replace_substring_regex(plain, rf"[^{_WORD}]+", " "))
    return pa.array([text and _worded(text) for text in plain.to_pylist()], pa.large_string())


def _worded(text: str) -> str:
    return " ".join("".join(c if _in_words(c) else " " for c in text).split())


@numba.njit(inline="always")
def _width(lead):  # type: ignore[no-untyped-def]
    """Bytes of the UTF-8 character that starts with this byte."""
    return 1 if lead < 0x80 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4


@kernel(readonly(types.uint8), readonly(types.int64), types.int64)
def grams(data, offsets, size):  # type: ignore[no-untyped-def]
    """Distinct character n-grams of each string, as sorted 64-bit hashes.

    data, offsets: UTF-8 strings; size: characters in an n-gram.  A string of fewer
    characters has one, itself.  Returns grams uint64[g] and bounds int64[n + 1].
    """
    n = len(offsets) - 1
    bounds = np.zeros(n + 1, dtype=np.int64)
    out = np.empty(offsets[n] - offsets[0] + n, dtype=np.uint64)
    starts = np.empty(64, dtype=np.int64)
    used = 0
    for text in range(n):
        begin, end = offsets[text], offsets[text + 1]
        if end - begin + 1 > len(starts):
            starts = np.empty(2 * (end - begin) + 1, dtype=np.int64)
        chars, p = 0, begin
        while p < end:
            starts[chars] = p
            chars += 1
            p += _width(data[p])
        starts[chars] = end
        first = used
        for c in range(max(chars - size + 1, min(chars, 1))):
            h = np.uint64(0xCBF29CE484222325)
            for q in range(starts[c], starts[min(c + size, chars)]):
                h = (h ^ np.uint64(data[q])) * np.uint64(0x100000001B3)
            out[used] = mix64(h)
            used += 1
        used = sort_once(out, first, used)
        bounds[text + 1] = used
    return out[:used], bounds
