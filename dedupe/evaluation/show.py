"""An evaluation for people: tables in Markdown, and recall as a plot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dedupe.errors import DedupeError
from dedupe.evaluation.scores import Evaluation
from dedupe.match.relation import RELATIONS


def table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A Markdown table, its columns padded so that it reads well in a terminal.

    >>> print(table(["a", "count"], [["x", 3]]))
    | a | count |
    |---|-------|
    | x | 3     |
    """
    words = [[str(value) for value in row] for row in (header, *rows)]
    widths = [max(map(len, column)) for column in zip(*words, strict=True)]
    lines = [
        "| " + " | ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)) + " |" for row in words
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _decile(row: dict[str, Any]) -> str:
    return "no figure" if row["from"] is None else f"{row['from']:.1f} to {row['to']:.1f}"


def as_markdown(found: Evaluation) -> str:
    """All figures as Markdown."""
    parts = []
    if found.pairs:
        p = found.pairs
        parts.append(
            f"Pairs in one story: precision {p['precision']:.4f}, recall {p['recall']:.4f}, F1 {p['f1']:.4f} "
            f"({p['right']:,} right, {p['wrong']:,} wrong, {p['missed']:,} missed)"
        )
    if found.stories:
        s = found.stories
        line = (
            f"Stories of {s['articles']:,.0f} labelled articles: B-cubed precision {s['b_cubed_precision']:.4f}, recall "
            f"{s['b_cubed_recall']:.4f}, F1 {s['b_cubed_f1']:.4f}; ARI {s['ari']:.4f}; V-measure {s['v_measure']:.4f}"
        )
        if "original_accuracy" in s:
            line += f"; original right in {s['original_accuracy']:.4f} of {s['stories_with_original']:,.0f} stories"
        parts.append(line)
    if found.figures:
        f = found.figures
        parts.append(
            f"Jaccard and containment within 0.02 of the truth's on {f['within_0.02']:.2%} of {f['pairs']:,} reported pairs "
            f"(furthest {f['largest']:.4f})"
        )
    if found.relations:
        columns = [name for name in (*RELATIONS, "(none)") if any(name in row for row in found.relations.values())]
        rows = [[name, *(row.get(column, "") for column in columns)] for name, row in found.relations.items()]
        parts.append("What the run said (columns) of pairs of each kind (rows)\n\n" + table(["truth", *columns], rows))
    for name, rows_of in (("containment", found.containment), ("Jaccard", found.jaccard)):
        if rows_of:
            rows = [
                [_decile(row), f"{row['pairs']:,}", f"{row['found']:.4f}", f"{row['joined']:.4f}"] for row in rows_of
            ]
            parts.append(f"Recall by {name}\n\n" + table([name, "pairs", "found", "in one story"], rows))
    if found.errors:
        rows = [
            [e["id_a"], e["id_b"], e["error"], e["truth"] or "", e["found"] or "(none)",
             "" if e["containment"] is None else e["containment"], e["why"]]
            for e in found.errors
        ]  # fmt: skip
        header = ["id_a", "id_b", "error", "truth", "found", "containment", "why"]
        parts.append(f"The worst {len(rows)} errors\n\n" + table(header, rows))
    else:
        parts.append("No errors")
    return "\n\n".join(parts) + "\n"


def blank(width: float, height: float) -> Any:
    """An empty figure to plot into.  Raises DedupeError when matplotlib is missing."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise DedupeError('the plot needs matplotlib: pip install "dedupe-news[plot]"') from None
    return Figure(figsize=(width, height), layout="constrained")


def plot(found: Evaluation, path: Path) -> None:
    """Recall by decile of containment and of Jaccard, as SVG or PNG by the path's suffix.

    Raises DedupeError when matplotlib is missing.
    """
    figure = blank(9, 3.6)
    sides = figure.subplots(1, 2, sharey=True)
    for side, name, rows in zip(sides, ("containment", "Jaccard"), (found.containment, found.jaccard), strict=True):
        rows = [row for row in rows if row["from"] is not None]
        middles = [(row["from"] + row["to"]) / 2 for row in rows]
        side.bar(middles, [row["found"] for row in rows], width=0.08, color="#c9d7e8", label="found")
        side.plot(middles, [row["joined"] for row in rows], "o-", color="#1f4e79", label="in one story")
        for x, row in zip(middles, rows, strict=True):
            side.annotate(f"{row['pairs']:,}", (x, 0.02), ha="center", fontsize=7, color="#555555")
        side.set(xlabel=f"{name} (pairs below each bar)", xlim=(0, 1), ylim=(0, 1.05))
        side.spines[["top", "right"]].set_visible(False)
    sides[0].set_ylabel("share of the pairs")
    sides[0].legend(loc="center left", frameon=False)
    figure.savefig(path)
