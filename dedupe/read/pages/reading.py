"""Any page to its parts."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from dedupe.errors import InputError
from dedupe.read.addresses import canonical_url
from dedupe.read.agencies import Agencies, load_agencies
from dedupe.read.pages.decoding import decode
from dedupe.read.pages.page import Page
from dedupe.read.pages.plain import read_plain

_MARKUP = re.compile(r"\s*<(?:!doctype|html|head|body|article|main|div|section|p|h1|meta|\?xml|!--)\b", re.IGNORECASE)
_LOOK = 160
"""Characters from which the language is told."""


def is_html(start: str) -> bool:
    """Whether a page that starts so is HTML.

    >>> is_html("<!DOCTYPE html><html>"), is_html("Skip to content")
    (True, False)
    """
    return _MARKUP.match(start) is not None


def language_of(text: str) -> str | None:
    """Language of a text, ISO 639-1; None for too little text.

    >>> language_of("The harbour froze over for the first time in nine years, and skaters came from three towns.")
    'en'
    """
    if len(text) < 12:
        return None
    from py3langid import classify

    found: str = classify(text[:_LOOK])[0]
    return found


def html_reader() -> Any:
    """The HTML reader; InputError, naming the extra, where trafilatura is missing."""
    try:
        import trafilatura  # noqa: F401
    except ImportError as error:
        raise InputError("HTML pages need trafilatura: pip install 'dedupe-news[html]'") from error
    from dedupe.read.pages.html import read_html

    return read_html


def take_apart(page: str | bytes, table: Agencies, url: str | None = None, charset: str | None = None) -> Page:
    """A page's parts; see `read_page`."""
    if isinstance(page, bytes):
        page = decode(page, charset)
    if is_html(page[:2048].lstrip("\ufeff")):
        found: Page = html_reader()(page, table, url)
        return _in_language(found) if found.language is None else found
    parts = read_plain(page, table)
    if parts.headline is None and not parts.body:
        raise InputError("the page has no text and no headline")
    where = canonical_url(url)
    host = where.removeprefix("https://").partition("/")[0] if where else None
    return _in_language(replace(parts, url=where, outlet=host))


def _in_language(page: Page) -> Page:
    return replace(page, language=language_of(page.body[0] if page.body else page.headline or ""))


def read_page(page: str | bytes, *, url: str | None = None, agencies: str | Path | None = None) -> Page:
    r"""Take a news page apart: headline and its variants, deck, body, citations, credits, furniture.

    page: HTML or plain text; url: where it was found; agencies: a file that adds to the table of agencies (see
    `load_agencies`).  Raises InputError when the page has no article, and when it is HTML and the extra is missing.

    >>> text = "SKARN (AP) - The ferry ran aground early on Monday with two hundred aboard."
    >>> page = read_page("Menu\n\nFerry aground off Skarn\n\n" + text)
    >>> page.headline, page.credits[0].name, page.furniture[0].text
    ('Ferry aground off Skarn', 'Associated Press', 'Menu')
    """
    return take_apart(page, load_agencies(agencies), url)
