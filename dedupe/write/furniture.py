"""What was set aside, as it stands in the input: `furniture.parquet`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.compiled import I64
from dedupe.match.furniture import KINDS, PLACES, Furniture
from dedupe.read.articles import read_articles
from dedupe.read.identity import Seen
from dedupe.read.raw import Source
from dedupe.text.spans import spans
from dedupe.write.tables import LABEL, words_of

FURNITURE = pa.schema([
    ("outlet", LABEL), ("text", LABEL), ("articles", pa.int64()), ("words", pa.int64()), ("place", LABEL),
    ("kind", LABEL),
])  # fmt: skip
SHOWN = 2000
"""Lines that are reported, at most: those that stand in most articles."""


@dataclass(frozen=True, slots=True)
class Whence:
    """Where n articles stand: sources; source, row: int64[n], number of each one's source, and its row there; columns:
    the user's mapping.
    """

    sources: Sequence[Source]
    source: I64
    row: I64
    columns: Mapping[str, str]


def furniture_table(furniture: Furniture, outlets: pa.Array, whence: Whence) -> pa.Table:
    """One row for each line that was set aside, with its text as it stands in its first article.

    That article's source is read again, up to it.  outlets: large_string[n].
    """
    rows = np.lexsort((furniture.start, furniture.article, -furniture.articles))[:SHOWN]
    texts = _texts(whence, furniture, rows)
    return pa.Table.from_arrays(
        [
            outlets.cast(LABEL).take(pa.array(furniture.article[rows])),
            pa.array(texts, LABEL),
            pa.array(furniture.articles[rows]),
            pa.array(furniture.length[rows]),
            words_of(PLACES, furniture.place[rows]),
            words_of(KINDS, furniture.kind[rows]),
        ],
        schema=FURNITURE,
    )


def _texts(whence: Whence, furniture: Furniture, rows: I64) -> list[str | None]:
    texts: list[str | None] = [None] * len(rows)
    articles = furniture.article[rows]
    for number in np.unique(whence.source[articles]):
        wanted = np.flatnonzero(whence.source[articles] == number)
        left = set(whence.row[articles[wanted]].tolist())
        for batch in read_articles(whence.sources[number], whence.columns, Seen()):
            here = sorted(left.intersection(batch.rows.tolist()))
            found = batch.table.column("text").take(pa.array(np.searchsorted(batch.rows, here)))
            for row, text in zip(here, pc.fill_null(found, "").to_pylist(), strict=True):
                plain, places = spans(text)
                for at in wanted[whence.row[articles[wanted]] == row]:
                    start, end = furniture.start[rows[at]], furniture.start[rows[at]] + furniture.length[rows[at]]
                    if end <= len(places):
                        texts[at] = plain[places[start][0] : places[end - 1][1]]
            left -= set(here)
            if not left:
                break
    return texts
