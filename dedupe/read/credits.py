"""Who is credited in a text: agencies in datelines, bylines, credit and source lines, with the words that say so.

Structure first, names second: a credit is a name of the table that stands where news puts credits.  A name in
running prose is a subject or a source quoted, and no credit.  Of the credits found, some say where the text comes
from (`syndicated`) and some what it leans on (`cited`): a numbered or long list of sources cites.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dedupe.read.agencies import Agencies, Agency

HEAD = 240
"""Characters in which a dateline stands."""
TAIL = 500
"""Characters at the end in which phrases of credit stand."""
EDGE_LINES = 4
"""Lines at either end that may be bylines or credit lines."""
SHORT = 14
"""Words that such a line has, at most."""
SYNDICATED, CITED = "syndicated", "cited"

_DASH = r"[-–—−]"
_IN_BRACKETS = re.compile(
    rf"\W{{0,3}}(?P<place>[^\n()（）]{{0,80}}?)\s*[(（](?P<names>[^()（）\n]{{1,40}})[)）]\s*(?P<after>\.?{_DASH}+|[:：.]|=|(?=\s)|$)?"
)
_CORRESPONDENT = re.compile(r"^(?:corr\.?|кор+\.?)\s+", re.IGNORECASE)
_IN_SLASHES = re.compile(r"(?P<place>[^\n/]{2,60})\s*/\s*(?P<names>[^/\n]{2,30}?)\s*/")
_AFTER_DASH = re.compile(
    rf"(?P<place>[^\n—–]{{2,60}}?)\s*{_DASH}\s*(?P<names>[^.:：\n—–-]{{2,30}}?)\s*(?:[.:：\n]|\s{_DASH}|$)"
)
_AFTER_STOPS = re.compile(
    rf"(?P<place>[^\n.]{{2,30}})\.\s*[^\n.]{{3,20}}\.\s*(?P<names>[^\n]{{2,30}}?)\s*(?:\s{_DASH}|\.\s|$)"
)
_IN_LENSES = re.compile(r"[【\[［〔](?P<names>[^】\]］〕\n]{2,40})[】\]］〕]")
_SENT = re.compile(
    r"(?P<names>[\u3040-\u30ff\u3400-\u9fff]{2,8}?)(?:[\u3040-\u30ff\u3400-\u9fff、·]{0,10}(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日|[\u3400-\u9fff]{0,6})[\u3400-\u9fff]{0,3}[电電讯訊]"
)
_BEFORE_DASH = re.compile(rf"(?P<names>[^\n–—-]{{2,30}}?)\s*\.?{_DASH}\s")

_BY = re.compile(
    r"(?:by|from|von|par|por|di|da|de|door|av|af|od|autor(?:a|es)?|автор|від|от|przygotował[ai]?|بقلم|كتب|記者|记者|文)\s*[:：/|]?\s+(?P<rest>.+)",
    re.IGNORECASE,
)
_SOURCE_WORDS = frozenset(
    word
    for words in (
        "source sources credit credits agency via quelle quellen agentur fuente fuentes agencia agencias fonte fontes",
        "fonti bron bronnen kilde kilder källa lähde źródło źródła zdroj zdroje izvor vir forrás sursa surse πηγή",
        "источник источники джерело джерела източник източници извор kaynak المصدر المصادر مصدر",
        "来源 來源 消息来源 新闻来源 稿源 출처 出典 ソース स्रोत",
    )
    for word in words.split()
)
"""Words before a colon that announce where a text comes from."""
_COLON = re.compile(r"[:：]")
_LABEL = re.compile(r"[^\W\d_]+\s?$")
_AFTER_COLON = re.compile(r"\s*(?P<rest>[^\n)）\]】]{2,160})")
_WITH = re.compile(
    r"(?:(?:with|additional|including) (?:additional )?(?:material|inputs?|files|reporting|information|contributions?|reports?)(?: from| by)?|reporting by|"
    r"published (?:by|on|in)|appeared (?:in|on|by)|mit (?:material|informationen|inhalten) (?:von|der|des)|unter verwendung von|avec|"
    r"con (?:información|datos|material|informazioni) (?:de|da|di)|com (?:informações|dados|agência) (?:da|de|do)|"
    r"(?:с использованием |по |с )материал(?:ам|ами|ов)(?: агентства)?|за (?:матеріалами|материали)(?: агентства| на)?|z (?:materiałów|wykorzystaniem)|"
    r"na podstawie|s (?:využitím|použitím)|za (?:použití|využití)|met (?:informatie|medewerking) van)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
"""What stands before the name of one whose material was used."""
_LEADING = (
    "from by material input inputs file files reporting information contribution contributions report reports on in at "
    "von der des avec de da di do материалам материалами материалов агентства матеріалами материали на the materiałów "
    "wykorzystaniem podstawie využitím použitím použití využití van"
)
_LEADS = frozenset(_LEADING.split())
"""The last words of such phrases."""
_RIGHTS = re.compile(
    r"(?:©|\(c\)|\bcopyright\b)\s*(?:©|\(c\))?\s*(?:\d{4})?[,\s]*(?:by\s+)?(?P<rest>\S.*)", re.IGNORECASE
)
_SIGNED = re.compile(
    r"[(]?Reporting by [^\n]{2,120}?[;.,]\s*(?:Writing by [^\n;]+;\s*)?Editing by [^\n]{2,80}", re.IGNORECASE
)
_NUMBERED = re.compile(r"\[(\d{1,2})\]\s*([^\[\]\n]{2,80}?)(?=\s*[;,|]?\s*\[\d|\s*$)", re.MULTILINE)
_AT_END = re.compile(r"[(（\[［【](?P<names>[^()（）\[\]［］【】\n]{2,40})[)）\]］】]\s*[.。]?\s*$")
_AFTER_LAST_DASH = re.compile(rf"(?:\s{_DASH}{{1,2}}|[/／])\s*(?P<names>[^\n–—/／]{{2,30}}?)\s*[/.]?\s*$")
_PHOTO = re.compile(
    r"photo|foto|фото|светлин|picture|image|bild|video|видео|відео|写真|写眞|图片?|圖|照片|사진|صور|graphic|caption|getty|\bEPA\b",
    re.IGNORECASE,
)
_GOES_ON = frozenset("abcdefghijklmnopqrstuvwxyz,;-–—")
"""What a line ends with that goes on in the next."""
_WORD = re.compile(r"[\w.]+")
_LINK = re.compile(r"https?://(?P<host>[\w.-]+)[^\s)\]]*")


@dataclass(frozen=True, slots=True)
class Credit:
    """One that a text credits.

    name, country, kind: as in the table ("unknown" kind and no country for a source that is not in it); role:
    "syndicated" or "cited"; place: "dateline", "byline", "credit", "source", "list" or "link"; start, end: where
    the evidence stands in the text, in characters; evidence: its words.
    """

    name: str
    country: str
    kind: str
    role: str
    place: str
    start: int
    end: int
    evidence: str


def _is_place(words: str, after: str, table: Agencies) -> bool:
    """Whether the words before an agency's name are those of a dateline: where and when, and no sentence."""
    count = len(words.split())
    if count > 9 or re.search(r"[?!;]|\.\s+\S+\s+\S+\s+\S", words) or table.find(words):
        return False
    if re.search(_DASH, after):
        return True
    return count <= 5 and (bool(re.search(r"[\d,，]", words)) or words.isupper() or count <= 3) and after != ":"


def _dateline(text: str, table: Agencies) -> Iterator[tuple[str, str, list[Agency], int, int]]:
    """The credit of the dateline that the text opens with, if it has one."""
    start = len(text) - len(text.lstrip())
    head = text[start : start + HEAD]

    def found(match: re.Match[str], agencies: list[Agency]) -> tuple[str, str, list[Agency], int, int]:
        return SYNDICATED, "dateline", agencies, start, start + match.end()

    if (m := _IN_BRACKETS.match(head)) and _is_place(m["place"], m["after"] or "", table):
        names, dashed = m["names"].rpartition("=")[2], bool(re.search(_DASH, m["after"] or ""))
        agencies = table.listed(names, any_case=dashed)
        if not agencies and ("=" in m["names"] or _SENT.match(names + "\n")) and (agency := table.within(names)):
            agencies = [agency]
        if agencies and (dashed or not head[m.end() :].lstrip()[:1].islower()):
            yield found(m, agencies)
            return
    for pattern in (_IN_SLASHES, _AFTER_STOPS, _AFTER_DASH):
        m = pattern.match(head)
        if (
            m
            and len(m["place"].split()) <= 6
            and (agencies := table.listed(_CORRESPONDENT.sub("", m["names"])))
            and not table.find(m["place"])
        ):
            yield found(m, agencies)
            return
    if (m := _IN_LENSES.match(head)) and not _PHOTO.search(m["names"]) and (agency := table.within(m["names"])):
        yield found(m, [agency])
        return
    if (m := _SENT.match(head)) and (alias := next((a for a in table.unspaced if head.startswith(a)), None)):
        yield found(m, [table.exact[alias]])
        return
    if (m := _BEFORE_DASH.match(head)) and (agencies := table.listed(m["names"])):
        yield found(m, agencies)


def _edge_lines(text: str) -> Iterator[tuple[int, str]]:
    """The short lines at either end, if they stand for themselves: where each begins, and the line."""
    first: list[tuple[int, int]] = []
    last: list[tuple[int, int]] = []
    start, end = 0, len(text)
    while len(first) < EDGE_LINES and start < end:
        stop = text.find("\n", start)
        stop = len(text) if stop < 0 else stop
        if not text[start:stop].isspace() and stop > start:
            first.append((start, stop))
        start = stop + 1
    while len(last) < EDGE_LINES and end > start:
        begin = text.rfind("\n", start, end) + 1 or start
        if not text[begin:end].isspace() and end > begin:
            last.append((begin, end))
        end = begin - 1
    places = first + last[::-1]
    for i, j in places:
        if j - i > 120 or text.count(" ", i, j) >= SHORT:
            continue
        before, line = text[max(0, i - 40) : i].rstrip(" "), text[i:j]
        alone = before[-2:] == "\n\n" or before.rstrip()[-1:] not in _GOES_ON
        if not before or alone or ((i, j) == places[-1] and line.rstrip()[-1:] != "."):
            yield i, line


def _is_name(words: str) -> bool:
    """Whether the words can be a person's or a place's name: few, and each with a capital or a digit."""
    parts = [w for w in re.split(r"[\s,.|]+", words) if w]
    return len(parts) <= 5 and all(
        not w[0].islower() or w in ("de", "van", "von", "der", "di", "da", "and", "und") for w in parts
    )


def _line(line: str, table: Agencies) -> tuple[str, list[Agency]] | None:
    """What a short line at the edge of a text credits: where, and whom."""
    bare = line.strip().strip("()（）[]【】<>*_-–—• ")
    if not bare or bare.endswith((":", "：")) or not table.may_name(bare) or _PHOTO.search(bare):
        return None
    if agencies := table.listed(bare):
        return "credit", agencies
    if m := _BY.fullmatch(bare):
        pieces = re.split(r"\s*[,|/·•]\s*|\s+[-–—]\s+|\s+(?:for|for the|в|at)\s+", m["rest"])
        rest = re.sub(r"\s+(?:staff|writers?|correspondent|redaktion)$", "", m["rest"], flags=re.IGNORECASE)
        if agencies := table.listed(rest) or next((a for piece in reversed(pieces) if (a := table.listed(piece))), []):
            return "byline", agencies
    staff = re.sub(r"\s+(?:staff|correspondents?)(?:\s+(?:writers?|reporters?))?$", "", bare, flags=re.IGNORECASE)
    if staff != bare and (agencies := table.listed(staff)):
        return "byline", agencies
    for mark in (r"\s*[|｜·•]\s*", r"\s*,\s*", r"\s*/\s*", r"\s+[-–—]\s+", r"\s*[(（]"):
        parts = re.split(mark, bare)
        if len(parts) < 2:
            continue
        first, last = parts[0], parts[-1]
        for names, others in ((last, parts[:-1]), (first, parts[1:])):
            if (agencies := table.listed(names)) and all(_is_name(other) and not table.find(other) for other in others):
                return "byline", agencies
    return None


def _sources(rest: str, table: Agencies) -> tuple[list[Agency], bool]:
    """The sources that a source line names, and whether they are cited only: a list of many is."""
    rest = re.split(r"\s+(?:https?://|www\.)|\s{2,}|[|。]", rest)[0].strip(" .;,*")
    if agencies := table.listed(rest):
        return agencies, len(agencies) > 2 and "/" not in rest
    found: list[Agency] = []
    parts = [part for part in re.split(r"\s*[,;/、，]\s*", rest) if part]
    for part in parts:
        agency = table.find(part, any_case="/" in rest) or next(iter(table.opening(part)[0]), None)
        if agency and agency not in found:
            found.append(agency)
    return found, len(parts) > 2


def _initials(before: str, name: str) -> bool:
    """Whether a name in brackets is short for the words before it, as in "Andhra Pradesh (AP)"."""
    words = re.findall(r"\w+", before)[-len(name) :]
    return name.isupper() and len(name) <= 5 and "".join(w[0].upper() for w in words) == name


def read_credits(text: str, table: Agencies, byline: str | None = None) -> list[Credit]:
    """Those whom a text credits, in order, each with its evidence.

    byline: the byline, where it is known apart from the text (its evidence has start and end -1).

    >>> from dedupe.read.agencies import load_agencies
    >>> [credit] = read_credits("KYIV, Aug 18 (Reuters) - The bridge will open in May.", load_agencies())
    >>> credit.name, credit.role, credit.evidence
    ('Reuters', 'syndicated', 'KYIV, Aug 18 (Reuters) -')
    """
    credits: list[Credit] = []

    def add(given: str, place: str, agencies: list[Agency], start: int, end: int, words: str | None = None) -> None:
        for agency in agencies:
            # A newspaper in a source line is where something was read; an agency there is where the text is from.
            role = CITED if agency.kind == "outlet" and place in ("source", "credit") else given
            same = [c for c in credits if c.name == agency.name and c.kind == agency.kind]
            if not same or (role == SYNDICATED and all(c.role == CITED for c in same)):
                evidence = (text[start:end] if words is None else words).strip()
                credits.append(Credit(agency.name, agency.country, agency.kind, role, place, start, end, evidence))

    for entry in _dateline(text, table):
        add(*entry)
    if byline and (said := _line(byline, table) or _line("by " + byline, table)):
        add(SYNDICATED, "byline", said[1], -1, -1, byline)
    numbered = read_sources(text, table)
    for credit in numbered:
        add(CITED, "list", [Agency(credit.name, credit.country, credit.kind)], credit.start, credit.end)
    listed = range(numbered[0].start, numbered[-1].end) if numbered else range(0)
    for start, line in _edge_lines(text):
        if start not in listed and (said := _line(line, table)):
            add(SYNDICATED, said[0], said[1], start, start + len(line))
    tail = max(0, len(text) - TAIL)
    for place, agencies, start, end, cites in _phrases(text, tail, table):
        line = text[text.rfind("\n", 0, start) + 1 : start + 12]
        if start not in listed and not _PHOTO.search(line):
            add(CITED if cites else SYNDICATED, place, agencies, start, end)
    if "Editing by" in text[tail:] and (m := _SIGNED.search(text, tail)):
        add(SYNDICATED, "credit", [table.exact["Reuters"]] if "Reuters" in table.exact else [], m.start(), m.end())
    _ending(text, table, add)
    for m in _LINK.finditer(text, tail) if "://" in text[tail:] else ():
        if agency := table.of_domain(m["host"]):
            add(CITED, "link", [agency], m.start(), m.end())
    return sorted(credits, key=lambda credit: (credit.start, credit.end))


def read_sources(text: str, table: Agencies) -> list[Credit]:
    """The numbered sources that a text lists at its end: "[1] TASS [2] Reuters".  They are cited.

    >>> from dedupe.read.agencies import load_agencies
    >>> [(source.name, source.kind) for source in read_sources("[1] TASS [2] The Skarn Times", load_agencies())]
    [('TASS', 'agency'), ('The Skarn Times', 'unknown')]
    """
    found = []
    if "[" in text.rstrip()[-90:]:
        for m in _NUMBERED.finditer(text, max(0, len(text) - 2000)):
            words = m[2].strip(" .,;")
            agency = table.find(words) or table.find(words.rpartition(",")[0]) or Agency(words, "", "unknown")
            found.append(Credit(agency.name, agency.country, agency.kind, CITED, "list", m.start(), m.end(), m.group()))
    return found


def _phrases(text: str, tail: int, table: Agencies) -> Iterator[tuple[str, list[Agency], int, int, bool]]:
    """The phrases of credit at the end of a text: where, whom, from and to which character, whether they only cite."""
    end = text[tail:]
    for colon in _COLON.finditer(text, tail):
        label = _LABEL.search(text, max(tail, colon.start() - 24), colon.start())
        m = _AFTER_COLON.match(text, colon.end())
        if label and m and label.group().strip().lower() in _SOURCE_WORDS and not _PHOTO.search(m["rest"][:40]):
            agencies, cites = _sources(m["rest"], table)
            yield "source", agencies, label.start(), m.end(), cites
    for word in sorted(table.words.intersection(_WORD.findall(end))):
        start = text.find(word, tail)
        while start >= 0:
            before = text[max(0, start - 48) : start]
            lead = "".join(before.split()[-1:]).lower().lstrip("([（")
            if lead in _LEADS and before[-1:].isspace() and (said := _WITH.search(before)):
                agencies, length = table.opening(text[start : start + 100])
                yield "credit", agencies, start - len(before) + said.start(), start + length, False
            start = text.find(word, start + 1)
    if "©" in end or "opyright" in end or "(c)" in end or "COPYRIGHT" in end:
        for m in _RIGHTS.finditer(text, tail):
            agencies, length = table.opening(m["rest"])
            yield "credit", agencies, m.start(), m.start("rest") + length, False


def _ending(text: str, table: Agencies, add) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """The credit that the last words give: "(AP)", "- Reuters"."""
    end = len(text.rstrip())
    tail = max(0, end - 80)
    if m := _AT_END.search(text, tail, end):
        before = text[max(0, m.start() - 80) : m.start()].rstrip()
        agencies = table.listed(m["names"], any_case=before[-1:] in tuple('.!?"”»。'))
        if agencies and not _PHOTO.search(before[-24:]) and not _initials(before, m["names"]) and before:
            closed = (
                before[-1:] in tuple(".!?\"”»“’'。」』…)")
                or "\n" in text[m.start() - 2 : m.start()]
                or not m["names"].isascii()
            )
            if closed or len(m["names"]) > 3 or text[end - 1] in ".。":
                add(SYNDICATED, "credit", agencies, m.start(), m.end())
    elif (m := _AFTER_LAST_DASH.search(text, tail, end)) and (agencies := table.listed(m["names"])):  # noqa: SIM102
        if text[: m.start()].rstrip()[-1:] in tuple('.!?"”»。…،'):
            add(SYNDICATED, "credit", agencies, m.start(), m.end())


def agency_of(credits: list[Credit]) -> str | None:
    """The one that a text comes from: the first agency that it is syndicated from, or else the first outlet."""
    syndicated = [credit for credit in credits if credit.role == SYNDICATED and credit.kind != "unspecified"]
    first = next((credit for credit in syndicated if credit.kind == "agency"), None) or next(iter(syndicated), None)
    return first.name if first else None
