"""A page for people: what it holds, a line for each part."""

from __future__ import annotations

from dedupe.read.pages.page import Page

WIDTH = 100
"""Characters of a paragraph that are shown."""


def _short(text: str) -> str:
    return text if len(text) <= WIDTH else text[: WIDTH - 1].rstrip() + "…"


def as_text(page: Page, name: str | None = None) -> str:
    r"""The page in lines.

    name: its file, where there are several.

    >>> from dedupe.read.pages.reading import read_page
    >>> text = "The ferry ran aground early on Monday with more than two hundred people aboard."
    >>> print(as_text(read_page("Ferry aground off Skarn\n\n" + text)))
    headline       Ferry aground off Skarn
    body           1 paragraph, 14 words
                   The ferry ran aground early on Monday with more than two hundred people aboard.
    language       en
    """
    lines: list[tuple[str, str]] = [("page", name)] if name else []

    def tell(label: str, *values: str | None) -> None:
        for value in values:
            if value:
                lines.append((label, value))
                label = ""

    tell("headline", page.headline or "none")
    for kind in ("exact", "near", "body"):
        tell(
            {"exact": "again", "near": "in other words", "body": "over the body"}[kind],
            *(
                f"{v.text}  [{v.where}{'' if kind == 'exact' else f', {100 * v.similarity:.0f}% alike'}]"
                for v in page.variants
                if v.kind == kind
            ),
        )
    tell("deck", page.deck)
    tell("byline", page.byline)
    tell("dateline", page.dateline)
    words = sum(len(paragraph.split()) for paragraph in page.body)
    count = f"{len(page.body)} paragraph{'' if len(page.body) == 1 else 's'}, {words} words"
    tell("body", count if page.body else "none", *(_short(paragraph) for paragraph in page.body))
    tell(
        "citations",
        *(
            f"[{c.number}] {c.source or 'no source'}, in paragraph "
            f"{', '.join(str(p + 1) for p in c.paragraphs) or 'none'}"
            for c in page.citations
        ),
    )
    tell("credits", *(
        f"{c.name}{f' ({c.country})' if c.country else ''}: {c.role}, {c.place}: {c.evidence}" for c in page.credits
    ))  # fmt: skip
    tell("published", page.published.isoformat() if page.published else None)
    tell("outlet", page.outlet)
    tell("language", page.language)
    tell("url", page.url)
    tell("canonical", page.canonical_url)
    tell("furniture", *(f"{_short(f.text)}  [{f.where}]" for f in page.furniture))
    return "\n".join(f"{label:<15}{value}" for label, value in lines)
