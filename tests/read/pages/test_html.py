"""HTML pages: what trafilatura extracts kept or bettered, and bad pages refused with a reason."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from pathlib import Path

import pytest
import trafilatura

import dedupe

P = (
    "<p>The passenger ferry Aldora ran aground on a reef off the island of Skarn early on Monday with 212 people aboard, "
    "and all of them were brought ashore.</p>"
)


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def shared(text: str, clean: str) -> tuple[float, float]:
    """Share of the clean words that the text has, and share of the text's words that are clean."""
    both = (words(text) & words(clean)).total()
    return both / words(clean).total(), both / max(words(text).total(), 1)


def test_every_page_of_the_sample_is_as_good_as_trafilatura_s_or_better(sample: Path) -> None:
    better = 0
    for row in map(json.loads, (sample / "pages.jsonl").read_text(encoding="utf-8").splitlines()):
        raw = (sample / "pages" / row["id"]).read_bytes()
        page = dedupe.read_page(raw)
        assert (page.headline, page.language) == (row["headline"], row["language"]), row["id"]
        if page.published is not None:
            assert page.published.strftime("%Y-%m-%dT%H:%M:00Z") == row["published"]
        ours = shared(page.text, row["text"])
        assert ours[0] == 1.0 and ours[1] >= 0.65, row["id"]
        if row["id"].endswith(".html"):
            theirs = shared(trafilatura.extract(raw, include_comments=False) or "", row["text"])
            assert ours[0] >= theirs[0] and ours[1] >= theirs[1], row["id"]
            better += ours[1] > theirs[1]
            assert page.published is not None
    assert better > 20


def test_what_the_markup_says() -> None:
    data = {
        "@type": "NewsArticle", "headline": "Ferry goes aground off Skarn", "datePublished": "2026-05-04T06:10:00+02:00",
        "author": [{"@type": "Organization", "name": "Reuters"}], "publisher": {"name": "Harbour Echo"},
    }  # fmt: skip
    page = dedupe.read_page(
        f"""<!doctype html><html lang="en-GB"><head><title>Ferry goes aground off Skarn | Harbour Echo</title>
        <meta property="og:title" content="Ferry aground off the island of Skarn">
        <link rel="canonical" href="https://www.reuters.com/world/ferry-1?utm_source=x">
        <script type="application/ld+json">{json.dumps({"@graph": [data]})}</script></head>
        <body><nav>Home News</nav><h1>Ferry goes aground off Skarn</h1>{P * 4}</body></html>""",
        url="http://m.echo.example/ferry?utm_medium=y",
    )
    assert page.headline == "Ferry goes aground off Skarn"
    assert [(v.kind, v.where) for v in page.variants] == [("near", "og:title"), ("exact", "h1"), ("exact", "title")]
    assert page.published is not None and page.published.isoformat() == "2026-05-04T04:10:00+00:00"
    assert (page.url, page.canonical_url) == ("https://echo.example/ferry", "https://reuters.com/world/ferry-1")
    assert (page.outlet, page.language, page.byline) == ("Harbour Echo", "en", "Reuters")
    assert [(c.name, c.role, c.place) for c in page.credits] == [("Reuters", "syndicated", "byline")]


def test_a_canonical_link_to_another_site_s_agency_is_a_credit_and_one_to_a_front_page_is_none() -> None:
    def page(link: str) -> dedupe.Page:
        head = f"<link rel=canonical href='{link}'><title>Ferry goes aground off Skarn</title>"
        return dedupe.read_page(f"<html><head>{head}</head><body>{P * 4}</body></html>", url="https://echo.example/f")

    assert [(c.name, c.place) for c in page("https://apnews.com/a1").credits] == [("Associated Press", "canonical")]
    assert page("https://echo.example/").canonical_url is None


def test_a_link_in_the_article_to_an_agency_is_cited() -> None:
    cited = f"<p>{P[3:-4]} More was <a href='https://www.reuters.com/x/1'>told to the agency</a> on the quay.</p>"
    aside = "<aside><a href='https://apnews.com/y'>Elsewhere</a></aside>"
    page = dedupe.read_page(f"<html><body><h1>Ferry goes aground off Skarn</h1>{cited}{P * 3}{aside}</body></html>")
    assert [(c.name, c.role, c.place, c.evidence) for c in page.credits] == [
        ("Reuters", "cited", "link", "https://www.reuters.com/x/1")
    ]


def test_a_page_with_a_wrong_charset_is_read() -> None:
    text = "Мост через реку откроют в мае, сообщили в министерстве транспорта в понедельник утром журналистам. " * 4
    markup = f"<html><head><meta charset='utf-8'></head><body><h1>Мост откроют в мае этого года</h1><p>{text}</p></body></html>"
    page = dedupe.read_page(markup.encode("windows-1251"))
    assert page.headline == "Мост откроют в мае этого года" and page.body[0].startswith("Мост через реку")


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        (f"<html><body><h1>Big page</h1>{P * 140_000}</body></html>".encode(), "the page has 2. MB"),
        (f"<html><body>{'<div>' * 10_000}{P}{'</div>' * 10_000}</body></html>".encode(), "nests more than"),
        (f"<html><body>{'<table><tr><td>' * 300}{P}".encode(), "nests more than"),
        (b"<html><body><p>" + bytes(range(128, 256)) * 400 + b"</p></body></html>", "bad encoding"),
        (b"<html>\0\0\0<body>" + b"\0" * 1000 + b"</body></html>", "bad encoding"),
        (b"<html><head><title></title></head></html>", "no text"),
        (b"<html><head><script>var a=1;</script></head><body><script>x()</script></body></html>", "no text"),
        (b"<html><body><p>" + b"&amp;" * 300_000 + b"</p></body></html>", "no article"),
        (b"<" * 500_000, "no text and no headline"),
    ],
)
def test_what_is_no_page_is_refused_with_a_reason_in_bounded_time(markup: bytes, said: str) -> None:
    before = time.perf_counter()
    with pytest.raises(dedupe.InputError, match=said):
        dedupe.read_page(markup)
    assert time.perf_counter() - before < 10


@pytest.mark.parametrize(
    "markup",
    [
        f"<html><body><h1>Ferry goes aground off Skarn<p>{P * 3}<table><tr><div></p></span><b>",
        f"<html><body><h1>Ferry goes aground off Skarn</h1>{P * 3}{'<script>' * 20_000}",
        f"<html><body><h1>Ferry goes aground off Skarn</h1>{'<div>' * 200}{P * 3}{'</div>' * 200}</body></html>",
    ],
)
def test_malformed_markup_is_read_all_the_same(markup: str) -> None:
    page = dedupe.read_page(markup)
    assert page.headline == "Ferry goes aground off Skarn" and "brought ashore" in page.text
