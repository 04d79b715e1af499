"""What all commands share: errors as one line and a status, options as mappings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from dedupe.errors import DedupeError, SettingsError

if TYPE_CHECKING:
    from dedupe.settings import Settings


def fail(message: str, code: int) -> NoReturn:
    """End with a line and a status."""
    typer.echo(f"dedupe: {message}", err=True)
    raise typer.Exit(code)


def assigned(given: list[str], option: str) -> dict[str, str]:
    """NAME=VALUE words as a mapping."""
    pairs = {}
    for word in given:
        name, sign, value = word.partition("=")
        if not sign or not name or not value:
            fail(f"{option} {word!r}: write {option} NAME=VALUE", 2)
        pairs[name.strip()] = value.strip()
    return pairs


def to_number(name: str, value: str) -> int | float:
    """The value of `--set name=value`."""
    try:
        return int(value)
    except ValueError:
        try:
            return float(value)
        except ValueError:
            fail(f"--set {name}={value}: not a number", 2)


@contextmanager
def told_errors(nothing: str) -> Iterator[None]:
    """What can go wrong, as one line and an exit status."""
    try:
        yield
    except SettingsError as error:
        fail(str(error), 2)
    except DedupeError as error:
        fail(str(error), 1)
    except KeyboardInterrupt:
        fail(f"interrupted; {nothing}", 130)
    except MemoryError:
        fail(f"out of memory; give it fewer articles at a time; {nothing}", 1)


def settings_of(config: Path | None, overrides: dict[str, int | float]) -> Settings:
    """Settings from a file, with overrides on top."""
    from dedupe.settings import Settings

    return Settings.load(config, **overrides)


def tell_of_compiling(quiet: bool) -> None:
    """Say why the first run on a machine takes longer."""
    from dedupe.compiled import is_cached

    if not quiet and not is_cached():
        typer.echo("dedupe: compiling for this machine, once; some ten seconds ...", err=True)
