"""An empty index filled at once with what was decided elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dedupe.errors import StoreError
from dedupe.index.derived import rebuild
from dedupe.index.records import Filed, Story, Text
from dedupe.index.store import Refill
from dedupe.match.known_furniture import Learned
from dedupe.settings import Settings


@dataclass(frozen=True, slots=True)
class Part:
    """Some records, numbered on from those of the part before; packed: tokens of the texts, see `packing`."""

    texts: list[Text]
    packed: list[bytes]
    articles: list[Filed]
    stories: list[Story]


def fill(view: Refill, parts: Iterable[Part], learned: Learned, settings: Settings) -> None:
    """Keep the records of all parts, and make the rest from them.  StoreError when there are too many texts.

    learned: furniture, to be set aside in what comes later as it was in these.
    """
    state = view.state
    view.keep_furniture(learned)
    for part in parts:
        if state.full(len(part.texts)):
            raise StoreError("more texts than an index can number")
        view.keep_tokens([text.number for text in part.texts], part.packed)
        view.save(part.texts)
        view.save(part.articles)
        view.save(part.stories)
        state.texts += len(part.texts)
        state.articles += len(part.articles)
        state.stories += len(part.stories)
    rebuild(view, settings)
