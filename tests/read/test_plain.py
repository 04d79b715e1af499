"""Records that are read in one go are read as the general way reads them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedupe
from dedupe.read.articles import read_articles
from dedupe.read.objects import open_objects
from dedupe.read.plain import FEW, plain_articles

STRINGS = st.one_of(
    st.sampled_from(["", " ", "a", "Ёлка ", "\u3000京", "x\u00a0", "\x1f", "\x85a", "\ud800", "2026-08-18", "soon"]),
    st.text(),
)
VALUES = st.one_of(
    st.none(), STRINGS, STRINGS, st.integers(0, 9), st.booleans(), st.just(b"x"), st.just(date(2026, 8, 18)),
    st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1), timezones=st.sampled_from([None, UTC])),
)  # fmt: skip
NAMES = st.sampled_from(["id", "Title", "text", "url", "source", "published", "lang", "agency", "canonical", "tags"])


@given(st.lists(st.dictionaries(NAMES, VALUES), min_size=1, max_size=FEW))
def test_a_few_records_are_read_as_the_general_way_reads_them(records: list[dict[str, Any]]) -> None:
    plain = plain_articles(records, {})
    if plain is None:
        return
    parts = [part for source in open_objects(records) for part in read_articles(source, {}, None)]
    assert len(parts) == 1 and not parts[0].rejects and not parts[0].unreadable_dates
    assert plain.equals(parts[0].table)


@pytest.mark.parametrize(
    "record",
    [
        {"id": "a", "headline": "Snow", "text": "Rain over Kyiv.", "outlet": "The Daily", "published": "2026-08-18"},
        {"id": "б", "title": " Сніг", "body": "Дощ над Києвом. ", "url": "https://d.example/a", "domain": "Газета"},
        {"guid": "1", "text": "東京で雪。", "published": datetime(2026, 8, 18, tzinfo=UTC), "tags": ["a"]},
        dedupe.Article("Rain.", id="a"),
    ],
)  # fmt: skip
def test_usual_articles_are_plain(record: Any) -> None:
    assert plain_articles([record], {}) is not None


def test_names_are_those_that_the_user_gives() -> None:
    plain = plain_articles([{"n": "a", "t": "Rain.", "text": "Snow."}], {"id": "n", "text": "t"})
    assert plain is not None and plain["text"].to_pylist() == ["Rain."] and plain["id"].to_pylist() == ["a"]
    assert plain_articles([{"n": "a", "text": "Snow."}], {"id": "m"}) is None
