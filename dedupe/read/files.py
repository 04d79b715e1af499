"""Which files to read: files, folders and globs to a sorted list of sources."""

from __future__ import annotations

import glob
import gzip
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, cast

from dedupe.errors import InputError

Format = Literal["parquet", "jsonl", "json", "csv", "tsv"]

SUFFIXES: dict[str, Format] = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
}
COMPRESSED = (".gz", ".zst")


@dataclass(frozen=True, slots=True)
class File:
    """One input file: `name` is how the user gave it, and how reports name it."""

    name: str
    path: Path
    format: Format
    compression: str

    def open(self) -> IO[bytes]:
        """The file's bytes, decompressed as they are read."""
        if self.compression == ".gz":
            return cast(IO[bytes], gzip.open(self.path, "rb"))
        if self.compression == ".zst":
            import pyarrow as pa

            return io.BufferedReader(cast(io.RawIOBase, pa.input_stream(str(self.path), compression="zstd")), 1 << 14)
        return self.path.open("rb")


def _format_of(path: Path) -> tuple[Format, str] | None:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    compression = suffixes.pop() if suffixes and suffixes[-1] in COMPRESSED else ""
    found = SUFFIXES.get(suffixes[-1]) if suffixes else None
    if found is None or (found == "parquet" and compression):
        return None
    return found, compression


def _file(path: Path) -> File | None:
    kind = _format_of(path)
    return File(str(path), path, *kind) if kind else None


def find_files(inputs: Iterable[str | Path], skip: Path | None = None) -> list[File]:
    """The files that the inputs name, folders searched to any depth, in a stable order.

    skip: a folder that is left out where a search comes upon it.

    Raises InputError when an input names nothing that can be read.
    """
    known = ", ".join(SUFFIXES) + " (text formats also .gz, .zst)"
    found: list[File] = []
    for given in inputs:
        path = Path(given)
        if path.is_dir():
            searched = (p for p in sorted(path.rglob("*")) if skip is None or skip.resolve() not in p.resolve().parents)
            files = [_file(p) for p in searched if p.is_file()]
            usable = [file for file in files if file is not None]
            if not usable:
                raise InputError(f"{given}: the folder has no file that can be read; known are {known}")
        elif path.exists():
            one = _file(path)
            if one is None:
                raise InputError(f"{given}: the format is not known from the name; known are {known}")
            usable = [one]
        else:
            named = sorted(glob.glob(str(given), recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern
            matches = [_file(Path(p)) for p in named if Path(p).is_file()]
            usable = [file for file in matches if file is not None]
            if not usable:
                raise InputError(f"{given}: no such file or folder")
        found += [file for file in usable if file not in found]
    return found
