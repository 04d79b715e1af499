"""A finished batch run as the beginning of an index: `load_index`.

The outputs of a run hold no texts, so its inputs are read once more, and all is decided again by the same functions.
What comes out must be what the run wrote.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any

import numpy as np
import pyarrow as pa
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
from dedupe.match.relation import NOTHING
from dedupe.read.agencies import Agencies, load_agencies
from dedupe.read.objects import open_files
from dedupe.settings import Settings
from dedupe.story.settle import best_of_group, to_original
from dedupe.story.versions import sequence
from dedupe.text.headlines import normalise_each
from dedupe.write.result import Outcome
from dedupe.write.tables import made_ids

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
    """
    archive = open_archive(out)
    if index.settings.fingerprint != archive.settings.fingerprint:
        raise StoreError(f"{index.name}: has other settings than {archive.folder}; open it with `settings` of that run")
    if index.stats()["articles"]:
        raise StoreError(f"{index.name}: holds articles; a run is loaded into an empty index")
    agencies = load_agencies(archive.agencies)
    sources = open_files(list(inputs or archive.inputs), archive.folder, archive.agencies)
    outcome, collection = find(sources, index.settings, archive.columns, agencies, progress)
    ids = made_ids(outcome.given.table["id"].combine_chunks(), outcome.given.keys)
    _check(archive, outcome, ids)
    index.fill(_parts(outcome, collection, ids, agencies, progress))
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


def _without_nul(values: pa.ChunkedArray) -> list[str | None]:
    return [value.replace("\0", "") if value else value for value in values.to_pylist()]


def _hours(values: Any) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]


class _Numbers:
    """Which text each article has, and which story: articles in input order, texts and stories by their first."""

    def __init__(self, outcome: Outcome) -> None:
        first = outcome.facts.first
        n = len(first)
        rows = np.arange(n)
        self.heads: I64 = np.flatnonzero(first == rows)
        self.text: I64 = np.searchsorted(self.heads, first)
        self.best = best_of_group(first, outcome.rank)
        founder = np.full(n, n, dtype=np.int64)
        np.minimum.at(founder, outcome.original, rows)
        founder = founder[outcome.original]
        self.founders: I64 = np.flatnonzero(founder == rows)
        self.story: I64 = np.searchsorted(self.founders, founder)


def _parts(
    outcome: Outcome, collection: Collection, ids: pa.Array, agencies: Agencies, progress: Progress
) -> Iterator[Part]:
    given, hours = outcome.given, outcome.facts.hours
    numbers = _Numbers(outcome)
    order = np.argsort(outcome.pairs.b, kind="stable")
    edges = np.searchsorted(outcome.pairs.b[order], np.arange(len(ids) + 1))
    relation = to_original(outcome.pairs, outcome.original, outcome.facts.first)[0]
    arrived = time() / 3600
    progress("fill", 0, len(ids))
    for low in range(0, len(ids), SLICE):
        high = min(low + SLICE, len(ids))
        table = given.table.slice(low, high - low)
        headline, outlet, agency, address = (
            _without_nul(table[name]) for name in ("headline", "outlet", "agency", "address")
        )
        plain = _without_nul(normalise_each(_one(table["headline"]), _one(table["outlet"]), agencies.lowered))
        when, away = _hours(hours[low:high]), table["points_away"].to_pylist()
        turn, names = sequence(_one(table["headline"])).tolist(), ids.slice(low, high - low).to_pylist()
        few = outcome.pairs.take(order[edges[low] : edges[high]])
        told = stored.to_rows(few, numbers.text[few.a])
        rows = [told[edges[row] - edges[low] : edges[row + 1] - edges[low]] for row in range(low, high)]
        heads = numbers.heads[slice(*np.searchsorted(numbers.heads, (low, high)))]
        founders = numbers.founders[slice(*np.searchsorted(numbers.founders, (low, high)))]
        keys = given.keys[heads].astype("<u8")
        text, head = collection.tokens(heads)
        texts = [
            Text(
                int(numbers.text[row]), keys[i].tobytes(), int(given.words[row]), when[row - low], arrived,
                outlet[row - low], address[row - low], plain[row - low], int(numbers.story[row]), row,
                int(numbers.best[row]), stored.as_json(rows[row - low]),
            )
            for i, row in enumerate(heads.tolist())
        ]  # fmt: skip
        is_head, is_founder = np.isin(np.arange(low, high), heads), np.isin(np.arange(low, high), founders)
        articles = [
            Filed(
                row, names[i], int(numbers.text[row]), when[i], arrived, headline[i], outlet[i], agency[i],
                address[i], int(away[i]), turn[i], int(is_founder[i]),
                NOTHING if is_founder[i] else _relation(int(relation[row]), rows[i]),
                None if is_head[i] else stored.as_json(rows[i]),
            )
            for i, row in enumerate(range(low, high))
        ]  # fmt: skip
        stories = [
            Story(int(numbers.story[row]), names[row - low], int(numbers.text[outcome.original[row]]), None)
            for row in founders.tolist()
        ]
        yield Part(texts, [pack_tokens(text, head, i) for i in range(len(texts))], articles, stories)
        progress("fill", high - low, None)


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()


def _relation(to_original: int, rows: list[stored.Row]) -> int:
    """What an article is told to be: to its original; one that is that itself, and came later, to its best match."""
    if to_original >= 0:
        return to_original
    told = stored.best_first(rows)
    return told[0][stored.RELATION] if told and stored.joins(told[0]) else NOTHING
