from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

import dedupe
from benchmarks.damage import misread
from dedupe.match.misprints import align
from dedupe.match.tfidf import idf
from dedupe.settings import Settings
from dedupe.text.spelling import LONGEST, edit_distance, is_figure, joined, length
from dedupe.text.terms import COLUMNS, count_documents
from dedupe.text.tokens import Tokens, tokenise_array

WORD = st.text("abcde1", max_size=LONGEST)
NOISY = Settings(noise=1)


def packed(word: str) -> np.uint64:
    value = 0
    for char in word:
        value = (value << 8 | ord(char) & 255) & (1 << 64) - 1
    return np.uint64(value)


def distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            last, row[j] = row[j], min(last + (a != b), row[j] + 1, row[j - 1] + 1)
    return row[-1]


@settings(deadline=None)  # compiles
@given(WORD, WORD)
def test_the_distance_of_spellings_is_levenshtein_s(one: str, other: str) -> None:
    x, y, row = np.empty(LONGEST, np.uint8), np.empty(LONGEST, np.uint8), np.empty(LONGEST + 1, np.int64)
    assert edit_distance(packed(one), packed(other), x, y, row) == distance(one, other)
    assert length(packed(one)) == len(one)
    assert joined(packed(one), packed(other)) == packed((one + other)[-LONGEST:])
    assert is_figure(packed(one)) == (one.count("1") * 2 >= len(one) > 0)


@given(st.text(max_size=60))
def test_letters_are_the_ends_of_the_folded_words(text: str) -> None:
    made = tokenise_array(pa.array([text], pa.large_string()), spelled=True)
    plain = tokenise_array(pa.array([text], pa.large_string()))
    assert made.hashes.tolist() == plain.hashes.tolist() and len(plain.letters) == 0
    assert len(made.letters) == len(made.hashes)


def test_letters_follow_folding() -> None:
    made = tokenise_array(pa.array(["GROßE Ratsversammlung Žižkov"], pa.large_string()), spelled=True)
    assert made.letters.tolist() == [packed(word) for word in ("grosse", "ratsversammlung", "žižkov")]


def read_together(*texts: str) -> tuple[list[int], list[int], Tokens]:
    """The first two of these texts side by side, in a collection of them all."""
    made = tokenise_array(pa.array(texts, pa.large_string()), spelled=True)
    table = np.zeros((COLUMNS, 2), np.int32)
    count_documents(made.hashes, made.bounds, made.hashes[:0], np.zeros(len(texts) + 1, np.int64), table, np.int32(1))
    weights = idf(np.ascontiguousarray(table[:, 0]), len(texts))
    found, pairs = align(made, weights, np.array([[0, 1]]))
    assert pairs.tolist() == [[0, 1]]
    end = found.bounds[1]
    return found.hashes[:end].tolist(), found.hashes[end:].tolist(), made


CLEAN = "The harbour master said on Monday that the old lighthouse would be painted before the summer season begins"


def test_misprints_torn_and_merged_words_read_as_the_word() -> None:
    damaged = (
        "Tbe harbour mastcr said onMonday that the old lighth ouse would be paimted before the sumner season begims"
    )
    one, other, made = read_together(CLEAN, damaged, *[CLEAN] * 12)
    clean = made.hashes[: made.bounds[1]].tolist()
    assert other[:4] == one[:4] == clean[:4]
    assert len(set(one) - set(other)) <= 1  # "onMonday" is read as "Monday"


def test_words_that_the_collection_knows_stay_different() -> None:
    other = CLEAN.replace("Monday", "Sunday")
    one, two, _ = read_together(CLEAN, other, *[CLEAN] * 9, *[other] * 9)
    assert len(set(one) - set(two)) == 1


def test_figures_stay_different_in_clean_text_and_are_read_over_in_noisy_text() -> None:
    figures = "Prices rose by 1250 crowns in April and sellers at the market said that they expected more of it soon"
    one, two, _ = read_together(figures, figures.replace("1250", "1259"), *[figures] * 5)
    assert len(set(one) - set(two)) == 1
    noisy = "Pricss rose by 1259 crowms in Aprii and seliers at the markct said thot they expected more of it soon"
    one, two, _ = read_together(figures, noisy, *[figures] * 5)
    assert not set(one) - set(two)


def test_noisy_copies_are_found_and_forms_stay_apart(sample) -> None:
    rows = list(dedupe.find_duplicates(sample / "eight.jsonl").kept().to_pylist())
    draw = np.random.default_rng(3)
    wires = [row for row in rows if row["id"].endswith("-wire")]
    given_ = [
        {"id": f"{row['id']}-{turn}", "text": misread(row["text"], 0.06, draw, "aeionrst")}
        for row in rows
        for turn in range(3 if row in wires else 1)
    ]
    found = dedupe.find_duplicates(given_, settings=NOISY)
    origin = dict(zip(found.articles["id"].to_pylist(), found.articles["story_id"].to_pylist(), strict=True))
    joined_ = [origin[f"{row['id']}-0"] == origin[f"{row['id']}-{turn}"] for row in wires for turn in (1, 2)]
    assert np.mean(joined_) >= 0.98
    forms = [origin[row["id"]] for row in given_ if "-form-" in row["id"]]
    assert len(set(forms)) >= 0.9 * len(forms)
    clean = dedupe.find_duplicates(given_)
    assert clean.summary["copies"] < 0.3 * found.summary["copies"]


def test_comparing_two_noisy_texts() -> None:
    damaged = misread(CLEAN * 3, 0.05, np.random.default_rng(1), "aeionrst")
    assert dedupe.compare({"text": CLEAN * 3}, {"text": damaged}, settings=NOISY).relation == "near_duplicate"
    assert dedupe.compare({"text": CLEAN * 3}, {"text": damaged}).relation != "near_duplicate"


def test_noise_changes_nothing_in_clean_texts(sample) -> None:
    for name in ("wire", "eight"):
        clean, noisy = (
            dedupe.find_duplicates(sample / f"{name}.jsonl", settings=chosen) for chosen in (Settings(), NOISY)
        )
        assert clean.articles["story_id"] == noisy.articles["story_id"]
