"""Credits: who is credited, in ten languages and more, and what only looks like a credit."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

import dedupe
from dedupe.read.agencies import load_agencies
from dedupe.read.credited import credited_agencies
from dedupe.read.credits import agency_of, read_credits
from dedupe.text.tokens import tokenise_array

LINES = Path(__file__).with_name("credit_lines.tsv")


def lines() -> Iterator[tuple[str, set[str], str]]:
    """Language, those credited (cited ones after a tilde), and the text, of each hand-written line."""
    with LINES.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
            named = set() if row["credited"] == "-" else {name.strip() for name in row["credited"].split(",")}
            yield row["language"], named, row["text"].replace("\\n", "\n")


def test_credits_of_the_hand_written_lines() -> None:
    table = load_agencies()
    right = wrong = missed = count = 0
    languages = set()
    for language, wanted, text in lines():
        found = {("~" if c.role == "cited" else "") + c.name for c in read_credits(text, table)}
        right, wrong, missed = right + len(found & wanted), wrong + len(found - wanted), missed + len(wanted - found)
        count += 1
        languages.add(language)
    assert count >= 150 and len(languages) >= 10
    assert right / (right + wrong) >= 0.95 and right / (right + missed) >= 0.9


def test_evidence_is_the_words_of_the_text() -> None:
    table = load_agencies()
    for _, _, text in lines():
        for credit in read_credits(text, table):
            assert text[credit.start : credit.end].strip() == credit.evidence


def test_a_batch_is_credited_as_each_of_its_texts_is() -> None:
    table = load_agencies()
    texts = [text for *_, text in lines()]
    one_by_one = [agency_of(read_credits(text, table)) for text in texts]
    column = pa.array(texts, pa.large_string())
    assert credited_agencies(column, tokenise_array(column), table).to_pylist() == one_by_one


def test_the_table_has_agencies_of_the_world() -> None:
    rows = load_agencies().rows
    agencies = [row for row in rows if row.kind == "agency"]
    assert len(agencies) >= 60 and all(len(row.country) == 2 for row in agencies)
    assert len({row.country for row in agencies}) >= 40
    for name, alias in (("Kyodo", "共同社"), ("Reuters", "رويترز"), ("TASS", "ТАСС"), ("Yonhap", "연합뉴스")):
        found = load_agencies().find(alias)
        assert found is not None and found.name == name


def test_a_user_s_table_adds_agencies_and_aliases(tmp_path: Path) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text(
        "name\tcountry\tkind\taliases\tdomains\nMeridian\tNO\tagency\tMRD\tmeridian.example\nReuters\t\t\tRtrs\t\n"
    )
    table = load_agencies(str(path))
    [credit] = read_credits("SKARN, May 4 (MRD) - The ferry ran aground.", table)
    assert (credit.name, credit.country, credit.role) == ("Meridian", "NO", "syndicated")
    assert [c.name for c in read_credits("The ferry ran aground.\nRtrs/AFP", table)] == [
        "Reuters",
        "Agence France-Presse",
    ]
    assert table.of_domain("www.meridian.example") is table.find("Meridian")
    assert load_agencies().find("MRD") is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a\tb\n", "header"),
        (b"name\tcountry\nX\tNorway\n", "line 2: country 'NORWAY'"),
        (b"name\tkind\nX\tpaper\n", "line 2: kind 'paper'"),
        (b"name\tkind\n\tagency\n", "line 2: an agency without name"),
        (b"\xff\xfe", "can't be read"),
    ],
)
def test_a_bad_table_is_an_error_with_its_line(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "bad.tsv"
    path.write_bytes(content)
    with pytest.raises(dedupe.InputError, match=said):
        load_agencies(path)


def test_real_datelines_and_signatures(corpora: Path) -> None:
    found = dedupe.find_duplicates(corpora / "reuters-dev.jsonl.gz").articles["agency"].to_pylist()
    assert set(found) == {None, "Reuters"} and found.count("Reuters") > 9_700
