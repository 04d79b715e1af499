"""Which column holds what: usual names, or the user's own mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dedupe.article import FIELDS
from dedupe.errors import InputError

USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "_id", "article_id", "doc_id", "docid", "guid", "uid", "uuid"),
    "headline": ("headline", "title", "heading", "headline_text"),
    "text": ("text", "body", "content", "article", "article_text", "full_text", "fulltext", "maintext", "plain_text"),
    "url": ("url", "link", "permalink", "source_url", "uri"),
    "outlet": ("outlet", "source", "publisher", "domain", "publication", "site", "source_domain", "source_name"),
    "published": (
        "published", "date", "pub_date", "pubdate", "published_at", "publishedat", "publication_date",
        "publish_date", "date_publish", "date_published", "datetime", "timestamp", "time", "created_at",
    ),
    "language": ("language", "lang", "locale"),
    "agency": ("agency", "wire", "newsagency", "news_agency"),
    "canonical_url": (
        "canonical_url", "canonical", "url_canonical", "canonical_link", "final_url", "resolved_url", "redirect_url",
        "url_final",
    ),
}  # fmt: skip


def map_columns(found: Sequence[str], asked: Mapping[str, str], where: str) -> dict[str, str]:
    """Field of an article -> column of this input.

    found: the input's columns; asked: the user's mapping; where: the input's name, for errors.
    A name of another case counts.  Raises InputError, listing the columns, when a mapped
    column is missing or neither text nor headline can be found.

    >>> map_columns(["Title", "body", "n"], {}, "x.csv")
    {'headline': 'Title', 'text': 'body'}
    """
    listed = ", ".join(found) if found else "none"
    if unknown := [name for name in asked if name not in FIELDS]:
        raise InputError(f"--column {unknown[0]}=...: an article has {', '.join(FIELDS)}")
    by_lower = {name.lower(): name for name in reversed(found)}
    mapping: dict[str, str] = {}
    for name in FIELDS:
        if name in asked:
            if asked[name] not in found:
                raise InputError(f"{where}: no column {asked[name]!r} for {name}; columns found: {listed}")
            mapping[name] = asked[name]
            continue
        usual = next(
            (by_lower[u] for u in USUAL_NAMES[name] if u in by_lower and by_lower[u] not in asked.values()), None
        )
        if usual is not None:
            mapping[name] = usual
    if "text" not in mapping and "headline" not in mapping:
        raise InputError(
            f"{where}: no column looks like the text or the headline; columns found: {listed}; "
            "name one with --column text=NAME"
        )
    return mapping
