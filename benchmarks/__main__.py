"""`python -m benchmarks NAME`: what can be measured."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Time the job and its peers on generated news.")


@app.command()
def generate(
    out: Annotated[Path, typer.Option(help="Folder for articles.parquet and truth.parquet.")],
    size: Annotated[int, typer.Option(min=1, help="Articles.")] = 100_000,
    copies: Annotated[float, typer.Option(min=0, max=0.95, help="Share of articles that copy another.")] = 0.3,
    forms: Annotated[float, typer.Option(min=0, max=0.9, help="Share of articles that are filled-in forms.")] = 0.05,
    seed: Annotated[int, typer.Option(help="Another seed, other articles.")] = 1,
) -> None:
    """Write a news-like collection with its truth."""
    import time

    from benchmarks.generate import generate as make
    from benchmarks.generate import write_load

    began = time.perf_counter()
    load = make(size, copies, forms, seed)
    seconds = time.perf_counter() - began
    path = write_load(load, out)
    text = load.articles["text"].nbytes / 1e6
    print(f"{size:,} articles, {text:,.0f} MB of text, in {seconds:.2f} s ({size / seconds:,.0f} a second): {path}")


@app.command()
def speed(
    size: Annotated[int, typer.Option(min=1_000, help="Articles.")] = 100_000,
    peers: Annotated[str, typer.Option(help="Peers, with commas; '' for none.")] = "daft,gaoya,rensa,datasketch",
    repeat: Annotated[int, typer.Option(min=1, help="Runs of each system, in turn.")] = 3,
    copies: Annotated[float, typer.Option(min=0, max=0.95, help="Share of articles that copy another.")] = 0.3,
    forms: Annotated[float, typer.Option(min=0, max=0.9, help="Share of articles that are filled-in forms.")] = 0.05,
    out: Annotated[Path, typer.Option(help="Folder for speed.json and speed.md.")] = Path("bench-out"),
) -> None:
    """Time `dedupe run` end to end, in a new process, beside peers on the same file."""
    from benchmarks.speed import PEERS, run_speed

    names = [name for name in peers.split(",") if name]
    if unknown := [name for name in names if name not in PEERS]:
        raise typer.BadParameter(f"unknown peer {unknown[0]!r}; known are {', '.join(PEERS)}")
    run_speed(size, names, repeat, copies, forms, out)
    print((out / "speed.md").read_text(), end="")


if __name__ == "__main__":
    app()
