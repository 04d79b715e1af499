"""`open_index`: the store that an address names, and an index over it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

from dedupe.errors import SettingsError
from dedupe.index.ingest import Index
from dedupe.index.store import Store
from dedupe.index.window import window_hours
from dedupe.match.lsh import bands_and_rows
from dedupe.read.agencies import load_agencies
from dedupe.settings import Settings

TIMEOUT = 30.0
"""Seconds to wait for another writer."""


def open_index(
    address: str | Path,
    *,
    window: str | timedelta | None = None,
    settings: Settings | None = None,
    columns: Mapping[str, str] | None = None,
    agencies: str | Path | None = None,
    synchronous: str = "full",
    timeout: float = TIMEOUT,
) -> Index:
    """Open an index, and make it when there is none.

    address: a path or "sqlite:///PATH", an SQLite file; "postgresql://..." (extra `[postgres]`), a schema of that
    database, "dedupe" or what stands after #; or "memory:".  window: how far apart two articles may be
    published ("14d", "36h"), in both directions; None: any time.  settings: those that it was made with.  columns:
    field of an article -> name in what is added.  agencies: adds to the table of agencies.  synchronous: "full", a
    verdict that was returned is on the disk; "normal", it survives a crash of the process, and the last may be lost
    with the machine.  timeout: seconds to wait for another process that writes.

    Raises StoreError for one that can't be opened or was made with other settings.

    >>> with open_index("memory:") as index:
    ...     first = index.add({"id": "a", "text": "The bridge opened on Monday after ten years of work."})
    ...     again = index.add({"id": "b", "text": "The bridge opened on Monday, after ten years of work."})
    >>> first.is_new, again.is_new, again.relation, again.original_id
    (True, False, 'exact', 'a')
    """
    settings = settings or Settings()
    hours = window_hours(window)
    if synchronous not in ("full", "normal"):
        raise SettingsError(f"synchronous {synchronous!r}: full or normal")
    store = _open(str(address), settings, synchronous, timeout)
    return Index(store, settings, hours, columns or {}, load_agencies(agencies), str(address))


def _open(address: str, settings: Settings, synchronous: str, timeout: float) -> Store:
    if address == "memory:":
        from dedupe.index.memory import MemoryStore

        return MemoryStore(bands_and_rows(settings.body_threshold, settings.num_perm)[0])
    if address.startswith(("postgresql://", "postgres://")):
        from dedupe.index.postgres import PostgresStore

        return PostgresStore(address, settings, synchronous, timeout)
    path = file_of(address)
    if path is None:
        raise SettingsError(f"{address}: no such kind of index; give a path, sqlite:///PATH, postgresql:// or memory:")
    from dedupe.index.sqlite import SqliteStore

    return SqliteStore(path, settings, synchronous, timeout)


def file_of(address: str) -> Path | None:
    """The file that an address names, None for one that is no file.

    >>> str(file_of("sqlite:///news.db")), file_of("memory:")
    ('news.db', None)
    """
    scheme, colon, rest = address.partition("://")
    if address == "memory:" or (colon and scheme != "sqlite"):
        return None
    return Path(unquote(rest[1:]) if colon else address)
