"""The command line: `dedupe run`, `dedupe page`, `dedupe evaluate`, `dedupe tune`.

Exit status: 0 done, 1 nothing usable or failed, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from dedupe.errors import DedupeError
from dedupe.index_commands import index_app
from dedupe.shell import assigned, settings_of, tell_of_compiling, to_number, told_errors

_AGENCIES = "Adds to the table of agencies: tab-separated name, country, kind, aliases, domains; lists with |."
_TRUTH = "Labels, CSV, TSV or Parquet: id_a, id_b and relation, same, jaccard or containment; or id, story, original."

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Find repeated headlines and syndicated copies in news collections.",
)
app.add_typer(index_app, name="index")


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str, int, int | None], None]]:
    """Bars on stderr when it is a terminal, else nothing."""
    if quiet or not sys.stderr.isatty():
        yield lambda stage, done, whole: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    words = {"read": "reading and sketching", "confirm": "confirming pairs", "write": "writing"}
    columns = TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def advance(stage: str, done: int, whole: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(words.get(stage, stage), total=whole)
            bars.advance(tasks[stage], done)

        yield advance


def _count(number: int, word: str, plural: str = "") -> str:
    return f"{number:,} {word if number == 1 else plural or word + 's'}"


def _listed(counts: dict[str, int], separator: str = ", ") -> str:
    return separator.join(f"{number:,} {name}" for name, number in counts.items())


def _told(summary: dict[str, Any], out: Path) -> str:
    """The run in a few lines, for people."""
    joined = summary["copies_by_relation"]
    other = {name: n for name, n in summary["pairs_by_relation"].items() if name not in joined and n}
    kinds = _listed(summary["stories_by_kind"])
    lines = [
        f"{_count(summary['articles'], 'article')} in {summary['seconds']:.1f} s "
        f"({summary['articles_per_second']:,} a second)",
        f"  stories of two or more  {summary['stories']:,}" + (f" ({kinds})" if kinds else ""),
        f"  copies                  {summary['copies']:,}" + (f" ({_listed(joined)})" if joined else ""),
        f"  articles that stay      {summary['kept']:,}",
        f"  repeated headlines      {summary['repeated_headlines']:,}"
        + (f" ({_listed(summary['repeated_headlines_by_kind'])})" if summary["repeated_headlines"] else ""),
    ]
    if other:
        lines.append(f"  pairs not joined        {sum(other.values()):,} ({_listed(other)})")
    if summary["furniture_lines"]:
        lines.append(
            f"  furniture set aside     {_count(summary['furniture_lines'], 'line')} in "
            f"{_count(summary['furniture_articles'], 'article')}"
        )
    if summary["rejected"]:
        reasons = "; ".join(f"{n:,} {reason}" for reason, n in summary["rejected_by_reason"].items())
        lines.append(f"  rows set aside          {summary['rejected']:,} ({reasons})")
    if summary["unreadable_dates"]:
        lines.append(f"  dates not understood    {summary['unreadable_dates']:,}")
    if capped := sum(summary["capped_buckets"].values()):
        lines.append(f"  buckets capped          {capped:,} (members compared with neighbours only)")
    lines.append(f"Results in {out}{os.sep}: {', '.join(sorted(path.name for path in out.glob('*.*')))}")
    return "\n".join(lines)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"dedupe-news {version('dedupe-news')}")
        raise typer.Exit


@app.callback()
def main_options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Find repeated headlines and syndicated copies in news collections."""


@app.command()
def run(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="Files, folders or globs: tables (.parquet, .jsonl, .json, .csv, .tsv), pages (.html, .txt), .warc, "
            "feeds (.rss, .atom, .xml); all but Parquet also .gz or .zst.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the results; an earlier run's are replaced.")],
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column", "-c", metavar="FIELD=NAME", help="Which column holds a field, as text=body. Repeatable."
        ),
    ] = None,
    config: Annotated[Path | None, typer.Option("--config", help="Settings in a TOML file.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", "-s", metavar="SETTING=VALUE", help="One setting, over the file's. Repeatable."),
    ] = None,
    threads: Annotated[int | None, typer.Option("--threads", help="Threads; 0: one for each processor.")] = None,
    agencies: Annotated[Path | None, typer.Option("--agencies", help=_AGENCIES)] = None,
    keep: Annotated[
        str, typer.Option("--keep", help="Which member of a story stays: original, newest (version) or longest.")
    ] = "original",
    kept: Annotated[
        bool, typer.Option("--kept/--no-kept", help="Copy the rows that stay; without, a quarter of the time is saved.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Find copies, stories and repeated headlines in files, and write the results into a folder."""
    overrides = {name: to_number(name, value) for name, value in assigned(set_ or [], "--set").items()}
    if threads is not None:
        overrides["threads"] = threads
    columns = assigned(column or [], "--column")
    with told_errors("nothing was written"):
        settings = settings_of(config, overrides)
        tell_of_compiling(quiet)
        gc.disable()  # loading makes many objects and no garbage: collecting there is a tenth of a second lost
        from dedupe.batch import run as run_batch

        gc.freeze()
        gc.enable()
        with _progress(quiet or as_json) as progress:
            summary = run_batch(
                list(inputs), out, settings=settings, columns=columns, agencies=agencies, kept=kept, keep=keep,
                progress=progress,
            )  # fmt: skip
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False))
    elif not quiet:
        typer.echo(_told(summary, out))


@app.command()
def page(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Pages, HTML or plain text; also .gz or .zst.")
    ],
    url: Annotated[str | None, typer.Option("--url", help="Where the page was found.")] = None,
    agencies: Annotated[Path | None, typer.Option("--agencies", help=_AGENCIES)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON for each page.")] = False,
) -> None:
    """Take news pages apart: headline and its variants, deck, body, citations, credits, furniture."""
    failed = 0
    with told_errors("the other pages were not read"):
        from dedupe.read.files import page_file
        from dedupe.read.pages.reading import read_page
        from dedupe.read.pages.show import as_text

        for path in files:
            try:
                with page_file(path).open() as stream:
                    found = read_page(stream.read(), url=url, agencies=agencies)
            except (DedupeError, OSError, EOFError) as error:
                typer.echo(f"dedupe: {path}: {getattr(error, 'strerror', None) or error}", err=True)
                failed += 1
                continue
            if as_json:
                typer.echo(json.dumps({"file": str(path)} | found.as_dict(), ensure_ascii=False, default=str))
            else:
                typer.echo(as_text(found, str(path) if len(files) > 1 else None))
    if failed:
        raise typer.Exit(1)


@app.command()
def evaluate(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder of a finished `dedupe run`.")],
    truth: Annotated[list[Path], typer.Option("--truth", "-t", help=f"{_TRUTH} Repeatable.")],
    report: Annotated[
        Path | None, typer.Option("--report", help="Folder for the figures; OUT/evaluation if not given.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Judge a run by labels: precision, recall, stories, originals, and the worst errors."""
    from dedupe.errors import OutputError

    with told_errors("the report is not complete"):
        from dedupe.evaluation import evaluate as judge
        from dedupe.evaluation.show import as_markdown, plot

        found = judge(out, truth)
        text, folder = as_markdown(found), report or out / "evaluation"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "evaluation.json").write_text(json.dumps(found.as_dict(), indent=2, ensure_ascii=False) + "\n")
            (folder / "evaluation.md").write_text(text, encoding="utf-8")
        except OSError as error:
            raise OutputError(f"{folder}: can't be written ({error.strerror}); choose another --report") from error
        typer.echo(json.dumps(found.as_dict(), ensure_ascii=False) if as_json else text.rstrip())
        plotted = _plotted(lambda path: plot(found, path), folder / "recall.svg")
    if not as_json:
        typer.echo(f"\nFigures in {folder}{os.sep}: evaluation.json, evaluation.md{', recall.svg' if plotted else ''}")


@app.command()
def tune(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files, folders or globs, as for `run`.")],
    truth: Annotated[list[Path], typer.Option("--truth", "-t", help=f"{_TRUTH} Repeatable.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="File for the settings.")] = Path("dedupe.toml"),
    plot_to: Annotated[
        Path | None, typer.Option("--plot", help="File for the plot, .svg or .png; beside --out if not given.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", "-c", metavar="FIELD=NAME", help="Which column holds a field. Repeatable."),
    ] = None,
    config: Annotated[Path | None, typer.Option("--config", help="Settings to begin with, in a TOML file.")] = None,
    folds: Annotated[int, typer.Option("--folds", min=2, help="Parts of the labels, each held out in turn.")] = 5,
    threads: Annotated[int | None, typer.Option("--threads", help="Threads; 0: one for each processor.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Try the settings that matter on a labelled collection, and write those that suit it."""
    columns = assigned(column or [], "--column")
    with told_errors("nothing was written"):
        settings = settings_of(config, {} if threads is None else {"threads": threads})
        tell_of_compiling(quiet)
        from dedupe.tuning import tune as tried
        from dedupe.tuning.show import as_markdown, plot, write_toml

        def tell(kind: str) -> None:
            if not quiet and sys.stderr.isatty():
                typer.echo(f"trying {kind} ...", err=True)

        choice = tried(list(inputs), truth, settings=settings, columns=columns, folds=folds, progress=tell)
        write_toml(choice, out)
        if not quiet:
            typer.echo(as_markdown(choice))
        path = plot_to or out.with_suffix(".svg")
        plotted = _plotted(lambda to: plot(choice, to), path)
    if not quiet:
        typer.echo(f"Settings in {out}{f', plot in {path}' if plotted else ''}; use them with --config {out}")


def _plotted(draw: Callable[[Path], None], path: Path) -> bool:
    """Draw a plot; where that can't be done, say so in a line: the figures are there all the same."""
    from dedupe.errors import OutputError

    try:
        draw(path)
    except OutputError:
        raise
    except (DedupeError, OSError, ValueError) as error:
        typer.echo(f"dedupe: no plot in {path}: {error}", err=True)
        return False
    return True


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Entry point of the `dedupe` command."""
    signal.signal(signal.SIGTERM, _interrupt)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # no linear algebra here: its threads would only wait, and spin
    try:
        try:
            app()
        finally:  # what is done is done: an interrupt while Python ends must not make it look like a failure
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
    except KeyboardInterrupt:  # it came between a command and here
        typer.echo("dedupe: interrupted", err=True)
        sys.exit(130)


if __name__ == "__main__":
    main()
