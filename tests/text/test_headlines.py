"""Headlines in comparable form."""

from __future__ import annotations

import itertools
from pathlib import Path

import pyarrow as pa
import pytest

from dedupe.story.versions import sequence
from dedupe.text.headlines import grams, normalise_each, normalise_headlines
from dedupe.text.tokens import buffers


def plain(*headlines: str, outlets: tuple[str, ...] = ()) -> list[str]:
    made: list[str] = normalise_headlines(
        pa.array(headlines, pa.large_string()), pa.array(outlets, pa.string())
    ).to_pylist()
    return made


@pytest.mark.parametrize(
    "headline",
    [
        "Oil climbs on strike", "UPDATE 1-Oil climbs on strike", "RPT-UPDATE 2-Oil climbs on strike", "BREAKING: Oil climbs on strike",
        "[VIDEO] Oil climbs on strike", "Oil climbs on strike - The Daily", "Oil climbs on strike | The Daily", "OIL CLIMBS ON STRIKE!",
        "Oil climbs on strike (adds details)", "Oil climbs on strike, 1st Ld-Writethru", "СРОЧНО: Oil climbs on strike",
    ],
)  # fmt: skip
def test_what_outlets_put_around_a_headline_is_set_aside(headline: str) -> None:
    assert plain(headline, outlets=("The Daily",)) == ["oil climbs on strike"]


def test_a_dash_that_belongs_to_the_headline_stays() -> None:
    assert plain("The war - what we know", outlets=("The Daily",)) == ["the war what we know"]
    assert plain("Live music returns") == ["live music returns"]


def test_a_suffix_that_ends_many_headlines_is_an_outlet_s() -> None:
    made = plain(*(f"News number {word} | Unknown Site" for word in ("one", "two", "three", "four")))
    assert made == [f"news number {word}" for word in ("one", "two", "three", "four")]


def test_a_headline_without_words_stays_as_it_is() -> None:
    assert plain("???") == ["???"]


def test_grams_are_distinct_character_runs() -> None:
    values, bounds = grams(*buffers(pa.array(["abcdabcd", "東京大雨", "ab", ""], pa.large_string())), 4)
    assert [int(b - a) for a, b in itertools.pairwise(bounds)] == [4, 1, 1, 0]
    assert (values[:-1] != values[1:]).all()


def test_composed_and_decomposed_headlines_are_one() -> None:
    assert plain("Élan à Orly", "E\u0301lan a\u0300 Orly") == ["élan à orly"] * 2


def test_a_headline_alone_is_read_as_among_many(sample: Path) -> None:
    import orjson

    rows = [
        orjson.loads(line)
        for name in ("wire", "eight")
        for line in (sample / f"{name}.jsonl").read_bytes().splitlines()
    ]
    given = [row.get("headline") or row.get("title") for row in rows if isinstance(row, dict)]
    given += [
        "UPDATE 2-Нафта дорожчає — Reuters",
        "速報：橋が開通 | ロイター",
        "Café‐crème: ½ price (adds quote)",
        "ſtrange ﬁre",
        "...",
    ]
    headlines = pa.array(given, pa.large_string())
    outlets = pa.nulls(len(given), pa.large_string())
    names = frozenset(["reuters", "ロイター"])
    many = normalise_each(headlines, outlets, names).to_pylist()
    alone = [normalise_each(headlines.slice(i, 1), outlets.slice(i, 1), names)[0].as_py() for i in range(len(given))]
    assert len(given) > 100 and alone == many
    said = sequence(headlines).tolist()
    assert [int(sequence(headlines.slice(i, 1))[0]) for i in range(len(given))] == said and max(said) >= 20
