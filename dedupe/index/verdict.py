"""The answer to an article: whether it is new, and what it is to what came before."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Match:
    """An earlier article that this one is something to.

    relation, score, why and the figures: as in `pairs.parquet` (None: nothing to compare); contained: of an abridged
    pair, "this" when the article stands in the match, else "match".
    """

    id: str
    relation: str
    score: float
    why: str
    jaccard: float
    containment: float
    contained: str | None
    cosine: float
    coverage_this: float
    coverage_match: float
    shared_words: int
    headline_similarity: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an article is to those that came before.

    is_new: it founds a story; story_id: the id of the article that founded its story; original_id: the article that
    the story comes from, as known now; relation: to the original (where it is that itself, to its best match), None for
    a new one; matches: best first, those that put it into its story before those that don't.
    """

    id: str
    is_new: bool
    story_id: str
    original_id: str
    relation: str | None
    matches: tuple[Match, ...]

    def as_dict(self) -> dict[str, Any]:
        """The verdict as plain values, for JSON."""
        return asdict(self) | {"matches": [asdict(match) for match in self.matches]}
