"""Write `docs/settings.md` from the settings themselves.

python tools/make_docs.py
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from dedupe.settings import Settings

HEAD = """# Settings

Set in a TOML file (`--config`, top level or a `[dedupe]` table), with `--set NAME=VALUE`, or as `dedupe.Settings(NAME=VALUE)`.
This page is written by `tools/make_docs.py`; a test compares the two.

| setting | default | from | to | why |
|---|---|---|---|---|
"""


def page() -> str:
    """The page's text."""
    rows = (
        f"| `{f.name}` | {f.default:g} | {f.metadata['low']:g} | {f.metadata['high']:.10g} | {f.metadata['why']} |\n"
        for f in fields(Settings)
    )
    return HEAD + "".join(rows)


if __name__ == "__main__":
    (Path(__file__).parent.parent / "docs" / "settings.md").write_text(page(), encoding="utf-8")
