"""The documents say what the program does."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from dedupe.match.relation import RELATIONS
from dedupe.write.folder import OUTPUTS

ROOT = Path(__file__).parent.parent


def test_the_page_of_settings_is_the_settings() -> None:
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "tools" / "make_docs.py")
    assert spec and spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == tool.page()


def test_the_sample_is_the_tool_s_product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("make_sample", ROOT / "tools" / "make_sample.py")
    assert spec and spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(tool, "__file__", str(tmp_path / "tools" / "make_sample.py"))
    tool.main()
    for path in (tmp_path / "data").iterdir():
        assert path.read_bytes() == (ROOT / "data" / path.name).read_bytes(), path.name


def test_the_readme_s_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})


def test_the_readme_names_relations_and_outputs() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in (*RELATIONS, *(name for name in OUTPUTS if not name.startswith("kept"))):
        assert f"`{name}`" in readme, name
