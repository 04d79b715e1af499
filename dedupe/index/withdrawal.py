"""Articles and texts that go: what others have stays, a story that loses its original has the next member for one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dedupe.index.records import Filed, Story, Text
from dedupe.index.shelf import Shelf
from dedupe.index.stories import rank_articles
from dedupe.read.agencies import Agencies


def withdraw(shelf: Shelf, article: Filed, agencies: Agencies, into: Text | None = None) -> None:
    """Take an article's text from it: what other articles have stays, what only it had goes.

    into: the text that the article has instead, in the same story; it may be the original in place of what goes.
    """
    text = shelf[Text, article.text]
    others = [one for one in shelf.by(Filed, "text", {text.number}) if one.number != article.number]
    if others:
        best = next((one for one in others if one.number == text.best), None)
        changed = replace(text, first=others[0].number, best=best.number if best else others[0].number)
        if changed != text:
            shelf.put(changed)
        return
    shelf.drop(Text, text.number)
    shelf.view.state.live_texts -= 1
    shelf.view.state.removals += 1
    story = shelf[Story, text.story]
    if story.original != text.number:
        return
    members = [one for one in shelf.by(Text, "story", {story.number}) if one.number != text.number]
    if into is not None and into.story == story.number:
        shelf.put(replace(story, original=into.number))
    elif members:
        shelf.fetch(Filed, (one.best for one in members))
        bests = [shelf[Filed, one.best] for one in members]
        rank = rank_articles(bests, [one.words for one in members], agencies)
        shelf.put(replace(story, original=members[int(np.argmin(rank))].number))
    else:
        shelf.drop(Story, story.number)


def remove(shelf: Shelf, article: Filed, agencies: Agencies) -> None:
    """Take an article out of the index."""
    withdraw(shelf, article, agencies)
    shelf.drop(Filed, article.number)
    shelf.view.state.live_articles -= 1
