"""Figures of a run against labels."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from dedupe.compiled import F64, I64, Bool
from dedupe.evaluation.outcome import Decided
from dedupe.evaluation.truth import DIFFERENT, SAME, UNKNOWN, Truth, story_pairs
from dedupe.match.buckets import pair_keys
from dedupe.match.numbers import known_or
from dedupe.match.relation import NOTHING, RELATIONS, REVISION

WORST = 20
"""Errors that are shown."""
UNREPORTED = "not reported: no index brought them together, or they share too little"


@dataclass(frozen=True, slots=True)
class Pairwise:
    """Pairs put into one story against pairs that are: counts, and the shares made of them."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of the joined pairs that are the same; 1 when none was joined."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of the same pairs that were joined; 1 when there are none."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return (
            2 * self.right / (2 * self.right + self.wrong + self.missed)
            if self.right or self.wrong or self.missed
            else 1.0
        )


@dataclass(frozen=True, slots=True)
class Labelled:
    """Every pair that the truth speaks of, from pair labels and from stories, and what the run made of it.

    a, b: int64[p]; same: int64[p]; relation: what it is, None where not said; place, found: int64[p],
    as `Decided.look_up` gives them; joined: bool[p], both in one story; jaccard, containment:
    float64[p], the truth's figures, or else the run's, NaN where neither has any.
    """

    a: I64
    b: I64
    same: I64
    relation: list[str | None]
    place: I64
    found: I64
    joined: Bool
    jaccard: F64
    containment: F64


def labelled(truth: Truth, run: Decided) -> Labelled:
    """All pairs that the truth speaks of."""
    within = story_pairs(truth.story)
    told = pair_keys(truth.a, truth.b)
    new = within[~np.isin(pair_keys(within[:, 0], within[:, 1]), told)]
    a, b = np.concatenate([truth.a, new[:, 0]]), np.concatenate([truth.b, new[:, 1]])
    blank = np.full(len(new), np.nan)
    same = np.concatenate([truth.same.astype(np.int64), np.full(len(new), SAME)])
    both = (truth.story[a] >= 0) & (truth.story[b] >= 0)
    by_story = np.where(truth.story[a] == truth.story[b], SAME, DIFFERENT)
    same = np.where((same == UNKNOWN) & both, by_story, same)
    place, found = run.look_up(a, b)
    jaccard, containment = (np.concatenate([given, blank]) for given in (truth.jaccard, truth.containment))
    for given, ours in ((jaccard, run.jaccard), (containment, run.containment)):
        own = np.isnan(given) & (place >= 0)
        given[own] = ours[place[own]]
        given[np.isnan(given) & (run.first[a] == run.first[b])] = 1.0
    relation = [*truth.relation, *[None] * len(new)]
    return Labelled(a, b, same, relation, place, found, run.story[a] == run.story[b], jaccard, containment)


def pairwise(pairs: Labelled, truth: Truth, run: Decided) -> Pairwise:
    """Joined pairs against same pairs.

    Where stories are labelled, every pair of labelled articles counts; else the labelled pairs do.
    """
    if (truth.story >= 0).any():
        rows = np.flatnonzero(truth.story >= 0)
        cells = contingency(truth.story[rows], run.story[rows])
        right = _twos(cells.both)
        return Pairwise(right, _twos(cells.found) - right, _twos(cells.true) - right)
    known = pairs.same != UNKNOWN
    is_same, joined = pairs.same[known] == SAME, pairs.joined[known]
    return Pairwise(int((is_same & joined).sum()), int((~is_same & joined).sum()), int((is_same & ~joined).sum()))


def _twos(counts: I64) -> int:
    return int((counts * (counts - 1) // 2).sum())


@dataclass(frozen=True, slots=True)
class Contingency:
    """Sizes of true stories, of found ones, and of what each has of each; with the two sizes of each cell."""

    true: I64
    found: I64
    both: I64
    cell_true: I64
    cell_found: I64


def contingency(true: I64, found: I64) -> Contingency:
    """How true and found stories overlap.  true, found: int64[n], the story of each article."""
    of_true, of_found = np.unique(true, return_inverse=True)[1], np.unique(found, return_inverse=True)[1]
    sizes_true, sizes_found = np.bincount(of_true), np.bincount(of_found)
    width = len(sizes_found)
    cells, both = np.unique(of_true.astype(np.int64) * width + of_found, return_counts=True)
    return Contingency(sizes_true, sizes_found, both, sizes_true[cells // width], sizes_found[cells % width])


def b_cubed(true: I64, found: I64) -> tuple[float, float, float]:
    """B-cubed precision, recall and F1 (Bagga and Baldwin, 1998), each article weighing the same.

    >>> print(*np.round(b_cubed(np.array([0, 0, 1]), np.array([5, 5, 5])), 3))
    0.556 1.0 0.714
    """
    cells = contingency(true, found)
    n = cells.both.sum()
    precision = float((cells.both**2 / cells.cell_found).sum() / n)
    recall = float((cells.both**2 / cells.cell_true).sum() / n)
    return precision, recall, 2 * precision * recall / (precision + recall)


def stories(truth: Truth, run: Decided) -> dict[str, float] | None:
    """B-cubed, ARI and V-measure over the articles whose stories are labelled; None without such labels."""
    from sklearn.metrics import adjusted_rand_score, homogeneity_completeness_v_measure

    rows = np.flatnonzero(truth.story >= 0)
    if not len(rows):
        return None
    true, found = truth.story[rows], run.story[rows]
    precision, recall, f1 = b_cubed(true, found)
    homogeneity, completeness, v = homogeneity_completeness_v_measure(true, found)
    shown = {
        "articles": len(rows), "b_cubed_precision": precision, "b_cubed_recall": recall, "b_cubed_f1": f1,
        "ari": adjusted_rand_score(true, found), "homogeneity": homogeneity, "completeness": completeness,
        "v_measure": v,
    }  # fmt: skip
    known = np.flatnonzero((truth.original >= 0) & (truth.story >= 0))
    known = known[np.isin(truth.story[known], np.flatnonzero(np.bincount(truth.story[rows]) > 1))]
    if len(known):  # one vote a story: the original of most of its members in the run, against the labelled one
        right = []
        for story in np.unique(truth.story[known]):
            members = known[truth.story[known] == story]
            votes = Counter(run.original[members].tolist()).most_common(1)[0][0]
            right.append(votes == truth.original[members[0]])
        shown |= {"stories_with_original": len(right), "original_accuracy": float(np.mean(right))}
    return {name: round(float(value), 6) for name, value in shown.items()}


def confusion(pairs: Labelled) -> dict[str, dict[str, int]]:
    """What the run said (columns) of pairs of each relation (rows); "same" and "different" where no relation is given.

    "(none)" is a pair that the run did not report.
    """
    rows: dict[str, Counter[str]] = {}
    for relation, same, found in zip(pairs.relation, pairs.same.tolist(), pairs.found.tolist(), strict=True):
        if relation is None and same == UNKNOWN:
            continue
        row = rows.setdefault(relation or ("same" if same == SAME else "different"), Counter())
        row["(none)" if found == NOTHING else RELATIONS[found]] += 1
    order = (*RELATIONS, "same", "different")
    return {name: dict(rows[name]) for name in order if name in rows}


def deciles(pairs: Labelled, measure: str) -> list[dict[str, Any]]:
    """Recall by decile of Jaccard or containment.

    Over the same pairs: those found (reported, or the same text) and those joined; where nothing
    says what is the same, over all pairs of the truth.  A last row has the pairs without a figure:
    never reported, and given none by the truth.
    """
    values = pairs.jaccard if measure == "jaccard" else pairs.containment
    counted = pairs.same == SAME if (pairs.same != UNKNOWN).any() else np.ones(len(pairs.same), dtype=np.bool_)
    decile = np.where(np.isnan(values), 10, np.minimum((known_or(values, 0.0) * 10 + 1e-9).astype(np.int64), 9))
    shown = []
    for d in range(11):
        here = counted & (decile == d)
        if here.any():
            shown.append({
                "from": None if d == 10 else d / 10, "to": None if d == 10 else (d + 1) / 10, "pairs": int(here.sum()),
                "found": round(float((pairs.found[here] != NOTHING).mean()), 6),
                "joined": round(float(pairs.joined[here].mean()), 6),
            })  # fmt: skip
    return shown


def agreement(truth: Truth, pairs: Labelled, run: Decided) -> dict[str, float] | None:
    """How far the run's Jaccard and containment lie from the truth's, where both have them."""
    rows = np.flatnonzero(~np.isnan(truth.jaccard) & ~np.isnan(truth.containment) & (pairs.place[: len(truth.a)] >= 0))
    if not len(rows):
        return None
    place = pairs.place[rows]
    off = np.maximum(
        abs(run.jaccard[place] - truth.jaccard[rows]), abs(run.containment[place] - truth.containment[rows])
    )
    return {
        "pairs": len(rows),
        "within_0.02": round(float((off <= 0.02).mean()), 6),
        "largest": round(float(off.max()), 6),
    }


def worst(pairs: Labelled, run: Decided) -> list[dict[str, Any]]:
    """The worst errors: unlike pairs joined with the highest scores, same pairs apart with the highest containment."""
    wrong = np.flatnonzero((pairs.same == DIFFERENT) & pairs.joined)
    missed = np.flatnonzero((pairs.same == SAME) & ~pairs.joined)
    place = pairs.place
    if not (pairs.same != UNKNOWN).any():  # nothing says what is the same: what shares most and was not found
        missed = np.flatnonzero(pairs.found == NOTHING)
    gravity = np.concatenate([
        np.where(place[wrong] >= 0, run.score[place[wrong]], 1.0) if len(run.score) else np.ones(len(wrong)),
        known_or(pairs.containment[missed], 0.0),
    ])  # fmt: skip
    rows = np.concatenate([wrong, missed])
    shown = []
    for turn in np.argsort(-gravity, kind="stable")[:WORST]:
        row = rows[turn]
        at, found = place[row], pairs.found[row]
        joined, same = bool(pairs.joined[row]), int(pairs.same[row])
        why = run.why[int(at)].as_py() if at >= 0 else UNREPORTED
        if joined and not NOTHING < found <= REVISION:
            why = f"joined through their story's original; {why}"
        shown.append({
            "id_a": run.ids[pairs.a[row]], "id_b": run.ids[pairs.b[row]],
            "error": "joined, but different" if joined else "apart, but the same" if same == SAME else "not found",
            "truth": pairs.relation[row] or {SAME: "same", DIFFERENT: "different", UNKNOWN: None}[same],
            "found": None if found == NOTHING else RELATIONS[found],
            "containment": None if np.isnan(pairs.containment[row]) else round(float(pairs.containment[row]), 4),
            "why": why,
        })  # fmt: skip
    return shown


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run against labels.

    pairs: joined pairs against same ones, with precision, recall and f1 (None where nothing says what is the
    same); relations: confusion table; stories: B-cubed, ARI, V-measure, accuracy of the original (None without
    story labels); containment, jaccard: recall by decile; figures: agreement with the truth's own Jaccard and
    containment; errors: the worst twenty.
    """

    pairs: dict[str, float] | None
    relations: dict[str, dict[str, int]]
    stories: dict[str, float] | None
    containment: list[dict[str, Any]]
    jaccard: list[dict[str, Any]]
    figures: dict[str, float] | None
    errors: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return asdict(self)


def score(truth: Truth, run: Decided) -> Evaluation:
    """Every figure of a run against labels."""
    pairs = labelled(truth, run)
    counts = pairwise(pairs, truth, run) if truth.labelled else None
    return Evaluation(
        pairs=None if counts is None else {
            **asdict(counts), "precision": round(counts.precision, 6), "recall": round(counts.recall, 6),
            "f1": round(counts.f1, 6),
        },
        relations=confusion(pairs),
        stories=stories(truth, run),
        containment=deciles(pairs, "containment"),
        jaccard=deciles(pairs, "jaccard"),
        figures=agreement(truth, pairs, run),
        errors=worst(pairs, run),
    )  # fmt: skip
