"""What every store promises: the same assertions for each."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sklearn.metrics import adjusted_rand_score

import dedupe
from dedupe.errors import InputError, StoreError
from dedupe.index.opening import open_index
from tests.conftest import ROOT

TEXT = (
    "The bridge over the river opened on Monday after ten years of work, the mayor of the town told reporters, and "
    "trains will cross it from next week on, twice an hour in both directions, except on Sundays and on holidays."
)
OTHER = (
    "Fishermen on the northern coast have asked the ministry to lift the ban on cod before the season ends, saying that "
    "stocks have recovered and that their boats have lain idle since the spring without any compensation at all."
)


def numbered(text: str, turn: int) -> str:
    """A text of its own: each word with a number."""
    return " ".join(f"{word}{turn}" for word in text.split())


def rows_of(name: str) -> list[dict[str, Any]]:
    import orjson

    return [orjson.loads(line) for line in (ROOT / "data" / name).read_bytes().splitlines() if line.strip()]


def test_a_copy_is_told_from_what_is_new(address: str) -> None:
    with open_index(address) as index:
        first = index.add({"id": "a", "text": TEXT})
        other = index.add({"id": "b", "text": OTHER})
        copy = index.add({"id": "c", "text": TEXT.upper()})
        edited = index.add({"id": "d", "text": "Good news. " + TEXT})
        assert (first.is_new, first.story_id, first.original_id, first.relation) == (True, "a", "a", None)
        assert other.is_new and other.story_id == "b"
        assert (copy.is_new, copy.story_id, copy.original_id, copy.relation) == (False, "a", "a", "exact")
        assert [match.id for match in copy.matches] == ["a"]
        assert (edited.is_new, edited.story_id, edited.relation) == (False, "a", "near_duplicate")
        match = edited.matches[0]
        assert match.id == "a" and match.containment == 1.0 and "lightly edited" in match.why
        assert index.verify() == []


def test_a_copy_has_its_own_address(address: str) -> None:
    with open_index(address) as index:
        for host in ("one", "two"):
            index.add({"id": host, "text": TEXT, "canonical_url": f"https://{host}.example/bridge"})
        known = index.get("two")
        assert known is not None and known.canonical_url == "https://two.example/bridge"


def test_check_says_what_add_would_say_and_keeps_nothing(address: str) -> None:
    with open_index(address) as index:
        index.add({"id": "a", "text": TEXT})
        asked = index.check({"id": "b", "text": "Good news. " + TEXT})
        assert index.get("b") is None and index.stats()["articles"] == 1
        assert index.add({"id": "b", "text": "Good news. " + TEXT}) == asked


def test_the_same_article_again_gets_the_same_verdict(address: str) -> None:
    with open_index(address) as index:
        verdicts = [index.add({"id": "a", "text": TEXT}), index.add({"id": "b", "text": "Good news. " + TEXT}),
                    index.add({"id": "c", "text": TEXT})]  # fmt: skip
        again = [index.add({"id": "a", "text": TEXT}), index.add({"id": "b", "text": "Good news. " + TEXT}),
                 index.add({"id": "c", "text": TEXT})]  # fmt: skip
        assert [verdict.is_new for verdict in again] == [True, False, False]
        assert [(v.relation, v.matches) for v in again] == [(v.relation, v.matches) for v in verdicts]
        assert index.stats()["articles"] == 3


def test_new_text_under_a_known_id_is_a_revision(address: str) -> None:
    with open_index(address) as index:
        index.add({"id": "a", "text": TEXT})
        index.add({"id": "b", "text": TEXT + " Nobody was hurt."})
        revised = index.add({"id": "a", "text": TEXT + " The mayor cut the ribbon himself in the rain."})
        assert (revised.is_new, revised.relation, revised.story_id) == (False, "revision", "a")
        assert index.stats()["articles"] == 2
        assert index.add({"id": "c", "text": TEXT}).story_id == "a"
        assert index.verify() == []


def test_one_by_one_and_in_batches_are_the_same(address: str, tmp_path: Path) -> None:
    rows = rows_of("wire.jsonl")
    with open_index(address) as index, open_index("memory:") as batched:
        one = [index.add(row) for row in rows]
        many = list(batched.add_many(rows, batch=25))
    assert one == many


def test_stories_are_those_of_the_batch_job(address: str) -> None:
    rows = rows_of("wire.jsonl")
    run = dedupe.find_duplicates(rows, settings=dedupe.Settings(furniture=0))
    with open_index(address) as index:
        verdicts = list(index.add_many(rows))
        stories = {known.id: known.story_id for known in index.articles()}
        assert index.verify() == []
    ids = run.articles["id"].to_pylist()
    assert adjusted_rand_score(run.articles["story_id"].to_pylist(), [stories[id_] for id_ in ids]) >= 0.98
    batch = set(zip(run.pairs["id_a"].to_pylist(), run.pairs["id_b"].to_pylist(), strict=True))
    mine = {(match.id, verdict.id) for verdict in verdicts for match in verdict.matches}
    assert len(batch & mine) >= 0.98 * len(batch | mine)


def test_what_others_add_after_the_look_is_not_missed(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = rows_of("wire.jsonl") + [{**row, "id": f"again {row['id']}"} for row in rows_of("wire.jsonl")[::3]]
    batches = [rows[start : start + 9] for start in range(0, len(rows), 9)]
    with open_index("memory:") as plain:
        wanted = [verdict for batch in batches for verdict in plain.add_many(batch)]
    told: list[Any] = []
    looked: list[int] = []
    with open_index(address) as index:
        look = index._look

        def overtaken(arrivals: Any) -> Any:
            """Others write between the look and the turn."""
            earlier = look(arrivals)
            looked.append(len(earlier.pairs))
            index._crowded = False
            told.extend(index.add_many(batches[turn]))
            return earlier

        monkeypatch.setattr(index, "_look", overtaken)
        monkeypatch.setattr("dedupe.index.ingest.WAITED", 1e9)  # none but this test says when others write
        for turn in range(0, len(batches) - 1, 2):
            index._crowded = True
            told += list(index.add_many(batches[turn + 1]))
        if len(batches) % 2:
            told += list(index.add_many(batches[-1]))
        assert index.verify() == []
    assert told == wanted and sum(looked) > 20


def test_the_window_limits_matches_in_both_directions(address: str) -> None:
    day = datetime(2026, 1, 15, tzinfo=UTC)
    with open_index(address, window="7d") as index:
        index.add({"id": "a", "text": TEXT, "published": day})
        assert not index.check({"id": "b", "text": TEXT, "published": day + timedelta(days=6)}).is_new
        assert not index.check({"id": "b", "text": TEXT, "published": day - timedelta(days=6)}).is_new
        assert index.add({"id": "late", "text": TEXT, "published": day + timedelta(days=8)}).is_new
        assert index.add({"id": "early", "text": TEXT, "published": day - timedelta(days=8)}).is_new
        near = index.add({"id": "c", "text": TEXT, "published": day + timedelta(days=9)})
        assert (near.is_new, near.story_id) == (False, "late")
        assert index.verify() == []


def test_a_story_that_loses_its_original_has_the_next_and_keeps_its_id(address: str) -> None:
    with open_index(address) as index:
        for id_, text in (("a", TEXT), ("b", TEXT + " Nobody was hurt."), ("c", TEXT), ("d", OTHER)):
            index.add({"id": id_, "text": text, "published": "2026-01-01"})
        assert index.remove("a") and not index.remove("a")
        story = index.story("a")
        assert story is not None and story.id == "a" and [known.id for known in story.members] == ["b", "c"]
        assert story.original_id in ("b", "c")
        later = index.add({"id": "e", "text": TEXT, "published": "2026-01-02"})
        assert (later.story_id, later.original_id) == ("a", story.original_id)
        for id_ in ("b", "c", "e"):
            index.remove(id_)
        assert index.story("a") is None and index.add({"id": "f", "text": TEXT}).is_new
        assert index.verify() == []


def test_old_articles_expire_by_time_and_by_count(address: str) -> None:
    with open_index(address) as index:
        day = datetime(2026, 1, 1, tzinfo=UTC)
        rows = [
            {"id": str(turn), "text": numbered(TEXT, turn), "published": day + timedelta(days=turn)}
            for turn in range(40)
        ]
        list(index.add_many(rows))
        assert index.expire(before=day + timedelta(days=10)) == 10
        assert index.get("9") is None and index.get("10") is not None
        assert index.expire(keep=5) == 25
        assert sorted(known.id for known in index.articles()) == ["35", "36", "37", "38", "39"]
        assert index.add({"id": "new", "text": numbered(TEXT, 3)}).is_new
        assert index.verify() == []


def test_runs_are_made_and_merged_and_nothing_is_lost(address: str) -> None:
    rows = [{"id": str(turn), "text": numbered(TEXT, turn)} for turn in range(5000)]
    with open_index(address) as index:
        assert all(verdict.is_new for verdict in index.add_many(rows, batch=500))
        for turn in (0, 1023, 1024, 2500, 4999):
            assert index.check({"id": "again", "text": "So " + numbered(TEXT, turn)}).story_id == str(turn)
        index.expire(keep=600)
        list(index.add_many([{"id": f"b{turn}", "text": numbered(OTHER, turn)} for turn in range(3000)]))
        assert index.check({"id": "again", "text": numbered(TEXT, 100)}).is_new
        assert not index.check({"id": "again", "text": numbered(TEXT, 4900)}).is_new
        assert index.verify() == []


@pytest.mark.parametrize(
    ("article", "said"),
    [
        ({"id": "x"}, "no text and no headline"),
        ({"id": "x", "text": " "}, "no text and no headline"),
        ({"text": TEXT, "headline": "Bridge opens"}, "Bridge opens"),
        ({"id": "x", "text": TEXT, "published": "the day after"}, "can't be read"),
        ({"id": "x", "text": TEXT, "published": "9999-01-01"}, "can't be true"),
        ({"id": "x", "text": TEXT, "published": "0001-01-01"}, "can't be true"),
        ({"id": "x", "text": "long " * 10_000_000}, "bytes"),
        ({"id": "x", "text": "NUL \0 in it"}, "NUL"),
        ({"id": "x\0", "text": TEXT}, "NUL"),
        ({"id": "x", "text": 7}, "not a string"),
        ({"id": "x", "text": "lone \ud800"}, "surrogate"),
    ],
)
def test_what_cannot_be_used_is_named_and_leaves_no_trace(address: str, article: dict[str, Any], said: str) -> None:
    with open_index(address) as index:
        index.add({"id": "a", "text": TEXT})
        with pytest.raises(InputError, match=said) as caught:
            list(index.add_many([{"id": "b", "text": OTHER}, article]))
        assert "article" in str(caught.value)
        assert index.stats()["articles"] == 1 and index.get("b") is None
        assert index.verify() == []


def test_cells_beyond_the_header_are_no_columns(address: str) -> None:
    row: dict[Any, Any] = {"id": "a", "text": TEXT, None: ["more"], 7: "seven"}  # the first as csv.DictReader has it
    with open_index(address) as index:
        assert index.add(row).is_new
        assert [verdict.is_new for verdict in index.add_many([row | {"id": str(i)} for i in range(9)])] == [False] * 9


def test_rejects_are_kept_apart_when_asked(address: str) -> None:
    rejects: list[Any] = []
    rows = [{"id": "a", "text": TEXT}, {"id": "b"}, {"text": TEXT}, {"id": "c", "text": OTHER}]
    with open_index(address) as index:
        assert [verdict.id for verdict in index.add_many(rows, rejects=rejects)] == ["a", "c"]
    assert [reject.row for reject in rejects] == [1, 2]


def test_of_many_threads_one_is_told_that_it_is_new(address: str) -> None:
    with open_index(address) as index:
        told: list[bool] = []
        start = threading.Barrier(8)

        def work(worker: int) -> None:
            start.wait()
            for turn in range(10):
                told.append(index.add({"id": f"{worker}-{turn}", "text": numbered(TEXT, turn)}).is_new)

        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert Counter(told) == {True: 10, False: 70}
        assert index.verify() == []


def test_near_copies_that_come_at_once_are_one_story(address: str) -> None:
    with open_index(address) as index:
        start = threading.Barrier(6)

        def work(worker: int) -> None:
            start.wait()
            for turn in range(6):
                index.add({"id": f"{worker}-{turn}", "text": f"Seen by writer{worker} today. {numbered(TEXT, turn)}"})

        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        stories = {(known.id.split("-")[1], known.story_id) for known in index.articles()}
        assert len(stories) == 6 and index.stats()["articles"] == 36
        assert index.verify() == []


def test_an_original_that_comes_late_takes_its_place(address: str) -> None:
    with open_index(address) as index:
        index.add({"id": "copy", "text": "Good news. " + TEXT, "outlet": "The Daily", "published": "2026-01-02T10:00"})
        late = index.add({"id": "first", "text": TEXT, "outlet": "Reuters", "published": "2026-01-02T08:00"})
        assert (late.is_new, late.story_id, late.original_id, late.relation) == (
            False, "copy", "first", "near_duplicate",
        )  # fmt: skip
        assert index.verify() == []


def test_postings_that_are_lost_are_told_and_made_anew(address: str) -> None:
    rows = [{"id": str(turn), "text": numbered(TEXT, turn)} for turn in range(2600)]
    with open_index(address) as index:
        list(index.add_many(rows))
        for id_ in ("3", "1500", "2599"):
            index.remove(id_)
        with index._store.refilling() as view:
            view.refill(lambda low, high: iter(()))
            view.state.live_articles += 1
        problems = index.verify()
        assert len(problems) == 2598 and any("postings are missing" in problem for problem in problems)
        assert index.check({"id": "again", "text": "So " + numbered(TEXT, 7)}).is_new
        index.repair()
        assert index.verify() == [] and index.stats()["articles"] == 2597
        for turn in (0, 1023, 1024, 2047, 2598):
            assert index.add({"id": f"again {turn}", "text": "So " + numbered(TEXT, turn)}).story_id == str(turn)
        for turn in (3, 1500, 2599):
            assert index.check({"id": "again", "text": "So " + numbered(TEXT, turn)}).is_new
        list(index.add_many([{"id": f"b{turn}", "text": numbered(OTHER, turn)} for turn in range(2600)]))
        assert index.check({"id": "again", "text": "So " + numbered(TEXT, 8)}).story_id == "8"
        assert index.verify() == []


def test_stats_count_what_was_done(address: str) -> None:
    with open_index(address) as index:
        list(index.add_many([{"id": "a", "text": TEXT}, {"id": "b", "text": TEXT}, {"id": "c", "text": OTHER}]))
        index.check({"id": "d", "text": TEXT})
        index.remove("c")
        stats = index.stats()
    assert (stats["articles"], stats["texts"]) == (2, 1)
    did = stats["process"]
    assert (did["added"], did["new"], did["checked"], did["removed"], did["relations"]) == (3, 2, 1, 1, {"exact": 1})


def test_an_index_that_is_out_of_numbers_says_so(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_index(address) as index:
        index.add({"id": "a", "text": TEXT})
        monkeypatch.setattr("dedupe.index.records.MOST", 2)
        with pytest.raises(StoreError, match="fill a new one"):
            index.add({"id": "b", "text": OTHER})
        assert not index.add({"id": "c", "text": TEXT}).is_new and index.stats()["articles"] == 2
