"""Canonical URLs: one address for one article."""

from __future__ import annotations

import pyarrow as pa
import pytest
from courlan import clean_url
from hypothesis import given
from hypothesis import strategies as st

import dedupe
from dedupe.read.addresses import article_addresses, canonical_url

HOME = "https://daily.example/2026/05/ferry-aground"


@pytest.mark.parametrize(
    "url",
    [
        "http://daily.example/2026/05/ferry-aground", "HTTPS://WWW.Daily.Example:443/2026/05/ferry-aground/",
        "https://daily.example/2026/05/ferry-aground?utm_source=rss&utm_medium=feed&fbclid=abc",
        "https://m.daily.example/2026/05/ferry-aground#comments", "https://amp.daily.example/2026/05/ferry-aground",
        "https://daily.example/2026/05/ferry-aground/amp/", "https://daily.example/amp/2026/05/ferry-aground",
        "https://daily.example/2026/05/ferry-aground/print", "https://daily.example/2026/05/ferry-aground?print=1",
        "https://daily.example/2026/05/ferry-aground?outputType=amp", "//daily.example/2026/05//ferry-aground",
        "https://www.google.com/amp/s/daily.example/2026/05/ferry-aground/amp",
        "https://daily-example.cdn.ampproject.org/c/s/daily.example/2026/05/ferry-aground?amp=1",
        "https://daily.example/2026/05/ferry-aground/index.html?ref=home", " https://user@daily.example/2026/05/ferry-aground ",
    ],
)  # fmt: skip
def test_ways_to_one_article(url: str) -> None:
    assert canonical_url(url) == HOME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://daily.example/a?id=1", "https://daily.example/a?id=2"),
        ("https://daily.example/A", "https://daily.example/a"),
        ("https://daily.example:8080/a", "https://daily.example/a"),
        ("https://daily.example/p.php?cid=12", "https://daily.example/p.php?cid=13"),
        ("https://sport.daily.example/a", "https://daily.example/a"),
        ("https://daily.example/ampere", "https://daily.example/ere"),
        ("https://daily.example/print-is-dead", "https://daily.example/is-dead"),
    ],
)
def test_articles_stay_apart(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


def test_parameters_have_one_order() -> None:
    assert canonical_url("https://daily.example/a?b=2&a=1") == canonical_url("https://daily.example/a?a=1&b=2")


@pytest.mark.parametrize("url", ["", "not a url", "ftp://daily.example/a", "mailto:a@b", "daily.example/a", None])
def test_what_is_no_web_address_is_null(url: str | None) -> None:
    assert canonical_url(url) is None


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error_and_twice_is_once(text: str) -> None:
    found = canonical_url("https://daily.example/" + text.replace(" ", ""))
    if found is not None:
        assert canonical_url(found) == found


def test_what_courlan_takes_for_one_is_one() -> None:
    urls = [
        HOME + "?utm_campaign=x", HOME + "?gclid=1", HOME + "#top", HOME + "?mc_cid=1", HOME + "?itm_source=x",
        "https://DAILY.example/2026/05/ferry-aground", HOME + "/?msclkid=3",
    ]  # fmt: skip
    for url in urls:
        cleaned = clean_url(url)
        assert canonical_url(cleaned) == canonical_url(url) == HOME, (url, cleaned)


def test_a_front_page_is_no_article_s_address_and_canonical_links_win() -> None:
    def strings(*values: str | None) -> pa.Array:
        return pa.array(values, pa.large_string())

    found, _ = article_addresses(
        strings("https://other.example/a", "https://daily.example/", None), strings(HOME, HOME, "https://daily.example")
    )
    assert found.to_pylist() == ["https://other.example/a", HOME, None]


def test_versions_at_one_address_are_one_story() -> None:
    first = (
        "The passenger ferry Aldora ran aground on a reef off the island of Skarn early on Monday with 212 people aboard, "
        "and all of them were brought ashore by lifeboats and fishing vessels, the coastguard said. "
    )
    later = (
        "Divers found a tear of three metres in the hull late on Monday. The ship will be towed to a dry dock on the next "
        "spring tide, and Sund Lines promised a replacement by Wednesday from the mainland; six crossings were cancelled. "
        "The captain, who has sailed the strait for thirty years, was questioned by two investigators from the capital. "
    )
    rows = [
        {
            "id": "a",
            "text": first,
            "headline": "Ferry aground",
            "url": HOME + "?utm_source=x",
            "published": "2026-05-04T08:00Z",
        },
        {
            "id": "b",
            "text": later + first,
            "headline": "Ferry: hull torn",
            "url": HOME + "/amp",
            "published": "2026-05-06T18:00Z",
        },
        {"id": "c", "text": "Rain is due over the lakes until Friday, and then the sun comes out.", "url": HOME},
    ]
    found = dedupe.find_duplicates(rows)
    assert found.articles["original_id"].to_pylist() == ["a", "a", "c"]
    assert found.articles["relation"].to_pylist() == [None, "revision", None]
    assert "same address" in found.pairs["why"][0].as_py()
    assert found.articles["version"].to_pylist() == [1, 2, None]
