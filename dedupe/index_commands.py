"""`dedupe index ...`: an index from the shell, verdicts as JSON lines."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dedupe.shell import assigned, fail, settings_of, tell_of_compiling, told_errors

if TYPE_CHECKING:
    from dedupe.index.ingest import Index
    from dedupe.read.raw import Reject

_ADDRESS = typer.Argument(metavar="INDEX", help="An SQLite file (made when there is none), or sqlite:///PATH.")
_INPUTS = typer.Argument(metavar="INPUT...", help="Files, folders or globs, as for `run`; - for JSON lines on stdin.")
_WINDOW = typer.Option(
    "--window", "-w", help="How far apart articles may be published: 14d, 36h. Any time if not given."
)
_COLUMN = typer.Option("--column", "-c", metavar="FIELD=NAME", help="Which column holds a field. Repeatable.")
_CONFIG = typer.Option("--config", help="Settings in a TOML file: those that the index was made with.")
_BATCH = typer.Option("--batch", min=1, help="Articles in a transaction; 1 to answer each at once.")

index_app = typer.Typer(no_args_is_help=True, help="Check and add articles as they come, against a durable index.")


def _index(address: str, window: str | None, config: Path | None, column: list[str] | None, new: bool) -> Index:
    from dedupe.errors import StoreError

    settings, columns = settings_of(config, {}), assigned(column or [], "--column")
    tell_of_compiling(False)
    from dedupe.index.opening import file_of, open_index

    path = file_of(address)
    if not new and path is not None and not path.exists():
        raise StoreError(f"{path}: no such index; make one with `dedupe index add`")
    return open_index(address, window=window, settings=settings, columns=columns)


def _given(inputs: list[str]) -> Iterator[tuple[str, Iterator[dict[str, Any]], list[Reject]]]:
    """Each source's name, rows, and the rows that can't be read."""
    from dedupe.index.rows import rows_of, rows_of_lines
    from dedupe.read.objects import open_files

    rejects: list[Reject] = []
    if inputs == ["-"]:
        yield "stdin", rows_of_lines(sys.stdin.buffer, rejects), rejects
        return
    for source in open_files(inputs):
        yield source.name, rows_of(source, rejects), rejects


def _tell_rejects(name: str, rejects: list[Reject]) -> int:
    for reject in rejects:
        typer.echo(f"dedupe: {name}, row {reject.row}: {reject.reason}", err=True)
    count = len(rejects)
    rejects.clear()
    return count


def _print(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


@index_app.command()
def add(
    index: Annotated[str, _ADDRESS],
    inputs: Annotated[list[str], _INPUTS],
    window: Annotated[str | None, _WINDOW] = None,
    column: Annotated[list[str] | None, _COLUMN] = None,
    config: Annotated[Path | None, _CONFIG] = None,
    batch: Annotated[int, _BATCH] = 1000,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no verdicts.")] = False,
) -> None:
    """Add articles, and print what each is: a line of JSON, in order, once it is kept."""
    refused = 0
    with told_errors("what was printed is kept"), _index(index, window, config, column, new=True) as opened:
        gc.freeze()  # what was imported stays; walking it would make an article wait
        for name, rows, rejects in _given(inputs):
            for verdict in opened.add_many(rows, batch, rejects):
                if not quiet:
                    _print(verdict.as_dict())
                if batch == 1:
                    sys.stdout.flush()
            refused += _tell_rejects(name, rejects)
    if refused:
        fail(f"{refused} rows can't be used", 1)


@index_app.command()
def check(
    index: Annotated[str, _ADDRESS],
    inputs: Annotated[list[str], _INPUTS],
    window: Annotated[str | None, _WINDOW] = None,
    column: Annotated[list[str] | None, _COLUMN] = None,
    config: Annotated[Path | None, _CONFIG] = None,
) -> None:
    """Print what each article would be if it were added now, and keep nothing."""
    from dedupe.errors import InputError

    refused = 0
    with told_errors("nothing was written"), _index(index, window, config, column, new=False) as opened:
        for name, rows, rejects in _given(inputs):
            for row in rows:
                try:
                    _print(opened.check(row).as_dict())
                except InputError as error:
                    typer.echo(f"dedupe: {name}: {error}", err=True)
                    refused += 1
            refused += _tell_rejects(name, rejects)
    if refused:
        fail(f"{refused} rows can't be used", 1)


@index_app.command()
def load(
    index: Annotated[str, _ADDRESS],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder that `dedupe run` wrote.")],
    inputs: Annotated[
        list[str] | None, typer.Argument(metavar="INPUT...", help="Where the run's inputs are now, if they were moved.")
    ] = None,
) -> None:
    """Begin an index with the articles and stories of a finished run, whose inputs are read once more."""
    with told_errors("the index holds nothing of it"):
        from dedupe.archive import load_index, open_archive

        tell_of_compiling(False)
        from dedupe.index.opening import open_index

        with open_index(index, settings=open_archive(out).settings) as opened:
            count = load_index(opened, out, list(inputs) if inputs else None)
            typer.echo(f"{count:,} articles in {index}")


@index_app.command()
def info(index: Annotated[str, _ADDRESS], config: Annotated[Path | None, _CONFIG] = None) -> None:
    """Print what an index holds, as JSON."""
    with told_errors("nothing was written"), _index(index, None, config, None, new=False) as opened:
        stats = opened.stats()
        del stats["process"]
        typer.echo(json.dumps(stats, indent=2))


@index_app.command()
def expire(
    index: Annotated[str, _ADDRESS],
    before: Annotated[
        str | None, typer.Option("--before", help="Published before this time, or longer ago than this: 14d, 36h.")
    ] = None,
    keep: Annotated[int | None, typer.Option("--keep", min=0, help="All but so many, those added last.")] = None,
    config: Annotated[Path | None, _CONFIG] = None,
) -> None:
    """Take old articles out; others may go on adding meanwhile."""
    with told_errors("what was taken out before stays out"), _index(index, None, config, None, new=False) as opened:
        from dedupe.index.window import moment

        gone = opened.expire(before=moment(before) if before else None, keep=keep)
        typer.echo(f"{gone:,} articles taken out")


@index_app.command()
def export(index: Annotated[str, _ADDRESS], config: Annotated[Path | None, _CONFIG] = None) -> None:
    """Print all articles with their stories, a line of JSON each, in the order in which they came."""
    from dataclasses import asdict

    with told_errors("the export is not complete"), _index(index, None, config, None, new=False) as opened:
        for article in opened.articles():
            _print(asdict(article))


@index_app.command()
def verify(
    index: Annotated[str, _ADDRESS],
    repair: Annotated[
        bool,
        typer.Option(
            "--repair", help="Make anew what follows from the texts: postings, weights, counts, inner indexes."
        ),
    ] = False,
    config: Annotated[Path | None, _CONFIG] = None,
) -> None:
    """Check that all that an index holds fits together; each thing that does not is a line, and the status is 1."""
    with told_errors("nothing was written"), _index(index, None, config, None, new=False) as opened:
        problems = opened.verify()
        for problem in problems:
            typer.echo(problem)
        if repair:
            opened.repair()
            left = opened.verify()
            typer.echo(f"repaired: {len(problems)} things were wrong, {len(left)} still are")
            for problem in left:
                typer.echo(problem)
            problems = left
        if problems:
            fail(f"{len(problems)} things are wrong", 1)
        typer.echo(f"{opened.stats()['articles']:,} articles, all as it should be")
