"""Near-duplicate and syndication detection for news.

>>> import dedupe
>>> found = dedupe.find_duplicates([{"id": "a", "text": "Rain over Kyiv."}, {"id": "b", "text": "Rain over Kyiv!"}])
>>> found.kept()["id"].to_pylist()
['a']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dedupe.errors import DedupeError, InputError, OutputError, SettingsError, StoreError, TruthError

if TYPE_CHECKING:
    from dedupe.archive import load_index
    from dedupe.article import Article
    from dedupe.batch import find_duplicates, run
    from dedupe.comparison import Comparison, compare
    from dedupe.evaluation import evaluate
    from dedupe.index.asynchronous import AsyncIndex
    from dedupe.index.ingest import Index
    from dedupe.index.opening import open_index
    from dedupe.index.verdict import Match, Verdict
    from dedupe.read.pages.page import Page
    from dedupe.read.pages.reading import read_page
    from dedupe.settings import Settings
    from dedupe.tuning import tune
    from dedupe.write.result import Result

__all__ = [
    "Article", "AsyncIndex", "Comparison", "DedupeError", "Index", "InputError", "Match", "OutputError", "Page",
    "Result", "Settings", "SettingsError", "StoreError", "TruthError", "Verdict", "compare", "evaluate",
    "find_duplicates", "load_index", "open_index", "read_page", "run", "tune",
]  # fmt: skip

_HOMES = {
    "Article": "article", "Settings": "settings", "Result": "write.result", "find_duplicates": "batch",
    "run": "batch", "Comparison": "comparison", "compare": "comparison", "evaluate": "evaluation",
    "tune": "tuning", "AsyncIndex": "index.asynchronous", "Index": "index.ingest", "Match": "index.verdict",
    "Verdict": "index.verdict", "open_index": "index.opening", "Page": "read.pages.page",
    "load_index": "archive", "read_page": "read.pages.reading",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load what is asked for when it is asked for: `import dedupe` stays light."""
    if name not in _HOMES:
        raise AttributeError(f"module 'dedupe' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"dedupe.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
