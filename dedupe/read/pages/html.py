"""A page as HTML: trafilatura finds the article, the markup's own statements say the rest.

What a page says of itself comes first: JSON-LD (schema.org), OpenGraph, `rel=canonical`, `time`, `lang`.  The text that
trafilatura extracts is then taken apart as plain text is, so that repeated headlines, credits and leads to elsewhere
go the same way in both.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from dedupe.errors import InputError
from dedupe.read.addresses import canonical_url, is_article_url
from dedupe.read.agencies import Agencies
from dedupe.read.credits import CITED, SYNDICATED, Credit, read_credits
from dedupe.read.dates import find_date, parse_date
from dedupe.read.pages.page import Furniture, Page, Variant
from dedupe.read.pages.plain import read_plain
from dedupe.read.pages.wording import NEAR, likeness, words

MOST_DEPTH = 400
"""Elements within elements, at most."""
_SILENT = ("script", "style", "svg", "noscript", "template", "iframe", "object")
_ARTICLE_TYPES = re.compile(
    r"article|newsarticle|reportage|blogposting|analysis|opinion|review|liveblog", re.IGNORECASE
)

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


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


def _tree(markup: str) -> Any:
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


def _statements(tree: Any, base: str | None) -> Statements:
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


def _site_aside(title: str, outlet: str | None) -> str:
    """A headline without the site's name, as in "Bridge opens - The Daily" or "The Daily | Bridge opens"."""
    parts = re.split(r"\s+[|–—·»•-]\s+|\s+::\s+", title)
    if len(parts) < 2:
        return title
    longest = max(parts, key=lambda part: len(words(part)))
    own = outlet and any(likeness(part, outlet) >= 0.5 for part in parts)
    return longest if own or all(len(words(part)) <= 4 for part in parts if part is not longest) else title


def _pick_headline(statements: Statements) -> str | None:
    """The headline: what most of the page's own statements agree on; the first of these in a tie."""
    named = [(where, _site_aside(text, statements.outlet)) for where, text in statements.headlines if where != "h2"]
    if not named:
        return None
    marks = [sum(likeness(text, other) >= 0.8 for _, other in named) for _, text in named]
    return named[marks.index(max(marks))][1]


def _variants(statements: Statements, headline: str | None) -> list[Variant]:
    found = []
    seen_own = False
    for where, given in statements.headlines:
        text = _site_aside(given, statements.outlet)
        alike = likeness(text, headline or "")
        if words(text) == words(headline or ""):
            if seen_own:
                found.append(Variant(given, "exact", where, 1.0))
            seen_own = True
        elif (alike >= NEAR and where != "h2") or alike >= 0.6:
            found.append(Variant(given, "near", where, round(alike, 3)))
    return found


def _extracted(tree: Any, url: str | None) -> Any:
    from trafilatura import bare_extraction

    try:
        return bare_extraction(
            tree, url=url, with_metadata=True, include_comments=False, include_tables=True, deduplicate=False
        )
    except Exception as error:
        raise InputError(f"the page can't be taken apart ({type(error).__name__}: {error})") from error


def _blocks(tree: Any) -> list[str]:
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


def read_html(markup: str, table: Agencies, url: str | None = None) -> Page:
    """Take a page apart.

    url: where it was found.  Raises InputError, saying why, for a page that
    holds no article that can be read.
    """
    tree = _tree(markup)
    statements = _statements(tree, url)
    for node in list(tree.iter(*_SILENT)):
        node.drop_tree()
    own = _blocks(tree)
    links = _links(tree)
    if not own:
        raise InputError("the page has no text: nothing but scripts, or no body")
    found = _extracted(tree, url)
    text = (found.text or "") if found is not None else ""
    headline = _pick_headline(statements) or (found.title if found is not None else None)
    parts = read_plain(_with_credits(text, own, table), table, headline or None)
    if not parts.body:  # nothing that trafilatura takes for an article: the page's own lines
        parts = read_plain("\n".join(own), table, headline or None)
    if not parts.body and not headline:
        raise InputError("the page has no article: no running text, and no headline")
    page_url = canonical_url(url)
    canonical = canonical_url(statements.canonical)
    if canonical is not None and not is_article_url(canonical):
        canonical = None  # a front page named as every article's address is a mistake of the site
    host = urlsplit(page_url or canonical or "").netloc or None
    credits = list(parts.credits)
    if statements.author and not parts.byline:
        credits = credits or read_credits("", table, statements.author)
    credits += _stated(statements, canonical, page_url, credits, table)
    credits += _linked(links, parts.body, host, credits, table)
    variants = _variants(statements, headline)
    known = {words(v.text) for v in variants}
    variants += [v for v in parts.variants if v.kind != "exact" and words(v.text) not in known]
    deck = parts.deck or next(
        (text for text in [statements.description] if text and text in own and text not in parts.body), None
    )
    kept = (
        set(parts.body)
        | {deck, headline, parts.body_headline}
        | {v.text for v in variants}
        | {c.evidence for c in credits}
    )
    aside = [
        Furniture(line, f"line {i}")
        for i, line in enumerate(own, 1)
        if not _stands(line, kept) and not (len(line) < 120 and read_credits(line, table))
    ]
    return replace(
        Page(
            headline, tuple(variants), deck, parts.body_headline, parts.body, parts.citations, tuple(credits),
            parts.byline or statements.author, parts.dateline,
            statements.published or parts.published or _date_among(own) or _date_of(found),
            statements.language, page_url, canonical, statements.outlet or host, (),
        ),
        furniture=tuple(aside),
    )  # fmt: skip


def _stands(line: str, kept: set[str | None]) -> bool:
    """Whether a line of the page stands in what was kept of it."""
    return line in kept or any(part is not None and len(line) > 20 and line in part for part in kept)


def _with_credits(text: str, own: Sequence[str], table: Agencies) -> str:
    """The extracted text, with the credit lines right after its last paragraph on the page."""
    lines = [line for line in text.split("\n") if line.strip()]
    last = lines[-1] if lines else ""
    place = next((i for i in range(len(own) - 1, -1, -1) if last and own[i] == last), None)
    if place is not None:
        lines += [
            line
            for line in own[place + 1 : place + 4]
            if len(line) < 120 and line not in lines and read_credits(line, table)
        ]
    return "\n".join(lines)


def _date_among(own: Sequence[str]) -> datetime | None:
    """The first date in a short line of the page."""
    found = (find_date(line) for line in own[:60] if len(line) < 90)
    return next((date[0] for date in found if date), None)


def _date_of(found: Any) -> datetime | None:
    moment = parse_date(found.date) if found is not None and found.date else None
    return moment.astimezone(UTC) if moment else None


def _links(tree: Any) -> list[tuple[str, str]]:
    """The page's links to other places: the words of the block that each stands in, and where it leads."""
    found = []
    for link in tree.iterfind(".//a[@href]"):
        href, block = link.get("href"), link
        while block.getparent() is not None and block.tag not in ("p", "li", "div", "td", "article", "body"):
            block = block.getparent()
        if href.startswith(("http://", "https://", "//")):
            found.append((" ".join(block.text_content().split()), href))
    return found


def _linked(
    links: Sequence[tuple[str, str]], body: Sequence[str], host: str | None, credits: Sequence[Credit], table: Agencies
) -> list[Credit]:
    """Agencies that the article itself links to: cited."""
    named, found = {c.name for c in credits}, []
    for words_, href in links:
        to = urlsplit(href).netloc.lower()
        agency = table.of_domain(to) if host is None or not to.endswith(host) else None
        if agency is not None and agency.name not in named and words_ in body:
            named.add(agency.name)
            found.append(Credit(agency.name, agency.country, agency.kind, CITED, "link", -1, -1, href))
    return found


def _stated(
    statements: Statements, canonical: str | None, url: str | None, credits: Sequence[Credit], table: Agencies
) -> list[Credit]:
    """Credits that the markup gives: an agency as author or provider, a canonical address at an agency."""
    named = {c.name for c in credits if c.role == SYNDICATED}
    found = []
    host = urlsplit(canonical or "").netloc
    away = host and url and host != urlsplit(url).netloc
    at = table.of_domain(host) if away else None
    for place, words_, agency in (
        ("byline", statements.author, table.find(statements.author or "")),
        ("provider", statements.provider, table.find(statements.provider or "")),
        ("canonical", statements.canonical, at),
    ):
        if agency is not None and agency.name not in named:
            named.add(agency.name)
            found.append(Credit(agency.name, agency.country, agency.kind, SYNDICATED, place, -1, -1, words_ or ""))
    return found
