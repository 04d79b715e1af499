"""The plots of each measure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.ingest import Growth
from benchmarks.noise import ANCHORS, LABELS, SYSTEMS, at
from benchmarks.report import canvas, plotted, save
from benchmarks.scale import SHARES, Step
from benchmarks.systems import Measured

OURS, OTHERS = "#1f4e79", "#9aa5b1"
STYLE = {
    "dedupe": (OURS, "o-"), "dedupe, noise = 1": ("#c0392b", "o-"), "n-gram overlap": ("#7f8c8d", "s--"),
    "MinHash LSH": ("#b9770e", "^--"),
}  # fmt: skip


@plotted
def speed(measured: Measured, out: Path, name: str) -> None:
    """Wall seconds of each system as bars, the shortest on top."""
    rows = [row for row in measured.rows if row.runs and "reported" not in row.system]
    rows.sort(key=lambda row: row.wall(), reverse=True)
    figure, (axes,) = canvas(height=0.8 + 0.28 * len(rows))
    names = [f"{row.system}, {row.setting}" for row in rows]
    bars = axes.barh(
        names, [row.wall() for row in rows], color=[OURS if row.system == "dedupe" else OTHERS for row in rows]
    )
    axes.bar_label(bars, fmt="%.1f", padding=3, fontsize=8)
    axes.set(xlabel=f"wall seconds, {measured.articles:,} articles", xscale="log")
    axes.tick_params(axis="y", labelsize=8)
    save(figure, out, name)


@plotted
def quality(measured: Sequence[Measured], out: Path) -> None:
    """Recall of pairs with a containment of a half or more, against precision, one plot a collection."""
    figure, axes = canvas(len(measured), height=4.2)
    for one, side in zip(measured, axes, strict=True):
        for row in one.rows:
            if row.standing is None or row.standing.precision != row.standing.precision:
                continue
            mine = row.system.startswith("dedupe")
            x, y = row.standing.recall_half, row.standing.precision
            side.scatter([x], [y], color=OURS if mine else OTHERS, s=42, marker="*" if mine else "o")
            label = row.system if mine or row.setting == "recommended" else f"{row.system}*"
            side.annotate(label, (x, y), fontsize=6.5, xytext=(3, 3), textcoords="offset points")
        side.set(
            title=one.corpus,
            xlabel="recall, containment 0.5 and more (*: matched setting)",
            ylabel="precision",
            xlim=(-0.03, 1.12),
            ylim=(-0.03, 1.06),
        )
    save(figure, out, "quality")


@plotted
def noise(points: Sequence[dict[str, Any]], corpus: str, out: Path, what: str = "ari") -> None:
    """A curve a system over the strength of each kind of damage."""
    kinds = list(dict.fromkeys(p["kind"] for p in points if p["corpus"] == corpus))
    figure, axes = canvas(len(kinds), width=4.6, height=3.6)
    for kind, side in zip(kinds, axes, strict=True):
        strengths = sorted({p["strength"] for p in points if (p["corpus"], p["kind"]) == (corpus, kind)})
        for system in [system for system in SYSTEMS if any(p["system"] == system for p in points)]:
            color, style = STYLE[system]
            side.plot(
                strengths,
                [at(points, corpus, kind, s, system, what) for s in strengths],
                style,
                color=color,
                label=system,
                ms=4,
                lw=1.4,
            )
        if kind == "misread" and what == "ari":
            for turn, (name, value) in enumerate(sorted(ANCHORS.items(), key=lambda anchor: anchor[1])):
                side.axhline(value, color="#cccccc", lw=0.7, zorder=0)
                below = "top" if turn % 2 == 0 else "bottom"  # they come in two close pairs
                side.annotate(
                    f"NEWS-COPY: {name}", (strengths[-1], value), fontsize=6, color="#888888", ha="right", va=below
                )
        side.set(xlabel=LABELS[kind], ylim=(-0.03, 1.04))
    axes[0].set_ylabel({"ari": "ARI", "recall": "recall of pairs"}[what])
    axes[0].legend(frameon=False, fontsize=8, loc="lower left")
    save(figure, out, f"noise-{corpus}-{what}")


@plotted
def scale(steps: Sequence[Step], out: Path) -> None:
    """Seconds and megabytes over articles, both logarithmic."""
    figure, (time, memory) = canvas(2, width=6.0)
    for share, style in zip(SHARES, ("o-", "s-", "^-"), strict=True):
        some = [step for step in steps if step.copies == share and step.system == "dedupe"]
        articles = [step.articles for step in some]
        time.plot(articles, [step.wall() for step in some], style, label=f"{share:.0%} copies", ms=4)
        memory.plot(articles, [step.memory() for step in some], style, ms=4)
    time.set(xscale="log", yscale="log", xlabel="articles", ylabel="wall seconds")
    memory.set(xscale="log", yscale="log", xlabel="articles", ylabel="peak memory, MB")
    time.legend(frameon=False)
    save(figure, out, "scale")


@plotted
def ingest(found: Sequence[Growth], out: Path) -> None:
    """Articles a second, and bytes an article, over the articles that an index holds."""
    figure, (speed_, disk) = canvas(2, width=6.0)
    for one in found:
        steps = list(zip([0, *one.articles], [0.0, *one.seconds], strict=True))
        rates = [(b - a) / (t - s) for (a, s), (b, t) in itertools.pairwise(steps)]
        name = one.system.partition("://")[0]
        speed_.plot(one.articles, rates, "-", label=name, lw=1.4)
        if one.disk[-1]:
            disk.plot(
                one.articles, [size / count for size, count in zip(one.disk, one.articles, strict=True)], "-", lw=1.4
            )
    speed_.set(xlabel="articles in the index", ylabel="articles a second", ylim=(0, None))
    disk.set(xlabel="articles in the index", ylabel="bytes an article on disk", ylim=(0, None))
    speed_.legend(frameon=False, fontsize=8)
    save(figure, out, "ingest")


@plotted
def accuracy(shown: Sequence[dict[str, float]], out: Path) -> None:
    """Root mean squared error of the estimated Jaccard, and theory's."""
    figure, (axes,) = canvas()
    axes.plot(
        [s["jaccard"] for s in shown], [s["rmse"] for s in shown], "o", color=OURS, label="RMSE of our signatures"
    )
    axes.plot(
        [s["jaccard"] for s in shown], [s["theory"] for s in shown], "-", color="#888888", label="sqrt(J (1 - J) / 128)"
    )
    axes.plot([s["jaccard"] for s in shown], [s["bias"] for s in shown], "x", color="#c0392b", label="bias")
    axes.set(xlabel="Jaccard")
    axes.legend(frameon=False)
    save(figure, out, "accuracy")
