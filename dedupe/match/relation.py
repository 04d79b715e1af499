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
from dedupe.match.overlap import Overlap
from dedupe.match.tfidf import Weight

RELATIONS = (
    "exact", "near_duplicate", "abridged", "revision",
    "shared_passage", "boilerplate", "template", "headline",
)  # fmt: skip
EXACT, NEAR_DUPLICATE, ABRIDGED, REVISION, SHARED_PASSAGE, BOILERPLATE, TEMPLATE, HEADLINE = range(8)
NOTHING = -1
REASONS = ("a rule",)
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
    same_text: bool, the texts are equal after normalisation
    spread: float64, mean number of articles in which the shared passages stand; 0: not known
    """

    overlap: Overlap
    weight: Weight
    headline: F64
    hours: F64
    same_outlet: Bool
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
    score: float64[p], 0 to 1: how much of the shorter article, by words and by weight, the other covers
    a_contained: bool[p], a is the one that stands in b (read with ABRIDGED)
    """

    relation: NDArray[np.int8]
    score: F64
    a_contained: Bool
    reason: NDArray[np.int8]


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


def is_form(x: Sides, evidence: Evidence) -> Bool:
    """One form, other facts: figures, names or the day differ in otherwise shared words."""
    weight, headline = evidence.weight, np.nan_to_num(evidence.headline, nan=0.0)
    own_numbers = _ratio(x.s_numbers, x.s_numbers + weight.numbers)
    own_names = _ratio(x.s_names, x.s_names + weight.names)
    all_own_numbers = _ratio(x.s_numbers + x.l_numbers, x.s_numbers + x.l_numbers + weight.numbers)
    other_day = np.nan_to_num(evidence.hours, nan=0.0) > DAY
    like_length = x.l_words <= 1.3 * x.s_words
    unquoted = np.maximum(x.s_quoted, x.l_quoted) < 0.1
    some = (x.s_share >= 0.3) | (x.s_words < 60)
    piece = _ratio(x.covered, x.s_blocks)  # mean words of a shared run: short where slots are filled in

    # The same short item on another day, with any figure changed, or word for word.
    daily = other_day & (x.l_words <= 160) & (all_own_numbers >= 0.15) & ((x.s_numbers >= 1) | like_length)
    notice = other_day & (x.s_words <= NOTICE_WORDS) & (x.s_share >= 0.6) & like_length
    series = other_day & evidence.same_outlet & (headline >= 0.9) & (x.s_weight >= 0.6) & (all_own_numbers >= 0.3)
    # Figures, names or both are each side's own.
    figures = (x.s_numbers >= 2) & (x.l_numbers >= 2) & (own_numbers >= 0.3) & (x.s_weight < 0.85)
    figures &= unquoted & (piece < 25)
    table = (x.s_numbers >= 3) & (x.l_numbers >= 3) & (own_numbers >= 0.5) & (piece < 25)
    names = (x.s_names >= 2) & (x.l_names >= 2) & (own_names >= 0.35) & (x.s_weight < 0.75) & (x.s_words < 150)
    issue = (x.s_numbers >= 2) & (x.l_numbers >= 2) & (x.s_names >= 3) & (x.l_names >= 3) & (x.s_words < 150)
    subject = (x.s_names >= 1) & (x.l_names >= 1) & (headline < 0.6) & (x.s_words < 120) & (x.s_share < 0.75)
    tiny = (x.s_words < 60) & (x.s_weight < 0.75) & (x.s_numbers + x.s_names >= 1) & (x.s_share < 0.8)
    long_form = (x.s_words <= 250) & (figures | daily | (series & (x.s_share < 0.95)))
    short_form = unquoted & (
        (names & ((piece < 25) | (x.s_words < 60))) | (issue & (x.s_share < 0.8)) | (subject & (piece < 25)) | tiny
    )
    return some & (x.s_share > 0) & (long_form | notice | (table & (x.s_words <= 900)) | short_form)


def is_same_article(x: Sides) -> Bool:
    """One article, edited, cut, or set under another lead: a reader should see only one of the two."""
    # The item stands whole and high in the longer one, or opens it, or fills half of it.
    opens = x.l_lead >= 0.4
    high = (x.s_lead >= 0.7) & (x.l_first <= 60) & (x.l_share >= 0.2)
    fills = x.l_share >= 0.5
    headless = np.maximum(x.s_lead, x.l_lead) < 0.35
    whole = (x.s_share >= 0.8) & (opens | high | fills) & ~(headless & (x.l_share < 0.7))
    edited = (x.s_share >= 0.65) & (x.l_share >= 0.4) & (x.s_lead + x.l_lead >= 0.7) & (x.s_weight >= 0.66)
    same_lead = (x.s_share >= 0.75) & (x.s_lead >= 0.7) & (x.l_lead >= 0.7)
    # Both quote one statement at length, each under its own lead.
    quoting = (np.maximum(x.s_quoted, x.l_quoted) >= 0.6) & (np.minimum(x.s_lead, x.l_lead) < 0.5) & (x.l_share < 0.7)
    return (whole | edited | same_lead) & ~quoting


def is_background(x: Sides, evidence: Evidence) -> Bool:
    """What they share is a background paragraph or furniture: late in both, unquoted, or nearly nothing."""
    headline = np.nan_to_num(evidence.headline, nan=0.0)
    late = (np.maximum(x.s_lead, x.l_lead) < 0.4) & (x.s_tail >= 0.7) & (x.s_share < 0.62)
    late &= (x.s_quoted < 0.1) & (x.s_words < 400) & (headline < 0.6)
    little = (x.covered < 12) & (x.covered > 0)
    common = (evidence.spread >= 8) & (x.s_share < 0.5) & (np.maximum(x.s_lead, x.l_lead) < 0.4)
    return late | little | common


def decide(evidence: Evidence, report_containment: float = 0.3, headline_threshold: float = 0.6) -> Decision:
    """Relation, score and direction of each pair.

    report_containment: what must be shared for a pair to be reported for its text;
    headline_threshold: the similarity from which headlines repeat.
    """
    overlap, weight = evidence.overlap, evidence.weight
    x = sides(overlap, weight)
    headline = np.nan_to_num(evidence.headline, nan=0.0)
    hours = evidence.hours
    repeats = headline >= headline_threshold
    shares = (overlap.containment >= report_containment) | (x.s_share >= report_containment)
    form = is_form(x, evidence)
    same = is_same_article(x)
    soon = hours <= 48.0

    relation = np.full(len(headline), NOTHING, dtype=np.int8)
    relation[repeats] = HEADLINE
    relation[shares] = SHARED_PASSAGE
    relation[shares & is_background(x, evidence)] = BOILERPLATE
    relation[form & (shares | repeats)] = TEMPLATE
    joins = same & ~form
    even = (overlap.jaccard >= 0.5) | ((x.s_share >= 0.75) & (x.l_share >= 0.7))
    relation[joins] = np.where(even, NEAR_DUPLICATE, ABRIDGED)[joins]
    version = evidence.same_outlet & soon & (repeats | np.isnan(evidence.headline))
    relation[joins & version] = REVISION
    # An item written anew around the same figures, by the same outlet under the same headline.
    anew = evidence.same_outlet & (hours <= 6.0) & (headline >= 0.95) & (weight.numbers >= 5)
    anew &= (_ratio(x.s_numbers, x.s_numbers + weight.numbers) <= 0.2) & (x.s_weight >= 0.6)
    relation[anew & ~joins & ~form] = REVISION
    # The same words again: a copy, unless it is a short notice of another day.
    notice = (x.s_words <= NOTICE_WORDS) & (np.nan_to_num(hours, nan=0.0) > DAY)
    relation[evidence.same_text & ~notice] = EXACT
    relation[evidence.same_text & notice] = TEMPLATE

    score = (x.s_share + x.s_weight) / 2
    score = np.where(relation == EXACT, 1.0, np.where(relation == HEADLINE, headline, score))
    return Decision(relation, np.round(score, 4), x.s_is_a, np.zeros(len(score), np.int8))
