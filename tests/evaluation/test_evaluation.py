from __future__ import annotations

import gzip
import json
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedupe
from dedupe.evaluation import evaluate
from dedupe.evaluation.outcome import Decided, decided, read_decided
from dedupe.evaluation.scores import b_cubed, score
from dedupe.evaluation.show import as_markdown
from dedupe.evaluation.truth import read_truth, story_pairs

STORIES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12)


def outcome(story: list[int], pairs: list[tuple[int, int, str, float]]) -> Decided:
    """A run's tables as it would have written them: articles "0", "1", ... and reported pairs."""
    first = [story.index(s) for s in story]
    articles = pa.table({
        "id": [str(i) for i in range(len(story))], "story_id": [str(i) for i in first],
        "original_id": [str(i) for i in first],
    })  # fmt: skip
    rows = sorted(pairs)
    table = pa.table({
        "id_a": pa.array([str(a) for a, *_ in rows], pa.string()), "id_b": pa.array([str(b) for _, b, *_ in rows], pa.string()),
        "relation": pa.array([r for _, _, r, _ in rows], pa.string()),
        **{name: pa.array([c for *_, c in rows], pa.float64()) for name in ("jaccard", "containment", "score")},
        "why": pa.array([f"because of {c}" for *_, c in rows], pa.large_string()),
    })  # fmt: skip
    return decided(articles, table)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@settings(deadline=None)  # loads scikit-learn
@given(STORIES)
def test_pairs_and_b_cubed_agree_with_counting_one_by_one(tmp_path_factory, rows: list[tuple[int, int]]) -> None:
    true, found = [t for t, _ in rows], [f for _, f in rows]
    lines = "\n".join(f"{i},{t}" for i, t in enumerate(true))
    path = write(tmp_path_factory.mktemp("truth") / "s.csv", f"id,story\n{lines}\n")
    run = outcome(found, [])
    got = score(read_truth([path], run.ids, "here"), run)
    same = [(true[a] == true[b], found[a] == found[b]) for a, b in combinations(range(len(true)), 2)]
    assert got.pairs["right"] == same.count((True, True))
    assert got.pairs["wrong"] == same.count((False, True))
    assert got.pairs["missed"] == same.count((True, False))
    precision = np.mean([
        sum(true[j] == true[i] for j in range(len(true)) if found[j] == found[i]) / found.count(found[i])
        for i in range(len(true))
    ])  # fmt: skip
    recall = np.mean([
        sum(found[j] == found[i] for j in range(len(true)) if true[j] == true[i]) / true.count(true[i])
        for i in range(len(true))
    ])  # fmt: skip
    assert b_cubed(np.array(true), np.array(found))[:2] == pytest.approx((precision, recall))
    assert story_pairs(np.array(true)).tolist() == [
        [a, b] for a, b in combinations(range(len(true)), 2) if true[a] == true[b]
    ]


def test_every_part_of_an_evaluation(tmp_path: Path) -> None:
    # 0 and 1 are rightly joined, 2 wrongly with them; 3 and 4 missed though linked; 5 and 6 missed and never reported.
    run = outcome([0, 0, 0, 1, 2, 3, 4], [
        (0, 1, "near_duplicate", 0.95), (0, 2, "abridged", 0.7), (3, 4, "shared_passage", 0.45),
    ])  # fmt: skip
    truth = write(
        tmp_path / "t.tsv",
        "id_a\tid_b\trelation\n1\t0\tnear_duplicate\n0\t2\ttemplate\n3\t4\trevision\n5\t6\tsame\n1\t2\tdifferent\n",
    )
    got = score(read_truth([truth], run.ids, "here"), run)
    assert (got.pairs["right"], got.pairs["wrong"], got.pairs["missed"]) == (1, 2, 2)
    assert got.relations == {
        "near_duplicate": {"near_duplicate": 1}, "revision": {"shared_passage": 1}, "template": {"abridged": 1},
        "same": {"(none)": 1}, "different": {"(none)": 1},
    }  # fmt: skip
    assert got.stories is None
    by = {row["from"]: row for row in got.containment}
    assert by[0.9] == {"from": 0.9, "to": 1.0, "pairs": 1, "found": 1.0, "joined": 1.0}
    assert by[0.4] == {"from": 0.4, "to": 0.5, "pairs": 1, "found": 1.0, "joined": 0.0}
    assert by[None] == {"from": None, "to": None, "pairs": 1, "found": 0.0, "joined": 0.0}
    errors = {(e["id_a"], e["id_b"]): e for e in got.errors}
    assert errors.keys() == {("0", "2"), ("1", "2"), ("3", "4"), ("5", "6")}
    assert errors["0", "2"]["error"] == "joined, but different" and errors["0", "2"]["why"] == "because of 0.7"
    assert "through their story's original" in errors["1", "2"]["why"]
    assert errors["3", "4"]["error"] == "apart, but the same" and "not reported" in errors["5", "6"]["why"]
    shown = as_markdown(got)
    assert "precision 0.3333, recall 0.3333" in shown and "because of 0.45" in shown


def test_a_copy_with_the_same_text_has_the_relations_of_the_first(tmp_path: Path) -> None:
    run = outcome([0, 0, 0], [(0, 1, "exact", 1.0), (0, 2, "abridged", 0.9)])
    truth = write(tmp_path / "t.csv", "id_a,id_b,relation\n1,2,abridged\n0,1,exact\n")
    got = score(read_truth([truth], run.ids, "here"), run)
    assert got.relations == {"exact": {"exact": 1}, "abridged": {"abridged": 1}} and not got.errors


def test_truth_of_figures_alone_is_judged_by_what_was_found(tmp_path: Path) -> None:
    run = outcome([0, 0, 1, 2], [(0, 1, "near_duplicate", 0.9)])
    truth = write(tmp_path / "t.csv", "id_a,id_b,jaccard,containment\n0,1,0.9,0.915\n2,3,0.2,0.61\n")
    got = score(read_truth([truth], run.ids, "here"), run)
    assert got.pairs is None and got.figures == {"pairs": 1, "within_0.02": 1.0, "largest": 0.015}
    assert [(row["from"], row["found"]) for row in got.containment] == [(0.6, 0.0), (0.9, 1.0)]
    assert [(e["id_a"], e["error"]) for e in got.errors] == [("2", "not found")]


def test_the_original_is_judged_by_story(tmp_path: Path) -> None:
    run = outcome([0, 0, 1, 1], [])
    truth = write(tmp_path / "t.csv", "id,story,original\n0,x,0\n1,x,0\n2,y,3\n3,y,3\n")
    assert score(read_truth([truth], run.ids, "here"), run).stories["original_accuracy"] == 0.5


def test_truth_in_every_format(tmp_path: Path) -> None:
    rows = {"id_a": ["0"], "id_b": ["1"], "same": ["yes"]}
    pq.write_table(pa.table(rows), tmp_path / "t.parquet")
    with gzip.open(tmp_path / "t.csv.gz", "wt") as out:
        out.write("id_a,id_b,same\n0,1,true\n")
    write(tmp_path / "t.tsv", "\ufeffid_a\tid_b\tsame\n0\t1\t1\n")
    write(tmp_path / "t.csv", "id_a;id_b;same\n0;1;yes\n")
    for name in ("t.parquet", "t.csv.gz", "t.tsv", "t.csv"):
        got = read_truth([tmp_path / name], ["0", "1"], "here")
        assert (got.a.tolist(), got.b.tolist(), got.same.tolist()) == ([0], [1], [1]), name


BAD = {
    "id_a,id_b,same\n0,9,yes\n0,1,no\n": "line 2: 1 ids of the truth, '9'",
    "id_a,id_b,same\n8,9,yes\n": "is it of another run?",
    "id_a,id_b\n0,1\n": "columns are id_a, id_b",
    "a,b,c\n0,1,2\n": "pairs have id_a, id_b",
    "id_a,id_b,same\n0,1,perhaps\n": "line 2: 'perhaps' is no label",
    "id_a,id_b,same\n0,0,yes\n": "paired with itself",
    "id_a,id_b,same\n0,1,yes\n1,0,no\n": "line 3: '1' and '0' were labelled otherwise",
    "id_a,id_b,jaccard\n0,1,7\n": "jaccard = '7'; give a number from 0 to 1",
    "id_a,id_b,same\n0,1\n": "2 values under 3 columns",
    "id,story\n0,\n": "has no story",
    "id,story\n0,x\n0,y\n": "put into another story",
    "": "no rows",
    "\x00\xff": "can't be read",
}


@pytest.mark.parametrize("text", BAD)
def test_bad_truth_is_told_with_its_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(dedupe.TruthError) as error:
        read_truth([path], ["0", "1"], "out")
    assert BAD[text] in str(error.value) and str(path) in str(error.value)


def test_a_folder_that_is_no_run_s_is_told(tmp_path: Path, sample: Path) -> None:
    for folder in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(dedupe.TruthError, match="not the folder of a complete run"):
            read_decided(folder)
    dedupe.run([sample / "wire.jsonl"], tmp_path / "out")
    summary = tmp_path / "out" / "summary.json"
    summary.write_text(json.dumps(json.loads(summary.read_text()) | {"articles": 3}))
    with pytest.raises(dedupe.TruthError, match="its summary tells of 3"):
        read_decided(tmp_path / "out")


def cli(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dedupe.cli", *map(str, words)], capture_output=True, text=True, check=False
    )


def test_the_samples_are_judged_from_the_shell(tmp_path: Path, sample: Path) -> None:
    dedupe.run([sample / "eight.jsonl"], tmp_path / "out")
    truths = ["-t", sample / "eight.stories.tsv", "--truth", sample / "eight.pairs.tsv"]
    done = cli("evaluate", tmp_path / "out", *truths)
    assert done.returncode == 0 and "ARI 1.0000" in done.stdout and "Figures in" in done.stdout, done.stderr
    folder = tmp_path / "out" / "evaluation"
    assert {path.name for path in folder.iterdir()} == {"evaluation.json", "evaluation.md", "recall.svg"}
    assert "<svg" in (folder / "recall.svg").read_text()
    told = json.loads(cli("evaluate", tmp_path / "out", *truths, "--report", tmp_path / "r", "--json").stdout)
    assert told == json.loads((tmp_path / "r" / "evaluation.json").read_text())
    assert told["stories"]["original_accuracy"] == 1.0 and told["pairs"]["f1"] == 1.0
    for words in (
        ["evaluate", tmp_path / "out", "-t", sample / "wire.pairs.tsv"], ["evaluate", tmp_path, *truths],
        ["evaluate", tmp_path / "out", *truths, "--report", "/proc/nothing"],
    ):  # fmt: skip
        done = cli(*words)
        assert done.returncode == 1 and done.stderr.startswith("dedupe: ") and "Traceback" not in done.stderr


def test_without_matplotlib_the_figures_are_there_and_the_plot_is_told_of(tmp_path: Path, sample: Path) -> None:
    dedupe.run([sample / "wire.jsonl"], tmp_path / "out")
    code = "import sys; sys.modules['matplotlib'] = None; sys.argv = ['dedupe', *sys.argv[1:]]; from dedupe.cli import main; main()"
    words = ["evaluate", str(tmp_path / "out"), "-t", str(sample / "wire.stories.tsv")]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and 'pip install "dedupe-news[plot]"' in done.stderr
    assert {path.name for path in (tmp_path / "out" / "evaluation").iterdir()} == {"evaluation.json", "evaluation.md"}


def test_real_articles_against_their_truth(corpora: Path) -> None:
    for name, least in (("fnc1-train", 1.0), ("slavic-dev", 1.0)):
        as_they_are = dedupe.Settings(furniture=0)  # the truth counts furniture too
        run = dedupe.find_duplicates(corpora / f"{name}.jsonl.gz", settings=as_they_are)
        found = evaluate(run, corpora / f"{name}.pairs.tsv")
        assert found.figures["within_0.02"] >= 0.99
        half = [row for row in found.containment if row["from"] is not None and row["from"] >= 0.5]
        assert sum(row["found"] * row["pairs"] for row in half) >= least * sum(row["pairs"] for row in half)
