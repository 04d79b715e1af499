"""The agency of each article of a batch: credits are read only where an agency is named where credits stand."""

from __future__ import annotations

import re
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from dedupe.read.agencies import Agencies
from dedupe.read.credits import HEAD, TAIL, agency_of, read_credits

_MARK = r"[(/\[【（［〔—–|:：,，=‑-]\s*(?:the )?"
_SAID = r"(?:^|[\s(])(?i:by|from|von|par|por|di|da|de|du|with|via|avec|con|com|source|на|материалами|материалам|материалов|материали|матеріалами|матеріалів|przez|van)\s+(?:the )?"


def _any(names: set[str]) -> str:
    return "(?:" + "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name))) + ")"


LAST = 48
"""Bytes at the end in which a line with nothing but an agency stands."""


@cache
def _patterns(table: Agencies) -> tuple[str, str, str]:
    """What the head, the tail and the last line of a text hold, in UTF-8, if a credit may stand there."""
    some = _any({form for alias in table.exact for form in (alias, alias.upper())})
    small = _any({alias.lower() for alias in table.exact})
    head = rf"(?:^\s*|{_MARK}|[.\n]\s*|{_SAID}){some}|[(/]{small}[)/]|^\s*(?:\(|\[|【|［|〔|（)"
    tail = rf"(?:{_MARK}|\n\s*|{_SAID}|©[^\n]{{0,24}}|(?i:copyright)[^\n]{{0,24}}|(?i:https?://)\S{{0,40}}){some}|[(/]{small}[)/]|Editing by"
    return head, tail, rf"\n\s*{small}\s*$"


def credited_agencies(texts: pa.Array, table: Agencies) -> pa.Array:
    """The one that each text comes from, by its own credits, large_string[n]; null where none is credited.

    texts: large_string[n].

    >>> from dedupe.read.agencies import load_agencies
    >>> texts = pa.array(["Ostby (AP) - The harbour froze.", "The harbour froze."], pa.large_string())
    >>> credited_agencies(texts, load_agencies()).to_pylist()
    ['Associated Press', None]
    """
    raw = texts.cast(pa.large_binary())
    head, tail, last = _patterns(table)
    found = pc.match_substring_regex(pc.binary_slice(raw, 0, 2 * HEAD), head)
    found = pc.or_(found, pc.match_substring_regex(pc.binary_slice(raw, -TAIL, None), tail))
    found = pc.or_(found, pc.match_substring_regex(pc.binary_slice(raw, -LAST, None), last))
    rows = pc.indices_nonzero(pc.fill_null(found, False))
    named = [agency_of(read_credits(text, table)) for text in texts.take(rows).to_pylist()]
    return pc.replace_with_mask(pa.nulls(len(texts), pa.large_string()), found, pa.array(named, pa.large_string()))
