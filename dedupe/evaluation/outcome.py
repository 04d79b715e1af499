"""What a run decided, read back from its folder or taken from its result."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedupe.compiled import F64, I64, U64
from dedupe.errors import TruthError
from dedupe.match.buckets import pair_keys
from dedupe.match.relation import EXACT, NOTHING, RELATIONS


@dataclass(frozen=True, slots=True)
class Decided:
    """What a run decided on n articles, and on the p pairs that it reported.

    ids; story, original: int64[n], article numbers; first: int64[n], the first article with the same text;
    keys: uint64[p], sorted; relation: int64[p]; jaccard, containment, score: float64[p]; why: string[p].
    """

    ids: list[str]
    story: I64
    original: I64
    first: I64
    keys: U64
    relation: I64
    jaccard: F64
    containment: F64
    score: F64
    why: pa.ChunkedArray

    def look_up(self, a: I64, b: I64) -> tuple[I64, I64]:
        """Where each pair stands among the reported ones, -1 where nowhere; and its relation, NOTHING where none.

        Copies with the same text are reported against the first of them only, which then speaks for all.
        """
        one, other = self.first[a], self.first[b]
        same = one == other
        place = self._place(pair_keys(np.minimum(one, other), np.maximum(one, other)))
        place[same] = self._place(pair_keys(a, b))[same]
        relation = np.full(len(a), NOTHING, dtype=np.int64)
        relation[place >= 0] = self.relation[place[place >= 0]]
        relation[same] = EXACT
        return place, relation

    def _place(self, keys: U64) -> I64:
        if not len(self.keys):
            return np.full(len(keys), -1, dtype=np.int64)
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[place] == keys, place, -1)


def _codes(values: pa.ChunkedArray, ids: pa.ChunkedArray) -> I64:
    found: I64 = pc.index_in(values, ids.combine_chunks()).to_numpy().astype(np.int64)
    return found


def decided(articles: pa.Table, pairs: pa.Table) -> Decided:
    """What a run decided, from its tables `articles` and `pairs`."""
    ids = articles["id"]
    a, b = _codes(pairs["id_a"], ids), _codes(pairs["id_b"], ids)
    keys = pair_keys(a, b)
    order = np.argsort(keys)
    relation = _codes(pairs["relation"], pa.chunked_array([pa.array(RELATIONS)]))
    first = np.arange(len(ids), dtype=np.int64)
    exact = relation == EXACT
    first[b[exact]] = a[exact]
    return Decided(
        ids=ids.to_pylist(),
        story=_codes(articles["story_id"], ids),
        original=_codes(articles["original_id"], ids),
        first=first,
        keys=keys[order],
        relation=relation[order],
        jaccard=pairs["jaccard"].to_numpy()[order],
        containment=pairs["containment"].to_numpy()[order],
        score=pairs["score"].to_numpy()[order],
        why=pairs["why"].take(pa.array(order)),
    )


def read_decided(folder: str | Path) -> Decided:
    """What the run that wrote this folder decided.

    Raises TruthError when the folder is not a complete run's.
    """
    folder = Path(folder)
    try:
        count = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["articles"]
        articles, pairs = (pq.read_table(folder / f"{name}.parquet") for name in ("articles", "pairs"))
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowInvalid) as error:
        reason = getattr(error, "strerror", None) or error
        raise TruthError(
            f"{folder}: not the folder of a complete run ({reason}); give what `dedupe run --out` wrote"
        ) from error
    if articles.num_rows != count:
        raise TruthError(f"{folder}: {articles.num_rows:,} articles, but its summary tells of {count:,}; run again")
    return decided(articles, pairs)
