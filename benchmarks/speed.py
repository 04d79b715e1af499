"""`python -m benchmarks speed`: the whole job in a new process, beside peers on the same file.

Ours reads Parquet, verifies every pair, weighs, decides, and writes all its outputs; the
peers read, sketch and group.  Recall is over pairs of one family with exact Jaccard >= 0.8,
and over all pairs of one family; precision over all pairs that were put in one group.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from benchmarks.generate import generate, write_load
from benchmarks.truth import family_pairs, jaccard, precision, recall

PEERS = {"daft": "daft", "gaoya": "gaoya", "rensa": "rensa", "datasketch": "datasketch"}
I64 = NDArray[np.int64]
_LAUNCH = """
import resource, subprocess, sys, time
begin = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
wall = time.perf_counter() - begin
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(wall, used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.exit(code)
"""


@dataclass(slots=True)
class Row:
    """One system's figures: wall and processor seconds and megabytes of memory for each repetition."""

    name: str
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    recall_high: float = 0.0
    recall_all: float = 0.0
    precision: float = 0.0
    note: str = ""


def _timed(command: list[str]) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and peak megabytes of a command, as the system accounts for it."""
    # Through a small process of its own: a child counts its parent's memory as its own peak.
    done = subprocess.run([sys.executable, "-S", "-c", _LAUNCH, *command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["failed"])[-1])
    wall, cpu, peak = (float(word) for word in done.stdout.split()[-3:])
    scale = 1 if platform.system() == "Darwin" else 1024
    return wall, cpu, peak * scale / 1e6


def _our_groups(out: Path) -> I64:
    table = pq.read_table(out / "articles.parquet", columns=["id", "original_id"])
    groups: I64 = table["original_id"].to_numpy().astype(np.int64)
    return groups


def run_speed(size: int, peers: list[str], repeat: int, copies: float, forms: float, out: Path) -> list[Row]:
    """Generate a load, time each system on it in turn, and judge what each found."""
    out.mkdir(parents=True, exist_ok=True)
    load = generate(size, copies, forms)
    rows = [Row("dedupe")]
    for peer in peers:
        rows.append(Row(peer))
        if importlib.util.find_spec(PEERS[peer]) is None:
            rows[-1].note = 'not installed: pip install "dedupe-news[bench]"'
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        path = write_load(load, folder / "load")
        ours = [sys.executable, "-m", "dedupe.cli", "run", str(path), "--out", str(folder / "out"), "--quiet"]
        _timed(ours)  # compiled once, before anything counts
        for turn in range(repeat):
            for row in rows:
                if row.note:
                    continue
                groups = folder / f"{row.name}.npy"
                command = ours if row.name == "dedupe" else [
                    sys.executable, "-m", f"benchmarks.peers.{row.name}", str(path), str(groups),
                ]  # fmt: skip
                try:
                    wall, cpu, memory = _timed(command)
                except RuntimeError as error:
                    row.note = f"failed: {error}"
                    continue
                row.wall.append(round(wall, 2))
                row.cpu.append(round(cpu, 2))
                row.memory.append(round(memory))
                print(f"  {turn + 1}/{repeat} {row.name:<11} {wall:7.2f} s", file=sys.stderr)
        stages = json.loads((folder / "out" / "summary.json").read_text())["stages"]
        pairs = family_pairs(load.truth["story"])
        high = pairs[jaccard(load.articles["text"], pairs) >= 0.8]
        for row in rows:
            if row.wall:
                found = _our_groups(folder / "out") if row.name == "dedupe" else np.load(folder / f"{row.name}.npy")
                row.recall_high, row.recall_all = recall(found, high), recall(found, pairs)
                row.precision = precision(found, load.truth["story"])
    text = load.articles["text"].nbytes
    record = {
        "machine": platform.platform(), "processors": len(os.sched_getaffinity(0)), "python": platform.python_version(),
        "articles": size, "text_bytes": text, "copies": copies, "forms": forms, "stages": stages,
        "rows": [asdict(row) for row in rows],
    }  # fmt: skip
    (out / "speed.json").write_text(json.dumps(record, indent=2) + "\n")
    table = show(rows, size, text)
    (out / "speed.md").write_text(table + "\n")
    return rows


def show(rows: list[Row], size: int, text: int) -> str:
    """The figures as a Markdown table: medians, and how far the repetitions lie apart."""
    lines = [
        f"{size:,} articles, {text / 1e6:,.0f} MB of text; median of {max(len(r.wall) for r in rows)} runs",
        "",
        "| system | wall s | spread | cpu s | memory MB | articles/s | times ours | recall J>=.8 | recall all "
        "| precision |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    base = statistics.median(rows[0].wall) if rows[0].wall else float("nan")
    for row in rows:
        if not row.wall:
            lines.append(f"| {row.name} | {row.note} | | | | | | | | |")
            continue
        wall = statistics.median(row.wall)
        spread = (max(row.wall) - min(row.wall)) / wall
        lines.append(
            f"| {row.name} | {wall:.2f} | {spread:.0%} | {statistics.median(row.cpu):.1f} | {max(row.memory):.0f} "
            f"| {size / wall:,.0f} | {wall / base:.2f} | {row.recall_high:.3f} | {row.recall_all:.3f} "
            f"| {row.precision:.3f} |"
        )
    return "\n".join(lines)
