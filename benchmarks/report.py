"""What a measure leaves behind: JSON with every repetition, a Markdown table, and plots."""

from __future__ import annotations

import importlib.util
import json
import math
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

from benchmarks.machine import machine
from dedupe.evaluation.show import table

P = ParamSpec("P")


def heading(title: str) -> str:
    """The title with the machine under it."""
    m = machine()
    versions = ", ".join(f"{name} {number}" for name, number in m["versions"].items())
    return (
        f"## {title}\n\n{m['processor']}, {m['cores']} cores, {m['memory_gb']} GB; {m['system']}; Python {m['python']}; "
        f"{versions}; commit {m['commit']}"
    )


def _plain(value: Any) -> Any:
    """For JSON, which has no NaN."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write(out: Path, name: str, title: str, sections: Sequence[str], record: dict[str, Any]) -> str:
    """Write NAME.json and NAME.md into the folder; returns the Markdown."""
    out.mkdir(parents=True, exist_ok=True)
    whole = {"measure": name, "machine": machine(), **record}
    (out / f"{name}.json").write_text(json.dumps(_plain(whole), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    text = "\n\n".join([heading(title), *sections]) + "\n"
    (out / f"{name}.md").write_text(text, encoding="utf-8")
    return text


def save(figure: Any, out: Path, name: str) -> None:
    """A plot as SVG and as PNG."""
    out.mkdir(parents=True, exist_ok=True)
    figure.savefig(out / f"{name}.svg", metadata={"Date": None})
    figure.savefig(out / f"{name}.png", dpi=110)


def canvas(columns: int = 1, width: float = 6.4, height: float = 4.0) -> tuple[Any, list[Any]]:
    """An empty figure with so many axes side by side."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width * columns * (0.75 if columns > 1 else 1), height), layout="constrained")
    axes = figure.subplots(1, columns, squeeze=False)[0]
    for one in axes:
        one.spines[["top", "right"]].set_visible(False)
    return figure, list(axes)


def plotted(draw: Callable[P, None]) -> Callable[P, None]:
    """The plot where matplotlib is there, else a line that says how to have it: figures and tables are written all the same."""

    @wraps(draw)
    def drawn(*given: P.args, **named: P.kwargs) -> None:
        if importlib.util.find_spec("matplotlib") is None:
            print('benchmarks: no plots without matplotlib: pip install "dedupe-news[bench]"', file=sys.stderr)
        else:
            draw(*given, **named)

    return drawn


__all__ = ["canvas", "heading", "plotted", "save", "table", "write"]
