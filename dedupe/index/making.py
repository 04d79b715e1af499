"""What an index says of itself, and whether it can be opened."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version

from dedupe.errors import StoreError
from dedupe.index.records import State
from dedupe.index.sql import FORMAT
from dedupe.settings import Settings


def _values(settings: Settings) -> dict[str, object]:
    return {name: value for name, value in asdict(settings).items() if name != "threads"}


def new_meta(settings: Settings) -> list[tuple[str, str]]:
    """What a new index says of itself."""
    return [
        ("format", str(FORMAT)),
        ("made_by", f"dedupe-news {version('dedupe-news')}"),
        ("fingerprint", settings.fingerprint),
        ("settings", json.dumps(_values(settings), sort_keys=True)),
        ("state", State().as_json()),
    ]


def check_meta(name: str, meta: Mapping[str, str], settings: Settings) -> None:
    """StoreError for an index of another format, or made with other settings: it says which."""
    found = meta.get("format", "")
    if found != str(FORMAT):
        older = found.isdigit() and int(found) < FORMAT
        what = "fill a new one from its articles" if older else "use the version of dedupe that made it, or a later one"
        raise StoreError(f"{name}: an index of format {found or 'unknown'}, this version has {FORMAT}; {what}")
    if meta["fingerprint"] == settings.fingerprint:
        return
    made, now = json.loads(meta["settings"]), _values(settings)
    other = [f"{key} = {made.get(key)!r}, not {now[key]!r}" for key in sorted(now) if made.get(key) != now[key]]
    raise StoreError(f"{name}: made with {'; '.join(other)}; open it with the settings that it was made with")
