"""What a view has to arrivals: the texts that share keys with them, and the pairs that the confirmation leaves.

All of it may be asked of a snapshot while another writes, and be used in turn: texts never change, so only what came
since must be looked up then, and only pairs that are new, or weigh otherwise, must be confirmed.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dedupe.compiled import F32, F64, I64, U64, Bool
from dedupe.index.arriving import Arrivals
from dedupe.index.entries import MOST, OTHER, Keys, numbers_of
from dedupe.index.meeting import Meeting, facts_of, lead_of, meet, within
from dedupe.index.packing import join_packed
from dedupe.index.records import Text
from dedupe.index.shelf import Shelf
from dedupe.index.store import View
from dedupe.match.buckets import pair_keys, unpack
from dedupe.match.index import Facts, confirm_candidates
from dedupe.match.numbers import or_none
from dedupe.match.pairs import Pairs, join_pairs, no_pairs
from dedupe.read.agencies import Agencies
from dedupe.settings import Settings
from dedupe.text.sketch import join_tokens, pick
from dedupe.text.tokens import Tokens


class _Inline(Executor):
    """Does what it is given at once: a thread costs more than one article."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it."""
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


INLINE = _Inline()


@dataclass(frozen=True, slots=True)
class Rules:
    """By what arrivals are judged; window: hours, None for no end; weigh: idf as a view stands, float32[2^20]."""

    settings: Settings
    window: float | None
    agencies: Agencies
    weigh: Callable[[View], F32]


@dataclass(frozen=True, slots=True)
class Stored:
    """Tokens of texts that the store has, by place."""

    view: View
    texts: list[Text]

    def tokens(self, rows: I64) -> tuple[Tokens, Tokens]:
        """See `match.index.HasTokens`."""
        numbers = [self.texts[row].number for row in rows.tolist()]
        packed = self.view.packed(numbers)
        return join_packed(packed[number] for number in numbers)


@dataclass(frozen=True, slots=True)
class Mixed:
    """Tokens of known texts and, after them, of arrivals."""

    known: Stored
    arrivals: Arrivals

    def tokens(self, rows: I64) -> tuple[Tokens, Tokens]:
        """See `match.index.HasTokens`."""
        k = len(self.known.texts)
        fresh = np.ascontiguousarray(rows[rows >= k] - k)
        text, headline = pick(self.arrivals.kept.text, fresh), pick(self.arrivals.kept.headline, fresh)
        if len(fresh) == len(rows):
            return text, headline
        old, old_headline = self.known.tokens(rows[rows < k])
        return join_tokens([old, text]), join_tokens([old_headline, headline])


def as_texts(arrivals: Arrivals) -> list[Text]:
    """Arrivals as records that have no numbers yet."""
    keys = np.ascontiguousarray(arrivals.kept.keys.astype("<u8")).tobytes()
    words = arrivals.kept.text.counts().tolist()
    hours = or_none(arrivals.hours)
    return [
        Text(
            -1, keys[16 * i : 16 * i + 16], words[i], hours[i], arrivals.arrived, arrivals.outlet[i],
            arrivals.address[i], arrivals.plain[i], -1, -1, -1, None,
        )
        for i in range(len(arrivals))
    ]  # fmt: skip


def _confirm(
    tokens: Stored | Mixed, facts: Facts, keys: U64, spread: F64, weights: F32, settings: Settings
) -> Pairs:  # fmt: skip
    return join_pairs(confirm_candidates(tokens, facts, weights, keys, spread, settings, INLINE, lambda count: None))


def confirm_members(view: View, members: list[Text], keys: U64, rules: Rules) -> Pairs:
    """What pairs of stored texts (keys of their places) are; those further apart than the window are nothing."""
    if rules.window is not None:
        keys = keys[within(members, keys, rules.window)]
    if not len(keys):
        return no_pairs()
    facts, spread = facts_of(members, rules.settings), np.zeros(len(keys))
    return _confirm(Stored(view, members), facts, keys, spread, rules.weigh(view), rules.settings)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was found for arrivals on a snapshot, before their turn to write came.

    texts: how many there were; entries: of those, uint64[e]; weighed: epoch and count of the weights; asked: pairs that
    were confirmed, uint64[p], sorted, with their spread; pairs: what is left of them.  Texts are given by number, an
    arrival by MOST and its place.
    """

    texts: int
    entries: U64
    weighed: tuple[int, int]
    asked: U64
    spread: F64
    pairs: Pairs


def _names(meeting: Meeting, places: I64) -> I64:
    """Texts and arrivals of a meeting, as `Earlier` gives them: in order."""
    return np.concatenate([np.array([text.number for text in meeting.known], dtype=np.int64), MOST + places])


def bring(shelf: Shelf, arrivals: Arrivals, fresh: list[Text], rules: Rules, earlier: Earlier | None) -> Meeting:
    """Look up the arrivals' keys, and bring them together with what has them."""
    view, limit = shelf.view, rules.settings.bucket_cap + 1

    def known_of(entries: U64) -> list[Text]:
        """The texts of entries that are still there, in order of number."""
        numbers = np.unique(numbers_of(entries)).tolist()
        shelf.fetch(Text, numbers)
        return [text for number in numbers if (text := shelf.get(Text, number)) is not None]

    keys, found = arrivals.keys, np.zeros(0, np.uint64)
    if earlier is not None:
        found = np.concatenate([earlier.entries, view.postings(keys, limit, earlier.texts)])
    else:
        if len(fresh) > 1:  # a copy word for word needs no other key; for one article, asking twice costs more
            found = view.postings(keys.of_kind(OTHER), limit)
            keys = _of_leads(keys, known_of(found), fresh, rules.window)
        found = np.concatenate([found, view.postings(keys, limit)])
    found = np.unique(found)
    return meet(known_of(found), found, fresh, arrivals, rules.settings, rules.window)


def _of_leads(keys: Keys, known: list[Text], fresh: list[Text], window: float | None) -> Keys:
    """The keys of those arrivals that are no copies word for word."""
    lead = lead_of([*known, *fresh], len(known), window)[len(known) :]
    return keys.take(np.flatnonzero(lead == np.arange(len(known), len(known) + len(fresh))))


def confirm(
    view: View, meeting: Meeting, arrivals: Arrivals, places: I64, some: Bool, rules: Rules, earlier: Earlier | None
) -> Pairs:
    """What some candidates of a meeting are.  places: those of the arrivals when `earlier` was found, int64[m]."""
    if meeting.facts is None or not some.any():  # most articles are like no other
        return no_pairs()
    keys, spread = meeting.keys[some], meeting.spread[some]
    parts: list[Pairs] = []
    if earlier is not None and earlier.weighed == view.state.weighed and len(earlier.asked):
        names, pairs = _names(meeting, places), unpack(keys)
        named = pair_keys(names[pairs[:, 0]], names[pairs[:, 1]])
        at = np.minimum(np.searchsorted(earlier.asked, named), len(earlier.asked) - 1)
        same = (earlier.asked[at] == named) & (earlier.spread[at] == spread)
        left = earlier.pairs
        left = left.take(np.flatnonzero(np.isin(pair_keys(left.a, left.b), named[same])))
        parts.append(replace(left, a=np.searchsorted(names, left.a), b=np.searchsorted(names, left.b)))
        keys, spread = keys[~same], spread[~same]
    if len(keys):
        tokens = Mixed(Stored(view, meeting.known), arrivals)
        parts.append(_confirm(tokens, meeting.facts, keys, spread, rules.weigh(view), rules.settings))
    return join_pairs(parts) if len(parts) > 1 else parts[0]


def look(view: View, arrivals: Arrivals, rules: Rules) -> Earlier:
    """What a snapshot has to arrivals, for `file_arrivals` to go on from."""
    shelf, fresh, places = Shelf(view), as_texts(arrivals), np.arange(len(arrivals))
    meeting = bring(shelf, arrivals, fresh, rules, None)
    pairs = confirm(view, meeting, arrivals, places, np.ones(len(meeting.keys), np.bool_), rules, None)
    names, asked = _names(meeting, places), unpack(meeting.keys)
    return Earlier(
        view.state.texts, meeting.found, view.state.weighed, pair_keys(names[asked[:, 0]], names[asked[:, 1]]),
        meeting.spread, replace(pairs, a=names[pairs.a], b=names[pairs.b]),
    )  # fmt: skip
