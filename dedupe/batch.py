"""The batch job: files or tables to stories, on one machine.

The input is read once in batches, sketched in threads while it is read, and
only the sketches stay; candidates are confirmed from the kept tokens.  The rows
that stay are copied in a second reading.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from dedupe.compiled import F64, U64
from dedupe.errors import SettingsError
from dedupe.gather import Progress, bring_together, collect, silent, traits_of
from dedupe.match.collection import Collection
from dedupe.match.index import confirm_candidates
from dedupe.match.pairs import Pairs, join_pairs
from dedupe.read.agencies import Agencies, load_agencies
from dedupe.read.json_lines import as_json
from dedupe.read.objects import open_files, open_objects
from dedupe.read.raw import Reject, Source
from dedupe.settings import Settings
from dedupe.story.original import originality
from dedupe.story.settle import settle
from dedupe.story.telling import tell
from dedupe.story.versions import KEEP
from dedupe.write.folder import output_folder
from dedupe.write.kept import write_kept
from dedupe.write.result import Outcome, Result, tabulate


@contextmanager
def _workers(count: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that are given no more work once something went wrong."""
    pool = ThreadPoolExecutor(count)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class Clock:
    """Seconds of each stage, and in all."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self.stages: dict[str, dict[str, float]] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what is done within."""
        before = time.perf_counter()
        yield
        self.stages[name] = {"seconds": round(time.perf_counter() - before, 3)}

    def seconds(self) -> float:
        """Seconds since the start."""
        return round(time.perf_counter() - self._start, 3)


def find(
    sources: list[Source], settings: Settings, columns: Mapping[str, str] | None, agencies: Agencies,
    progress: Progress, keep: str = "original", clock: Clock | None = None,
) -> tuple[Outcome, Collection]:  # fmt: skip
    """Read, bring together, confirm and settle; also the collection, of which only the tokens are left."""
    clock = clock or Clock()
    with _workers(settings.workers) as pool:
        with clock.stage("read and sketch"):
            gathered = collect(sources, columns or {}, settings, pool, progress, agencies)
            given, collection, weights = gathered.given, gathered.collection, gathered.weights
        n = len(collection)
        with clock.stage("candidates"):
            facts, found = bring_together(given, collection, settings, pool)
            collection.forget_sketches()

        def confirm(keys: U64, spread: F64, advance: Callable[[int], None]) -> Pairs:
            return join_pairs(confirm_candidates(collection, facts, weights, keys, spread, settings, pool, advance))

        with clock.stage("confirm"):
            progress("confirm", 0, len(found.keys))
            pairs = confirm(found.keys, found.spread, lambda count: progress("confirm", count, None))
        with clock.stage("stories"):
            names, traits = traits_of(given, facts, agencies)
            rank = originality(traits)
            original, more = settle(
                pairs, facts.first, rank, lambda keys: confirm(keys, np.zeros(len(keys)), lambda count: None)
            )
            pairs = join_pairs([pairs, *more]) if more else pairs
            aside = np.zeros(n, dtype=np.bool_)
            aside[given.furniture.spans[:, 0]] = True
            told = tell(
                pairs, original, facts.first, traits, names, facts.outlet, facts.address, facts.headlines.code, aside,
            )  # fmt: skip
    for name, rows in {
        "read and sketch": n,
        "candidates": len(found.keys),
        "confirm": len(found.keys),
        "stories": n,
    }.items():
        clock.stages[name]["rows"] = rows
    return Outcome(given, facts, found, pairs, original, rank, traits, names, told, keep), collection


def check_keep(keep: str) -> None:
    """SettingsError unless it is one of the members that can be kept."""
    if keep not in KEEP:
        raise SettingsError(f"keep {keep!r}: one of {', '.join(KEEP)}")


def deduplicate(
    sources: list[Source], settings: Settings, columns: Mapping[str, str] | None = None,
    agencies: str | Path | None = None, keep: str = "original", progress: Progress = silent,
) -> Result:  # fmt: skip
    """Find the copies, stories and repeated headlines in these sources.

    Raises InputError when no article can be used.
    """
    check_keep(keep)
    clock = Clock()
    outcome = find(sources, settings, columns, load_agencies(agencies), progress, keep, clock)[0]
    with clock.stage("tables"):
        result = tabulate(outcome, settings)
    result.summary["stages"] = clock.stages
    result.summary["seconds"] = clock.seconds()
    return result


def find_duplicates(
    articles: Any,
    *,
    settings: Settings | None = None,
    columns: Mapping[str, str] | None = None,
    agencies: str | Path | None = None,
    keep: str = "original",
    progress: Progress = silent,
) -> Result:
    """Find copies, stories and repeated headlines.

    articles: a path or several; any table with the Arrow C stream interface; a pandas, polars or
    datasets table; or an iterable of dicts or `Article`.  columns: field of an article -> column of
    the input, where the usual names don't tell.  agencies: a file that adds to the table of agencies (see
    `dedupe.read.agencies.load_agencies`).  keep: which member of a story stays when copies are dropped, "original",
    "newest" (version of the original) or "longest".

    >>> text = "The minister said on Monday that the bridge over the river would open in May after ten years."
    >>> rows = [{"id": "a", "text": text}, {"id": "b", "text": text.upper()}, {"id": "c", "text": "Rain."}]
    >>> found = find_duplicates(rows)
    >>> found.articles["role"].to_pylist()
    ['original', 'copy', 'single']
    >>> found.pairs["relation"].to_pylist(), found.kept()["id"].to_pylist()
    (['exact'], ['a', 'c'])
    """
    return deduplicate(open_objects(articles), settings or Settings(), columns, agencies, keep, progress)


def run(
    inputs: list[str | Path], out: str | Path, *, settings: Settings | None = None,
    columns: Mapping[str, str] | None = None, agencies: str | Path | None = None, kept: bool = True,
    keep: str = "original", progress: Progress = silent,
) -> dict[str, Any]:  # fmt: skip
    """The whole job: read the inputs, write the outputs into a folder, and return the summary.

    agencies: a file that adds to the table of agencies; kept: also write the rows that stay, for which the inputs are
    read a second time; keep: which member of a story that is, "original", "newest" or "longest".

    Raises InputError for inputs that can't be used, OutputError when the folder can't be written;
    the folder is then as it was.
    """
    check_keep(keep)
    clock, settings = Clock(), settings or Settings()
    sources = open_files(inputs, Path(out), str(agencies) if agencies else None)
    with output_folder(Path(out)) as folder:
        outcome = find(sources, settings, columns, load_agencies(agencies), progress, keep, clock)[0]
        progress("write", 0, None)
        with clock.stage("write"), _workers(1) as beside:
            copied = beside.submit(write_kept, folder, sources, outcome.kept_rows()) if kept else None
            result = tabulate(outcome, settings)
            for name in ("articles", "pairs", "stories", "headlines", "flows", "furniture"):
                pq.write_table(getattr(result, name), folder / f"{name}.parquet")
            _write_rejects(folder / "rejects.jsonl", result.rejects)
            if copied:
                copied.result()
        summary = result.summary
        summary["inputs"], summary["columns"] = [str(path) for path in inputs], dict(columns or {})
        summary["agencies"] = str(agencies) if agencies else None
        clock.stages["write"]["rows"] = summary["kept"]
        summary["stages"], summary["seconds"] = clock.stages, clock.seconds()
        summary["articles_per_second"] = round(summary["articles"] / summary["seconds"])
        summary["peak_memory_bytes"] = _peak_memory()
        (folder / "summary.json").write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return summary


def _write_rejects(path: Path, rejects: list[Reject]) -> None:
    with path.open("wb") as lines:
        for reject in rejects:
            row = {name: getattr(reject, name) for name in ("source_file", "row", "reason", "content")}
            lines.write(as_json(row) + b"\n")


def _peak_memory() -> int:
    """Bytes of memory this process had at its largest."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
