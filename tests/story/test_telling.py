"""What is told of stories: changes, versions, events and their origins, who copies whom, and what stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dedupe
from dedupe.story.connected import connected
from dedupe.story.events import independent_origins
from dedupe.story.flows import flows
from dedupe.story.versions import kept_members, sequence, versions
from tests.match.test_furniture import paragraphs, words

PARTS = paragraphs(1, 6)
WHOLE = "\n".join(PARTS)


def told(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    """Articles of a run; a row's id is its place."""
    given = [
        {"id": str(i), "outlet": f"Paper {i}", "published": f"2026-05-04T{6 + i:02d}:10:00Z"} | row
        for i, row in enumerate(rows)
    ]
    return dedupe.find_duplicates(given).articles.to_pylist()


@pytest.mark.parametrize(
    ("text", "changes", "kept"),
    [
        (WHOLE, [], 1.0),
        ("\n".join(PARTS[:4]), ["cut at the end"], 0.667),
        ("\n".join(PARTS[1:]), ["cut at the start"], 0.833),
        ("\n".join(PARTS[:2] + PARTS[3:]), ["cut inside"], 0.833),
        ("\n".join([words(30, 77), *PARTS]), ["lead added"], 1.0),
        ("\n".join([*PARTS, words(30, 78)]), ["text added at the end"], 1.0),
        ("\n".join([*PARTS[:3], words(30, 79), *PARTS[3:]]), ["text added inside"], 1.0),
        ("\n".join([words(30, 77), *PARTS[:4]]), ["cut at the end", "lead added"], 0.667),
    ],
)
def test_what_a_copy_changed(text: str, changes: list[str], kept: float) -> None:
    first, second = told({"text": WHOLE, "headline": "Ferry aground"}, {"text": text, "headline": "Ferry aground"})
    assert (first["changes"], first["original_kept"], second["original_id"]) == ([], None, "0")
    assert second["changes"] == changes and second["original_kept"] == pytest.approx(kept, abs=0.03)


def test_a_changed_headline_is_told_and_an_outlet_s_decoration_is_none() -> None:
    rows = [
        {"text": WHOLE, "headline": head}
        for head in ("Ferry aground", "Ferry aground - Paper 1", "All safe off Skarn", None)
    ]
    assert [row["changes"] for row in told(*rows)] == [[], [], ["headline changed"], []]


def test_the_original_by_canonical_url_time_precision_and_length() -> None:
    away = {"url": "https://paper.example/a", "canonical_url": "https://wire.example/w/1"}
    found = told({"text": WHOLE, **away}, {"text": WHOLE, "url": "https://wire.example/w/1"})
    assert [row["original_id"] for row in found] == ["1", "1"]
    dated = told({"text": WHOLE, "published": "2026-05-04"}, {"text": WHOLE, "published": "2026-05-04T23:00:00Z"})
    assert [row["original_id"] for row in dated] == ["1", "1"]
    longest = told({"text": "\n".join(PARTS[:4]), "published": None}, {"text": WHOLE, "published": None})
    assert [row["original_id"] for row in longest] == ["1", "1"]


def test_an_agency_s_own_article_by_its_name_or_its_domain() -> None:
    credit = f"SKARN (AP) - {WHOLE}"
    for own in ({"outlet": "Associated Press"}, {"outlet": None, "url": "https://apnews.com/article/ferry-1"}):
        found = dedupe.find_duplicates([
            {"id": "a", "text": credit, "outlet": "Echo", "published": "2026-05-04T06:00:00Z"},
            {"id": "b", "text": credit, "published": "2026-05-04T09:00:00Z", **own},
        ])  # fmt: skip
        assert found.articles["original_id"].to_pylist() == ["b", "b"]
        story = found.stories.to_pylist()[0]
        assert story["agency"] == "Associated Press" and story["original_evidence"].startswith("stands at the agency")
        [flow] = found.flows.to_pylist()
        assert (flow["source"], flow["source_kind"], flow["target"], flow["articles"]) == (
            "Associated Press",
            "agency",
            "Echo",
            1,
        )
        assert flow["median_delay_hours"] == -3.0


def test_wire_sequence_words() -> None:
    heads = ["Oil climbs", "UPDATE 1-Oil climbs", "UPDATE 12-Oil climbs", "Oil climbs, 2nd Ld-Writethru", "CORRECTED-Oil climbs",
             "Oil climbs (adds details)", "ОБНОВЛЕНО: нефть дорожает", "Up in arms", "Update your phone", None]  # fmt: skip
    assert sequence(pa.array(heads, pa.large_string())).tolist() == [0, 10, 120, 20, 5, 5, 5, 0, 0, 0]


def test_versions_are_in_order_and_the_newest_is_marked(tmp_path: Path) -> None:
    rows = [
        {"text": WHOLE, "headline": "Oil climbs", "outlet": "Wire"},
        {"text": "\n".join([*PARTS, words(20, 5)]), "headline": "UPDATE 2-Oil climbs", "outlet": "Wire"},
        {"text": "\n".join([*PARTS, words(12, 6)]), "headline": "UPDATE 1-Oil climbs", "outlet": "Wire"},
        {"text": "\n".join([*PARTS, words(50, 7)]), "headline": "Oil climbs", "outlet": "Echo"},
    ]
    # Without times the wire's own words tell the order.
    untimed = [dict(row, published=None, id=str(i)) for i, row in enumerate(rows)]
    found = dedupe.find_duplicates(untimed)
    assert found.articles["version"].to_pylist() == [1, 3, 2, None]
    assert found.articles["newest"].to_pylist() == [False, True, False, None]
    for keep, stays in (("original", 1), ("newest", 1), ("longest", 1)):
        table = dedupe.find_duplicates(untimed, keep=keep).kept()
        assert table.num_rows == stays
    assert dedupe.find_duplicates(untimed, keep="newest").kept()["id"].to_pylist() == ["1"]
    assert dedupe.find_duplicates(untimed, keep="longest").kept()["id"].to_pylist() == ["3"]
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"".join(dedupe.read.json_lines.as_json(row) + b"\n" for row in untimed))
    summary = dedupe.run([path], tmp_path / "out", keep="newest")
    assert summary["keep"] == "newest" and b"UPDATE 2" in (tmp_path / "out" / "kept.jsonl").read_bytes()
    with pytest.raises(dedupe.SettingsError, match="keep 'best'"):
        dedupe.find_duplicates(untimed, keep="best")


def test_versions_by_time_where_all_times_are_known() -> None:
    original, place = np.zeros(4, np.int64), np.array([0, 0, 0, -1])
    made = versions(original, place, np.full(4, -1), np.array([3.0, 1.0, 2.0, 0.0]), np.array([0, 0, 90, 0]))
    assert made.number.tolist() == [3, 1, 2, 0] and made.newest.tolist() == [True, False, False, False]
    assert kept_members(original, made, np.array([5, 6, 7, 9]), np.array([3.0, 1.0, 2.0, 0.0]), "newest").tolist() == [
        True,
        False,
        False,
        False,
    ]


def test_stories_of_one_event_and_its_witnesses() -> None:
    quote = words(90, 55)
    wire = {"text": f"SKARN (AP) - {WHOLE} {quote}", "headline": "Ferry aground off Skarn"}
    rework = {"text": "\n".join([*paragraphs(9, 2), quote, *paragraphs(8, 1)]), "headline": "A night on the reef"}
    other = {"text": "\n".join(paragraphs(30)), "headline": "Rain is due"}
    found = dedupe.find_duplicates([
        {"id": str(i), "outlet": f"Paper {i}", "published": f"2026-05-04T{6 + i:02d}:10:00Z"} | row
        for i, row in enumerate([wire, wire, wire, rework, rework, other])
    ])  # fmt: skip
    assert found.articles["event_id"].to_pylist() == ["0", "0", "0", "0", "0", "5"]
    assert [(s["event_id"], s["origins"], s["spread_hours"]) for s in found.stories.to_pylist()] == [
        ("0", 2, 2.0),
        ("0", 2, 1.0),
    ]
    again = [dict(row, agency="AP") for row in (wire, wire, wire, rework, rework)]
    stories = dedupe.find_duplicates([dict(row, id=str(i), outlet=f"P{i}") for i, row in enumerate(again)]).stories
    assert stories["origins"].to_pylist() == [1, 1], "forty reprints of one agency are one witness"


def test_origins_count_an_agency_once() -> None:
    event, original = np.array([0, 0, 0, 3]), np.array([0, 1, 2, 3])
    assert independent_origins(event, original, np.array([7, 7, -1, 7])).tolist() == [2, 2, 2, 1]


def test_who_copies_whom() -> None:
    original, outlet = np.array([0, 0, 0, 3]), np.array([0, 1, 1, 2])
    made = flows(original, outlet, np.full(4, -1), np.full(4, -1), np.array([1.0, 3.0, 7.0, 2.0]))
    assert (made.source.tolist(), made.target.tolist(), made.articles.tolist(), made.delay.tolist()) == (
        [0],
        [1],
        [2],
        [4.0],
    )
    credited = flows(
        original, outlet, np.array([-1, 5, 5, 5]), np.array([5, -1, -1, -1]), np.array([1.0, 3.0, np.nan, 2.0])
    )
    assert credited.source.tolist() == [5, 5] and credited.target.tolist() == [1, 2]
    assert credited.articles.tolist() == [2, 1] and credited.delay[0] == 2.0 and np.isnan(credited.delay[1])


def test_connected_is_what_union_says() -> None:
    assert connected(6, np.array([4, 1, 5]), np.array([2, 4, 0])).tolist() == [0, 1, 1, 3, 1, 0]


def test_the_sample_s_stories_are_told(sample: Path, tmp_path: Path) -> None:
    dedupe.run([sample / "wire.jsonl"], tmp_path / "out")
    rows = {r["id"]: r for r in pq.read_table(tmp_path / "out" / "articles.parquet").to_pylist()}
    assert rows["port-5"]["changes"] == ["cut at the end", "headline changed"]
    assert rows["port-6"]["changes"] == ["lead added", "headline changed"]
    assert [rows[f"rate-{i}"]["version"] for i in range(1, 6)] == [1, 2, 3, 4, 5] and rows["rate-5"]["newest"]
    kinds = {h["headline"]: h["kind"] for h in pq.read_table(tmp_path / "out" / "headlines.parquet").to_pylist()}
    assert kinds["Ostby bridge to close for six weeks for repairs"] == "same_event"
