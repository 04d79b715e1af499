"""`noise`: what is still found when copies are cut, misread, topped, reordered or told in other words.

After the newspaper-reprint literature.  Every wire of a collection is copied three times, each copy
damaged by itself (scanning damages the wire as well), among the collection's other articles.  ARI and
recall of ours, at its two settings, of n-gram overlap and of MinHash LSH.

Published ARI on real reprints, scanned (Silcock, D'Amico-Wong, Yang and Dell, 2023, "Noise-Robust
De-Duplication at Scale", NEWS-COPY): hashing 73.7, n-gram overlap 75.0, bi-encoder 91.5, re-ranked 93.7.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

import dedupe
from benchmarks import damage
from benchmarks.corpora import Corpus
from benchmarks.peers.common import shingles
from benchmarks.peers.datasketch import alike
from benchmarks.peers.ngram import overlapping
from dedupe.settings import Settings
from dedupe.text.tokens import tokenise_strings

COPIES = 3
ANCHORS = {"hashing": 0.737, "n-gram overlap": 0.750, "bi-encoder": 0.915, "re-ranked": 0.937}
STRENGTHS = {
    "misread": (0.0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.15),
    "abridge": (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8),
    "top": (0.0, 0.25, 0.5, 0.75, 1.0, 1.5),
    "reorder": (0.0, 0.25, 0.5, 1.0, 2.0),
    "paraphrase": (0.0, 0.2, 0.4, 0.6),
}
LABELS = {
    "misread": "characters misread (both sides)", "abridge": "share of the sentences cut",
    "top": "local lead, as a share of the text", "reorder": "moves per sentence", "paraphrase": "share of paragraphs retold",
}  # fmt: skip
SYSTEMS = ("dedupe", "dedupe, noise = 1", "n-gram overlap", "MinHash LSH")
PEER = {"n-gram overlap": "ngram", "MinHash LSH": "datasketch"}
I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Wires:
    """What the study starts from: texts to copy, other texts to leave alone, and paragraphs told in other words."""

    texts: list[str]
    others: list[str]
    retold: list[tuple[str, str]]


def wires_of(corpus: Corpus, most: int) -> Wires:
    """One article of each story (the earliest), so many at most; the others are articles that stand alone."""
    rows = corpus.articles.select(["id", "text"]).to_pylist()
    if corpus.family is not None:
        stories = np.bincount(corpus.family)[corpus.family] > 1
        first = np.unique(corpus.family, return_index=True)[1]
        picked = [i for i in sorted(first.tolist()) if stories[i]]
        alone = [i for i in range(len(rows)) if not stories[i]]
    else:  # no stories are known: whatever shares with nothing
        assert corpus.truth is not None
        shares = np.isin(np.arange(len(rows)), np.concatenate([corpus.truth.a, corpus.truth.b]))
        picked, alone = np.flatnonzero(~shares).tolist(), []
    picked = [
        i for i in picked if 300 < len(rows[i]["text"] or "") < 4000 or len((rows[i]["text"] or "").encode()) > 600
    ][:most]
    told = {row["id"]: row["text"].split("\n\n") for row in rows if str(row["id"]).endswith("-rework")}
    retold = []
    for i in picked:
        new, old = told.get(str(rows[i]["id"]).replace("-wire", "-rework")), rows[i]["text"].split("\n\n")
        if new and len(new) == len(old) == 5:  # as tools/make_eight.py has it
            retold += [(old[0], new[0]), (old[1], new[2]), (old[3], new[3])]
    return Wires([rows[i]["text"] for i in picked], [rows[i]["text"] for i in alone], retold)


def damaged(wires: Wires, kind: str, strength: float, seed: int = 0) -> tuple[list[str], I64]:
    """Copies of every wire among the other texts, and the family of each."""
    draw = np.random.default_rng(seed)

    def edit(text: str) -> str:
        if kind == "misread":
            return damage.misread(text, strength, draw, "".join(sorted(set(text.lower()))))
        if kind == "abridge":
            return damage.abridge(text, strength, draw)
        if kind == "top":
            return damage.top(text, strength, draw, wires.others or wires.texts)
        if kind == "reorder":
            return damage.reorder(text, strength, draw)
        return damage.paraphrase(text, strength, draw, wires.retold)

    texts, family = [], []
    scanned = kind == "misread"
    usable = wires.texts
    if kind == "paraphrase":
        known = {old for old, _ in wires.retold}
        usable = [text for text in wires.texts if any(part in known for part in text.split("\n\n"))]
    for number, text in enumerate(usable):
        texts += [edit(text) if scanned else text, *(edit(text) for _ in range(COPIES))]
        family += [number] * (COPIES + 1)
    for number, text in enumerate(wires.others if kind != "paraphrase" else [], len(usable)):
        texts.append(edit(text) if scanned else text)
        family.append(number)
    return texts, np.array(family, dtype=np.int64)


def _grams(texts: list[str]) -> list[set[str]]:
    r"""Word 5-grams; of our tokens, where \w+ would take a whole clause of Chinese for a word."""
    made = tokenise_strings(texts)
    ours = np.split(made.hashes, made.bounds[1:-1])
    return [
        set(shingles(text)) if len(found := set(shingles(text))) > len(tokens) / 3 else
        {" ".join(map(str, tokens[i : i + 5])) for i in range(len(tokens) - 4)} | found
        for text, tokens in zip(texts, ours, strict=True)
    ]  # fmt: skip


def _ours(texts: list[str], noise: int) -> I64:
    found = dedupe.find_duplicates(
        [{"id": str(i), "text": text} for i, text in enumerate(texts)], settings=Settings(noise=noise)
    )
    return np.array(found.articles["original_id"].to_pylist()).astype(np.int64)


def study(
    corpus: Corpus, most: int, peers: Sequence[str], repeat: int, tell: Callable[[str], None]
) -> list[dict[str, Any]]:
    """ARI and recall of every system at every strength of each kind of damage.

    most: wires to take; peers: "ngram", "datasketch" or both; repeat: times that all is damaged anew.
    """
    from sklearn.metrics import adjusted_rand_score

    wires = wires_of(corpus, most)
    systems = [system for system in SYSTEMS if PEER.get(system) in (None, *peers)]
    points = []
    for kind, strength, seed in product(
        STRENGTHS, sorted({s for some in STRENGTHS.values() for s in some}), range(repeat)
    ):
        if strength in STRENGTHS[kind] and (kind != "paraphrase" or wires.retold):
            texts, family = damaged(wires, kind, strength, seed)
            grams = _grams(texts)
            same = family[:, None] == family[None, :]
            np.fill_diagonal(same, False)
            for system in systems:
                if system == "n-gram overlap":
                    found = overlapping(grams, 0.1)
                elif system == "MinHash LSH":
                    found = alike(grams, 0.5)
                else:
                    found = _ours(texts, int("noise" in system))
                points.append({
                    "corpus": corpus.name, "kind": kind, "strength": strength, "system": system, "seed": seed, "articles": len(texts),
                    "ari": float(adjusted_rand_score(family, found)),
                    "recall": float((found[:, None] == found[None, :])[same].mean()),
                })  # fmt: skip
            tell(
                f"{corpus.name} {kind} {strength:g}: "
                + ", ".join(f"{p['system']} {p['ari']:.3f}" for p in points[-len(systems) :])
            )
    return points


def at(points: Sequence[dict[str, Any]], corpus: str, kind: str, strength: float, system: str, what: str) -> float:
    """One figure of the study, the mean over its repetitions."""
    key = corpus, kind, strength, system
    return float(np.mean([p[what] for p in points if (p["corpus"], p["kind"], p["strength"], p["system"]) == key]))


def crossing(
    points: Sequence[dict[str, Any]], corpus: str, kind: str = "misread", level: float = 0.75
) -> tuple[float, float] | None:
    """The strength where n-gram overlap has fallen to this ARI, by interpolation, and ours (noisy) there; None if it never does."""
    strengths = sorted({p["strength"] for p in points if (p["corpus"], p["kind"]) == (corpus, kind)})
    for one, other in pairwise(strengths):
        a, b = (at(points, corpus, kind, s, "n-gram overlap", "ari") for s in (one, other))
        if a >= level > b:
            part = (a - level) / (a - b)
            x, y = (at(points, corpus, kind, s, "dedupe, noise = 1", "ari") for s in (one, other))
            return one + part * (other - one), x + part * (y - x)
    return None
