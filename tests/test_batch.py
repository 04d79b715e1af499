"""The whole job: the contract of its outputs, the sample's truth, real corpora, and the same bytes from any threads."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dedupe
from dedupe.match.relation import JOINING, RELATIONS

CLASS = dict.fromkeys(RELATIONS[:4], "joins") | {
    "shared_passage": "linked", "headline": "linked", "boilerplate": "refused", "template": "refused",
}  # fmt: skip


def table(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def truth(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


@pytest.fixture(scope="module")
def out(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "out"
    dedupe.run([sample / "wire.jsonl"], folder)
    return folder


def first_of_group(pairs: list[dict[str, Any]]) -> dict[str, str]:
    return {p["id_b"]: p["id_a"] for p in pairs if p["relation"] == "exact"}


def test_the_contract_s_files_and_columns(out: Path) -> None:
    assert sorted(p.name for p in out.iterdir()) == [
        "articles.parquet", "flows.parquet", "furniture.parquet", "headlines.parquet", "kept.jsonl", "pairs.parquet", "rejects.jsonl",
        "stories.parquet", "summary.json",
    ]  # fmt: skip
    wanted = {
        "articles": "id story_id role original_id relation score headline_group outlet published agency event_id changes original_kept version newest canonical_url source_file row",
        "pairs": "id_a id_b relation jaccard containment contained_id cosine coverage_a coverage_b shared_words headline_similarity why",
        "stories": "story_id original_id size outlets agency kind first_published last_published spread_hours headlines original_evidence event_id origins",
        "headlines": "headline_group headline variants articles kind",
        "flows": "source source_kind target articles median_delay_hours",
        "furniture": "outlet text articles words place kind",
    }
    for name, columns in wanted.items():
        assert set(columns.split()) <= set(pq.read_schema(out / f"{name}.parquet").names), name
    summary = json.loads((out / "summary.json").read_text())
    assert {
        "articles",
        "stories",
        "copies",
        "rejected",
        "settings",
        "version",
        "stages",
        "peak_memory_bytes",
        "capped_buckets",
    } <= set(summary)


def test_every_relation_of_the_sample_is_what_its_truth_says(out: Path, sample: Path) -> None:
    pairs = table(out / "pairs.parquet")
    first = first_of_group(pairs)
    found = {frozenset((p["id_a"], p["id_b"])): p["relation"] for p in pairs}
    wrong = []
    for row in truth(sample / "wire.pairs.tsv"):
        ends = [first.get(row[side], row[side]) for side in ("id_a", "id_b")]
        got = "exact" if ends[0] == ends[1] else found.get(frozenset(ends))
        if got != row["relation"]:
            wrong.append((row, got))
    assert not wrong
    assert {row["relation"] for row in truth(sample / "wire.pairs.tsv")} == set(RELATIONS)


def test_nothing_else_of_the_sample_is_a_pair(out: Path, sample: Path) -> None:
    known = {frozenset((row["id_a"], row["id_b"])) for row in truth(sample / "wire.pairs.tsv")}
    assert not [p for p in table(out / "pairs.parquet") if frozenset((p["id_a"], p["id_b"])) not in known]


def test_stories_and_originals_of_the_sample(out: Path, sample: Path) -> None:
    original = {row["id"]: row["original"] for row in truth(sample / "wire.stories.tsv")}
    articles = table(out / "articles.parquet")
    assert {a["id"]: a["original_id"] for a in articles} == original
    for article in articles:
        alone = list(original.values()).count(original[article["id"]]) == 1
        assert (article["role"] == "single") == alone
        assert (article["role"] == "original") == (article["id"] == original[article["id"]] and not alone)
        assert (article["relation"] in JOINING) == (article["role"] not in ("single", "original"))
    stories = {s["original_id"]: s for s in table(out / "stories.parquet")}
    assert set(stories) == {"port-1", "rate-1", "flut-1", "metro-1"}
    port = stories["port-1"]
    assert (port["size"], port["kind"], port["agency"]) == (8, "syndicated", "Northern Wire")
    assert port["outlets"][:2] == [*["Northern Wire", "Agence Delta"][:1], "Harbour Times"]
    assert port["first_published"] < port["last_published"] and port["original_evidence"].startswith(
        "stands at the agency; 52 min before"
    )


def test_repeated_headlines_of_the_sample(out: Path) -> None:
    kinds = {h["headline"]: (h["kind"], len(h["articles"])) for h in table(out / "headlines.parquet")}
    assert kinds["Letters to the editor"] == ("recurring", 4)
    assert kinds["Weather for Ostby and the lakes"] == ("recurring", 4)
    assert kinds["Council backs new plan after long debate"] == ("headline_only", 2)
    assert kinds["Dockers at Port Halden walk out over night shifts"] == ("copies", 3)
    bridge = next(h for h in table(out / "headlines.parquet") if "bridge" in h["headline"])
    assert len(bridge["variants"]) == 2


def test_kept_rows_are_the_input_s_own_lines(out: Path, sample: Path) -> None:
    lines = (sample / "wire.jsonl").read_bytes().splitlines(keepends=True)
    keeps = {a["row"] for a in table(out / "articles.parquet") if a["role"] in ("original", "single")}
    assert (out / "kept.jsonl").read_bytes() == b"".join(line for row, line in enumerate(lines) if row in keeps)
    assert 0 < len(keeps) < len(lines)


def test_pairs_hold_together(out: Path) -> None:
    order = {a["id"]: n for n, a in enumerate(table(out / "articles.parquet"))}
    for pair in table(out / "pairs.parquet"):
        assert order[pair["id_a"]] < order[pair["id_b"]]
        assert 0 <= pair["jaccard"] <= pair["containment"] <= 1
        assert pair["containment"] >= 0.3 or pair["headline_similarity"] >= 0.6 or pair["relation"] in JOINING
        assert (pair["contained_id"] is not None) == (pair["relation"] == "abridged")
        assert "shared" in pair["why"]


@pytest.mark.parametrize("corpus", ["fnc1-train", "slavic-dev", "reuters-dev"])
@pytest.mark.parametrize("furniture", [0, 1])
def test_real_pairs_are_found_with_exact_figures(corpora: Path, tmp_path: Path, corpus: str, furniture: int) -> None:
    dedupe.run([corpora / f"{corpus}.jsonl.gz"], tmp_path / "out", settings=dedupe.Settings(furniture=furniture))
    pairs = table(tmp_path / "out" / "pairs.parquet")
    first = first_of_group(pairs)
    found = {frozenset((p["id_a"], p["id_b"])): p for p in pairs}
    assert len(found) == len(pairs), "no pair is reported twice"
    hits, apart, count = 0, [], 0
    for row in truth(corpora / f"{corpus}.pairs.tsv"):
        ends = frozenset(first.get(row[side], row[side]) for side in ("id_a", "id_b"))
        got = {"jaccard": 1.0, "containment": 1.0} if len(ends) == 1 else found.get(ends)
        if float(row["containment"]) >= 0.5:
            count += 1
            hits += got is not None
        if got:
            apart.append(max(abs(got[name] - float(row[name])) for name in ("jaccard", "containment")))
    assert hits / count >= 0.98
    if not furniture:  # the truth counts furniture too
        assert sum(difference <= 0.02 for difference in apart) / len(apart) >= 0.99


def test_judged_pairs_fall_into_their_class(corpora: Path, tmp_path: Path) -> None:
    judged = truth(corpora / "judged.tsv")
    found: dict[tuple[str, frozenset[str]], str] = {}
    for corpus in {row["corpus"] for row in judged}:
        dedupe.run([corpora / f"{corpus}.jsonl.gz"], tmp_path / corpus)
        found |= {
            (corpus, frozenset((p["id_a"], p["id_b"]))): p["relation"]
            for p in table(tmp_path / corpus / "pairs.parquet")
        }
    got = [CLASS.get(found.get((r["corpus"], frozenset((r["id_a"], r["id_b"]))), ""), "refused") for r in judged]
    right = sum(g == row["class"] for g, row in zip(got, judged, strict=True))
    apart = [g for g, row in zip(got, judged, strict=True) if row["collapse"] == "no"]
    assert right / len(judged) >= 0.90
    assert apart.count("joins") / len(apart) <= 0.03


def variants() -> Iterator[dict[str, Any]]:
    """A few hundred articles that copy, cut and edit one another."""
    import random

    draw = random.Random(11)
    words = [f"word{i}" for i in range(3000)]
    for n in range(150):
        text = [draw.choice(words) for _ in range(draw.randint(3, 300))]
        yield {"id": f"{n}", "headline": " ".join(text[:6]), "text": " ".join(text), "outlet": f"o{n % 7}"}
        for k in range(draw.randint(0, 4)):
            copy = list(text)
            if k % 2:
                copy = copy[: max(len(copy) // 2, 1)]
            else:
                copy[draw.randrange(len(copy))] = draw.choice(words)
            yield {"id": f"{n}-{k}", "headline": " ".join(text[:6]), "text": " ".join(copy), "outlet": f"o{k}"}


def test_the_same_bytes_from_1_2_and_4_threads(tmp_path: Path, sample: Path) -> None:
    path = tmp_path / "variants.parquet"
    pq.write_table(pa.Table.from_pylist(list(variants())), path)
    written = []
    for threads in (1, 2, 4):
        folder = tmp_path / str(threads)
        dedupe.run([path, sample / "wire.jsonl"], folder, settings=dedupe.Settings(threads=threads))
        written.append({p.name: p.read_bytes() for p in folder.iterdir() if p.name != "summary.json"})
    assert written[0] == written[1] == written[2] and len(written[0]) == 8


def test_found_the_same_in_any_order_of_the_input() -> None:
    rows = list(variants())
    story = {}
    for given in (rows, rows[::-1]):
        found = dedupe.find_duplicates(given)
        groups: dict[str, set[str]] = {}
        for article in found.articles.to_pylist():
            groups.setdefault(article["story_id"], set()).add(article["id"])
        story[len(story)] = {frozenset(group) for group in groups.values()}
    assert story[0] == story[1]


def test_kept_keeps_the_input_s_format_and_columns(tmp_path: Path) -> None:
    rows = [
        {
            "id": str(n),
            "text": f"one two three four five six {chr(97 + n // 2) * 9} and {chr(97 + n // 2) * 7} again",
            "extra": {"n": [n]},
        }
        for n in range(4)
    ]
    given = pa.Table.from_pylist(rows)
    pq.write_table(given, tmp_path / "a.parquet")
    (tmp_path / "a.json").write_text(json.dumps(rows))
    (tmp_path / "a.csv").write_text("id,text,n\n" + "".join(f'{r["id"]},"{r["text"]}",\n' for r in rows))
    for name in ("a.parquet", "a.json", "a.csv"):
        dedupe.run([tmp_path / name], tmp_path / "out")
        kept = next((tmp_path / "out").glob("kept.*"))
        assert kept.suffix == Path(name).suffix
    assert (tmp_path / "out" / "kept.csv").read_text() == "id,text,n\n" + "".join(
        f"{n},{rows[n]['text']},\n" for n in (0, 2)
    )
    dedupe.run([tmp_path / "a.parquet"], tmp_path / "out")
    assert pq.read_table(tmp_path / "out" / "kept.parquet").to_pylist() == [rows[0], rows[2]]
    assert [p.name for p in (tmp_path / "out").glob("kept.*")] == ["kept.parquet"]
    assert dedupe.find_duplicates(given).kept().to_pylist() == [rows[0], rows[2]]
    dedupe.run([tmp_path / "a.json"], tmp_path / "json")
    assert json.loads((tmp_path / "json" / "kept.json").read_text()) == [rows[0], rows[2]]


def test_articles_without_id_get_one_of_content_and_position() -> None:
    found = dedupe.find_duplicates([{"text": "a b c"}, {"text": "a b c"}, {"id": "x", "text": "d"}])
    ids = found.articles["id"].to_pylist()
    assert ids[2] == "x" and len(set(ids)) == 3 and ids[0].rpartition("-")[0] == ids[1].rpartition("-")[0]
    assert (
        found.articles["id"]
        == dedupe.find_duplicates([{"text": "a b c"}, {"text": "a b c"}, {"id": "x", "text": "d"}]).articles["id"]
    )


def test_the_agency_s_own_article_is_the_original() -> None:
    text = (
        "The council of Brenn voted on Tuesday to close the old bathing place and build a heated one beside the mill. "
        * 2
    )
    found = dedupe.find_duplicates([
        {"id": "a", "text": text, "outlet": "Times", "published": "2026-03-01", "agency": "Wire"},
        {"id": "b", "text": text, "outlet": "Wire", "published": "2026-03-02"},
    ])  # fmt: skip
    assert found.articles["original_id"].to_pylist() == ["b", "b"]
    assert found.stories["original_evidence"].to_pylist() == [
        "stands at the agency; 1 of the others credit its agency; 1 others"
    ]


def test_results_inside_the_input_folder_are_no_input(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "one"}\n{"text": "two"}\n')
    for _ in range(2):
        assert dedupe.run([tmp_path], tmp_path / "out")["articles"] == 2


def test_many_small_files_are_as_one(tmp_path: Path, sample: Path) -> None:
    lines = (sample / "wire.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "many").mkdir()
    for n, line in enumerate(lines):
        (tmp_path / "many" / f"{n:03}.jsonl").write_bytes(line)
    many, one = dedupe.find_duplicates(tmp_path / "many"), dedupe.find_duplicates(sample / "wire.jsonl")
    assert many.pairs.equals(one.pairs) and many.stories.equals(one.stories) and many.headlines.equals(one.headlines)
    dedupe.run([tmp_path / "many"], tmp_path / "out")
    dedupe.run([sample / "wire.jsonl"], tmp_path / "one")
    assert (tmp_path / "out" / "kept.jsonl").read_bytes() == (tmp_path / "one" / "kept.jsonl").read_bytes()
    assert set(many.articles["row"].to_pylist()) == {0}
