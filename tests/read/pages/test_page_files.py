"""Folders of pages, web archives and feeds as inputs of a run."""

from __future__ import annotations

import gzip
import io
import json
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

import dedupe
from dedupe.read.objects import open_files

P = (
    "The passenger ferry Aldora ran aground on a reef off the island of Skarn early on Monday with 212 people aboard, and "
    "all of them were brought ashore by lifeboats and fishing vessels, the coastguard said after the fog had lifted."
)
PAGE = (
    f"<html><body><h1>Ferry goes aground off Skarn</h1><p>{P}</p><p>{P.replace('Monday', 'the day')}</p></body></html>"
)


def joined(articles: pa.Table, prefix: str = "") -> set[frozenset[str]]:
    """Pairs of articles in one story."""
    stories = defaultdict(list)
    for row in articles.to_pylist():
        stories[row["story_id"]].append(row["id"].removeprefix(prefix))
    return {frozenset(pair) for members in stories.values() for pair in combinations(members, 2)}


@pytest.mark.parametrize("furniture", [0, 1])
def test_pages_give_the_stories_of_their_clean_articles(sample: Path, furniture: int) -> None:
    settings = dedupe.Settings(furniture=furniture)
    clean = dedupe.find_duplicates(sample / "pages.jsonl", settings=settings)
    pages = dedupe.find_duplicates(sample / "pages", settings=settings)
    assert pages.articles.num_rows == clean.articles.num_rows == 78
    assert joined(pages.articles, f"{sample}/pages/") == joined(clean.articles)
    original = {}
    for line in (sample / "pages.stories.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        id, _, first = line.split("\t")
        original[id] = first
    own = {
        r["id"].removeprefix(f"{sample}/pages/"): r["original_id"].removeprefix(f"{sample}/pages/")
        for r in pages.articles.to_pylist()
    }
    assert sum(own[id] == first for id, first in original.items()) >= 0.9 * len(original)


def test_furniture_of_the_pages_is_found_and_nothing_else(sample: Path) -> None:
    found = dedupe.find_duplicates(sample / "pages")
    articles = {json.loads(line)["text"] for line in (sample / "pages.jsonl").read_text(encoding="utf-8").splitlines()}
    lines = found.furniture.to_pylist()
    assert len(lines) >= 15 and len({line["outlet"] for line in lines}) >= 8
    assert not [line for line in lines if any(line["text"] in text for text in articles)]


def test_a_page_s_file_is_its_source_and_the_second_reading_is_the_first(tmp_path: Path, sample: Path) -> None:
    dedupe.run([sample / "pages"], tmp_path / "out", agencies=None)
    rows = pq.read_table(tmp_path / "out" / "articles.parquet").to_pylist()
    assert all(row["source_file"] == row["id"] and row["row"] == 0 for row in rows)
    assert {row["outlet"] for row in rows} >= {"Harbour Echo", "the-brannock-post", "golos-priozyorska"}
    kept = [json.loads(line) for line in (tmp_path / "out" / "kept.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(kept) == 30 and all(row["text"] and row["headline"] for row in kept)


def test_bad_pages_go_to_the_rejects_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_text(PAGE)
    (tmp_path / "in" / "b.html").write_text("<html><body></body></html>")
    (tmp_path / "in" / "c.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    (tmp_path / "in" / "d.html.gz").write_bytes(gzip.compress(PAGE.encode())[:40])
    (tmp_path / "in" / "e.txt").write_bytes(bytes(range(256)) * 8)
    found = dedupe.find_duplicates(tmp_path / "in")
    assert [Path(id).name for id in found.articles["id"].to_pylist()] == ["a.html", "c.html.gz"]
    assert found.articles["relation"].to_pylist() == [None, "exact"]
    assert [(Path(r.source_file).name, r.row) for r in found.rejects] == [("b.html", 0), ("d.html.gz", 0), ("e.txt", 0)]
    assert "no text" in found.rejects[0].reason and "can't be read" in found.rejects[1].reason


def test_a_folder_with_tables_is_read_for_its_tables(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": P}) + "\n")
    (tmp_path / "notes.txt").write_text(
        "A note about the files in this folder, which is no article at all, is left alone."
    )
    assert dedupe.find_duplicates(tmp_path).articles.num_rows == 1


def test_many_pages_are_read_by_several_processes_in_order(tmp_path: Path) -> None:
    for i in range(130):
        (tmp_path / f"{i:03d}.html").write_text(PAGE.replace("212", str(1000 + i * 7919)).replace("Skarn", f"Isle {i}"))
    found = dedupe.find_duplicates(tmp_path)
    assert [Path(id).stem for id in found.articles["id"].to_pylist()] == [f"{i:03d}" for i in range(130)]


def archive(path: Path, records: list[tuple[str, str, bytes]]) -> None:
    """A web archive with one response for each (url, content type, body)."""
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=path.suffix == ".gz")
        for url, kind, body in records:
            headers = StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=headers)
            )


@pytest.mark.parametrize("name", ["crawl.warc", "crawl.warc.gz"])
def test_a_web_archive_gives_its_pages(tmp_path: Path, name: str) -> None:
    russian = (
        "<html><body><h1>Мост откроют в мае этого года</h1><p>"
        + "Мост через реку откроют в мае, сообщили в министерстве. " * 5
    )
    archive(tmp_path / name, [
        ("https://echo.example/ferry?utm_source=x", "text/html; charset=utf-8", PAGE.encode()),
        ("https://echo.example/logo.png", "image/png", b"\x89PNG"),
        ("https://golos.example/most", "text/html; charset=windows-1251", russian.encode("windows-1251")),
        ("https://echo.example/amp/ferry", "text/html", PAGE.encode()),
        ("https://echo.example/empty", "text/html", b"<html></html>"),
    ])  # fmt: skip
    found = dedupe.find_duplicates(tmp_path / name)
    assert found.articles["canonical_url"].to_pylist() == [
        "https://echo.example/ferry", "https://golos.example/most", "https://echo.example/ferry",
    ]  # fmt: skip
    assert found.articles["outlet"].to_pylist() == ["echo.example", "golos.example", "echo.example"]
    assert found.articles["row"].to_pylist() == [0, 2, 3] and found.articles["relation"][2].as_py() == "exact"
    assert [reject.row for reject in found.rejects] == [4]


def test_what_is_no_archive_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(b"this is no archive, and has no records\n" * 30)
    with pytest.raises(dedupe.InputError, match=r"a\.warc"):
        dedupe.find_duplicates(tmp_path / "a.warc")


RSS = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Reader</title><language>en-gb</language>
<item><title>Ferry goes aground &amp; floats</title><link>https://echo.example/ferry</link><guid>1</guid>
<source url="https://echo.example/rss">Harbour Echo</source><pubDate>Mon, 04 May 2026 06:00:00 GMT</pubDate>
<description>&lt;p&gt;{P}&lt;/p&gt;&lt;p&gt;More &lt;b&gt;soon&lt;/b&gt;.&lt;/p&gt;</description></item>
<item><title>Second</title><link>https://post.example/second</link><description>Rain is due on Friday.</description></item>
</channel></rss>"""
ATOM = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Reader</title>
<entry><id>u1</id><title>Ferry aground</title><link href="https://echo.example/ferry"/><updated>2026-05-04T06:00:00Z</updated>
<source><title>Harbour Echo</title></source><content type="html">{P}</content></entry></feed>"""
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1", "title": "Reader", "language": "en",
    "items": [
        {"id": "1", "title": "Ferry aground", "url": "https://echo.example/ferry", "content_html": f"<p>{P}</p>", "date_published": "2026-05-04T06:00:00Z",
         "_source": {"title": "Harbour Echo"}},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content"), [("a.rss", RSS), ("a.xml", RSS), ("a.atom", ATOM), ("a.json", json.dumps(JSON_FEED))]
)
def test_feeds_give_their_items_and_the_real_publisher(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    found = dedupe.find_duplicates(tmp_path / name)
    first = found.articles.to_pylist()[0]
    assert (first["outlet"], first["canonical_url"]) == ("Harbour Echo", "https://echo.example/ferry")
    assert first["published"].isoformat() == "2026-05-04T06:00:00+00:00"
    kept = found.kept().to_pylist()
    assert kept[0]["text"].startswith("The passenger ferry") and "<" not in kept[0]["text"]
    if name in ("a.rss", "a.xml"):
        assert kept[0]["headline"] == "Ferry goes aground & floats" and kept[0]["text"].endswith("\nMore soon.")
        assert found.articles["outlet"].to_pylist()[1] == "Reader"


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.rss", "no feed at all"), ("a.xml", ""), ("a.json", '{"version": "https://jsonfeed.org/version/1"}')],
)
def test_what_is_no_feed_is_an_error(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(dedupe.InputError, match=name):
        dedupe.find_duplicates(tmp_path / name)


def test_a_source_may_be_read_by_two_at_once(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows that stay and the lines of furniture are read again at the same time."""
    monkeypatch.setattr("dedupe.read.pages.files.ROWS", 4)
    source = open_files([sample / "pages"])[0]
    once = [row for raw in source.read(None) for row in raw.table.to_pylist()]
    both = list(zip(source.read(None), source.read(None), strict=True))
    assert len(both) > 10
    for turn in (0, 1):
        assert [row for raws in both for row in raws[turn].table.to_pylist()] == once
