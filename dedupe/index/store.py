"""What a store has to do, whatever it keeps its records in.  How to add one: `docs/index.md`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from dedupe.compiled import I32, I64, U64
from dedupe.index.entries import Keys
from dedupe.index.records import Filed, State, Story, Text
from dedupe.match.known_furniture import Learned

Record = TypeVar("Record", Text, Filed, Story)
KeysOf = Callable[[int, int], Iterator[tuple[I64, Keys]]]
"""Of the texts from one number to another: numbers, in order, and their keys, some at a time."""


class View(Protocol):
    """The index as one transaction sees it.  What writes may only be called on one that is for writing."""

    state: State

    def load(self, kind: type[Record], column: str, values: Iterable[Any], most: int | None = None) -> list[Record]:
        """Records by number, Text by story, Filed by id or text, Story by id or component; in order of number.

        most: how many are enough, whichever they are.
        """

    def postings(self, keys: Keys, limit: int, since: int = 0) -> U64:
        """Entries of texts that have one of the keys, in any order; of each key the `limit` latest or more.

        since: the number from which texts are wanted.  Texts that were deleted may be among them.
        """

    def packed(self, numbers: Sequence[int]) -> dict[int, bytes]:
        """Tokens of these texts, as `packing` made them."""

    def frequencies(self) -> I32:
        """Document frequencies of the first `state.counted` texts, int32[2^20]."""

    def furniture(self) -> Learned:
        """Furniture that the index was filled with; it stays the same while `state.epoch` does."""

    def save(self, records: Sequence[Record]) -> None:
        """Write records, new ones and those that replace one of the same number."""

    def delete(self, kind: type[Record], numbers: Sequence[int]) -> None:
        """Delete records; with a text go its tokens and, sooner or later, its postings."""

    def keep(self, numbers: Sequence[int], packed: Sequence[bytes], keys: Keys) -> None:
        """Keep tokens and postings of new texts; numbers: in order, none used before."""

    def keep_frequencies(self, frequencies: I32) -> None:
        """Keep document frequencies."""


class Refill(View, Protocol):
    """An index whose postings are made anew, all at once."""

    def keep_tokens(self, numbers: Sequence[int], packed: Sequence[bytes]) -> None:
        """Keep tokens of texts."""

    def keep_furniture(self, learned: Learned) -> None:
        """Keep furniture."""

    def refill(self, keys: KeysOf) -> None:
        """Make the postings of all texts anew."""


class Store(Protocol):
    """Keeps an index.  Readers see what was committed last and wait for nobody; writers take turns.

    snapshots: whether one can read while another writes.
    """

    snapshots: bool

    def reading(self) -> AbstractContextManager[View]:
        """A transaction that only reads."""

    def writing(self) -> AbstractContextManager[View]:
        """A transaction that may write: all of it is kept when the block ends, or, after an exception, none."""

    def refilling(self) -> AbstractContextManager[Refill]:
        """As `writing`, of what is not damaged: whoever asks makes postings anew, and all else that can be derived.

        Nobody else may use the store meanwhile.
        """

    def tidy(self, blocks: int) -> None:
        """Do some of the work that was put off, in so many short transactions of its own."""

    def sizes(self) -> dict[str, int]:
        """Bytes that the store takes, by part."""

    def damage(self) -> list[str]:
        """What is wrong with the medium itself, as its own check tells it; nothing of the content."""

    def close(self) -> None:
        """Let go of it."""
