"""One transaction's arrivals, filed in order: what each is to earlier texts, its story, its verdict."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dedupe.compiled import I64
from dedupe.errors import StoreError
from dedupe.index import stored_pairs as stored
from dedupe.index.arriving import Arrivals
from dedupe.index.counting import count, next_count
from dedupe.index.finding import Earlier, Rules, as_texts, bring, confirm, confirm_members
from dedupe.index.meeting import Meeting
from dedupe.index.packing import pack_tokens
from dedupe.index.records import Filed, Story, Text
from dedupe.index.shelf import Shelf
from dedupe.index.store import View
from dedupe.index.stories import Stories, rank_articles
from dedupe.index.verdict import Verdict
from dedupe.index.withdrawal import withdraw
from dedupe.match.buckets import unpack
from dedupe.match.relation import EXACT, NOTHING, RELATIONS, REVISION


def file_arrivals(view: View, arrivals: Arrivals, rules: Rules, earlier: Earlier | None = None) -> list[Verdict]:
    """File arrivals in order, and say of each what it is; no id may come twice among them.

    earlier: what was found for these arrivals on a snapshot.
    """
    shelf = Shelf(view)
    filed = {article.id: article for article in view.load(Filed, "id", arrivals.ids)}
    shelf.fetch(Text, (article.text for article in filed.values()))
    verdicts: dict[int, Verdict] = {}
    fresh = as_texts(arrivals)
    for i, id_ in enumerate(arrivals.ids):
        if id_ in filed and shelf[Text, filed[id_].text].key == fresh[i].key:
            verdicts[i] = tell(shelf, filed[id_])
    rest = [i for i in range(len(arrivals)) if i not in verdicts]
    if rest:
        places = np.array(rest, dtype=np.int64)
        few = arrivals if len(rest) == len(arrivals) else arrivals.take(places)
        filing = _Filing(few, [fresh[i] for i in rest], rules, shelf, filed, places, earlier)
        for i, verdict in zip(rest, filing.file(), strict=True):
            verdicts[i] = verdict
    return [verdicts[i] for i in range(len(arrivals))]


def tell(shelf: Shelf, article: Filed) -> Verdict:
    """The verdict of an article that is filed: as it was told, with its story and original as they are now."""
    text = shelf[Text, article.text]
    story = shelf[Story, text.story]
    original = shelf.original(story)
    rows = stored.of_json(article.pairs if article.pairs else text.pairs if text.first == article.number else None)
    kept = [(row, other) for row in rows if (other := shelf.get(Text, row[stored.OTHER])) is not None]
    shelf.fetch(Filed, (other.first for _, other in kept))
    ids = {row[stored.OTHER]: shelf[Filed, other.first].id for row, other in kept}
    matches = [
        stored.to_match(row, ids[row[stored.OTHER]]) for row in stored.best_first([row for row, _ in kept])
        if ids[row[stored.OTHER]] != article.id
    ]  # fmt: skip
    relation = RELATIONS[article.relation] if article.relation >= 0 else None
    return Verdict(article.id, bool(article.is_new), story.id, original.id, relation, tuple(matches))


class _Filing:
    """Files the arrivals of one transaction."""

    def __init__(
        self, arrivals: Arrivals, fresh: list[Text], rules: Rules, shelf: Shelf, filed: dict[str, Filed], places: I64,
        earlier: Earlier | None,
    ) -> None:  # fmt: skip
        self.view, self.arrivals, self.fresh = shelf.view, arrivals, fresh
        self.rules, self.shelf, self.filed, self.places, self.earlier = rules, shelf, filed, places, earlier
        self.stories = Stories(
            shelf,
            rules.agencies,
            lambda members, keys: confirm_members(self.view, members, keys, rules),
            frozenset(arrivals.ids),
        )

    def file(self) -> list[Verdict]:
        """The verdict of each, in order; everything is written to the view."""
        meeting = bring(self.shelf, self.arrivals, self.fresh, self.rules, self.earlier)
        self._number(meeting)
        verdicts: list[Verdict] = []
        while True:
            end = self._until_count(len(verdicts))
            rows = self._rows(meeting, len(verdicts), end)
            self._fetch_stories(rows)
            verdicts += [self._file(i, some) for i, some in zip(range(len(verdicts), end), rows, strict=True)]
            self.shelf.write()
            if end == len(self.fresh):
                return verdicts
            count(self.view, self.text_of[end - 1] + 1)

    def _until_count(self, start: int) -> int:
        """Up to where arrivals are weighed alike: the one with which a count is due is the last."""
        last = next_count(self.view.state.counted) - 1
        due = (i for i in range(start, len(self.fresh)) if self.text_of[i] == last and not self.is_copy[i])
        return next(due, len(self.fresh) - 1) + 1

    def _number(self, meeting: Meeting) -> None:
        """Number the new texts, and keep their tokens and keys; a copy word for word has the number of its first."""
        state, k = self.view.state, len(meeting.known)
        lead = meeting.lead[k:]
        news = np.flatnonzero(lead == np.arange(k, k + len(self.fresh)))
        if state.full(len(news)):
            raise StoreError("the index has numbered all the texts that it can; fill a new one")
        numbers = np.arange(state.texts, state.texts + len(news))
        self.text_of = [0] * len(self.fresh)
        for i, number in zip(news.tolist(), numbers.tolist(), strict=True):
            self.text_of[i] = number
        for i in range(len(self.fresh)):
            if lead[i] != k + i:
                self.text_of[i] = meeting.known[lead[i]].number if lead[i] < k else self.text_of[lead[i] - k]
        self.is_copy = lead != np.arange(k, k + len(self.fresh))
        text, headline = self.arrivals.kept.text, self.arrivals.kept.headline
        packed = [pack_tokens(text, headline, i) for i in news.tolist()]
        keys = self.arrivals.keys if len(news) == len(self.fresh) else self.arrivals.keys.take(news)
        self.view.keep(numbers.tolist(), packed, keys)
        state.texts += len(news)

    def _rows(self, meeting: Meeting, start: int, end: int) -> list[list[stored.Row]]:
        """The pairs of arrivals from start to end, with the numbers of the earlier texts."""
        k = len(meeting.known)
        of = unpack(meeting.keys)[:, 1] - k
        some = (of >= start) & (of < end)
        pairs = confirm(self.view, meeting, self.arrivals, self.places, some, self.rules, self.earlier)
        numbers = np.array([*(text.number for text in meeting.known), *self.text_of], dtype=np.int64)
        rows: list[list[stored.Row]] = [[] for _ in range(start, end)]
        for place, row in zip(pairs.b.tolist(), stored.to_rows(pairs, numbers[pairs.a]), strict=True):
            rows[place - k - start].append(row)
        return rows

    def _fetch_stories(self, rows: list[list[stored.Row]]) -> None:
        """Read at once what the stories of all that was found need."""
        shelf, before = self.shelf, self.view.state.texts - int((~self.is_copy).sum())
        numbers = {row[stored.OTHER] for some in rows for row in some if row[stored.OTHER] < before}
        texts = [text for number in numbers if (text := shelf.get(Text, number)) is not None]
        shelf.fetch(Story, (text.story for text in texts))
        originals = {shelf[Story, text.story].original for text in texts}
        shelf.fetch(Text, originals)
        texts += [shelf[Text, number] for number in originals]
        shelf.fetch(Filed, [number for text in texts for number in (text.first, text.best)])

    def _file(self, i: int, rows: list[stored.Row]) -> Verdict:
        arrivals, shelf, state = self.arrivals, self.shelf, self.view.state
        old = self.filed.get(arrivals.ids[i])
        number = old.number if old is not None else state.articles
        copy, text_number = bool(self.is_copy[i]), self.text_of[i]
        article = Filed(
            number, arrivals.ids[i], text_number, self.fresh[i].hours, arrivals.arrived, arrivals.headline[i],
            arrivals.outlet[i], arrivals.agency[i], arrivals.address[i],
            int(arrivals.points_away[i]), int(arrivals.sequence[i]), 0, -1, stored.as_json(rows) if copy else None,
        )  # fmt: skip
        shelf.put(article)
        if old is None:
            state.articles += 1
            state.live_articles += 1
        kept_story = shelf[Text, old.text].story if old is not None else None
        if copy:
            text = self._copied(shelf[Text, text_number], article)
        else:
            state.live_texts += 1
            text = replace(
                self.fresh[i], number=text_number, first=number, best=number, pairs=stored.as_json(rows)
            )  # fmt: skip
            text = self._revised(text, kept_story, rows) if kept_story is not None else self.stories.place(text, rows)
        if old is not None:
            withdraw(shelf, old, self.rules.agencies, into=text if text.story == kept_story else None)
        text = shelf[Text, text_number]
        article = self._judged(article, text, rows, copy, old is not None)
        shelf.put(article)
        return tell(shelf, article)

    def _copied(self, text: Text, article: Filed) -> Text:
        """A text that one more article has; where that comes first in the order of originals, its story may turn."""
        best = self.shelf[Filed, text.best]
        rank = rank_articles((best, article), (text.words, text.words), self.rules.agencies)
        if rank[1] > rank[0]:
            return text
        text = replace(text, best=article.number)
        self.shelf.put(text)
        original = self.shelf[Story, text.story].original
        if original != text.number and self.stories.outranks(text, self.shelf[Text, original]):
            self.stories.settle({text.story})
        return self.shelf[Text, text.number]

    def _revised(self, text: Text, story: int, rows: list[stored.Row]) -> Text:
        """The new text of an article that is known stays in its story."""
        text = replace(text, story=story)
        self.shelf.put(text)
        joined = (self.shelf.get(Text, row[stored.OTHER]) for row in rows if stored.joins(row))
        self.stories.connect({story} | {other.story for other in joined if other is not None})
        return text

    def _judged(self, article: Filed, text: Text, rows: list[stored.Row], copy: bool, revised: bool) -> Filed:
        """The article with what the verdict says of it for good."""
        if revised:
            return replace(article, is_new=0, relation=REVISION)
        original = self.shelf[Story, text.story].original
        alone = not copy and not any(
            stored.joins(row) and (other := self.shelf.get(Text, row[stored.OTHER])) is not None
            and other.story == text.story for row in stored.of_json(text.pairs)
        )  # fmt: skip
        if copy and original == text.number:
            return replace(article, relation=EXACT)
        ties = {row[stored.OTHER]: row for row in stored.of_json(text.pairs) if stored.joins(row)}
        if original in ties:
            return replace(article, relation=ties[original][stored.RELATION])
        return replace(article, is_new=int(alone), relation=NOTHING if alone else stored.best_relation(rows))
