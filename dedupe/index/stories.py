"""Texts to stories, one at a time: what joins one is put there at once, all else is settled as in the batch job.

The batch job settles at once whatever joining pairs connect, and parts of it leave to form stories of their own.  So
what a newcomer changes may lie in a story that it has nothing to do with: stories that are connected have one
`component`, and are settled together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from dedupe.compiled import I64, U64
from dedupe.gather import agency_at
from dedupe.index import stored_pairs as stored
from dedupe.index.records import Filed, Story, Text
from dedupe.index.shelf import Shelf
from dedupe.match.numbers import or_nan
from dedupe.match.pairs import Pairs
from dedupe.read.agencies import Agencies
from dedupe.story.original import Traits, is_agency, only_dated, originality
from dedupe.story.settle import settle

MOST = 256
"""Texts, and stories, that are settled anew when one joins; where there are more, it is put beside the best match."""
Confirm = Callable[[list[Text], U64], Pairs]
"""What pairs of these texts (keys of their places) are."""


def rank_articles(articles: Sequence[Filed], words: Sequence[int], agencies: Agencies) -> I64:
    """Place of each article in the order of originals, as among the members of one story, int64[n]; 0 comes first."""
    hours = or_nan(article.hours for article in articles)
    outlet = pa.array([article.outlet for article in articles], pa.large_string())
    agency = pa.array([article.agency for article in articles], pa.large_string())
    at = pa.array([agency_at(article.outlet, agencies) for article in articles], pa.large_string())
    return originality(
        Traits(
            is_agency(outlet, agency, at),
            np.array([article.points_away for article in articles], dtype=np.bool_),
            hours,
            only_dated(hours),
            np.array(words, dtype=np.int64),
            np.array([article.sequence for article in articles], dtype=np.int64),
        )
    )


@dataclass(slots=True)
class Stories:
    """Puts texts into stories, in the records of one transaction.

    likely: names that new stories may need, asked for together; names: those that are known to be taken or free.
    """

    shelf: Shelf
    agencies: Agencies
    confirm: Confirm
    likely: frozenset[str]
    names: dict[str, bool] = field(default_factory=dict)

    def _taken(self, name: str) -> bool:
        if name not in self.names:
            asked = (self.likely | {name}) - self.names.keys()
            taken = {story.id for story in self.shelf.by(Story, "id", asked)}
            self.names |= {one: one in taken for one in asked}
        return self.names[name]

    def found(self, text: Text, name: str) -> Text:
        """Begin a story with a text; name: the id of its article."""
        state, own, turn = self.shelf.view.state, name, 2
        while self._taken(name):
            name, turn = f"{own}~{turn}", turn + 1
        self.names[name] = True
        story = Story(state.stories, name, text.number, None, None)
        state.stories += 1
        self.shelf.put(story)
        text = replace(text, story=story.number)
        self.shelf.put(text)
        return text

    def best(self, text: Text) -> Filed:
        """The article of a text that comes first in the order of originals."""
        return self.shelf[Filed, text.best]

    def outranks(self, one: Text, other: Text) -> bool:
        """Whether one text's best article comes before another's."""
        articles, words = (self.best(other), self.best(one)), (other.words, one.words)
        rank = rank_articles(articles, words, self.agencies)
        return bool(rank[1] < rank[0])

    def place(self, text: Text, rows: Sequence[stored.Row]) -> Text:
        """Put a new text where its pairs (to earlier texts) say; it has a story afterwards."""
        ties = {row[stored.OTHER]: row for row in rows if stored.joins(row)}
        texts = [other for number in ties if (other := self.shelf.get(Text, number)) is not None]
        numbers = {other.story for other in texts}
        if not numbers:
            return self.found(text, self.best(text).id)
        story = self.shelf[Story, next(iter(numbers))]
        alone = len(numbers) == 1 and story.component is None
        if alone and story.original in ties and not self.outranks(text, self.shelf[Text, story.original]):
            text = replace(text, story=story.number)
            self.shelf.put(text)
        elif not self.settle(numbers, text):
            row = stored.best_first([ties[other.number] for other in texts])[0]
            text = replace(text, story=self.shelf[Text, row[stored.OTHER]].story)
            self.shelf.put(text)
        return self.shelf[Text, text.number]

    def settle(self, numbers: set[int], text: Text | None = None) -> bool:
        """Choose originals anew among the texts of stories, of all that are connected with these, and a new one.

        Where that are too many, of these stories alone; False where these are too many, and nothing is changed.
        """
        everywhere = self._connected(numbers)
        for some in (everywhere, numbers) if everywhere > numbers else (numbers,):
            members = self.shelf.by(Text, "story", some, MOST)
            if len(some) < MOST and len(members) < MOST:
                if text is not None:
                    self.shelf.put(text)
                    members.append(text)
                now, plain = self._settle(members, some)
                self._connect(everywhere - some | now, plain)
                return True
        self._connect(everywhere)
        return False

    def connect(self, numbers: set[int]) -> None:
        """Write that stories are connected, though nothing is settled."""
        self._connect(self._connected(numbers))

    def _connected(self, numbers: set[int]) -> set[int]:
        """Stories, and those that are connected with them; of a component, MOST are enough."""
        components = {self.shelf[Story, number].component for number in numbers} - {None}
        found = (self.shelf.by(Story, "component", {component}, MOST) for component in components)
        return numbers.union(story.number for some in found for story in some)

    def _connect(self, numbers: set[int], plain: bool | None = None) -> None:
        """Write that stories are connected, and with no others; a component that is too large to be settled stays.

        plain: whether the original of each comes first among its texts; None: nothing of that has changed.
        """
        stories = [self.shelf[Story, number] for number in numbers]
        parts = Counter(story.component for story in stories if story.component is not None)
        component: int | None = max(parts, key=lambda one: (parts[one], -one), default=min(numbers))
        if len(stories) == 1 and (not parts if plain is None else plain):
            component = None
        for story in stories:
            if story.component != component and (story.component is None or parts[story.component] < MOST):
                self.shelf.put(replace(story, component=component))

    def _settle(self, members: list[Text], numbers: set[int]) -> tuple[set[int], bool]:
        """Choose originals anew among texts; numbers: the stories that they are in.

        Returns the stories that they are in now, and whether each one's original comes first among its texts.
        """
        self.shelf.fetch(Filed, (text.best for text in members))
        place = {text.number: i for i, text in enumerate(members)}
        rows, a, b = [], [], []
        for text in members:
            for row in stored.of_json(text.pairs):
                if row[stored.OTHER] in place:
                    rows.append(row)
                    a.append(place[row[stored.OTHER]])
                    b.append(place[text.number])
        rank = rank_articles([self.best(text) for text in members], [text.words for text in members], self.agencies)
        first = np.arange(len(members), dtype=np.int64)
        original, more = settle(
            stored.to_known(rows, a, b), first, rank, lambda keys: self.confirm(members, np.sort(keys))
        )
        for found in more:
            self._keep(members, found)
        plain = bool((rank >= rank[original]).all())
        return self._name(members, original.tolist(), numbers), plain

    def _keep(self, members: list[Text], pairs: Pairs) -> None:
        """Keep pairs that settling asked for, with the later text."""
        numbers = np.array([text.number for text in members], dtype=np.int64)
        for at, row in zip(pairs.b.tolist(), stored.to_rows(pairs, numbers[pairs.a]), strict=True):
            text = self.shelf[Text, members[at].number]
            rows = stored.of_json(text.pairs)
            if all(row[stored.OTHER] != known[stored.OTHER] for known in rows):
                self.shelf.put(replace(text, pairs=stored.as_json([*rows, row])))

    def _name(self, members: list[Text], original: list[int], numbers: set[int]) -> set[int]:
        """Give each group a story, and say which: the founder's part keeps its own, of several the oldest stays."""
        was = [text.story for text in members]
        name: dict[int, int] = {}
        for story in sorted(numbers):
            parts = Counter(original[i] for i in range(len(members)) if was[i] == story)
            founders = [original[i] for i in range(len(members)) if was[i] == story]
            free = [group for group in founders[:1] + [group for group, _ in parts.most_common()] if group not in name]
            if free and (founders[0] == free[0] or len(parts) > 1):
                name[free[0]] = story
            else:
                record = self.shelf[Story, story]
                into = name[founders[0]] if founders else None
                self.shelf.put(replace(record, merged=into, component=None))
        for group in dict.fromkeys(original):
            texts = [self.shelf[Text, members[i].number] for i in range(len(members)) if original[i] == group]
            head = self.shelf[Text, members[group].number]
            if group in name:
                story_record = self.shelf[Story, name[group]]
                if story_record.original != head.number:
                    self.shelf.put(replace(story_record, original=head.number))
            else:
                begun = self.found(texts[0], self.shelf[Filed, texts[0].first].id)
                name[group] = begun.story
                self.shelf.put(replace(self.shelf[Story, begun.story], original=head.number))
            for text in texts:
                now = self.shelf[Text, text.number]
                if now.story != name[group]:
                    self.shelf.put(replace(now, story=name[group]))
        return set(name.values())
