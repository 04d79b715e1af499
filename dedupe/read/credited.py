"""The agency of each article of a batch: credits are read only where one is named near the beginning or the end."""

from __future__ import annotations

from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from dedupe.read.agencies import Agencies
from dedupe.read.credits import agency_of, read_credits
from dedupe.text.phrases import Phrases, hold_phrase, phrases
from dedupe.text.tokens import Tokens

HEAD, TAIL = 64, 128
"""Tokens at either end in which credits stand; a character is a token in some scripts."""

_BEFORE = (
    "by from via with the agency agencia agência agence agentur agenzia agencja agentura агентство агентства агенция "
    "von der des par avec por de da di do du la con com van information información informazioni informações material "
    "inputs files reporting материалам материалами материалов материали матеріалами на published appeared in on at "
    "materiałów wykorzystaniem podstawie využitím použitím využití použití informatie medewerking verwendung copyright 日 月"
)
"""Words before a name that make it a credit."""


@cache
def _names(table: Agencies) -> Phrases:
    """All that may be a credit: names, domains, and the words of a signature without a name."""
    return phrases([*table.exact, *table.domains, "Editing by"], _BEFORE.split())


def credited_agencies(texts: pa.Array, tokens: Tokens, table: Agencies) -> pa.Array:
    """The one that each text comes from, by its own credits, large_string[n]; null where none is credited.

    texts: large_string[n]; tokens: theirs.

    >>> from dedupe.read.agencies import load_agencies
    >>> from dedupe.text.tokens import tokenise_array
    >>> texts = pa.array(["Ostby (AP) - The harbour froze.", "The harbour froze."], pa.large_string())
    >>> credited_agencies(texts, tokenise_array(texts), load_agencies()).to_pylist()
    ['Associated Press', None]
    """
    held = hold_phrase(tokens, _names(table), HEAD, TAIL)
    if not held.any():
        return pa.nulls(len(texts), pa.large_string())
    found = pa.array(held)
    named = [agency_of(read_credits(text, table)) for text in texts.filter(found).to_pylist()]
    return pc.replace_with_mask(pa.nulls(len(texts), pa.large_string()), found, pa.array(named, pa.large_string()))
