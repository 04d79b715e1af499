"""What a line of a page looks like: a paragraph, a headline, a label, a date, a byline."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

MARK = re.compile(r"\[(\d{1,3})\]")
"""A citation mark, as in "not a full membership[1][2]."."""
_ENDS = re.compile(r"[.!?…。！？؟।։︀][\"'”’»«›」』）)\]]*$|[.!?。！？؟][\"”’»」』]*\s*\([^()]{2,20}\)\.?$")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_MENU = re.compile(r"\s[|•·»›>]\s|[|»›]\s*\S+\s*[|»›]")
_BY = re.compile(
    r"(?:by|von|par|por|di|door|av|af|autor(?:a|es)?|author|written by|text|автор(?:ы|и)?|від|от|"
    r"przez|przygotował[ai]?|napsal[ai]?|bericht von|"
    r"بقلم|كتب|تقرير|記者|记者|文)(?:\s*[:：/|]\s*|\s+)(?P<name>\S.*)",
    re.IGNORECASE,
)
_JAPANESE_BY = re.compile(r"(?P<name>[\u3040-\u30ff\u3400-\u9fff]{2,8})(?:記者|记者)")
PARAGRAPH = 12
"""Words from which a line that ends like a sentence is a paragraph."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its number in the page (from 1), its text without citation marks, as it stood, how many words it has,
    and whether it ends like a sentence.
    """

    number: int
    text: str
    given: str
    words: int
    ends: bool

    @property
    def is_paragraph(self) -> bool:
        """Running text of some length."""
        return (self.ends and self.words >= PARAGRAPH) or self.words >= 40

    @property
    def is_label(self) -> bool:
        """A few words that announce or lead elsewhere: "News Article:", "Latest", a menu."""
        return self.text.endswith((":", "：")) or (self.words < 4 and not self.ends) or bool(_MENU.search(self.text))

    @property
    def may_be_headline(self) -> bool:
        """The length of a headline, and no sentence's end or label."""
        return (
            4 <= self.words <= 30
            and not self.text.endswith((".", "。", ":", "：", ",", ";"))
            and not _MENU.search(self.text)
        )


def count_words(text: str) -> int:
    """Words of a line; a word for each two characters in scripts without blanks."""
    if text.isascii() or not _UNSPACED.search(text):
        return text.count(" ") + 1
    unspaced = len(_UNSPACED.findall(text))
    return len(text.split()) + unspaced // 2


def without_marks(line: str) -> str:
    """A line without its citation marks.

    >>> without_marks("Not a full membership [1][2].")
    'Not a full membership.'
    """
    return re.sub(r"\s+([.,;:!?]|$)", r"\1", MARK.sub("", line)).strip() or line


def read_lines(text: str) -> list[Line]:
    """The lines of a page that have text, paragraphs that were wrapped put together again."""
    found = []
    for number, raw in enumerate(unwrap(text), 1):
        given = " ".join(raw.split())
        if given:
            plain = without_marks(given) if "[" in given else given
            found.append(Line(number, plain, given, count_words(plain), bool(_ENDS.search(plain[-24:]))))
    return found


def unwrap(text: str) -> list[str]:
    r"""The lines of a text; where most were broken at one width, those of a paragraph as one.

    >>> unwrap("One line.\nAnother line.")
    ['One line.', 'Another line.']
    """
    lines = text.splitlines()
    full = [line for line in lines if line.strip()]
    if len(full) < 6:
        return lines
    lengths = sorted(len(line.rstrip()) for line in full)
    width = lengths[-1]
    broken = sum(b.lstrip()[:1].islower() and a.rstrip()[-1:] not in ".!?:" for a, b in itertools.pairwise(full))
    if width > 100 or broken < 0.4 * len(full):
        return lines
    joined: list[list[str]] = []
    after = ""
    for line in lines:
        goes_on = (
            after.strip() and line.strip() and len(after.rstrip()) >= 0.6 * width and not line.startswith((" ", "\t"))
        )
        if goes_on:
            joined[-1].append(line.strip())
        else:
            joined.append([line])
        after = line
    return [" ".join(parts) for parts in joined]


def byline_of(line: Line) -> str | None:
    """Who wrote it, if the line says so: "By Jane Miller"."""
    if line.words > 14 or (line.ends and line.words > 6):
        return None
    if (m := _BY.fullmatch(line.text.rstrip("."))) and not m["name"][:1].islower():
        return m["name"].strip()
    return m["name"] if (m := _JAPANESE_BY.fullmatch(line.text)) else None
