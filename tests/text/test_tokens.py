"""Tokens: any script, folded, and the same as the plain twin's."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dedupe.text.tokens import NAME, NUMBER, QUOTED, token_hash, tokenise_strings
from tests.oracle import tokens

# Characters that every Python's Unicode knows: the table is that of one version.
OLD = st.characters(codec="utf-8", exclude_categories=["Cn", "Co", "Cs"]).filter(
    lambda char: unicodedata.ucd_3_2_0.category(char) != "Cn"
)
LETTERS = st.text(OLD, max_size=40) | st.text("aAßéе́ё 東京ภาษา1²\u00ad\u0301\u200d.-_'’\n", max_size=40)


@settings(max_examples=400, deadline=None)
@given(st.lists(LETTERS, max_size=4))
@example(["e\u0301lan", "ﬁn d\u0327\u0323", "ǅ ŉ ΐ", "각 가\u11a8"])
def test_tokens_are_those_of_the_plain_twin(texts: list[str]) -> None:
    made = tokenise_strings(texts)
    for row, text in enumerate(texts):
        found = made.hashes[made.bounds[row] : made.bounds[row + 1]].tolist()
        assert found == [token_hash(token) for token in tokens(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"), ("ﬁnance", "finance"), ("e\u0301tat", "état"), ("ｋｙｉｖ", "Kyiv"), ("co\u00adoperate", "cooperate"),
        ("İstanbul", "i\u0307stanbul"), ("Ⅷ", "viii"),
    ],
)  # fmt: skip
def test_forms_of_one_word_are_one_token(one: str, other: str) -> None:
    assert tokenise_strings([one]).hashes.tolist() == tokenise_strings([other]).hashes.tolist()


def test_scripts_without_spaces_give_a_token_for_each_character() -> None:
    texts = ["東京で大雨", "กรุงเทพ", "ພາສາ", "ភ្នំពេញ", "ရန်ကုန်"]
    counts = tokenise_strings(texts).counts().tolist()
    assert counts == [len(tokens(text)) for text in texts]
    assert counts[0] == 5


def test_arabic_and_hebrew_have_words() -> None:
    assert tokenise_strings(["وكالات الأنباء", "שלום עולם"]).counts().tolist() == [2, 2]


def test_marks_say_what_a_token_looked_like() -> None:
    made = tokenise_strings(['The bank said: "Rates fell 3.5 percent," Tangen added.'])
    text = ["the", "bank", "said", "rates", "fell", "3", "5", "percent", "tangen", "added"]
    marks = dict(zip(text, made.marks.tolist(), strict=True))
    assert marks["tangen"] & NAME and marks["3"] & NUMBER and marks["fell"] & QUOTED
    assert not marks["bank"] & (NAME | QUOTED) and not marks["added"] & QUOTED
    assert marks["the"] & NAME  # it opens the text: the subject often does
