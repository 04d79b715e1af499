"""`scale`: time and memory of the whole job as the collection grows, and as the share of copies does."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.corpora import generated
from benchmarks.launch import LaunchError, Used, ours, python_of, theirs, timed
from benchmarks.peers import PEERS

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
SHARES = (0.0, 0.3, 0.9)


@dataclass(frozen=True, slots=True)
class Step:
    """One size at one share of copies: what each repetition took, and how long the job itself said it worked."""

    system: str
    copies: float
    articles: int
    text_bytes: int
    runs: list[Used] = field(default_factory=list)
    job_seconds: list[float] = field(default_factory=list)

    def wall(self) -> float:
        """Median wall seconds of the process."""
        return float(np.median([run.wall for run in self.runs]))

    def job(self) -> float:
        """Median seconds of the job, without starting Python and loading kernels."""
        return float(np.median(self.job_seconds))

    def memory(self) -> float:
        """Peak MB, the most of any run."""
        return max(run.memory for run in self.runs)


def grow(largest: int, peers: Sequence[str], repeat: int) -> list[Step]:
    """Time the job, and peers at their matched setting, at each size up to the largest, at each share of copies."""
    steps: list[Step] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        out = folder / "out"
        for copies, size in product(SHARES, (size for size in SIZES if size <= largest)):
            corpus = generated(size, copies)
            path, text = corpus.write(folder), corpus.articles["text"].nbytes
            del corpus
            if not steps:
                timed(ours(path, out))  # compiled once, before anything counts
            for system in ("dedupe", *(name for name in peers if size <= PEERS[name].most)):
                step = Step(system, copies, size, text)
                try:
                    for _ in range(repeat if size < 1_000_000 else 1):
                        step.runs.append(timed(_command(system, path, folder)))
                        if system == "dedupe":
                            step.job_seconds.append(json.loads((out / "summary.json").read_text())["seconds"])
                except LaunchError as error:
                    print(f"  {system}: {error}", file=sys.stderr)
                    continue
                steps.append(step)
                print(
                    f"  {copies:.0%} copies, {size:,} articles, {system}: {step.wall():.2f} s, {step.memory():,.0f} MB",
                    file=sys.stderr,
                )
    return steps


def _command(system: str, path: Path, folder: Path) -> list[str]:
    if system == "dedupe":
        return ours(path, folder / "out")
    peer = PEERS[system]
    return theirs(python_of(peer), system, peer.settings[-1], path, folder / "groups.npy")


def exponent(steps: Sequence[Step], job: bool = False) -> float:
    """The b of seconds = a * articles^b, fitted by least squares on logarithms; job: of the job's own clock."""
    articles = np.log([step.articles for step in steps])
    seconds = np.log([step.job() if job else step.wall() for step in steps])
    return float(np.polyfit(articles, seconds, 1)[0])


HEADER = (
    "system",
    "copies",
    "articles",
    "text MB",
    "wall s",
    "spread",
    "articles/s",
    "job s",
    "memory MB",
    "memory / text",
)


def rows_of(steps: Sequence[Step]) -> list[list[str]]:
    """The rows of the table."""
    shown = []
    for step in steps:
        walls = [run.wall for run in step.runs]
        shown.append([
            step.system, f"{step.copies:.0%}", f"{step.articles:,}", f"{step.text_bytes / 1e6:,.0f}", f"{step.wall():.2f}",
            f"{(max(walls) - min(walls)) / step.wall():.0%}" if len(walls) > 1 else "", f"{step.articles / step.wall():,.0f}",
            f"{step.job():.2f}" if step.job_seconds else "", f"{step.memory():,.0f}", f"{step.memory() * 1e6 / step.text_bytes:.2f}",
        ])  # fmt: skip
    return shown
