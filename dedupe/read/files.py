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

Format = Literal["parquet", "jsonl", "json", "csv", "tsv", "page", "warc", "feed"]

SUFFIXES: dict[str, Format] = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
}
PAGES: dict[str, Format] = {
    ".html": "page",
    ".htm": "page",
    ".xhtml": "page",
    ".txt": "page",
    ".warc": "warc",
    ".rss": "feed",
    ".atom": "feed",
    ".xml": "feed",
}
"""Formats with a page or an item for a row; a folder's are read when it has no table."""
COMPRESSED = (".gz", ".zst")


@dataclass(frozen=True, slots=True)
class File:
    """One input file: `name` is how the user gave it, and how reports name it.

    folder: name of the folder within the one that was searched, empty when there is none.
    """

    name: str
    path: Path
    format: Format
    compression: str
    folder: str = ""

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
    found = (SUFFIXES.get(suffixes[-1]) or PAGES.get(suffixes[-1])) if suffixes else None
    if found is None or (found == "parquet" and compression):
        return None
    return found, compression


def _file(path: Path, within: Path | None = None) -> File | None:
    kind = _format_of(path)
    folder = path.parent.name if within is not None and path.parent != within else ""
    return File(str(path), path, *kind, folder) if kind else None


def page_file(path: Path) -> File:
    """A file with a page, whatever its name; `.gz` and `.zst` are decompressed."""
    suffix = path.suffix.lower()
    return File(str(path), path, "page", suffix if suffix in COMPRESSED else "")


def find_files(inputs: Iterable[str | Path], skip: Path | None = None) -> list[File]:
    """The files that the inputs name, folders searched to any depth, in a stable order.

    skip: a folder that is left out where a search comes upon it.

    Raises InputError when an input names nothing that can be read.
    """
    known = ", ".join([*SUFFIXES, *PAGES]) + " (all but Parquet also .gz, .zst)"
    found: list[File] = []
    for given in inputs:
        path = Path(given)
        if path.is_dir():
            searched = (p for p in sorted(path.rglob("*")) if skip is None or skip.resolve() not in p.resolve().parents)
            files = [_file(p, path) for p in searched if p.is_file()]
            usable = [file for file in files if file is not None]
            tables = [file for file in usable if file.format in SUFFIXES.values()]
            usable = tables or usable
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
