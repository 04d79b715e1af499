"""What a pair is: the one decision that every driver asks for.

No single threshold separates copies from forms, quotations and background
(Jaccard >= 0.8 finds half of the copies; containment >= 0.7 joins a fifth of
what should stay apart).  So the rules below read the evidence as a person
would: how much of each article stands in the other, where it stands (lead,
tail, inside quotation marks, in one block or many), which facts (figures,
names) are each side's own, what the headlines say, and how far apart the two
were published.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedupe.compiled import F64, Bool
from dedupe.match.numbers import known_or
from dedupe.match.overlap import Overlap
from dedupe.match.tfidf import Weight
from dedupe.settings import Settings

RELATIONS = (
    "exact", "near_duplicate", "abridged", "revision",
    "shared_passage", "boilerplate", "template", "headline",
)  # fmt: skip
EXACT, NEAR_DUPLICATE, ABRIDGED, REVISION, SHARED_PASSAGE, BOILERPLATE, TEMPLATE, HEADLINE = range(8)
NOTHING = -1
REASONS = (
    "the same text",
    "a short notice of another day",
    "one form, other figures",
    "one form, other names",
    "one form, another day",
    "lightly edited",
    "cut, or with parts put around it",
    "another version by the same outlet",
    "written anew by the same outlet around the same facts",
    "another version at the same address",
    "a late paragraph of background",
    "what they share stands in many articles",
    "a few words in common",
    "both quote one text at length",
    "the longer is mostly something else",
    "sentences taken over",
    "the headlines repeat, the texts do not",
)
(
    SAME,
    NOTICE,
    FIGURES,
    NAMES,
    SERIES,
    EDITED,
    CUT,
    VERSION,
    ANEW,
    ADDRESS,
    BACKGROUND,
    COMMON,
    LITTLE,
    QUOTING,
    HOST,
    SENTENCES,
    HEADLINES,
) = range(len(REASONS))
NONE = -1
JOINING = frozenset(RELATIONS[:4])
"""The relations that put two articles into one story."""

DAY = 20.0
"""Hours after which two forms are of different days."""
NOTICE_WORDS = 30
"""Words up to which a text repeated on another day is a notice, and no copy."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of pairs (a, b); arrays of length p.

    overlap, weight: see their own pages
    headline: float64, similarity of the headlines, 0 to 1; NaN when a side has none
    hours: float64, hours between the publications; NaN when a time is not known
    same_outlet: bool, both outlets are known and equal
    same_address: bool, both canonical URLs are known and equal
    same_text: bool, the texts are equal after normalisation
    spread: float64, mean number of articles in which the shared passages stand; 0: not known
    """

    overlap: Overlap
    weight: Weight
    headline: F64
    hours: F64
    same_outlet: Bool
    same_address: Bool
    same_text: Bool
    spread: F64


@dataclass(frozen=True, slots=True)
class Sides:
    """The evidence seen from the shorter article (s) and the longer (l); a wins a tie.

    share: covered share of the words; lead, tail: of the first and last 30 words;
    quoted: share of the covered words inside quotation marks; weight: covered share of
    the idf weight; numbers, names: terms that the other lacks.
    """

    s_is_a: Bool
    s_words: F64
    l_words: F64
    s_share: F64
    l_share: F64
    s_lead: F64
    l_lead: F64
    s_tail: F64
    l_tail: F64
    l_first: F64
    s_quoted: F64
    l_quoted: F64
    s_weight: F64
    l_weight: F64
    s_numbers: F64
    l_numbers: F64
    s_names: F64
    l_names: F64
    s_blocks: F64
    covered: F64


@dataclass(frozen=True, slots=True)
class Decision:
    """What each pair is.

    relation: int8[p], an index into RELATIONS, or NOTHING
    reason: int8[p], the rule that spoke, an index into REASONS
    score: float64[p], 0 to 1: how much of the shorter article, by words and by weight, the other covers
    a_contained: bool[p], a is the one that stands in b (read with ABRIDGED)
    """

    relation: NDArray[np.int8]
    reason: NDArray[np.int8]
    score: F64
    a_contained: Bool


def _ratio(part: F64, whole: F64) -> F64:
    return part / np.maximum(whole, 1.0)


def sides(overlap: Overlap, weight: Weight) -> Sides:
    """Orient each pair by length, so that rules can speak of the shorter and the longer."""
    s_is_a = overlap.words_a <= overlap.words_b

    def both(a: F64, b: F64) -> tuple[F64, F64]:
        return np.where(s_is_a, a, b), np.where(s_is_a, b, a)

    s_words, l_words = both(overlap.words_a, overlap.words_b)
    s_covered, l_covered = both(overlap.covered_a, overlap.covered_b)
    s_lead, l_lead = both(overlap.lead_a, overlap.lead_b)
    s_tail, l_tail = both(overlap.tail_a, overlap.tail_b)
    s_quoted, l_quoted = both(overlap.quoted_a, overlap.quoted_b)
    s_weight, l_weight = both(weight.coverage_a, weight.coverage_b)
    s_numbers, l_numbers = both(weight.numbers_a, weight.numbers_b)
    s_names, l_names = both(weight.names_a, weight.names_b)
    return Sides(
        s_is_a=s_is_a,
        s_words=s_words,
        l_words=l_words,
        s_share=_ratio(s_covered, s_words),
        l_share=_ratio(l_covered, l_words),
        s_lead=s_lead,
        l_lead=l_lead,
        s_tail=s_tail,
        l_tail=l_tail,
        l_first=both(overlap.first_a, overlap.first_b)[1],
        s_quoted=_ratio(s_quoted, s_covered),
        l_quoted=_ratio(l_quoted, l_covered),
        s_weight=s_weight,
        l_weight=l_weight,
        s_numbers=s_numbers,
        l_numbers=l_numbers,
        s_names=s_names,
        l_names=l_names,
        s_blocks=both(overlap.blocks_a, overlap.blocks_b)[0],
        covered=s_covered,
    )


def form(x: Sides, evidence: Evidence) -> NDArray[np.int8]:
    """One form, other facts: the reason why each pair is one, or NONE.

    Figures, names or the day differ in otherwise shared words, which then stand in short
    runs between the slots that were filled in.
    """
    weight, headline = evidence.weight, known_or(evidence.headline, 0.0)
    own_numbers = _ratio(x.s_numbers, x.s_numbers + weight.numbers)
    own_names = _ratio(x.s_names, x.s_names + weight.names)
    all_own_numbers = _ratio(x.s_numbers + x.l_numbers, x.s_numbers + x.l_numbers + weight.numbers)
    other_day = known_or(evidence.hours, 0.0) > DAY
    like_length = x.l_words <= 1.3 * x.s_words
    unquoted = np.maximum(x.s_quoted, x.l_quoted) < 0.1
    some = ((x.s_share >= 0.3) | (x.s_words < 60)) & (x.s_share > 0)
    slotted = _ratio(x.covered, x.s_blocks) < 25  # mean words of a shared run

    # The same short item on another day: with a figure changed, or word for word.
    daily = (
        other_day
        & (slotted | (x.s_share >= 0.75))
        & (x.l_words <= 160)
        & (all_own_numbers >= 0.15)
        & ((x.s_numbers >= 1) | like_length)
    )
    notice = other_day & (x.s_words <= NOTICE_WORDS) & (x.s_share >= 0.6) & like_length
    weekly = other_day & slotted & unquoted & (x.s_numbers >= 3) & (x.l_numbers >= 3) & (own_numbers >= 0.3)
    series = other_day & evidence.same_outlet & (headline >= 0.9) & (x.s_weight >= 0.6) & (all_own_numbers >= 0.3)
    # Figures that each side has to itself.
    both = (x.s_numbers >= 2) & (x.l_numbers >= 2)
    figures = both & (own_numbers >= 0.3) & (x.s_weight < 0.85) & unquoted & slotted & (x.s_words <= 250)
    table = (x.s_numbers >= 3) & (x.l_numbers >= 3) & (own_numbers >= 0.5) & slotted & (x.s_words <= 900)
    # Names that each side has to itself, in items alike enough to be one form.
    names = (x.s_names >= 2) & (x.l_names >= 2) & (own_names >= 0.35) & (x.s_weight < 0.75) & (x.s_words < 150)
    names &= slotted | (x.s_words < 60)
    issue = both & (x.s_names >= 3) & (x.l_names >= 3) & (x.s_words < 150) & (x.s_share < 0.8)
    subject = (x.s_names >= 1) & (x.l_names >= 1) & (headline < 0.6) & (x.s_words < 120) & (x.s_share < 0.75) & slotted
    tiny = (x.s_words < 60) & (x.s_weight < 0.75) & (x.s_numbers + x.s_names >= 1) & (x.s_share < 0.8)
    short = unquoted & ((x.l_share >= 0.35) | (x.s_words < 60))

    reason = np.full(len(headline), NONE, dtype=np.int8)
    reason[short & (names | issue | subject | tiny)] = NAMES
    reason[figures | table] = FIGURES
    reason[(daily & (x.s_words <= 250)) | (series & (x.s_words <= 250) & (x.s_share < 0.95)) | weekly] = SERIES
    reason[notice] = NOTICE
    reason[~some] = NONE
    return reason


def quotes_at_length(x: Sides) -> Bool:
    """Both quote one statement at length, each under its own lead."""
    return (np.maximum(x.s_quoted, x.l_quoted) >= 0.6) & (np.minimum(x.s_lead, x.l_lead) < 0.5) & (x.l_share < 0.7)


def is_same_article(x: Sides, headline: F64, share: float) -> Bool:
    """One article, edited, cut, or set under another lead: a reader should see only one of the two.

    headline: float64[p], 0 to 1, NaN when unknown; share: of the shorter's words that must stand in the longer.
    """
    # The item stands whole and high in the longer one, or opens it, or fills half of it.
    opens = x.l_lead >= 0.4
    high = (x.s_lead >= 0.7) & (x.l_first <= 65) & (x.l_share >= np.where(headline >= 0.5, 0.18, 0.4))
    fills = x.l_share >= 0.53
    unlike = headline < 0.3
    headless = (np.maximum(x.s_lead, x.l_lead) < 0.35) & (x.l_share < np.where(unlike, 0.8, 0.7))
    whole = (x.s_share >= share) & (opens | high | fills) & ~headless
    edited = (x.s_share >= 0.63) & (x.l_share >= 0.4) & (x.s_lead + x.l_lead >= 0.7) & (x.s_weight >= 0.64)
    # Long runs word for word, in texts of one length: a paragraph was told in other words.
    retold = (x.s_share >= 0.72) & (x.l_share >= 0.66) & (_ratio(x.covered, x.s_blocks) >= 40) & (x.s_weight >= 0.6)
    same_lead = (x.s_share >= 0.75) & (x.s_lead >= 0.7) & (x.l_lead >= 0.7)
    return (whole | edited | retold | same_lead) & ~quotes_at_length(x)


def is_written_anew(x: Sides, evidence: Evidence) -> Bool:
    """The same outlet's item again within hours: in other words, with the same facts, under the same headline."""
    weight, hours = evidence.weight, evidence.hours
    headline = known_or(evidence.headline, 0.0)
    own_numbers = _ratio(x.s_numbers, x.s_numbers + weight.numbers)
    restated = (hours <= 6.0) & (headline >= 0.95) & (weight.numbers >= 5) & (own_numbers <= 0.2) & (x.s_weight >= 0.6)
    rounded = (hours <= 6.0) & (headline >= 0.6) & (weight.numbers >= 6) & (own_numbers <= 0.3) & (x.s_share >= 0.5)
    retold = (hours <= 12.0) & (headline >= 0.9) & (x.s_share >= 0.45) & (x.s_weight >= 0.65) & (own_numbers <= 0.3)
    return evidence.same_outlet & (restated | rounded | retold)


def is_version_in_place(x: Sides, evidence: Evidence, filled: Bool) -> Bool:
    """Of two articles at one address: whether they are versions of one, and not what a page of its kind shows each day.

    filled: bool[p], the two are one form with other facts.
    """
    hours, headline = known_or(evidence.hours, 0.0), known_or(evidence.headline, 0.0)
    return ((x.s_share >= 0.2) | ((headline >= 0.6) & (x.s_share >= 0.05))) & ~(filled & (hours > DAY))


def background(x: Sides, evidence: Evidence) -> NDArray[np.int8]:
    """What they share is a background paragraph, furniture or nearly nothing: the reason, or NONE."""
    headline = known_or(evidence.headline, 0.0)
    late = (np.maximum(x.s_lead, x.l_lead) < 0.4) & (x.s_tail >= 0.7) & (x.s_share < 0.62)
    late &= (x.s_quoted < 0.1) & (x.s_words < 400) & (headline < 0.6)
    reason = np.full(len(headline), NONE, dtype=np.int8)
    reason[(evidence.spread >= 9) & (x.s_share < 0.5) & (np.maximum(x.s_lead, x.l_lead) < 0.4)] = COMMON
    reason[late] = BACKGROUND
    reason[(x.covered < 12) & (x.covered > 0)] = LITTLE
    return reason


def decide(evidence: Evidence, settings: Settings) -> Decision:
    """Relation, reason, score and direction of each pair.

    Of the settings, `report_containment`, `headline_threshold` and the three of `join_` have a say here.
    """
    overlap, weight = evidence.overlap, evidence.weight
    x = sides(overlap, weight)
    headline, hours = known_or(evidence.headline, 0.0), evidence.hours
    repeats = headline >= settings.headline_threshold
    shares = overlap.containment >= settings.report_containment
    relation = np.full(len(headline), NOTHING, dtype=np.int8)
    reason = np.zeros(len(headline), dtype=np.int8)

    def say(mask: Bool, what: int, why: int | NDArray[np.int8]) -> None:
        relation[mask] = what
        reason[mask] = why if isinstance(why, int) else why[mask]

    # From the weakest to the strongest: what is said later overrides.
    say(repeats, HEADLINE, HEADLINES)
    say(shares, SHARED_PASSAGE, SENTENCES)
    say(shares & (x.l_share < 0.4) & (x.s_share >= 0.6), SHARED_PASSAGE, HOST)
    say(shares & quotes_at_length(x), SHARED_PASSAGE, QUOTING)
    behind = background(x, evidence)
    say(shares & (behind != NONE), BOILERPLATE, behind)
    filled = form(x, evidence)
    say((filled != NONE) & (shares | repeats), TEMPLATE, filled)
    gate = (x.s_weight >= settings.join_coverage) & (weight.cosine >= settings.join_cosine)
    joins = is_same_article(x, evidence.headline, settings.join_share) & (filled == NONE) & gate
    say(gate & is_written_anew(x, evidence) & ~joins & ((filled == NONE) | (filled == NAMES)), REVISION, ANEW)
    even = (x.l_share >= 0.85) | ((x.l_share >= 0.6) & (x.s_share - x.l_share < 0.1))
    say(joins, ABRIDGED, CUT)
    say(joins & even, NEAR_DUPLICATE, EDITED)
    version = evidence.same_outlet & (hours <= 48.0) & (repeats | np.isnan(evidence.headline))
    say(joins & version, REVISION, VERSION)
    say(evidence.same_address & is_version_in_place(x, evidence, filled != NONE), REVISION, ADDRESS)
    # The same words again: a copy, unless it is a short notice of another day.
    notice = (x.s_words <= NOTICE_WORDS) & (known_or(hours, 0.0) > DAY)
    say(evidence.same_text & ~notice, EXACT, SAME)
    say(evidence.same_text & notice, TEMPLATE, NOTICE)

    score = (x.s_share + x.s_weight) / 2
    score = np.where(relation == EXACT, 1.0, np.where(relation == HEADLINE, headline, score))
    return Decision(relation, reason, np.round(score, 4), x.s_is_a)
