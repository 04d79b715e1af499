"""The ingestion index: each article as it comes, against all that came before.

Articles are read and sketched outside any transaction; then one transaction looks up their keys, confirms what shares
them, files them and writes.  Every decision is the batch job's own function.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from types import TracebackType
from typing import Any

import numpy as np

from dedupe.article import Article
from dedupe.compiled import F32
from dedupe.errors import InputError, StoreError
from dedupe.index.arriving import Arrivals, read_arrivals
from dedupe.index.checking import verify
from dedupe.index.counting import count, count_due
from dedupe.index.derived import rebuild
from dedupe.index.filing import file_arrivals
from dedupe.index.filling import Part, fill
from dedupe.index.finding import Earlier, Rules, look
from dedupe.index.records import SHARE, Filed, Story, Text
from dedupe.index.shelf import Shelf
from dedupe.index.store import Store, View
from dedupe.index.trial import Trial
from dedupe.index.verdict import Verdict
from dedupe.index.withdrawal import remove
from dedupe.match.known_furniture import Learned
from dedupe.match.relation import RELATIONS
from dedupe.match.tfidf import idf
from dedupe.read.agencies import Agencies
from dedupe.read.raw import Reject
from dedupe.settings import Settings

log = logging.getLogger(__name__)
BATCH = 1000
WAITED = 0.002
"""Seconds that a writer waits for its turn, from which others are held to be writing too."""
SLICE = 512
"""Articles, at most, that expire in one transaction."""


@dataclass(frozen=True, slots=True)
class Known:
    """An article that an index holds; relation: to its original when it came, None for a new one."""

    id: str
    story_id: str
    original_id: str
    relation: str | None
    is_new: bool
    headline: str | None
    outlet: str | None
    agency: str | None
    published: datetime | None
    added: datetime
    canonical_url: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """A story: its original and all members, by time of publication."""

    id: str
    original_id: str
    members: tuple[Known, ...]


@dataclass(slots=True)
class _Counters:
    """What one index did since it was opened."""

    added: int = 0
    new: int = 0
    checked: int = 0
    removed: int = 0
    refused: int = 0
    relations: dict[str, int] = field(default_factory=lambda: dict.fromkeys(RELATIONS, 0))
    add_seconds: float = 0.0
    slowest_add_seconds: float = 0.0


def _moment(hours: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=round(hours * 3.6e9))


def _part(arrivals: Arrivals, start: int) -> Arrivals:
    """The next arrivals, up to where an id comes again: as if they were added one by one."""
    ids: set[str] = set()
    end = start
    while end < len(arrivals) and arrivals.ids[end] not in ids:
        ids.add(arrivals.ids[end])
        end += 1
    return arrivals if end - start == len(arrivals) else arrivals.take(np.arange(start, end))


class Index:
    """Check-and-add against a store; made by `open_index`.  May be used from several threads."""

    def __init__(
        self, store: Store, settings: Settings, window: float | None, columns: Mapping[str, str], agencies: Agencies,
        name: str,
    ) -> None:  # fmt: skip
        self.name, self.settings = name, settings
        self._store, self._window, self._columns, self._agencies = store, window, columns, agencies
        self._rules = Rules(settings, window, agencies, self._weigh)
        self._weights: tuple[tuple[int, int], F32] | None = None
        self._learned: tuple[int, Learned] | None = None
        self._crowded = False
        self._counters, self._lock = _Counters(), threading.Lock()

    def __enter__(self) -> Index:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store; what was added is kept."""
        self._store.close()

    def add(self, article: Article | Mapping[str, Any]) -> Verdict:
        """Say what an article is, and keep it: one transaction, written when this returns.

        The same id with the same text gives the verdict that was given; with another text it is a revision, and takes
        the place of what it was.  Raises InputError, naming the article, for one that can't be used, and StoreError
        when the store can't be used; nothing is written then.
        """
        return self._add([article], None)[0]

    def check(self, article: Article | Mapping[str, Any]) -> Verdict:
        """Say what `add` would say, and keep nothing."""
        arrivals, epoch = self._read([article], None)
        with self._store.reading() as view:
            arrivals = self._as_filled(view, [article], arrivals, epoch)
            verdict = file_arrivals(Trial(view), arrivals, self._rules)[0]
        with self._lock:
            self._counters.checked += 1
        return verdict

    def add_many(
        self, articles: Iterable[Article | Mapping[str, Any]], batch: int = BATCH, rejects: list[Reject] | None = None
    ) -> Iterator[Verdict]:
        """Add articles in order; each batch is one transaction, and its verdicts come when it is written.

        rejects: where articles that can't be used go; None: the first of them is an InputError, and nothing of its
        batch is written.
        """
        coming = iter(articles)
        while some := list(islice(coming, batch)):
            yield from self._add(some, rejects)

    def get(self, id: str) -> Known | None:
        """An article by its id; None when the index does not hold it."""
        with self._store.reading() as view:
            shelf = Shelf(view)
            return next((self._known(shelf, article) for article in view.load(Filed, "id", [id])), None)

    def story(self, story_id: str) -> Told | None:
        """A story by its id, also by one that it had before it went into another; None when there is none."""
        with self._store.reading() as view:
            shelf = Shelf(view)
            story = next(iter(shelf.by(Story, "id", {story_id})), None)
            while story is not None and story.merged is not None:
                story = shelf.get(Story, story.merged)
            return self._told(shelf, story) if story is not None else None

    def remove(self, id: str) -> bool:
        """Take an article out; False when the index does not hold it.

        A story keeps its id, and has its next member for original.
        """
        with self._store.writing() as view:
            shelf = Shelf(view)
            found = view.load(Filed, "id", [id])
            for article in found:
                remove(shelf, article, self._agencies)
            shelf.write()
        with self._lock:
            self._counters.removed += len(found)
        return bool(found)

    def expire(self, *, before: datetime | timedelta | None = None, keep: int | None = None) -> int:
        """Take old articles out, and say how many; in short transactions, so that nobody waits long.

        before: those published before then (added, where that is not known), a timedelta counting back from now; keep:
        all but so many that were added last.
        """
        if (before is None) == (keep is None):
            raise InputError("expire: give before or keep, one of them")
        if isinstance(before, timedelta):
            before = datetime.now(UTC) - before
        limit = math.inf
        if before is not None:
            before = before if before.tzinfo else before.replace(tzinfo=UTC)
            limit = (before - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() / 3600
        gone, number = 0, self._next_old(0, limit)
        while number is not None:
            with self._store.writing() as view:
                more = SLICE if keep is None else max(view.state.live_articles - keep, 0)
                some = view.load(Filed, "number", range(number, number + SLICE))
                old = [one for one in some if one.time < limit][:more]
                shelf = Shelf(view)
                for article in old:
                    remove(shelf, article, self._agencies)
                shelf.write()
                if number == view.state.first:
                    left = {one.number for one in some} - {one.number for one in old}
                    view.state.first = min(left, default=min(number + SLICE, view.state.articles))
            gone += len(old)
            self._store.tidy(1)
            number = self._next_old(number + SLICE, limit) if more else None
        with self._lock:
            self._counters.removed += gone
        log.info("%s: %d articles expired", self.name, gone)
        return gone

    def _next_old(self, number: int, limit: float) -> int | None:
        """The first of the next few articles among which one is to expire, None when there is none."""
        with self._store.reading() as view:
            number = max(number, view.state.first)
            while number < view.state.articles:
                some = view.load(Filed, "number", range(number, number + SLICE))
                if any(one.time < limit for one in some):
                    return number
                number += SLICE
        return None

    def stats(self) -> dict[str, Any]:
        """Counters for a dashboard: what the index holds, what it takes, and what this process did with it."""
        with self._store.reading() as view:
            state = view.state
            held = {"articles": state.live_articles, "texts": state.live_texts, "runs": len(state.runs)}
            held |= {"recent_texts": state.texts - state.recent, "merges": len(state.merges)}
        with self._lock:
            did = {name: getattr(self._counters, name) for name in _Counters.__slots__}
        did["relations"] = {name: count for name, count in did["relations"].items() if count}
        return held | {"bytes": self._store.sizes(), "process": did}

    def articles(self) -> Iterator[Known]:
        """All articles, in the order in which they came."""
        number, end = 0, 1
        while number < end:
            with self._store.reading() as view:
                number = max(number, view.state.first)
                shelf, end = Shelf(view), view.state.articles
                some = view.load(Filed, "number", range(number, number + BATCH))
                shelf.fetch(Text, (article.text for article in some))
                yield from [self._known(shelf, article) for article in some]
            number += BATCH

    def verify(self) -> list[str]:
        """Check all that the index holds; what does not fit together, a line each."""
        with self._store.reading() as view:
            return self._store.damage() or verify(view, self.settings)

    def fill(self, parts: Iterable[Part], learned: Learned) -> None:
        """Fill an empty index with records made elsewhere, all of them or none; see `dedupe.load_index`.

        learned: furniture that is set aside in them, and will be in what comes.
        """
        with self._store.refilling() as view:
            if view.state.articles:
                raise StoreError(f"{self.name}: is or was in use; only a new index can be filled")
            fill(view, parts, learned, self.settings)

    def repair(self) -> None:
        """Make anew what can be made from the texts: postings, document frequencies, counts; `verify` tells the rest.

        Nobody else may have the index open meanwhile.  What is damaged in an SQLite file and can be made anew, its
        inner indexes too, is left behind; articles or tokens that can't be read are a StoreError, and the file stays.
        """
        with self._store.refilling() as view:
            rebuild(view, self.settings)
        log.info("%s: made anew from its texts", self.name)

    def _read(self, articles: list[Any], rejects: list[Reject] | None) -> tuple[Arrivals, int]:
        """Articles as arrivals, and the epoch of the index whose furniture was set aside in them."""
        if self._learned is None:
            with self._store.reading() as view:
                self._learned = view.state.epoch, view.furniture()
        epoch, learned = self._learned
        before, refused = len(rejects or ()), 0
        try:
            arrivals = read_arrivals(articles, self._columns, self.settings, self._agencies, learned, rejects)
            refused = len(rejects or ()) - before
        except InputError:
            refused = 1
            raise
        finally:
            with self._lock:
                self._counters.refused += refused
        return arrivals, epoch

    def _as_filled(self, view: View, articles: list[Any], arrivals: Arrivals, epoch: int) -> Arrivals:
        """The arrivals; read once more where another process has filled the index since."""
        if epoch == view.state.epoch:
            return arrivals
        self._learned = view.state.epoch, view.furniture()
        return read_arrivals(articles, self._columns, self.settings, self._agencies, self._learned[1], [])

    def _add(self, articles: list[Any], rejects: list[Reject] | None) -> list[Verdict]:
        start = time.perf_counter()
        arrivals, epoch = self._read(articles, rejects)
        verdicts: list[Verdict] = []
        if len(arrivals):
            earlier = self._look(arrivals) if self._crowded else None
            try:
                asked = time.perf_counter()
                with self._store.writing() as view:
                    self._crowded = self._store.snapshots and time.perf_counter() - asked > WAITED
                    before = view.state.texts
                    arrivals = self._as_filled(view, articles, arrivals, epoch)
                    earlier = earlier if epoch == view.state.epoch else None
                    while len(verdicts) < len(arrivals):
                        part = _part(arrivals, len(verdicts))
                        same = earlier if len(part) == len(arrivals) else None
                        verdicts += file_arrivals(view, part, self._rules, same)
                        if count_due(view.state):
                            count(view, view.state.texts)
                    blocks = view.state.texts // SHARE - before // SHARE
            except BaseException:
                self._weights = None  # they may be those of a count that is undone
                raise
            self._store.tidy(blocks)
        self._count(verdicts, time.perf_counter() - start)
        return verdicts

    def _look(self, arrivals: Arrivals) -> Earlier:
        """Find on a snapshot what else would be found in turn, when others write too."""
        with self._store.reading() as view:
            return look(view, arrivals, self._rules)

    def _weigh(self, view: View) -> F32:
        """The weights as the index stands: those of the last count, whichever process made it."""
        at, kept = view.state.weighed, self._weights
        if kept is None or kept[0] != at:
            kept = self._weights = at, idf(view.frequencies(), view.state.documents)
        return kept[1]

    def _count(self, verdicts: list[Verdict], seconds: float) -> None:
        with self._lock:
            counters = self._counters
            counters.added += len(verdicts)
            counters.new += sum(verdict.is_new for verdict in verdicts)
            for verdict in verdicts:
                if verdict.relation:
                    counters.relations[verdict.relation] += 1
            counters.add_seconds += seconds
            counters.slowest_add_seconds = max(counters.slowest_add_seconds, seconds)

    def _known(self, shelf: Shelf, article: Filed) -> Known:
        text = shelf[Text, article.text]
        story = shelf[Story, text.story]
        original = shelf.original(story)
        return Known(
            article.id, story.id, original.id, RELATIONS[article.relation] if article.relation >= 0 else None,
            bool(article.is_new), article.headline, article.outlet, article.agency,
            None if article.hours is None else _moment(article.hours), _moment(article.arrived), article.address,
        )  # fmt: skip

    def _told(self, shelf: Shelf, story: Story) -> Told:
        texts = shelf.by(Text, "story", {story.number})
        members = shelf.by(Filed, "text", {text.number for text in texts})
        original = shelf.original(story)
        members.sort(key=lambda article: (article.time, article.number))
        return Told(story.id, original.id, tuple(self._known(shelf, article) for article in members))
