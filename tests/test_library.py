"""The public names, their lightness, settings, and two articles side by side."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

import dedupe
from dedupe import Article, DedupeError, InputError, Settings, SettingsError
from dedupe.text.spans import spans
from dedupe.text.tokens import tokenise_strings

ONE = "The council of Brenn voted on Tuesday to close the old bathing place and to build a heated one beside the mill."


def test_the_public_names_are_these() -> None:
    assert dedupe.__all__ == sorted(dedupe.__all__)
    assert dir(dedupe) == dedupe.__all__
    for name in dedupe.__all__:
        assert getattr(dedupe, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        dedupe.nothing  # noqa: B018


def test_importing_and_help_stay_light() -> None:
    heavy = ["numpy", "pyarrow", "numba", "sklearn", "scipy", "datasketch", "pandas", "rich.progress"]
    for code in ("import dedupe", "import dedupe.cli"):
        seen = subprocess.run(
            [sys.executable, "-c", f"{code}; import sys; print([m for m in {heavy} if m in sys.modules])"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert seen.stdout.strip() == "[]", code


def test_every_error_is_a_dedupe_error() -> None:
    import dedupe.errors

    found = [e for e in vars(dedupe.errors).values() if isinstance(e, type) and issubclass(e, Exception)]
    assert len(found) == 6 and all(issubclass(error, DedupeError) for error in found)


def test_every_module_says_what_it_is() -> None:
    for module in pkgutil.walk_packages(dedupe.__path__, "dedupe."):
        assert importlib.import_module(module.name).__doc__, module.name


def test_settings_from_a_file_and_over_it(tmp_path: Path) -> None:
    path = tmp_path / "dedupe.toml"
    path.write_text("[dedupe]\nshingle = 3\nheadline_threshold = 0.7\n")
    assert Settings.load(path, shingle=4) == Settings(shingle=4, headline_threshold=0.7)
    path.write_text("shingle = 2\n")
    assert Settings.load(path).shingle == 2
    path.write_text("dedupe = 3\n")
    with pytest.raises(SettingsError, match="must be a table"):
        Settings.load(path)
    assert Settings().fingerprint != Settings(window=8).fingerprint


@pytest.mark.parametrize("field", fields(Settings), ids=lambda f: f.name)
def test_each_setting_has_a_reason_and_a_range(field: object) -> None:
    meta = field.metadata  # type: ignore[attr-defined]
    assert meta["why"]
    for value in (meta["low"] - 1, meta["high"] + 1, "5", True, None):
        with pytest.raises(SettingsError, match=field.name):  # type: ignore[attr-defined]
            Settings(**{field.name: value})  # type: ignore[attr-defined]


def test_compare_says_what_two_articles_share() -> None:
    other = "Good news for swimmers in winter, said the mayor. " + ONE
    found = dedupe.compare(Article(ONE, headline="Bath"), {"text": other, "headline": "Bath"})
    assert (found.relation, found.contained, found.containment) == ("abridged", "a", 1.0)
    assert found.passages == (ONE.rstrip("."),) and found.headline_similarity == 1.0
    assert found.shared_words == 22 and "shared" in found.why
    nothing = dedupe.compare({"text": ONE}, {"text": "Rain over the lakes, with sunny spells in the late afternoon."})
    assert nothing.relation is None and nothing.passages == () and nothing.headline_similarity is None
    with pytest.raises(InputError, match="article b: no text and no headline"):
        dedupe.compare({"text": ONE}, {"text": ""})


@pytest.mark.parametrize(
    "text", ["NATO-style “deal”, 東京で 1½ é", "ภาษาไทย İstanbul ﬁn", "", "a\u00adb c\u0301d", "각 가\u11a8"]
)
def test_spans_are_the_tokens_of_the_kernel(text: str) -> None:
    shown, places = spans(text)
    assert len(places) == int(tokenise_strings([text]).counts()[0])
    assert all(shown[i:j].strip() == shown[i:j] for i, j in places)


def test_a_result_answers_what_was_dropped() -> None:
    found = dedupe.find_duplicates([{"text": ONE}, {"text": ONE + " "}, {"text": 3}])
    assert found.kept().num_rows == 1
    assert found.summary["copies"] == 1 and found.summary["rejected_by_reason"]
    assert [reject.row for reject in found.rejects] == [2]
