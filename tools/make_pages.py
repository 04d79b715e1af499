"""Write `data/pages/`, seventy-odd news pages of ten outlets in four languages, and their clean articles beside them.

    python tools/make_pages.py

The articles are those of `tools/eight/`, as outlets carry them; the pages around them, in `tools/pages/`, are written
for this project: places, people, agencies and outlets are made up.  One outlet has one story three times.
"""

from __future__ import annotations

import html
import json
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from string import Template

from make_eight import ROOT, Story, edited, read_stories, without_dateline

TEMPLATES = ROOT / "tools" / "pages"
MONTHS = {
    "en": "{0:%B} {0.day}, {0.year}, {0:%H}:{0:%M}", "de": "{0.day}. Mai {0.year}, {0:%H}:{0:%M} Uhr", "fr": "{0.day} mai {0.year} à {0:%H}:{0:%M}",
    "ru": "{0.day} мая {0.year}, {0:%H}:{0:%M}",
}  # fmt: skip
PARAPHRASES = {"ferry": "All are safe after ferry strikes reef off island of Skarn"}


@dataclass(frozen=True, slots=True)
class Outlet:
    """An outlet: its template's file, name, language, and the edit operations that it makes in turn."""

    file: str
    name: str
    language: str
    host: str
    turns: tuple[str, ...]

    @property
    def folder(self) -> str:
        return self.file.rpartition(".")[0]


OUTLETS = (
    Outlet("harbour-echo.html", "Harbour Echo", "en", "harbour-echo.example", ("whole", "cut", "whole", "edited")),
    Outlet("lund-gazette.html", "Lund Gazette", "en", "lund-gazette.example", ("edited", "whole", "topped", "cut")),
    Outlet("weld-courier.html", "Weld Courier", "en", "weld-courier.example", ("whole", "topped", "edited", "whole")),
    Outlet(
        "the-brannock-post.txt", "The Brannock Post", "en", "brannock-post.example", ("whole", "whole", "cut", "topped")
    ),
    Outlet(
        "rottaler-anzeiger.html", "Rottaler Anzeiger", "de", "rottaler-anzeiger.example", ("whole", "topped", "cut")
    ),
    Outlet("hochwald-kurier.txt", "Hochwald-Kurier", "de", "hochwald-kurier.example", ("edited", "whole", "whole")),
    Outlet(
        "le-courrier-de-vernoy.html",
        "Le Courrier de Vernoy",
        "fr",
        "courrier-vernoy.example",
        ("whole", "cut", "edited"),
    ),
    Outlet("l-echo-de-marsac.txt", "L'Écho de Marsac", "fr", "echo-marsac.example", ("topped", "whole", "whole")),
    Outlet("golos-priozyorska.html", "Голос Приозёрска", "ru", "golos.example", ("whole", "whole", "cut")),
    Outlet("kamsky-listok.txt", "Камский листок", "ru", "kamsky.example", ("edited", "topped", "whole")),
)


def carried(story: Story, kind: str) -> list[str]:
    """The paragraphs that an outlet makes of a story."""
    if kind == "cut":
        return story.text[:3]
    if kind == "edited":
        return without_dateline(edited(story))
    return [story.lead, *story.text] if kind == "topped" else story.text


def _marks(paragraphs: list[str]) -> list[str]:
    marks = ("[1][2].", "[1].", "[1][3].", "[2].", "[1][4].", "[4].")
    return [p[:-1] + marks[i % 6] if p.endswith(".") else p for i, p in enumerate(paragraphs)]


def page(
    outlet: Outlet,
    headline: str,
    second: str,
    paragraphs: list[str],
    when: datetime,
    url: str,
    related: list[str],
    paraphrase: str,
) -> str:
    """The page that an outlet makes of an article."""
    template = Template((TEMPLATES / outlet.file).read_text(encoding="utf-8"))
    is_html = outlet.file.endswith(".html")
    told = [html.escape(p, quote=False) for p in paragraphs] if is_html else paragraphs
    wrapped = [f"<p>{p}</p>" for p in told]
    half = (len(told) + 1) // 2
    adverts = [part for p in wrapped[:-1] for part in (p, "<p>Advertisement</p>")] + wrapped[-1:]
    deck = {
        "en": "What happened, who was there, and what comes next, as far as it is known tonight.",
        "fr": "Ce que l'on sait, ce que l'on ignore et ce qui vient, au moment où nous mettons sous presse.",
    }.get(outlet.language, "")
    return template.substitute(
        headline=html.escape(headline) if is_html else headline, headline_json=headline.replace('"', '\\"'),
        second=html.escape(second) if is_html else second, iso=when.strftime("%Y-%m-%dT%H:%M:00Z"), date=MONTHS[outlet.language].format(when), url=url,
        half_one="\n".join(wrapped[:half]), half_two="\n".join(wrapped[half:]), with_adverts="\n".join(adverts),
        body="\n".join(p.replace("<p>", "<P>").replace("</p>", "") for p in wrapped), body_lines="\n\n".join(told), cited="\n\n".join(_marks(told)),
        related="".join(f"<li><a href='/x'>{html.escape(r)}</a></li>" for r in related), related_one=html.escape(related[0]),
        related_lines="\n".join(related), paraphrase=paraphrase, deck=deck,
    )  # fmt: skip


def main(data: Path = ROOT / "data") -> None:
    shutil.rmtree(data / "pages", ignore_errors=True)
    rows: list[dict[str, str]] = []
    stories: list[tuple[str, str, str]] = []
    first: dict[str, tuple[datetime, str]] = {}
    for turn, outlet in enumerate(OUTLETS):
        written = list(read_stories(outlet.language))
        (data / "pages" / outlet.folder).mkdir(parents=True)
        for number, story in enumerate(written):
            again = 3 if outlet.folder == "harbour-echo" and number == 1 else 1
            for time in range(again):
                kind = outlet.turns[number % len(outlet.turns)] if again == 1 else "whole"
                one, two = story.headlines[turn % 2], story.headlines[1 - turn % 2]
                paragraphs = carried(story, kind)
                if time == 2:
                    paragraphs = [paragraphs[0], story.news, *paragraphs[1:]]
                when = datetime(2026, 5, 4 + number % 8, 7 + turn, 3 * turn) + timedelta(hours=2 * time)
                name = story.name + (f"-{time + 1}" if time else "")
                id = f"{outlet.folder}/{name}.{outlet.file.rpartition('.')[2]}"
                related = [s.headlines[turn % 2] for s in written[number + 1 :] + written[:number]][:3]
                paraphrase = PARAPHRASES.get(story.name, one.replace(" ", "  ", 1).replace("  ", " ") + " tonight")
                made = page(outlet, one, two, paragraphs, when, f"https://{outlet.host}/{name}", related, paraphrase)
                encoding = "windows-1251" if outlet.folder == "golos-priozyorska" else "utf-8"
                (data / "pages" / id).write_bytes(made.encode(encoding))
                rows.append({
                    "id": id, "outlet": outlet.name, "published": when.strftime("%Y-%m-%dT%H:%M:00Z"), "language": outlet.language,
                    "headline": one, "text": "\n\n".join(paragraphs),
                })  # fmt: skip
                key = f"{outlet.language}-{story.name}"
                first[key] = min(first.get(key, (when, id)), (when, id))
                stories.append((id, key, ""))
    stories = [(id, key, first[key][1]) for id, key, _ in stories]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (data / "pages.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = "\n".join("\t".join(row) for row in [("id", "story", "original"), *stories]) + "\n"
    (data / "pages.stories.tsv").write_text(text, encoding="utf-8")
    print(f"{len(rows)} pages of {len(OUTLETS)} outlets, {len(first)} stories")


if __name__ == "__main__":
    main()
