"""Collections to measure on: the samples, the generator's, and any folder of articles with truth.

generated                  as large as --size says, its families and exact Jaccard as truth
wire, eight                the samples in data/
FOLDER or FOLDER/NAME      NAME.jsonl.gz (or .jsonl) with NAME.pairs.tsv, NAME.stories.tsv or both
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import dedupe
from benchmarks.generate import generate
from dedupe.evaluation.truth import Truth, read_truth

DATA = Path(__file__).resolve().parent.parent / "data"
SIZES = {"small": 5_000, "medium": 100_000, "large": 1_000_000}


@dataclass(slots=True)
class Corpus:
    """Articles with truth.

    articles: a table with `id`, `text` and whatever else is known; family: int64[n], the story of each, where the
    truth tells stories; truth: labels, where it tells pairs.
    """

    name: str
    articles: pa.Table
    family: np.ndarray | None  # type: ignore[type-arg]
    truth: Truth | None

    def let_go(self) -> None:
        """Forget the articles, once they are written: the memory is for the systems that are measured."""
        self.articles = self.articles.slice(0, 0).combine_chunks()
        pa.default_memory_pool().release_unused()

    def write(self, folder: Path) -> Path:
        """The articles as a Parquet file, the input of every system."""
        path = folder / "articles.parquet"
        pq.write_table(self.articles, path, row_group_size=16_384)
        return path


def size_of(word: str) -> int:
    """Articles that `--size` asks for: small, medium, large, or a number.

    >>> size_of("small"), size_of("20000"), size_of("300k")
    (5000, 20000, 300000)
    """
    if word in SIZES:
        return SIZES[word]
    digits = word.lower().replace("_", "").replace("m", "000000").replace("k", "000")
    if not digits.isdigit() or int(digits) < 100:
        raise ValueError(f"size {word!r}: give small, medium, large, or a number of articles from 100")
    return int(digits)


def generated(size: int, copies: float = 0.3, forms: float = 0.05) -> Corpus:
    """A generated collection with its families."""
    load = generate(size, copies, forms)
    codes = load.truth["story"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    return Corpus("generated", load.articles, codes, None)


def _articles(path: Path) -> pa.Table:
    """The usable articles of a file, with the columns that the job knows, whatever they were called."""
    from dedupe.read.articles import read_articles
    from dedupe.read.identity import Seen
    from dedupe.read.objects import open_objects

    tables = [
        batch.table
        for source in open_objects(path)
        for batch in read_articles(source, {}, Seen())
        if batch.table.num_rows
    ]
    return pa.Table.from_batches(tables)


def _labelled(stem: Path) -> Corpus:
    path = next(
        (
            stem.with_name(stem.name + end)
            for end in (".jsonl.gz", ".jsonl")
            if stem.with_name(stem.name + end).exists()
        ),
        None,
    )
    truths = [stem.with_name(stem.name + end) for end in (".pairs.tsv", ".stories.tsv")]
    truths = [truth for truth in truths if truth.exists()]
    if path is None or not truths:
        raise dedupe.InputError(f"{stem}: no {stem.name}.jsonl.gz with {stem.name}.pairs.tsv or .stories.tsv beside it")
    articles = _articles(path)
    truth = read_truth(truths, articles["id"].to_pylist(), str(path))
    family = truth.story if (truth.story >= 0).all() else None
    return Corpus(stem.name, articles, family, truth)


def open_corpora(names: str, size: int) -> Iterator[Corpus]:
    """The collections that `--corpus` names, with commas between.

    Raises InputError for one that is not there.
    """
    for name in filter(None, names.split(",")):
        place = Path(name)
        if name == "generated":
            yield generated(size)
        elif (DATA / f"{name}.jsonl").exists():
            yield _labelled(DATA / name)
        elif place.is_dir():
            stems = sorted({file.name.split(".jsonl")[0] for file in place.glob("*.jsonl*")})
            found = [
                place / stem
                for stem in stems
                if list(place.glob(f"{stem}.pairs.tsv")) + list(place.glob(f"{stem}.stories.tsv"))
            ]
            if not found:
                raise dedupe.InputError(f"{place}: no NAME.jsonl.gz with NAME.pairs.tsv or NAME.stories.tsv beside it")
            yield from map(_labelled, found)
        else:
            yield _labelled(place)
