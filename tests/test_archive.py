"""A finished run as the beginning of an index."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import dedupe
from dedupe.errors import InputError, StoreError


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Path:
    folder = tmp_path_factory.mktemp("archive") / "out"
    dedupe.run([sample / "wire.jsonl", sample / "eight.jsonl"], folder)
    return folder


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def assert_stories(index: dedupe.Index, out: Path) -> None:
    written = pq.read_table(out / "articles.parquet").to_pylist()
    known = list(index.articles())
    assert [(k.id, k.story_id, k.original_id) for k in known] == [
        (w["id"], w["story_id"], w["original_id"]) for w in written
    ]
    assert [(k.outlet, k.agency, k.canonical_url, k.published) for k in known] == [
        (w["outlet"], w["agency"], w["canonical_url"], w["published"]) for w in written
    ]
    for k, w in zip(known, written, strict=True):
        assert w["relation"] is None or k.is_new or k.relation == w["relation"]
        assert k.is_new == (k.story_id == k.id)


def test_an_index_begins_with_the_articles_and_stories_of_a_run(address: str, out: Path, sample: Path) -> None:
    with dedupe.open_index(address) as index:
        count = dedupe.load_index(index, out)
        assert count == index.stats()["articles"] == pq.read_metadata(out / "articles.parquet").num_rows
        assert index.verify() == []
        assert_stories(index, out)
        pairs = {(row["id_a"], row["id_b"]) for row in pq.read_table(out / "pairs.parquet").to_pylist()}
        told = {(match.id, row["id"]) for row in lines(sample / "wire.jsonl") for match in index.add(row).matches}
        assert told == {pair for pair in pairs if pair[1] in {row["id"] for row in lines(sample / "wire.jsonl")}}
        assert index.stats()["articles"] == count  # all were known
        row = next(row for row in lines(sample / "wire.jsonl") if len(row["text"].split()) > 100)
        again = index.add({"id": "late", "headline": row["headline"], "text": "As we wrote. " + row["text"]})
        assert not again.is_new and again.story_id == index.get(row["id"]).story_id  # type: ignore[union-attr]
        assert index.verify() == []


def test_only_an_empty_index_with_the_settings_of_the_run_is_filled(address: str, out: Path) -> None:
    with (
        dedupe.open_index(address, settings=dedupe.Settings(shingle=4)) as index,
        pytest.raises(StoreError, match="other settings"),
    ):
        dedupe.load_index(index, out)
    if address != "memory:":
        return
    with dedupe.open_index(address) as index:
        index.add({"id": "a", "text": "Rain over the coast tonight."})
        with pytest.raises(StoreError, match="holds articles"):
            dedupe.load_index(index, out)
        index.remove("a")
        with pytest.raises(StoreError, match="only a new index"):
            dedupe.load_index(index, out)


def test_inputs_that_are_no_longer_what_they_were_are_refused(tmp_path: Path, sample: Path) -> None:
    rows = lines(sample / "wire.jsonl")
    path, folder = tmp_path / "in.jsonl", tmp_path / "out"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    dedupe.run([path], folder)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows[1:]))
    with dedupe.open_index(tmp_path / "news.db") as index:
        with pytest.raises(InputError, match="run it again"):
            dedupe.load_index(index, folder)
        assert index.stats()["articles"] == 0
        moved = tmp_path / "moved.jsonl"
        moved.write_text("".join(json.dumps(row) + "\n" for row in rows))
        path.unlink()
        with pytest.raises(InputError, match="no such file"):
            dedupe.load_index(index, folder)
        assert dedupe.load_index(index, folder, [moved]) == len(rows)
        assert_stories(index, folder)


def test_a_folder_that_no_run_wrote_is_refused(tmp_path: Path) -> None:
    with dedupe.open_index("memory:") as index:
        with pytest.raises(InputError, match="not the output"):
            dedupe.load_index(index, tmp_path)
        (tmp_path / "summary.json").write_text("{}")
        with pytest.raises(InputError, match="another version"):
            dedupe.load_index(index, tmp_path)


def test_columns_and_settings_are_those_of_the_run(tmp_path: Path) -> None:
    text = "The bridge over the river opened on Monday after ten years of work, the mayor told reporters in the town."
    rows = [{"key": "a", "body": text}, {"key": "b", "body": "So " + text}, {"body": text + " Nul \0 here."}]
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    settings = dedupe.Settings(shingle=4)
    dedupe.run([path], tmp_path / "out", settings=settings, columns={"id": "key", "text": "body"})
    with dedupe.open_index(tmp_path / "news.db", settings=settings) as index:
        assert dedupe.load_index(index, tmp_path / "out") == 3
        assert_stories(index, tmp_path / "out")
        assert index.verify() == []


@pytest.mark.parametrize("name", ["fnc1-train", "slavic-dev", "reuters-dev"])
def test_real_articles_are_loaded_as_they_were_decided(tmp_path: Path, corpora: Path, name: str) -> None:
    dedupe.run([corpora / f"{name}.jsonl.gz"], tmp_path / "out", kept=False)
    with dedupe.open_index(tmp_path / "news.db") as index:
        dedupe.load_index(index, tmp_path / "out")
        assert_stories(index, tmp_path / "out")
        assert index.verify() == []


PROMOTION = "Subscribe to our letter for the stories that matter, every morning before seven"


@pytest.fixture
def promoted(tmp_path: Path, sample: Path) -> list[dict[str, Any]]:
    """Articles that end with a promotion; a run has set it aside in all but the last."""
    rows = [row for row in lines(sample / "wire.jsonl") if len(row["text"].split()) > 100][:60]
    for row in rows:
        row |= {"outlet": "The Daily", "text": f"{row['text']}\n{PROMOTION}"}
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows[:-1]))
    dedupe.run([tmp_path / "in.jsonl"], tmp_path / "out")
    assert PROMOTION in pq.read_table(tmp_path / "out" / "furniture.parquet")["text"].to_pylist()
    return rows


def test_furniture_of_the_run_is_set_aside_in_what_comes(
    address: str, tmp_path: Path, promoted: list[dict[str, Any]]
) -> None:
    *known, late = promoted
    with dedupe.open_index(address) as index:
        dedupe.load_index(index, tmp_path / "out")
        was = {known.id: (known.is_new, known.relation) for known in index.articles()}
        again = list(index.add_many(known))
        assert {verdict.id: (verdict.is_new, verdict.relation) for verdict in again} == was
        assert len(was) == len(known) == index.stats()["articles"]
        index.add(late)
        without = index.add(late | {"id": "without", "text": late["text"].removesuffix(PROMOTION)})
        assert without.relation == "exact" and late["id"] in {match.id for match in without.matches}
        elsewhere = index.add(late | {"id": "elsewhere", "outlet": "The Echo"})
        assert elsewhere.relation != "exact"  # there it is no furniture
    if address == "memory:":
        return
    with dedupe.open_index(address) as index:
        index.repair()
        assert index.add(late | {"id": "repaired"}).relation == "exact" and index.verify() == []


def test_furniture_is_known_where_the_index_was_open_before(
    schema: str, tmp_path: Path, promoted: list[dict[str, Any]]
) -> None:
    with dedupe.open_index(schema) as before, dedupe.open_index(schema) as index:
        before.check(promoted[-1])
        dedupe.load_index(index, tmp_path / "out")
        assert before.check(promoted[0]).relation == index.check(promoted[0]).relation != "revision"
        assert before.add(promoted[-1]).id == promoted[-1]["id"]
        assert index.add(promoted[-1] | {"id": "again"}).relation == "exact"
