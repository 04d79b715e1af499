"""Other systems on the same file: each a script that reads Parquet and says which articles are copies of which.

    python -m benchmarks.peers.NAME articles.parquet groups.npy recommended|matched

writes, for each article in input order, the number of its group (the lowest article number in
it), int64[n]; or, where a system only says that an article repeats an earlier one, bool[n].
Each runs in a process of its own, in its own environment where its requirements clash with others'.
`recommended` is what the system's own manual shows; `matched` is as near to ours as it goes:
5-grams of words, 128 permutations, Jaccard 0.7.
"""

from __future__ import annotations

from dataclasses import dataclass

SETTINGS = ("recommended", "matched")


@dataclass(frozen=True, slots=True)
class Peer:
    """A system to compare with.

    module: what it imports as; requires: what to install it by; apart: in an environment of its own;
    settings: those it can be run at; most: articles from which a run would take a quarter of an hour or more.
    """

    name: str
    module: str
    requires: tuple[str, ...]
    apart: bool = False
    settings: tuple[str, ...] = SETTINGS
    most: int = 10_000_000


PEERS = {
    peer.name: peer
    for peer in (
        Peer("daft", "daft", ("daft>=0.5",)),
        Peer("gaoya", "gaoya", ("gaoya>=0.2",)),
        Peer("rensa", "rensa", ("rensa>=0.2",)),
        Peer("datasketch", "datasketch", ("datasketch>=2.0",), most=300_000),
        Peer("lshbloom", "pybloomfilter", ("datasketch>=2.0", "pybloomfilter3>=0.7"), most=300_000),
        Peer("text_dedup", "text_dedup", ("text-dedup>=0.4",), apart=True, most=200_000),
        Peer("datatrove", "datatrove", ("datatrove[io,processing]>=0.5", "spacy"), apart=True, most=30_000),
        Peer("semhash", "semhash", ("semhash>=0.3",), apart=True, settings=("recommended",), most=300_000),
        Peer("tfidf", "sklearn", ("scikit-learn>=1.5",), most=15_000),
        Peer("ngram", "numpy", ("numpy>=2.0",), most=100_000),
    )
}
