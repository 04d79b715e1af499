"""Furniture: told from what an outlet carries many times, from quotations and from background."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import dedupe
from dedupe.text.segments import count_segments, counters, list_segments, recurring_segments
from dedupe.text.tokens import tokenise_strings

NOTE = "Sign up for our morning letter and read the news of the region before breakfast, six days a week."
COOKIES = "We and our partners keep small files on your device."


COMMON = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "a",
    "is",
    "that",
    "for",
    "it",
    "on",
    "was",
    "with",
    "as",
    "by",
    "at",
    "from",
    "his",
    "her",
    "they",
    "said",
    "had",
    "not",
    "be",
]


def words(count: int, seed: int) -> str:
    """A sentence of invented words, a third of them common ones."""
    draw = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        if draw.random() < 0.35:
            made.append(str(draw.choice(COMMON)))
        else:
            made.append(
                "".join(str(draw.choice(list("bcdfglmnprst"))) + str(draw.choice(list("aeiou"))) for _ in range(3))
            )
    return " ".join(made).capitalize() + "."


def paragraphs(seed: int, count: int = 4) -> list[str]:
    return [words(40, 100 * seed + i) for i in range(count)]


def rows(pages: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"id": str(i), "outlet": outlet, "text": text} for i, (outlet, text) in enumerate(pages)]


def aside(pages: list[tuple[str, str]]) -> dict[str, int]:
    """What was set aside: line -> articles."""
    found = dedupe.find_duplicates(rows(pages)).furniture
    return dict(zip(found["text"].to_pylist(), found["articles"].to_pylist(), strict=True))


def test_lines_that_recur_in_different_stories_of_an_outlet() -> None:
    pages = [("Echo", "\n".join([COOKIES, *paragraphs(i), NOTE])) for i in range(6)]
    pages += [("Post", "\n".join(paragraphs(50 + i))) for i in range(6)]
    assert aside(pages) == {COOKIES.rstrip("."): 6, NOTE.rstrip("."): 6}


def test_in_any_language_and_script() -> None:
    for note in (
        "Читайте также наши письма по утрам",
        "اشترك في رسالتنا الصباحية مجانا",
        "欢迎订阅本报早间邮件",
        "朝のメールに登録する",
    ):
        pages = [("Echo", "\n\n".join([*paragraphs(i), note])) for i in range(5)]
        assert list(aside(pages)) == [note]


def test_a_story_that_an_outlet_carries_many_times_is_not_eaten() -> None:
    wire = paragraphs(1, 6)
    others = [("Echo", "\n".join(paragraphs(70 + i))) for i in range(4)]
    again = [("Echo", "\n".join(wire[: 6 - i % 3])) for i in range(6)]
    assert aside(again + others) == {}
    led = [("Echo", "\n".join([words(30, 900 + i), *wire])) for i in range(5)]  # each time under another lead
    assert aside(led + others) == {}


def test_a_quotation_and_background_in_articles_on_one_subject_are_not_eaten() -> None:
    said, background = f'"{words(18, 5)}," the mayor said.', words(20, 9)
    subject = words(24, 6).rstrip(".").split()

    def on_it(seed: int) -> str:
        turned = [subject[(seed * 5 + k * 7) % len(subject)] for k in range(len(subject))]
        return f"{words(40, 30 + seed)} {' '.join(turned)}."

    pages = [("Echo", "\n".join([on_it(i), said, background])) for i in range(6)]
    assert aside(pages + [("Echo", "\n".join(paragraphs(40 + i))) for i in range(30)]) == {}
    unlike = [("Echo", "\n".join([*paragraphs(i, 2), said])) for i in range(6)]
    assert aside(unlike) == {}, "a quotation stays whatever it stands in"


def test_a_lead_to_another_article_is_set_aside() -> None:
    heads = [f"{words(7, 400 + i)}".rstrip(".") for i in range(5)]
    articles = [
        {"id": str(i), "outlet": "Echo", "headline": heads[i], "text": "\n".join([*paragraphs(i), heads[(i + 1) % 5]])}
        for i in range(5)
    ]
    found = dedupe.find_duplicates(articles)
    assert sorted(found.furniture["text"].to_pylist()) == sorted(heads)
    assert set(found.furniture["kind"].to_pylist()) == {"lead"}


def test_copies_are_found_under_furniture_longer_than_they_are() -> None:
    promotion = [words(30, 7000 + i) for i in range(5)]
    pages = [("Echo", "\n".join([*paragraphs(i, 2), *promotion])) for i in range(8)]
    other = [words(30, 8000 + i) for i in range(5)]
    pages += [("Post", "\n".join([*paragraphs(i, 2), *other])) for i in range(8)]
    with_it = dedupe.find_duplicates(rows(pages))
    assert with_it.summary["stories"] == 8 and set(with_it.pairs["relation"].to_pylist()) == {"exact"}
    assert with_it.summary["furniture_articles"] == 16
    without = dedupe.find_duplicates(rows(pages), settings=dedupe.Settings(furniture=0))
    assert without.summary["stories"] < 8


def test_what_was_added_is_told_and_an_article_of_nothing_else_stays() -> None:
    pages = [("Echo", "\n".join([*paragraphs(i), NOTE])) for i in range(5)] + [("Echo", NOTE)]
    found = dedupe.find_duplicates(rows([*pages, ("Post", "\n".join(paragraphs(0)))]))
    last = found.articles.to_pylist()
    assert last[5]["role"] == "single"
    changed = [row["changes"] for row in last if row["role"] not in ("single", "original")]
    assert changed in ([["furniture added"]], [[]])


def test_results_are_the_same_for_any_number_of_threads() -> None:
    pages = rows([("Echo", "\n".join([COOKIES, *paragraphs(i % 40), NOTE])) for i in range(60)])
    tables = [dedupe.find_duplicates(pages, settings=dedupe.Settings(threads=n)).furniture for n in (1, 2, 4)]
    assert tables[0] == tables[1] == tables[2] and tables[0].num_rows == 2


@pytest.mark.parametrize(
    "text", ["One line. Two of them here now. And a third one is here.\nA line\n\nLast line of it", "", "a"]
)
def test_segments_are_the_lines_and_sentences(text: str) -> None:
    tokens = tokenise_strings([text] * 3)
    table, group = counters(12), np.zeros(3, np.int64)
    values, bounds = list_segments(tokens.hashes, tokens.marks, tokens.bounds, group)
    count_segments(values, table)
    _, place, looks = recurring_segments(tokens.hashes, tokens.marks, tokens.bounds, group, values, bounds, table, 3)
    found = [(int(p[1]), int(p[2]), bool(w)) for p, w in zip(place, looks[:, 0], strict=True) if p[0] == 0]
    if not text:
        assert found == []
    elif text == "a":
        assert found == [(0, 1, True)]
    else:  # "One line." has two words and is no line of its own
        assert found == [(2, 5, False), (7, 6, False), (13, 2, True), (15, 4, True)]
