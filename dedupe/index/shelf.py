"""Records that one transaction has in hand: read once, changed in memory, written at the end."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Any

from dedupe.index.records import Filed, Story, Text
from dedupe.index.store import Record, View


class Shelf:
    """A view's records, and what this transaction made of them."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._hand: dict[type, dict[int, Any]] = {Text: {}, Filed: {}, Story: {}}
        self._asked: dict[type, set[int]] = {Text: set(), Filed: set(), Story: set()}
        self._changed: dict[type, set[int]] = {Text: set(), Filed: set(), Story: set()}
        self._gone: dict[type, set[int]] = {Text: set(), Filed: set(), Story: set()}

    def fetch(self, kind: type[Record], numbers: Iterable[int]) -> None:
        """Read several at once."""
        hand, asked = self._hand[kind], self._asked[kind]
        missing = [number for number in dict.fromkeys(numbers) if number not in hand and number not in asked]
        if missing:
            asked.update(missing)
            self._take(self.view.load(kind, "number", missing))

    def _take(self, records: list[Record]) -> None:
        for record in records:
            hand = self._hand[type(record)]
            if record.number not in hand and record.number not in self._gone[type(record)]:
                hand[record.number] = record

    def get(self, kind: type[Record], number: int) -> Record | None:
        """One record, None when there is none."""
        if number not in self._hand[kind]:
            self.fetch(kind, [number])
        found: Record | None = self._hand[kind].get(number)
        return found

    def __getitem__(self, at: tuple[type[Record], int]) -> Record:
        found = self.get(*at)
        if found is None:
            raise KeyError(at)
        return found

    def original(self, story: Story) -> Filed:
        """The article that a story comes from."""
        return self[Filed, self[Text, story.original].best]

    def by(self, kind: type[Record], column: str, values: Set[Any], most: int | None = None) -> list[Record]:
        """Records that have one of the values in a column, in order of number; most: how many of them are enough."""
        changed = self._changed[kind]
        if most is not None:  # some may have changed, or be gone
            most += len(changed) + len(self._gone[kind])
        kept = self.view.load(kind, column, values, most)
        self._take(kept)
        hand = self._hand[kind]
        numbers = {record.number for record in kept if record.number in hand} | changed
        return [hand[number] for number in sorted(numbers) if getattr(hand[number], column) in values]

    def put(self, record: Text | Filed | Story) -> None:
        """Write a record when all is done."""
        self._hand[type(record)][record.number] = record
        self._changed[type(record)].add(record.number)

    def drop(self, kind: type[Record], number: int) -> None:
        """Delete a record when all is done."""
        self._hand[kind].pop(number, None)
        self._changed[kind].discard(number)
        self._gone[kind].add(number)

    def write(self) -> None:
        """Write what was put and dropped."""
        for kind, numbers in self._changed.items():
            self.view.save([self._hand[kind][number] for number in sorted(numbers)])
        for kind, numbers in self._gone.items():
            self.view.delete(kind, sorted(numbers))
        for numbers in (*self._changed.values(), *self._gone.values()):
            numbers.clear()
