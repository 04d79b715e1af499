"""A page as HTML: trafilatura finds the article, the markup's own statements say the rest.

What a page says of itself comes first: JSON-LD (schema.org), OpenGraph, `rel=canonical`, `time`, `lang`.  The text that
trafilatura extracts is then taken apart as plain text is, so that repeated headlines, credits and leads to elsewhere
go the same way in both.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from dedupe.errors import InputError
from dedupe.read.addresses import canonical_url, is_article_url
from dedupe.read.agencies import Agencies
from dedupe.read.credits import CITED, SYNDICATED, Credit, read_credits
from dedupe.read.dates import find_date, parse_date
from dedupe.read.pages.markup import Statements, blocks, links, parse, statements_of, without_silent
from dedupe.read.pages.page import Furniture, Page, Variant
from dedupe.read.pages.plain import read_plain
from dedupe.read.pages.wording import NEAR, likeness, words

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


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


def read_html(markup: str, table: Agencies, url: str | None = None) -> Page:
    """Take a page apart.

    url: where it was found.  Raises InputError, saying why, for a page that
    holds no article that can be read.
    """
    tree = parse(markup)
    statements = statements_of(tree, url)
    own, linked = blocks(without_silent(tree)), links(tree)
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
    credits += _linked(linked, parts.body, host, credits, table)
    variants = _variants(statements, headline)
    known = {words(v.text) for v in variants}
    variants += [v for v in parts.variants if v.kind != "exact" and words(v.text) not in known]
    deck = parts.deck or next(
        (text for text in [statements.description] if text and text in own and text not in parts.body), None
    )
    page = replace(
        parts, headline=headline, variants=tuple(variants), deck=deck, credits=tuple(credits),
        byline=parts.byline or statements.author,
        published=statements.published or parts.published or _date_among(own) or _date_of(found),
        language=statements.language, url=page_url, canonical_url=canonical, outlet=statements.outlet or host,
    )  # fmt: skip
    return replace(page, furniture=_furniture(own, page, table))


def _furniture(own: Sequence[str], page: Page, table: Agencies) -> tuple[Furniture, ...]:
    """The page's lines that stand nowhere in what was kept of it."""
    kept = {page.deck, page.headline, page.body_headline, *page.body, *(v.text for v in page.variants)}
    kept |= {credit.evidence for credit in page.credits}
    return tuple(
        Furniture(line, f"line {number}")
        for number, line in enumerate(own, 1)
        if not _stands(line, kept) and not (len(line) < 120 and read_credits(line, table))
    )


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
