"""A run against labels of people: precision, recall, stories, originals, and the errors to look at."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dedupe.evaluation.outcome import decided, read_decided
from dedupe.evaluation.scores import Evaluation, score
from dedupe.evaluation.truth import read_truth
from dedupe.write.result import Result


def evaluate(run: str | Path | Result, truth: str | Path | Iterable[str | Path]) -> Evaluation:
    """Judge a run by labels.

    run: the folder of a finished run, or what `find_duplicates` returned; truth: one or more
    files of labelled pairs or stories (columns in `evaluation.truth`).

    Raises TruthError for labels that can't be read or don't fit the run.

    >>> import dedupe
    >>> found = evaluate(dedupe.find_duplicates("data/wire.jsonl"), "data/wire.stories.tsv")
    >>> found.pairs["precision"], found.pairs["recall"], found.stories["original_accuracy"]
    (1.0, 1.0, 1.0)
    """
    outcome = decided(run.articles, run.pairs) if isinstance(run, Result) else read_decided(run)
    paths = [truth] if isinstance(truth, str | Path) else list(truth)
    where = "this result" if isinstance(run, Result) else str(run)
    return score(read_truth(paths, outcome.ids, where), outcome)
