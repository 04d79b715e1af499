"""Page files and web archives as sources: many pages, read in parallel, each a row.

Every page is taken apart once; what came out is spooled to disk, and a second reading (for the rows that stay) comes
from there.
"""

from __future__ import annotations

import mmap
import signal
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import numpy as np
import orjson

from dedupe.errors import InputError
from dedupe.read.agencies import load_agencies
from dedupe.read.credits import agency_of
from dedupe.read.files import File
from dedupe.read.json_lines import DAMAGE
from dedupe.read.pages.page import Page
from dedupe.read.pages.reading import html_reader, is_html, take_apart
from dedupe.read.raw import ROWS, Raw, Reject, Source
from dedupe.read.records import batch

COLUMNS = [
    "id", "headline", "text", "url", "canonical_url", "outlet", "published", "language", "agency", "byline", "deck",
]  # fmt: skip
SECONDS = 30.0
"""Time that one page may take."""
TOGETHER = 24
"""Pages that a process is given at once."""
PARALLEL = 64
"""Pages from which processes of their own are worth starting."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page before it is read: its row, its bytes (or the file that has them), and what is known of it."""

    row: int
    id: str
    content: bytes | File
    url: str | None = None
    charset: str | None = None
    outlet: str | None = None


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Let the block end with an error when it takes longer; only in a main thread, where signals come."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(*_: object) -> None:
        raise InputError(f"the page takes more than {seconds:.0f} s to read")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def row_of(page: Page, id: str, outlet: str | None = None) -> dict[str, Any]:
    """A page as a row of a table of articles.

    outlet: who publishes it, where the page doesn't say.
    """
    return {
        "id": id, "headline": page.headline, "text": page.text or None, "url": page.url,
        "canonical_url": page.canonical_url, "outlet": page.outlet or outlet, "published": _time(page.published),
        "language": page.language,
        "agency": agency_of(list(page.credits)), "byline": page.byline, "deck": page.deck,
    }  # fmt: skip


def _take(found: Found, agencies: str | None) -> tuple[int, str, dict[str, Any] | None, str]:
    """Row, id, the page's row or None, and the reason."""
    try:
        if isinstance(found.content, File):
            with found.content.open() as stream:
                content = stream.read()
        else:
            content = found.content
        with _within(SECONDS):
            page = take_apart(content, load_agencies(agencies), found.url, found.charset)
    except InputError as error:
        return found.row, found.id, None, str(error)
    except DAMAGE as error:
        return found.row, found.id, None, f"the file can't be read ({error})"
    except RecursionError:
        return found.row, found.id, None, "the page nests too deeply"
    return found.row, found.id, row_of(page, found.id, found.outlet), ""


def _take_all(pages: list[Found], agencies: str | None) -> list[tuple[int, str, dict[str, Any] | None, str]]:
    return [_take(page, agencies) for page in pages]


def _together(pages: Iterable[Found], size: int) -> Iterator[list[Found]]:
    few: list[Found] = []
    for page in pages:
        few.append(page)
        if len(few) == size:
            yield few
            few = []
    if few:
        yield few


def _taken(
    pages: Iterable[Found], many: bool, agencies: str | None
) -> Iterator[tuple[int, str, dict[str, Any] | None, str]]:
    """The pages' rows in order, by processes of their own where there are many."""
    from dedupe.settings import available_cores

    if not many or available_cores() == 1:
        for page in pages:
            yield _take(page, agencies)
        return
    from joblib import Parallel, delayed

    work = Parallel(n_jobs=available_cores(), return_as="generator", batch_size=1, pre_dispatch="3*n_jobs")
    for rows in work(delayed(_take_all)(few, agencies) for few in _together(pages, TOGETHER)):
        yield from rows


class _Spool:
    """Rows that were made once, to be read again."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None

    def made(
        self, rows: Iterator[tuple[int, str, dict[str, Any] | None, str]]
    ) -> Iterator[tuple[int, str, dict[str, Any] | None, str]]:
        """The rows: made, the first time, and then as they were."""
        if self._file is not None:
            # Readings may go on side by side, and one file has one place: each looks at it through a map of its own.
            with mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) as lines:
                while line := lines.readline():
                    row, id, value, reason = orjson.loads(line)
                    yield row, id, value, reason
            return
        file = tempfile.TemporaryFile(prefix="dedupe-pages-")  # noqa: SIM115 - lives as long as the source
        for entry in rows:
            file.write(orjson.dumps(entry) + b"\n")
            yield entry
        file.flush()
        if file.tell():  # what is empty can't be mapped, and takes no time to read again
            self._file = file


def _source(name: str, format: str, pages: Any, many: bool, agencies: str | None, files: list[str] | None) -> Source:
    spool = _Spool()

    def read(wanted: Sequence[str] | None) -> Iterator[Raw]:
        names = COLUMNS if wanted is None else list(wanted)
        records: list[dict[str, Any]] = []
        rows: list[int] = []
        rejects: list[Reject] = []
        for row, id, record, reason in spool.made(_taken(pages(), many, agencies)):
            if record is None:
                rejects.append(Reject(files[row] if files else name, 0 if files else row, reason, {"id": id}))
            else:
                records.append(record)
                rows.append(row)
            if len(records) == ROWS:
                yield Raw(batch(records, names), np.array(rows, dtype=np.int64), rejects)
                records, rows, rejects = [], [], []
        if records or rejects:
            yield Raw(batch(records, names), np.array(rows, dtype=np.int64), rejects)

    return Source(name, format, COLUMNS, read, files=files)


def open_pages(files: Sequence[File], agencies: str | None = None) -> Source:
    """Page files as one source, each file a row.  InputError when HTML is among them and the extra is missing."""
    if any(_is_html_file(file) for file in files[:PARALLEL]):
        html_reader()

    def pages() -> Iterator[Found]:
        for row, file in enumerate(files):
            yield Found(row, file.name, file, outlet=file.folder or None)

    names = [file.name for file in files]
    name = names[0] if len(names) == 1 else f"{len(names)} pages"
    return _source(name, "pages", pages, len(files) >= PARALLEL, agencies, names)


def _is_html_file(file: File) -> bool:
    try:
        with file.open() as stream:
            return is_html(stream.read(2048).decode("utf-8", "replace").lstrip("\ufeff"))
    except DAMAGE:
        return False


def open_warc(file: File, agencies: str | None = None) -> Source:
    """A web archive (WARC 1.0 and 1.1, ISO 28500) as a source, each response of a page a row."""
    try:
        import warcio  # noqa: F401
    except ImportError as error:
        raise InputError(f"{file.name}: web archives need warcio: pip install 'dedupe-news[html]'") from error
    html_reader()

    def pages() -> Iterator[Found]:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed

        with Path(file.path).open("rb") as stream:
            try:
                for row, record in enumerate(ArchiveIterator(stream)):
                    if record.rec_type not in ("response", "resource", "conversion"):
                        continue
                    kind = (
                        (record.http_headers.get_header("Content-Type") if record.http_headers else None)
                        or record.rec_headers.get_header("Content-Type")
                        or ""
                    )
                    if not kind.startswith(("text/html", "application/xhtml", "text/plain")):
                        continue
                    charset = kind.partition("charset=")[2].strip(" \"';") or None
                    yield Found(
                        row, f"{file.name}#{row}", record.content_stream().read(),
                        record.rec_headers.get_header("WARC-Target-URI"), charset,
                    )  # fmt: skip
            except (ArchiveLoadFailed, *DAMAGE) as error:
                raise InputError(f"{file.name}: the archive breaks off or is none ({error})") from error

    return _source(file.name, "warc", pages, True, agencies, None)
