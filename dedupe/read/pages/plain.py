"""A page as plain text, taken apart by how its lines look and repeat: no list of phrases is asked.

The headline is the line over the body that repeats most, exactly or in other words; what stands over it is furniture.
The body begins after the last of its repeats; prose between is the deck.  After the body come credits and furniture.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dedupe.read.agencies import Agencies
from dedupe.read.credits import Credit, read_credits, read_sources
from dedupe.read.dates import find_date
from dedupe.read.pages.lines import MARK, Line, byline_of, read_lines
from dedupe.read.pages.page import Citation, Furniture, Page, Variant
from dedupe.read.pages.wording import NEAR, likeness, words

OVER = 24
"""Lines over the body that are looked at for headlines."""
_SOURCES = re.compile(r"\[(\d{1,3})\]\s*([^\[\]]{2,80})")


def _same(a: str, b: str) -> bool:
    return words(a) == words(b)


def _headline(lines: Sequence[Line], first: int) -> int | None:
    """The line that is the headline: over the first paragraph, the one that repeats most; else the first."""
    over = [i for i in range(min(first, OVER)) if lines[i].may_be_headline and not find_date_only(lines[i])]
    if not over:
        return None
    reach = range(min(first + 6, len(lines)))

    def repeats(i: int, j: int) -> float:
        near = likeness(lines[i].text, lines[j].text) >= NEAR
        return 1.0 if _same(lines[i].text, lines[j].text) else 0.5 * near

    marks = {i: sum(repeats(i, j) for j in reach if j != i and lines[j].may_be_headline) for i in over}
    most = max(marks.values())
    return (
        next(i for i in over if marks[i] == most)
        if most >= 1
        else next((i for i in over if byline_of(lines[i]) is None), over[0])
    )


def find_date_only(line: Line) -> bool:
    """Whether a line says hardly more than when."""
    found = find_date(line.text) if line.words <= 12 else None
    return found is not None and len(line.text) - len(found[1]) <= 24


def _start(lines: Sequence[Line], headline: int | None) -> int:
    """The line after which the body begins: the headline's last repeat with most of the prose still to come."""
    if headline is None:
        return 0
    prose = sum(line.words for line in lines if line.is_paragraph)
    start = headline
    left = prose
    for i in range(len(lines)):
        if lines[i].is_paragraph:
            left -= lines[i].words
        repeats = lines[i].may_be_headline and likeness(lines[i].text, lines[headline].text) >= NEAR
        if repeats and left >= 0.6 * prose and not lines[i].is_paragraph and i < OVER:
            start = max(start, i)
    return start + 1


def _sources(line: Line) -> dict[int, str]:
    """The numbered sources that a line lists; none unless it starts with a number in brackets."""
    return (
        {int(n): name.strip(" .,;|") for n, name in _SOURCES.findall(line.given)} if line.given.startswith("[") else {}
    )


def read_plain(text: str, table: Agencies, headline: str | None = None) -> Page:
    """Take a page apart, but for what only its surroundings tell: language, addresses, outlet.

    text: the page; headline: its headline, where it is known from elsewhere.
    """
    lines = read_lines(text)
    listed = {line.number: found for line in lines if (found := _sources(line))}
    first = next((i for i, line in enumerate(lines) if line.is_paragraph), len(lines))
    top = _headline(lines, first) if headline is None else None
    title = headline if headline is not None else lines[top].text if top is not None else None
    start = _start(lines, top)
    paragraphs = [i for i in range(start, len(lines)) if lines[i].is_paragraph and lines[i].number not in listed]
    if not paragraphs:  # a flash: what ends like a sentence is its text
        paragraphs = [i for i in range(start, len(lines)) if lines[i].ends and lines[i].number not in listed]
    begin, end = (paragraphs[0], paragraphs[-1] + 1) if paragraphs else (len(lines), len(lines))
    while (
        end < len(lines)
        and lines[end].ends
        and lines[end].words >= 3
        and lines[end].number not in listed
        and not lines[end].is_label
    ):
        end += 1  # short last paragraphs
    published, byline, body_headline = None, None, None
    deck: list[Line] = []
    variants: list[Variant] = []
    rest: list[Line] = []
    body: list[Line] = []
    tail: list[Line] = []
    for i, line in enumerate(lines):
        if i == top or line.number in listed:
            continue
        alike = likeness(line.text, title) if title and line.words <= 32 else 0.0
        if title and _same(line.text, title):
            variants.append(Variant(line.text, "exact", f"line {line.number}", 1.0))
        elif line.may_be_headline and alike >= NEAR and not (begin <= i < end and line.ends):
            variants.append(Variant(line.text, "near", f"line {line.number}", round(alike, 3)))
        elif begin <= i < end:
            (rest if _interrupts(line) else body).append(line)
        elif i < begin and published is None and (dated := find_date(line.text) if line.words <= 16 else None):
            published = dated[0]
            byline = byline or byline_of(line)
        elif i < begin and byline is None and (name := byline_of(line)):
            byline = name
        elif i < begin and not deck and (headline or (top is not None and i > top)) and line.ends and line.words >= 4:
            deck.append(line)
        elif (
            start <= i < begin
            and line.may_be_headline
            and body_headline is None
            and not line.is_label
            and begin - i <= 3
        ):
            body_headline = line.text
            variants.append(Variant(line.text, "body", f"line {line.number}", round(alike, 3)))
        elif i >= end:
            tail.append(line)
        else:
            rest.append(line)
    credits = _credits(body, tail, byline, listed, lines, table)
    rest += [line for line in tail if not _credits_somebody(line.text, table)]
    opening = next((c.evidence for c in credits if c.place == "dateline"), None)
    return Page(
        title, tuple(variants), deck[0].text if deck else None, body_headline, tuple(line.text for line in body),
        _citations(body, listed), credits, byline, opening, published, None, None, None, None,
        tuple(Furniture(line.text, f"line {line.number}") for line in sorted(rest, key=lambda line: line.number)),
    )  # fmt: skip


def _interrupts(line: Line) -> bool:
    """Whether a line between paragraphs is none of the article's: a label, a menu, a lead to elsewhere."""
    return not line.ends and (
        line.is_label or bool(re.match(r"(?:[^\s:：]{3,24}|\S{1,24}(?: \S{2,20}){1,2})\s?[:：]\s", line.text))
    )


def _credits(
    body: Sequence[Line],
    tail: Sequence[Line],
    byline: str | None,
    listed: dict[int, dict[int, str]],
    lines: Sequence[Line],
    table: Agencies,
) -> tuple[Credit, ...]:
    """Whom the page credits: in its body, its byline, the lines after it and its list of sources."""
    sources = "\n".join(line.given for line in lines if line.number in listed)
    text = "\n".join([line.text for line in body] + [line.text for line in tail if line.words <= 30])
    found = read_credits(text, table, byline)
    return tuple(found + read_sources(sources, table))


def _credits_somebody(line: str, table: Agencies) -> bool:
    return table.may_name(line) and bool(read_credits(line, table))


def _citations(body: Sequence[Line], listed: dict[int, dict[int, str]]) -> tuple[Citation, ...]:
    """The marks in the body, by number, with the sources that they stand for."""
    names = {number: name for entries in listed.values() for number, name in entries.items()}
    marked: dict[int, list[int]] = {number: [] for number in names}
    for place, line in enumerate(body):
        for number in MARK.findall(line.given):
            if place not in marked.setdefault(int(number), []):
                marked[int(number)].append(place)
    return tuple(Citation(number, names.get(number), tuple(places)) for number, places in sorted(marked.items()))
