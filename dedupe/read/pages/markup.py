"""What a page's markup says: of itself (JSON-LD, OpenGraph, canonical links, dates), and its lines and links."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from dedupe.errors import InputError
from dedupe.read.dates import parse_date

MOST_DEPTH = 400
"""Elements within elements, at most."""
_SILENT = ("script", "style", "svg", "noscript", "template", "iframe", "object")
_ARTICLE_TYPES = re.compile(
    r"article|newsarticle|reportage|blogposting|analysis|opinion|review|liveblog", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Statements:
    """What a page's markup says of it; headlines: where each stands, and its text."""

    headlines: tuple[tuple[str, str], ...]
    description: str | None
    published: datetime | None
    author: str | None
    outlet: str | None
    provider: str | None
    canonical: str | None
    language: str | None


def parse(markup: str) -> Any:
    """The tree of a page.  InputError when there is none, or it is too deep."""
    from lxml import etree, html

    parser = html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True, recover=True, encoding="utf-8")
    try:
        tree = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise InputError("the page has no markup that can be read") from error
    depth = deepest = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
        if deepest > MOST_DEPTH:
            raise InputError(f"the page nests more than {MOST_DEPTH} elements in one another")
    return tree


def _linked_data(tree: Any) -> Iterator[dict[str, Any]]:
    """The schema.org objects of a page."""
    for script in tree.xpath('//script[contains(@type, "ld+json")]'):
        try:
            value = json.loads(script.text_content())
        except (ValueError, RecursionError):
            continue
        waiting = [value]
        for _ in range(200):
            if not waiting:
                break
            value = waiting.pop()
            if isinstance(value, list):
                waiting.extend(value)
            elif isinstance(value, dict):
                yield value
                waiting.extend(
                    v
                    for k, v in value.items()
                    if k in ("@graph", "mainEntity", "mainEntityOfPage") and isinstance(v, list | dict)
                )


def _named(value: Any) -> str | None:
    """The name of a person or an organisation, however it is written."""
    if isinstance(value, list):
        names = [name for item in value if (name := _named(item))]
        return ", ".join(names) or None
    if isinstance(value, dict):
        value = value.get("name")
    return value.strip() or None if isinstance(value, str) else None


def statements_of(tree: Any, base: str | None) -> Statements:
    """What a page says of itself.  base: where it was found."""
    data = [d for d in _linked_data(tree) if _ARTICLE_TYPES.search(str(d.get("@type", "")))]
    metas: dict[str, str] = {}
    for meta in tree.xpath("//meta[@content]"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        if name and meta.get("content", "").strip():
            metas.setdefault(name, meta.get("content").strip())

    def said(field: str) -> str | None:
        return next((v for d in data if isinstance(v := d.get(field), str) and v.strip()), None)

    def text_of(path: str) -> list[str]:
        return [text for node in tree.xpath(path) if (text := " ".join(node.text_content().split()))]

    headlines = [
        ("ld+json", v) for d in data if isinstance(v := d.get("headline") or d.get("name"), str) and v.strip()
    ][:1]
    headlines += [(name, metas[name]) for name in ("og:title", "twitter:title", "dc.title") if name in metas]
    headlines += [("h1", text) for text in text_of("//h1")[:3]] + [
        ("title", text) for text in text_of("//head/title")[:1]
    ]
    headlines += [("h2", text) for text in text_of("//h2")[:3]]
    links = [link.get("href") for link in tree.xpath('//link[@rel="canonical"][@href]')]
    canonical = next((urljoin(base or "", link) for link in [*links, said("url"), metas.get("og:url")] if link), None)
    times = [said("datePublished"), metas.get("article:published_time"), metas.get("datepublished"),
             metas.get("date"), metas.get("pubdate"), metas.get("dc.date"),
             metas.get("dc.date.issued"), metas.get("parsely-pub-date")]  # fmt: skip
    times += [node.get("datetime") for node in tree.xpath("//time[@datetime]")[:1]]
    authors = [_named(d.get("author")) for d in data] + [metas.get("author"), metas.get("article:author")]
    author = next((a for a in authors if a and not a.startswith("http")), None)
    outlet = next((n for d in data if (n := _named(d.get("publisher")))), None) or metas.get("og:site_name")
    provider = next(
        (n for d in data for k in ("sourceOrganization", "provider", "isBasedOn") if (n := _named(d.get(k)))), None
    )
    language = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or metas.get("og:locale")
    return Statements(
        tuple(headlines), metas.get("og:description") or metas.get("description"),
        next((moment for time in times if time and (moment := parse_date(time))), None),
        author, outlet, provider, canonical, language[:2].lower() if language else None,
    )  # fmt: skip


def blocks(tree: Any) -> list[str]:
    """The page's own lines: the text of its blocks, in order."""
    inline = {
        "a",
        "b",
        "i",
        "em",
        "strong",
        "span",
        "u",
        "s",
        "small",
        "sub",
        "sup",
        "abbr",
        "cite",
        "code",
        "q",
        "mark",
        "font",
        "time",
        "br",
        "img",
    }
    lines: list[list[str]] = [[]]
    from lxml import etree

    body = tree.find(".//body")
    for event, node in etree.iterwalk(tree if body is None else body, events=("start", "end")):
        block = not isinstance(node.tag, str) or node.tag not in inline or node.tag == "br"
        if node.tag in ("head", "title"):
            if event == "end" and node.tail:
                lines[-1].append(node.tail)
            continue
        if block:
            lines.append([])
        piece = node.text if event == "start" else node.tail
        if piece:
            lines[-1].append(piece)
    return [line for parts in lines if (line := " ".join("".join(parts).split()))]


def links(tree: Any) -> list[tuple[str, str]]:
    """The page's links to other places: the words of the block that each stands in, and where it leads."""
    found = []
    for link in tree.iterfind(".//a[@href]"):
        href, block = link.get("href"), link
        while block.getparent() is not None and block.tag not in ("p", "li", "div", "td", "article", "body"):
            block = block.getparent()
        if href.startswith(("http://", "https://", "//")):
            found.append((" ".join(block.text_content().split()), href))
    return found


def without_silent(tree: Any) -> Any:
    """The tree, without what nobody reads: scripts, styles and the like; in place."""
    for node in list(tree.iter(*_SILENT)):
        node.drop_tree()
    return tree
