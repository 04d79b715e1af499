"""`dedupe index ...` as a person types it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

TEXT = (
    "The bridge over the river opened on Monday after ten years of work, the mayor of the town told reporters, and "
    "trains will cross it from next week on, twice an hour in both directions, except on Sundays and on holidays."
)


def index(*words: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dedupe.cli", "index", *map(str, words)], capture_output=True, text=True, check=False,
        input=stdin,
    )  # fmt: skip


def line(id_: str, text: str) -> str:
    return json.dumps({"id": id_, "text": text}) + "\n"


def test_articles_are_added_checked_listed_and_taken_out(tmp_path: Path, sample: Path) -> None:
    path = tmp_path / "news.db"
    done = index("add", path, sample / "wire.jsonl", "--window", "30d")
    told = [json.loads(row) for row in done.stdout.splitlines()]
    assert done.returncode == 0 and len(told) == 69 and {"id", "is_new", "story_id", "matches"} <= set(told[0])
    asked = index("check", path, "-", stdin=line("mine", TEXT))
    assert asked.returncode == 0 and json.loads(asked.stdout)["is_new"]
    assert index("add", path, "-", "--quiet", "--batch", 1, stdin=line("mine", TEXT)).stdout == ""
    assert json.loads(index("info", path).stdout)["articles"] == 70
    listed = [json.loads(row) for row in index("export", path).stdout.splitlines()]
    assert len(listed) == 70 and listed[-1]["id"] == listed[-1]["story_id"] == "mine"
    assert "65 articles taken out" in index("expire", path, "--keep", 5).stdout
    assert "5 articles, all as it should be" in index("verify", path).stdout


def test_rows_that_cannot_be_used_are_told_and_the_rest_is_added(tmp_path: Path) -> None:
    done = index(
        "add", tmp_path / "news.db", "-", stdin=line("a", TEXT) + "no json\n" + line("", TEXT) + line("b", "Rain.")
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert [json.loads(row)["id"] for row in done.stdout.splitlines()] == ["a", "b"]
    assert "stdin, row 1" in done.stderr and "2 rows can't be used" in done.stderr


def test_an_index_that_is_not_there_is_made_by_add_alone(tmp_path: Path) -> None:
    for command in ("check", "info", "export", "verify", "expire"):
        words = ["-"] if command == "check" else ["--keep", 1] if command == "expire" else []
        done = index(command, tmp_path / "none.db", *words)
        assert done.returncode == 1 and "no such index" in done.stderr and not (tmp_path / "none.db").exists()


def test_a_finished_run_is_loaded_with_its_own_settings(tmp_path: Path, sample: Path) -> None:
    words = ["run", sample / "wire.jsonl", "--out", tmp_path / "out", "--set", "shingle=4"]
    subprocess.run([sys.executable, "-m", "dedupe.cli", *map(str, words)], check=True, capture_output=True)
    done = index("load", tmp_path / "news.db", tmp_path / "out")
    assert done.returncode == 0 and "69 articles" in done.stdout, done.stderr
    refused = index("verify", tmp_path / "news.db")
    assert refused.returncode == 1 and "shingle = 4, not 5" in refused.stderr
    (tmp_path / "own.toml").write_text("shingle = 4\n")
    done = index("verify", tmp_path / "news.db", "--config", tmp_path / "own.toml")
    assert done.returncode == 0 and "69 articles, all as it should be" in done.stdout, done.stderr
    again = index("load", tmp_path / "news.db", tmp_path / "out")
    assert again.returncode == 1 and "empty index" in again.stderr


def test_verify_says_what_is_wrong_and_repair_mends_it(tmp_path: Path, sample: Path) -> None:
    path = tmp_path / "news.db"
    index("add", path, sample / "wire.jsonl", "--quiet")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM recent WHERE number < 10")
        connection.commit()
    done = index("verify", path)
    assert done.returncode == 1 and done.stdout.count("postings are missing") == 10
    done = index("verify", path, "--repair")
    assert done.returncode == 0 and "repaired: 10 things were wrong, 0 still are" in done.stdout
    assert index("verify", path).returncode == 0
