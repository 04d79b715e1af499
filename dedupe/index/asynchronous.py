"""The index for asyncio: calls run in threads, so the loop never waits for a disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import TracebackType
from typing import Any, TypeVar

from dedupe.article import Article
from dedupe.index.ingest import BATCH, Index, Known, Told
from dedupe.index.opening import open_index
from dedupe.index.verdict import Verdict

T = TypeVar("T")
READERS = 4
"""Questions that are answered at once."""


class AsyncIndex:
    """`open_index` for asyncio; takes the same arguments.  One thread writes, in order of the calls; others read.

    >>> async def main() -> tuple[bool, bool]:
    ...     async with AsyncIndex("memory:") as index:
    ...         first = await index.add({"id": "a", "text": "Rain over Kyiv."})
    ...         return first.is_new, (await index.check({"id": "b", "text": "Rain over Kyiv!"})).is_new
    >>> asyncio.run(main())
    (True, False)
    """

    def __init__(self, address: str, **options: Any) -> None:
        self._open = partial(open_index, address, **options)
        self._index: Index
        self._writer = ThreadPoolExecutor(1, "dedupe-writer")
        self._readers = ThreadPoolExecutor(READERS, "dedupe-reader")

    async def __aenter__(self) -> AsyncIndex:
        self._index = await self._run(self._writer, self._open)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    async def _run(self, pool: ThreadPoolExecutor, work: Callable[..., T], *given: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, work, *given)

    async def close(self) -> None:
        """See `Index.close`; what was begun is done first."""
        await self._run(self._writer, self._index.close)
        self._writer.shutdown()
        self._readers.shutdown()

    async def add(self, article: Article | Mapping[str, Any]) -> Verdict:
        """See `Index.add`."""
        return await self._run(self._writer, self._index.add, article)

    async def add_many(
        self, articles: Iterable[Any] | AsyncIterable[Any], batch: int = BATCH
    ) -> AsyncIterator[Verdict]:
        """See `Index.add_many`; the articles may come from an asynchronous source too."""
        some: list[Any] = []
        async for article in _each(articles):
            some.append(article)
            if len(some) == batch:
                for verdict in await self._run(self._writer, self._batch, some):
                    yield verdict
                some = []
        if some:
            for verdict in await self._run(self._writer, self._batch, some):
                yield verdict

    def _batch(self, some: list[Any]) -> list[Verdict]:
        return list(self._index.add_many(some, len(some)))

    async def check(self, article: Article | Mapping[str, Any]) -> Verdict:
        """See `Index.check`."""
        return await self._run(self._readers, self._index.check, article)

    async def get(self, id: str) -> Known | None:
        """See `Index.get`."""
        return await self._run(self._readers, self._index.get, id)

    async def story(self, story_id: str) -> Told | None:
        """See `Index.story`."""
        return await self._run(self._readers, self._index.story, story_id)

    async def remove(self, id: str) -> bool:
        """See `Index.remove`."""
        return await self._run(self._writer, self._index.remove, id)

    async def expire(self, **which: Any) -> int:
        """See `Index.expire`."""
        return await self._run(self._writer, partial(self._index.expire, **which))

    async def stats(self) -> dict[str, Any]:
        """See `Index.stats`."""
        return await self._run(self._readers, self._index.stats)


async def _each(articles: Iterable[Any] | AsyncIterable[Any]) -> AsyncIterator[Any]:
    if isinstance(articles, AsyncIterable):
        async for article in articles:
            yield article
    else:
        for article in articles:
            yield article
