"""Whether all that an index holds fits together."""

from __future__ import annotations

from collections import Counter

import numpy as np

from dedupe.index.derived import SLICE, derive
from dedupe.index.entries import to_entries
from dedupe.index.records import Filed, Story, Text
from dedupe.index.store import View
from dedupe.index.stored_pairs import OTHER, joins, of_json
from dedupe.index.stories import MOST
from dedupe.settings import Settings
from dedupe.text.terms import COLUMNS

ALL = 1 << 31
Problems = list[str]


def _texts(view: View, settings: Settings) -> tuple[Problems, dict[int, int]]:
    """Texts, their tokens and their postings; returns also the story of each text."""
    problems: Problems = []
    story: dict[int, int] = {}
    state, frequencies = view.state, np.zeros(COLUMNS, dtype=np.int32)
    for part in derive(view, settings, 0, state.texts):
        frequencies += part.frequencies(state.counted)
        story |= {text.number: text.story for text in part.texts}
        words = part.kept.text.counts().tolist()
        for text, key, count in zip(part.texts, part.kept.keys.astype("<u8"), words, strict=True):
            if key.tobytes() != text.key or count != text.words:
                problems.append(f"text {text.number}: its tokens are those of another text")
        owners = part.numbers()[part.keys.owners()]
        wanted = to_entries(part.keys.values, owners)
        lost, counts = np.unique(owners[~np.isin(wanted, view.postings(part.keys, ALL))], return_counts=True)
        problems += [
            f"text {number}: {count} postings are missing"
            for number, count in zip(lost.tolist(), counts.tolist(), strict=True)
        ]
    if state.removals == 0 and (frequencies != view.frequencies()).any():
        problems.append("the document frequencies are not those of the texts")
    if len(story) != state.live_texts:
        problems.append(f"{len(story)} texts with tokens are there, {state.live_texts} are counted")
    return problems, story


def verify(view: View, settings: Settings) -> Problems:
    """Check every invariant, and say what does not hold: a line each."""
    problems, story = _texts(view, settings)
    articles: dict[int, int] = {}
    for start in range(view.state.first, view.state.articles, SLICE):
        for article in view.load(Filed, "number", range(start, start + SLICE)):
            articles[article.number] = article.text
            if article.text not in story:
                problems.append(f"article {article.id!r}: its text {article.text} is not there, or has no tokens")
    if len(articles) != view.state.live_articles:
        problems.append(f"{len(articles)} articles are there, {view.state.live_articles} are counted")
    ties: set[tuple[int, int]] = set()
    for start in range(0, view.state.texts, SLICE):
        for text in view.load(Text, "number", range(start, start + SLICE)):
            if any(articles.get(number) != text.number for number in (text.first, text.best)):
                problems.append(f"text {text.number}: its first or best article has another text")
            ties |= {(text.story, story.get(row[OTHER], text.story)) for row in of_json(text.pairs) if joins(row)}
    return problems + _stories(view, story, ties)


def _stories(view: View, story: dict[int, int], ties: set[tuple[int, int]]) -> Problems:
    """Stories against their texts; story: of each text; ties: stories between which a pair joins."""
    problems: Problems = []
    members = Counter(story.values())
    component: dict[int, int | None] = {}
    for start in range(0, view.state.stories, SLICE):
        for one in view.load(Story, "number", range(start, start + SLICE)):
            if one.merged is None:
                component[one.number] = one.component
                if story.get(one.original) != one.number:
                    problems.append(f"story {one.id!r}: its original is not in it")
            elif members[one.number] or one.component is not None:
                problems.append(f"story {one.id!r}: went into another, and has members or is connected")
    if len(members) != len(component):
        problems.append(f"{len(component)} stories are there, texts are in {len(members)}")
    sizes = Counter(component.values())
    for a, b in ties if view.state.removals == 0 else ():
        ours, theirs = component.get(a), component.get(b)
        if a != b and (ours is None or (ours != theirs and min(sizes[ours], sizes[theirs]) < MOST)):
            problems.append(f"stories {a} and {b}: a pair joins them, and they are not connected")
    return problems
