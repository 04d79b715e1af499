from __future__ import annotations

import csv
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import dedupe
from benchmarks.damage import misread
from dedupe.evaluation import evaluate
from dedupe.evaluation.truth import read_truth
from dedupe.read.objects import open_objects
from dedupe.settings import Settings
from dedupe.tuning import tune
from dedupe.tuning.choose import folds_of
from dedupe.tuning.show import as_toml
from dedupe.tuning.sweep import Sketched, gates


@pytest.fixture(scope="session")
def noisy(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> tuple[Path, Path]:
    """A scanned collection: the wires of the sample in three misread copies each, and their stories."""
    folder = tmp_path_factory.mktemp("noisy")
    draw = np.random.default_rng(5)
    articles, stories = [], ["id,story"]
    for line in (sample / "eight.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for turn in range(3 if row["id"].endswith("-wire") else 1 if "-form-" in row["id"] else 0):
            id = f"{row['id']}-{turn}"
            articles.append(json.dumps({"id": id, "text": misread(row["text"], 0.05, draw, "aeionrst")}))
            stories.append(f"{id},{row['id']}")
    (folder / "a.jsonl").write_text("\n".join(articles))
    (folder / "t.csv").write_text("\n".join(stories))
    return folder / "a.jsonl", folder / "t.csv"


def test_a_point_is_what_a_run_with_its_settings_decides(sample: Path) -> None:
    base = Settings(shingle=4)
    sketched = Sketched(open_objects(sample / "eight.jsonl"), {}, base)
    several = [*list(gates(base))[::17], replace(base, window=8, passage_containment=0.3), replace(base, window=32)]
    for settings in several:
        point = sketched.point(settings)
        run = dedupe.find_duplicates(sample / "eight.jsonl", settings=settings)
        assert [sketched.ids[i] for i in point.story] == run.articles["original_id"].to_pylist(), settings
        assert point.candidates == run.summary["candidates"]["all"]


def test_a_scanned_collection_is_read_as_one(noisy: tuple[Path, Path]) -> None:
    articles, truth = noisy
    chosen = tune(articles, truth)
    assert not chosen.kept and chosen.settings.noise == 1
    assert chosen.f1 > 0.95 > 0.6 > chosen.base_f1
    again = evaluate(dedupe.find_duplicates(articles, settings=chosen.settings), truth)
    assert again.pairs["f1"] == pytest.approx(chosen.whole.f1, abs=1e-6)


def test_a_tuned_file_does_not_lose_on_the_half_it_has_not_seen(corpora: Path, tmp_path: Path) -> None:
    # Someone calls the same only what has a Jaccard of 0.6 or more.
    name = corpora / "fnc1-train.jsonl.gz"
    with (corpora / "fnc1-train.pairs.tsv").open() as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    whole = tmp_path / "whole.csv"
    whole.write_text(
        "\n".join(["id_a,id_b,same", *(f"{r['id_a']},{r['id_b']},{float(r['jaccard']) >= 0.6}" for r in rows)])
    )
    ids = dedupe.find_duplicates(name).articles["id"].to_pylist()
    fold = dict(zip(ids, folds_of(read_truth([whole], ids, ""), 2).tolist(), strict=True))
    halves = []
    for half in (0, 1):
        halves.append(tmp_path / f"{half}.csv")
        some = [r for r in rows if fold[r["id_a"]] == half]
        halves[half].write_text(
            "\n".join(["id_a,id_b,same", *(f"{r['id_a']},{r['id_b']},{float(r['jaccard']) >= 0.6}" for r in some)])
        )
    for seen, unseen in (halves, halves[::-1]):
        chosen = tune(name, seen)
        tuned = evaluate(dedupe.find_duplicates(name, settings=chosen.settings), unseen)
        base = evaluate(dedupe.find_duplicates(name), unseen)
        assert tuned.pairs["f1"] >= base.pairs["f1"]


def test_folds_keep_stories_and_labelled_pairs_together(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id_a,id_b,same\n0,1,yes\n1,2,no\n3,4,yes\n5,6,no\n")
    fold = folds_of(read_truth([path], [str(i) for i in range(8)], ""), 3)
    assert fold[0] == fold[1] == fold[2] and fold[3] == fold[4] and fold[5] == fold[6]
    assert len({fold[0], fold[3], fold[5]}) == 3 and fold[7] == -1
    with pytest.raises(dedupe.TruthError, match="3 groups, too few for 4 folds"):
        folds_of(read_truth([path], [str(i) for i in range(8)], ""), 4)


def cli(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dedupe.cli", *map(str, words)], capture_output=True, text=True, check=False
    )


def test_tuning_from_the_shell(tmp_path: Path, noisy: tuple[Path, Path]) -> None:
    articles, truth = noisy
    done = cli("tune", articles, "-t", truth, "-o", tmp_path / "d.toml", "--folds", "3", "--plot", tmp_path / "p.png")
    assert done.returncode == 0, done.stderr
    assert "chosen" in done.stdout and "Settings in" in done.stdout
    assert Settings.load(tmp_path / "d.toml").noise == 1
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")
    assert cli("run", articles, "-o", tmp_path / "out", "--config", tmp_path / "d.toml").returncode == 0
    for words in (["-t", truth, "-o", tmp_path / "none" / "d.toml"], ["-t", articles, "-o", tmp_path / "d.toml"]):
        done = cli("tune", articles, *words, "-q")
        assert done.returncode == 1 and done.stderr.startswith("dedupe: ") and "Traceback" not in done.stderr


def test_what_holds_nowhere_is_not_written(sample: Path) -> None:
    chosen = tune(sample / "eight.jsonl", sample / "eight.stories.tsv")
    assert chosen.kept and chosen.settings == Settings()
    assert as_toml(chosen).endswith("[dedupe]\n")
