"""Every tunable, in one place.

A setting's unit, range, default and reason stand in its field.  `Settings.load`
reads a TOML file; `fingerprint` tells two settings apart, so that what was
sketched under one is never compared with what was sketched under another.
"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from dedupe.errors import SettingsError


def _setting(default: Any, low: float, high: float, why: str) -> Any:
    return field(default=default, metadata={"low": low, "high": high, "why": why})


def available_cores() -> int:
    """Processors that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Reading:
    """How texts are sketched and compared: tokens of a sketched and of a compared shingle, and the passage index."""

    sketched: int
    compared: int
    window: int
    containment: float


@dataclass(frozen=True, slots=True)
class Settings:
    """How the job is done.

    >>> Settings(shingle=3).shingle
    3
    >>> Settings(shingle=0)
    Traceback (most recent call last):
    dedupe.errors.SettingsError: setting shingle = 0: give a whole number from 1 to 32
    """

    shingle: int = _setting(
        5, 1, 32, "tokens in a shingle; longer ones are rarer and break sooner; for scanned or retyped text see noise"
    )
    noise: int = _setting(
        0, 0, 1, "1 for scanned or retyped texts: words may be misspelt in one copy; slower, and takes more memory"
    )
    furniture: int = _setting(
        1,
        0,
        1,
        "1 to set aside what recurs in an outlet's articles though their stories differ; 0 to take texts as they are",
    )
    num_perm: int = _setting(128, 16, 1024, "permutations of a signature; more are more accurate and slower")
    seed: int = _setting(1, 0, 2**32 - 1, "seed of the permutations, as in datasketch")
    body_threshold: float = _setting(0.7, 0.1, 0.95, "Jaccard that the body index is tuned for; passages find the rest")
    window: int = _setting(16, 1, 256, "shingles in a passage's window; smaller finds shorter passages, and costs more")
    passage_containment: float = _setting(
        0.15, 0.0, 1.0, "estimated containment from which a shared passage is a candidate"
    )
    passage_shared: int = _setting(8, 1, 10_000, "shared fingerprints that make a candidate whatever the containment")
    headline_gram: int = _setting(4, 2, 16, "characters in a headline's n-gram")
    headline_perm: int = _setting(64, 16, 1024, "permutations of a headline's signature")
    headline_threshold: float = _setting(0.6, 0.1, 1.0, "n-gram Jaccard from which two headlines repeat each other")
    bucket_cap: int = _setting(200, 2, 100_000, "members up to which a bucket is expanded into all its pairs")
    headline_cap: int = _setting(
        32, 2, 100_000, "the same, for articles under one headline and for headlines that are nearly one"
    )
    report_containment: float = _setting(0.3, 0.0, 1.0, "containment from which a pair is reported")
    join_share: float = _setting(
        0.78,
        0.3,
        1.0,
        "share of the shorter's words that must stand in the longer, where neither leads nor long runs tell a copy",
    )
    join_coverage: float = _setting(
        0.0, 0.0, 1.0, "share of the shorter article's TF-IDF weight that the longer must have for a copy of any kind"
    )
    join_cosine: float = _setting(0.0, 0.0, 1.0, "TF-IDF cosine that a copy of any kind must have")
    threads: int = _setting(0, 0, 1024, "threads; 0: as many as there are processors")

    def __post_init__(self) -> None:
        for f in fields(self):
            value, low, high = getattr(self, f.name), f.metadata["low"], f.metadata["high"]
            whole = f.type == "int"
            right = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
            if not right or not low <= value <= high:
                kind = "a whole number" if whole else "a number"
                raise SettingsError(f"setting {f.name} = {value!r}: give {kind} from {low:g} to {high:g}")

    @property
    def workers(self) -> int:
        """Threads to use."""
        return self.threads or available_cores()

    @property
    def reading(self) -> Reading:
        """How texts are read.

        Of noisy ones every pair of neighbouring tokens is sketched, as longer runs seldom stay whole; a few such
        pairs make a candidate; and shingles of three tokens, at most, are compared.
        """
        if self.noise:
            return Reading(sketched=2, compared=min(self.shingle, 3), window=1, containment=0.04)
        return Reading(self.shingle, self.shingle, self.window, self.passage_containment)

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that change with every setting that changes results.

        >>> Settings().fingerprint == Settings(threads=2).fingerprint
        True
        """
        values = {name: value for name, value in asdict(self).items() if name != "threads"}
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:12]

    @classmethod
    def load(cls, path: str | Path | None, **overrides: Any) -> Settings:
        """Settings from a TOML file (top level or a [dedupe] table), with overrides on top.

        Raises SettingsError for a file that can't be read and for settings that don't exist.
        """
        values: dict[str, Any] = {}
        if path is not None:
            try:
                values = tomllib.loads(Path(path).read_text(encoding="utf-8"))
            except OSError as error:
                raise SettingsError(f"{path}: can't be read ({error.strerror}); check --config") from error
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise SettingsError(f"{path}: not a TOML file ({error})") from error
            table = values.get("dedupe", values)
            if not isinstance(table, dict):
                raise SettingsError(f"{path}: [dedupe] must be a table of settings")
            values = table
        values |= {name: value for name, value in overrides.items() if value is not None}
        known = {f.name for f in fields(cls)}
        if unknown := sorted(set(values) - known):
            raise SettingsError(f"unknown setting {unknown[0]!r}; known are: {', '.join(sorted(known))}")
        return cls(**values)
