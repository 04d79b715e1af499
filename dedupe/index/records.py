"""What an index keeps: texts, the articles that have them, and the stories that they are in."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import orjson

from dedupe.index.entries import MOST
from dedupe.index.runs import BLOCK


@dataclass(frozen=True, slots=True)
class Text:
    """A text, once for all articles that have it word for word.

    number: in order of arrival; key: 16 bytes, of its tokens; words.  Of the article that it came with: hours, time of
    publication in hours since 1970; arrived, the same for its arrival; outlet; address, its canonical URL; headline,
    as it is compared.  story: its number; first, best: the articles that have it, the earliest to arrive and the one
    that comes first in the order of originals; pairs: JSON, what it is to texts that came before.
    """

    number: int
    key: bytes
    words: int
    hours: float | None
    arrived: float
    outlet: str | None
    address: str | None
    headline: str | None
    story: int
    first: int
    best: int
    pairs: str | None

    @property
    def time(self) -> float:
        """Hours since 1970 of its publication, or of its arrival where that is not known."""
        return self.arrived if self.hours is None else self.hours


@dataclass(frozen=True, slots=True)
class Filed:
    """An article; relation: what it was to its original when it came, an index into RELATIONS, -1 for none.

    address: its canonical URL; sequence: see `story.versions.sequence`; pairs: as a text's, of a copy word for word.
    """

    number: int
    id: str
    text: int
    hours: float | None
    arrived: float
    headline: str | None
    outlet: str | None
    agency: str | None
    address: str | None
    points_away: int
    sequence: int
    is_new: int
    relation: int
    pairs: str | None

    @property
    def time(self) -> float:
        """Hours since 1970 of its publication, or of its arrival where that is not known."""
        return self.arrived if self.hours is None else self.hours


@dataclass(frozen=True, slots=True)
class Story:
    """A story: its name, the id of its founder; its original, a text; merged: the story that it went into.

    component: a number that it shares with the stories that joining pairs connect it with; None: there are none, and
    its original comes first among its texts, so that what stands beside that changes nothing.
    """

    number: int
    id: str
    original: int
    merged: int | None
    component: int | None


_COLUMNS: dict[type, list[str]] = {kind: [f.name for f in fields(kind)] for kind in (Text, Filed, Story)}


def columns(kind: type) -> list[str]:
    """The columns of a record."""
    return _COLUMNS[kind]


@dataclass(frozen=True, slots=True)
class RunAt:
    """A run as the index lists it: low to high are the numbers of its texts; texts, chunks: how many it has."""

    id: int
    level: int
    low: int
    high: int
    texts: int
    chunks: int


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge under way: runs (ids) become the run `out`; next: the least entry not yet merged; removals: of the index
    when it began, so that what was removed before is gone afterwards.
    """

    level: int
    inputs: list[int]
    out: int
    next: int
    blocks: int
    chunks: int
    removals: int


@dataclass(slots=True)
class State:
    """Where the index stands, read and written with every transaction.

    texts, articles, stories: the next numbers; live_texts, live_articles: how many there are; first: below it no
    article is left; recent: the first text whose entries are in no run; counted: the text up to which document
    frequencies are kept, of `documents` texts; removals: texts removed so far; epoch: changes when postings are
    made anew.
    """

    texts: int = 0
    articles: int = 0
    stories: int = 0
    live_texts: int = 0
    live_articles: int = 0
    first: int = 0
    recent: int = 0
    counted: int = 0
    documents: int = 0
    removals: int = 0
    epoch: int = 0
    next_run: int = 0
    runs: list[RunAt] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    drops: list[tuple[int, int]] = field(default_factory=list)

    def as_json(self) -> str:
        """The state as it is stored."""
        return orjson.dumps(self).decode()

    @classmethod
    def of_json(cls, text: str) -> State:
        """The state as it was stored."""
        values: dict[str, Any] = orjson.loads(text)
        values["runs"] = [RunAt(**run) for run in values["runs"]]
        values["merges"] = [Merge(**merge) for merge in values["merges"]]
        values["drops"] = [(run, chunks) for run, chunks in values["drops"]]
        return cls(**values)

    @property
    def weighed(self) -> tuple[int, int]:
        """Which count the weights are of."""
        return self.epoch, self.counted

    def full(self, more: int) -> bool:
        """Whether there are no numbers for so many more texts."""
        return self.texts + more >= MOST


RECENT = 1024
"""Texts whose entries are kept one by one, before they form a run."""
FAN_IN = 4
"""Runs of one level that merge into one of the next."""
SHARE = BLOCK
"""Texts for which one block is merged: sixteen blocks for each new run, where seven suffice up to ten million texts.

The sooner a merge is done, the fewer runs there are to ask.
"""
