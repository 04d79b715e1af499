"""Real articles that come one by one are what the batch job says of all of them together."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest
from sklearn.metrics import adjusted_rand_score

import dedupe


@pytest.mark.parametrize("name", ["fnc1-train", "slavic-dev", "reuters-dev"])
@pytest.mark.parametrize(("furniture", "agreement"), [(0, 0.995), (1, 0.98)])
def test_recall_and_stories_are_the_batch_job_s(
    tmp_path: Path, corpora: Path, name: str, furniture: int, agreement: float
) -> None:
    with gzip.open(corpora / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    with (corpora / f"{name}.pairs.tsv").open(encoding="utf-8", newline="") as lines:
        truth = [
            frozenset((row["id_a"], row["id_b"]))
            for row in csv.DictReader(lines, delimiter="\t")
            if float(row["containment"]) >= 0.5
        ]
    settings = dedupe.Settings(furniture=furniture)  # an article that comes alone has nothing to learn it from
    run = dedupe.find_duplicates(rows, settings=settings)
    ids = run.articles["id"].to_pylist()
    with dedupe.open_index(tmp_path / "news.db", settings=settings) as index:
        verdicts = list(index.add_many(rows, batch=200))
        stories = {known.id: known.story_id for known in index.articles()}
    batch = {frozenset(pair) for pair in zip(*(run.pairs[side].to_pylist() for side in ("id_a", "id_b")), strict=True)}
    mine = {frozenset((match.id, verdict.id)) for verdict in verdicts for match in verdict.matches}
    recall = [sum(pair in found for pair in truth) / len(truth) for found in (batch, mine)]
    assert len(truth) > 100 and recall[0] > 0.9 and abs(recall[0] - recall[1]) <= 0.005
    assert adjusted_rand_score(run.articles["story_id"].to_pylist(), [stories[id_] for id_ in ids]) >= agreement
