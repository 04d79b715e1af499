"""The measuring stick itself: what it reads, how it judges, and what it says when something is missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import dedupe
from benchmarks import damage
from benchmarks.corpora import Corpus, open_corpora
from benchmarks.launch import LaunchError, python_of, timed
from benchmarks.noise import at, crossing, damaged, study, wires_of
from benchmarks.peers import PEERS, Peer
from benchmarks.peers.common import groups
from benchmarks.peers.ngram import overlapping
from benchmarks.scale import Step, exponent
from benchmarks.systems import as_markdown, measure
from benchmarks.truth import Judge, judge, of_flags, of_groups, of_pairs
from tests.conftest import missing

ROOT = Path(__file__).parent.parent.parent
EIGHT = "eight"


def one(name: str) -> Corpus:
    return next(iter(open_corpora(name, 1_000)))


def test_the_samples_and_any_labelled_folder_are_collections(tmp_path: Path, sample: Path) -> None:
    assert len(one(EIGHT).articles) == 422 and one("wire").family is not None
    for name in ("eight.jsonl", "eight.pairs.tsv"):
        (tmp_path / name).write_bytes((sample / name).read_bytes())
    assert [corpus.name for corpus in open_corpora(str(tmp_path), 0)] == [EIGHT]
    assert one(str(tmp_path / EIGHT)).family is None
    for wrong in (str(tmp_path / "nothing"), str(tmp_path / "..")):
        with pytest.raises(dedupe.InputError, match="beside it"):
            one(wrong)


def test_the_real_corpora_are_collections(corpora: Path) -> None:
    assert {corpus.name for corpus in open_corpora(str(corpora), 0)} == {"fnc1-train", "reuters-dev", "slavic-dev"}


def test_answers_are_judged_pair_by_pair() -> None:
    family = np.array([0, 0, 0, 1, 1, 2])
    pairs = np.array([[0, 1], [0, 2], [1, 2], [3, 4]])
    high, half = np.array([True, False, False, True]), np.array([True, True, False, True])
    truth = Judge(pairs, high, half, family, np.zeros((0, 2), dtype=np.int64), np.zeros(0, dtype=np.bool_))
    stood = of_groups(np.array([0, 0, 2, 3, 4, 4]), truth)
    assert (stood.recall_high, stood.recall_half, stood.recall_all) == (0.5, pytest.approx(1 / 3), 0.25)
    assert stood.precision == 0.5
    stood = of_pairs(np.array([[0, 1], [3, 5]]), truth)
    assert (stood.recall_high, stood.recall_all, stood.precision) == (0.5, 0.25, 0.5)
    stood = of_flags(np.array([False, True, False, False, True, True]), truth)
    assert (stood.recall_high, stood.recall_all, stood.precision) == (1.0, 0.5, pytest.approx(2 / 3))


def test_a_truth_of_figures_takes_what_it_lists_for_real(tmp_path: Path) -> None:
    text = "one two three four five six seven eight nine ten eleven"
    (tmp_path / "c.jsonl").write_text("\n".join(json.dumps({"id": str(i), "text": f"{text} {i}"}) for i in range(4)))
    (tmp_path / "c.pairs.tsv").write_text("id_a\tid_b\tjaccard\tcontainment\n0\t1\t0.9\t0.95\n1\t2\t0.3\t0.6\n")
    stood = of_groups(np.array([0, 0, 2, 0]), judge(one(str(tmp_path / "c"))))
    assert (stood.recall_high, stood.recall_half, stood.recall_all) == (1.0, 0.5, 0.5)
    assert stood.precision == pytest.approx(1 / 3)


def test_groups_are_connected_components() -> None:
    assert groups(6, [(4, 2), (2, 1), (5, 3)]).tolist() == [0, 1, 1, 3, 1, 3]
    grams = [set("abcdefgh"), set("abcdefxy"), set("uvw"), set("abcd")]
    assert overlapping(grams, 0.5).tolist() == [0, 0, 2, 3]  # five in common, at least


@pytest.mark.parametrize("name", ["daft", "gaoya", "rensa", "datasketch", "lshbloom", "tfidf", "ngram"])
def test_a_peer_groups_what_is_alike(tmp_path: Path, name: str) -> None:
    try:
        python = python_of(PEERS[name])
    except LaunchError as error:
        missing(str(error))
    draw = np.random.default_rng(2)
    texts = [" ".join(map(str, draw.integers(0, 10**6, 80))) for _ in range(6)]
    table = pa.table({"id": [str(i) for i in range(9)], "text": [*texts, texts[0], texts[2], texts[2]]})
    path = Corpus("c", table, None, None).write(tmp_path)
    for setting in PEERS[name].settings:
        timed([python, "-m", f"benchmarks.peers.{name}", str(path), str(tmp_path / "out.npy"), setting])
        answer = np.load(tmp_path / "out.npy")
        if answer.dtype == np.bool_:
            assert answer.tolist() == [False] * 6 + [True] * 3
        else:
            assert answer.tolist() == [0, 1, 2, 3, 4, 5, 0, 2, 2], setting


def test_a_missing_or_failing_peer_is_a_row_that_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(PEERS, "rensa", Peer("rensa", "no_such_module", ("rensa",)))
    monkeypatch.setitem(PEERS, "ngram", Peer("ngram", "numpy", ("numpy",), most=10))
    monkeypatch.setitem(PEERS, "broken", Peer("broken", "numpy", ("numpy",), settings=("recommended",)))
    monkeypatch.setitem(
        PEERS, "far", Peer("far", "x", ("no-such-distribution-at-all",), apart=True, settings=("matched",))
    )
    monkeypatch.setenv("DEDUPE_BENCH_ENVIRONMENTS", str(tmp_path))
    monkeypatch.setenv("PIP_RETRIES", "0")
    measured = measure(one("wire"), ["rensa", "ngram", "broken", "far", "datasketch"], 1)
    shown = as_markdown(measured)
    assert '- rensa: not installed: pip install "dedupe-news[bench]"' in shown
    assert "- ngram: not run above 10 articles" in shown and "- broken: failed: " in shown
    assert "- far: could not be installed" in shown and "-m pip install" in shown
    ours = measured.rows[0]
    assert ours.system == "dedupe" and ours.standing and ours.standing.b_cubed == 1.0 and ours.runs[0].memory > 50
    assert [row.note for row in measured.rows if row.system == "datasketch"] == ["", ""]
    record = measured.record()
    assert record["rows"][0]["runs"][0]["wall"] > 0 and record["stages"]


def test_a_process_is_timed_by_itself() -> None:
    used = timed([sys.executable, "-c", "x = bytearray(200_000_000)"])
    assert 190 < used.memory < 400 and used.wall > 0 and used.cpu > 0
    with pytest.raises(LaunchError, match="ended by signal 9: memory ran out"):
        timed([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"])
    with pytest.raises(LaunchError, match="gone wrong"):
        timed([sys.executable, "-c", "raise SystemExit('gone wrong')"])


EDITS: dict[str, Callable[[str, float, np.random.Generator], str]] = {
    "misread": lambda text, strength, draw: damage.misread(text, strength, draw, "xyz"),
    "abridge": damage.abridge,
    "top": lambda text, strength, draw: damage.top(text, strength, draw, ["Other words stand here. And here."]),
    "reorder": damage.reorder,
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_grows_with_its_strength(name: str) -> None:
    text = " ".join(f"Sentence number {i} stands here for the test." for i in range(40))
    draw = np.random.default_rng(1)
    none, some, much = (
        EDITS[name](text, strength, draw) for strength in ((0.0, 0.005, 0.02) if name == "misread" else (0.0, 0.2, 0.6))
    )
    assert none.split() == text.split()

    def kept(made: str) -> float:
        words = {" ".join(text.split()[i : i + 9]) for i in range(len(text.split()) - 8)}
        found = {" ".join(made.split()[i : i + 9]) for i in range(len(made.split()) - 8)}
        return len(words & found) / len(words | found)

    assert 1 > kept(some) > kept(much)


def test_the_lengths_of_cuts_and_leads_are_what_was_asked() -> None:
    text = " ".join(f"Sentence number {i} stands here." for i in range(50))
    draw = np.random.default_rng(1)
    assert len(damage.sentences(damage.abridge(text, 0.4, draw))) == 30
    assert len(damage.top(text, 0.5, draw, [text])) == pytest.approx(1.5 * len(text), rel=0.02)
    assert damage.sentences("你好。再见！") == ["你好。", "再见！"]
    assert damage.paraphrase("a b\n\nc", 0.5, draw, [("a b", "new")]) == "new\n\nc"


def test_the_study_shows_what_noise_does_and_what_the_setting_mends() -> None:
    corpus = one(EIGHT)
    wires = wires_of(corpus, 25)
    assert len(wires.texts) == 25 and wires.retold
    texts, family = damaged(wires, "misread", 0.05)
    assert len(texts) == len(family) and (np.bincount(family)[:25] == 4).all()
    points = study(corpus, 25, ["ngram"], 1, lambda told: None)
    assert {p["kind"] for p in points} == {"misread", "abridge", "top", "reorder", "paraphrase"}
    assert {p["system"] for p in points} == {"dedupe", "dedupe, noise = 1", "n-gram overlap"}
    assert at(points, EIGHT, "misread", 0.08, "dedupe, noise = 1", "ari") >= 0.93
    assert at(points, EIGHT, "misread", 0.08, "n-gram overlap", "ari") < 0.75
    met = crossing(points, EIGHT)
    assert met and 0 < met[0] < 0.1 and met[1] >= 0.93


def test_growth_is_fitted() -> None:
    steps = [Step("dedupe", 0.0, n, n, [], [n**1.5]) for n in (10, 100, 1000)]
    assert exponent(steps, job=True) == pytest.approx(1.5)


def benchmarks(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *map(str, words)], capture_output=True, text=True, check=False, cwd=ROOT,
        env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip


def test_the_command_lists_measures_and_tells_what_is_wrong(tmp_path: Path) -> None:
    listed = benchmarks().stdout + benchmarks("--help").stdout
    for name in ("speed", "quality", "noise", "kernels", "scale", "ingest", "generate", "all"):
        assert name in listed
        told = benchmarks(name, "--help").stdout
        few = {"generate": ("--size", "--out"), "ingest": ("--size", "--systems", "--out")}
        for option in few.get(name, ("--corpus", "--size", "--peers", "--repeat", "--out")):
            assert option in told, (name, option)
    for words, said in (
        (["speed", "--peers", "nobody"], "unknown peer 'nobody'"), (["speed", "--size", "huge"], "size 'huge'"),
        (["quality", "--corpus", tmp_path], "beside it"), (["scale", "--corpus", "wire"], "only a generated collection"),
    ):  # fmt: skip
        done = benchmarks(*words, "--out", tmp_path)
        assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr


def test_without_matplotlib_a_measure_leaves_its_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    from benchmarks import plots

    monkeypatch.setattr("benchmarks.report.importlib.util.find_spec", lambda name: None)
    plots.accuracy([], tmp_path / "none")
    assert 'pip install "dedupe-news[bench]"' in capsys.readouterr().err and not (tmp_path / "none").exists()


def test_a_measure_leaves_json_a_table_and_plots(tmp_path: Path) -> None:
    done = benchmarks("speed", "--size", 1000, "--peers", "ngram", "--repeat", 2, "--out", tmp_path)
    assert done.returncode == 0 and "Repetitions of one system lay" in done.stdout, done.stderr
    record = json.loads((tmp_path / "speed.json").read_text())
    rows = record["collections"][0]["rows"]
    assert [row["system"] for row in rows] == ["dedupe", "dedupe", "dedupe, reported pairs", "ngram", "ngram"]
    assert all(len(row["runs"]) == 2 for row in rows) and record["machine"]["versions"]["numpy"]
    assert (tmp_path / "speed.md").read_text() == done.stdout
    assert {path.suffix for path in tmp_path.glob("speed-generated.*")} == {".svg", ".png"}
    done = benchmarks("kernels", "--size", 500, "--repeat", 1, "--out", tmp_path)
    assert done.returncode == 0 and "sketching, whole" in done.stdout
    accuracy = json.loads((tmp_path / "kernels.json").read_text())["accuracy"]
    assert all(abs(row["bias"]) < 0.01 and 0.85 < row["rmse"] / row["theory"] < 1.15 for row in accuracy)


def test_ingestion_is_measured_as_the_index_grows(tmp_path: Path) -> None:
    done = benchmarks("ingest", "--size", 2000, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    for system in ("dedupe sqlite", "dedupe memory", "datasketch LSH", "SQLite B-tree"):
        assert system in done.stdout
    systems = json.loads((tmp_path / "ingest.json").read_text())["systems"]
    assert all(one["articles"][-1] >= 2000 and len(one["singles"]) == 2000 for one in systems)
    assert all(one["disk"][-1] > 1_000_000 for one in systems if "SQL" in one["system"].upper())
    assert {path.suffix for path in tmp_path.glob("ingest.*")} == {".json", ".md", ".svg", ".png"}
