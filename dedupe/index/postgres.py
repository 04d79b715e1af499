"""An index in PostgreSQL: many machines, one index.  Needs the extra `[postgres]` (psycopg 3).

All tables are in a schema of their own: "dedupe", or what stands after # in the address, so that one database can hold
several.  Writers take turns by an advisory lock, held for one transaction; readers see a snapshot and wait for nobody.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from dedupe.errors import SettingsError, StoreError
from dedupe.index.making import check_meta, new_meta
from dedupe.index.postings import Postings
from dedupe.index.sql import SCHEMA, SqlView
from dedupe.settings import Settings

CONNECTIONS = 16
"""Connections that a process holds, at most."""
FEW = 4
"""Rows up to which they are inserted one by one; more go by COPY."""
_TYPES = {
    **dict.fromkeys(("key", "packed", "entries", "lows", "filter"), "bytea"),
    **dict.fromkeys(("hours", "arrived"), "float8"),
    **dict.fromkeys(("words", "points_away", "sequence", "is_new", "relation"), "int4"),
    **dict.fromkeys(("id", "name", "value", "outlet", "agency", "address", "headline", "pairs"), "text"),
}
"""Types of columns; those not named are bigint."""
_AS_IT_IS = (
    "ALTER TABLE chunks ALTER entries SET STORAGE PLAIN",  # a chunk fills a page
    "ALTER TABLE tokens ALTER packed SET STORAGE EXTERNAL",  # compressed already
    "ALTER TABLE blocks ALTER filter SET STORAGE EXTERNAL, ALTER lows SET STORAGE EXTERNAL",
    "ALTER TABLE frequencies ALTER packed SET STORAGE EXTERNAL",
    "ALTER TABLE furniture ALTER packed SET STORAGE EXTERNAL",
)


class PostgresDatabase:
    """See `sql.Database`.  What asks for no answer goes out with the next question, in one round trip (a pipeline).

    COPY knows no pipeline: from the first on, each statement is a round trip of its own.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._pipeline = ExitStack()
        self._pipeline.enter_context(connection.pipeline())

    def sync(self) -> None:
        """Wait until all is done; raises what went wrong."""
        self._pipeline.close()

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """See `sql.Database`."""
        found: list[tuple[Any, ...]] = self._connection.execute(sql.replace("?", "%s"), values, binary=True).fetchall()
        return found

    def run(self, sql: str, values: Sequence[Any] = ()) -> None:
        """See `sql.Database`."""
        self._connection.execute(sql.replace("?", "%s"), values)

    def find(
        self, table: str, names: Sequence[str], key: str, values: Iterable[Any], most: int | None = None
    ) -> list[tuple[Any, ...]]:
        """See `sql.Database`."""
        wanted = list(values)
        if not wanted:
            return []
        sql = f"SELECT {', '.join(names)} FROM {table} WHERE {key} = ANY(%s::{_TYPES.get(key, 'bigint')}[])"
        sql += f" LIMIT {most}" if most else ""
        found: list[tuple[Any, ...]] = self._connection.execute(sql, [wanted], binary=True).fetchall()
        return found

    def insert(self, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """See `sql.Database`."""
        given = list(rows)
        columns = ", ".join(names)
        with self._connection.cursor() as cursor:
            if len(given) <= FEW:
                for row in given:
                    marks = ", ".join(["%s"] * len(names))
                    cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", row)
                return
            self.sync()
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types([_TYPES.get(name, "int8") for name in names])
                for row in given:
                    copy.write_row(row)

    def delete(self, table: str, key: str, values: Iterable[Any]) -> None:
        """See `sql.Database`."""
        wanted = list(values)
        if wanted:
            self._connection.execute(f"DELETE FROM {table} WHERE {key} = ANY(%s::bigint[])", [wanted])


class PostgresStore:
    """See `store.Store`.

    address: as libpq takes it, with the schema after #; synchronous: "full", or "normal", which lets the server answer
    before the commit is on its disk; timeout: seconds to wait for a connection or for another writer.
    """

    snapshots = True

    def __init__(self, address: str, settings: Settings, synchronous: str, timeout: float) -> None:
        try:
            import psycopg
            from psycopg_pool import ConnectionPool, PoolTimeout
        except ImportError as error:
            raise SettingsError(f"{address}: needs psycopg; pip install 'dedupe-news[postgres]'") from error
        self._errors = (psycopg.Error, PoolTimeout)
        self._address, _, name = address.partition("#")
        self._schema = name or "dedupe"
        if not re.fullmatch(r"[a-z_][a-z0-9_]{0,50}", self._schema):
            raise SettingsError(f"{self._schema!r}: a schema's name has small letters, digits and _")
        self._shown = re.sub(r"(//[^:/@]*):[^@]*@", r"\1:***@", self._address)
        self._key = zlib.crc32(f"dedupe-news {self._schema}".encode())
        self._timeout = timeout
        commit = "on" if synchronous == "full" else "off"
        options = f"-c search_path={self._schema} -c synchronous_commit={commit} -c lock_timeout={int(timeout * 1000)}"
        self._pool = ConnectionPool(
            self._address, min_size=1, max_size=CONNECTIONS, timeout=timeout, open=False,
            kwargs={"options": options, "autocommit": True, "connect_timeout": max(2, int(timeout))},
            check=ConnectionPool.check_connection, reconnect_timeout=timeout,
        )  # fmt: skip
        self._postings = Postings()
        with self._told():
            self._pool.open(wait=True, timeout=timeout)
            with self._transaction("BEGIN") as database:
                self._lock(database)
                self._make(database, settings)
                meta = dict(database.rows("SELECT name, value FROM meta"))
        check_meta(self._shown, meta, settings)
        with suppress(StoreError), self.reading() as view:  # damage is told by what meets it
            view.warm()

    def _lock(self, database: PostgresDatabase) -> None:
        database.run("SELECT pg_advisory_xact_lock(?)", (self._key,))

    def _make(self, database: PostgresDatabase, settings: Settings) -> None:
        """Make the tables, unless they are there."""
        if database.rows("SELECT 1 FROM pg_tables WHERE schemaname = ? AND tablename = 'meta'", (self._schema,)):
            return
        database.run(f"CREATE SCHEMA IF NOT EXISTS {self._schema}")
        for line in SCHEMA:
            database.run(line.format(big="BIGINT", real="DOUBLE PRECISION", blob="BYTEA"))
        for line in _AS_IT_IS:
            database.run(line)
        database.insert("meta", ("name", "value"), new_meta(settings))

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What PostgreSQL says, as an error that tells what to do."""
        try:
            yield
        except self._errors as error:
            self._postings.forget()
            raise StoreError(f"{self._shown}: {_advice(error, self._timeout)}") from error

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[PostgresDatabase]:
        with self._told(), self._pool.connection() as connection:
            database = PostgresDatabase(connection)
            try:
                database.run(begin)
                yield database
                database.run("COMMIT")
                database.sync()
            except BaseException:
                self._postings.forget()
                with suppress(*self._errors):
                    database.sync()
                if not connection.broken:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[SqlView]:
        """See `store.Store`."""
        with self._transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") as database:
            yield SqlView(database, self._postings)

    @contextmanager
    def writing(self) -> Iterator[SqlView]:
        """See `store.Store`."""
        with self._transaction("BEGIN") as database:
            self._lock(database)
            view = SqlView(database, self._postings)
            yield view
            view.finish()
        view.committed()

    refilling = writing

    def tidy(self, blocks: int) -> None:
        """See `store.Store`."""
        for _ in range(blocks):
            with self.writing() as view:
                view.merge()

    def sizes(self) -> dict[str, int]:
        """See `store.Store`."""
        with self._transaction("BEGIN READ ONLY") as database:
            found = database.rows(
                "SELECT relname, pg_total_relation_size(c.oid) FROM pg_class c JOIN pg_namespace n "
                "ON n.oid = relnamespace WHERE nspname = ? AND relkind = 'r' ORDER BY relname",
                (self._schema,),
            )  # fmt: skip
        return {"file": sum(size for _, size in found)} | dict(found)

    def damage(self) -> list[str]:
        """See `store.Store`: the server checks its own pages."""
        return []

    def close(self) -> None:
        """See `store.Store`."""
        self._pool.close()


def _advice(error: Exception, timeout: float) -> str:
    text = " ".join(str(error).split())
    if "lock timeout" in text:
        return f"another process has been writing for {timeout:g} s; try again, or open it with a longer timeout"
    if "No space left" in text or "could not extend" in text:
        return "the server's disk is full; nothing of this was written: make room and add it again"
    if "permission denied" in text or "read-only transaction" in text:
        return f"may not be written ({text}); give the role the right to create a schema and tables"
    if type(error).__name__ in ("OperationalError", "PoolTimeout", "AdminShutdown", "InterfaceError"):
        return f"can't be reached ({text}); add it again when the server is there; what was kept is known by its id"
    return f"the database says: {text}"
