"""The index for asyncio."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from dedupe import AsyncIndex
from tests.index.test_index import TEXT, numbered


def test_many_tasks_add_at_once_and_one_is_told_that_it_is_new(tmp_path: Path) -> None:
    async def main() -> tuple[Counter[bool], dict[str, Any]]:
        async with AsyncIndex(str(tmp_path / "news.db"), window="14d") as index:
            jobs = [
                index.add({"id": f"{turn}-{copy}", "text": numbered(TEXT, turn)})
                for turn in range(8)
                for copy in range(5)
            ]
            told = await asyncio.gather(*jobs)
            assert not (await index.check({"id": "x", "text": numbered(TEXT, 3)})).is_new
            assert await index.remove("0-0") and await index.get("0-0") is None
            assert (await index.story("0-0")).original_id == "0-1"  # type: ignore[union-attr]
            return Counter(verdict.is_new for verdict in told), await index.stats()

    told, stats = asyncio.run(main())
    assert told == Counter({True: 8, False: 32}) and stats["articles"] == 39


def test_batches_come_from_an_asynchronous_source() -> None:
    async def coming() -> AsyncIterator[dict[str, Any]]:
        for turn in range(7):
            await asyncio.sleep(0)
            yield {"id": str(turn), "text": numbered(TEXT, turn % 3)}

    async def main() -> list[bool]:
        async with AsyncIndex("memory:") as index:
            return [verdict.is_new async for verdict in index.add_many(coming(), batch=2)]

    assert asyncio.run(main()) == [True, True, True, False, False, False, False]
