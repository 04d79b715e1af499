"""A view that is written to for a question's sake: nothing of it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dedupe.compiled import I32, U64
from dedupe.index.entries import Keys
from dedupe.index.records import State
from dedupe.index.store import Record, View
from dedupe.match.known_furniture import Learned


class Trial:
    """See `store.View`; reads go through, writes stay here."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.state: State = view.state
        self._packed: dict[int, bytes] = {}

    def load(self, kind: type[Record], column: str, values: Iterable[Any], most: int | None = None) -> list[Record]:
        """See `store.View`."""
        return self._view.load(kind, column, values, most)

    def postings(self, keys: Keys, limit: int, since: int = 0) -> U64:
        """See `store.View`."""
        return self._view.postings(keys, limit, since)

    def packed(self, numbers: Sequence[int]) -> dict[int, bytes]:
        """See `store.View`."""
        own = {number: self._packed[number] for number in numbers if number in self._packed}
        return own | self._view.packed([number for number in numbers if number not in own])

    def frequencies(self) -> I32:
        """See `store.View`."""
        return self._view.frequencies()

    def furniture(self) -> Learned:
        """See `store.View`."""
        return self._view.furniture()

    def save(self, records: Sequence[Record]) -> None:
        """Nothing is kept."""

    def delete(self, kind: type[Record], numbers: Sequence[int]) -> None:
        """Nothing is deleted."""

    def keep(self, numbers: Sequence[int], packed: Sequence[bytes], keys: Keys) -> None:
        """Tokens are kept for as long as the question is asked."""
        self._packed.update(zip(numbers, packed, strict=True))

    def keep_frequencies(self, frequencies: I32) -> None:
        """Nothing is kept."""
