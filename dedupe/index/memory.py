"""An index in memory, over datasketch's MinHash LSH: for tests, notebooks and streams that need no yesterday."""

from __future__ import annotations

import copy
import threading
from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from dedupe.compiled import I32, U64
from dedupe.index.entries import BAND, Keys, kinds_of, numbers_of
from dedupe.index.records import Filed, State, Story, Text
from dedupe.index.store import KeysOf, Record, Refill
from dedupe.match.known_furniture import NOTHING, Learned
from dedupe.text.terms import COLUMNS

_SECOND = {Text: ("story",), Filed: ("id", "text"), Story: ("id", "component")}
"""Columns by which records are found besides their number."""


class _Table:
    """Records of one kind by number, and their numbers by other columns."""

    def __init__(self, kind: type) -> None:
        self.records: dict[int, Any] = {}
        self.by: dict[str, defaultdict[Any, set[int]]] = {name: defaultdict(set) for name in _SECOND[kind]}

    def put(self, record: Any) -> None:
        self.drop(record.number)
        self.records[record.number] = record
        for name, numbers in self.by.items():
            if (value := getattr(record, name)) is not None:
                numbers[value].add(record.number)

    def drop(self, number: int) -> None:
        record = self.records.pop(number, None)
        if record is None:
            return
        for name, numbers in self.by.items():
            if (value := getattr(record, name)) is None:
                continue
            numbers[value].discard(number)
            if not numbers[value]:
                del numbers[value]

    def find(self, column: str, values: Iterable[Any], most: int | None) -> list[Any]:
        if column == "number":
            return [self.records[number] for number in sorted(set(values)) if number in self.records]
        numbers = {number for value in values for number in self.by[column].get(value, ())}
        return [self.records[number] for number in sorted(numbers)[:most]]


class MemoryStore:
    """See `store.Store`.  Transactions take turns, those that read too; one that fails leaves nothing behind.

    bands: of a body's signature.
    """

    snapshots = False

    def __init__(self, bands: int) -> None:
        from datasketch import LeanMinHash

        self._minhash: Any = LeanMinHash
        self._bands = bands
        self._lsh: Any = self._new_lsh()
        self._keys: dict[int, int | list[int]] = {}
        self._of: dict[int, list[int]] = {}
        self._packed: dict[int, bytes] = {}
        self._bands_of: dict[int, Any] = {}
        self._tables = {kind: _Table(kind) for kind in _SECOND}
        self._state = State()
        self._frequencies: I32 = np.zeros(COLUMNS, dtype=np.int32)
        self._furniture = NOTHING
        self._lock = threading.RLock()
        self.state = self._state
        self._undo: list[tuple[Any, ...]] = []

    @contextmanager
    def reading(self) -> Iterator[Refill]:
        """See `store.Store`."""
        with self._lock:
            self.state = copy.deepcopy(self._state)
            yield self

    @contextmanager
    def writing(self) -> Iterator[Refill]:
        """See `store.Store`."""
        with self._lock:
            self.state = copy.deepcopy(self._state)
            self._undo = []
            try:
                yield self
            except BaseException:
                for undo, *given in reversed(self._undo):
                    undo(*given)
                raise
            self._state = self.state

    refilling = writing

    def load(self, kind: type[Record], column: str, values: Iterable[Any], most: int | None = None) -> list[Record]:
        """See `store.View`."""
        return self._tables[kind].find(column, values, most)

    def _signature(self, bands: Any) -> Any:
        return self._minhash(seed=1, scheme="affine32", hashvalues=bands)

    def postings(self, keys: Keys, limit: int, since: int = 0) -> U64:
        """See `store.View`.  Texts that meet in any band are given under all of them."""
        found: list[int] = []
        band = kinds_of(keys.values) == BAND
        for value in keys.values[~band].tolist():
            held = self._keys.get(value)
            if isinstance(held, int):
                found.append(value | held)
            elif held:
                found += [value | number for number in held[-limit:]]
        for row in range(len(keys)):
            own = keys.values[keys.bounds[row] : keys.bounds[row + 1]]
            own = own[kinds_of(own) == BAND]
            if len(own):
                met = sorted(self._lsh.query(self._signature(keys.bands[:, row])))[-limit:]
                found += [value | number for value in own.tolist() for number in met]
        entries = np.unique(np.array(found, dtype=np.uint64))
        return entries[numbers_of(entries) >= since]

    def packed(self, numbers: Sequence[int]) -> dict[int, bytes]:
        """See `store.View`."""
        return {number: self._packed[number] for number in numbers if number in self._packed}

    def frequencies(self) -> I32:
        """See `store.View`."""
        return self._frequencies

    def furniture(self) -> Learned:
        """See `store.View`."""
        return self._furniture

    def save(self, records: Sequence[Record]) -> None:
        """See `store.View`."""
        for record in records:
            table = self._tables[type(record)]
            old = table.records.get(record.number)
            self._undo.append((table.put, old) if old is not None else (table.drop, record.number))
            table.put(record)

    def delete(self, kind: type[Record], numbers: Sequence[int]) -> None:
        """See `store.View`."""
        table = self._tables[kind]
        for number in numbers:
            old = table.records.get(number)
            if old is None:
                continue
            table.drop(number)
            self._undo.append((table.put, old))
            if kind is Text:
                self._undo.append((self._post, number, self._of[number], self._bands_of[number]))
                self._undo.append((self._packed.__setitem__, number, self._packed.pop(number)))
                self._unpost(number)

    def keep(self, numbers: Sequence[int], packed: Sequence[bytes], keys: Keys) -> None:
        """See `store.View`."""
        self.keep_tokens(numbers, packed)
        self._post_all(numbers, keys)
        self._undo += [(self._unpost, number) for number in numbers]

    def keep_tokens(self, numbers: Sequence[int], packed: Sequence[bytes]) -> None:
        """See `store.View`."""
        self._packed.update(zip(numbers, packed, strict=True))
        self._undo += [(self._packed.pop, number) for number in numbers]

    def keep_furniture(self, learned: Learned) -> None:
        """See `store.View`."""
        self._undo.append((setattr, self, "_furniture", self._furniture))
        self._furniture = learned

    def refill(self, keys: KeysOf) -> None:
        """See `store.View`."""
        for name in ("_keys", "_of", "_bands_of", "_lsh"):
            self._undo.append((setattr, self, name, getattr(self, name)))
        self._keys, self._of, self._bands_of, self._lsh = {}, {}, {}, self._new_lsh()
        for numbers, some in keys(0, self.state.texts):
            self._post_all(numbers.tolist(), some)
        self.state.epoch += 1

    def keep_frequencies(self, frequencies: I32) -> None:
        """See `store.View`."""
        self._undo.append((setattr, self, "_frequencies", self._frequencies))
        self._frequencies = frequencies

    def tidy(self, blocks: int) -> None:
        """See `store.Store`: nothing is put off."""

    def sizes(self) -> dict[str, int]:
        """See `store.Store`: of the tokens alone."""
        return {"tokens": sum(map(len, self._packed.values()))}

    def damage(self) -> list[str]:
        """See `store.Store`."""
        return []

    def close(self) -> None:
        """See `store.Store`."""

    def _new_lsh(self) -> Any:
        from datasketch import MinHashLSH

        return MinHashLSH(num_perm=self._bands, params=(self._bands, 1))

    def _post_all(self, numbers: Sequence[int], keys: Keys) -> None:
        band = kinds_of(keys.values) == BAND
        for row, number in enumerate(numbers):
            own = slice(keys.bounds[row], keys.bounds[row + 1])
            self._post(number, keys.values[own][~band[own]].tolist(), keys.bands[:, row])

    def _post(self, number: int, values: list[int], bands: Any) -> None:
        for value in values:
            held = self._keys.setdefault(value, number)
            if isinstance(held, list):
                insort(held, number)
            elif held != number:
                self._keys[value] = sorted((held, number))
        self._of[number], self._bands_of[number] = values, bands
        self._lsh.insert(number, self._signature(bands), check_duplication=False)

    def _unpost(self, number: int) -> None:
        for value in self._of.pop(number):
            held = self._keys[value]
            if isinstance(held, int):
                del self._keys[value]
                continue
            held.remove(number)
            if len(held) == 1:
                self._keys[value] = held[0]
        del self._bands_of[number]
        self._lsh.remove(number)
