"""Whether all that an index holds fits together."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa

from dedupe.index.arriving import list_arrival_keys
from dedupe.index.counting import frequencies_of
from dedupe.index.entries import to_entries
from dedupe.index.packing import unpack_tokens
from dedupe.index.records import Filed, Story, Text
from dedupe.index.store import View
from dedupe.match.collection import keep
from dedupe.settings import Settings
from dedupe.text.sketch import join_tokens, sketch_tokens
from dedupe.text.terms import COLUMNS

SLICE = 1000
ALL = 1 << 31
Problems = list[str]


def _texts(view: View, settings: Settings) -> tuple[Problems, dict[int, int]]:
    """Texts, their tokens and their postings; returns also the story of each text."""
    problems: Problems = []
    story: dict[int, int] = {}
    frequencies = np.zeros(COLUMNS, dtype=np.int64)
    for start in range(0, view.state.texts, SLICE):
        texts = view.load(Text, "number", range(start, min(start + SLICE, view.state.texts)))
        packed = view.packed([text.number for text in texts])
        problems += [f"text {text.number}: no tokens" for text in texts if text.number not in packed]
        texts = [text for text in texts if text.number in packed]
        story |= {text.number: text.story for text in texts}
        if not texts:
            continue
        frequencies += frequencies_of([packed[text.number] for text in texts if text.number < view.state.counted])
        parts = [unpack_tokens(packed[text.number]) for text in texts]
        made = sketch_tokens(join_tokens([one for one, _ in parts]), join_tokens([two for _, two in parts]), settings)
        kept = keep(made, settings)
        for text, key, words in zip(texts, kept.keys.astype("<u8"), kept.text.counts().tolist(), strict=True):
            if key.tobytes() != text.key or words != text.words:
                problems.append(f"text {text.number}: its tokens are those of another text")
        plain = pa.array([text.headline for text in texts], pa.large_string())
        address = pa.array([text.address for text in texts], pa.large_string())
        keys = list_arrival_keys(kept, plain, address, settings)
        numbers = np.array([text.number for text in texts], dtype=np.int64)
        wanted = to_entries(keys.values, numbers[keys.owners()])
        found = np.isin(wanted, view.postings(keys, ALL))
        for number in np.unique(numbers[keys.owners()[~found]]).tolist():
            problems.append(
                f"text {number}: {int((~found)[numbers[keys.owners()] == number].sum())} postings are missing"
            )
    if view.state.removals == 0 and (frequencies != view.frequencies()).any():
        problems.append("the document frequencies are not those of the texts")
    if len(story) != view.state.live_texts:
        problems.append(f"{len(story)} texts are there, {view.state.live_texts} are counted")
    return problems, story


def verify(view: View, settings: Settings) -> Problems:
    """Check every invariant, and say what does not hold: a line each."""
    problems, story = _texts(view, settings)
    of_text: Counter[int] = Counter()
    articles: dict[int, int] = {}
    for start in range(0, view.state.articles, SLICE):
        for article in view.load(Filed, "number", range(start, start + SLICE)):
            articles[article.number] = article.text
            of_text[article.text] += 1
            if article.text not in story:
                problems.append(f"article {article.id!r}: its text {article.text} is not there")
    if len(articles) != view.state.live_articles:
        problems.append(f"{len(articles)} articles are there, {view.state.live_articles} are counted")
    for start in range(0, view.state.texts, SLICE):
        for text in view.load(Text, "number", range(start, start + SLICE)):
            if any(articles.get(number) != text.number for number in (text.first, text.best)):
                problems.append(f"text {text.number}: its first or best article has another text")
    members = Counter(story.values())
    stories = 0
    for start in range(0, view.state.stories, SLICE):
        for one in view.load(Story, "number", range(start, start + SLICE)):
            stories += one.merged is None
            if one.merged is None and story.get(one.original) != one.number:
                problems.append(f"story {one.id!r}: its original is not in it")
            if one.merged is not None and members[one.number]:
                problems.append(f"story {one.id!r}: went into another, and has members")
    if len(members) != stories:
        problems.append(f"{stories} stories are there, texts are in {len(members)}")
    return problems
