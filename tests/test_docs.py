"""The documents say what the program does."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from dedupe.match.relation import RELATIONS
from dedupe.write.folder import OUTPUTS

ROOT = Path(__file__).parent.parent


def test_the_page_of_settings_is_the_settings() -> None:
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == tool("make_docs").page()


def tool(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def test_the_samples_are_the_tools_product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = tool("make_sample")
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(first, "__file__", str(tmp_path / "tools" / "make_sample.py"))
    first.main()
    tool("make_eight").main(tmp_path / "data")
    tool("make_pages").main(tmp_path / "data")
    made = sorted(str(path.relative_to(tmp_path / "data")) for path in (tmp_path / "data").rglob("*") if path.is_file())
    kept = (str(path.relative_to(ROOT / "data")) for path in (ROOT / "data").rglob("*") if path.is_file())
    assert made == sorted(name for name in kept if name != "README.md")
    for name in made:
        assert (tmp_path / "data" / name).read_bytes() == (ROOT / "data" / name).read_bytes(), name


def test_the_documents_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for name in ("README.md", "docs/index.md"):
        blocks = re.findall(r"```python\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
        assert blocks
        for block in blocks:
            exec(compile(block, name, "exec"), {})


def test_the_readme_names_relations_and_outputs() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in (*RELATIONS, *(name for name in OUTPUTS if not name.startswith("kept"))):
        assert f"`{name}`" in readme, name
