"""An item pipeline for Scrapy: items that repeat what came before are dropped, or say so.

In the project's settings:

    ITEM_PIPELINES = {"dedupe.scrapy.DedupePipeline": 300}
    DEDUPE_INDEX = "news.db"            # as `dedupe.open_index` takes it
    DEDUPE_WINDOW = "14d"               # any time if not given
    DEDUPE_ACTION = "drop"              # or "annotate": the verdict goes into the item's field "dedupe"
    DEDUPE_COLUMNS = {"text": "body"}   # field of an article -> field of the item, where the usual names don't tell

An item needs an id that stays the same when the page is crawled again; with none, its URL is taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from itemadapter import ItemAdapter
from scrapy.exceptions import DropItem, NotConfigured

from dedupe.errors import InputError
from dedupe.index.opening import open_index

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from dedupe.index.ingest import Index

FIELD = "dedupe"
ACTIONS = ("drop", "annotate")


class DedupePipeline:
    """See the module's own page.  Counts go into the crawler's stats under `dedupe/`."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._address = settings.get("DEDUPE_INDEX")
        if not self._address:
            raise NotConfigured("DEDUPE_INDEX is not set; give a path, or postgresql://...")
        self._action = settings.get("DEDUPE_ACTION", "drop")
        if self._action not in ACTIONS:
            raise NotConfigured(f"DEDUPE_ACTION {self._action!r}: drop or annotate")
        self._window, self._columns = settings.get("DEDUPE_WINDOW"), settings.getdict("DEDUPE_COLUMNS")
        self._stats = crawler.stats
        self._index: Index

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DedupePipeline:
        """As Scrapy makes it."""
        return cls(crawler)

    def open_spider(self, spider: Any = None) -> None:
        """Open the index."""
        self._index = open_index(self._address, window=self._window, columns=self._columns)

    def close_spider(self, spider: Any = None) -> None:
        """Let go of it."""
        self._index.close()

    def process_item(self, item: Any, spider: Any = None) -> Any:
        """Add the item; drop it when it repeats an earlier one, or write the verdict into it."""
        fields = ItemAdapter(item).asdict()
        if fields.get(self._columns.get("id", "id")) is None and fields.get("url"):
            fields[self._columns.get("id", "id")] = fields["url"]
        try:
            verdict = self._index.add(fields)
        except InputError as error:
            self._count("refused")
            raise DropItem(f"no article: {error}") from error
        self._count(verdict.relation or "new")
        if self._action == "annotate":
            ItemAdapter(item)[FIELD] = verdict.as_dict()
        elif not verdict.is_new:
            raise DropItem(f"{verdict.relation} of {verdict.original_id}")
        return item

    def _count(self, what: str) -> None:
        if self._stats is not None:
            self._stats.inc_value(f"dedupe/{what}")
