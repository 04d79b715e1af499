"""Stories that joining pairs connect: a page that changes all the time, under a new id each time."""

from __future__ import annotations

import random
from typing import Any

import pytest

import dedupe


def live_page(versions: int) -> list[dict[str, Any]]:
    """Each version has another paragraph than the one before, so the first and the last share nothing."""
    chance = random.Random(3)
    names = [f"{a}{b}{c}o" for a in "bdfgklmnprst" for b in ("an", "er", "il", "om") for c in "dklmnrst"]

    def paragraph() -> str:
        return " ".join(chance.choice(names) for _ in range(30)).capitalize() + "."

    body = [paragraph() for _ in range(8)]
    rows = []
    for version in range(versions):
        day, hour = divmod(version, 24)
        rows.append(
            {
                "id": f"v{version:03}", "headline": "Live: the flood", "outlet": "The Daily", "text": "\n".join(body),
                "published": f"2026-03-{1 + day:02}T{hour:02}:00:00Z",
            }
        )  # fmt: skip
        body[chance.randrange(8)] = paragraph()
    return rows


def test_every_member_of_a_story_is_related_to_its_original(address: str) -> None:
    rows = live_page(60)
    with dedupe.open_index(address) as index:
        for row in rows[:20]:
            index.add(row)
        list(index.add_many(rows[20:], batch=7))
        again = [index.add(row) for row in rows]  # what is known of the pairs by now
        assert index.verify() == []
    joined = {
        frozenset((verdict.id, match.id))
        for verdict in again
        for match in verdict.matches
        if match.relation in ("exact", "near_duplicate", "abridged", "revision")
    }
    originals = {verdict.original_id for verdict in again}
    assert 3 < len(originals) < 30
    assert all(v.id == v.original_id or frozenset((v.id, v.original_id)) in joined for v in again)
    assert len(originals) == len({verdict.story_id for verdict in again})


def test_a_chain_too_long_to_settle_at_once_is_settled_in_part(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("stories", "checking"):
        monkeypatch.setattr(f"dedupe.index.{module}.MOST", 6)
    rows = live_page(60)
    with dedupe.open_index(address) as index:
        verdicts = list(index.add_many(rows, batch=7))
        assert index.verify() == []
        told = {story_id: index.story(story_id) for story_id in {verdict.story_id for verdict in verdicts}}
        assert sum(len(story.members) for story in {one.id: one for one in told.values() if one}.values()) == len(rows)
        assert sum(verdict.is_new for verdict in verdicts) < 10
        for row in rows[::2]:
            index.remove(row["id"])
        assert index.verify() == []


def test_no_story_reaches_further_than_the_window_from_its_original(address: str) -> None:
    rows = live_page(12)
    for week, row in enumerate(rows):
        row["text"] = rows[0]["text"] + f" Week {week}."
        row["published"] = f"2026-{1 + week // 4:02}-{1 + 7 * (week % 4):02}T08:00:00Z"
    with dedupe.open_index(address, window="15d") as index:
        for row in [*rows[1::2], *rows[::2]]:
            index.add(row)
        when = {known.id: known.published for known in index.articles()}
        again = [index.add(row) for row in rows]
        assert index.verify() == []
    for verdict in again:
        others = [verdict.original_id, *(match.id for match in verdict.matches)]
        assert all(abs((when[verdict.id] - when[other]).days) <= 15 for other in others)  # type: ignore[operator]
    assert 2 < len({verdict.story_id for verdict in again}) < 12
