"""Labels of people: which pairs are what, and which articles are one story.

A truth file is CSV, TSV or Parquet (text also .gz), with one of these sets of columns:

    id_a, id_b and any of relation, same, jaccard, containment      one pair a row
    id, story and, if known, original                               one article a row

`relation` is one of the eight, or "same" or "different"; `same` is yes or no.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dedupe.compiled import F64, I64
from dedupe.errors import TruthError
from dedupe.match.buckets import pair_keys
from dedupe.match.relation import JOINING, RELATIONS

SAME, DIFFERENT, UNKNOWN = 1, 0, -1
_YES = frozenset(("1", "yes", "true", "same", "duplicate", "y", "t"))
_NO = frozenset(("0", "no", "false", "different", "unrelated", "n", "f"))
_SHAPES = "pairs have id_a, id_b and any of relation, same, jaccard, containment; stories have id, story"


@dataclass(frozen=True, slots=True)
class Truth:
    """What people said of the articles of a run.

    a, b: int64[p], article numbers, a < b; relation: what each pair is, None where only `same` is
    known; same: int8[p], SAME, DIFFERENT or UNKNOWN; jaccard, containment: float64[p], NaN where
    not given.  story: int64[n], -1 where not labelled; original: int64[n], likewise.
    """

    a: I64
    b: I64
    relation: list[str | None]
    same: NDArray[np.int8]
    jaccard: F64
    containment: F64
    story: I64
    original: I64

    @property
    def labelled(self) -> bool:
        """Some pair or story says what is the same."""
        return bool((self.same != UNKNOWN).any() or (self.story >= 0).any())


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of the file with their line numbers; values as text, stripped."""
    if path.suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            table = pq.read_table(path).to_pylist()
        except (OSError, pa.ArrowInvalid) as error:
            raise TruthError(f"{path}: can't be read as Parquet ({error})") from error
        for number, row in enumerate(table, 1):
            yield number, {key: "" if value is None else str(value) for key, value in row.items()}
        return
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as lines:
            first = lines.readline()
            lines.seek(0)
            sign = "\t" if "\t" in first else ";" if ";" in first and "," not in first else ","
            reader = csv.reader(lines, delimiter=sign, quoting=csv.QUOTE_NONE if sign == "\t" else csv.QUOTE_MINIMAL)
            header = [name.strip() for name in next(reader, [])]
            for row in reader:
                if not row:
                    continue
                if len(row) != len(header):
                    raise TruthError(
                        f"{path}, line {reader.line_num}: {len(row)} values under {len(header)} columns; mend the line"
                    )
                yield reader.line_num, dict(zip(header, (value.strip() for value in row), strict=True))
    except (OSError, UnicodeDecodeError, EOFError, csv.Error) as error:
        raise TruthError(
            f"{path}: can't be read ({getattr(error, 'strerror', None) or error}); check --truth"
        ) from error


def _number(path: Path, line: int, name: str, value: str) -> float:
    if not value:
        return float("nan")
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0.0 <= number <= 1.0:
        raise TruthError(f"{path}, line {line}: {name} = {value!r}; give a number from 0 to 1")
    return number


def _label(path: Path, line: int, row: Mapping[str, str]) -> tuple[str | None, int]:
    """Relation and sameness of a pair."""
    word, same = row.get("relation", ""), row.get("same", "").lower()
    if word in RELATIONS:
        return word, SAME if word in JOINING else DIFFERENT
    told = word.lower() or same
    if told in _YES:
        return None, SAME
    if told in _NO:
        return None, DIFFERENT
    if told:
        raise TruthError(
            f"{path}, line {line}: {told!r} is no label; give yes or no, same or different, or one of "
            f"{', '.join(RELATIONS)}"
        )
    return None, UNKNOWN


class _Reader:
    """Gathers the labels of one or more files."""

    def __init__(self, ids: Sequence[str]) -> None:
        self.number = {id: place for place, id in enumerate(ids)}
        self.pairs: dict[tuple[int, int], tuple[str | None, int, float, float]] = {}
        self.story = np.full(len(ids), -1, dtype=np.int64)
        self.original = np.full(len(ids), -1, dtype=np.int64)
        self.names: dict[str, int] = {}
        self.unknown: dict[str, str] = {}
        self.rows = 0

    def find(self, path: Path, line: int, id: str) -> int:
        place = self.number.get(id, -1)
        if place < 0:
            self.unknown.setdefault(id, f"{path}, line {line}")
        return place

    def read(self, path: Path) -> None:
        kind = ""
        for line, row in _rows(path):
            if not kind:
                kind = self._kind(path, row)
            self.rows += 1
            if kind == "pairs":
                self._pair(path, line, row)
            else:
                self._member(path, line, row)
        if not kind:
            raise TruthError(f"{path}: no rows; {_SHAPES}")

    def _kind(self, path: Path, row: Mapping[str, str]) -> str:
        if {"id_a", "id_b"} <= row.keys():
            if not row.keys() & {"relation", "same", "jaccard", "containment"}:
                raise TruthError(f"{path}: columns are {', '.join(row)}; {_SHAPES}")
            return "pairs"
        if {"id", "story"} <= row.keys():
            return "stories"
        raise TruthError(f"{path}: columns are {', '.join(row)}; {_SHAPES}")

    def _pair(self, path: Path, line: int, row: Mapping[str, str]) -> None:
        a, b = self.find(path, line, row["id_a"]), self.find(path, line, row["id_b"])
        if row["id_a"] == row["id_b"]:
            raise TruthError(f"{path}, line {line}: {row['id_a']!r} is paired with itself; take the line out")
        if a < 0 or b < 0:
            return
        relation, same = _label(path, line, row)
        jaccard = _number(path, line, "jaccard", row.get("jaccard", ""))
        containment = _number(path, line, "containment", row.get("containment", ""))
        key = min(a, b), max(a, b)
        before = self.pairs.get(key)
        if before is None:
            self.pairs[key] = relation, same, jaccard, containment
        elif UNKNOWN not in (before[1], same) and before[1] != same:
            two = f"{row['id_a']!r} and {row['id_b']!r}"
            raise TruthError(f"{path}, line {line}: {two} were labelled otherwise before; keep one line")
        else:  # two files, or two lines, that say more together
            jaccard, containment = (
                new if np.isnan(old) else old for old, new in ((before[2], jaccard), (before[3], containment))
            )
            self.pairs[key] = relation or before[0], max(same, before[1]), jaccard, containment

    def _member(self, path: Path, line: int, row: Mapping[str, str]) -> None:
        place = self.find(path, line, row["id"])
        if place < 0:
            return
        if not row["story"]:
            raise TruthError(
                f"{path}, line {line}: {row['id']!r} has no story; give each article one, of its own if need be"
            )
        story = self.names.setdefault(row["story"], len(self.names))
        if self.story[place] not in (-1, story):
            raise TruthError(f"{path}, line {line}: {row['id']!r} was put into another story before; keep one line")
        self.story[place] = story
        if row.get("original"):
            self.original[place] = self.find(path, line, row["original"])


def read_truth(paths: Iterable[str | Path], ids: Sequence[str], where: str) -> Truth:
    """Labels from one or more files, for the articles with these ids.

    where: what the ids are those of, for messages.  Raises TruthError for files that can't be used,
    and when a label names an article that is not there.
    """
    reader = _Reader(ids)
    for path in paths:
        reader.read(Path(path))
    if reader.unknown:
        first, at = next(iter(reader.unknown.items()))
        if not reader.pairs and not (reader.story >= 0).any():
            raise TruthError(
                f"{at}: no article that the truth names, {first!r} to begin with, stands in {where}: "
                "is it of another run?"
            )
        raise TruthError(
            f"{at}: {len(reader.unknown):,} ids of the truth, {first!r} to begin with, are not in {where}; "
            "take their lines out, or run on the collection that they are of"
        )
    keys = np.array(sorted(reader.pairs), dtype=np.int64).reshape(-1, 2)
    told = [reader.pairs[int(a), int(b)] for a, b in keys]
    return Truth(
        a=keys[:, 0],
        b=keys[:, 1],
        relation=[row[0] for row in told],
        same=np.array([row[1] for row in told], dtype=np.int8),
        jaccard=np.array([row[2] for row in told], dtype=np.float64),
        containment=np.array([row[3] for row in told], dtype=np.float64),
        story=reader.story,
        original=reader.original,
    )


def story_pairs(story: I64) -> I64:
    """Every pair of labelled articles of one story, int64[p, 2], a < b, sorted.

    >>> story_pairs(np.array([0, 1, 0, -1, 0])).tolist()
    [[0, 2], [0, 4], [2, 4]]
    """
    rows = np.flatnonzero(story >= 0)
    rows = rows[np.argsort(story[rows], kind="stable")]
    size = np.bincount(story[rows]) if len(rows) else np.zeros(0, dtype=np.int64)
    end = np.repeat(np.cumsum(size), size)
    after = end - np.arange(len(rows)) - 1
    first = np.repeat(np.arange(len(rows)), after)
    second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(after) - after, after)
    pairs = np.stack([rows[first], rows[second]], axis=1)
    return pairs[np.argsort(pair_keys(pairs[:, 0], pairs[:, 1]), kind="stable")]
