"""`python -m benchmarks NAME`: what can be measured."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dedupe.errors import DedupeError

if TYPE_CHECKING:
    from benchmarks.systems import Measured

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
    help="Measure the job, beside its peers: each writes JSON with every repetition, a table and plots under --out.",
)  # fmt: skip

Corpora = Annotated[
    str,
    typer.Option(
        "--corpus",
        help="Collections, with commas: generated, wire, eight, or a folder with NAME.jsonl.gz and NAME.pairs.tsv or NAME.stories.tsv.",
    ),
]
Size = Annotated[
    str,
    typer.Option(
        "--size",
        help="Articles of generated collections: small (5,000), medium (100,000), large (1,000,000), or a number.",
    ),
]
Peers = Annotated[str, typer.Option("--peers", help="Peers, with commas; all, or none.")]
Repeat = Annotated[int, typer.Option("--repeat", min=1, help="Runs of each.")]
Out = Annotated[Path, typer.Option("--out", help="Folder for JSON, tables and plots.")]
FOLDER = Path("bench-out")
INGESTED = "dedupe sqlite,dedupe memory,datasketch LSH,SQLite B-tree"


def _command(work: Callable[..., None]) -> Callable[..., None]:
    """A measure as a command: what is wrong with its input is one line."""

    @wraps(work)
    def run(*args: Any, **options: Any) -> None:
        try:
            work(*args, **options)
        except (DedupeError, ValueError) as error:
            typer.echo(f"benchmarks: {error}", err=True)
            raise typer.Exit(1) from None

    app.command()(run)
    return run


def _peers(asked: str) -> list[str]:
    from benchmarks.peers import PEERS

    if asked in ("", "none"):
        return []
    names = list(PEERS) if asked == "all" else [name for name in asked.split(",") if name]
    if unknown := [name for name in names if name not in PEERS]:
        raise ValueError(f"unknown peer {unknown[0]!r}; known are {', '.join(PEERS)}, all and none")
    return names


def _systems(
    name: str, title: Callable[[Measured], str], corpus: str, size: str, peers: str, repeat: int, out: Path
) -> list[Measured]:
    """Every system on these collections, with what they leave behind under this name; title: of each one's table."""
    from benchmarks.corpora import open_corpora, size_of
    from benchmarks.report import write
    from benchmarks.systems import as_markdown, measure, noise

    asked = _peers(peers)
    found = [measure(one, asked, repeat) for one in open_corpora(corpus, size_of(size))]
    sections = [f"{title(one)}\n\n{as_markdown(one)}" for one in found]
    record = {"repeat": repeat, "collections": [one.record() for one in found]}
    print(write(out, name, name.capitalize(), [*sections, noise(found)], record), end="")
    return found


@_command
def speed(
    corpus: Corpora = "generated",
    size: Size = "medium",
    peers: Peers = "daft,gaoya,rensa",
    repeat: Repeat = 3,
    out: Out = FOLDER,
) -> None:
    """Time the whole command in a cold process, beside peers on the same file."""
    from benchmarks import plots

    def title(one: Measured) -> str:
        text = f"{one.text_bytes / 1e6:,.0f} MB of text"
        return f"{one.corpus}: {one.articles:,} articles, {text}; median of {repeat} runs"

    for one in _systems("speed", title, corpus, size, peers, repeat, out):
        plots.speed(one, out, f"speed-{one.corpus}")


@_command
def quality(
    corpus: Corpora = "eight,wire", size: Size = "small", peers: Peers = "all", repeat: Repeat = 1, out: Out = FOLDER
) -> None:
    """Recall and precision of every system against exact truth or labels."""
    from benchmarks import plots

    def title(one: Measured) -> str:
        return f"{one.corpus}: {one.articles:,} articles"

    plots.quality(_systems("quality", title, corpus, size, peers, repeat, out), out)


@_command
def noise(
    corpus: Corpora = "eight", size: Size = "small", peers: Peers = "all", repeat: Repeat = 1, out: Out = FOLDER
) -> None:
    """What is still found when copies are cut, misread, topped, reordered or retold (--size: wires, 300 if small)."""
    import sys

    from benchmarks import plots
    from benchmarks.corpora import open_corpora, size_of
    from benchmarks.noise import ANCHORS, LABELS, SYSTEMS, at, crossing, study
    from benchmarks.report import table, write

    asked = _peers(peers)
    points: list[dict[str, Any]] = []
    sections = []
    for one in open_corpora(corpus, size_of(size)):
        new = study(
            one,
            300 if size == "small" else size_of(size),
            asked,
            repeat,
            lambda told: print(f"  {told}", file=sys.stderr),
        )
        points += new
        shown = [system for system in SYSTEMS if any(p["system"] == system for p in new)]
        for kind in dict.fromkeys(p["kind"] for p in new):
            rows = []
            for s in sorted({p["strength"] for p in new if p["kind"] == kind}):
                pairs = [
                    (at(new, one.name, kind, s, system, "ari"), at(new, one.name, kind, s, system, "recall"))
                    for system in shown
                ]
                rows.append([f"{s:g}", *(f"{ari:.3f} ({recall:.3f})" for ari, recall in pairs)])
            sections.append(f"{one.name}, {LABELS[kind]}: ARI (recall)\n\n{table([kind, *shown], rows)}")
        if "n-gram overlap" in shown and (met := crossing(new, one.name)):
            sections.append(
                f"{one.name}: n-gram overlap falls to an ARI of 0.75 where {met[0]:.1%} of the characters are misread; "
                f"ours, with noise = 1, has {met[1]:.3f} there."
            )
        plots.noise(points, one.name, out)
        plots.noise(points, one.name, out, "recall")
    anchors = ", ".join(f"{name} {value:.3f}" for name, value in ANCHORS.items())
    sections.append(f"Published ARI on real scanned reprints (NEWS-COPY): {anchors}.")
    print(write(out, "noise", "Noise", sections, {"repeat": repeat, "points": points}), end="")


@_command
def kernels(
    corpus: Corpora = "generated", size: Size = "small", peers: Peers = "all", repeat: Repeat = 5, out: Out = FOLDER
) -> None:
    """Every stage on one core, against memory bandwidth and Python; accuracy of signatures."""
    from dataclasses import asdict

    from benchmarks import plots
    from benchmarks.corpora import open_corpora, size_of
    from benchmarks.kernels import HEADER, measure, rows_of
    from benchmarks.report import table, write

    sections, record = [], dict[str, Any]()
    accuracy: list[dict[str, float]] = []
    for one in open_corpora(corpus, min(size_of(size), 20_000)):
        found, memory, accuracy = measure(one.articles, repeat, peers != "none")
        sections.append(
            f"{one.name}: {len(one.articles):,} articles on one core, best of {repeat}; memory moves {memory / 1e9:.1f} GB/s "
            f"(copy, both ways)\n\n{table(HEADER, rows_of(found, memory))}"
        )
        record[one.name] = {"bandwidth": memory, "stages": [asdict(stage) for stage in found]}
    rows = [
        [
            f"{s['jaccard']:.3f}",
            f"{s['bias']:+.4f}",
            f"{s['rmse']:.4f}",
            f"{s['theory']:.4f}",
            f"{s['rmse'] / s['theory']:.2f}",
        ]
        for s in accuracy
    ]
    accurate = table(["Jaccard", "bias", "RMSE", "theory", "RMSE / theory"], rows)
    sections.append(f"Signatures of 128 permutations, 400 pairs of sets at each Jaccard\n\n{accurate}")
    print(write(out, "kernels", "Kernels", sections, {"collections": record, "accuracy": accuracy}), end="")
    plots.accuracy(accuracy, out)


@_command
def scale(
    corpus: Corpora = "generated", size: Size = "medium", peers: Peers = "none", repeat: Repeat = 1, out: Out = FOLDER
) -> None:
    """Time and memory from 10,000 articles up to --size, at 0, 30 and 90 % copies."""
    from dataclasses import asdict

    from benchmarks import plots
    from benchmarks.corpora import size_of
    from benchmarks.report import table, write
    from benchmarks.scale import HEADER, SHARES, exponent, grow, rows_of

    if corpus != "generated":
        raise ValueError(f"--corpus {corpus}: only a generated collection can grow; leave it out")
    steps = grow(max(size_of(size), 30_000), _peers(peers), repeat)
    fits = []
    for system in dict.fromkeys(step.system for step in steps):
        for share in SHARES:
            some = [step for step in steps if (step.system, step.copies) == (system, share)]
            if len(some) > 1:
                job = exponent(some, job=True) if system == "dedupe" else None
                fits.append({"system": system, "copies": share, "exponent": exponent(some), "job_exponent": job})
    told = [
        [
            fit["system"],
            f"{fit['copies']:.0%}",
            f"{fit['exponent']:.3f}",
            "" if fit["job_exponent"] is None else f"{fit['job_exponent']:.3f}",
        ]
        for fit in fits
    ]
    header = ["system", "copies", "exponent of wall seconds", "of the job's own clock"]
    sections = [table(HEADER, rows_of(steps)), table(header, told)]
    print(
        write(
            out,
            "scale",
            "Growth",
            sections,
            {"repeat": repeat, "steps": [asdict(step) for step in steps], "fits": fits},
        ),
        end="",
    )
    plots.scale(steps, out)


@_command
def ingest(
    size: Size = "medium",
    systems: Annotated[
        str, typer.Option(help="What to measure, with commas; a postgresql:// address (a new schema after #) too.")
    ] = INGESTED,
    out: Out = FOLDER,
) -> None:
    """The ingestion index as it grows: batches of 1,000 up to --size, then 2,000 articles one at a time."""
    import tempfile
    from dataclasses import asdict

    from benchmarks import plots
    from benchmarks.corpora import size_of
    from benchmarks.generate import generate as make
    from benchmarks.generate import write_load
    from benchmarks.ingest import HEADER, SINGLES, measure, rows_of
    from benchmarks.report import table, write

    number = size_of(size)
    with tempfile.TemporaryDirectory() as folder:
        path = write_load(make(number + 2 * SINGLES), Path(folder))
        found = measure(systems.split(","), path, number)
    record = {"systems": [asdict(one) | {"system": one.system.partition("://")[0]} for one in found]}
    print(write(out, "ingest", "Ingestion", [table(HEADER, rows_of(found))], record), end="")
    plots.ingest(found, out)


@_command
def generate(
    out: Annotated[Path, typer.Option(help="Folder for articles.parquet and truth.parquet.")],
    size: Size = "medium",
    copies: Annotated[float, typer.Option(min=0, max=0.95, help="Share of articles that copy another.")] = 0.3,
    forms: Annotated[float, typer.Option(min=0, max=0.9, help="Share of articles that are filled-in forms.")] = 0.05,
    seed: Annotated[int, typer.Option(help="Another seed, other articles.")] = 1,
) -> None:
    """Write a news-like collection with its truth."""
    import time

    from benchmarks.corpora import size_of
    from benchmarks.generate import generate as make
    from benchmarks.generate import write_load

    number = size_of(size)
    began = time.perf_counter()
    load = make(number, copies, forms, seed)
    seconds = time.perf_counter() - began
    path = write_load(load, out)
    text = load.articles["text"].nbytes / 1e6
    print(f"{number:,} articles, {text:,.0f} MB of text, in {seconds:.2f} s ({number / seconds:,.0f} a second): {path}")


@app.command("all")
def everything(
    corpus: Corpora = "eight,wire", size: Size = "small", peers: Peers = "all", repeat: Repeat = 1, out: Out = FOLDER
) -> None:
    """Everything, in one go."""
    speed("generated", size, peers, repeat, out)
    quality(corpus, size, peers, 1, out)
    noise(",".join(name for name in corpus.split(",") if name != "wire"), size, peers, 1, out)
    kernels("generated", size, peers, max(repeat, 3), out)
    scale("generated", size, "none", repeat, out)
    ingest(size, INGESTED, out)


if __name__ == "__main__":
    app()
