"""The Scrapy pipeline, in a crawl of pages that a server on this machine gives out."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import missing
from tests.index.test_index import OTHER, TEXT

SPIDER = """
import json, sys
import scrapy
from scrapy.crawler import CrawlerProcess

class News(scrapy.Spider):
    name = "news"
    async def start(self):
        for page in ("a", "b", "c", "d"):
            yield scrapy.Request(sys.argv[1] + f"/{page}.html")
    def parse(self, response):
        yield {"url": response.url, "title": response.css("h1::text").get(), "body": response.css("p::text").get(),
               "dedupe": None}

process = CrawlerProcess({
    "ITEM_PIPELINES": {"dedupe.scrapy.DedupePipeline": 300}, "DEDUPE_INDEX": sys.argv[2], "DEDUPE_ACTION": sys.argv[3],
    "DEDUPE_COLUMNS": {"text": "body"}, "CONCURRENT_REQUESTS": 1, "TELNETCONSOLE_ENABLED": False, "LOG_LEVEL": "ERROR",
    "FEEDS": {sys.argv[4]: {"format": "jsonlines"}},
})
crawler = process.create_crawler(News)
process.crawl(crawler)
process.start()
print(json.dumps({k: v for k, v in crawler.stats.get_stats().items() if k.startswith("dedupe/")}))
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Any:
    try:
        import scrapy  # noqa: F401
    except ImportError:
        missing("no Scrapy here")
    folder = tmp_path / "site"
    folder.mkdir()
    for name, text in {"a": TEXT, "b": "Good news. " + TEXT, "c": OTHER, "d": ""}.items():
        (folder / f"{name}.html").write_text(f"<h1>{'Bridge opens' if name != 'd' else ''}</h1><p>{text}</p>")
    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *given: Quiet(*given, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def crawl(site: str, tmp_path: Path, action: str) -> tuple[dict[str, int], list[dict[str, Any]]]:
    out = tmp_path / f"{action}.jsonl"
    done = subprocess.run(
        [sys.executable, "-c", SPIDER, site, str(tmp_path / f"{action}.db"), action, str(out)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1]), [json.loads(line) for line in out.read_text().splitlines()]


def test_copies_are_dropped_and_counted(site: str, tmp_path: Path) -> None:
    counts, items = crawl(site, tmp_path, "drop")
    assert len(items) == 2 and sum("unt" in str(item["body"]) or "bridge" in item["body"] for item in items) >= 1
    assert counts == {"dedupe/new": 2, "dedupe/near_duplicate": 1, "dedupe/refused": 1}


def test_or_they_are_told_in_the_item(site: str, tmp_path: Path) -> None:
    _, items = crawl(site, tmp_path, "annotate")
    assert sorted(item["dedupe"]["is_new"] for item in items) == [False, True, True]
    copy = next(item for item in items if not item["dedupe"]["is_new"])
    assert copy["dedupe"]["relation"] == "near_duplicate"
