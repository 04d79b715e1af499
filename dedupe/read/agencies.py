"""Who is credited: news agencies and often cited outlets, their names in many scripts, countries and domains.

The table is `agencies.tsv` (facts of public knowledge); a file of the same columns adds to it.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from dedupe.errors import InputError

COLUMNS = ("name", "country", "kind", "aliases", "domains")
KINDS = ("agency", "outlet", "unspecified")
_LONG = 5
"""Letters from which a name counts in any case; shorter ones are common words when written small."""
_BETWEEN = re.compile(r"\s*(?:[/,;&+、・，；]|\b(?:and|und|et|y|e|i|en|och|og|ve|и|та|й)\b|\bو(?=\s|ال))\s*")
_DESK = re.compile(r"[a-z]{2,4}\d?")
_LEGAL = re.compile(
    r"^(?:the|agency|agencia|agence|agenzia|agência|agentur|agencja|agentura|агентство|агентства|агенция|وكالة)\s+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Agency:
    """One that others credit.

    country: ISO 3166-1 alpha-2, empty when unknown; kind: "agency", "outlet", or "unspecified" for words such
    as "agencies"; aliases: how it is written; domains: where it publishes.
    """

    name: str
    country: str
    kind: str
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Agencies:
    """The table, and its names looked up.

    exact: alias -> agency; folded: the same for long aliases in lower case; domains: domain -> agency;
    unspaced: aliases in scripts without blanks, longest first; words, lasts: the first word
    of each alias, and the last one in lower case; lowered: all aliases in lower case.
    """

    rows: tuple[Agency, ...]
    exact: dict[str, Agency] = field(repr=False)
    folded: dict[str, Agency] = field(repr=False)
    domains: dict[str, Agency] = field(repr=False)
    unspaced: tuple[str, ...] = field(repr=False)
    words: frozenset[str] = field(repr=False)
    lasts: frozenset[str] = field(repr=False)
    lowered: frozenset[str] = field(repr=False)

    def find(self, name: str, any_case: bool = False) -> Agency | None:
        """The agency of this name.  any_case: short names count in lower case too ("ap").

        >>> table = load_agencies()
        >>> table.find("ロイター").name, table.find("apt")
        ('Reuters', None)
        """
        name = name.strip()
        found = self.exact.get(name)
        if found is None:
            name = name.strip(" \t\u00a0\"'«»„“”.:*")
            found = self.exact.get(name) or self.folded.get(name.lower())
        if found is None and (bare := _LEGAL.sub("", name)) != name:
            found = self.exact.get(bare) or self.folded.get(bare.lower())
        return found or (self.exact.get(name.upper()) if any_case and len(name) > 1 else None)

    def listed(self, words: str, any_case: bool = False) -> list[Agency]:
        """The agencies of a list ("dpa/AFP", "AP and Reuters"); none unless all of it is names.

        >>> [agency.name for agency in load_agencies().listed("dpa/AFP")]
        ['dpa', 'Agence France-Presse']
        """
        if whole := self.find(words, any_case):
            return [whole]
        found: list[Agency] = []
        for part in filter(None, _BETWEEN.split(words.strip())):
            agency = self.find(part, any_case or bool(found))
            if agency is None:
                if found and _DESK.fullmatch(part):  # "dpa/lby": a desk of the agency before it
                    continue
                return []
            if agency not in found:
                found.append(agency)
        return found

    def opening(self, words: str, most: int = 5) -> tuple[list[Agency], int]:
        """The agencies that the words begin with, and how many characters name them."""
        ends = [m.end() for m in re.finditer(r"\S+", words[:80])][:most]
        for end in reversed(ends):
            if found := self.listed(words[:end].rstrip(".,;:)")):
                return found, end
        return [], 0

    def within(self, words: str) -> Agency | None:
        """The agency that a short run without blanks names somewhere, as in "ロンドン共同"."""
        for part in words.split():
            if agency := self.find(part):
                return agency
        alias = next((alias for alias in self.unspaced if alias in words), None)
        return self.exact[alias] if alias else None

    def may_name(self, words: str) -> bool:
        """Whether the words can hold a name of the table: a quick look, which errs on the side of yes."""
        return not words.isascii() or not self.lasts.isdisjoint(re.findall(r"[\w.]+", words.lower()))

    def of_domain(self, host: str) -> Agency | None:
        """The agency that publishes at a host, or at the domain above it."""
        parts = host.lower().split(".")
        return next(
            (self.domains[".".join(parts[i:])] for i in range(len(parts)) if ".".join(parts[i:]) in self.domains), None
        )

    def of_outlet(self, outlet: str) -> Agency | None:
        """The agency that an outlet is, by its name or its host."""
        return self.find(outlet) or self.of_domain(outlet)


def _split(cell: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in (cell or "").split("|") if part.strip()))


def _rows(path: Path, shown: str) -> list[Agency]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            header = reader.fieldnames or []
            if "name" not in header:
                raise InputError(f"{shown}: the header must name the columns {', '.join(COLUMNS)} (tab-separated)")
            found = []
            for row in reader:
                name, kind = (row["name"] or "").strip(), (row.get("kind") or "").strip() or "agency"
                if not name:
                    raise InputError(f"{shown}, line {reader.line_num}: an agency without name")
                if kind not in KINDS:
                    raise InputError(f"{shown}, line {reader.line_num}: kind {kind!r}; known are {', '.join(KINDS)}")
                country = (row.get("country") or "").strip().upper()
                if country and not re.fullmatch(r"[A-Z]{2}", country):
                    raise InputError(
                        f"{shown}, line {reader.line_num}: country {country!r}; give two letters (ISO 3166)"
                    )
                found.append(Agency(name, country, kind, _split(row.get("aliases")), _split(row.get("domains"))))
            return found
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{shown}: can't be read as a table of agencies ({error})") from error


@cache
def load_agencies(path: str | Path | None = None) -> Agencies:
    """The table of agencies, with a user's file on top: a row of a known name adds to it, and comes first.

    path: tab-separated, with a header: name, country (two letters), kind (agency, outlet, unspecified; agency if
    empty), aliases and domains, each separated by "|".  Raises InputError, naming the line, for what can't be used.

    >>> load_agencies().find("共同社").country
    'JP'
    """
    rows = {agency.name: agency for agency in _rows(Path(__file__).with_name("agencies.tsv"), "agencies.tsv")}
    added = _rows(Path(path), str(path)) if path is not None else []
    for new in added:
        old = rows.pop(new.name, None)
        if old is not None:
            new = Agency(
                new.name, new.country or old.country, new.kind, new.aliases + old.aliases, new.domains + old.domains
            )
        rows[new.name] = new
    exact: dict[str, Agency] = {}
    domains: dict[str, Agency] = {}
    first = {agency.name for agency in added}
    for agency in sorted(rows.values(), key=lambda agency: agency.name not in first):
        for alias in (agency.name, *agency.aliases):
            exact.setdefault(alias, agency)
        for domain in agency.domains:
            domains.setdefault(domain.lower(), agency)
    folded = {alias.lower(): agency for alias, agency in exact.items() if len(alias) >= _LONG}
    unspaced = tuple(
        sorted(
            (a for a in exact if re.fullmatch(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}", a)),
            key=lambda a: -len(a),
        )
    )
    words = frozenset(word for alias in exact for word in re.findall(r"[\w.]+", alias.removeprefix("The "))[:1])
    lasts = frozenset(word for alias in exact for word in re.findall(r"[\w.]+", alias.lower())[-1:])
    lowered = frozenset(alias.lower() for alias in exact)
    return Agencies(tuple(rows.values()), exact, folded, domains, unspaced, words, lasts, lowered)
