"""Settings that suit a collection, found with labels of people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from dedupe.errors import TruthError
from dedupe.evaluation.truth import Truth, read_truth
from dedupe.read.objects import open_objects
from dedupe.settings import Settings
from dedupe.tuning.choose import Choice, Trial, choose, count, folds_of
from dedupe.tuning.sweep import SHINGLES, Point, Sketched, gates, windows


def tune(
    articles: Any,
    truth: str | Path | Iterable[str | Path],
    *,
    settings: Settings | None = None,
    columns: Mapping[str, str] | None = None,
    folds: int = 5,
    progress: Callable[[str], None] = lambda told: None,
) -> Choice:
    """Try the settings that matter on a labelled collection, by cross-validation.

    articles, columns: as `find_duplicates` takes them; truth: as `evaluate` takes it; settings: where to
    begin, which also stay unless others do better on articles that had no part in choosing them;
    folds: parts of the labels, each held out in turn.

    Every kind of shingle is sketched once.  First the gates of a join are tried for each kind, then the
    windows of the passage index for the best of those.

    Raises TruthError for labels that can't be used.

    >>> chosen = tune("data/wire.jsonl", "data/wire.stories.tsv")
    >>> chosen.kept, chosen.base_f1
    (True, 1.0)
    """
    base = settings or Settings()
    if folds < 2:
        raise TruthError(f"{folds} folds: give two or more")
    paths = [truth] if isinstance(truth, str | Path) else list(truth)
    sources = open_objects(articles)
    trial, place_of = Trial(), dict[Settings, int]()
    judge: Callable[[Point], None] | None = None
    for size, noise in dict.fromkeys([(base.shingle, base.noise), *SHINGLES]):
        progress(f"{size} tokens in a shingle" + (", noisy" if noise else ""))
        start = replace(base, shingle=size, noise=noise)
        sketched = Sketched(sources, columns or {}, start)
        if judge is None:
            judge = _judge(read_truth(paths, sketched.ids, "the input"), folds, trial)
        for point in gates(start):
            place_of[point] = len(trial.points)
            judge(sketched.point(point))
        best = max((place_of[point] for point in gates(start)), key=lambda place: trial.total(place).f1)
        for point in windows(trial.points[best]):
            if point not in place_of:
                place_of[point] = len(trial.points)
                judge(sketched.point(point))
    return choose(trial, folds)


def _judge(truth: Truth, folds: int, trial: Trial) -> Callable[[Point], None]:
    """What adds a point to the trial, counted by fold."""
    fold = folds_of(truth, folds)
    return lambda point: trial.add(point, count(point, truth, fold, folds))
