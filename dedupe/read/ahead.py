"""Reading ahead: an iterator run in a thread of its own, a few items in front of its consumer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import Empty, Full, Queue
from typing import TypeVar

T = TypeVar("T")
DEPTH = 1
"""Items that wait to be taken, at most; one more is being made."""


def read_ahead(items: Iterator[T]) -> Iterator[T]:
    """The items, each made while the ones before are worked on; errors come where they would.

    >>> list(read_ahead(iter([1, 2, 3])))
    [1, 2, 3]
    """
    waiting: Queue[tuple[list[T], BaseException | None]] = Queue(DEPTH)
    left = threading.Event()

    def put(entry: tuple[list[T], BaseException | None]) -> None:
        while not left.is_set():
            try:
                waiting.put(entry, timeout=0.1)
                return
            except Full:
                continue

    def work() -> None:
        try:
            for item in items:
                put(([item], None))
                if left.is_set():
                    return
            put(([], None))
        except BaseException as error:
            put(([], error))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        while True:
            found, error = waiting.get()
            if error is not None:
                raise error
            if not found:
                return
            yield from found
    finally:
        left.set()
        while thread.is_alive():
            try:
                waiting.get_nowait()
            except Empty:
                thread.join(timeout=0.05)
