"""Plain-text pages: one headline, its repeats, the deck, the body, who is credited, and all that is none of it."""

from __future__ import annotations

from pathlib import Path

import pytest

import dedupe
from dedupe.read.pages.lines import unwrap
from dedupe.text.shingles import shingle
from dedupe.text.tokens import tokenise_strings
from tests.conftest import ROOT, missing


def check(page: dedupe.Page, kinds: list[str], paragraphs: int, sources: list[str], furniture: list[str]) -> None:
    assert [variant.kind for variant in page.variants] == kinds
    assert page.deck is not None and page.body_headline is not None
    assert len(page.body) == paragraphs and not any("[" in paragraph for paragraph in page.body)
    assert [credit.evidence.partition("] ")[2] for credit in page.credits if credit.place == "list"] == sources
    assert all(credit.role == "cited" for credit in page.credits if credit.place == "list")
    assert [line.text for line in page.furniture] == furniture
    # No headline in the body's shingles.
    for headline in (page.headline, page.body_headline, *(variant.text for variant in page.variants)):
        tokens = tokenise_strings([page.text, headline or ""])
        values, bounds = shingle(tokens.hashes, tokens.bounds, 5)
        assert not set(values[: bounds[1]].tolist()) & set(values[bounds[1] :].tolist())


def test_the_page_that_started_the_project() -> None:
    path = ROOT.parent / "shared" / "seed" / "page.txt"
    if not path.is_file():
        missing(f"no page at {path}")
    page = dedupe.read_page(path.read_text(encoding="utf-8"))
    check(
        page, ["near", "near", "exact", "body"], 7,
        ['RIA "Novy Day"', "TASS", "Reuters", "The Guardian", "CNN", "Unspecified news source"],
        ["Skip to content", "News Article:", "Read also:", "Latest"],
    )  # fmt: skip
    assert page.credits[-1].kind == "unspecified" and page.language == "en"
    assert page.citations[0].paragraphs == (0, 1, 2, 5)


def test_a_page_of_its_shape(sample: Path) -> None:
    page = dedupe.read_page((sample / "pages" / "the-brannock-post" / "ferry.txt").read_text(encoding="utf-8"))
    assert page.headline == "All safe after ferry hits reef near Skarn"
    assert page.body_headline == "Ferry Aldora runs aground off Skarn with 212 aboard"
    assert [c.source for c in page.citations] == ["Meridian", "The Skarn Times", "Reuters", "Unspecified news source"]
    lines = [line.text for line in page.furniture]
    assert lines[:3] == ["Skip to content", "News Article:", "Read also:"] and lines[-1] == "Latest"
    # The line of promotion reads like a paragraph: one page can't tell it, the collection does.
    assert page.body[-1].startswith("The Brannock Post is put together")
    promoted = page.body[-1]
    text = (sample / "pages" / "the-brannock-post" / "ferry.txt").read_text(encoding="utf-8").replace(promoted, "")
    check(
        dedupe.read_page(text), ["near", "near", "exact", "body"], 5,
        ["Meridian", "The Skarn Times", "Reuters", "Unspecified news source"], lines,
    )  # fmt: skip


def test_dates_bylines_and_datelines() -> None:
    page = dedupe.read_page(
        "Startseite | Sport\n\nBrücke gesperrt\n\nRisse im Stahl: Brücke bei Altheim gesperrt\n\n4. Mai 2026, 14:15 Uhr\nVon Greta Holm\n\n"
        "ALTHEIM (dpa) - Die Brücke über den Fluss ist seit Montag für Lastwagen gesperrt, weil Risse im Stahl gefunden wurden.\n\n"
        "Das Amt rechnet mit sechs Wochen.\n\nMehr zum Thema\n"
    )
    assert page.published is not None and page.published.isoformat() == "2026-05-04T14:15:00+00:00"
    assert (page.byline, page.dateline, page.language) == ("Greta Holm", "ALTHEIM (dpa) -", "de")
    assert page.body[1] == "Das Amt rechnet mit sechs Wochen."
    assert page.furniture[0].text == "Startseite | Sport" and page.furniture[-1].text == "Mehr zum Thema"


@pytest.mark.parametrize(
    ("text", "language", "headline"),
    [
        (
            "首页\n\n央行下调存款准备金率零点二五个百分点\n\n2026年5月4日 14:15\n\n央行星期一宣布，从本月十五日起下调金融机构存款准备金率零点二五个百分点，以支持实体经济的发展和就业。\n\n更多新闻\n",
            "zh", "央行下调存款准备金率零点二五个百分点",
        ),
        (
            "الرئيسية\n\nالعثور على مدينة مدفونة تحت رمال الغرب\n\nقال علماء الآثار يوم الاثنين إنهم عثروا على مدينة كاملة مدفونة تحت الرمال في غرب البلاد منذ ألفي عام.\n\nاقرأ أيضا:\n",
            "ar", "العثور على مدينة مدفونة تحت رمال الغرب",
        ),
        (
            "Главная\n\nТеатр сыграл спектакль при свечах\n\nТеатр в Белогорске в понедельник вечером сыграл спектакль при свечах, потому что во всём районе отключили свет.\n\nЧитайте также:\n",
            "ru", "Театр сыграл спектакль при свечах",
        ),
    ],
)  # fmt: skip
def test_pages_in_other_scripts(text: str, language: str, headline: str) -> None:
    page = dedupe.read_page(text)
    assert (page.headline, page.language, len(page.body), len(page.furniture)) == (headline, language, 1, 2)


def test_wrapped_paragraphs_are_put_together() -> None:
    words = ("the ferry ran aground on a reef off the island of skarn early on monday " * 6).split()
    lines = [" ".join(words[i : i + 11]) for i in range(0, 88, 11)]
    assert unwrap("\n".join(lines)) == [" ".join(words[:88])]
    menu = ["Home", "News", "Sport", "Weather", "Letters", "Tides", "Cinema"]
    assert unwrap("\n".join(menu)) == menu


@pytest.mark.parametrize("text", ["", "\n\n", "Home\nNews\n"])
def test_a_page_without_an_article_is_an_error(text: str) -> None:
    with pytest.raises(dedupe.InputError, match="no text and no headline"):
        dedupe.read_page(text)
