"""An index in an SQLite file: nothing to install, and any number of processes.

Write-ahead log: readers see what was committed last and wait for nobody.  Writers take turns: one that finds another at
work waits for it, up to `timeout` seconds.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from dedupe.errors import StoreError
from dedupe.index.making import check_meta, new_meta
from dedupe.index.postings import Postings
from dedupe.index.sql import COPIED, SCHEMA, SqlView
from dedupe.settings import Settings

PAGE = 8192
"""Bytes of a page: one chunk of postings fits."""
CHECKPOINT = 2000
"""Pages in the log at which it is written into the file: 16 MB."""
PAUSE = 0.001
"""Seconds after which one that waits for another process tries again."""
MEMORY = 65536
"""Kilobytes of pages that a connection keeps."""


class SqliteDatabase:
    """See `sql.Database`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """See `sql.Database`."""
        return self.connection.execute(sql, values).fetchall()

    def run(self, sql: str, values: Sequence[Any] = ()) -> None:
        """See `sql.Database`."""
        self.connection.execute(sql, values)

    def find(
        self, table: str, names: Sequence[str], key: str, values: Iterable[Any], most: int | None = None
    ) -> list[tuple[Any, ...]]:
        """See `sql.Database`."""
        wanted = list(values)
        if not wanted:
            return []
        chosen, end = f"SELECT {', '.join(names)} FROM {table} WHERE {key}", f" LIMIT {most}" if most else ""
        if len(wanted) == 1:
            return self.connection.execute(f"{chosen} = ?{end}", wanted).fetchall()
        several = f"{chosen} IN (SELECT value FROM json_each(?)){end}"
        return self.connection.execute(several, [json.dumps(wanted)]).fetchall()

    def insert(self, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """See `sql.Database`."""
        marks = ", ".join("?" * len(names))
        self.connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)

    def delete(self, table: str, key: str, values: Iterable[Any]) -> None:
        """See `sql.Database`."""
        self.connection.executemany(f"DELETE FROM {table} WHERE {key} = ?", ((value,) for value in values))


class SqliteStore:
    """See `store.Store`.

    path: of the file, made when there is none; synchronous: "full" (a verdict returned is on the disk) or "normal"
    (it survives the end of the process, the last ones not a loss of power); timeout: seconds to wait for a writer.
    """

    snapshots = True

    def __init__(self, path: Path, settings: Settings, synchronous: str, timeout: float) -> None:
        self._path, self._synchronous, self._timeout = path, synchronous, timeout
        self._local, self._lock = threading.local(), threading.Lock()
        self._turn = threading.Lock()
        self._all: list[sqlite3.Connection] = []
        self._process, self._closed = os.getpid(), False
        self._postings = Postings()
        with self._told():
            database = SqliteDatabase(self._connection())
            self._make(database, settings)
        check_meta(str(path), dict(self._meta(database)), settings)
        with suppress(StoreError), self.reading() as view:  # damage is told by what meets it
            view.warm()

    def _make(self, database: SqliteDatabase, settings: Settings) -> None:
        """Make the tables, unless they are there."""
        tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
        if {row[0] for row in database.rows(tables)}:
            return
        database.run("BEGIN IMMEDIATE")
        try:
            if not database.rows(tables):  # another process may have made them
                for line in SCHEMA:
                    database.run(_typed(line))
                database.insert("meta", ("name", "value"), new_meta(settings))
            database.run("COMMIT")
        except BaseException:
            database.connection.rollback()
            raise

    def _meta(self, database: SqliteDatabase) -> list[tuple[Any, ...]]:
        with self._told():
            if not database.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'"):
                raise StoreError(f"{self._path}: an SQLite file, but no index of dedupe; give another path")
            return database.rows("SELECT name, value FROM meta")

    def _connect(self, path: Path) -> sqlite3.Connection:
        made = sqlite3.connect(path, timeout=self._timeout, isolation_level=None, check_same_thread=False)
        made.execute(f"PRAGMA page_size = {PAGE}")
        made.execute("PRAGMA journal_mode = WAL")
        made.execute(f"PRAGMA synchronous = {self._synchronous}")
        made.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
        made.execute(f"PRAGMA cache_size = -{MEMORY}")
        return made

    def _connection(self) -> sqlite3.Connection:
        """The connection of this thread."""
        if self._closed:
            raise StoreError(f"{self._path}: the index is closed")
        if os.getpid() != self._process:
            raise StoreError(f"{self._path}: opened before this process was forked; open the index in each process")
        kept: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if kept is None:
            if not self._path.parent.is_dir():
                raise StoreError(f"{self._path}: no such folder; make it first")
            kept = self._connect(self._path)
            with self._lock:
                self._all.append(kept)
            self._local.connection = kept
        return kept

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What SQLite says, as an error that tells what to do."""
        try:
            yield
        except sqlite3.Error as error:
            self._postings.forget()
            raise StoreError(f"{self._path}: {_advice(error, self._timeout)}") from error

    def _begin(self, connection: sqlite3.Connection) -> None:
        """Begin to write, when no other process does.

        SQLite itself tries again after ever longer pauses, up to 100 ms, so that among several writers who has waited
        long waits longest.
        """
        end = time.monotonic() + self._timeout
        connection.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    connection.execute("BEGIN IMMEDIATE")
                    return
                except sqlite3.OperationalError as error:
                    if not error.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > end:
                        raise
                time.sleep(PAUSE)
        finally:
            connection.execute(f"PRAGMA busy_timeout = {int(1000 * self._timeout)}")

    @contextmanager
    def _transaction(self, writes: bool) -> Iterator[SqliteDatabase]:
        with self._told():
            connection = self._connection()
            if writes:
                self._begin(connection)
            else:
                connection.execute("BEGIN")
            try:
                yield SqliteDatabase(connection)
                connection.execute("COMMIT")
            except BaseException:
                self._postings.forget()
                if connection.in_transaction:
                    connection.rollback()
                raise

    @contextmanager
    def writing(self) -> Iterator[SqlView]:
        """See `store.Store`.  Writers of one process stand in line; those of others try again, and again."""
        if not self._turn.acquire(timeout=self._timeout):
            raise StoreError(f"{self._path}: {_advice(sqlite3.OperationalError('locked'), self._timeout)}")
        try:
            with self._transaction(writes=True) as database:
                view = SqlView(database, self._postings)
                yield view
                view.finish()
            view.committed()
        finally:
            self._turn.release()

    @contextmanager
    def reading(self) -> Iterator[SqlView]:
        """See `store.Store`."""
        with self._transaction(writes=False) as database:
            yield SqlView(database, self._postings)

    @contextmanager
    def refilling(self) -> Iterator[SqlView]:
        """See `store.Store`.  Into a new file beside, with what can be read; then that is copied over the old one."""
        beside = self._path.with_name(f"{self._path.name}.repair")
        with self._turn, self._told(), ExitStack() as stack:
            with self._transaction(writes=True) as database:  # a file that may not be written says so here
                database.run("UPDATE meta SET value = value WHERE name = 'format'")
            self._let_go()
            stack.callback(_remove, beside)
            _remove(beside)
            old = stack.enter_context(closing(self._alone()))
            new = stack.enter_context(closing(self._connect(beside)))
            database = SqliteDatabase(new)
            database.run("BEGIN")
            for line in SCHEMA:
                database.run(_typed(line))
            for table, names in COPIED.items():
                columns = ", ".join(names)
                database.insert(table, names, old.execute(f"SELECT {columns} FROM {table} NOT INDEXED"))
            view = SqlView(database, Postings())
            yield view
            view.finish()
            database.run("COMMIT")
            new.backup(old)

    def _alone(self) -> sqlite3.Connection:
        """A connection that shuts out all others."""
        made = sqlite3.connect(self._path, timeout=self._timeout, isolation_level=None)
        try:
            made.execute("PRAGMA locking_mode = EXCLUSIVE")
            made.execute("BEGIN EXCLUSIVE")
            made.execute("COMMIT")
        except sqlite3.Error as error:
            made.close()
            if "locked" in str(error):
                raise StoreError(f"{self._path}: another process has the index open; end it first") from error
            raise
        return made

    def tidy(self, blocks: int) -> None:
        """See `store.Store`."""
        for _ in range(blocks):
            with self.writing() as view:
                view.merge()

    def sizes(self) -> dict[str, int]:
        """See `store.Store`."""
        with self._told():
            database = SqliteDatabase(self._connection())
            pages, free = (database.rows(f"PRAGMA {name}")[0][0] for name in ("page_count", "freelist_count"))
        return {"file": pages * PAGE, "free": free * PAGE}

    def damage(self) -> list[str]:
        """See `store.Store`."""
        with self._told():
            found = SqliteDatabase(self._connection()).rows("PRAGMA integrity_check(20)")
        return [f"{self._path}: {row[0]}" for row in found if row[0] != "ok"]

    def close(self) -> None:
        """See `store.Store`."""
        self._closed = True
        self._let_go()

    def _let_go(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()
            self._local = threading.local()
            self._postings.forget()


def _typed(line: str) -> str:
    return line.format(big="INTEGER", real="REAL", blob="BLOB")


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)


def _advice(error: sqlite3.Error, timeout: float) -> str:
    text = str(error)
    if "locked" in text or "busy" in text:
        return f"another process has been writing for {timeout:g} s; try again, or open it with a longer timeout"
    if "full" in text:
        return "the disk is full; nothing of this was written: make room and add it again"
    if "readonly" in text:
        return "the file or its folder can't be written; check its permissions"
    if "malformed" in text or "not a database" in text or "corrupt" in text:
        return f"the file is damaged or no SQLite file ({text}); see `dedupe index verify`, or restore a copy"
    if "unable to open" in text:
        return "can't be opened; check the path and its permissions"
    return f"the database says: {text}"
