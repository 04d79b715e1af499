"""`speed` and `quality`: the whole job in a cold process, beside every peer on the same file.

Ours reads Parquet, verifies every pair, weighs, decides, and writes all its outputs; with "tables only" it
leaves out the copy of the rows that stay, which no peer writes either.  The peers read, sketch and group.  What each found is held against exact truth.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.corpora import Corpus
from benchmarks.launch import LaunchError, Used, ours, python_of, theirs, timed
from benchmarks.peers import PEERS
from benchmarks.report import table
from benchmarks.truth import Judge, Standing, judge, of_flags, of_groups, of_pairs
from dedupe.compiled import I64
from dedupe.evaluation.outcome import read_decided
from dedupe.match.buckets import unpack
from dedupe.match.relation import HEADLINE

LIMIT = 3600.0
"""Seconds after which a run is stopped."""


@dataclass(slots=True)
class Row:
    """One system at one setting: what each repetition took, and how its answer stands; note: why there is none."""

    system: str
    setting: str
    runs: list[Used] = field(default_factory=list)
    standing: Standing | None = None
    note: str = ""

    def wall(self) -> float:
        """Median wall seconds."""
        return statistics.median(run.wall for run in self.runs)

    def spread(self) -> float:
        """How far the repetitions lie apart, as a share of the median."""
        walls = [run.wall for run in self.runs]
        return (max(walls) - min(walls)) / self.wall()


@dataclass(frozen=True, slots=True)
class Measured:
    """Every system on one collection."""

    corpus: str
    articles: int
    text_bytes: int
    rows: list[Row]
    stages: dict[str, Any]

    def record(self) -> dict[str, Any]:
        """For JSON, every repetition."""
        return {
            "corpus": self.corpus, "articles": self.articles, "text_bytes": self.text_bytes, "stages": self.stages,
            "rows": [asdict(row) for row in self.rows],
        }  # fmt: skip


def _rows(peers: Iterable[str], articles: int) -> tuple[list[Row], dict[str, str]]:
    """A row for each system and setting, and the interpreter of each system that can run."""
    rows, pythons = [Row("dedupe", "default"), Row("dedupe", "tables only")], {"dedupe": sys.executable}
    for name in peers:
        peer = PEERS[name]
        note = ""
        if articles > peer.most:
            note = f"not run above {peer.most:,} articles: it would take too long"
        else:
            try:
                pythons[name] = python_of(peer)
            except LaunchError as error:
                note = str(error)
        rows += [Row(name, setting, note=note) for setting in peer.settings]
    return rows, pythons


def measure(corpus: Corpus, peers: Iterable[str], repeat: int) -> Measured:
    """Run every system on a collection, in turn, so many times, and judge what each found."""
    truth = judge(corpus)
    n, text = len(corpus.articles), corpus.articles["text"].nbytes
    rows, pythons = _rows(peers, n)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        path, out = corpus.write(folder), folder / "out"
        corpus.let_go()
        try:
            timed(ours(path, out))  # compiled once, before anything counts
        except LaunchError as error:
            rows[0].note = f"failed: {error}"
        for turn in range(repeat):
            for row in rows:
                if row.note:
                    continue
                answer = folder / f"{row.system}-{row.setting}.npy"
                if row.setting == "tables only":
                    command = ours(path, folder / "tables", "--no-kept")
                elif row.system == "dedupe":
                    command = ours(path, out)
                else:
                    command = theirs(pythons[row.system], row.system, row.setting, path, answer)
                try:
                    row.runs.append(timed(command, LIMIT))
                except LaunchError as error:
                    row.note = f"failed: {error}"
                    continue
                print(
                    f"  {corpus.name} {turn + 1}/{repeat} {row.system} {row.setting}: {row.runs[-1].wall:.2f} s",
                    file=sys.stderr,
                )
        stages = {}
        if rows[0].runs:
            stages = json.loads((out / "summary.json").read_text())["stages"]
            groups, found = _ours(out)
            for row in rows[:2]:
                row.standing = of_groups(groups, truth)
            rows.insert(2, Row("dedupe, reported pairs", "default", rows[0].runs, of_pairs(found, truth)))
        for row in rows[3:]:
            if row.runs and row.standing is None:
                row.standing = _judged(np.load(folder / f"{row.system}-{row.setting}.npy"), truth)
    return Measured(corpus.name, n, text, rows, stages)


def _ours(out: Path) -> tuple[I64, I64]:
    """Our stories as groups, and the pairs that were reported for their texts."""
    run = read_decided(out)
    # Copies with the same text are reported against the first of them, which speaks for all.
    members: dict[int, list[int]] = {}
    for number, first in enumerate(run.first.tolist()):
        members.setdefault(first, []).append(number)
    found = []
    for one, other in run.first[unpack(run.keys[run.relation != HEADLINE])].tolist():
        found += [(x, y) for x in members[one] for y in members[other] if x != y]
    whole = np.array(found, dtype=np.int64).reshape(-1, 2)
    return run.original, np.unique(np.sort(whole, axis=1), axis=0)


def _judged(answer: Any, truth: Judge) -> Standing:
    return of_flags(answer, truth) if answer.dtype == np.bool_ else of_groups(answer, truth)


def _figure(value: float) -> str:
    return "" if value != value else f"{value:.3f}"


HEADER = (
    "system", "setting", "wall s", "spread", "cpu s", "memory MB", "articles/s", "times ours", "recall J>=.8",
    "recall C>=.5", "recall all", "precision", "B-cubed F1", "ARI",
)  # fmt: skip


def rows_of(measured: Measured) -> list[list[str]]:
    """The rows of the table: medians, and how far the repetitions lie apart."""
    base = measured.rows[0].wall() if measured.rows[0].runs else float("nan")
    shown = []
    for row in measured.rows:
        if not row.runs or row.standing is None:
            shown.append([row.system, row.setting, "not run", *[""] * (len(HEADER) - 3)])
            continue
        s, wall = row.standing, row.wall()
        standing = [_figure(x) for x in (s.recall_high, s.recall_half, s.recall_all, s.precision, s.b_cubed, s.ari)]
        shown.append([
            row.system, row.setting, f"{wall:.2f}", f"{row.spread():.0%}" if len(row.runs) > 1 else "", f"{statistics.median(r.cpu for r in row.runs):.1f}",
            f"{max(r.memory for r in row.runs):.0f}", f"{measured.articles / wall:,.0f}", f"{wall / base:.2f}", *standing,
        ])  # fmt: skip
    return shown


def as_markdown(measured: Measured) -> str:
    """The table, and below it why a system has no figures."""
    notes = dict.fromkeys(f"- {row.system}: {row.note}" for row in measured.rows if row.note)
    return "\n\n".join(filter(None, [table(HEADER, rows_of(measured)), "\n".join(notes)]))


def noise(measured: Iterable[Measured]) -> str:
    """How noisy the runs were, in a sentence."""
    spreads = [row.spread() for one in measured for row in one.rows if len(row.runs) > 1]
    if not spreads:
        return "One run of each: how noisy they are is not known; give --repeat 3 or more."
    return f"Repetitions of one system lay {statistics.median(spreads):.0%} apart in the median, {max(spreads):.0%} at most."
