"""RSS, Atom and JSON feeds as sources: each item a row, its `<source>` the outlet that published it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import orjson

from dedupe.errors import InputError
from dedupe.read.files import File
from dedupe.read.json_lines import DAMAGE, as_json, group
from dedupe.read.raw import Raw, Source

COLUMNS = ["id", "headline", "text", "url", "outlet", "published", "language", "byline", "feed"]
_TAG = re.compile(r"<[a-zA-Z!/][^>]*>")
_BLOCK = re.compile(r"</?(?:p|div|br|li|h[1-6]|tr|blockquote|section|article|ul|ol|table)\b[^>]*>", re.IGNORECASE)


def plain(markup: str | None) -> str | None:
    r"""An item's text without its tags, a block on each line.

    >>> plain("<p>Rain &amp; wind.</p><p>More <b>rain</b>.</p>")
    'Rain & wind.\nMore rain.'
    """
    if not markup:
        return None
    import html

    text = _TAG.sub("", _BLOCK.sub("\n", markup)) if "<" in markup else markup
    lines = (" ".join(line.split()) for line in html.unescape(text).splitlines())
    return "\n".join(line for line in lines if line) or None


def is_json_feed(start: bytes) -> bool:
    """Whether a JSON file that starts so is a JSON Feed (jsonfeed.org)."""
    return b"jsonfeed.org/version/" in start[:1024]


def _items(content: bytes, file: File) -> Iterator[dict[str, Any]]:
    import feedparser

    feed = feedparser.parse(content, sanitize_html=False)
    if feed.bozo and not feed.entries:
        raise InputError(f"{file.name}: no feed that can be read ({feed.get('bozo_exception', 'unknown')})")
    about = feed.feed
    for entry in feed.entries:
        source = entry.get("source") or {}
        content_ = max((c.get("value") or "" for c in entry.get("content", [])), key=len, default="")
        outlets = (source.get("title"), _host(source.get("href")), about.get("title"), _host(entry.get("link")))
        yield {
            "guid": entry.get("id"), "headline": plain(entry.get("title")),
            "text": plain(content_ or entry.get("summary")), "url": entry.get("link"),
            "outlet": next(filter(None, outlets), None), "published": entry.get("published") or entry.get("updated"),
            "language": (about.get("language") or "")[:2].lower() or None, "byline": entry.get("author"),
            "feed": about.get("title"),
        }  # fmt: skip


def _json_items(content: bytes, file: File) -> Iterator[dict[str, Any]]:
    try:
        feed = orjson.loads(content)
        items = feed["items"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise InputError(f"{file.name}: no JSON feed that can be read ({error})") from error
    for item in items if isinstance(items, list) else []:
        if not isinstance(item, dict):
            continue
        source = item.get("_source") or item.get("source") or {}
        named = source.get("title") or source.get("name") if isinstance(source, dict) else str(source)
        authors = item.get("authors") or ([item["author"]] if item.get("author") else [])
        yield {
            "guid": item.get("id"), "headline": item.get("title"),
            "text": plain(item.get("content_html")) or item.get("content_text") or plain(item.get("summary")),
            "url": item.get("external_url") or item.get("url"),
            "outlet": named or feed.get("title"),
            "published": item.get("date_published") or item.get("date_modified"),
            "language": (item.get("language") or feed.get("language") or "")[:2].lower() or None,
            "byline": ", ".join(a["name"] for a in authors if isinstance(a, dict) and a.get("name")) or None,
            "feed": feed.get("title"),
        }  # fmt: skip


def _host(url: str | None) -> str | None:
    return urlsplit(url).netloc.removeprefix("www.") or None if url else None


def open_feed(file: File) -> Source:
    """A feed as a source.  InputError when it is none, or can't be read for want of the extra."""
    try:
        with file.open() as stream:
            content = stream.read()
    except DAMAGE as error:
        raise InputError(f"{file.name}: can't be opened ({error})") from error
    if is_json_feed(content):
        items = _json_items
    else:
        try:
            import feedparser  # noqa: F401
        except ImportError as error:
            raise InputError(f"{file.name}: feeds need feedparser: pip install 'dedupe-news[html]'") from error
        items = _items
    rows = [item | {"id": f"{file.name}#{row}"} for row, item in enumerate(items(content, file))]

    def read(wanted: Sequence[str] | None) -> Iterator[Raw]:
        objects = ((row, as_json(item), item, "") for row, item in enumerate(rows))
        return group(file.name, objects, wanted, keep_lines=False)

    return Source(file.name, "feed", [*COLUMNS, "guid"], read)
