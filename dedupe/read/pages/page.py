"""What a page holds: the article, and everything around it that is none."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from dedupe.read.credits import Credit


@dataclass(frozen=True, slots=True)
class Variant:
    """A headline of the page besides its first.

    kind: "exact" (the same words again), "near" (other words for the same), or "body" (the headline over the body,
    where it is another); where: what shows it ("line 4", "title", "og:title", "h2"); similarity: to the headline,
    0 to 1.
    """

    text: str
    kind: str
    where: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Citation:
    """A mark such as [2]: its number, the source it stands for (None: the page doesn't say), the paragraphs with it."""

    number: int
    source: str | None
    paragraphs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Furniture:
    """A line that is not the article: its text, and where it stands ("line 9")."""

    text: str
    where: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page, taken apart.

    headline, deck, body_headline, byline, dateline: None where the page has none; variants: further headlines, in
    order; body: the paragraphs, without citation marks; citations, credits, furniture: see their own pages;
    published: UTC, midnight where only a date is given; language: ISO 639-1; url: where the page was found, in
    canonical form; canonical_url: where its article lives, by its own word; outlet: who publishes it.
    """

    headline: str | None
    variants: tuple[Variant, ...]
    deck: str | None
    body_headline: str | None
    body: tuple[str, ...]
    citations: tuple[Citation, ...]
    credits: tuple[Credit, ...]
    byline: str | None
    dateline: str | None
    published: datetime | None
    language: str | None
    url: str | None
    canonical_url: str | None
    outlet: str | None
    furniture: tuple[Furniture, ...]

    @property
    def text(self) -> str:
        """The article's text: the paragraphs, an empty line between them."""
        return "\n\n".join(self.body)

    def as_dict(self) -> dict[str, Any]:
        """The page as plain values, for JSON."""
        return asdict(self) | {"text": self.text}
