"""A finished batch run as the beginning of an index: `load_index`.

The outputs of a run hold no texts, so its inputs are read once more, and all is decided again by the same functions.
What comes out must be what the run wrote.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import time

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedupe.batch import find
from dedupe.compiled import I64
from dedupe.errors import InputError, SettingsError, StoreError
from dedupe.gather import Progress, silent
from dedupe.index import stored_pairs as stored
from dedupe.index.filling import Part
from dedupe.index.ingest import Index
from dedupe.index.packing import pack_tokens
from dedupe.index.records import Filed, Story, Text
from dedupe.match.collection import Collection
from dedupe.match.known_furniture import learned_from
from dedupe.match.numbers import or_none
from dedupe.match.relation import NOTHING, REVISION
from dedupe.read.agencies import Agencies, load_agencies
from dedupe.read.objects import open_files
from dedupe.settings import Settings
from dedupe.story.connected import connected
from dedupe.story.settle import best_of_group, to_original
from dedupe.story.versions import sequence
from dedupe.text.headlines import normalise_each
from dedupe.write.result import Outcome, first_member

SLICE = 1000


@dataclass(frozen=True, slots=True)
class Archive:
    """A finished run: its folder, and what is said there of how it was made."""

    folder: Path
    inputs: list[str]
    columns: Mapping[str, str]
    agencies: str | None
    settings: Settings


def open_archive(out: str | Path) -> Archive:
    """The run that wrote a folder.  InputError for a folder that no run wrote."""
    folder = Path(out)
    try:
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        return Archive(
            folder, summary["inputs"], summary["columns"], summary["agencies"], Settings(**summary["settings"])
        )
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: not the output of a finished `dedupe run` ({error})") from error
    except (KeyError, TypeError, SettingsError) as error:
        raise InputError(f"{folder}: written by another version of dedupe ({error}); run it again") from error


def load_index(
    index: Index, out: str | Path, inputs: list[str | Path] | None = None, *, progress: Progress = silent
) -> int:
    """Fill an empty index with the articles and stories of a finished run, and say how many articles that is.

    out: the run's folder; inputs: where its inputs are now, when they were moved.  Nobody else may use the index
    meanwhile.

    Raises StoreError for an index that holds articles or was made with other settings than the run; InputError when
    the inputs are no longer what they were.  The index is empty then.

    >>> import tempfile, dedupe
    >>> with tempfile.TemporaryDirectory() as folder, dedupe.open_index("memory:") as index:
    ...     feed, text = Path(folder, "feed.jsonl"), "The bridge opened on Monday after ten years of work."
    ...     _ = feed.write_text(json.dumps({"id": "a", "text": text}))
    ...     summary = dedupe.run([feed], Path(folder, "out"))
    ...     count = load_index(index, Path(folder, "out"))
    ...     asked = index.check({"id": "b", "text": text})
    >>> count, asked.story_id
    (1, 'a')
    """
    archive = open_archive(out)
    if index.settings.fingerprint != archive.settings.fingerprint:
        raise StoreError(f"{index.name}: has other settings than {archive.folder}; open it with `settings` of that run")
    if index.stats()["articles"]:
        raise StoreError(f"{index.name}: holds articles; a run is loaded into an empty index")
    agencies = load_agencies(archive.agencies)
    sources = open_files(list(inputs or archive.inputs), archive.folder, archive.agencies)
    outcome, collection = find(sources, index.settings, archive.columns, agencies, progress)
    ids = outcome.given.ids()
    _check(archive, outcome, ids)
    for row in np.flatnonzero(np.asarray(pc.match_substring(ids, "\0"))):
        raise InputError(f"article {ids[int(row)].as_py()!r}: the id holds a NUL character; take it out and run again")
    learned = learned_from(outcome.given.furniture)
    index.fill(_parts(_Told(outcome, ids, agencies), collection, progress), learned)
    return len(ids)


def _check(archive: Archive, outcome: Outcome, ids: pa.Array) -> None:
    """InputError unless the run wrote these articles with these originals."""
    written = pq.read_table(archive.folder / "articles.parquet", columns=["id", "original_id"])
    for name, found in (("id", ids), ("original_id", ids.take(pa.array(outcome.original)))):
        if not written[name].combine_chunks().equals(found):
            raise InputError(
                f"{archive.folder}: what is read now are not the articles of the run, or they are decided otherwise; "
                "run it again"
            )


class _Numbers:
    """Which text each article has, and which story: articles in input order, texts and stories by their first.

    heads, founders: the first article of each text and of each story; text, story: of each article; best: of each
    text's articles, the one that comes first in the order of originals; component: of each story, see
    `index.records.Story`, -1 for none.
    """

    def __init__(self, outcome: Outcome) -> None:
        first, rows = outcome.facts.first, np.arange(len(outcome.original))
        self.heads: I64 = np.flatnonzero(first == rows)
        self.text: I64 = np.searchsorted(self.heads, first)
        self.best = best_of_group(first, outcome.rank)
        founder = first_member(outcome.original)
        self.founders: I64 = np.flatnonzero(founder == rows)
        self.story: I64 = np.searchsorted(self.founders, founder)
        joins = outcome.pairs.relation <= REVISION
        a, b = self.story[outcome.pairs.a[joins]], self.story[outcome.pairs.b[joins]]
        component = connected(len(self.founders), a, b)
        plain = best_of_group(founder, outcome.rank)[self.founders] == outcome.original[self.founders]
        alone = np.bincount(component)[component] == 1
        self.component: I64 = np.where(plain & alone, -1, component)


class _Told:
    """What a run told of its articles, some at a time."""

    def __init__(self, outcome: Outcome, ids: pa.Array, agencies: Agencies) -> None:
        self.outcome, self.ids, self.agencies = outcome, ids, agencies
        self.numbers, self.arrived = _Numbers(outcome), time() / 3600
        self.relation = to_original(outcome.pairs, outcome.original, outcome.facts.first)[0]
        self._order = np.argsort(outcome.pairs.b, kind="stable")
        self._edges = np.searchsorted(outcome.pairs.b[self._order], np.arange(len(ids) + 1))

    def rows(self, low: int, high: int) -> list[list[stored.Row]]:
        """The pairs of each article with those before it, by number of text."""
        edges = self._edges[low : high + 1]
        few = self.outcome.pairs.take(self._order[edges[0] : edges[-1]])
        told = stored.to_rows(few, self.numbers.text[few.a])
        return [told[begin:end] for begin, end in itertools.pairwise((edges - edges[0]).tolist())]

    def part(self, low: int, high: int, collection: Collection) -> Part:
        """The records of articles from low to high: of those, of texts and of stories that begin with one of them."""
        given, numbers = self.outcome.given, self.numbers
        table = given.table.slice(low, high - low).combine_chunks()
        column = {name: _without_nul(table[name]) for name in ("headline", "outlet", "agency", "address")}
        headlines, outlets = (table[name].combine_chunks() for name in ("headline", "outlet"))
        plain = _without_nul(normalise_each(headlines, outlets, self.agencies.lowered))
        hours = or_none(self.outcome.facts.hours[low:high])
        names, rows = self.ids.slice(low, high - low).to_pylist(), self.rows(low, high)
        away, turn = table["points_away"].to_pylist(), sequence(headlines).tolist()
        heads, founders = (
            some[slice(*np.searchsorted(some, (low, high)))] for some in (numbers.heads, numbers.founders)
        )
        text_of, story_of = numbers.text[low:high].tolist(), numbers.story[low:high].tolist()
        text, headline = collection.tokens(heads)
        keys = given.keys[heads].astype("<u8")
        texts = [
            Text(
                text_of[at], keys[i].tobytes(), int(given.words[low + at]), hours[at], self.arrived,
                column["outlet"][at], column["address"][at], plain[at], story_of[at], low + at,
                int(numbers.best[low + at]), stored.as_json(rows[at]),
            )
            for i, at in enumerate((heads - low).tolist())
        ]  # fmt: skip
        begins, founds = (np.isin(np.arange(low, high), some).tolist() for some in (heads, founders))
        relation_of = [  # to its original; where it is that itself, and came later, to its best match
            NOTHING if founds[at] else relation if relation >= 0 else stored.best_relation(rows[at])
            for at, relation in enumerate(self.relation[low:high].tolist())
        ]
        articles = [
            Filed(
                low + at, names[at], text_of[at], hours[at], self.arrived, column["headline"][at],
                column["outlet"][at], column["agency"][at], column["address"][at], int(away[at]), turn[at],
                int(founds[at]), relation_of[at],
                None if begins[at] else stored.as_json(rows[at]),
            )
            for at in range(high - low)
        ]  # fmt: skip
        original = numbers.text[self.outcome.original[founders]].tolist()
        stories = [
            Story(story_of[at], names[at], number, None, component if component >= 0 else None)
            for at, number, component in zip(
                (founders - low).tolist(), original, numbers.component[numbers.story[founders]].tolist(), strict=True
            )
        ]
        return Part(texts, [pack_tokens(text, headline, i) for i in range(len(texts))], articles, stories)


def _without_nul(values: pa.Array | pa.ChunkedArray) -> list[str | None]:
    return [value.replace("\0", "") if value else value for value in values.to_pylist()]


def _parts(told: _Told, collection: Collection, progress: Progress) -> Iterator[Part]:
    count = len(told.ids)
    progress("fill", 0, count)
    for low in range(0, count, SLICE):
        high = min(low + SLICE, count)
        yield told.part(low, high, collection)
        progress("fill", high - low, None)
