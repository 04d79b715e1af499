"""An article: one text as one outlet published it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

FIELDS = ("id", "headline", "text", "url", "outlet", "published", "language", "agency", "canonical_url")
"""What is known of an article; each is looked for in the input under its usual names."""

TIME = pa.timestamp("us", tz="UTC")

SCHEMA = pa.schema([(name, TIME if name == "published" else pa.large_string()) for name in FIELDS])
"""Arrow schema of articles inside the program: text is never null, the others may be."""


@dataclass(frozen=True, slots=True)
class Article:
    """One text as one outlet published it.

    Only the text (or, for a flash, the headline) is needed.  A time without a
    zone is taken as UTC.

    >>> Article("Kyiv wakes to snow.", headline="Snow in Kyiv").headline
    'Snow in Kyiv'
    """

    text: str | None = None
    headline: str | None = None
    id: str | None = None
    url: str | None = None
    outlet: str | None = None
    published: datetime | str | None = None
    language: str | None = None
    agency: str | None = None
    canonical_url: str | None = None

    def as_dict(self) -> dict[str, object]:
        """The article as a row."""
        return {name: getattr(self, name) for name in FIELDS}
