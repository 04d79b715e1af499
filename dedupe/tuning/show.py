"""What tuning came to, for people: a table, a plot, and the settings as a file."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from dedupe.errors import OutputError
from dedupe.evaluation.scores import Pairwise
from dedupe.evaluation.show import blank, table
from dedupe.settings import Settings
from dedupe.tuning.choose import Choice

TRIED = ("shingle", "noise", "window", "passage_containment", "join_share", "join_coverage", "join_cosine")
"""Settings that the sweep varies."""


def _row(choice: Choice, place: int, name: str) -> list[str]:
    settings, whole = choice.trial.points[place], choice.trial.total(place)
    tried = [f"{getattr(settings, setting):g}" for setting in TRIED]
    figures = [f"{share:.4f}" for share in (whole.precision, whole.recall, whole.f1)]
    return [name, *tried, *figures, f"{choice.trial.candidates[place]:,}"]


def as_markdown(choice: Choice) -> str:
    """The points worth looking at, and what was chosen."""
    trial = choice.trial
    f1 = [trial.total(place).f1 for place in range(len(trial.points))]
    rows = [_row(choice, 0, "where it began")]
    chosen = trial.points.index(choice.settings)
    if chosen:
        rows.append(_row(choice, chosen, "chosen"))
    for size, noise in dict.fromkeys((point.shingle, point.noise) for point in trial.points):
        places = [i for i, point in enumerate(trial.points) if (point.shingle, point.noise) == (size, noise)]
        best = max(places, key=lambda place: f1[place])
        if best not in (0, chosen):
            rows.append(_row(choice, best, f"best with {size} tokens" + (", noisy" if noise else "")))
    shown = table(["", *TRIED, "precision", "recall", "F1", "candidates"], rows)
    if choice.kept:
        said = (
            f"On articles that had no part in the choice, the best choices came to F1 {choice.f1:.4f}, the settings it "
            f"began with to {choice.base_f1:.4f}: those stay."
        )
    else:
        said = (
            f"On articles that had no part in the choice: F1 {choice.f1:.4f}, against {choice.base_f1:.4f} of the "
            "settings it began with."
        )
    return f"{len(trial.points):,} points tried; figures on all labels\n\n{shown}\n\n{said}\n"


def as_toml(choice: Choice) -> str:
    """The chosen settings that are not the default, as the file that `--config` reads."""

    def told(pairs: Pairwise) -> str:
        return f"precision {pairs.precision:.4f}, recall {pairs.recall:.4f}, F1 {pairs.f1:.4f}"

    lines = [
        "# Written by `dedupe tune`.",
        f"# On all labels: {told(choice.whole)} (began with: {told(choice.base_whole)}).",
        f"# On articles held out from the choice: F1 {choice.f1:.4f} (began with: {choice.base_f1:.4f}).",
        "[dedupe]",
    ]
    for f in fields(Settings):
        value = getattr(choice.settings, f.name)
        if value != f.default and f.name != "threads":
            lines.append(f"{f.name} = {value}")
    return "\n".join(lines) + "\n"


def write_toml(choice: Choice, path: Path) -> None:
    """Write the settings.  Raises OutputError when the file can't be written."""
    try:
        path.write_text(as_toml(choice), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path}: can't be written ({error.strerror or error}); choose another --out") from error


def plot(choice: Choice, path: Path) -> None:
    """Every point: recall against precision, or, where all are precise, against candidates; SVG or PNG by the suffix.

    Raises DedupeError when matplotlib is missing.
    """
    trial = choice.trial
    totals = [trial.total(place) for place in range(len(trial.points))]
    precise = all(total.wrong == 0 for total in totals)
    figure = blank(6.4, 4.4)
    axes = figure.subplots()

    def where(places: list[int]) -> tuple[list[float], list[float]]:
        return [totals[i].recall for i in places], [
            float(trial.candidates[i]) if precise else totals[i].precision for i in places
        ]

    for size, noise in dict.fromkeys((point.shingle, point.noise) for point in trial.points):
        places = [i for i, point in enumerate(trial.points) if (point.shingle, point.noise) == (size, noise)]
        axes.scatter(
            *where(places), s=14, alpha=0.45, linewidths=0, label=f"{size} tokens" + (", noisy" if noise else "")
        )
    axes.scatter(*where([0]), s=90, facecolors="none", edgecolors="black", linewidths=1.4, label="where it began")
    chosen = trial.points.index(choice.settings)
    axes.scatter(*where([chosen]), s=130, marker="*", color="black", label="chosen")
    axes.set(xlabel="recall", ylabel="candidates" if precise else "precision")
    if precise:
        axes.set_yscale("log")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
    figure.savefig(path)
