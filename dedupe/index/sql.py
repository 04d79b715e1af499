"""An index in a database: records in tables, postings as `postings` lays them out; the same for every database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, Protocol

import numpy as np

from dedupe.compiled import I32, U64
from dedupe.index.entries import Keys, to_entries
from dedupe.index.packing import expand, squeeze
from dedupe.index.postings import Postings
from dedupe.index.records import Filed, State, Story, Text, columns
from dedupe.index.store import KeysOf, Record
from dedupe.match.known_furniture import NOTHING, Learned
from dedupe.text.terms import COLUMNS

TABLES: dict[type, str] = {Text: "texts", Filed: "articles", Story: "stories"}
FORMAT = 2
SCHEMA = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE texts (number {big} PRIMARY KEY, key {blob} NOT NULL, words INTEGER NOT NULL, hours {real}, "
    "arrived {real} NOT NULL, outlet TEXT, address TEXT, headline TEXT, story {big} NOT NULL, first {big} NOT NULL, "
    "best {big} NOT NULL, pairs TEXT)",
    "CREATE INDEX texts_story ON texts (story)",
    "CREATE TABLE tokens (number {big} PRIMARY KEY, packed {blob} NOT NULL)",
    "CREATE TABLE articles (number {big} PRIMARY KEY, id TEXT NOT NULL UNIQUE, text {big} NOT NULL, hours {real}, "
    "arrived {real} NOT NULL, headline TEXT, outlet TEXT, agency TEXT, address TEXT, points_away INTEGER NOT NULL, "
    "sequence INTEGER NOT NULL, is_new INTEGER NOT NULL, relation INTEGER NOT NULL, pairs TEXT)",
    "CREATE INDEX articles_text ON articles (text)",
    "CREATE TABLE stories (number {big} PRIMARY KEY, id TEXT NOT NULL UNIQUE, original {big} NOT NULL, merged {big}, "
    "component {big})",
    "CREATE INDEX stories_component ON stories (component) WHERE component IS NOT NULL",
    "CREATE TABLE frequencies (number {big} PRIMARY KEY, packed {blob} NOT NULL)",
    "CREATE TABLE furniture (number {big} PRIMARY KEY, packed {blob} NOT NULL)",
    "CREATE TABLE recent (number {big} PRIMARY KEY, entries {blob} NOT NULL)",
    "CREATE TABLE blocks (run {big} NOT NULL, block {big} NOT NULL, lows {blob} NOT NULL, filter {blob} NOT NULL, "
    "PRIMARY KEY (run, block))",
    "CREATE TABLE chunks (number {big} PRIMARY KEY, entries {blob} NOT NULL)",
    "CREATE TABLE dead (number {big} PRIMARY KEY, removal {big} NOT NULL)",
)
"""Tables of the index; chunk c of run r has the number r * 2^32 + c."""
COPIED = {
    "meta": ("name", "value"),
    **{table: columns(kind) for kind, table in TABLES.items()},
    "tokens": ("number", "packed"),
    "furniture": ("number", "packed"),
}
"""What can't be made from something else, and its columns."""


class Database(Protocol):
    """What a database has to do within a transaction; `?` stands for a value."""

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of a query."""

    def run(self, sql: str, values: Sequence[Any] = ()) -> None:
        """Do something that gives no rows."""

    def find(
        self, table: str, names: Sequence[str], key: str, values: Iterable[Any], most: int | None = None
    ) -> list[tuple[Any, ...]]:
        """Rows whose key is one of the values; at most so many."""

    def insert(self, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Insert rows, all new."""

    def delete(self, table: str, key: str, values: Iterable[Any]) -> None:
        """Delete the rows whose key is one of the values."""


class SqlView:
    """See `store.View`."""

    def __init__(self, database: Database, postings: Postings) -> None:
        self._database, self._postings = database, postings
        self.state = State.of_json(database.rows("SELECT value FROM meta WHERE name = 'state'")[0][0])
        self._recent = postings.recent(database, self.state)
        self._first_new = {Text: self.state.texts, Filed: self.state.articles, Story: self.state.stories}

    def load(self, kind: type[Record], column: str, values: Iterable[Any], most: int | None = None) -> list[Record]:
        """See `store.View`."""
        found = self._database.find(TABLES[kind], columns(kind), column, values, most)
        return sorted((kind(*row) for row in found), key=lambda record: record.number)

    def postings(self, keys: Keys, limit: int, since: int = 0) -> U64:
        """See `store.View`."""
        values = np.unique(keys.values)
        return self._postings.find(self._database, self.state, self._recent, values, limit, since)

    def packed(self, numbers: Sequence[int]) -> dict[int, bytes]:
        """See `store.View`."""
        return {n: bytes(blob) for n, blob in self._database.find("tokens", ("number", "packed"), "number", numbers)}

    def frequencies(self) -> I32:
        """See `store.View`."""
        found = self._database.rows("SELECT packed FROM frequencies WHERE number = 0")
        return expand(bytes(found[0][0]), "int32") if found else np.zeros(COLUMNS, dtype=np.int32)

    def furniture(self) -> Learned:
        """See `store.View`."""
        found = self._database.rows("SELECT packed FROM furniture ORDER BY number")
        return Learned(*(expand(bytes(row[0]), "uint64") for row in found)) if found else NOTHING

    def save(self, records: Sequence[Record]) -> None:
        """See `store.View`."""
        if not records:
            return
        kind = type(records[0])
        first = self._first_new[kind]
        self._database.delete(TABLES[kind], "number", [one.number for one in records if one.number < first])
        self._database.insert(TABLES[kind], columns(kind), map(attrgetter(*columns(kind)), records))
        self._first_new[kind] = max(first, records[-1].number + 1)

    def delete(self, kind: type[Record], numbers: Sequence[int]) -> None:
        """See `store.View`."""
        if not numbers:
            return
        self._database.delete(TABLES[kind], "number", numbers)
        if kind is Text:
            self._database.delete("tokens", "number", numbers)
            self._database.insert("dead", ("number", "removal"), ((number, self.state.removals) for number in numbers))

    def keep(self, numbers: Sequence[int], packed: Sequence[bytes], keys: Keys) -> None:
        """See `store.View`."""
        self.keep_tokens(numbers, packed)
        self._recent = self._postings.add(self._database, self.state, self._recent, numbers, keys)

    def keep_tokens(self, numbers: Sequence[int], packed: Sequence[bytes]) -> None:
        """See `store.View`."""
        self._database.insert("tokens", ("number", "packed"), zip(numbers, packed, strict=True))

    def keep_furniture(self, learned: Learned) -> None:
        """See `store.View`."""
        rows = enumerate(map(squeeze, (learned.recurring, learned.leads)))
        self._database.insert("furniture", ("number", "packed"), rows)

    def refill(self, keys: KeysOf) -> None:
        """See `store.View`."""

        def entries(low: int, high: int) -> U64:
            parts = [to_entries(some.values, numbers[some.owners()]) for numbers, some in keys(low, high)]
            return np.concatenate([np.zeros(0, np.uint64), *parts])

        self._recent = self._postings.refill(self._database, self.state, entries)

    def keep_frequencies(self, frequencies: I32) -> None:
        """See `store.View`."""
        self._database.delete("frequencies", "number", [0])
        self._database.insert("frequencies", ("number", "packed"), [(0, squeeze(frequencies))])

    def warm(self) -> None:
        """Read at once what the first question would read."""
        self._postings.warm(self._database, self.state)

    def merge(self) -> None:
        """Do the next block of work that was put off."""
        self._postings.merge(self._database, self.state)

    def finish(self) -> None:
        """Write where the index stands, at the end of a transaction."""
        self._recent = self._postings.flush(self._database, self.state, self._recent)
        self._database.run("UPDATE meta SET value = ? WHERE name = 'state'", (self.state.as_json(),))

    def committed(self) -> None:
        """Tell others in this process what was written."""
        self._postings.publish(self.state, self._recent)
